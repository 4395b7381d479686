/* Processes that make random system calls, likely and unlikely ones, while a driver schedules
 * upcalls and processes restart. After every step: nobody else's memory has changed, and every
 * bound that isolation stands on holds. A failure names the seed that repeats it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/core/tests/kernel_fixture.h"

#define PROCESSES 3u
#define STEPS     4000u
#define SEEDS     25u

static uint32_t random_state;
static uint32_t seed;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fail_msg("seed %u: not so: %s", seed, #condition);                                     \
        }                                                                                          \
    } while (0)

/* An address or length that somebody who wants to break out would try. */
static uint32_t nasty(const struct process *p)
{
    const struct process *other = kernel.process[random_below(PROCESSES)];
    const uint32_t values[] = {
        0,
        1,
        p->layout.ram_start,
        p->app_break,
        p->grant_start,
        p->layout.ram_end,
        p->layout.flash_start,
        p->code_start,
        p->layout.flash_end,
        other->layout.ram_start,
        other->grant_start,
        other->app_break,
        0x20000000,
        0xFFFFFFFF,
        0x7FFFFFFF,
        0x80000000,
        p->app_break - p->layout.ram_start,
        (uint32_t)(uintptr_t)other,
    };
    uint32_t value = values[random_below(sizeof(values) / sizeof(values[0]))];
    switch (random_below(4)) {
    case 0:
        return value + random_below(64);
    case 1:
        return value - random_below(64);
    case 2:
        return random_below(128);
    default:
        return value;
    }
}

static void check_process(const struct process *p)
{
    CHECK(p->layout.ram_start <= p->app_break);
    CHECK(p->app_break <= p->layout.reach_end);
    CHECK(p->layout.reach_end <= p->grant_start);
    CHECK(p->grant_start + process_block_bytes() <= p->layout.ram_end);
    CHECK(p->allow_end <= p->app_break);
    CHECK(p->queue_count <= PROCESS_UPCALLS);
    CHECK(p->slot < PROCESSES && kernel.process[p->slot] == p);
    CHECK(!process_is_alive(p) || process_frame_is_valid(p));
    for (uint32_t number = 0; number < FIXTURE_READ_WRITE; number++) {
        uint32_t block = p->grant_block[grant_index(fixture_grant)];
        if (block == 0) {
            continue;
        }
        CHECK(block % 8 == 0 && block >= p->grant_start);
        const struct grant_pair *pair =
            grant_pair_get(fixture_grant, block, ALLOW_READ_WRITE, number);
        uint64_t end = (uint64_t)pair->first + pair->second;
        CHECK(pair->second == 0 || (pair->first >= p->layout.ram_start && end <= p->app_break));
    }
}

/* A copy of everything that a process owns, RAM block with its control block. */
struct picture {
    uint8_t bytes[8192];
    uint32_t length;
};

static void take_picture(const struct process *p, struct picture *picture)
{
    picture->length = p->layout.ram_end - p->layout.ram_start;
    assert_true(picture->length <= sizeof(picture->bytes));
    memcpy(picture->bytes, process_memory(p->layout.ram_start), picture->length);
}

static void check_picture(const struct process *p, const struct picture *picture)
{
    CHECK(memcmp(picture->bytes, process_memory(p->layout.ram_start), picture->length) == 0);
}

/* A few bytes around a bound that counts. */
static uint32_t near_bound(const struct process *p)
{
    const uint32_t bounds[] = {p->layout.ram_start, p->app_break, p->allow_end, p->grant_start};
    return bounds[random_below(4)] + random_below(96) - 48;
}

