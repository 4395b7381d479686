/* sim/faults/ownership_internal.h - what the ownership*.c files share. Not for others. */
#ifndef SIM_FAULTS_OWNERSHIP_INTERNAL_H
#define SIM_FAULTS_OWNERSHIP_INTERNAL_H

#include "sim/faults/ownership.h"
#include "sim/loader/image.h"
#include "sim/machine/machine.h"

/* A process's registers when it was left, its exception frame pushed. */
struct ownership_left {
    bool valid;
    bool by_call;
    uint32_t r[13], lr, pc, xpsr;
    uint32_t sp;                  /* as it was before the frame */
    struct ownership_range frame; /* that the kernel may change */
};

/* What is remembered of a process between two looks at it. */
struct ownership_guard {
    uint32_t open_end; /* it may touch [ram.start, open_end); the shadow holds these bytes */
    bool shadowed;
    bool settle; /* its life ended: what the kernel makes of its memory in this stay is its right */
    bool doomed; /* its call takes away the memory that it stands on: the kernel may end it */
    struct ownership_left left;
    struct mpu_state mpu; /* judged, while the rest of this is the same */
    bool judged;
    uint32_t judged_asked;
    uint64_t judged_epoch;
};

/* All that ownership_save keeps. */
struct ownership_state {
    struct ownership_map map;
    struct ownership_guard guard[OWNERSHIP_PROCESSES];
    int current;
    uint64_t epoch; /* of what is shared */
    uint64_t breach_total;
    size_t breach_count;
    struct ownership_breach breach[OWNERSHIP_BREACHES_MAX];
};

struct ownership {
    struct machine *machine;
    const uint8_t *ram, *flash; /* the machine's */
    uint8_t *shadow;            /* of RAM; owned */
    uint8_t *loaded;            /* flash at create, to `loaded_bytes`; owned */
    uint32_t loaded_bytes, kernel_bytes;
    struct image_span claimed[IMAGE_SPANS_MAX]; /* by the kernel's image */
    size_t claimed_count;
    struct ownership_cost cost;
    struct ownership_state state;
};

void ownership_report(struct ownership *ownership, enum ownership_breach_kind kind,
                      uint32_t address, int who, int whose);

/* ownership_memory.c */
/* Compares all memories but that of `except` with their shadows, which then follow: changed in a
 * stay of `who`. */
void ownership_compare(struct ownership *ownership, int who, int except);
/* The shadow of this process follows. */
void ownership_shadow(struct ownership *ownership, int process);
/* All bytes of [start, end) are zero, or it is a breach. */
void ownership_expect_zero(struct ownership *ownership, int process, uint32_t start, uint32_t end);

/* ownership_layout.c */
/* What the process, which goes on, may touch. Returns the end of its own memory. */
uint32_t ownership_judge_layout(struct ownership *ownership, int process);

/* ownership_registers.c */
void ownership_keep_registers(struct ownership *ownership, int process, const struct cpu_regs *regs,
                              uint32_t pc, bool by_call);
void ownership_judge_registers(struct ownership *ownership, int process,
                               const struct cpu_regs *regs);

#endif
