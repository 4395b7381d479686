/* sim/faults/fault_model.h - disturbances of a run, each at an exact instruction boundary: what
 * experiments are made of. A plan holds them for one machine and runs it; what it does follows from
 * the plan and the machine alone.
 *
 * A boundary is where no instruction is under way. "After so many instructions" counts those that
 * the core retires, interrupt handlers included; one that is skipped, by a fault or by a condition,
 * counts; exception entries do not.
 *
 * Not modelled: an instruction that does something else than it should (a skip is all that happens
 * to code; flash.flip changes it for good).
 */
#ifndef SIM_FAULTS_FAULT_MODEL_H
#define SIM_FAULTS_FAULT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"
#include "sim/machine/machine.h"

enum fault_action_kind {
    FAULT_ACTION_SKIP,     /* the next instruction is not executed; it takes one cycle */
    FAULT_ACTION_REG_FLIP, /* a bit of a register of the core */
    FAULT_ACTION_RAM_FLIP, /* a bit of RAM */
    FAULT_ACTION_FLASH_FLIP,
    FAULT_ACTION_MPU_FLIP,  /* a bit of an MPU register */
    FAULT_ACTION_POWER_CUT, /* the supply is gone for a time */
    FAULT_ACTION_DEVICE,    /* a fault of a device, as fault_list.h has them */
    FAULT_ACTION_KINDS,
};

enum fault_at {
    FAULT_AT_CYCLE,   /* the first boundary at or after a cycle; before an interrupt that is due */
    FAULT_AT_ADDRESS, /* before the count-th execution of the instruction at an address */
    FAULT_AT_CALL,    /* the count-th system call of a process: the kernel's first instruction */
    FAULT_AT_EXCEPTION, /* the count-th entry of an exception: the handler's first instruction */
};

#define FAULT_ANY_PROCESS (-1)
#define FAULT_ANY_NUMBER  UINT32_MAX

struct fault_point {
    enum fault_at at;
    uint64_t cycle;        /* FAULT_AT_CYCLE; one in the past means now */
    uint32_t address;      /* FAULT_AT_ADDRESS; even */
    int process;           /* FAULT_AT_CALL: index in process_watch, or FAULT_ANY_PROCESS */
    uint32_t number;       /* the call's class, the exception's number, or FAULT_ANY_NUMBER */
    uint64_t count;        /* from 1, counted from when the action is added */
    uint64_t instructions; /* and then so many instructions later */
};

struct fault_action {
    enum fault_action_kind kind;
    struct fault_point point;
    const char *name; /* register ("r0", "psp", "s31"; "rbar", "rasr", "ctrl"), or fault; must
                         live as long as the plan */
    size_t device;    /* FAULT_ACTION_DEVICE: index of the board's devices */
    uint32_t address; /* of the byte that the bit is counted from */
    uint32_t region;  /* of RBAR and RASR */
    uint32_t bit;     /* 0 to 31 */
    int32_t value;    /* of a device's fault; milliseconds without supply */
};

/* What has become of an action. */
enum fault_progress {
    FAULT_WAITS,   /* its point has not come */
    FAULT_DONE,    /* it has happened */
    FAULT_IN_VAIN, /* its point has come, but there was nothing to disturb: the core slept, the chip
                      was without supply, the device's queue was full */
};

struct fault_effect {
    enum fault_progress progress;
    uint64_t cycle;         /* when; of the others 0 */
    uint32_t pc;            /* of the next instruction then: the one that was skipped */
    uint32_t before, after; /* of what was flipped: the register, the byte */
};

#define FAULT_ACTIONS_MAX 32
#define FAULT_NAME_BYTES  24 /* no name is longer */

struct fault_plan; /* opaque */

/* Observes the machine, which must outlive it. NULL with a message: no memory, or the machine has
 * too many observers. */
struct fault_plan *fault_plan_create(struct machine *machine, struct sim_error *error);
void fault_plan_destroy(struct fault_plan *plan);

struct ownership; /* sim/faults/ownership.h */
/* Who watches the machine's memory, and must not take a flipped bit for somebody's store. */
void fault_plan_set_ownership(struct fault_plan *plan, struct ownership *ownership);

/* Adds an action, between runs. SIM_WRONG_USE, with what would be right, when there is no such
 * register, bit, memory or fault on this board, or when the plan is full. *index (may be NULL):
 * for fault_plan_effect. */
bool fault_plan_add(struct fault_plan *plan, const struct fault_action *action, size_t *index,
                    struct sim_error *error);

/* machine_run, with all that the plan has in it. MACHINE_STOP_REQUESTED may come without anybody
 * having asked for it: run on. */
enum machine_stop fault_plan_run(struct fault_plan *plan, uint64_t cycle);

/* The same in two halves, for who runs the machine in another way (machine_net_run): run it to
 * fault_plan_limit at most, then call fault_plan_settle with the reason for which it stopped. True:
 * go on. False: *stop is the reason for the caller. */
uint64_t fault_plan_limit(const struct fault_plan *plan, uint64_t cycle);
bool fault_plan_settle(struct fault_plan *plan, uint64_t cycle, enum machine_stop *stop);

/* What takes one step instead of machine_step; NULL: that does. */
void fault_plan_set_step(struct fault_plan *plan,
                         enum machine_stop (*step)(void *context, uint64_t cycle), void *context);

size_t fault_plan_count(const struct fault_plan *plan);
const struct fault_effect *fault_plan_effect(const struct fault_plan *plan, size_t index);
/* "skip at pc 0x00001234, cycle 640", without a full stop. */
void fault_plan_describe(const struct fault_plan *plan, size_t index, char *text, size_t size);

/* Which actions there are, and how far they have come: for snapshots of the machine. `saved` is for
 * fault_plan_restore of the same plan; free() it. NULL: no memory. Between runs. */
void *fault_plan_save(const struct fault_plan *plan);
void fault_plan_restore(struct fault_plan *plan, const void *saved);

/* "skip", "reg.flip", "ram.flip", "flash.flip", "mpu.flip", "power.cut". False: no kind has this
 * name; FAULT_ACTION_DEVICE has none, the device's fault has. */
bool fault_action_find(const char *name, enum fault_action_kind *kind);

#endif
