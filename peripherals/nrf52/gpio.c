#include "peripherals/nrf52/gpio.h"

#include <string.h>

#include "peripherals/nrf52/nrf_common.h"

enum gpio_register {
    GPIO_OUT = 0x504,
    GPIO_OUTSET = 0x508,
    GPIO_OUTCLR = 0x50C,
    GPIO_IN = 0x510,
    GPIO_DIR = 0x514,
    GPIO_DIRSET = 0x518,
    GPIO_DIRCLR = 0x51C,
    GPIO_LATCH = 0x520,
    GPIO_DETECTMODE = 0x524,
    GPIO_PIN_CNF_0 = 0x700, /* 32 of them, reset value 2 */
};

#define PIN_CNF_RESET            0x2U
#define PIN_CNF_MASK             0x0003070FU
#define PIN_CNF_DIR              (1U << 0)
#define PIN_CNF_INPUT_DISCONNECT (1U << 1)

enum pin_pull { PULL_NONE = 0, PULL_DOWN = 1, PULL_UP = 3 };
enum pin_sense { SENSE_HIGH = 2, SENSE_LOW = 3 };

static uint32_t pull_of(uint32_t pin_cnf)
{
    return pin_cnf >> 2 & 3U;
}

static uint32_t sense_of(uint32_t pin_cnf)
{
    return pin_cnf >> 16 & 3U;
}

static bool is_input_connected(uint32_t pin_cnf)
{
    return (pin_cnf & PIN_CNF_INPUT_DISCONNECT) == 0;
}

/* DRIVE 4 and 5 leave a 0 undriven, 6 and 7 a 1 (wired or, wired and). */
static enum wire_level apply_drive(uint32_t pin_cnf, bool high)
{
    uint32_t drive = pin_cnf >> 8 & 7U;
    if (high) {
        return drive >= 6 ? WIRE_FLOATING : WIRE_HIGH;
    }
    return drive == 4 || drive == 5 ? WIRE_FLOATING : WIRE_LOW;
}

static enum wire_level output_level(const struct gpio *gpio, uint32_t index)
{
    enum wire_level stuck = gpio_faults_stuck(&gpio->state.faults, index);
    if (stuck != WIRE_FLOATING) {
        return stuck;
    }
    uint32_t pin_cnf = gpio->state.pin_cnf[index];
    enum wire_level claim = gpio->pins[index].claim.level;
    if (claim != WIRE_FLOATING) {
        return apply_drive(pin_cnf, claim == WIRE_HIGH);
    }
    if ((pin_cnf & PIN_CNF_DIR) == 0) {
        return WIRE_FLOATING;
    }
    return apply_drive(pin_cnf, (gpio->state.out >> index & 1U) != 0);
}

static enum wire_level pad_level(const struct gpio *gpio, uint32_t index)
{
    const struct pin *pin = &gpio->pins[index];
    if (pin->out.level != WIRE_FLOATING) {
        return pin->out.level;
    }
    enum wire_level in = gpio_faults_level(&gpio->state.faults, index, pin->in.level);
    if (in != WIRE_FLOATING) {
        return in;
    }
    if (pin->resistor != WIRE_FLOATING) {
        return pin->resistor;
    }
    return pull_of(gpio->state.pin_cnf[index]) == PULL_UP ? WIRE_HIGH : WIRE_LOW;
}

static bool is_sensed(const struct gpio *gpio, uint32_t index)
{
    uint32_t pin_cnf = gpio->state.pin_cnf[index];
    enum wire_level pad = gpio->pins[index].pad.level;
    return is_input_connected(pin_cnf) && ((sense_of(pin_cnf) == SENSE_HIGH && pad == WIRE_HIGH) ||
                                           (sense_of(pin_cnf) == SENSE_LOW && pad == WIRE_LOW));
}