static void one_call(struct process *p)
{
    static const uint32_t drivers[] = {FIXTURE_DRIVER,       FIXTURE_DRIVER, FIXTURE_DRIVER,
                                       FIXTURE_DRIVER_PLAIN, 0x999,          FIXTURE_DRIVER_HUGE};
    static const uint32_t classes[] = {
        ABI_CLASS_SUBSCRIBE,       ABI_CLASS_COMMAND,
        ABI_CLASS_COMMAND,         ABI_CLASS_ALLOW_READ_ONLY,
        ABI_CLASS_ALLOW_READ_ONLY, ABI_CLASS_ALLOW_READ_WRITE,
        ABI_CLASS_MEMOP,           ABI_CLASS_MEMOP,
        ABI_CLASS_MEMOP,           ABI_CLASS_EXIT,
        ABI_CLASS_YIELD,           ABI_CLASS_ALLOW_READ_WRITE,
    };
    uint32_t class = classes[random_below(sizeof(classes) / sizeof(classes[0]))];
    uint32_t r0 = drivers[random_below(6)];
    uint32_t r1 = random_below(8) == 0 ? nasty(p) : random_below(3);
    uint32_t r2 = random_below(2) == 0 ? near_bound(p) : nasty(p);
    uint32_t r3 = random_below(2) == 0 ? p->app_break - r2 + random_below(9) - 4 : nasty(p);
    if (class == ABI_CLASS_YIELD) {
        r0 = random_below(3);
        r1 = r0 == ABI_YIELD_WAIT_FOR ? FIXTURE_DRIVER : r2;
        r2 = random_below(4);
    } else if (class == ABI_CLASS_MEMOP) {
        r0 = random_below(2) == 0 ? ABI_MEMOP_BRK : random_below(13);
        r1 = r2;
    } else if (class == ABI_CLASS_EXIT) {
        r0 = random_below(20) == 0 ? ABI_EXIT_RESTART : 5;
    }
    fixture_call(p, class, r0, r1, r2, r3);
    /* A process that took its own stack away faults when the hardware returns to it. */
    if (p->state == ABI_PROCESS_RUNNING && !process_frame_is_valid(p)) {
        process_fault(p, NULL, TEXT_FAULT_STACK);
    }
}

static void one_step(void)
{
    struct picture pictures[PROCESSES];
    struct process *p = kernel.process[random_below(PROCESSES)];
    for (uint32_t i = 0; i < PROCESSES; i++) {
        take_picture(kernel.process[i], &pictures[i]);
    }
    if (random_below(3) == 0) {
        (void)upcall_schedule(fixture_grant, p->id, random_below(4), 1, 2, 3);
    } else if (p->state == ABI_PROCESS_RUNNING) {
        one_call(p);
    } else if (random_below(50) == 0) {
        process_restart(p);
    }
    for (uint32_t i = 0; i < PROCESSES; i++) {
        if (kernel.process[i] != p) {
            check_picture(kernel.process[i], &pictures[i]);
        }
        check_process(kernel.process[i]);
    }
    CHECK(arch_guard.scopes_open == 0);
}

/* What the driver does with a command: enters its grant, reads and writes the buffers. */
static command_return use_everything(struct process_id id, uint32_t command, uint32_t argument0,
                                     uint32_t argument1)
{
    uint8_t bytes[32];
    struct slice slice = {bytes, sizeof(bytes)};
    uint32_t value;
    (void)fixture_enter(id, &value, command);
    (void)allow_read(fixture_grant, id, ALLOW_READ_ONLY, command, argument0, slice);
    (void)allow_write(fixture_grant, id, command, argument1, slice_as_const(slice));
    return command_status(grant_error());
}

static void test_random_calls(void **state)
{
    for (seed = 1; seed <= SEEDS; seed++) {
        fixture_setup(state);
        random_state = seed;
        fixture.command = use_everything;
        fixture.fault_rule.policy = KERNEL_FAULT_RESTART;
        for (uint32_t i = 0; i < PROCESSES; i++) {
            fixture_add_app(&(struct fixture_app){.minimum_ram = 600 + 500 * i});
        }
        fixture_boot();
        assert_non_null(kernel.process[PROCESSES - 1]);
        uint32_t calls = 0;
        for (uint32_t step = 0; step < STEPS; step++) {
            one_step();
        }
        for (uint32_t i = 0; i < PROCESSES; i++) {
            calls += kernel.process[i]->system_calls;
        }
        CHECK(calls > STEPS / 10); /* they were not all waiting */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
