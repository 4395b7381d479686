#include <string.h>

#include "sim/cpu/unicorn_internal.h"

#define XPSR_NZCV 0xF0000000U

uint32_t engine_get_pc(const struct engine *engine)
{
    return engine->written ? engine->pc : unicorn_read_reg(engine, UC_ARM_REG_PC);
}

uint32_t engine_get_xpsr(const struct engine *engine)
{
    return engine->written ? engine->xpsr : unicorn_read_reg(engine, UC_ARM_REG_XPSR);
}

struct engine_special engine_get_special(const struct engine *engine)
{
    return (struct engine_special){
        .control = unicorn_read_reg(engine, UC_ARM_REG_CONTROL),
        .primask = unicorn_read_reg(engine, UC_ARM_REG_PRIMASK),
        .faultmask = unicorn_read_reg(engine, UC_ARM_REG_FAULTMASK),
        .basepri = unicorn_read_reg(engine, UC_ARM_REG_BASEPRI),
    };
}

static void trim(struct engine *engine, int reg, uint32_t bits)
{
    uint32_t value = unicorn_read_reg(engine, reg);
    if ((value & ~bits) != 0) {
        unicorn_write_reg(engine, reg, value & bits);
    }
}

void engine_trim_special(struct engine *engine, uint32_t basepri_bits)
{
    trim(engine, UC_ARM_REG_R13, ~3U);
    trim(engine, UC_ARM_REG_MSP, ~3U);
    trim(engine, UC_ARM_REG_PSP, ~3U);
    trim(engine, UC_ARM_REG_BASEPRI, basepri_bits);
}

static const int core_ids[16] = {
    UC_ARM_REG_R0,  UC_ARM_REG_R1,  UC_ARM_REG_R2, UC_ARM_REG_R3, UC_ARM_REG_R4,  UC_ARM_REG_R5,
    UC_ARM_REG_R6,  UC_ARM_REG_R7,  UC_ARM_REG_R8, UC_ARM_REG_R9, UC_ARM_REG_R10, UC_ARM_REG_R11,
    UC_ARM_REG_R12, UC_ARM_REG_R13, UC_ARM_REG_LR, UC_ARM_REG_PC,
};

static const int double_ids[16] = {
    UC_ARM_REG_D0,  UC_ARM_REG_D1,  UC_ARM_REG_D2,  UC_ARM_REG_D3,  UC_ARM_REG_D4,  UC_ARM_REG_D5,
    UC_ARM_REG_D6,  UC_ARM_REG_D7,  UC_ARM_REG_D8,  UC_ARM_REG_D9,  UC_ARM_REG_D10, UC_ARM_REG_D11,
    UC_ARM_REG_D12, UC_ARM_REG_D13, UC_ARM_REG_D14, UC_ARM_REG_D15,
};

/* Makes the cached mode flags follow XPSR and CONTROL: the library recomputes them on a write of
 * these flags only. */
static void refresh_mode_flags(struct engine *engine, uint32_t xpsr)
{
    unicorn_write_reg(engine, UC_ARM_REG_APSR_NZCV, xpsr & XPSR_NZCV);
}

void engine_get_core_regs(const struct engine *engine, uint32_t r[16])
{
    void *values[16];
    for (int i = 0; i < 16; i++) {
        values[i] = &r[i];
    }
    (void)uc_reg_read_batch(engine->uc, core_ids, values, 16);
}

uint32_t engine_get_reg(const struct engine *engine, unsigned index)
{
    return unicorn_read_reg(engine, core_ids[index]);
}

void engine_read_fp(const struct engine *engine, struct cpu_regs *regs)
{
    void *values[16];
    for (int i = 0; i < 16; i++) {
        values[i] = &regs->s[2 * i];
    }
    (void)uc_reg_read_batch(engine->uc, double_ids, values, 16);
    regs->fpscr = unicorn_read_reg(engine, UC_ARM_REG_FPSCR);
}

/* In the order of engine_write_regs: handler mode to become privileged, then privileged thread
 * mode, where all can be written; XPSR last but for the flags, which refresh the cached mode. Each
 * call of the library costs more than a register, so there is one. */
#define WRITTEN 27
static const int written_ids[WRITTEN] = {
    UC_ARM_REG_XPSR,        UC_ARM_REG_CONTROL, UC_ARM_REG_XPSR,      UC_ARM_REG_MSP,
    UC_ARM_REG_PSP,         UC_ARM_REG_PRIMASK, UC_ARM_REG_FAULTMASK, UC_ARM_REG_BASEPRI,
    UC_ARM_REG_CONTROL,     UC_ARM_REG_R0,      UC_ARM_REG_R1,        UC_ARM_REG_R2,
    UC_ARM_REG_R3,          UC_ARM_REG_R4,      UC_ARM_REG_R5,        UC_ARM_REG_R6,
    UC_ARM_REG_R7,          UC_ARM_REG_R8,      UC_ARM_REG_R9,        UC_ARM_REG_R10,
    UC_ARM_REG_R11,         UC_ARM_REG_R12,     UC_ARM_REG_LR,        UC_ARM_REG_PC,
    UC_ARM_REG_XPSR_NZCVQG, UC_ARM_REG_XPSR,    UC_ARM_REG_APSR_NZCV,
};
#define WRITTEN_R0 9

