/* Events, INTEN, lanes and errata addresses, as every nRF52 device uses them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/nrf52/errata.h"
#include "peripherals/nrf52/nrf_common.h"

#define BASE    0x40002000U
#define EVENT_A 0x100U
#define EVENT_B 0x17CU
#define ALL     (NRF_EVENT_BIT(EVENT_A) | NRF_EVENT_BIT(EVENT_B))

struct world {
    struct diag diag;
    struct device_env env;
    bool level;
    bool level_at_raise;
    uint32_t raised;
};

static void set_level(void *context, uint32_t irqn, bool level)
{
    struct world *w = context;
    assert_int_equal(irqn, 2);
    w->level = level;
}

static void note_raised(void *context, uint32_t address)
{
    struct world *w = context;
    w->raised = address;
    w->level_at_raise = w->level;
}

static void world_init(struct world *w)
{
    *w = (struct world){0};
    w->env = (struct device_env){
        .name = "dev",
        .base = BASE,
        .irq = {set_level, w, 2},
        .diag = &w->diag,
        .events = {note_raised, w, BASE},
    };
}

static void inten_bit_is_the_events_index(void **state)
{
    (void)state;
    struct world w;
    struct nrf_events events = {0};
    uint32_t value;
    world_init(&w);
    assert_true(nrf_events_write(&events, ALL, NRF_INTENSET, 0xFFFFFFFF));
    assert_true(nrf_events_get(&events, ALL, NRF_INTENCLR, &value));
    assert_int_equal(value, 0x80000001);
    assert_true(nrf_events_write(&events, ALL, NRF_INTENCLR, 1));
    nrf_event_raise(&w.env, &events, EVENT_A);
    assert_false(w.level);
    assert_int_equal(w.raised, BASE + EVENT_A);
    nrf_event_raise(&w.env, &events, EVENT_B);
    assert_true(w.level);
    assert_true(w.level_at_raise);
}

static void only_writing_zero_changes_an_event(void **state)
{
    (void)state;
    struct nrf_events events = {0};
    uint32_t value;
    assert_true(nrf_events_write(&events, ALL, EVENT_B, 1));
    assert_true(nrf_events_get(&events, ALL, EVENT_B, &value));
    assert_int_equal(value, 0);
    nrf_event_set(&events, EVENT_B);
    assert_true(nrf_events_write(&events, ALL, EVENT_B, 1));
    assert_true(nrf_events_get(&events, ALL, EVENT_B, &value));
    assert_int_equal(value, 1);
    assert_true(nrf_events_write(&events, ALL, EVENT_B, 0));
    assert_true(nrf_events_get(&events, ALL, EVENT_B, &value));
    assert_int_equal(value, 0);
    assert_false(nrf_events_get(&events, ALL, 0x104, &value));
    assert_false(nrf_events_write(&events, ALL, 0x180, 0));
    assert_false(nrf_events_write(&events, ALL, 0x0FC, 0));
}

static void narrow_accesses_use_lanes(void **state)
{
    (void)state;
    struct world w;
    uint32_t value;
    world_init(&w);
    struct bus_access byte = {.offset = 0x402, .size_bytes = 1};
    struct bus_access half = {.offset = 0x402, .size_bytes = 2};
    struct bus_access word = {.offset = 0x400, .size_bytes = 4};
    assert_int_equal(nrf_finish_read(&w.env, byte, true, 0x11223344, &value), BUS_OK);
    assert_int_equal(value, 0x22);
    nrf_finish_read(&w.env, half, true, 0x11223344, &value);
    assert_int_equal(value, 0x1122);
    nrf_finish_read(&w.env, word, true, 0x11223344, &value);
    assert_int_equal(value, 0x11223344);
    assert_int_equal(w.diag.count[DIAG_GUEST_ERROR], 0);
    assert_int_equal(nrf_begin_write(&w.env, word, 0x11223344), 0x11223344);
    assert_int_equal(w.diag.count[DIAG_GUEST_ERROR], 0);
    assert_int_equal(nrf_begin_write(&w.env, byte, 0x44), 0x44444444);
    assert_int_equal(nrf_begin_write(&w.env, half, 0x3344), 0x33443344);
    assert_int_equal(w.diag.count[DIAG_GUEST_ERROR], 2);
}

static void unknown_registers_are_reported_errata_addresses_are_not(void **state)
{
    (void)state;
    struct world w;
    uint32_t value = 1;
    world_init(&w);
    nrf_finish_read(&w.env, (struct bus_access){.offset = 0x7F0, .size_bytes = 4}, false, 9,
                    &value);
    assert_int_equal(value, 0);
    nrf_report_unknown_write(&w.env, 0x7F0);
    assert_int_equal(w.diag.count[DIAG_GUEST_ERROR], 2);
    nrf_finish_read(&w.env, (struct bus_access){.offset = 0xFFC, .size_bytes = 4}, false, 9,
                    &value);
    assert_int_equal(value, 1);
    nrf_report_unknown_write(&w.env, 0xFFC);
    assert_int_equal(w.diag.count[DIAG_GUEST_ERROR], 2);
    assert_true(nrf52_errata_get(0x4000053C, &value));
    assert_true(nrf52_errata_get(0x40005614, &value));
    assert_true(nrf52_errata_get(0x4007C074, &value));
    assert_false(nrf52_errata_get(0x40005600, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inten_bit_is_the_events_index),
        cmocka_unit_test(only_writing_zero_changes_an_event),
        cmocka_unit_test(narrow_accesses_use_lanes),
        cmocka_unit_test(unknown_registers_are_reported_errata_addresses_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
