#include "sim/cpu/stacking.h"

#define BASIC_WORDS      8U
#define EXTENDED_WORDS   26U /* 8, s0-s15, FPSCR, one reserved */
#define FP_STACKED       16U
#define XPSR_STACK_ALIGN (1U << 9)
#define XPSR_VALID       0xFF0FFDFFU /* NZCVQ, IT/ICI, T, GE, IPSR */
#define FPSCR_VALID      0xF7C0009FU
#define ALIGN_BIT        4U

enum direction { PUSH, POP, PRESERVE };

struct transfer {
    struct exception_unit *unit;
    struct mpu_context context;
    enum direction direction;
    bool permitted; /* the MPU was asked about the words that follow, all at once */
    struct stacking_result result;
};

static void note_failure(struct transfer *transfer, uint32_t address, bool by_mpu,
                         const struct mpu_verdict *verdict)
{
    static const enum fault_kind kinds[3][2] = {
        [PUSH] = {FAULT_STKERR, FAULT_MSTKERR},
        [POP] = {FAULT_UNSTKERR, FAULT_MUNSTKERR},
        [PRESERVE] = {FAULT_LSPERR, FAULT_MLSPERR},
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

static struct mpu_verdict ask_mpu(const struct transfer *transfer, uint32_t address, uint32_t bytes)
{
    enum mpu_access access = transfer->direction == POP ? MPU_ACCESS_READ : MPU_ACCESS_WRITE;
    return mpu_check(&transfer->unit->core->mpu, address, bytes, access, transfer->context);
}

/* One word, asked for like any other access of the code that the frame belongs to. */
static void move_word(struct transfer *transfer, uint32_t address, uint32_t *word)
{
    const struct exception_memory *memory = &transfer->unit->memory;
    struct mpu_verdict verdict = {.allowed = true};
    if (!transfer->permitted) {
        verdict = ask_mpu(transfer, address, 4);
    }
    if (!verdict.allowed) {
        note_failure(transfer, address, true, &verdict);
        return;
    }
    if (is_private(transfer, address)) {
        note_failure(transfer, address, false, &verdict);
        return;
    }
    enum bus_result result = transfer->direction == POP
                                 ? memory->read(memory->context, address, word)
                                 : memory->write(memory->context, address, *word);
    if (result != BUS_OK) {
        note_failure(transfer, address, false, &verdict);
    }
}

/* Most frames lie where all of it is allowed: one question for the MPU instead of one a word. Not
 * in the private peripheral bus: there a word may change the MPU that the next one is asked of. */
static void move_words(struct transfer *transfer, uint32_t address, uint32_t *words, uint32_t count)
{
    bool plain = address < ARMV7M_PPB_BASE && 4 * count <= ARMV7M_PPB_BASE - address;
    transfer->permitted = plain && ask_mpu(transfer, address, 4 * count).allowed;
    for (uint32_t i = 0; i < count; i++) {
        move_word(transfer, address + 4 * i, &words[i]);
    }
}

/* CPACR closes the FP unit to the code that the frame belongs to. */
static void note_no_coprocessor(struct transfer *transfer)
{
    if (!transfer->result.faulted) {
        transfer->result.faulted = true;
        transfer->result.fault = (struct fault){.kind = FAULT_NOCP};
    }
}

static bool may_use_fp(const struct transfer *transfer)
{
    return scb_fp_enabled(&transfer->unit->core->scb, transfer->context.privileged);
}

static bool is_ready(const struct exception_unit *unit, uint32_t exception, int32_t priority)
{
    const struct nvic *nvic = &unit->core->nvic;
    return nvic_is_enabled(nvic, exception) &&
           nvic_group_priority(nvic_priority(nvic, exception), unit->core->scb.state.prigroup) <
               priority;
}

/* The FP words stay in their registers for now. */
static void leave_aside(const struct transfer *transfer, uint32_t address, int32_t priority,
                        bool thread)
{
    const struct exception_unit *unit = transfer->unit;
    struct scb_state *scb = &unit->core->scb.state;
    uint32_t frame = FPCCR_LSPACT;
    frame |= transfer->context.privileged ? 0 : FPCCR_USER;
    frame |= thread ? FPCCR_THREAD : 0;
    frame |= is_ready(unit, EXCEPTION_HARDFAULT, priority) ? FPCCR_HFRDY : 0;
    frame |= is_ready(unit, EXCEPTION_MEMMANAGE, priority) ? FPCCR_MMRDY : 0;
    frame |= is_ready(unit, EXCEPTION_BUSFAULT, priority) ? FPCCR_BFRDY : 0;
    frame |= is_ready(unit, EXCEPTION_DEBUGMON, priority) ? FPCCR_MONRDY : 0;
    scb->fpccr = (scb->fpccr & ~FPCCR_FRAME) | frame;
    scb->fpcar = address;
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
}

static void fill_fp_words(const struct cpu_regs *regs, uint32_t *words)
{
    for (uint32_t i = 0; i < FP_STACKED; i++) {
        words[i] = regs->s[i];
    }
    words[FP_STACKED] = regs->fpscr;
}

static void push_fp(struct transfer *transfer, uint32_t address, int32_t priority, bool thread)
{
    const struct exception_unit *unit = transfer->unit;
    if ((unit->core->scb.state.fpccr & FPCCR_LSPEN) != 0) {
        leave_aside(transfer, address, priority, thread);
    } else if (may_use_fp(transfer)) {
        uint32_t words[FP_STACKED + 1];
        fill_fp_words(unit->regs, words);
        move_words(transfer, address, words, FP_STACKED + 1);
    } else {
        note_no_coprocessor(transfer);
    }
}

struct stacking_result stacking_push(struct exception_unit *unit, int32_t priority, bool thread)
{
    struct cpu_regs *regs = unit->regs;
    bool extended = unit->fp_present && (regs->control & CONTROL_FPCA) != 0;
    bool privileged = !thread || (regs->control & CONTROL_NPRIV) == 0;
    bool align = must_align(unit, extended);
    uint32_t *sp = thread && (regs->control & CONTROL_SPSEL) != 0 ? &regs->psp : &regs->msp;
    bool padded = align && (*sp & ALIGN_BIT) != 0;
    uint32_t words = extended ? EXTENDED_WORDS : BASIC_WORDS;
    uint32_t frame_address = *sp - 4 * words;
    frame_address &= align ? ~ALIGN_BIT : ~0U;

    struct transfer transfer = {
        .unit = unit,
        .direction = PUSH,
        .context = {.privileged = privileged, .negative_priority = priority < 0},
        .result = {.privileged = privileged},
    };
    uint32_t frame[BASIC_WORDS];
    fill_frame(regs, frame, padded);
    move_words(&transfer, frame_address, frame, BASIC_WORDS);
    if (extended) {
        push_fp(&transfer, frame_address + 4 * BASIC_WORDS, priority, thread);
    }
    *sp = frame_address;
    return transfer.result;
}

struct stacking_result stacking_preserve(struct exception_unit *unit)
{
    const struct scb_state *scb = &unit->core->scb.state;
    bool privileged = (scb->fpccr & FPCCR_USER) == 0;
    struct transfer transfer = {
        .unit = unit,
        .direction = PRESERVE,
        .context = {.privileged = privileged, .negative_priority = (scb->fpccr & FPCCR_HFRDY) == 0},
        .result = {.privileged = privileged},
    };
    if (may_use_fp(&transfer)) {
        uint32_t words[FP_STACKED + 1];
        fill_fp_words(unit->regs, words);
        move_words(&transfer, scb->fpcar, words, FP_STACKED + 1);
    } else {
        note_no_coprocessor(&transfer);
    }
    return transfer.result;
}

static void load_frame(struct cpu_regs *regs, const uint32_t *frame)
{
    for (uint32_t i = 0; i < 4; i++) {
        regs->r[i] = frame[i];
    }
    regs->r[12] = frame[4];
    regs->lr = frame[5];
    regs->pc = frame[6] & ~1U;
    regs->xpsr = frame[7] & XPSR_VALID;
}

static void load_fp_words(struct cpu_regs *regs, const uint32_t *words)
{
    for (uint32_t i = 0; i < FP_STACKED; i++) {
        regs->s[i] = words[i];
    }
    regs->fpscr = words[FP_STACKED] & FPSCR_VALID;
}

static void set_returned_control(struct cpu_regs *regs, uint32_t exc_return)
{
    regs->control &= ~(CONTROL_SPSEL | CONTROL_FPCA);
    regs->control |= (exc_return & EXC_RETURN_PSP) != 0 ? CONTROL_SPSEL : 0;
    regs->control |= (exc_return & EXC_RETURN_BASIC_FRAME) == 0 ? CONTROL_FPCA : 0;
}

struct stacking_result stacking_pop(struct exception_unit *unit, uint32_t exc_return,
                                    int32_t priority)
{
    struct cpu_regs *regs = unit->regs;
    bool extended = (exc_return & EXC_RETURN_BASIC_FRAME) == 0;
    bool to_thread = (exc_return & EXC_RETURN_THREAD) != 0;
    bool privileged = !to_thread || (regs->control & CONTROL_NPRIV) == 0;
    uint32_t *sp = (exc_return & EXC_RETURN_PSP) != 0 ? &regs->psp : &regs->msp;
    uint32_t words = extended ? EXTENDED_WORDS : BASIC_WORDS;
    uint32_t *fpccr = &unit->core->scb.state.fpccr;
    bool stored = extended && (*fpccr & FPCCR_LSPACT) == 0;

    struct transfer transfer = {
        .unit = unit,
        .direction = POP,
        .context = {.privileged = privileged, .negative_priority = priority < 0},
        .result = {.privileged = privileged},
    };
    uint32_t frame[BASIC_WORDS] = {0};
    uint32_t fp_words[FP_STACKED + 1] = {0};
    move_words(&transfer, *sp, frame, BASIC_WORDS);
    if (stored && may_use_fp(&transfer)) {
        move_words(&transfer, *sp + 4 * BASIC_WORDS, fp_words, FP_STACKED + 1);
    } else if (stored) {
        note_no_coprocessor(&transfer);
    }
    if (transfer.result.faulted) {
        return transfer.result;
    }
    bool padded = must_align(unit, extended) && (frame[7] & XPSR_STACK_ALIGN) != 0;
    *sp = (*sp + 4 * words) | (padded ? ALIGN_BIT : 0);
    load_frame(regs, frame);
    if (stored) {
        load_fp_words(regs, fp_words);
    }
    *fpccr &= extended ? ~FPCCR_LSPACT : ~0U;
    set_returned_control(regs, exc_return);
    return transfer.result;
}
