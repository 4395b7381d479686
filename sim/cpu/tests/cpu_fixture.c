#include "sim/cpu/tests/cpu_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct fixture_access *log_access(struct fixture *fixture, uint32_t address, uint8_t size,
                                         bool privileged)
{
    struct fixture_access *access = &fixture->log[fixture->log_count++ % FIXTURE_LOG];
    *access = (struct fixture_access){
        .cycle = clock_now(&fixture->clock),
        .pc = cpu_pc(fixture->cpu),
        .address = address,
        .size_bytes = size,
        .privileged = privileged,
    };
    return access;
}

static enum bus_result device_read(void *context, uint32_t address, uint8_t size_bytes,
                                   bool privileged, uint32_t *value)
{
    struct fixture *fixture = context;
    uint32_t offset = address - FIXTURE_DEVICE_BASE;
    if (offset >= DEVICE_BYTES || offset == DEVICE_BAD) {
        return BUS_FAULT;
    }
    struct fixture_access *access = log_access(fixture, address, size_bytes, privileged);
    *value = offset == DEVICE_VALUE ? 0x100 + fixture->value_reads++ : offset;
    access->value = *value;
    return BUS_OK;
}

static enum bus_result device_write(void *context, uint32_t address, uint8_t size_bytes,
                                    bool privileged, uint32_t value)
{
    struct fixture *fixture = context;
    uint32_t offset = address - FIXTURE_DEVICE_BASE;
    if (address >= FIXTURE_FLASH_BYTES && (offset >= DEVICE_BYTES || offset == DEVICE_BAD)) {
        return BUS_FAULT;
    }
    struct fixture_access *access = log_access(fixture, address, size_bytes, privileged);
    access->write = true;
    access->value = value;
    if (address < FIXTURE_FLASH_BYTES) { /* a store to flash programs it */
        memcpy(fixture->flash + address, &value, size_bytes);
        cpu_memory_changed(fixture->cpu, address, size_bytes);
        return BUS_OK;
    }
    switch (offset) {
    case DEVICE_EVENT:
        clock_schedule(&fixture->clock, &fixture->event, clock_now(&fixture->clock) + value);
        break;
    case DEVICE_STOP:
        cpu_request_stop(fixture->cpu);
        break;
    case DEVICE_STALL:
        cpu_stall(fixture->cpu, value);
        break;
    case DEVICE_CACHE:
        cpu_set_flash_cache(fixture->cpu, value != 0);
        break;
    case DEVICE_PEND: {
        struct irq_line line = cpu_irq_line(fixture->cpu, value & 0xFFU);
        irq_line_set(&line, (value & 0x80000000U) == 0);
        break;
    }
    default:
        break;
    }
    return BUS_OK;
}

static void on_event(void *owner, uint64_t late_cycles)
{
    struct fixture *fixture = owner;
    fixture->event_fired_at = clock_now(&fixture->clock) - late_cycles;
    fixture->event_count++;
    if (fixture->event_pends) {
        struct irq_line line = cpu_irq_line(fixture->cpu, 0);
        irq_line_set(&line, true);
        irq_line_set(&line, false);
    }
}

static struct fixture_exception *log_exception(struct fixture *fixture, uint32_t exception)
{
    struct fixture_exception *entry = &fixture->exception[fixture->exception_count++ % FIXTURE_LOG];
    *entry =
        (struct fixture_exception){.cycle = clock_now(&fixture->clock), .exception = exception};
    return entry;
}

static void on_entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    (void)regs;
    log_exception(context, exception)->from_pc = from_pc;
}

static void on_returned(void *context, uint32_t exception, const struct cpu_regs *regs)
{
    (void)regs;
    log_exception(context, exception)->returned = true;
}

static void on_faulted(void *context, const struct fault *fault, const struct cpu_regs *regs,
                       const struct mpu_verdict *verdict)
{
    struct fixture *fixture = context;
    if (fixture->fault_count == 0) {
        fixture->first_fault = *fault;
        fixture->first_fault_pc = regs->pc;
    }
    fixture->last_fault = *fault;
    fixture->last_fault_pc = regs->pc;
    fixture->last_fault_xpsr = regs->xpsr;
    fixture->last_by_mpu = verdict != NULL;
    if (verdict != NULL) {
        fixture->last_verdict = *verdict;
    }
    fixture->fault_count++;
}

static void on_reset(void *context)
{
    struct fixture *fixture = context;
    fixture->resets++;
}

