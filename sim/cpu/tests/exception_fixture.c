#include "sim/cpu/tests/exception_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static uint32_t *word_at(struct fixture *f, uint32_t address)
{
    assert_int_equal(address & 3U, 0);
    if (address < sizeof f->vectors) {
        return &f->vectors[address / 4];
    }
    return address - RAM_BASE < RAM_BYTES ? &f->ram[(address - RAM_BASE) / 4] : NULL;
}

static enum bus_result read_word(void *context, uint32_t address, uint32_t *value)
{
    const uint32_t *word = word_at(context, address);
    if (word == NULL) {
        return BUS_FAULT;
    }
    *value = *word;
    return BUS_OK;
}

static enum bus_result write_word(void *context, uint32_t address, uint32_t value)
{
    uint32_t *word = word_at(context, address);
    if (word == NULL) {
        return BUS_FAULT;
    }
    *word = value;
    return BUS_OK;
}

static void on_attention(void *context)
{
    struct fixture *f = context;
    f->attention_count++;
}

static int32_t mask_priority(void *context)
{
    const struct fixture *f = context;
    return exception_mask_priority(&f->unit);
}

static void on_entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    struct fixture *f = context;
    assert_int_equal(exception, cpu_regs_ipsr(regs));
    f->entered_count++;
    f->last_from_pc = from_pc;
}

static void on_returned(void *context, uint32_t exception, const struct cpu_regs *regs)
{
    struct fixture *f = context;
    (void)exception;
    (void)regs;
    f->returned_count++;
}

static void on_faulted(void *context, const struct fault *fault, const struct cpu_regs *regs,
                       const struct mpu_verdict *verdict)
{
    struct fixture *f = context;
    (void)regs;
    (void)verdict;
    f->faulted_count++;
    f->last_fault = *fault;
}

struct fixture *fixture_new(void)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    clock_init(&f->clock, 64000000);
    struct armv7m_config config = {
        .clock = &f->clock,
        .diag = &f->diag,
        .irq_count = IRQ_COUNT,
        .priority_bits = 3,
        .fp_present = true,
        .mask_priority = mask_priority,
        .attention = on_attention,
        .context = f,
    };
    armv7m_init(&f->core, &config);
    f->unit = (struct exception_unit){
        .regs = &f->regs,
        .core = &f->core,
        .memory = {.read = read_word, .write = write_word, .context = f},
        .observer = {.entered = on_entered,
                     .returned = on_returned,
                     .faulted = on_faulted,
                     .context = f},
        .fp_present = true,
    };
    f->vectors[0] = MSP_START;
    f->vectors[1] = THREAD_PC | 1U;
    for (uint32_t i = 2; i < 256; i++) {
        f->vectors[i] = HANDLER(i) | 1U;
    }
    assert_int_equal(exception_reset(&f->unit), EXCEPTION_ENTERED);
    for (uint32_t i = 0; i < 13; i++) {
        f->regs.r[i] = 0x1000U + i;
    }
    f->regs.lr = 0x100EU;
    f->regs.psp = PSP_START;
    return f;
}

void fixture_free(struct fixture *f)
{
    free(f);
}

uint32_t reg_read(struct fixture *f, uint32_t offset)
{
    uint32_t value;
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    assert_int_equal(armv7m_read(&f->core, access, &value), BUS_OK);
    return value;
}

void reg_write(struct fixture *f, uint32_t offset, uint32_t value)
{
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    assert_int_equal(armv7m_write(&f->core, access, value), BUS_OK);
}

uint32_t ram_word(const struct fixture *f, uint32_t address)
{
    assert_true(address - RAM_BASE < RAM_BYTES);
    return f->ram[(address - RAM_BASE) / 4];
}

void set_ram_word(struct fixture *f, uint32_t address, uint32_t value)
{
    assert_true(address - RAM_BASE < RAM_BYTES);
    f->ram[(address - RAM_BASE) / 4] = value;
}

static void set_priority(struct fixture *f, uint32_t exception, uint8_t priority)
{
    uint32_t offset = exception >= 16 ? SCS(0x400U) + exception - 16 : SCS(0xD18U) + exception - 4;
    struct bus_access access = {.offset = offset, .size_bytes = 1, .privileged = true};
    assert_int_equal(armv7m_write(&f->core, access, priority), BUS_OK);
}

void irq_enable(struct fixture *f, uint32_t irqn, uint8_t priority)
{
    set_priority(f, IRQ(irqn), priority);
    reg_write(f, SCS(0x100U) + 4 * (irqn / 32), 1U << (irqn % 32));
}

void irq_pulse(struct fixture *f, uint32_t irqn)
{
    nvic_set_line(&f->core.nvic, irqn, true);
    nvic_set_line(&f->core.nvic, irqn, false);
}

void faults_enable(struct fixture *f, uint8_t priority)
{
    static const uint32_t faults[] = {EXCEPTION_MEMMANAGE, EXCEPTION_BUSFAULT, EXCEPTION_USAGEFAULT,
                                      EXCEPTION_DEBUGMON};
    for (size_t i = 0; i < 4; i++) {
        set_priority(f, faults[i], priority);
    }
    reg_write(f, SHCSR, 7U << 16);
    reg_write(f, DEMCR, 1U << 16);
}

void to_process(struct fixture *f)
{
    f->regs.control = CONTROL_NPRIV | CONTROL_SPSEL;
}

void enter(struct fixture *f, uint32_t exception)
{
    if (exception < 16) {
        nvic_set_enabled(&f->core.nvic, exception, true);
        nvic_set_pending(&f->core.nvic, exception);
    } else {
        irq_pulse(f, exception - 16);
    }
    assert_int_equal(poll(f), EXCEPTION_ENTERED);
    assert_int_equal(ipsr(f), exception);
}

enum exception_outcome poll(struct fixture *f)
{
    return exception_poll(&f->unit, &f->cycles);
}

enum exception_outcome fault(struct fixture *f, enum fault_kind kind, uint32_t address)
{
    struct fault what = {.kind = kind, .address = address};
    return exception_fault(&f->unit, &what, NULL, &f->cycles);
}

enum exception_outcome svc(struct fixture *f)
{
    return exception_svc(&f->unit, &f->cycles);
}

enum exception_outcome leave(struct fixture *f, uint32_t exc_return)
{
    return exception_return(&f->unit, exc_return, &f->cycles);
}

uint32_t ipsr(const struct fixture *f)
{
    return cpu_regs_ipsr(&f->regs);
}

void mpu_region(struct fixture *f, uint32_t region, uint32_t base, uint32_t bytes, uint32_t ap)
{
    uint32_t size = (uint32_t)__builtin_ctz(bytes) - 1;
    reg_write(f, SCS(0xD9CU), base | 0x10U | region);
    reg_write(f, SCS(0xDA0U), ap << 24 | size << 1 | 1U);
    reg_write(f, SCS(0xD94U), 5U);
}
