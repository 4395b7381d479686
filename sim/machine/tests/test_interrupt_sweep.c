/* An interrupt at every cycle of a routine that has every kind of instruction: it is taken at the
 * first instruction boundary at or after its cycle, twelve cycles later its handler runs, and the
 * routine does not notice. Guest: guests/sweep.s.
 *
 * What is expected comes from a run of the same code in single steps and without an interrupt: the
 * boundaries with their cycles. A failure names source, environment and cycle.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/tests/chip_fixture.h"

#define PARAMETERS     0x20000000U
#define RECORD         0x20000040U
#define DATA           0x20000100U
#define DATA_BYTES     0x200U
#define RAM_CODE       0x20003000U
#define RAM_CODE_BYTES 0x400U
#define TABLE          0x100U /* in flash: the guest's addresses */
#define CYCCNT         0xE0001004U

#define ENTRY_CYCLES   12U
#define BOUNDARIES_MAX 1000U
#define TICK_CYCLES    4U /* of a TIMER without prescaler */
#define FAR            0x00FFFF00U
#define SETTLE_CYCLES  600U
#define CPACR_FP       0xF00000U
#define SWEPT_IRQ      20U /* SWI0: no device drives it */

enum source { BY_LINE, BY_SYSTICK, BY_TIMER, BY_CHAIN, SOURCES };

static const char *const source_name[SOURCES] = {"line", "SysTick", "TIMER", "TIMER-PPI chain"};

struct environment {
    const char *name;
    uint32_t ccr;
    bool in_ram; /* the routine is copied there: code whose stores are watched */
    struct machine_config config;
};

static const struct environment plain = {"plain", 0x200, false, {0}};
static const struct environment stepped = {"division trap on", 0x210, false, {0}};
static const struct environment copied = {"code in RAM", 0x200, true, {0}};
static const struct environment waiting = {
    "flash with wait states", 0x200, false, {.flash_timing = CPU_FLASH_UNCACHED}};
static const struct environment counted = {
    "MPU hits counted", 0x200, false, {.count_mpu_hits = true}};

struct boundary {
    uint64_t cycle; /* from the start of the run */
    uint32_t pc, it;
    bool open; /* nothing masks the interrupt here */
};

struct reference {
    struct boundary boundary[BOUNDARIES_MAX];
    size_t count;
    uint64_t armed_cycle; /* at which the source's start register is written */
    uint64_t cyccnt_zero; /* at which CYCCNT was 0 */
    struct cpu_regs regs; /* at the end */
    uint8_t data[DATA_BYTES];
};

struct swept {
    struct chip chip;
    const struct environment *environment;
    enum source source;
    uint32_t routine, routine_end;
    uint64_t base; /* cycle at which the run began */
    struct event event;
    struct reference reference;
};

static uint32_t label(const struct swept *s, unsigned index)
{
    return chip_word(&s->chip, TABLE + 4 * index) & ~1U;
}

static void raise_line(void *owner, uint64_t late_cycles)
{
    struct swept *s = owner;
    (void)late_cycles;
    struct irq_line line = cpu_irq_line(machine_cpu(s->chip.machine), SWEPT_IRQ);
    irq_line_set(&line, true);
    irq_line_set(&line, false);
}

/* What the handler does to its source: SysTick off, INTENCLR, nothing. */
static void set_acknowledge(struct swept *s)
{
    static const struct {
        uint32_t address, value;
    } ways[SOURCES] = {[BY_LINE] = {RECORD + 0x1C, 0},
                       [BY_SYSTICK] = {0xE000E010, 0},
                       [BY_TIMER] = {0x40008308, 0x10000},
                       [BY_CHAIN] = {0x4000A308, 0x10000}};
    chip_poke(&s->chip, RECORD + 12, ways[s->source].address);
    chip_poke(&s->chip, RECORD + 16, ways[s->source].value);
}

/* Resets everything; the source will ask after `time` of its own units. */
static void begin(struct swept *s, uint32_t time)
{
    static const uint8_t zero[0x8000];
    assert_int_equal(machine_poke(s->chip.machine, PARAMETERS, zero, sizeof zero), sizeof zero);
    const uint32_t parameters[] = {
        (uint32_t)s->source, time,     1U << 8 | 1U << 10 | 1U << SWEPT_IRQ,
        s->environment->ccr, CPACR_FP, s->routine | 1U};
    for (uint32_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        chip_poke(&s->chip, PARAMETERS + 4 * i, parameters[i]);
    }
    set_acknowledge(s);
    if (s->environment->in_ram) {
        uint8_t code[RAM_CODE_BYTES];
        uint32_t from = label(s, 0);
        assert_true(label(s, 5) - from <= sizeof code);
        machine_peek(s->chip.machine, from, code, sizeof code);
        machine_poke(s->chip.machine, RAM_CODE, code, sizeof code);
    }
    clock_cancel(machine_clock(s->chip.machine), &s->event);
    machine_reset(s->chip.machine, RESET_POWER_ON);
    s->base = chip_now(&s->chip);
}

