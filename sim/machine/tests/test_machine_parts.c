/* The small parts of the machine that need no CPU: address map, event router, input queue, message
 * log, absent peripherals, instruction kinds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/absent.h"
#include "sim/machine/address_map.h"
#include "sim/machine/diag_log.h"
#include "sim/machine/event_router.h"
#include "sim/machine/input_queue.h"
#include "sim/machine/state_hash.h"
#include "sim/machine/thumb_access.h"

static struct address_window window(uint32_t base, uint32_t size)
{
    return (struct address_window){.base = base, .size_bytes = size, .name = "x"};
}

static void test_map_finds_and_refuses_overlaps(void **state)
{
    (void)state;
    struct address_window windows[4];
    struct address_map map;
    static const struct {
        uint32_t base, size;
        bool good;
    } steps[] = {{0x40002000, 0x1000, true},  {0x40000000, 0x1000, true},
                 {0x40000800, 0x1000, false}, {0x3FFFF000, 0x1001, false},
                 {0xFFFFF000, 0x1000, true},  {0x40001000, 0x1000, true},
                 {0x50000000, 0x1000, false}};
    address_map_init(&map, windows, 4);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct address_window added = window(steps[i].base, steps[i].size);
        assert_int_equal(address_map_add(&map, &added), steps[i].good);
    }
    static const struct {
        uint32_t address, base;
    } lookups[] = {{0x40000000, 0x40000000}, {0x40000FFF, 0x40000000}, {0x40001000, 0x40001000},
                   {0x40002FFF, 0x40002000}, {0x40003000, 0},          {0x3FFFFFFF, 0},
                   {0xFFFFFFFF, 0xFFFFF000}, {0x00000000, 0},          {0x40002000, 0x40002000}};
    for (size_t i = 0; i < sizeof lookups / sizeof lookups[0]; i++) {
        const struct address_window *found = address_map_find(&map, lookups[i].address);
        assert_int_equal(found == NULL ? 0 : found->base, lookups[i].base);
    }
}

struct routed {
    struct event_router router;
    unsigned count, depth, deepest;
    bool feed_back;
    unsigned endless;
};

static void deliver(void *context, uint32_t event_address)
{
    struct routed *routed = context;
    routed->count++;
    routed->depth++;
    routed->deepest = routed->depth > routed->deepest ? routed->depth : routed->deepest;
    if (routed->feed_back || event_address < 3) {
        event_router_raise(&routed->router, event_address + 1);
    }
    routed->depth--;
}

static void note_endless(void *context)
{
    struct routed *routed = context;
    routed->endless++;
}

static void test_router_does_not_recurse(void **state)
{
    (void)state;
    struct routed routed = {0};
    struct clock clock;
    clock_init(&clock, 64000000);
    event_router_init(&routed.router, &clock, deliver, note_endless, &routed);
    event_router_raise(&routed.router, 0);
    assert_int_equal(routed.count, 4);
    assert_int_equal(routed.deepest, 1);
}

static void test_router_lets_time_move(void **state)
{
    (void)state;
    struct routed routed = {.feed_back = true};
    struct clock clock;
    clock_init(&clock, 64000000);
    event_router_init(&routed.router, &clock, deliver, note_endless, &routed);
    event_router_raise(&routed.router, 0);
    assert_int_equal(routed.count, EVENT_ROUTER_AT_ONCE);
    for (unsigned tick = 1; tick <= 3; tick++) {
        assert_int_equal(clock_next_due(&clock), 4 * tick);
        clock_set_now(&clock, 4 * tick);
        clock_fire_due(&clock);
        assert_int_equal(routed.count, EVENT_ROUTER_AT_ONCE + tick);
    }
    assert_int_equal(routed.endless, 1);
    event_router_raise(&routed.router, 0x1000); /* comes with the next round, once */
    event_router_raise(&routed.router, 0x1000);
    clock_set_now(&clock, 16);
    clock_fire_due(&clock);
    assert_int_equal(routed.count, EVENT_ROUTER_AT_ONCE + 5);
    routed.feed_back = false;
    clock_set_now(&clock, 20);
    clock_fire_due(&clock);
    assert_int_equal(clock_next_due(&clock), CLOCK_NEVER);
    event_router_raise(&routed.router, 3); /* and at once again */
    assert_int_equal(routed.count, EVENT_ROUTER_AT_ONCE + 5 + 2 + 1);
    routed.feed_back = true;
    event_router_raise(&routed.router, 0);
    event_router_reset(&routed.router);
    assert_int_equal(clock_next_due(&clock), CLOCK_NEVER);
}

