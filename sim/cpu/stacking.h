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
 * moves the stack pointer it used, also when words failed: those that may be written are. `thread`:
 * the code's mode. With FPCCR.LSPEN the FP words are only given room, and FPCCR and FPCAR say
 * whose they are. */
struct stacking_result stacking_push(struct exception_unit *unit, int32_t priority, bool thread);

/* Pops the frame that EXC_RETURN names into unit->regs, xpsr's IPSR and CONTROL included, with the
 * privilege of the code returned to and `priority`. While FPCCR.LSPACT is set the FP registers
 * still are that code's, and only LSPACT is cleared. Nothing changes when a word failed. */
struct stacking_result stacking_pop(struct exception_unit *unit, uint32_t exc_return,
                                    int32_t priority);

/* Stores the FP words at FPCAR with the rights that FPCCR recorded. Clears nothing. */
struct stacking_result stacking_preserve(struct exception_unit *unit);

#endif
