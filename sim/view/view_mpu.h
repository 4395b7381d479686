/* sim/view/view_mpu.h - the MPU's registers as people read them: regions, who may do what where,
 * and why not. Pure functions of plain values; mpu_model decides. "A process" accesses
 * unprivileged. */
#ifndef SIM_VIEW_VIEW_MPU_H
#define SIM_VIEW_VIEW_MPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mpu_model/mpu_model.h"

#define VIEW_MPU_SUBREGIONS 8U
/* Spans that a range can have at most: 8 regions of 8 sub-regions have 72 edges. */
#define VIEW_MPU_SPANS_MAX 80

struct view_region {
    bool enabled;
    uint32_t first, last; /* bytes; the last one belongs to it */
    unsigned subregions;  /* 8, or 1: too small to have some */
    uint8_t disabled;     /* bit i: sub-region i is off */
    char rights[4];       /* "R-X": what it gives a process */
    char kernel_rights[4];
};

/* A run of bytes about which the MPU says the same. */
struct view_access {
    uint32_t address, bytes;
    bool read, write, execute; /* by a process */
    int region;                /* that decides: 0..7 or enum mpu_region_special */
};

void view_mpu_region(const struct mpu_state *mpu, unsigned region, struct view_region *out);

/* The runs of [address, address + bytes), in order and without gaps, at most `max` of them (the
 * last one then reaches to the end). Returns how many. */
size_t view_mpu_spans(const struct mpu_state *mpu, uint32_t address, uint32_t bytes,
                      struct view_access *spans, size_t max);

/* What a process may do at the address: "RW-". */
void view_mpu_rights(const struct mpu_state *mpu, uint32_t address, char rights[4]);

/* The same in a sentence: "region 1 opens it: read and write", "closed: no region maps it". */
void view_mpu_describe(const struct mpu_state *mpu, uint32_t address, char *text, size_t size);

/* Why an access was refused: "MPU region 4 is read-only here", ... */
void view_mpu_refusal(const struct mpu_verdict *verdict, enum mpu_access access, char *text,
                      size_t size);

#endif
