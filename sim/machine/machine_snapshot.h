/* sim/machine/machine_snapshot.h - the whole machine as one value: core, memories, every device,
 * queued events, pending inputs, accounts. What a machine does after a restore is, to the byte of
 * its trace, what it did after the save.
 *
 * The value is a run of bytes, in memory and in a file: a header, then chunks of (node, class,
 * state version, size, bytes). Flash is kept as the pages that differ from what machine_load put
 * there, so a snapshot fits every machine of the same board that was loaded with the same images,
 * in this process or another one, and is refused by all others. Between versions of the simulator
 * it lives as long as the classes of all its devices keep their state_version.
 *
 * Not in it: observers and what they have written, breakpoints, a stop that was requested, options
 * that only count (--mpu-hits) or check (--check-isolation).
 */
#ifndef SIM_MACHINE_MACHINE_SNAPSHOT_H
#define SIM_MACHINE_MACHINE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"

struct machine;

/* All zero: empty. Plain bytes without a pointer, to be written to a file as they are. */
struct machine_snapshot {
    uint8_t *bytes; /* owned */
    size_t size, capacity;
};

/* Saves the machine, between runs (not from an observer). The snapshot's memory is used again when
 * it is large enough. Saving changes nothing: twice in a row gives the same bytes. SIM_INTERNAL
 * when there is no memory, or a device class does not list its events. */
bool machine_snapshot_save(struct machine *machine, struct machine_snapshot *snapshot,
                           struct sim_error *error);

/* Takes over bytes that come from a file, which are copied. SIM_WRONG_USE, with one line that
 * begins with `name`, when they are no snapshot, a damaged one or one of another format. */
bool machine_snapshot_read(struct machine_snapshot *snapshot, const char *name, const void *bytes,
                           size_t size, struct sim_error *error);

/* Puts the machine back, between runs. First everything is checked, then everything is changed:
 * SIM_WRONG_USE, with one line that begins with `name`, when the snapshot is of another board,
 * other images or another version, or its values are impossible; the machine is then as before. */
bool machine_snapshot_restore(struct machine *machine, const struct machine_snapshot *snapshot,
                              const char *name, struct sim_error *error);

/* A hash (XXH64) of all that decides how the guest goes on: the accounts are left out. The snapshot
 * must come from machine_snapshot_save or machine_snapshot_read. */
uint64_t machine_snapshot_hash(const struct machine_snapshot *snapshot);

/* Empty again. */
void machine_snapshot_free(struct machine_snapshot *snapshot);

#endif
