/*
 * storage.h - whose lasting data a process may see: what an app is known by over restarts of the
 * kernel and over its own installation anew.
 */
#ifndef KERNEL_CAPSULE_STORAGE_H
#define KERNEL_CAPSULE_STORAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/process_id.h"

/* The ShortId of the app's TBF header, or else a number made from its package name; 0, which stands
 * for nobody, when it has neither or the identifier is stale. Two apps that say the same of
 * themselves are the same: who installs an app vouches for it. */
uint32_t storage_owner(struct process_id id);

/*
 * What the app's storage permissions (TLV 7 of its header) say, for stores that mark each thing
 * with the number of who wrote it. An app without that TLV writes, reads and modifies what is
 * marked with its storage_owner, and nothing else. All three deny everything to a stale identifier.
 */
/* The mark of what it writes; 0: it may write nothing new. */
uint32_t storage_write_id(struct process_id id);
/* Whether it may read, or change and delete, what is marked with write_id. Nobody may what is
 * marked with 0. Only what its TLV lists counts: its own number too, if it is to read it. */
bool storage_may_read(struct process_id id, uint32_t write_id);
bool storage_may_modify(struct process_id id, uint32_t write_id);

#endif