struct delivered {
    const struct clock *clock;
    size_t count;
    size_t device[16];
    uint64_t cycle[16];
};

static void take_input(void *context, const struct queued_input *input)
{
    struct delivered *delivered = context;
    delivered->device[delivered->count] = input->device;
    delivered->cycle[delivered->count] = clock_now(delivered->clock);
    delivered->count++;
}

static void test_inputs_in_order_of_time_then_arrival(void **state)
{
    (void)state;
    struct clock clock;
    struct queued_input room[4];
    struct input_queue queue;
    struct delivered delivered = {.clock = &clock};
    static const struct queued_input inputs[] = {{.cycle = 50, .device = 0},
                                                 {.cycle = 10, .device = 1},
                                                 {.cycle = 50, .device = 2},
                                                 {.cycle = 20, .device = 3}};
    clock_init(&clock, 64000000);
    input_queue_init(&queue, &clock, room, 4, take_input, &delivered);
    for (size_t i = 0; i < 4; i++) {
        assert_true(input_queue_add(&queue, &inputs[i]));
    }
    assert_false(input_queue_add(&queue, &inputs[0]));
    assert_int_equal(input_queue_next(&queue), 10);
    while (clock_next_due(&clock) != CLOCK_NEVER) {
        clock_set_now(&clock, clock_next_due(&clock));
        clock_fire_due(&clock);
    }
    static const size_t order[] = {1, 3, 0, 2};
    static const uint64_t cycles[] = {10, 20, 50, 50};
    assert_int_equal(delivered.count, 4);
    assert_memory_equal(delivered.device, order, sizeof order);
    assert_memory_equal(delivered.cycle, cycles, sizeof cycles);
    assert_int_equal(input_queue_next(&queue), CLOCK_NEVER);
    assert_true(input_queue_add(&queue, &inputs[0]));
}

static void test_log_tells_each_message_once(void **state)
{
    (void)state;
    static struct diag_log log;
    struct diag_log_entry entry = {
        .kind = DIAG_GUEST_ERROR, .device = "uart0", .offset = 0x500, .what = "wrong"};
    assert_true(diag_log_is_new(&log, &entry));
    assert_false(diag_log_is_new(&log, &entry));
    entry.offset = 0x504;
    assert_true(diag_log_is_new(&log, &entry));
    entry.kind = DIAG_UNIMPLEMENTED;
    assert_true(diag_log_is_new(&log, &entry));
    for (uint32_t i = 0; i < 2 * DIAG_LOG_MAX; i++) {
        entry.offset = 0x1000 + i;
        diag_log_is_new(&log, &entry);
    }
    assert_int_equal(log.count, DIAG_LOG_MAX);
    assert_int_equal(log.suppressed, DIAG_LOG_MAX + 3);
}

