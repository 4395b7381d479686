/* sim/cpu/tests/test_cpu_variable.c - instructions whose time only the run tells: through the whole
 * CPU, to the cycle, the same however the run is cut, and with events in their middle. Guest:
 * guests/variable.s. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"

#define RAM      FIXTURE_RAM_BASE
#define SEEN_PC  (RAM + 4) /* the handler of irq0 leaves these */
#define SEEN     (RAM + 8)
#define ROUNDS   (RAM + 12)
#define OPERANDS (RAM + 0x100)
#define NEVER_IN 100000000U

enum guest_case { DIVIDE, CONDITIONS, SLED, SOAK, MANY };

static struct fixture *start(enum guest_case which)
{
    struct fixture *f = fixture_create("variable", NULL);
    f->event_pends = true;
    fixture_start(f, which);
    return f;
}

/* By counting bits one by one: not how the model does it. */
static uint32_t bits_of(uint64_t value)
{
    uint32_t bits = 0;
    for (; value != 0; value /= 2) {
        bits++;
    }
    return bits;
}

static uint32_t expected_cycles(uint64_t dividend, uint64_t divisor)
{
    if (dividend == 0 || divisor == 0) {
        return 2;
    }
    uint32_t n = bits_of(dividend);
    uint32_t d = bits_of(divisor);
    return n < d ? 3 : 5 + (n - d) / 4;
}

static uint64_t absolute(uint32_t value)
{
    int64_t wide = (int32_t)value;
    return (uint64_t)(wide < 0 ? -wide : wide);
}

static void test_division_takes_what_its_operands_say(void **state)
{
    (void)state;
    static const uint32_t values[] = {0,          1,          2,          3,          13,
                                      255,        0x1000,     0xFFFF,     0x123456,   0x7FFFFFFF,
                                      0x80000000, 0x80000001, 0xFFFFFFFF, 0xFFFFFFF0, 0xFFFF0000};
    enum { COUNT = sizeof(values) / sizeof(values[0]) };
    struct fixture *f = start(DIVIDE);
    fixture_poke(f, RAM, COUNT * COUNT);
    for (uint32_t i = 0; i < COUNT * COUNT; i++) {
        fixture_poke(f, OPERANDS + 12 * i, values[i / COUNT]);
        fixture_poke(f, OPERANDS + 12 * i + 4, values[i % COUNT]);
    }
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    for (uint32_t i = 0; i < COUNT * COUNT; i++) {
        uint32_t n = values[i / COUNT];
        uint32_t d = values[i % COUNT];
        uint32_t seen = fixture_word(f, OPERANDS + 12 * i + 8);
        if ((seen & 0xFFFFU) != 4 + expected_cycles(n, d) ||
            seen >> 16 != 4 + expected_cycles(absolute(n), absolute(d))) {
            fail_msg("%x / %x: unsigned %u, signed %u", (unsigned)n, (unsigned)d,
                     (unsigned)(seen & 0xFFFFU), (unsigned)(seen >> 16));
        }
    }
    fixture_destroy(f);
}

static void test_a_failed_condition_takes_one_cycle(void **state)
{
    (void)state;
    struct fixture *f = start(CONDITIONS);
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    /* ldr, nop, cmp and IT in one, LDM 3, UDIV of 10 bits by 1: 7, skipped, cmp, a branch taken */
    uint32_t yes = 2 + 1 + 1 + 3 + 7 + 1 + 1 + 2;
    /* the same, two skipped, UDIV of 1 bit by 10: 3, cmp, a branch not taken, nop */
    uint32_t no = 2 + 1 + 1 + 1 + 1 + 3 + 1 + 1 + 1;
    assert_int_equal(fixture_reg(f, 5), yes);
    assert_int_equal(fixture_reg(f, 6), no);
    assert_int_equal(fixture_reg(f, 7), yes);
    fixture_destroy(f);
}

/* Between an event's cycle and where it is served lies less than one instruction, inside an IT
 * block as elsewhere. */