static void create(struct swept *s, const struct environment *environment, enum source source)
{
    memset(s, 0, sizeof *s);
    s->environment = environment;
    s->source = source;
    chip_create(&s->chip, "sweep", &environment->config);
    s->routine = label(s, 0);
    s->routine_end = label(s, 1);
    if (environment->in_ram) {
        s->routine_end += RAM_CODE - s->routine;
        s->routine = RAM_CODE;
    }
    event_init(&s->event, raise_line, s);
}

static void note_boundary(struct swept *s, const struct cpu_regs *regs)
{
    struct reference *r = &s->reference;
    assert_true(r->count < BOUNDARIES_MAX);
    r->boundary[r->count++] = (struct boundary){.cycle = chip_now(&s->chip) - s->base,
                                                .pc = regs->pc,
                                                .it = regs->xpsr & XPSR_IT_ICI,
                                                .open = regs->primask == 0 && regs->basepri == 0};
}

/* The single-step run: nothing interrupts it. */
static void refer(struct swept *s)
{
    struct reference *r = &s->reference;
    uint32_t armed = s->source == BY_LINE ? 0 : label(s, 1 + (unsigned)s->source);
    bool in_routine = false;
    struct cpu_regs regs;
    begin(s, FAR);
    r->count = 0;
    do {
        regs = chip_regs(&s->chip);
        r->armed_cycle = regs.pc == armed ? chip_now(&s->chip) - s->base : r->armed_cycle;
        in_routine = in_routine || regs.pc == s->routine;
        if (in_routine) {
            note_boundary(s, &regs);
        }
        enum machine_stop stop =
            machine_step(s->chip.machine, chip_now(&s->chip) + 10 * SETTLE_CYCLES);
        if (stop == MACHINE_STOP_IDLE || stop == MACHINE_STOP_LIMIT) {
            break; /* it slept */
        }
        assert_int_equal(stop, MACHINE_STOP_STEP);
    } while (regs.pc != s->routine_end);
    r->cyccnt_zero = chip_now(&s->chip) - s->base - chip_word(&s->chip, CYCCNT);
    r->regs = chip_regs(&s->chip);
    machine_peek(s->chip.machine, DATA, r->data, DATA_BYTES);
}

/* Prepares a run whose interrupt comes exactly `cycle` cycles after its start. */
static void begin_with_interrupt_at(struct swept *s, uint64_t cycle)
{
    struct clock *clock = machine_clock(s->chip.machine);
    uint64_t armed = s->reference.armed_cycle;
    switch (s->source) {
    case BY_LINE:
        begin(s, 0);
        clock_schedule(clock, &s->event, s->base + cycle);
        break;
    case BY_SYSTICK: /* the counter loads in the first cycle, and is 0 `reload` later */
        begin(s, (uint32_t)(cycle - armed - 1));
        break;
    case BY_TIMER:
    case BY_CHAIN: /* its ticks are those of the 16 MHz clock: begin so that one of them fits */
        clock_set_now(clock, (chip_now(&s->chip) + TICK_CYCLES) / TICK_CYCLES * TICK_CYCLES +
                                 (TICK_CYCLES - cycle % TICK_CYCLES));
        begin(s, 0);
        chip_poke(&s->chip, PARAMETERS + 4,
                  (uint32_t)((s->base + cycle) / TICK_CYCLES - (s->base + armed) / TICK_CYCLES));
        break;
    case SOURCES:
        break;
    }
}

static const struct boundary *expected_at(const struct reference *r, uint64_t cycle)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->boundary[i].cycle >= cycle && r->boundary[i].open) {
            return &r->boundary[i];
        }
    }
    return NULL;
}

static void check_same(const char *what, const struct swept *s, uint64_t cycle, uint64_t got,
                       uint64_t expected)
{
    if (got != expected) {
        fail_msg("%s, %s, cycle %llu: %s is 0x%llx, expected 0x%llx", source_name[s->source],
                 s->environment->name, (unsigned long long)cycle, what, (unsigned long long)got,
                 (unsigned long long)expected);
    }
}

/* The routine has ended as it does without the interrupt. */
static void check_unharmed(const struct swept *s, uint64_t cycle)
{
    const struct reference *r = &s->reference;
    struct cpu_regs regs = chip_regs(&s->chip);
    uint8_t data[DATA_BYTES];
    check_same("pc", s, cycle, regs.pc, s->routine_end);
    for (unsigned i = 0; i < 13; i++) {
        check_same("a register", s, cycle, regs.r[i], r->regs.r[i]);
    }
    for (unsigned i = 0; i < 32; i++) {
        check_same("an FP register", s, cycle, regs.s[i], r->regs.s[i]);
    }
    check_same("msp", s, cycle, regs.msp, r->regs.msp);
    check_same("psp", s, cycle, regs.psp, r->regs.psp);
    check_same("lr", s, cycle, regs.lr, r->regs.lr);
    check_same("xpsr", s, cycle, regs.xpsr, r->regs.xpsr);
    check_same("fpscr", s, cycle, regs.fpscr, r->regs.fpscr);
    machine_peek(s->chip.machine, DATA, data, DATA_BYTES);
    check_same("memory", s, cycle, (uint64_t)memcmp(data, r->data, DATA_BYTES), 0);
}

