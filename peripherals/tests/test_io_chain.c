/* Several devices together, joined as on the chip: events through PPI to tasks, pins through GPIO.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/catalogue.h"

#define P0     0x50000000U
#define GPIOTE 0x40006000U
#define TIMER0 0x40008000U
#define TIMER1 0x40009000U
#define RTC0   0x4000B000U
#define PPI    0x4001F000U

#define PPI_CHENSET     (PPI + 0x504U)
#define PPI_CHENCLR     (PPI + 0x508U)
#define PPI_EEP(i)      (PPI + 0x510U + 8U * (i))
#define PPI_TEP(i)      (PPI + 0x514U + 8U * (i))
#define GPIOTE_OUT(i)   (GPIOTE + 4U * (i))
#define GPIOTE_IN(i)    (GPIOTE + 0x100U + 4U * (i))
#define GPIOTE_PORT     (GPIOTE + 0x17CU)
#define GPIOTE_CONF(i)  (GPIOTE + 0x510U + 4U * (i))
#define GPIO_PIN_CNF(i) (P0 + 0x700U + 4U * (i))

#define DEVICES    6
#define PARTS      2
#define NODES      8
#define LED_PIN    17U
#define BUTTON_PIN 13U

struct world {
    struct clock clock;
    struct diag diag;
    struct pin pins[32];
    struct nets nets;
    uint32_t detects, toggles;
    uint64_t toggled_cycles[64];
    const struct device_class *classes[NODES];
    void *devices[NODES];
};

static const struct {
    const char *compatible;
    uint32_t base;
} nodes[NODES] = {
    {"nordic,nrf-gpio", P0},
    {"nordic,nrf-gpiote", GPIOTE},
    {"nordic,nrf-timer", TIMER0},
    {"nordic,nrf-timer", TIMER1},
    {"nordic,nrf-rtc", RTC0},
    {"nordic,nrf-ppi", PPI},
    {"gpio-leds", 0},
    {"gpio-keys", 0},
};
#define PPI_INDEX    5
#define LED_INDEX    6
#define BUTTON_INDEX 7

static void access(struct world *w, uint32_t address, bool write, uint32_t *value)
{
    for (uint32_t i = 0; i < DEVICES; i++) {
        if ((address & ~0xFFFU) == nodes[i].base) {
            struct bus_access a = {.offset = address & 0xFFF, .size_bytes = 4, .privileged = true};
            (void)(write ? w->classes[i]->write(w->devices[i], a, *value)
                         : w->classes[i]->read(w->devices[i], a, value));
        }
    }
}

static void put(struct world *w, uint32_t address, uint32_t value)
{
    access(w, address, true, &value);
}

static uint32_t get(struct world *w, uint32_t address)
{
    uint32_t value = 0;
    access(w, address, false, &value);
    return value;
}

static void trigger(void *context, uint32_t task_address)
{
    put(context, task_address, 1);
}

/* Straight into PPI, however deep in the call stack: it has to bear it. */
static void raised(void *context, uint32_t event_address)
{
    struct world *w = context;
    w->classes[PPI_INDEX]->event_raised(w->devices[PPI_INDEX], event_address);
}

static void noted(void *context, const char *device, const char *what, int32_t value)
{
    struct world *w = context;
    (void)value;
    (void)what;
    if (strcmp(device, "led") == 0 && w->toggles < 64) {
        w->toggled_cycles[w->toggles++] = clock_now(&w->clock);
    }
}

static void detected(void *context)
{
    ((struct world *)context)->detects++;
}

/* The node of a part is its props_gpio. */
static bool prop_gpio(const void *node, const char *name, uint32_t index, struct props_gpio *gpio)
{
    *gpio = *(const struct props_gpio *)node;
    return index == 0 && strcmp(name, "gpios") == 0;
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    *state = w;
    clock_init(&w->clock, 64000000);
    nets_init(&w->nets);
    for (uint32_t i = 0; i < 32; i++) {
        pin_init(&w->pins[i]);
    }
    struct props_gpio gpios[PARTS] = {
        {.pin = &w->pins[LED_PIN], .flags = PROPS_GPIO_ACTIVE_LOW},
        {.pin = &w->pins[BUTTON_PIN], .flags = PROPS_GPIO_ACTIVE_LOW | 1U << 4},
    };
    for (uint32_t i = 0; i < NODES; i++) {
        w->classes[i] = catalogue_find(nodes[i].compatible);
        struct device_env env = {
            .name = i == LED_INDEX ? "led" : "device",
            .base = nodes[i].base,
            .clock = &w->clock,
            .diag = &w->diag,
            .events = {.raised = raised, .context = w, .base = nodes[i].base},
            .tasks = {.trigger = trigger, .context = w},
            .chip = {.detect = detected, .context = w},
            .pins = w->pins,
            .nets = &w->nets,
            .pin_count = 32,
            .observer = {.note = noted, .context = w},
        };
        if (i >= DEVICES) {
            env.props = (struct props){.gpio = prop_gpio, .node = &gpios[i - DEVICES]};
        }
        w->devices[i] = calloc(1, w->classes[i]->size_bytes);
        assert_null(w->classes[i]->init(w->devices[i], &env));
    }
    for (uint32_t i = 0; i < DEVICES; i++) {
        w->classes[i]->reset(w->devices[i], RESET_POWER_ON);
    }
    for (uint32_t i = 0; i < NODES; i++) {
        if (w->classes[i]->update != NULL) {
            w->classes[i]->update(w->devices[i]);
        }
    }
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    for (uint32_t i = 0; i < NODES; i++) {
        free(w->devices[i]);
    }
    free(w);
    return 0;
}

