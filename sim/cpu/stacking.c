#include "sim/cpu/stacking.h"

#define BASIC_WORDS        8U
#define EXTENDED_WORDS     26U /* 8, s0-s15, FPSCR, one reserved */
#define FRAME_FP           8U
#define FRAME_FPSCR        24U
#define FRAME_RESERVED     25U
#define FP_STACKED         16U
#define XPSR_STACK_ALIGN   (1U << 9)
#define XPSR_VALID         0xFF0FFDFFU /* NZCVQ, IT/ICI, T, GE, IPSR */
#define FPSCR_CONTEXT_BITS 0x07C00000U /* what FPDSCR gives a new context */
#define FPSCR_VALID        0xF7C0009FU
#define ALIGN_BIT          4U

enum direction { PUSH, POP };

struct transfer {
    struct exception_unit *unit;
    struct mpu_context context;
    enum direction direction;
    struct stacking_result result;
};

static void note_failure(struct transfer *transfer, uint32_t address, bool by_mpu,
                         const struct mpu_verdict *verdict)
{
    static const enum fault_kind kinds[2][2] = {
        [PUSH] = {FAULT_STKERR, FAULT_MSTKERR},
        [POP] = {FAULT_UNSTKERR, FAULT_MUNSTKERR},
    };
    if (transfer->result.faulted) {
        return;
    }
    transfer->result.faulted = true;
    transfer->result.by_mpu = by_mpu;
    transfer->result.verdict = *verdict;
    transfer->result.fault = (struct fault){
        .kind = kinds[transfer->direction][by_mpu ? 1 : 0],
        .address = address,
    };
}

/* The private peripheral bus answers privileged accesses only, whatever the MPU says. */
static bool is_private(const struct transfer *transfer, uint32_t address)
{
    return !transfer->context.privileged && address - ARMV7M_PPB_BASE < ARMV7M_PPB_BYTES;
}

/* One word, asked for like any other access of the code that the frame belongs to. */
static void move_word(struct transfer *transfer, uint32_t address, uint32_t *word)
{
    const struct exception_memory *memory = &transfer->unit->memory;
    enum mpu_access access = transfer->direction == PUSH ? MPU_ACCESS_WRITE : MPU_ACCESS_READ;
    struct mpu_verdict verdict =
        mpu_check(&transfer->unit->core->mpu, address, 4, access, transfer->context);
    if (!verdict.allowed) {
        note_failure(transfer, address, true, &verdict);
        return;
    }
    if (is_private(transfer, address)) {
        note_failure(transfer, address, false, &verdict);
        return;
    }
    enum bus_result result = transfer->direction == PUSH
                                 ? memory->write(memory->context, address, *word)
                                 : memory->read(memory->context, address, word);
    if (result != BUS_OK) {
        note_failure(transfer, address, false, &verdict);
    }
}

static bool must_align(const struct exception_unit *unit, bool extended)
{
    return extended || (unit->core->scb.state.ccr & CCR_STKALIGN) != 0;
}

static void fill_frame(const struct cpu_regs *regs, uint32_t *frame, bool padded)
{
    for (uint32_t i = 0; i < 4; i++) {
        frame[i] = regs->r[i];
    }
    frame[4] = regs->r[12];
    frame[5] = regs->lr;
    frame[6] = regs->pc;
    frame[7] = (regs->xpsr & ~XPSR_STACK_ALIGN) | (padded ? XPSR_STACK_ALIGN : 0);
    for (uint32_t i = 0; i < FP_STACKED; i++) {
        frame[FRAME_FP + i] = regs->s[i];
    }
    frame[FRAME_FPSCR] = regs->fpscr;
}

struct stacking_result stacking_push(struct exception_unit *unit, int32_t priority)
{
    struct cpu_regs *regs = unit->regs;
    bool extended = unit->fp_present && (regs->control & CONTROL_FPCA) != 0;
    bool align = must_align(unit, extended);
    uint32_t *sp = cpu_regs_uses_psp(regs) ? &regs->psp : &regs->msp;
    bool padded = align && (*sp & ALIGN_BIT) != 0;
    uint32_t words = extended ? EXTENDED_WORDS : BASIC_WORDS;
    uint32_t frame_address = *sp - 4 * words;
    frame_address &= align ? ~ALIGN_BIT : ~0U;

    struct transfer transfer = {
        .unit = unit,
        .direction = PUSH,
        .context = {.privileged = cpu_regs_privileged(regs), .negative_priority = priority < 0},
        .result = {.privileged = cpu_regs_privileged(regs)},
    };
    uint32_t frame[EXTENDED_WORDS] = {0};
    fill_frame(regs, frame, padded);
    for (uint32_t i = 0; i < words; i++) {
        if (i != FRAME_RESERVED) {
            move_word(&transfer, frame_address + 4 * i, &frame[i]);
        }
    }
    *sp = frame_address;
    if (extended) {
        regs->fpscr = (regs->fpscr & ~FPSCR_CONTEXT_BITS) | unit->core->scb.state.fpdscr;
    }
    return transfer.result;
}

static void load_frame(struct cpu_regs *regs, const uint32_t *frame, bool extended)
{
    for (uint32_t i = 0; i < 4; i++) {
        regs->r[i] = frame[i];
    }
    regs->r[12] = frame[4];
    regs->lr = frame[5];
    regs->pc = frame[6] & ~1U;
    regs->xpsr = frame[7] & XPSR_VALID;
    if (extended) {
        for (uint32_t i = 0; i < FP_STACKED; i++) {
            regs->s[i] = frame[FRAME_FP + i];
        }
        regs->fpscr = frame[FRAME_FPSCR] & FPSCR_VALID;
    }
}

struct stacking_result stacking_pop(struct exception_unit *unit, uint32_t exc_return,
                                    int32_t priority, bool *consistent)
{
    struct cpu_regs *regs = unit->regs;
    bool extended = (exc_return & EXC_RETURN_BASIC_FRAME) == 0;
    bool to_thread = (exc_return & EXC_RETURN_THREAD) != 0;
    bool privileged = !to_thread || (regs->control & CONTROL_NPRIV) == 0;
    uint32_t *sp = (exc_return & EXC_RETURN_PSP) != 0 ? &regs->psp : &regs->msp;
    uint32_t words = extended ? EXTENDED_WORDS : BASIC_WORDS;

    struct transfer transfer = {
        .unit = unit,
        .direction = POP,
        .context = {.privileged = privileged, .negative_priority = priority < 0},
        .result = {.privileged = privileged},
    };
    uint32_t frame[EXTENDED_WORDS] = {0};
    for (uint32_t i = 0; i < words; i++) {
        if (i != FRAME_RESERVED) {
            move_word(&transfer, *sp + 4 * i, &frame[i]);
        }
    }
    *consistent = to_thread == ((frame[7] & XPSR_IPSR) == 0);
    if (transfer.result.faulted || !*consistent) {
        return transfer.result;
    }
    bool padded = must_align(unit, extended) && (frame[7] & XPSR_STACK_ALIGN) != 0;
    *sp = (*sp + 4 * words) | (padded ? ALIGN_BIT : 0);
    load_frame(regs, frame, extended);
    return transfer.result;
}
