#include "peripherals/nrf52/serial_box.h"

#include <string.h>

#include "peripherals/iface/random.h"

#define ENABLE_MASK 0xFU
#define LAST_TASK   0x07CU

#define PSEL_DISCONNECTED (1U << 31)
#define PSEL_PIN          0x1FU
#define PSEL_PIN_AND_PORT 0x3FU

#define SPI_FUNCTIONS (SERIAL_HAS_SPI | SERIAL_HAS_SPIM | SERIAL_HAS_SPIS)
#define TWI_FUNCTIONS (SERIAL_HAS_TWI | SERIAL_HAS_TWIM | SERIAL_HAS_TWIS)

#define SPIM3_BASE 0x4002F000U

static const struct device_fault serial_faults[] = {
    [SERIAL_FAULT_RX_CORRUPT] = {"rx-corrupt",
                                 "a bit of the VALUE-th byte from now that the master of SPI or "
                                 "I2C receives is wrong, once",
                                 1, INT32_MAX},
    [SERIAL_FAULTS] = {0}};

static const struct serial_function *const functions[] = {
    &serial_spi, &serial_spim, &serial_twi, &serial_twim, &serial_twis, &serial_spis,
};
#define FUNCTION_COUNT (sizeof functions / sizeof functions[0])

/* A box elsewhere has all functions. */
static const struct {
    uint32_t base, functions;
} places[] = {
    {0x40023000, SPI_FUNCTIONS},
    {SPIM3_BASE, SERIAL_HAS_SPIM},
};

/* The function that a value of ENABLE selects; NULL: none that this box has. */
static const struct serial_function *find_function(const struct serial_box *box, uint32_t enable)
{
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        if ((uint32_t)functions[i]->enable == enable &&
            ((uint32_t)functions[i]->bit & box->shape.functions) != 0) {
            return functions[i];
        }
    }
    return NULL;
}

static const struct serial_function *selected(const struct serial_box *box)
{
    return find_function(box, box->state.enable);
}

static bool has_function(const struct serial_box *box, size_t index)
{
    return ((uint32_t)functions[index]->bit & box->shape.functions) != 0;
}

static uint32_t all_events(const struct serial_box *box)
{
    uint32_t events = 0;
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        events |= has_function(box, i) ? functions[i]->events : 0;
    }
    return events;
}

static bool is_task(const struct serial_box *box, uint32_t offset)
{
    uint32_t tasks = 0;
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        tasks |= has_function(box, i) ? functions[i]->tasks : 0;
    }
    return offset <= LAST_TASK && (tasks & SERIAL_TASK_BIT(offset)) != 0;
}

void serial_box_raise(struct serial_box *box, uint32_t event)
{
    nrf_event_raise(&box->env, &box->state.events, event);
}

uint8_t serial_box_arrives(struct serial_box *box, uint8_t byte)
{
    struct serial_faults *faults = &box->state.faults;
    if (!device_fault_strikes(&faults->values[SERIAL_FAULT_RX_CORRUPT])) {
        return byte;
    }
    return (uint8_t)(byte ^ 1U << random_next(&faults->random) % 8U);
}

void serial_box_guest_error(struct serial_box *box, uint32_t offset, const char *what)
{
    device_guest_error(&box->env, offset, what);
}

uint32_t serial_box_pin(const struct serial_box *box, uint32_t psel)
{
    uint32_t pin = psel & (box->shape.is_nrf52840 ? PSEL_PIN_AND_PORT : PSEL_PIN);
    return (psel & PSEL_DISCONNECTED) != 0 || pin >= box->env.pin_count ? SERIAL_NO_PIN : pin;
}

void serial_box_claim(struct serial_box *box, enum serial_claim claim, uint32_t pin,
                      enum wire_level level)
{
    nrf_claim_pin(&box->env, &box->state.claimed[claim], pin, level);
}

/* A register that follows from a function's state. The selected one is asked first: two functions
 * may have different registers at one offset. */
