#include "kernel/chips/nrf52/gpio.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    GPIO_OUT = 0x504,
    GPIO_OUTSET = 0x508,
    GPIO_OUTCLR = 0x50C,
    GPIO_IN = 0x510,
    GPIO_DIR = 0x514,
    GPIO_PIN_CNF = 0x700,
    GPIOTE_EVENTS_IN = 0x100,
    GPIOTE_INTENSET = 0x304,
    GPIOTE_INTENCLR = 0x308,
    GPIOTE_CONFIG = 0x510,
};

#define PIN_CNF_OUTPUT         0x3u /* DIR output, input buffer disconnected */
#define PIN_CNF_INPUT          0x0u
#define PIN_CNF_DIR_OUTPUT     0x1u /* output, input buffer connected */
#define PIN_CNF_DISABLED       0x2u /* the reset value */
#define PIN_CNF_PULLDOWN       0x4u
#define PIN_CNF_PULLUP         0xCu
#define PIN_CNF_DRIVE_S0D1     (6u << 8)
#define CONFIG_MODE_EVENT      0x1u
#define CONFIG_PSEL_SHIFT      8u /* the port's bit follows the pin's five */
#define CONFIG_POLARITY_SHIFT  16u
#define CONFIG_POLARITY_TOGGLE 3u
_Static_assert(HIL_GPIO_EDGE_RISING == 1 && HIL_GPIO_EDGE_FALLING == 2,
               "LOTOHI and HITOLO in CONFIG.POLARITY");

static uint32_t pin_bit(const struct nrf52_pin *pin)
{
    return nrf52_pin_bit(pin->number);
}

static volatile uint32_t *port_register(const struct nrf52_pin *pin, uint32_t offset)
{
    return nrf52_register(nrf52_port_base(pin->number), offset);
}

static void configure(const struct nrf52_pin *pin, uint32_t value)
{
    *port_register(pin, GPIO_PIN_CNF + 4u * nrf52_pin_index(pin->number)) = value;
}

static void pin_make_output(void *self)
{
    configure(self, PIN_CNF_OUTPUT);
}

static void pin_make_input(void *self, enum hil_gpio_pull pull)
{
    static const uint8_t values[4] = {
        [HIL_GPIO_PULL_NONE] = PIN_CNF_INPUT,
        [HIL_GPIO_PULL_UP] = PIN_CNF_INPUT | PIN_CNF_PULLUP,
        [HIL_GPIO_PULL_DOWN] = PIN_CNF_INPUT | PIN_CNF_PULLDOWN,
    };
    configure(self, values[pull % 4u]); /* a capsule can make one of any number */
}

void nrf52_pin_write(void *self, bool high)
{
    *port_register(self, high ? GPIO_OUTSET : GPIO_OUTCLR) = pin_bit(self);
}

static void pin_toggle(void *self)
{
    bool high = (*port_register(self, GPIO_OUT) & pin_bit(self)) != 0;
    nrf52_pin_write(self, !high);
}

static bool pin_read(void *self)
{
    /* An output's input buffer is off; what it drives is in OUT. */
    bool output = (*port_register(self, GPIO_DIR) & pin_bit(self)) != 0;
    return (*port_register(self, output ? GPIO_OUT : GPIO_IN) & pin_bit(self)) != 0;
}

static void pin_disable_interrupt(void *self)
{
    struct nrf52_pin *pin = self;
    if (pin->detector == 0) {
        return;
    }
    uint32_t channel = pin->detector - 1u;
    *nrf52_register(NRF52_GPIOTE_BASE, GPIOTE_INTENCLR) = 1u << channel;
    *nrf52_register(NRF52_GPIOTE_BASE, GPIOTE_CONFIG + 4u * channel) = 0;
    pin->gpiote->channel[channel] = NULL;
    pin->detector = 0;
}

