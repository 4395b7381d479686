/* sim/machine/snapshot_sections.h - the parts of a snapshot that are not a device's state, each a
 * struct snapshot_section beside its functions; private to sim/machine. */
#ifndef SIM_MACHINE_SNAPSHOT_SECTIONS_H
#define SIM_MACHINE_SNAPSHOT_SECTIONS_H

#include "sim/machine/machine_internal.h"
#include "sim/machine/machine_snapshot.h"

/* Appends to a snapshot; after the first failure nothing more happens. */
struct snapshot_writer {
    struct machine_snapshot *to;
    bool failed;         /* no memory */
    bool unlisted_event; /* a device has an event that its class does not list */
};

/* `size` bytes at the end of the snapshot, all 0, aligned to 8; good until the next call. NULL: no
 * memory. */
void *snapshot_write(struct snapshot_writer *writer, size_t size);
/* The same, with a copy of `bytes`. */
void snapshot_write_bytes(struct snapshot_writer *writer, const void *bytes, size_t size);

/* As much of a text as fits, for a field of `size` bytes that is all 0. */
void snapshot_copy_text(char *to, const char *text, size_t size);

/* The bytes of one section, aligned to 8. */
struct snapshot_bytes {
    const uint8_t *bytes;
    size_t size;
    const char *name;    /* of the snapshot, for messages */
    uint64_t now_cycles; /* when it was saved */
};

/* Those bytes as records of a type. */
#define SNAPSHOT_RECORDS(type, from) ((const type *)(const void *)(from).bytes)

/* The time in a /machine section. */
uint64_t snapshot_now(struct snapshot_bytes from);

struct snapshot_section {
    const char *name;    /* what begins with '+' is an account: not in the hash */
    uint32_t version;    /* of the layout */
    size_t record_bytes; /* the section is a multiple of it */
    size_t records_min, records_max;
    void (*save)(struct machine *machine, struct snapshot_writer *writer);
    /* Whether it fits this machine and is safe to restore; says why not. NULL: any bytes are. */
    bool (*check)(struct machine *machine, struct snapshot_bytes from, struct sim_error *error);
    void (*restore)(struct machine *machine, struct snapshot_bytes from); /* NULL: nothing to do */
    bool holds_time; /* the /machine section: see snapshot_now */
};

/* All of them, in the order of the file. */
extern const struct snapshot_section *const snapshot_sections[];
extern const size_t snapshot_section_count;

/* Those that are not in snapshot_sections.c. snapshot_events.c: */
extern const struct snapshot_section snapshot_events, snapshot_inputs;
/* snapshot_memories.c; the shadow is RAM as it was when the running process was entered: */
extern const struct snapshot_section snapshot_uicr, snapshot_flash, snapshot_ram, snapshot_shadow,
    snapshot_parts;
/* snapshot_accounts.c: */
extern const struct snapshot_section snapshot_cpu_account, snapshot_totals, snapshot_messages,
    snapshot_processes, snapshot_absent;

#endif
