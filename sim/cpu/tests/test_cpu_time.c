/* sim/cpu/tests/test_cpu_time.c - when things happen: events, interrupts and device accesses fall
 * on exact instruction boundaries, and no device is accessed twice. Guest: guests/time.s. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"

#define RAM      FIXTURE_RAM_BASE
#define SEEN_PC  (RAM + 4) /* the handler of irq0 leaves these */
#define SEEN     (RAM + 8)
#define NEVER_IN 10000000U

enum guest_case {
    EVENT_SLED,
    CYCCNT,
    DEVICE_IN_IT,
    STM_DEVICE,
    LDM_DEVICE,
    UNMASK,
    UNMASK_BASEPRI,
    SLEEP,
    STALL,
    WFE_EVENT,
    SLED_IT,
    LOOP_EVENTS,
};

static struct fixture *start(enum guest_case which)
{
    struct fixture *f = fixture_create("time", NULL);
    f->event_pends = true;
    fixture_start(f, which);
    return f;
}

/* The log entry of the store to `offset`. */
static const struct fixture_access *store_to(const struct fixture *f, uint32_t offset)
{
    for (uint32_t i = 0; i < f->log_count; i++) {
        if (f->log[i].write && f->log[i].address == FIXTURE_DEVICE_BASE + offset) {
            return &f->log[i];
        }
    }
    fail_msg("no store to 0x%x", (unsigned)offset);
    return NULL;
}

static void test_event_is_served_at_its_boundary(void **state)
{
    (void)state;
    for (uint32_t delay = 0; delay <= 30; delay++) {
        struct fixture *f = start(EVENT_SLED);
        fixture_poke(f, RAM, delay);
        assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
        const struct fixture_access *store = store_to(f, DEVICE_EVENT);
        /* The store takes a cycle, each instruction after it, too. */
        uint32_t retired = delay > 1 ? delay - 1 : 0;
        assert_int_equal(fixture_word(f, SEEN), 1);
        assert_int_equal(fixture_word(f, SEEN_PC), store->pc + 2 + 2 * retired);
        assert_int_equal(f->event_fired_at, store->cycle + delay);
        assert_int_equal(f->exception[0].cycle, store->cycle + 1 + retired);
        assert_int_equal(fixture_reg(f, 7), 40);
        fixture_destroy(f);
    }
}

static void test_cycle_counter_is_exact_at_each_read(void **state)
{
    (void)state;
    struct fixture *f = start(CYCCNT);
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    assert_int_equal(fixture_reg(f, 5), 12);
    assert_int_equal(fixture_reg(f, 6), 3);
    /* ldr, nop, subs, subs, movs; then 99 rounds of 1 + 2, one of 1 + 1. */
    assert_int_equal(fixture_reg(f, 7), 2 + 4 + 99 * 3 + 2);
    fixture_destroy(f);
}

static void test_device_store_in_it_block(void **state)
{
    (void)state;
    struct fixture *f = start(DEVICE_IN_IT);
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    struct cpu_regs regs = fixture_regs(f);
    assert_int_equal(regs.r[4], 1);
    assert_int_equal(regs.r[5], 1);
    assert_int_equal(regs.r[6], 0);
    assert_int_equal(regs.r[7], 2);
    assert_int_equal(fixture_word(f, SEEN), 1);
    const struct fixture_access *store = store_to(f, DEVICE_PEND);
    assert_int_equal(fixture_word(f, SEEN_PC), store->pc + 2); /* in the middle of it */
    fixture_destroy(f);
}

static void test_store_multiple_to_devices_is_made_once(void **state)
{
    (void)state;
    struct fixture *f = start(STM_DEVICE);
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    uint32_t stalls = 0;
    uint32_t pends = 0;
    for (uint32_t i = 0; i < f->log_count; i++) {
        stalls += f->log[i].address == FIXTURE_DEVICE_BASE + DEVICE_STALL ? 1U : 0U;
        pends += f->log[i].address == FIXTURE_DEVICE_BASE + DEVICE_PEND ? 1U : 0U;
    }
    assert_int_equal(stalls, 1);
    assert_int_equal(pends, 2); /* the handler's is the second */
    assert_int_equal(fixture_word(f, SEEN), 1);
    assert_int_equal(fixture_word(f, SEEN_PC), store_to(f, DEVICE_STALL)->pc + 2);
    assert_int_equal(fixture_reg(f, 7), 1);
    fixture_destroy(f);
}

static void test_load_multiple_from_devices_is_made_once(void **state)
{
    (void)state;
    struct fixture *f = start(LDM_DEVICE);
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    struct cpu_regs regs = fixture_regs(f);
    assert_int_equal(f->value_reads, 3);
    assert_int_equal(regs.r[4], 0x101);
    assert_int_equal(regs.r[5], 0x102);
    assert_int_equal(regs.r[7], 8);
    assert_int_equal(f->event_count, 1);
    fixture_destroy(f);
}

