/* Several devices together, joined as on the chip: events through PPI to tasks, pins through GPIO.
 */
#include <string.h>

#include "peripherals/tests/chain_bench.h"

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
    struct chain_bench chain;
    struct pin pins[32];
    uint32_t detects, toggles;
    uint64_t toggled_cycles[64];
};

static const struct chain_node nodes[NODES] = {
    {"nordic,nrf-gpio", P0},
    {"nordic,nrf-gpiote", GPIOTE},
    {"nordic,nrf-timer", TIMER0},
    {"nordic,nrf-timer", TIMER1},
    {"nordic,nrf-rtc", RTC0},
    {"nordic,nrf-ppi", PPI},
    {"gpio-leds", 0},
    {"gpio-keys", 0},
};
#define LED_INDEX    6
#define BUTTON_INDEX 7

static void noted(void *context, const char *device, const char *what, int32_t value)
{
    struct world *w = context;
    (void)value;
    (void)what;
    if (strcmp(device, "led") == 0 && w->toggles < 64) {
        w->toggled_cycles[w->toggles++] = clock_now(&w->chain.clock);
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
    chain_init(&w->chain, nodes, NODES);
    for (uint32_t i = 0; i < 32; i++) {
        pin_init(&w->pins[i]);
    }
    struct props_gpio gpios[PARTS] = {
        {.pin = &w->pins[LED_PIN], .flags = PROPS_GPIO_ACTIVE_LOW},
        {.pin = &w->pins[BUTTON_PIN], .flags = PROPS_GPIO_ACTIVE_LOW | 1U << 4},
    };
    for (uint32_t i = 0; i < NODES; i++) {
        struct device_env env = {
            .name = i == LED_INDEX ? "led" : NULL,
            .chip = {.detect = detected, .context = w},
            .pins = w->pins,
            .pin_count = 32,
            .observer = {.note = noted, .context = w},
        };
        if (i >= DEVICES) {
            env.props = (struct props){.gpio = prop_gpio, .node = &gpios[i - DEVICES]};
        }
        chain_make(&w->chain, i, env);
    }
    chain_reset(&w->chain);
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    chain_free(&w->chain);
    free(w);
    return 0;
}

static void connect(struct world *w, uint32_t channel, uint32_t event, uint32_t task)
{
    chain_put(&w->chain, PPI_EEP(channel), event);
    chain_put(&w->chain, PPI_TEP(channel), task);
    chain_put(&w->chain, PPI_CHENSET, 1U << channel);
}

static void press(struct world *w, const char *what)
{
    struct device_input input = {.what = what};
    assert_true(w->chain.classes[BUTTON_INDEX]->input(w->chain.devices[BUTTON_INDEX], &input));
}

static void a_timer_blinks_an_led_without_the_cpu(void **state)
{
    struct world *w = *state;
    chain_put(&w->chain, GPIOTE_CONF(0),
              3U | LED_PIN << 8 | 3U << 16 | 1U << 20); /* task, toggle, dark */
    connect(w, 0, TIMER0 + 0x140, GPIOTE_OUT(0));
    chain_put(&w->chain, TIMER0 + 0x510, 0);
    chain_put(&w->chain, TIMER0 + 0x540, 1000);
    chain_put(&w->chain, TIMER0 + 0x200, 1); /* COMPARE0_CLEAR */
    chain_put(&w->chain, TIMER0, 1);
    chain_run_to(&w->chain, 20 * 4000);
    assert_int_equal(w->toggles, 20);
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(w->toggled_cycles[i], (i + 1) * 4000);
    }
}