static void test_event_between_divisions(void **state)
{
    (void)state;
    /* From the store on: its own cycle, then what the sled's comments say. */
    static const struct {
        uint32_t cycles, bytes;
    } sled[] = {{1, 2}, {1, 2}, {12, 4}, {2, 4}, {3, 4}, {5, 4}, {8, 4}, {1, 2},
                {0, 2}, {1, 2}, {9, 4},  {1, 2}, {1, 2}, {1, 2}, {1, 2}};
    for (uint32_t delay = 1; delay < 46; delay++) {
        struct fixture *f = start(SLED);
        fixture_poke(f, RAM, delay);
        assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
        assert_int_equal(f->log_count, 2); /* the store, the handler's */
        uint32_t pc = f->log[0].pc;
        uint64_t cycle = f->log[0].cycle;
        for (unsigned i = 0; cycle < f->log[0].cycle + delay; i++) {
            pc += sled[i].bytes;
            cycle += sled[i].cycles;
        }
        assert_int_equal(fixture_word(f, SEEN), 1);
        if (fixture_word(f, SEEN_PC) != pc || f->exception[0].cycle != cycle) {
            fail_msg("delay %u: at 0x%x, cycle +%u", (unsigned)delay,
                     (unsigned)fixture_word(f, SEEN_PC),
                     (unsigned)(f->exception[0].cycle - f->log[0].cycle));
        }
        fixture_destroy(f);
    }
}

struct outcome {
    uint64_t cycles, instructions;
    uint32_t result;
};

static struct outcome outcome_of(struct fixture *f)
{
    const struct cpu_counters *counters = cpu_counters(f->cpu);
    return (struct outcome){counters->busy_cycles, counters->instructions, fixture_reg(f, 9)};
}

static struct outcome run_cut(enum guest_case which, uint32_t rounds, uint64_t slice)
{
    struct fixture *f = start(which);
    fixture_poke(f, RAM, NEVER_IN);
    fixture_poke(f, ROUNDS, rounds);
    enum cpu_stop stop = CPU_STOP_LIMIT;
    while (stop == CPU_STOP_LIMIT) {
        uint64_t now = clock_now(&f->clock);
        stop = slice == 0 ? cpu_step(f->cpu) : cpu_run(f->cpu, now + slice);
        stop = stop == CPU_STOP_STEP ? CPU_STOP_LIMIT : stop;
    }
    assert_int_equal(stop, CPU_STOP_SLEEP);
    struct outcome outcome = outcome_of(f);
    fixture_destroy(f);
    return outcome;
}

static void expect_same(struct outcome one, struct outcome other, uint64_t slice)
{
    if (one.cycles != other.cycles || one.instructions != other.instructions ||
        one.result != other.result) {
        fail_msg("slices of %u: %u cycles, not %u", (unsigned)slice, (unsigned)other.cycles,
                 (unsigned)one.cycles);
    }
}

static void test_cutting_a_run_changes_nothing(void **state)
{
    (void)state;
    static const uint64_t slices[] = {0, 1, 2, 3, 5, 7, 11, 64, 1000, 12345};
    struct outcome whole = run_cut(SOAK, 500, NEVER_IN);
    struct outcome many = run_cut(MANY, 20, NEVER_IN);
    for (unsigned i = 0; i < sizeof(slices) / sizeof(slices[0]); i++) {
        expect_same(whole, run_cut(SOAK, 500, slices[i]), slices[i]);
        expect_same(many, run_cut(MANY, 20, slices[i]), slices[i]);
    }
}

/* The table of divisions that the fast engine tells overflows and is emptied on the way. */
static void test_more_divisions_than_are_kept(void **state)
{
    (void)state;
    struct outcome whole = run_cut(MANY, 1500, NEVER_IN);
    expect_same(whole, run_cut(MANY, 1500, 100001), 100001);
}

/* With CCR.DIV_0_TRP divisions are stepped one by one: no reason to take longer. */
static void test_trapping_divisions_take_the_same_time(void **state)
{
    (void)state;
    struct outcome plain = run_cut(SOAK, 200, NEVER_IN);
    struct fixture *f = start(SOAK);
    fixture_poke(f, RAM, NEVER_IN);
    fixture_poke(f, ROUNDS, 200);
    cpu_core(f->cpu)->scb.state.ccr |= CCR_DIV_0_TRP;
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    assert_int_equal(f->fault_count, 0);
    expect_same(plain, outcome_of(f), 0);
    fixture_destroy(f);
}

