/* A process goes on with the registers that it had, but for what its call answers. */
#include <string.h>

#include "kernel/abi/syscall.h"
#include "sim/faults/ownership_internal.h"
#include "sim/loader/little_endian.h"

#define EXC_RETURN_BASIC_FRAME (1U << 4)
#define BASIC_FRAME_BYTES      32U
#define EXTENDED_FRAME_BYTES   104U
#define STACKED_ALIGNED        (1U << 9)   /* of the stacked xPSR: a word was skipped */
#define XPSR_KEPT              0xFF0FFC00U /* flags, GE, T, IT */
#define FRAME_R12              4U
#define FRAME_LR               5U
#define FRAME_XPSR             7U

enum { REGISTER_LR = 14, REGISTER_SP = 13, REGISTER_PC = 15, REGISTER_XPSR = 16 };

static uint32_t frame_word(const struct ownership *ownership, uint32_t psp, uint32_t index)
{
    uint8_t bytes[4] = {0};
    machine_peek(ownership->machine, psp + 4 * index, bytes, sizeof bytes);
    return little_endian_u32(bytes);
}

void ownership_keep_registers(struct ownership *ownership, int process, const struct cpu_regs *regs,
                              uint32_t pc, bool by_call)
{
    struct ownership_left *left = &ownership->state.guard[process].left;
    uint32_t bytes =
        (regs->lr & EXC_RETURN_BASIC_FRAME) != 0 ? BASIC_FRAME_BYTES : EXTENDED_FRAME_BYTES;
    left->valid = true;
    left->by_call = by_call;
    memcpy(left->r, regs->r, sizeof left->r);
    for (uint32_t i = 0; i < 4; i++) {
        left->r[i] = frame_word(ownership, regs->psp, i);
    }
    left->r[12] = frame_word(ownership, regs->psp, FRAME_R12);
    left->lr = frame_word(ownership, regs->psp, FRAME_LR);
    left->pc = pc & ~1U;
    left->xpsr = frame_word(ownership, regs->psp, FRAME_XPSR);
    left->frame = (struct ownership_range){regs->psp, regs->psp + bytes};
    left->sp = regs->psp + bytes + ((left->xpsr & STACKED_ALIGNED) != 0 ? 4U : 0U);
}

/* The number of the first register that is wrong; -1: none is. */
static int find_wrong(const struct ownership_left *left, const struct cpu_regs *regs, bool upcall)
{
    for (int i = left->by_call ? 4 : 0; i < 12; i++) {
        if (left->r[i] != regs->r[i]) {
            return i;
        }
    }
    if (left->sp != regs->psp) {
        return REGISTER_SP;
    }
    if (upcall) {
        return -1;
    }
    if (left->r[12] != regs->r[12]) {
        return 12;
    }
    if (left->lr != regs->lr) {
        return REGISTER_LR;
    }
    if (left->pc != regs->pc) {
        return REGISTER_PC;
    }
    return (left->xpsr & XPSR_KEPT) != (regs->xpsr & XPSR_KEPT) ? REGISTER_XPSR : -1;
}

void ownership_judge_registers(struct ownership *ownership, int process,
                               const struct cpu_regs *regs)
{
    struct ownership_left *left = &ownership->state.guard[process].left;
    const struct ownership_call *call = &ownership->state.map.process[process].call;
    if (!left->valid) {
        return;
    }
    /* Whether that upcall is its own is the map's question. */
    bool upcall = left->by_call && call->call_class == ABI_CLASS_YIELD && left->pc != regs->pc;
    int wrong = find_wrong(left, regs, upcall);
    if (wrong >= 0) {
        ownership_report(ownership, OWNERSHIP_BREACH_REGISTERS, (uint32_t)wrong, OWNERSHIP_NOBODY,
                         process);
    }
}
