/* sim/cpu/stacking.h - the frame that exception entry pushes and exception return pops. Reference:
 * ARMv7-M ARM, B1.5.6 to B1.5.8. Internal to exception.c.
 */
#ifndef SIM_CPU_STACKING_H
#define SIM_CPU_STACKING_H

#include <stdbool.h>
#include <stdint.h>

#include "mpu_model/mpu_model.h"
#include "sim/cpu/exception.h"

#define EXC_RETURN_BASIC_FRAME (1U << 4) /* clear: the frame holds FP registers too */
#define EXC_RETURN_THREAD      (1U << 3)
#define EXC_RETURN_PSP         (1U << 2)

/* Offset of the return address in a frame. */
#define STACKING_PC_OFFSET 24U

/* How the words went. */
struct stacking_result {
    bool faulted;
    struct fault fault;         /* of the first word that failed */
    bool by_mpu;                /* verdict is valid */
    struct mpu_verdict verdict; /* of that word */
    bool privileged;            /* the accesses were */
};

/* Pushes the frame for the interrupted code in unit->regs with its privilege and `priority`, and
 * moves the stack pointer it used, also when words failed: those that may be written are. */
struct stacking_result stacking_push(struct exception_unit *unit, int32_t priority);

/* Pops the frame that EXC_RETURN names into unit->regs, xpsr's IPSR included, with the privilege of
 * the code returned to and `priority`. Registers stay as they are when a word failed, or when
 * *consistent gets false: the frame's IPSR does not fit the mode returned to. */
struct stacking_result stacking_pop(struct exception_unit *unit, uint32_t exc_return,
                                    int32_t priority, bool *consistent);

#endif