static void note_contention(struct gpio *gpio, uint32_t index)
{
    const struct pin *pin = &gpio->pins[index];
    bool contended = gpio_faults_stuck(&gpio->state.faults, index) == WIRE_FLOATING &&
                     pin->out.level != WIRE_FLOATING && pin->in.level != WIRE_FLOATING &&
                     pin->out.level != pin->in.level;
    uint32_t bit = 1U << index;
    if (contended && (gpio->state.contended & bit) == 0) {
        device_guest_error(&gpio->env, GPIO_PIN_CNF_0 + 4 * index,
                           "the pin is an output against a part that drives the other level");
    }
    gpio->state.contended = contended ? gpio->state.contended | bit : gpio->state.contended & ~bit;
}

/* What of the pins makes up DETECT: LATCH or the pins themselves. */
static uint32_t detect_bits(const struct gpio *gpio)
{
    return gpio->state.detectmode != 0 ? gpio->state.latch : gpio->state.sensed;
}

/* The `detect` wires and the wake-up follow from `sensed`, `latch` and `detectmode`. */
static void update_detect(struct gpio *gpio)
{
    uint32_t bits = detect_bits(gpio);
    bool rises = bits != 0 && !gpio->state.detect;
    gpio->state.detect = bits != 0;
    for (uint32_t i = 0; i < gpio->pin_count; i++) {
        wire_drive(&gpio->pins[i].detect, (bits >> i & 1U) != 0 ? WIRE_HIGH : WIRE_LOW);
    }
    if (rises && gpio->env.chip.detect != NULL) {
        gpio->env.chip.detect(gpio->env.chip.context);
    }
}

/* Whatever the pin shows follows from the registers and from who drives its wires. */
static void update_pin(struct gpio *gpio, uint32_t index)
{
    struct pin *pin = &gpio->pins[index];
    wire_drive(&pin->out, output_level(gpio, index));
    wire_drive(&pin->pad, pad_level(gpio, index));
    note_contention(gpio, index);
    uint32_t bit = 1U << index;
    bool high = pin->pad.level == WIRE_HIGH && is_input_connected(gpio->state.pin_cnf[index]);
    gpio->state.in = high ? gpio->state.in | bit : gpio->state.in & ~bit;
    if (is_sensed(gpio, index)) {
        gpio->state.sensed |= bit;
    } else {
        gpio->state.sensed &= ~bit;
    }
    gpio->state.latch |= gpio->state.sensed & bit;
    update_detect(gpio);
}

static void update_pins(struct gpio *gpio, uint32_t changed)
{
    for (uint32_t i = 0; i < gpio->pin_count; i++) {
        if ((changed >> i & 1U) != 0) {
            update_pin(gpio, i);
        }
    }
}

static void gpio_update(void *self)
{
    struct gpio *gpio = self;
    for (uint32_t i = 0; i < gpio->pin_count; i++) {
        gpio_faults_settle(&gpio->state.faults, i, gpio->pins[i].in.level);
    }
    update_pins(gpio, UINT32_MAX);
}

static void wire_changed(void *owner, uint32_t index, enum wire_level level)
{
    (void)level;
    update_pin(owner, index);
}

static void bounce_fired(void *owner, uint64_t late_cycles)
{
    struct gpio *gpio = owner;
    uint64_t next_cycle;
    uint32_t index;
    (void)late_cycles;
    while (gpio_faults_step(&gpio->state.faults, gpio->env.clock, &index, &next_cycle)) {
        update_pin(gpio, index);
    }
    if (next_cycle == CLOCK_NEVER) {
        clock_cancel(gpio->env.clock, &gpio->bounce);
    } else {
        clock_schedule(gpio->env.clock, &gpio->bounce, next_cycle);
    }
}

/* A part drives the pin. */
static void in_changed(void *owner, uint32_t index, enum wire_level level)
{
    struct gpio *gpio = owner;
    bool bounces = gpio_faults_changed(&gpio->state.faults, gpio->env.clock, index, level);
    update_pin(gpio, index);
    if (bounces) {
        bounce_fired(gpio, 0);
    }
}

/* Somebody holds a probe to a pin, the number of which is the value. Where a part drives the pin,
 * too, the last of both counts. */