static void a_button_stamps_its_time(void **state)
{
    struct world *w = *state;
    chain_put(&w->chain, GPIO_PIN_CNF(BUTTON_PIN), 3U << 2); /* pull-up */
    chain_put(&w->chain, GPIOTE_CONF(1), 1U | BUTTON_PIN << 8 | 2U << 16);
    connect(w, 3, GPIOTE_IN(1), TIMER1 + 0x044);
    chain_put(&w->chain, TIMER1 + 0x508, 3);
    chain_put(&w->chain, TIMER1 + 0x510, 4);
    chain_put(&w->chain, TIMER1, 1);
    chain_run_to(&w->chain, 64000 * 5 + 10);
    press(w, "press");
    assert_int_equal(chain_get(&w->chain, TIMER1 + 0x544), 5000); /* microseconds */
    press(w, "release");
    chain_run_to(&w->chain, 64000 * 9);
    press(w, "press");
    assert_int_equal(chain_get(&w->chain, TIMER1 + 0x544), 9000);
}

static void sense_raises_port(void **state)
{
    struct world *w = *state;
    chain_put(&w->chain, GPIO_PIN_CNF(BUTTON_PIN), 3U << 2 | 3U << 16); /* pull-up, sense low */
    press(w, "press");
    assert_int_equal(chain_get(&w->chain, GPIOTE_PORT), 1);
    assert_int_equal(w->detects, 1);
    chain_put(&w->chain, GPIOTE_PORT, 0);
    press(w, "release");
    press(w, "press");
    assert_int_equal(chain_get(&w->chain, GPIOTE_PORT), 1);
    /* LATCH as the source: the pin still senses, so clearing gives the next edge. */
    chain_put(&w->chain, P0 + 0x524, 1);
    chain_put(&w->chain, GPIOTE_PORT, 0);
    chain_put(&w->chain, P0 + 0x520, 1U << BUTTON_PIN);
    assert_int_equal(chain_get(&w->chain, GPIOTE_PORT), 1);
}

static void a_fixed_channel_starts_a_timer(void **state)
{
    struct world *w = *state;
    chain_put(&w->chain, PPI_CHENSET, 1U << 31); /* RTC0 COMPARE[0] -> TIMER0 START */
    chain_put(&w->chain, RTC0 + 0x344, 1U << 16);
    chain_put(&w->chain, RTC0 + 0x540, 8);
    chain_put(&w->chain, TIMER0 + 0x510, 0);
    chain_put(&w->chain, RTC0, 1);
    chain_run_to(&w->chain, 15625 + 400); /* 8 periods of the slow clock, and 100 of the fast one */
    chain_put(&w->chain, TIMER0 + 0x040, 1);
    assert_in_range(chain_get(&w->chain, TIMER0 + 0x540), 100, 101);
}

static void a_ring_of_devices_does_not_hang(void **state)
{
    struct world *w = *state;
    chain_put(&w->chain, TIMER0 + 0x504, 1); /* counter: COUNT -> COMPARE[0] -> COUNT */
    chain_put(&w->chain, TIMER0 + 0x540, 1);
    chain_put(&w->chain, TIMER0 + 0x200, 1);
    connect(w, 0, TIMER0 + 0x140, TIMER0 + 0x008);
    chain_put(&w->chain, TIMER0, 1);
    chain_put(&w->chain, TIMER0 + 0x008, 1);
    chain_run_to(&w->chain, 1000);
    assert_int_not_equal(clock_next_due(&w->chain.clock), CLOCK_NEVER);
    chain_put(&w->chain, PPI_CHENCLR, 1);
    chain_run_to(&w->chain, 2000);
    assert_int_equal(clock_next_due(&w->chain.clock), CLOCK_NEVER);
}

static void a_ring_through_a_pin_does_not_hang(void **state)
{
    struct world *w = *state;
    chain_put(&w->chain, GPIOTE_CONF(0), 1U | 5U << 8 | 3U << 16);
    chain_put(&w->chain, GPIOTE_CONF(1), 3U | 5U << 8 | 3U << 16);
    connect(w, 0, GPIOTE_IN(0), GPIOTE_OUT(1));
    chain_put(&w->chain, GPIOTE_OUT(1), 1);
    chain_run_to(&w->chain, 1000);
    chain_put(&w->chain, PPI_CHENCLR, 1);
    chain_run_to(&w->chain, 2000);
    assert_int_equal(clock_next_due(&w->chain.clock), CLOCK_NEVER);
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
