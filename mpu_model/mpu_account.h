/*
 * mpu_account.h - what the MPU was used for: switches and their cost, time under each
 * configuration, refusals, hits. Plain values, fed by the caller; it never looks at the machine
 * itself.
 *
 * A reconfiguration starts with the first write to an MPU register and ends with the first barrier
 * after which the MPU is on with the new values. A barrier while CTRL.ENABLE is 0 makes the "off"
 * effective but ends nothing: switch off, rewrite, switch on is one reconfiguration. Values that
 * are written take effect, for the time account, at the barrier.
 */
#ifndef MPU_MODEL_MPU_ACCOUNT_H
#define MPU_MODEL_MPU_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "mpu_model/mpu_model.h"

/* Index of the counts per region: 0..7, then the special ones. */
#define MPU_ACCOUNT_REGIONS 11

/* Configurations told apart; time under any further one is added up in mpu_account.other_cycles. */
#define MPU_ACCOUNT_CONFIGURATIONS 64

/* Counts per region, privilege (0 unprivileged, 1 privileged) and access (enum mpu_access). */
struct mpu_account_counts {
    uint64_t count[MPU_ACCOUNT_REGIONS][2][3];
};

/* One configuration: the registers that matter, rnr = 0, disabled regions all zero; off is all
 * zero. */
struct mpu_account_configuration {
    struct mpu_state registers;
    uint32_t hash;    /* of `registers`, for printing and looking up */
    uint64_t cycles;  /* spent under it */
    uint64_t entries; /* how often it came into effect from another one */
};

struct mpu_account {
    uint64_t register_writes;
    uint64_t reconfigurations;
    uint64_t switch_cycles_min, switch_cycles_max,
        switch_cycles_sum; /* min is 0 while there is none */
    struct mpu_account_counts refusals;
    struct mpu_account_counts hits; /* counted only while count_hits is set */
    bool count_hits;

    struct mpu_account_configuration configuration[MPU_ACCOUNT_CONFIGURATIONS];
    uint32_t configuration_count;
    uint64_t other_cycles;

    bool open;                 /* registers were written since the last enabling barrier */
    uint64_t open_since_cycle; /* the first of those writes */
    struct mpu_state pending;  /* what the next barrier makes effective */
    uint32_t current;          /* index of the effective configuration; _CONFIGURATIONS: "other" */
    uint64_t last_cycle;       /* time is accounted up to here */
};

/* Everything zero, MPU off since `cycle`. */
void mpu_account_init(struct mpu_account *account, uint64_t cycle);

/* A write reached an MPU register at `cycle`; `after` are the registers it left. */
void mpu_account_register_write(struct mpu_account *account, uint64_t cycle,
                                const struct mpu_state *after);

/* A DSB, an ISB or an exception entry or return at `cycle`. Cheap when nothing was written before
 * it. */
void mpu_account_barrier(struct mpu_account *account, uint64_t cycle);

/* The registers became `state` at once, at `cycle` (reset, a restored snapshot): no
 * reconfiguration. */
void mpu_account_replace(struct mpu_account *account, uint64_t cycle,
                         const struct mpu_state *state);

/* `region` as in struct mpu_verdict: 0..7 or enum mpu_region_special. */
void mpu_account_refusal(struct mpu_account *account, int region, enum mpu_access access,
                         bool privileged);

/* An allowed access decided by `region`. Does nothing unless count_hits is set. */
void mpu_account_hit(struct mpu_account *account, int region, enum mpu_access access,
                     bool privileged);

/* Brings the time of the effective configuration up to `cycle`. Call before reading the table. */
void mpu_account_time(struct mpu_account *account, uint64_t cycle);

/* Cycles from first write to enabling barrier, mean over all reconfigurations, rounded down; 0:
 * none yet. */
uint64_t mpu_account_mean_switch_cycles(const struct mpu_account *account);

/* The row of mpu_account_counts.count for a verdict's region: 0..7 stay, NONE 8, BACKGROUND 9,
 * DEFAULT 10. */
unsigned mpu_account_region_index(int region);

/* Sum of the refusals of one access kind over all regions and privileges. */
uint64_t mpu_account_refusals_of(const struct mpu_account *account, enum mpu_access access);

#endif