#define READ 22
static const int read_ids[READ] = {
    UC_ARM_REG_R0,        UC_ARM_REG_R1,      UC_ARM_REG_R2,  UC_ARM_REG_R3,  UC_ARM_REG_R4,
    UC_ARM_REG_R5,        UC_ARM_REG_R6,      UC_ARM_REG_R7,  UC_ARM_REG_R8,  UC_ARM_REG_R9,
    UC_ARM_REG_R10,       UC_ARM_REG_R11,     UC_ARM_REG_R12, UC_ARM_REG_LR,  UC_ARM_REG_PC,
    UC_ARM_REG_XPSR,      UC_ARM_REG_CONTROL, UC_ARM_REG_MSP, UC_ARM_REG_PSP, UC_ARM_REG_PRIMASK,
    UC_ARM_REG_FAULTMASK, UC_ARM_REG_BASEPRI,
};
#define READ_BANKED 17

void engine_read_regs(struct engine *engine, struct cpu_regs *regs)
{
    void *values[READ];
    for (int i = 0; i < 13; i++) {
        values[i] = &regs->r[i];
    }
    void *others[READ - 13] = {&regs->lr,      &regs->pc,        &regs->xpsr,
                               &regs->control, &regs->msp,       &regs->psp,
                               &regs->primask, &regs->faultmask, &regs->basepri};
    memcpy(&values[13], others, sizeof(others));
    (void)uc_reg_read_batch(engine->uc, read_ids, values, READ);
    regs->pc &= ~1U;

    /* Unprivileged, the banked registers read as 0. */
    if (!cpu_regs_privileged(regs)) {
        unicorn_write_reg(engine, UC_ARM_REG_XPSR, (regs->xpsr & ~XPSR_IPSR) | UNICORN_ANY_HANDLER);
        (void)uc_reg_read_batch(engine->uc, &read_ids[READ_BANKED], &values[READ_BANKED],
                                READ - READ_BANKED);
        unicorn_write_reg(engine, UC_ARM_REG_XPSR, regs->xpsr);
        refresh_mode_flags(engine, regs->xpsr);
    }
    /* MSR leaves bits 1:0 in the library's stack pointers, a core has none. */
    regs->msp &= ~3U;
    regs->psp &= ~3U;
}

static void write_fp(struct engine *engine, const struct cpu_regs *regs)
{
    uint64_t doubles[16];
    void *values[16];
    memcpy(doubles, regs->s, sizeof(doubles));
    for (int i = 0; i < 16; i++) {
        values[i] = &doubles[i];
    }
    (void)uc_reg_write_batch(engine->uc, double_ids, values, 16);
    unicorn_write_reg(engine, UC_ARM_REG_FPSCR, regs->fpscr);
}

void engine_write_regs(struct engine *engine, const struct cpu_regs *regs, bool fp)
{
    uint32_t before[WRITTEN_R0] = {XPSR_T | UNICORN_ANY_HANDLER,
                                   0,
                                   XPSR_T,
                                   regs->msp,
                                   regs->psp,
                                   regs->primask & 1U,
                                   regs->faultmask & 1U,
                                   regs->basepri,
                                   regs->control};
    uint32_t after[WRITTEN - WRITTEN_R0 - 13] = {regs->lr,
                                                 regs->pc | ((regs->xpsr & XPSR_T) != 0 ? 1U : 0U),
                                                 regs->xpsr, regs->xpsr, regs->xpsr & XPSR_NZCV};
    uint32_t words[WRITTEN];
    memcpy(words, before, sizeof(before));
    memcpy(&words[WRITTEN_R0], regs->r, sizeof(regs->r));
    memcpy(&words[WRITTEN_R0 + 13], after, sizeof(after));
    void *values[WRITTEN];
    for (int i = 0; i < WRITTEN; i++) {
        values[i] = &words[i];
    }
    if (fp) {
        write_fp(engine, regs);
    }
    (void)uc_reg_write_batch(engine->uc, written_ids, values, WRITTEN);
    engine->written = true;
    engine->pc = regs->pc;
    engine->xpsr = regs->xpsr;
}

void engine_copy_state(struct engine *to, const struct engine *from)
{
    (void)uc_context_save(from->uc, from->context);
    (void)uc_context_restore(to->uc, from->context);
    to->written = from->written;
    to->pc = from->pc;
    to->xpsr = from->xpsr;
}