static const struct device_input_kind gpio_inputs[] = {
    {"low", 0, GPIO_PORT_PINS - 1, NULL},
    {"high", 0, GPIO_PORT_PINS - 1, NULL},
    {"float", 0, GPIO_PORT_PINS - 1, NULL},
    {NULL, 0, 0, NULL},
};

static bool take_probe(struct gpio *gpio, const struct device_input *input)
{
    static const enum wire_level levels[] = {WIRE_LOW, WIRE_HIGH, WIRE_FLOATING};
    size_t kind = 0;
    while (gpio_inputs[kind].name != NULL && strcmp(gpio_inputs[kind].name, input->what) != 0) {
        kind++;
    }
    if (gpio_inputs[kind].name == NULL || input->value < 0 ||
        (uint32_t)input->value >= gpio->pin_count) {
        return false;
    }
    wire_drive(&gpio->pins[input->value].in, levels[kind]);
    return true;
}

static bool gpio_input(void *self, const struct device_input *input)
{
    struct gpio *gpio = self;
    if (take_probe(gpio, input)) {
        return true;
    }
    if (!gpio_faults_take(&gpio->state.faults, input, gpio->pin_count)) {
        return false;
    }
    update_pins(gpio, UINT32_MAX);
    return true;
}

static uint32_t get_dir(const struct gpio *gpio)
{
    uint32_t dir = 0;
    for (uint32_t i = 0; i < GPIO_PORT_PINS; i++) {
        dir |= (gpio->state.pin_cnf[i] & PIN_CNF_DIR) << i;
    }
    return dir;
}

static bool is_pin_cnf(uint32_t offset)
{
    return offset >= GPIO_PIN_CNF_0 && offset < GPIO_PIN_CNF_0 + 4 * GPIO_PORT_PINS;
}

static bool gpio_get(const struct gpio *gpio, uint32_t offset, uint32_t *value)
{
    if (is_pin_cnf(offset)) {
        *value = gpio->state.pin_cnf[(offset - GPIO_PIN_CNF_0) / 4];
        return true;
    }
    switch (offset) {
    case GPIO_OUT:
    case GPIO_OUTSET:
    case GPIO_OUTCLR:
        *value = gpio->state.out;
        return true;
    case GPIO_IN:
        *value = gpio->state.in;
        return true;
    case GPIO_DIR:
    case GPIO_DIRSET:
    case GPIO_DIRCLR:
        *value = get_dir(gpio);
        return true;
    case GPIO_LATCH:
        *value = gpio->state.latch;
        return true;
    case GPIO_DETECTMODE:
        *value = gpio->state.detectmode;
        return true;
    default:
        return false;
    }
}

static uint32_t gpio_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return gpio_get(self, offset, &value) ? value : 0;
}

static enum bus_result gpio_read(void *self, struct bus_access access, uint32_t *value)
{
    struct gpio *gpio = self;
    uint32_t word = 0;
    bool known = gpio_get(gpio, access.offset & ~3U, &word);
    return nrf_finish_read(&gpio->env, access, known, word, value);
}

static void write_out(struct gpio *gpio, uint32_t value)
{
    uint32_t changed = gpio->state.out ^ value;
    gpio->state.out = value;
    update_pins(gpio, changed);
}

static void write_dir(struct gpio *gpio, uint32_t value)
{
    uint32_t changed = get_dir(gpio) ^ value;
    for (uint32_t i = 0; i < GPIO_PORT_PINS; i++) {
        gpio->state.pin_cnf[i] = (gpio->state.pin_cnf[i] & ~PIN_CNF_DIR) | (value >> i & 1U);
    }
    update_pins(gpio, changed);
}

/* A bit whose pin still senses cannot be cleared. In LATCH mode, a LATCH that is not empty after
 * the write gives a new edge, so that no pin is forgotten. */
static void write_latch(struct gpio *gpio, uint32_t value)
{
    gpio->state.latch &= ~value;
    if (gpio->state.detectmode != 0) {
        uint32_t remaining = gpio->state.latch | gpio->state.sensed;
        gpio->state.latch = 0;
        update_detect(gpio);
        gpio->state.latch = remaining;
    }
    gpio->state.latch |= gpio->state.sensed;
    update_detect(gpio);
}