static int pin_enable_interrupt(void *self, enum hil_gpio_edge edge)
{
    struct nrf52_pin *pin = self;
    pin_disable_interrupt(pin);
    uint32_t channel = pin->first_channel;
    while (channel < NRF52_GPIOTE_CHANNELS && pin->gpiote->channel[channel] != NULL) {
        channel++;
    }
    if (channel == NRF52_GPIOTE_CHANNELS) {
        return K_EBUSY;
    }
    pin->gpiote->channel[channel] = pin;
    pin->detector = (uint8_t)(channel + 1u);
    uint32_t polarity = edge == HIL_GPIO_EDGE_BOTH ? CONFIG_POLARITY_TOGGLE : (uint32_t)edge;
    *nrf52_register(NRF52_GPIOTE_BASE, GPIOTE_CONFIG + 4u * channel) =
        CONFIG_MODE_EVENT | (uint32_t)pin->number << CONFIG_PSEL_SHIFT |
        polarity << CONFIG_POLARITY_SHIFT;
    /* Switching the detector on can look like an edge to it. */
    nrf52_event_clear(NRF52_GPIOTE_BASE, GPIOTE_EVENTS_IN + 4u * channel);
    *nrf52_register(NRF52_GPIOTE_BASE, GPIOTE_INTENSET) = 1u << channel;
    return K_OK;
}

static void pin_disable(void *self)
{
    pin_disable_interrupt(self);
    configure(self, PIN_CNF_DISABLED);
}

static void pin_set_client(void *self, const struct hil_gpio_client *client, uint32_t index)
{
    struct nrf52_pin *pin = self;
    pin->client = client;
    pin->client_index = (uint8_t)index;
}

const struct hil_gpio_ops nrf52_pin_ops = {
    .make_output = pin_make_output,
    .make_input = pin_make_input,
    .disable = pin_disable,
    .write = nrf52_pin_write,
    .toggle = pin_toggle,
    .read = pin_read,
    .enable_interrupt = pin_enable_interrupt,
    .disable_interrupt = pin_disable_interrupt,
    .set_client = pin_set_client,
};

void nrf52_pin_take(uint32_t pin_number, enum nrf52_pin_role role)
{
    struct nrf52_pin pin = {.number = (uint8_t)pin_number};
    switch (role) {
    case NRF52_PIN_INPUT:
        pin_make_input(&pin, HIL_GPIO_PULL_NONE);
        break;
    case NRF52_PIN_OUTPUT_LOW:
    case NRF52_PIN_OUTPUT_HIGH:
        nrf52_pin_write(&pin, role == NRF52_PIN_OUTPUT_HIGH);
        pin_make_output(&pin);
        break;
    case NRF52_PIN_OPEN_DRAIN:
        configure(&pin, PIN_CNF_INPUT | PIN_CNF_PULLUP | PIN_CNF_DRIVE_S0D1);
        break;
    case NRF52_PIN_OPEN_DRAIN_OUTPUT:
        nrf52_pin_write(&pin, true);
        configure(&pin, PIN_CNF_DIR_OUTPUT | PIN_CNF_PULLUP | PIN_CNF_DRIVE_S0D1);
        break;
    }
}

void nrf52_gpiote_serve(void *self)
{
    struct nrf52_gpiote *gpiote = self;
    for (uint32_t channel = 0; channel < NRF52_GPIOTE_CHANNELS; channel++) {
        uint32_t event = GPIOTE_EVENTS_IN + 4u * channel;
        const struct nrf52_pin *pin = gpiote->channel[channel];
        if (pin == NULL || !nrf52_event_is_set(NRF52_GPIOTE_BASE, event)) {
            continue;
        }
        nrf52_event_clear(NRF52_GPIOTE_BASE, event);
        hil_gpio_client_changed(pin->client, pin->client_index);
    }
}

void nrf52_gpiote_stop_dead(void *self)
{
    struct nrf52_gpiote *gpiote = self;
    for (uint32_t channel = 0; channel < NRF52_GPIOTE_CHANNELS; channel++) {
        struct nrf52_pin *pin = gpiote->channel[channel];
        if (pin != NULL && guard_is_dead(NRF52_OWNER(pin->client))) {
            pin_disable_interrupt(pin);
        }
    }
}
