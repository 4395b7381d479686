/*
 * storage.h - whose lasting data a process may see: what an app is known by over restarts of the
 * kernel and over its own installation anew.
 */
#ifndef KERNEL_CAPSULE_STORAGE_H
#define KERNEL_CAPSULE_STORAGE_H

#include <stdint.h>

#include "kernel/capsule/process_id.h"

/* The ShortId of the app's TBF header, or else a number made from its package name; 0, which stands
 * for nobody, when it has neither or the identifier is stale. Two apps that say the same of
 * themselves are the same: who installs an app vouches for it. */
uint32_t storage_owner(struct process_id id);

#endif