static bool get_own(const struct serial_box *box, uint32_t offset, uint32_t *value)
{
    const struct serial_function *first = selected(box);
    if (first != NULL && first->get != NULL && first->get(box, offset, value)) {
        return true;
    }
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        if (has_function(box, i) && functions[i]->get != NULL &&
            functions[i]->get(box, offset, value)) {
            return true;
        }
    }
    return false;
}

static bool serial_get(const struct serial_box *box, uint32_t offset, uint32_t *value)
{
    const struct serial_state *s = &box->state;
    if (nrf_events_get(&s->events, all_events(box), offset, value) || get_own(box, offset, value) ||
        serial_registers_get(&s->registers, &box->shape, offset, value)) {
        return true;
    }
    if (offset == SERIAL_ENABLE) {
        *value = s->enable;
        return true;
    }
    if (offset == NRF_INTEN && (box->shape.functions & TWI_FUNCTIONS) != 0) {
        *value = s->events.inten;
        return true;
    }
    *value = 0;
    return is_task(box, offset);
}

static uint32_t serial_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return serial_get(self, offset, &value) ? value : 0;
}

static void give_pins_back(struct serial_box *box)
{
    for (uint32_t claim = 0; claim < SERIAL_CLAIMS; claim++) {
        serial_box_claim(box, (enum serial_claim)claim, SERIAL_NO_PIN, WIRE_FLOATING);
    }
}

static void serial_update(void *self)
{
    struct serial_box *box = self;
    const struct serial_function *function = selected(box);
    if (function != NULL && function->update != NULL) {
        function->update(box);
    } else {
        give_pins_back(box);
    }
    nrf_events_update_irq(&box->env, &box->state.events);
}

static enum bus_result serial_read(void *self, struct bus_access access, uint32_t *value)
{
    struct serial_box *box = self;
    const struct serial_function *function = selected(box);
    uint32_t offset = access.offset & ~3U;
    uint32_t word = 0;
    bool known = serial_get(box, offset, &word);
    if (function != NULL && function->was_read != NULL) {
        function->was_read(box, offset);
    }
    return nrf_finish_read(&box->env, access, known, word, value);
}

static void disable(struct serial_box *box)
{
    const struct serial_function *function = selected(box);
    clock_cancel(box->env.clock, &box->step);
    clock_cancel(box->env.clock, &box->second);
    if (function != NULL && function->disabled != NULL) {
        function->disabled(box);
    }
    box->state.enable = SERIAL_ENABLE_NONE;
}

static void write_enable(struct serial_box *box, uint32_t value)
{
    const struct serial_function *function = find_function(box, value);
    if (value == box->state.enable) {
        return;
    }
    disable(box);
    i2c_release(&box->env.nets->i2c); /* TWIS may have held SCL */
    box->state.enable = value;
    if (function != NULL && function->enabled != NULL) {
        function->enabled(box);
    }
    if (function == NULL && value != SERIAL_ENABLE_NONE) {
        serial_box_guest_error(box, SERIAL_ENABLE, "a value of ENABLE that selects nothing");
    }
}

static void trigger_task(struct serial_box *box, uint32_t offset)
{
    const struct serial_function *function = selected(box);
    if (function != NULL && (function->tasks & SERIAL_TASK_BIT(offset)) != 0) {
        function->run_task(box, offset);
    } else {
        serial_box_guest_error(box, offset,
                               "a task of a function that ENABLE has not selected is ignored");
    }
}

static void write_register(struct serial_box *box, uint32_t offset, uint32_t value)
{
    const struct serial_function *function = selected(box);
    if (is_task(box, offset)) {
        if (nrf_is_trigger(value)) {
            trigger_task(box, offset);
        }
    } else if (offset == SERIAL_ENABLE) {
        write_enable(box, value & ENABLE_MASK);
    } else if (offset == NRF_INTEN && (box->shape.functions & TWI_FUNCTIONS) != 0) {
        box->state.events.inten = value & all_events(box);
    } else if (function != NULL && function->set != NULL && function->set(box, offset, value)) {
        return;
    } else if (!serial_registers_set(&box->state.registers, &box->shape, offset, value)) {
        nrf_report_unknown_write(&box->env, offset);
    } else if (function != NULL && function->was_written != NULL) {
        function->was_written(box, offset);
    }
}