static void test_interrupt_is_taken_right_after_unmask(void **state)
{
    (void)state;
    static const enum guest_case cases[2] = {UNMASK, UNMASK_BASEPRI};
    for (unsigned i = 0; i < 2; i++) {
        struct fixture *f = start(cases[i]);
        assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
        const struct fixture_access *store = store_to(f, DEVICE_PEND);
        assert_int_equal(fixture_word(f, SEEN), 1);
        /* str, adds, adds and cpsie (2 bytes) or msr (4) lie before it. */
        assert_int_equal(fixture_word(f, SEEN_PC), store->pc + (cases[i] == UNMASK ? 8 : 10));
        assert_int_equal(fixture_reg(f, 7), 4);
        fixture_destroy(f);
    }
}

static void test_sleep_ends_with_the_event(void **state)
{
    (void)state;
    struct fixture *f = start(SLEEP);
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    const struct fixture_access *store = store_to(f, DEVICE_EVENT);
    assert_int_equal(f->event_fired_at, store->cycle + 1000);
    assert_int_equal(f->exception[0].cycle, store->cycle + 1000);
    assert_int_equal(fixture_reg(f, 7), 1);
    assert_true(cpu_counters(f->cpu)->busy_cycles < 200);
    fixture_destroy(f);
}

static void test_stall_moves_time(void **state)
{
    (void)state;
    struct fixture *f = start(STALL);
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    assert_int_equal(f->log_count, 3);
    assert_int_equal(f->log[2].cycle - f->log[1].cycle, 501);
    fixture_destroy(f);
}

static void test_wfe_takes_the_event_register(void **state)
{
    (void)state;
    struct fixture *f = start(WFE_EVENT);
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    assert_int_equal(fixture_reg(f, 7), 1);
    fixture_destroy(f);
}

static void test_event_inside_it_block_is_taken_there(void **state)
{
    (void)state;
    unsigned inside = 0;
    for (uint32_t delay = 1; delay <= 8; delay++) {
        struct fixture *f = start(SLED_IT);
        fixture_poke(f, RAM, delay);
        assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
        uint32_t after_store = store_to(f, DEVICE_EVENT)->pc + 2;
        uint32_t seen = fixture_word(f, SEEN_PC);
        assert_int_equal(fixture_word(f, SEEN), 1);
        assert_int_equal(fixture_reg(f, 7), 11);
        inside += seen > after_store + 2 && seen < after_store + 8 ? 1U : 0U;
        fixture_destroy(f);
    }
    assert_int_equal(inside, 2);
}

/* Interrupts at every phase of a loop change no result and no cycle of the code between them. */
static void test_interrupts_change_nothing_in_a_loop(void **state)
{
    (void)state;
    uint32_t expected = 0;
    uint64_t cycles = 0;
    for (uint32_t delay = 100; delay < 130; delay++) {
        struct fixture *f = start(LOOP_EVENTS);
        fixture_poke(f, RAM, delay);
        assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
        struct cpu_regs regs = fixture_regs(f);
        assert_int_equal(fixture_word(f, SEEN), 1);
        assert_int_equal(regs.r[7], 20000);
        expected = delay == 100 ? regs.r[9] : expected;
        assert_int_equal(regs.r[9], expected);
        cycles = delay == 100 ? cpu_counters(f->cpu)->busy_cycles : cycles;
        assert_int_equal(cpu_counters(f->cpu)->busy_cycles, cycles);
        fixture_destroy(f);
    }
}

/* However the run is cut into pieces, the same instructions take the same time. */
static void test_cutting_a_run_changes_nothing(void **state)
{
    (void)state;
    uint64_t cycles = 0;
    uint64_t instructions = 0;
    static const uint64_t slices[] = {UINT64_MAX, 1, 2, 3, 7, 64, 1000};
    for (unsigned i = 0; i < sizeof(slices) / sizeof(slices[0]); i++) {
        struct fixture *f = start(CYCCNT);
        enum cpu_stop stop = CPU_STOP_LIMIT;
        while (stop == CPU_STOP_LIMIT) {
            uint64_t now = clock_now(&f->clock);
            stop = cpu_run(f->cpu, slices[i] == UINT64_MAX ? UINT64_MAX : now + slices[i]);
        }
        assert_int_equal(stop, CPU_STOP_SLEEP);
        const struct cpu_counters *counters = cpu_counters(f->cpu);
        cycles = i == 0 ? counters->busy_cycles : cycles;
        instructions = i == 0 ? counters->instructions : instructions;
        assert_int_equal(counters->busy_cycles, cycles);
        assert_int_equal(counters->instructions, instructions);
        fixture_destroy(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event_is_served_at_its_boundary),
        cmocka_unit_test(test_cycle_counter_is_exact_at_each_read),
        cmocka_unit_test(test_device_store_in_it_block),
        cmocka_unit_test(test_store_multiple_to_devices_is_made_once),
        cmocka_unit_test(test_load_multiple_from_devices_is_made_once),
        cmocka_unit_test(test_interrupt_is_taken_right_after_unmask),
        cmocka_unit_test(test_sleep_ends_with_the_event),
        cmocka_unit_test(test_stall_moves_time),
        cmocka_unit_test(test_wfe_takes_the_event_register),
        cmocka_unit_test(test_event_inside_it_block_is_taken_there),
        cmocka_unit_test(test_interrupts_change_nothing_in_a_loop),
        cmocka_unit_test(test_cutting_a_run_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
