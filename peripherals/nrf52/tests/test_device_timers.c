/* What TIMER, RTC and WDT tell of what they wait for, against what then happens: settings by
 * chance, the cycle of each event as the device raises it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/ppi.h"
#include "peripherals/nrf52/rtc.h"
#include "peripherals/nrf52/tests/system_bench.h"
#include "peripherals/nrf52/timer.h"
#include "peripherals/nrf52/wdt.h"

#define START      0x000U
#define STOP       0x004U
#define CLEAR      0x008U
#define T_COUNT    0x008U
#define T_CLEAR    0x00CU
#define TRIGOVRFLW 0x00CU
#define SHORTS     0x200U
#define INTENSET   0x304U
#define EVTENSET   0x344U
#define COUNTER    0x504U
#define T_MODE     0x504U
#define T_BITMODE  0x508U
#define T_PRESC    0x510U
#define PRESCALER  0x508U
#define CC(i)      (0x540U + 4U * (i))
#define COMPARE(i) (0x140U + 4U * (i))
#define ROWS       12U
#define TRIALS     400U
#define LF(n)      (((n)*15625ULL + 7) / 8) /* first cycle with n periods complete */

static uint32_t chance_state;

static uint32_t chance(uint32_t below)
{
    chance_state = chance_state * 1664525U + 1013904223U;
    return (chance_state >> 8) % below;
}

/* The first two times of each event, by the offset of its register. */
struct seen {
    uint64_t cycle[2][32];
    uint32_t base;
};

static void on_event(struct bench *b, uint32_t address)
{
    struct seen *seen = b->on_context;
    uint32_t n = (address - seen->base - 0x100) / 4;
    uint64_t now = clock_now(&b->clock);
    if (seen->cycle[0][n] == 0) {
        seen->cycle[0][n] = now;
    } else if (seen->cycle[1][n] == 0) {
        seen->cycle[1][n] = now;
    }
}

static struct bench *open_bench(const struct device_class *device_class, uint32_t base,
                                struct seen *seen)
{
    struct bench *b = bench_new();
    assert_null(bench_start(b, device_class, base));
    *seen = (struct seen){.base = base};
    b->on_context = seen;
    return b;
}

/* Asks, and checks that this changes no byte of the device. */
static size_t ask(struct bench *b, struct device_timer *rows)
{
    size_t bytes = b->device_class->size_bytes;
    void *before = malloc(bytes);
    assert_non_null(before);
    memcpy(before, b->device, bytes);
    uint64_t due = clock_next_due(&b->clock);
    size_t count = b->device_class->timers(b->device, rows, ROWS);
    assert_memory_equal(before, b->device, bytes);
    assert_int_equal(clock_next_due(&b->clock), due);
    free(before);
    for (size_t i = 0; i < count; i++) {
        assert_true(rows[i].begun_cycles <= rows[i].due_cycles);
        /* A shorter list is the beginning of the longer one. */
        struct device_timer less[ROWS];
        assert_int_equal(b->device_class->timers(b->device, less, i), i);
    }
    return count;
}

static const struct device_timer *find(const struct device_timer *rows, size_t count,
                                       const char *label)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].label, label) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static const char *compare_name(uint32_t i)
{
    static const char *const names[] = {"COMPARE[0]", "COMPARE[1]", "COMPARE[2]",
                                        "COMPARE[3]", "COMPARE[4]", "COMPARE[5]"};
    return names[i];
}

static void set_up_timer(struct bench *b, bool skewed)
{
    bench_write(b, T_BITMODE, 1); /* 8 bits */
    bench_write(b, T_PRESC, chance(5));
    for (uint32_t i = 0; i < 6; i++) {
        bench_write(b, CC(i), chance(300));
    }
    uint32_t shorts =
        chance(3) == 0 ? 0 : (1U << chance(6)) | (chance(3) == 0 ? 1U << chance(6) : 0);
    shorts |= chance(4) == 0 ? 1U << (8 + chance(6)) : 0;
    bench_write(b, SHORTS, shorts);
    bench_write(b, INTENSET, chance(64) << 16);
    bench_run_to(b, chance(5000));
    bench_write(b, START, 1);
    if (skewed) {
        assert_true(bench_input(b, "skew", (int32_t)chance(100000) - 50000));
    }
    bench_run_to(b, clock_now(&b->clock) + chance(40000));
    if (chance(3) == 0) {
        bench_write(b, CC(chance(6)), chance(256)); /* also one that is passed already */
    }
    if (chance(4) == 0) {
        bench_write(b, T_CLEAR, 1);
        bench_run_to(b, clock_now(&b->clock) + chance(50));
    }
}