static void test_interrupts_change_no_cycle_between_them(void **state)
{
    (void)state;
    uint64_t cycles = 0;
    uint32_t result = 0;
    for (uint32_t delay = 200; delay < 330; delay++) {
        struct fixture *f = start(SOAK);
        fixture_poke(f, RAM, delay);
        fixture_poke(f, ROUNDS, 100);
        assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
        assert_int_equal(fixture_word(f, SEEN), 1);
        struct outcome outcome = outcome_of(f);
        cycles = delay == 200 ? outcome.cycles : cycles;
        result = delay == 200 ? outcome.result : result;
        assert_int_equal(outcome.cycles, cycles);
        assert_int_equal(outcome.result, result);
        fixture_destroy(f);
    }
}

static void test_a_changed_division_takes_its_new_time(void **state)
{
    (void)state;
    /* In RAM: udiv r6, r4, r5; nop; b to itself. Then the division becomes an addition. */
    struct fixture *f = fixture_create("variable", NULL);
    static const uint32_t before[] = {0xF6F5FBB4, 0xE7FEBF00};
    static const uint32_t after[] = {0x0605EB04, 0xE7FEBF00}; /* add.w r6, r4, r5 */
    uint64_t cycles[3];
    for (unsigned i = 0; i < 3; i++) {
        const uint32_t *code = i < 2 ? before : after;
        fixture_poke(f, RAM + 0x400, code[0]);
        fixture_poke(f, RAM + 0x404, code[1]);
        cpu_memory_changed(f->cpu, RAM + 0x400, 8);
        struct cpu_regs regs = fixture_regs(f);
        regs.pc = RAM + 0x400;
        regs.r[4] = UINT32_MAX;
        regs.r[5] = 1;
        cpu_set_regs(f->cpu, &regs);
        assert_true(cpu_breakpoint_add(f->cpu, RAM + 0x406));
        uint64_t from = clock_now(&f->clock);
        assert_int_equal(cpu_run(f->cpu, from + 1000), CPU_STOP_BREAKPOINT);
        cycles[i] = clock_now(&f->clock) - from;
        assert_true(cpu_breakpoint_remove(f->cpu, RAM + 0x406));
    }
    assert_int_equal(cycles[0], 13);
    assert_int_equal(cycles[1], 13);
    assert_int_equal(cycles[2], 2);
    fixture_destroy(f);
}

/* Code in RAM is written, run and written over again and again: what was learnt of it goes. */
static void test_divisions_come_and_go(void **state)
{
    (void)state;
    static const uint32_t code[2][2] = {{0xF6F5FBB4, 0xE7FEBF00},  /* udiv r6, r4, r5; nop; b . */
                                        {0x0605EB04, 0xE7FEBF00}}; /* add.w r6, r4, r5 */
    struct fixture *f = fixture_create("variable", NULL);
    for (uint32_t round = 0; round < 3000; round++) {
        uint32_t at = RAM + 0x1000 + round * 16 % 0x1000;
        const uint32_t *now = code[round % 3 == 2];
        fixture_poke(f, at, now[0]);
        fixture_poke(f, at + 4, now[1]);
        cpu_memory_changed(f->cpu, at, 8);
        for (unsigned again = 0; again < 3; again++) {
            struct cpu_regs regs = fixture_regs(f);
            regs.pc = at;
            regs.r[4] = UINT32_MAX;
            regs.r[5] = 1;
            cpu_set_regs(f->cpu, &regs);
            uint64_t from = clock_now(&f->clock);
            uint32_t expected = now == code[0] ? 13 : 2;
            assert_int_equal(cpu_run(f->cpu, from + expected), CPU_STOP_LIMIT);
            assert_int_equal(cpu_pc(f->cpu), at + 6);
            assert_int_equal(clock_now(&f->clock), from + expected);
        }
    }
    fixture_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_division_takes_what_its_operands_say),
        cmocka_unit_test(test_a_failed_condition_takes_one_cycle),
        cmocka_unit_test(test_event_between_divisions),
        cmocka_unit_test(test_cutting_a_run_changes_nothing),
        cmocka_unit_test(test_more_divisions_than_are_kept),
        cmocka_unit_test(test_trapping_divisions_take_the_same_time),
        cmocka_unit_test(test_interrupts_change_no_cycle_between_them),
        cmocka_unit_test(test_a_changed_division_takes_its_new_time),
        cmocka_unit_test(test_divisions_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