static enum bus_result serial_write(void *self, struct bus_access access, uint32_t value)
{
    struct serial_box *box = self;
    uint32_t word = nrf_begin_write(&box->env, access, value);
    uint32_t offset = access.offset & ~3U;
    if (!nrf_events_write(&box->state.events, all_events(box), offset, word)) {
        write_register(box, offset, word);
    }
    serial_update(box);
    return BUS_OK;
}

static void step_fired(void *owner, uint64_t late_cycles)
{
    struct serial_box *box = owner;
    const struct serial_function *function = selected(box);
    if (function != NULL && function->step != NULL) {
        function->step(box, late_cycles);
    }
}

static void second_fired(void *owner, uint64_t late_cycles)
{
    struct serial_box *box = owner;
    const struct serial_function *function = selected(box);
    if (function != NULL && function->second != NULL) {
        function->second(box, late_cycles);
    }
}

static void serial_reset(void *self, uint32_t reasons)
{
    struct serial_box *box = self;
    struct serial_faults faults = box->state.faults;
    uint32_t claimed[SERIAL_CLAIMS]; /* update() gives the pins back */
    (void)reasons;
    disable(box);
    memcpy(claimed, box->state.claimed, sizeof claimed);
    memset(&box->state, 0, sizeof box->state);
    box->state.faults = faults;
    memcpy(box->state.claimed, claimed, sizeof claimed);
    serial_registers_reset(&box->state.registers);
}

static bool serial_input(void *self, const struct device_input *input)
{
    struct serial_box *box = self;
    return device_fault_take(serial_faults, input, box->state.faults.values);
}

static const char *serial_init(void *self, const struct device_env *env)
{
    struct serial_box *box = self;
    uint32_t maxcnt_bits = nrf_maxcnt_bits(env);
    if (maxcnt_bits < 1 || maxcnt_bits > 16) {
        return "easydma-maxcnt-bits is not in 1..16";
    }
    if (env->pin_count > SERIAL_PINS_MAX) {
        return "the chip has more than 64 pins";
    }
    box->env = *env;
    box->state.faults.random = env->seed;
    box->shape = (struct serial_shape){.functions = SPI_FUNCTIONS | TWI_FUNCTIONS,
                                       .maxcnt_mask = (1U << maxcnt_bits) - 1U,
                                       .is_nrf52840 = nrf_is_nrf52840(env)};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (places[i].base == env->base) {
            box->shape.functions = places[i].functions;
        }
    }
    box->is_spim3 = env->base == SPIM3_BASE;
    serial_registers_reset(&box->state.registers);
    event_init(&box->step, step_fired, box);
    event_init(&box->second, second_fired, box);
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        if (has_function(box, i) && functions[i]->init != NULL) {
            functions[i]->init(box);
        }
    }
    return NULL;
}

static bool claims_are_sane(const struct serial_box *box, const struct serial_state *s)
{
    for (size_t i = 0; i < SERIAL_CLAIMS; i++) {
        if (s->claimed[i] > box->env.pin_count) {
            return false;
        }
    }
    return true;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct serial_box *box = self;
    const struct serial_state *s = state;
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        if (!functions[i]->state_is_sane(box, s, now_cycles)) {
            return false;
        }
    }
    return s->enable <= ENABLE_MASK && s->registers.rxd_maxcnt <= box->shape.maxcnt_mask &&
           s->registers.txd_maxcnt <= box->shape.maxcnt_mask && claims_are_sane(box, s) &&
           device_faults_are_sane(serial_faults, s->faults.values);
}

static const size_t event_offsets[] = {offsetof(struct serial_box, step),
                                       offsetof(struct serial_box, second)};

const struct device_class nrf52_serial_box_class = {
    .name = "nrf52-serial-box",
    .size_bytes = sizeof(struct serial_box),
    .state_offset = offsetof(struct serial_box, state),
    .state_bytes = sizeof(struct serial_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = serial_init,
    .reset = serial_reset,
    .update = serial_update,
    .read = serial_read,
    .write = serial_write,
    .peek = serial_peek,
    .input = serial_input,
    .faults = serial_faults,
};