static void timer_tells_what_comes(void **state)
{
    (void)state;
    uint32_t told = 0;
    for (uint32_t trial = 0; trial < TRIALS; trial++) {
        struct seen seen;
        struct device_timer rows[ROWS];
        chance_state = trial;
        struct bench *b = open_bench(&nrf52_timer_class, 0x40008000, &seen);
        bool skewed = trial % 5 == 4; /* by ppm: then periods differ by a cycle */
        set_up_timer(b, skewed);
        uint64_t asked = clock_now(&b->clock);
        size_t count = ask(b, rows);
        b->on_event = on_event;
        bench_run_to(b, asked + 3 * 256 * 16 * 4 + 100);
        for (uint32_t i = 0; i < 6; i++) {
            const struct device_timer *row = find(rows, count, compare_name(i));
            uint64_t first = seen.cycle[0][16 + i];
            uint64_t second = seen.cycle[1][16 + i];
            if (row == NULL) {
                assert_int_equal(first, 0);
                continue;
            }
            told++;
            assert_int_equal(row->due_cycles, first);
            assert_int_equal(row->event, COMPARE(i));
            if (skewed) {
                continue;
            }
            if (row->period_cycles != 0) {
                assert_int_equal(second - first, row->period_cycles);
            } else if (second != 0) { /* a whole turn of the counter */
                uint32_t prescaler = bench_read(b, T_PRESC);
                assert_int_equal(second - first, (256ULL << prescaler) * 4);
            }
        }
        bench_free(b);
    }
    assert_true(told > TRIALS);
}

static void timer_tells_effects_and_stops(void **state)
{
    (void)state;
    struct seen seen;
    struct device_timer rows[ROWS];
    struct bench *b = open_bench(&nrf52_timer_class, 0x40008000, &seen);
    assert_int_equal(ask(b, rows), 0); /* it does not run */
    bench_write(b, T_PRESC, 4);
    bench_write(b, CC(0), 1000);
    bench_write(b, CC(1), 2000);
    bench_write(b, SHORTS, 1);
    bench_write(b, INTENSET, 1U << 16);
    bench_write(b, START, 1);
    size_t count = ask(b, rows);
    assert_string_equal(rows[0].label, "");
    const struct device_timer *row = find(rows, count, "COMPARE[0]");
    assert_non_null(row);
    assert_string_equal(row->effect, "interrupt, clear");
    assert_int_equal(row->due_cycles, 64000);
    assert_int_equal(row->period_cycles, 64000);
    assert_null(find(rows, count, "COMPARE[1]")); /* cleared before */
    bench_run_to(b, 63999);
    assert_false(b->irq);
    bench_run_to(b, 64000);
    assert_true(b->irq);
    bench_write(b, SHORTS, 0x100); /* stops */
    count = ask(b, rows);
    assert_string_equal(find(rows, count, "COMPARE[0]")->effect, "interrupt, stop");
    assert_null(find(rows, count, "COMPARE[1]"));
    bench_write(b, STOP, 1);
    bench_write(b, T_MODE, 1);
    bench_write(b, START, 1);
    bench_write(b, T_COUNT, 1);
    assert_int_equal(ask(b, rows), 1);
    assert_string_equal(rows[0].effect, "counts events");
    bench_free(b);
}

static void set_up_rtc(struct bench *b)
{
    bench_write(b, PRESCALER, chance(3));
    bench_write(b, EVTENSET, (chance(16) << 16) | (chance(2) << 1) | (chance(4) == 0));
    bench_run_to(b, chance(10000));
    bench_write(b, START, 1);
    bench_run_to(b, clock_now(&b->clock) + chance(100000));
    uint32_t counter = bench_read(b, COUNTER);
    for (uint32_t i = 0; i < 4; i++) {
        bench_write(b, CC(i), (counter + chance(60) - 10) & 0xFFFFFF); /* some lie in the past */
    }
    static const uint32_t tasks[] = {STOP, CLEAR, TRIGOVRFLW, START};
    for (uint32_t k = chance(4); k > 1; k--) {
        bench_write(b, tasks[chance(4)], 1);
        bench_run_to(b, clock_now(&b->clock) + chance(3000));
    }
    if (chance(3) == 0) {
        bench_write(b, CC(chance(4)), bench_read(b, COUNTER) + chance(4)); /* just in time or not */
    }
}