static void check_taken(const struct swept *s, uint64_t cycle, uint32_t pc, uint64_t boundary)
{
    check_same("the number of interrupts", s, cycle, chip_word(&s->chip, RECORD + 8), 1);
    check_same("the return address", s, cycle, chip_word(&s->chip, RECORD + 4), pc);
    check_same("the cycle in the handler", s, cycle, chip_word(&s->chip, RECORD),
               boundary + ENTRY_CYCLES - s->reference.cyccnt_zero);
}

/* The first `fresh_cycles` of them in a new machine each time, the others in one that knows the
 * code. */
static void sweep(const struct environment *environment, enum source source, uint64_t fresh_cycles)
{
    static struct swept s;
    create(&s, environment, source);
    refer(&s);
    const struct reference *r = &s.reference;
    uint64_t first = r->boundary[0].cycle;
    uint64_t last = r->boundary[r->count - 1].cycle;
    assert_true(last - first > 250);
    for (uint64_t cycle = first; cycle <= last; cycle++) {
        const struct boundary *expected = expected_at(r, cycle);
        if (cycle - first < fresh_cycles) {
            chip_destroy(&s.chip);
            chip_create(&s.chip, "sweep", &environment->config);
        }
        begin_with_interrupt_at(&s, cycle);
        (void)machine_run(s.chip.machine, s.base + last + SETTLE_CYCLES);
        check_taken(&s, cycle, expected->pc, expected->cycle);
        check_same("IT", &s, cycle, chip_word(&s.chip, RECORD + 20) & XPSR_IT_ICI, expected->it);
        check_unharmed(&s, cycle);
    }
    chip_destroy(&s.chip);
}

static void test_a_line_in_a_fresh_machine(void **state)
{
    (void)state;
    sweep(&plain, BY_LINE, UINT64_MAX);
}

static void test_every_source(void **state)
{
    (void)state;
    for (enum source source = BY_LINE; source < SOURCES; source++) {
        sweep(&plain, source, 0);
    }
}

static void test_code_that_is_examined_as_it_runs(void **state)
{
    (void)state;
    sweep(&stepped, BY_LINE, 0);
    sweep(&counted, BY_TIMER, 0);
    sweep(&copied, BY_SYSTICK, 0);
    sweep(&waiting, BY_LINE, 0);
    sweep(&copied, BY_LINE, 40);
}

/* Sleep ends in the very cycle. */
static void test_sleep(void **state)
{
    (void)state;
    for (enum source source = BY_LINE; source < SOURCES; source++) {
        static struct swept s;
        create(&s, &plain, source);
        s.routine = label(&s, 5);
        s.routine_end = label(&s, 6);
        refer(&s);
        const struct boundary *last = &s.reference.boundary[s.reference.count - 1]; /* asleep */
        uint64_t first = s.reference.boundary[0].cycle;
        for (uint64_t cycle = first; cycle <= last->cycle + 100; cycle++) {
            const struct boundary *expected = expected_at(&s.reference, cycle);
            begin_with_interrupt_at(&s, cycle);
            (void)machine_run(s.chip.machine, s.base + last->cycle + SETTLE_CYCLES);
            if (expected != NULL) {
                check_taken(&s, cycle, expected->pc, expected->cycle);
            } else {
                check_taken(&s, cycle, last->pc, cycle);
            }
        }
        chip_destroy(&s.chip);
    }
}

/* A late interrupt is one at another cycle: taken at a boundary, harmless. */
static void test_jitter_moves_every_source(void **state)
{
    (void)state;
    static const struct environment late = {
        "jitter", 0x200, false, {.jitter = {.seed = 5, .bound_cycles = 40}}};
    for (enum source source = BY_SYSTICK; source < SOURCES; source++) {
        static struct swept s;
        uint32_t moved = 0;
        create(&s, &late, source);
        refer(&s);
        const struct reference *r = &s.reference;
        uint64_t first = r->boundary[0].cycle;
        for (uint64_t cycle = first; cycle < first + 150; cycle++) {
            begin_with_interrupt_at(&s, cycle);
            (void)machine_run(s.chip.machine,
                              s.base + r->boundary[r->count - 1].cycle + SETTLE_CYCLES);
            uint64_t entered = chip_word(&s.chip, RECORD) + r->cyccnt_zero - ENTRY_CYCLES;
            const struct boundary *boundary = expected_at(r, entered);
            check_taken(&s, cycle, boundary->pc, boundary->cycle);
            uint64_t without = expected_at(r, cycle)->cycle;
            assert_in_range(entered, without, expected_at(r, without + 40)->cycle);
            moved += entered > without ? 1U : 0U;
            check_unharmed(&s, cycle);
        }
        assert_in_range(moved, 100, 150);
        chip_destroy(&s.chip);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_in_a_fresh_machine),
        cmocka_unit_test(test_every_source),
        cmocka_unit_test(test_code_that_is_examined_as_it_runs),
        cmocka_unit_test(test_sleep),
        cmocka_unit_test(test_jitter_moves_every_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