static void load_guest(struct fixture *fixture, const char *guest)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%s.bin", CPU_GUESTS, guest);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("no guest %s", path);
    }
    (void)fread(fixture->flash, 1, FIXTURE_FLASH_BYTES, file);
    (void)fclose(file);
}

struct fixture *fixture_create(const char *guest, const struct fixture_options *options)
{
    static const struct fixture_options none = {0};
    options = options != NULL ? options : &none;
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    fixture->flash = aligned_alloc(4096, FIXTURE_FLASH_BYTES);
    fixture->ram = aligned_alloc(4096, FIXTURE_RAM_BYTES);
    assert_non_null(fixture->flash);
    assert_non_null(fixture->ram);
    memset(fixture->flash, 0xFF, FIXTURE_FLASH_BYTES);
    memset(fixture->ram, 0, FIXTURE_RAM_BYTES);
    if (guest != NULL) {
        load_guest(fixture, guest);
    }
    clock_init(&fixture->clock, 64000000);
    event_init(&fixture->event, on_event, fixture);
    struct cpu_config config = {
        .clock = &fixture->clock,
        .diag = &fixture->diag,
        .memory = {{.base = 0,
                    .size_bytes = FIXTURE_FLASH_BYTES,
                    .host = fixture->flash,
                    .kind = CPU_MEMORY_FLASH},
                   {.base = FIXTURE_RAM_BASE,
                    .size_bytes = FIXTURE_RAM_BYTES,
                    .host = fixture->ram,
                    .kind = CPU_MEMORY_RAM},
                   {.base = FIXTURE_CODE_RAM_BASE,
                    .size_bytes = FIXTURE_RAM_BYTES,
                    .host = fixture->ram,
                    .kind = CPU_MEMORY_RAM}},
        .memory_count = 3,
        .bus = {.read = device_read, .write = device_write, .context = fixture},
        .irq_count = 39,
        .priority_bits = 3,
        .fp_present = !options->no_fp,
        .flash_timing = options->flash_timing,
        .count_mpu_hits = options->count_mpu_hits,
        .observer = {.entered = on_entered,
                     .returned = on_returned,
                     .faulted = on_faulted,
                     .context = fixture},
        .reset_requested = on_reset,
        .context = fixture,
    };
    const char *message;
    fixture->cpu = cpu_create(&config, &message);
    if (fixture->cpu == NULL) {
        fail_msg("cpu_create: %s", message);
    }
    cpu_reset(fixture->cpu);
    return fixture;
}

void fixture_destroy(struct fixture *fixture)
{
    cpu_destroy(fixture->cpu);
    free(fixture->flash);
    free(fixture->ram);
    free(fixture);
}

enum cpu_stop fixture_run(struct fixture *fixture, uint64_t limit)
{
    for (;;) {
        enum cpu_stop stop = cpu_run(fixture->cpu, limit);
        uint64_t due = clock_next_due(&fixture->clock);
        if (stop == CPU_STOP_SLEEP) {
            if (due == CLOCK_NEVER && limit == UINT64_MAX) {
                return stop;
            }
            clock_set_now(&fixture->clock, due < limit ? due : limit);
        } else if (stop != CPU_STOP_LIMIT) {
            return stop;
        }
        clock_fire_due(&fixture->clock);
        if (clock_now(&fixture->clock) >= limit) {
            return stop;
        }
    }
}

void fixture_start(struct fixture *fixture, uint32_t index)
{
    struct cpu_regs regs = fixture_regs(fixture);
    regs.pc = fixture_word(fixture, 0x100 + 4 * index) & ~1U;
    regs.xpsr |= XPSR_T;
    cpu_set_regs(fixture->cpu, &regs);
}

uint32_t fixture_word(const struct fixture *fixture, uint32_t address)
{
    uint32_t value;
    const uint8_t *from = address < FIXTURE_FLASH_BYTES
                              ? fixture->flash + address
                              : fixture->ram + (address - FIXTURE_RAM_BASE);
    memcpy(&value, from, 4);
    return value;
}

void fixture_poke(struct fixture *fixture, uint32_t address, uint32_t value)
{
    memcpy(fixture->ram + (address - FIXTURE_RAM_BASE), &value, 4);
}

struct cpu_regs fixture_regs(const struct fixture *fixture)
{
    struct cpu_regs regs;
    cpu_get_regs(fixture->cpu, &regs);
    return regs;
}

uint32_t fixture_reg(const struct fixture *fixture, unsigned index)
{
    return fixture_regs(fixture).r[index];
}