static void test_absent_registers(void **state)
{
    (void)state;
    static const struct catalogue_absent_register registers[] = {{0x50C, 0x12345678}};
    static const struct catalogue_absent saadc = {
        .chip = "nrf52832", .name = "SAADC", .registers = registers, .register_count = 1};
    static struct absent absent;
    assert_int_equal(absent_reset_value(&saadc, 0x50C), 0x12345678);
    assert_int_equal(absent_reset_value(&saadc, 0x50E), 0x12345678);
    assert_int_equal(absent_reset_value(&saadc, 0x510), 0);
    assert_true(absent_name_once(&absent, &saadc));
    assert_false(absent_name_once(&absent, &saadc));
    for (uint64_t cycle = 100; cycle < 103; cycle++) {
        absent_note_read(&absent, &saadc, 0x104, 0x80, 2, cycle);
    }
    assert_int_equal(absent.poll_count, 1);
    assert_int_equal(absent.polls[0].reads, 3);
    assert_int_equal(absent.polls[0].first_cycle, 100);
    assert_int_equal(absent.polls[0].last_cycle, 102);
}

/* Wanted values from the reference implementation (libxxhash 0.8.1). */
static void test_hash_is_xxh64(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        uint64_t seed, hash;
    } cases[] = {
        {0, 0, 0xEF46DB3751D8E999},
        {1, 0, 0xF592C0C7639C4CB6},
        {3, 7, 0x4FAF03743C92A0CD},
        {4, 0, 0xFB1E5CF2F1AE4D95},
        {7, 0x9E3779B97F4A7C15, 0x566314BF1BDA8AAB},
        {8, 1, 0xFBBEE60BA1FF4594},
        {14, 0, 0x393648AA0A97D46F},
        {31, 5, 0xDE6741AC80918C12},
        {32, 0, 0xCC6B8AAADA790B2D},
        {33, 0, 0x35EC49850475A832},
        {100, 0xFFFFFFFFFFFFFFFF, 0x4597AFB8DD115092},
        {1000, 3, 0x17DC927EFDF69780},
    };
    uint8_t bytes[1000];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 37 + 11);
    }
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(state_hash(bytes, cases[i].size, cases[i].seed), cases[i].hash);
    }
}

/* Each line assembled by hand from the manual: halfword, is it a store. */
static void test_stores_are_told_from_loads(void **state)
{
    (void)state;
    static const struct {
        uint16_t code;
        bool store;
    } cases[] = {
        {0x5088, true},  /* str r0, [r1, r2] */
        {0x5488, true},  /* strb r0, [r1, r2] */
        {0x5288, true},  /* strh r0, [r1, r2] */
        {0x5688, false}, /* ldrsb r0, [r1, r2] */
        {0x5888, false}, /* ldr r0, [r1, r2] */
        {0x6008, true},  /* str r0, [r1] */
        {0x6808, false}, /* ldr r0, [r1] */
        {0x7008, true},  /* strb r0, [r1] */
        {0x8808, false}, /* ldrh r0, [r1] */
        {0x9001, true},  /* str r0, [sp, #4] */
        {0x9801, false}, /* ldr r0, [sp, #4] */
        {0xB510, true},  /* push {r4, lr} */
        {0xBD10, false}, /* pop {r4, pc} */
        {0xC107, true},  /* stmia r1!, {r0-r2} */
        {0xC907, false}, /* ldmia r1!, {r0-r2} */
        {0xF8C1, true},  /* str.w r0, [r1, #imm12] */
        {0xF8D1, false}, /* ldr.w r0, [r1, #imm12] */
        {0xE9C1, true},  /* strd */
        {0xE9D1, false}, /* ldrd */
        {0xE8D0, false}, /* tbb */
        {0xED81, true},  /* vstr */
        {0xED91, false}, /* vldr */
        {0x4770, false}, /* bx lr */
        {0xF000, false}, /* bl */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(thumb_access_is_store(cases[i].code), cases[i].store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map_finds_and_refuses_overlaps),
        cmocka_unit_test(test_router_does_not_recurse),
        cmocka_unit_test(test_router_lets_time_move),
        cmocka_unit_test(test_inputs_in_order_of_time_then_arrival),
        cmocka_unit_test(test_log_tells_each_message_once),
        cmocka_unit_test(test_absent_registers),
        cmocka_unit_test(test_hash_is_xxh64),
        cmocka_unit_test(test_stores_are_told_from_loads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