static void run_to(struct world *w, uint64_t cycles)
{
    while (clock_next_due(&w->clock) <= cycles) {
        clock_set_now(&w->clock, clock_next_due(&w->clock));
        clock_fire_due(&w->clock);
    }
    clock_set_now(&w->clock, cycles);
}

static void connect(struct world *w, uint32_t channel, uint32_t event, uint32_t task)
{
    put(w, PPI_EEP(channel), event);
    put(w, PPI_TEP(channel), task);
    put(w, PPI_CHENSET, 1U << channel);
}

static void press(struct world *w, const char *what)
{
    struct device_input input = {.what = what};
    assert_true(w->classes[BUTTON_INDEX]->input(w->devices[BUTTON_INDEX], &input));
}

static void a_timer_blinks_an_led_without_the_cpu(void **state)
{
    struct world *w = *state;
    put(w, GPIOTE_CONF(0), 3U | LED_PIN << 8 | 3U << 16 | 1U << 20); /* task, toggle, dark */
    connect(w, 0, TIMER0 + 0x140, GPIOTE_OUT(0));
    put(w, TIMER0 + 0x510, 0);
    put(w, TIMER0 + 0x540, 1000);
    put(w, TIMER0 + 0x200, 1); /* COMPARE0_CLEAR */
    put(w, TIMER0, 1);
    run_to(w, 20 * 4000);
    assert_int_equal(w->toggles, 20);
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(w->toggled_cycles[i], (i + 1) * 4000);
    }
}

static void a_button_stamps_its_time(void **state)
{
    struct world *w = *state;
    put(w, GPIO_PIN_CNF(BUTTON_PIN), 3U << 2); /* pull-up */
    put(w, GPIOTE_CONF(1), 1U | BUTTON_PIN << 8 | 2U << 16);
    connect(w, 3, GPIOTE_IN(1), TIMER1 + 0x044);
    put(w, TIMER1 + 0x508, 3);
    put(w, TIMER1 + 0x510, 4);
    put(w, TIMER1, 1);
    run_to(w, 64000 * 5 + 10);
    press(w, "press");
    assert_int_equal(get(w, TIMER1 + 0x544), 5000); /* microseconds */
    press(w, "release");
    run_to(w, 64000 * 9);
    press(w, "press");
    assert_int_equal(get(w, TIMER1 + 0x544), 9000);
}

static void sense_raises_port(void **state)
{
    struct world *w = *state;
    put(w, GPIO_PIN_CNF(BUTTON_PIN), 3U << 2 | 3U << 16); /* pull-up, sense low */
    press(w, "press");
    assert_int_equal(get(w, GPIOTE_PORT), 1);
    assert_int_equal(w->detects, 1);
    put(w, GPIOTE_PORT, 0);
    press(w, "release");
    press(w, "press");
    assert_int_equal(get(w, GPIOTE_PORT), 1);
    /* LATCH as the source: the pin still senses, so clearing gives the next edge. */
    put(w, P0 + 0x524, 1);
    put(w, GPIOTE_PORT, 0);
    put(w, P0 + 0x520, 1U << BUTTON_PIN);
    assert_int_equal(get(w, GPIOTE_PORT), 1);
}

static void a_fixed_channel_starts_a_timer(void **state)
{
    struct world *w = *state;
    put(w, PPI_CHENSET, 1U << 31); /* RTC0 COMPARE[0] -> TIMER0 START */
    put(w, RTC0 + 0x344, 1U << 16);
    put(w, RTC0 + 0x540, 8);
    put(w, TIMER0 + 0x510, 0);
    put(w, RTC0, 1);
    run_to(w, 15625 + 400); /* 8 periods of the slow clock, and 100 of the fast one */
    put(w, TIMER0 + 0x040, 1);
    assert_in_range(get(w, TIMER0 + 0x540), 100, 101);
}

static void a_ring_of_devices_does_not_hang(void **state)
{
    struct world *w = *state;
    put(w, TIMER0 + 0x504, 1); /* counter: COUNT -> COMPARE[0] -> COUNT */
    put(w, TIMER0 + 0x540, 1);
    put(w, TIMER0 + 0x200, 1);
    connect(w, 0, TIMER0 + 0x140, TIMER0 + 0x008);
    put(w, TIMER0, 1);
    put(w, TIMER0 + 0x008, 1);
    run_to(w, 1000);
    assert_int_not_equal(clock_next_due(&w->clock), CLOCK_NEVER);
    put(w, PPI_CHENCLR, 1);
    run_to(w, 2000);
    assert_int_equal(clock_next_due(&w->clock), CLOCK_NEVER);
}

static void a_ring_through_a_pin_does_not_hang(void **state)
{
    struct world *w = *state;
    put(w, GPIOTE_CONF(0), 1U | 5U << 8 | 3U << 16);
    put(w, GPIOTE_CONF(1), 3U | 5U << 8 | 3U << 16);
    connect(w, 0, GPIOTE_IN(0), GPIOTE_OUT(1));
    put(w, GPIOTE_OUT(1), 1);
    run_to(w, 1000);
    put(w, PPI_CHENCLR, 1);
    run_to(w, 2000);
    assert_int_equal(clock_next_due(&w->clock), CLOCK_NEVER);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_timer_blinks_an_led_without_the_cpu),
        WITH_WORLD(a_button_stamps_its_time),
        WITH_WORLD(sense_raises_port),
        WITH_WORLD(a_fixed_channel_starts_a_timer),
        WITH_WORLD(a_ring_of_devices_does_not_hang),
        WITH_WORLD(a_ring_through_a_pin_does_not_hang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
