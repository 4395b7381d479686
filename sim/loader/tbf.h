/* sim/loader/tbf.h - Tock Binary Format files: checks, what they say, and where they are placed.
 * Reference: kernel/abi/tbf.h; placement as Tock's tools do it: largest first, each aligned to the
 * power of two that holds it, holes filled with padding apps, erased flash after the last. */
#ifndef SIM_LOADER_TBF_H
#define SIM_LOADER_TBF_H

#include <stddef.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"

#define TBF_NAME_BYTES 32

struct tbf_info {
    char name[TBF_NAME_BYTES]; /* package name, cut if longer; empty when it has none */
    uint32_t total_bytes;      /* of flash, header included */
    uint32_t header_bytes;
    uint32_t entry_offset; /* from the start of the TBF */
    uint32_t app_offset;   /* what crt0 gets as app_start, from the start of the TBF */
    uint32_t binary_end;   /* from the start of the TBF: what lies behind is footers */
    uint32_t minimum_ram_bytes;
    uint32_t fixed_flash; /* address of app_start; TBF_ADDRESS_ANY: position independent */
    uint32_t version;     /* of the app; 0 when it says none */
    uint32_t short_id;    /* 0: none */
    uint32_t write_id;    /* the mark of what it stores; 0: none said */
    uint32_t permissions; /* how many drivers' blocks of commands it is limited to */
    bool limited;         /* it has such a list, even an empty one */
    bool disabled, sticky;
    bool hashed, signed_p256; /* footers of these kinds are there; nobody has checked them */
    bool padding;             /* nothing to run */
};

/* Judges one TBF that starts at data[0]; *info is filled in when it is well formed. Truncated,
 * damaged or of another version: SIM_WRONG_USE. `name` is for messages. */
bool tbf_parse(const char *name, const uint8_t *data, size_t size, struct tbf_info *info,
               struct sim_error *error);

/* One app to be placed, and then its place. */
struct tbf_app {
    const char *path; /* for messages */
    const uint8_t *data;
    struct tbf_info info;
    uint32_t address; /* out: of its TBF header */
};

/* Gives every app of apps[0..count) its address in [area_base, area_base + area_bytes) and sorts
 * them by it. False with a message when they do not fit. */
bool tbf_place(struct tbf_app *apps, size_t count, uint32_t area_base, uint32_t area_bytes,
               struct sim_error *error);

/* Writes a padding app's header for a hole of `bytes` (at least 16). */
void tbf_write_padding(uint8_t header[16], uint32_t bytes);

#endif