static enum bus_result gpio_write(void *self, struct bus_access access, uint32_t value)
{
    struct gpio *gpio = self;
    uint32_t word = nrf_begin_write(&gpio->env, access, value);
    uint32_t offset = access.offset & ~3U;
    if (is_pin_cnf(offset)) {
        uint32_t index = (offset - GPIO_PIN_CNF_0) / 4;
        gpio->state.pin_cnf[index] = word & PIN_CNF_MASK;
        update_pins(gpio, 1U << index);
        return BUS_OK;
    }
    switch (offset) {
    case GPIO_OUT:
        write_out(gpio, word);
        break;
    case GPIO_OUTSET:
        write_out(gpio, gpio->state.out | word);
        break;
    case GPIO_OUTCLR:
        write_out(gpio, gpio->state.out & ~word);
        break;
    case GPIO_DIR:
        write_dir(gpio, word);
        break;
    case GPIO_DIRSET:
        write_dir(gpio, get_dir(gpio) | word);
        break;
    case GPIO_DIRCLR:
        write_dir(gpio, get_dir(gpio) & ~word);
        break;
    case GPIO_LATCH:
        write_latch(gpio, word);
        break;
    case GPIO_DETECTMODE:
        gpio->state.detectmode = word & 1U;
        update_detect(gpio);
        break;
    default:
        nrf_report_unknown_write(&gpio->env, offset);
        break;
    }
    return BUS_OK;
}

static void gpio_reset(void *self, uint32_t reasons)
{
    struct gpio *gpio = self;
    if (reset_is_wake_up(reasons)) {
        return; /* pins keep their configuration and LATCH over System OFF */
    }
    memset(&gpio->state, 0, offsetof(struct gpio_state, faults));
    for (uint32_t i = 0; i < GPIO_PORT_PINS; i++) {
        gpio->state.pin_cnf[i] = PIN_CNF_RESET;
    }
}

static const char *gpio_init(void *self, const struct device_env *env)
{
    struct gpio *gpio = self;
    gpio->env = *env;
    gpio->port = props_u32_or(&env->props, "port", 0);
    uint32_t ngpios = props_u32_or(&env->props, "ngpios", GPIO_PORT_PINS);
    if (ngpios > GPIO_PORT_PINS) {
        return "ngpios is more than 32";
    }
    uint64_t first = (uint64_t)gpio->port * GPIO_PORT_PINS;
    if (env->pins == NULL || first >= env->pin_count) {
        return "the chip has no pins for this port";
    }
    uint32_t available = env->pin_count - (uint32_t)first;
    gpio->pin_count = ngpios < available ? ngpios : available;
    gpio->pins = env->pins + first;
    gpio_faults_init(&gpio->state.faults, env->seed);
    event_init(&gpio->bounce, bounce_fired, gpio);
    for (uint32_t i = 0; i < gpio->pin_count; i++) {
        wire_listen(&gpio->pins[i].in, &gpio->listeners[i].in, in_changed, gpio, i);
        wire_listen(&gpio->pins[i].claim, &gpio->listeners[i].claim, wire_changed, gpio, i);
    }
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct gpio_state *s = state;
    (void)self;
    return device_bool_is_sane(&s->detect) && gpio_faults_are_sane(&s->faults, now_cycles);
}

static const size_t event_offsets[] = {offsetof(struct gpio, bounce)};

const struct device_class nrf52_gpio_class = {
    .name = "nrf52-gpio",
    .size_bytes = sizeof(struct gpio),
    .state_offset = offsetof(struct gpio, state),
    .state_bytes = sizeof(struct gpio_state),
    .state_version = 3,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = gpio_init,
    .reset = gpio_reset,
    .update = gpio_update,
    .read = gpio_read,
    .write = gpio_write,
    .peek = gpio_peek,
    .input = gpio_input,
    .inputs = gpio_inputs,
    .faults = gpio_fault_list,
    .fault_max = gpio_fault_max,
};