static void rtc_tells_what_comes(void **state)
{
    (void)state;
    uint32_t told = 0;
    for (uint32_t trial = 0; trial < TRIALS; trial++) {
        struct seen seen;
        struct device_timer rows[ROWS];
        chance_state = trial + 77;
        struct bench *b = open_bench(&nrf52_rtc_class, 0x40011000, &seen);
        struct lf_state lf = {.running = 1, .ppm = (int32_t)chance(60000) - 30000};
        if (trial % 3 == 0) {
            lf_clock_drive(&b->nets.lf, &lf);
        }
        set_up_rtc(b);
        uint64_t asked = clock_now(&b->clock);
        size_t count = ask(b, rows);
        b->on_event = on_event;
        uint64_t end = asked + LF(400);
        bench_run_to(b, end);
        for (uint32_t i = 0; i < 6; i++) {
            const char *label = i < 4 ? compare_name(i) : i == 4 ? "TICK" : "OVRFLW";
            uint64_t first = seen.cycle[0][i < 4 ? 16 + i : i - 4];
            const struct device_timer *row = find(rows, count, label);
            if (row == NULL || row->due_cycles > end) {
                assert_int_equal(first, 0);
                continue;
            }
            told++;
            assert_int_equal(row->due_cycles, first);
        }
        bench_free(b);
    }
    assert_true(told > TRIALS / 2);
}

static void rtc_tells_of_the_interrupt_and_of_a_stopped_clock(void **state)
{
    (void)state;
    struct seen seen;
    struct device_timer rows[ROWS];
    struct lf_state lf = {.running = 1};
    struct bench *b = open_bench(&nrf52_rtc_class, 0x40011000, &seen);
    lf_clock_drive(&b->nets.lf, &lf);
    bench_write(b, CC(2), 0x1234);
    bench_write(b, INTENSET, 1U << 18);
    assert_int_equal(ask(b, rows), 0);
    bench_write(b, START, 1);
    size_t count = ask(b, rows); /* the task is on its way */
    const struct device_timer *row = find(rows, count, "COMPARE[2]");
    assert_non_null(row);
    assert_string_equal(row->effect, "interrupt");
    assert_int_equal(row->event, 0); /* PPI hears nothing of it */
    assert_int_equal(row->due_cycles, LF(0x1234));
    bench_run_to(b, LF(0x1234) - 1);
    assert_false(b->irq);
    bench_run_to(b, LF(0x1234));
    assert_true(b->irq);
    count = ask(b, rows); /* once more after a turn of 24 bits */
    assert_int_equal(find(rows, count, "COMPARE[2]")->due_cycles, LF(0x1001234));
    lf_clock_set(&b->nets.lf, &lf, &b->clock, false, 0);
    count = ask(b, rows);
    row = find(rows, count, "COMPARE[2]");
    assert_int_equal(row->due_cycles, CLOCK_NEVER);
    assert_string_equal(row->effect, "interrupt, but the slow clock stands still");
    bench_free(b);
}

static void rtc_tells_when_it_will_have_stepped(void **state)
{
    (void)state;
    for (uint32_t prescaler = 0; prescaler < 5; prescaler += 2) {
        struct seen seen;
        struct bench *b = open_bench(&nrf52_rtc_class, 0x40011000, &seen);
        assert_int_equal(nrf52_rtc_class.steps_due(b->device, 5), CLOCK_NEVER);
        bench_write(b, PRESCALER, prescaler);
        bench_write(b, START, 1);
        for (uint32_t i = 0; i < 20; i++) {
            bench_run_to(b, clock_now(&b->clock) + 3000 + chance(20000));
            uint32_t from = bench_read(b, COUNTER);
            uint32_t steps = 1 + chance(9);
            uint64_t due = nrf52_rtc_class.steps_due(b->device, steps);
            bench_run_to(b, due - 1);
            assert_int_equal(bench_read(b, COUNTER), from + steps - 1);
            bench_run_to(b, due);
            assert_int_equal(bench_read(b, COUNTER), from + steps);
        }
        bench_free(b);
    }
}

static void wdt_tells_of_the_reset(void **state)
{
    (void)state;
    for (uint32_t warns = 0; warns < 2; warns++) {
        struct device_timer rows[ROWS];
        struct system_bench *system = system_bench_new(&nrf52_wdt_class, 0x40010000, 512 * 1024);
        struct bench *b = system->bench;
        assert_int_equal(ask(b, rows), 0);
        bench_write(b, WDT_CRV, 32767);
        bench_write(b, INTENSET, warns);
        bench_run_to(b, 12345);
        bench_write(b, START, 1);
        bench_run_to(b, 4000000);
        bench_write(b, WDT_RR0, WDT_RELOAD_KEY);
        assert_int_equal(ask(b, rows), 1);
        assert_string_equal(rows[0].label, "TIMEOUT");
        uint64_t due = rows[0].due_cycles;
        bench_run_to(b, due - 1);
        assert_int_equal(system->reset_requests, 0);
        assert_false(b->irq);
        bench_run_to(b, due);
        assert_int_equal(system->reset_requests, 1 - warns);
        assert_int_equal(b->irq, warns);
        if (warns == 1) {
            assert_int_equal(ask(b, rows), 1);
            assert_string_equal(rows[0].label, "reset");
            bench_run_to(b, rows[0].due_cycles - 1);
            assert_int_equal(system->reset_requests, 0);
            bench_run_to(b, rows[0].due_cycles);
            assert_int_equal(system->reset_requests, 1);
        }
        system_bench_free(system);
    }
}

static void wdt_tells_that_it_is_paused(void **state)
{
    (void)state;
    struct seen seen;
    struct device_timer rows[ROWS];
    struct bench *b = open_bench(&nrf52_wdt_class, 0x40010000, &seen);
    bench_write(b, WDT_CONFIG, 0);
    bench_write(b, WDT_CRV, 1000);
    bench_write(b, START, 1);
    assert_true(bench_input(b, "sleep", 1));
    assert_int_equal(ask(b, rows), 1);
    assert_int_equal(rows[0].due_cycles, CLOCK_NEVER);
    assert_string_equal(rows[0].effect, "resets the chip, paused by sleep");
    assert_true(bench_input(b, "sleep", 0));
    ask(b, rows);
    assert_int_equal(rows[0].due_cycles, LF(1001));
    bench_free(b);
}

static void ppi_tells_the_tasks_of_an_event(void **state)
{
    (void)state;
    struct seen seen;
    uint32_t tasks[4];
    struct bench *b = open_bench(&nrf52_ppi_class, 0x4001F000, &seen);
    bench_write(b, 0x510 + 8 * 3, 0x40009140); /* CH[3].EEP, TEP and its FORK */
    bench_write(b, 0x514 + 8 * 3, 0x40007004);
    bench_write(b, 0x910 + 4 * 3, 0x4000900C);
    assert_int_equal(nrf52_ppi_class.wired_tasks(b->device, 0x40009140, tasks, 4), 0);
    bench_write(b, 0x504, 1U << 3);
    assert_int_equal(nrf52_ppi_class.wired_tasks(b->device, 0x40009140, tasks, 4), 2);
    assert_int_equal(tasks[0], 0x40007004);
    assert_int_equal(tasks[1], 0x4000900C);
    assert_int_equal(nrf52_ppi_class.wired_tasks(b->device, 0x40009140, tasks, 1), 1);
    assert_int_equal(nrf52_ppi_class.wired_tasks(b->device, 0x40009144, tasks, 4), 0);
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timer_tells_what_comes),
        cmocka_unit_test(timer_tells_effects_and_stops),
        cmocka_unit_test(rtc_tells_what_comes),
        cmocka_unit_test(rtc_tells_of_the_interrupt_and_of_a_stopped_clock),
        cmocka_unit_test(rtc_tells_when_it_will_have_stepped),
        cmocka_unit_test(wdt_tells_of_the_reset),
        cmocka_unit_test(wdt_tells_that_it_is_paused),
        cmocka_unit_test(ppi_tells_the_tasks_of_an_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
