#include "peripherals/nrf52/rng.h"

#include "peripherals/nrf52/nrf_random.h"

#define EVENTS             NRF_EVENT_BIT(RNG_EVENTS_VALRDY)
#define SHORTS_VALRDY_STOP 1U
#define CONFIG_DERCEN      1U

static const struct device_fault rng_faults[] = {
    [RNG_FAULT_STUCK] = {"stuck", "every byte is VALUE - 1", 1, 256},
    [RNG_FAULT_BIAS] = {"bias", "VALUE percent of all bits are 1 whatever comes, or 0 for -VALUE",
                        -100, 100},
    [RNG_FAULTS] = {0}};

static uint64_t byte_cycles(const struct rng *rng)
{
    bool corrected = (rng->state.config & CONFIG_DERCEN) != 0;
    return clock_us_to_cycles(rng->env.clock, corrected ? RNG_CORRECTED_BYTE_US : RNG_BYTE_US);
}

static void start(struct rng *rng)
{
    if (rng->state.running) {
        return;
    }
    rng->state.running = true;
    clock_schedule(rng->env.clock, &rng->byte_ready,
                   clock_now(rng->env.clock) + clock_us_to_cycles(rng->env.clock, RNG_START_US) +
                       byte_cycles(rng));
}

static void stop(struct rng *rng)
{
    rng->state.running = false;
    clock_cancel(rng->env.clock, &rng->byte_ready);
}

/* Each bit is replaced with so many percent's chance. */
static uint32_t biased(struct rng *rng, uint32_t byte)
{
    int32_t bias = rng->state.faults[RNG_FAULT_BIAS];
    uint32_t percent = (uint32_t)(bias < 0 ? -bias : bias);
    for (uint32_t bit = 1; bit <= 0x80U; bit <<= 1) {
        if (nrf_random_next(&rng->state.random) % 100U < percent) {
            byte = bias > 0 ? byte | bit : byte & ~bit;
        }
    }
    return byte;
}

static uint32_t next_byte(struct rng *rng)
{
    uint32_t byte = (uint32_t)(nrf_random_next(&rng->state.random) >> 56);
    if (rng->state.faults[RNG_FAULT_STUCK] != 0) {
        return (uint32_t)rng->state.faults[RNG_FAULT_STUCK] - 1U;
    }
    return rng->state.faults[RNG_FAULT_BIAS] != 0 ? biased(rng, byte) : byte;
}

static void byte_ready(void *owner, uint64_t late_cycles)
{
    struct rng *rng = owner;
    rng->state.value = next_byte(rng);
    nrf_event_set(&rng->state.events, RNG_EVENTS_VALRDY);
    if ((rng->state.shorts & SHORTS_VALRDY_STOP) != 0) {
        stop(rng);
    } else {
        clock_schedule(rng->env.clock, &rng->byte_ready,
                       clock_now(rng->env.clock) - late_cycles + byte_cycles(rng));
    }
    nrf_event_raise(&rng->env, &rng->state.events, RNG_EVENTS_VALRDY);
}

static void rng_update(void *self)
{
    struct rng *rng = self;
    nrf_events_update_irq(&rng->env, &rng->state.events);
}

static bool rng_get(const struct rng *rng, uint32_t offset, uint32_t *value)
{
    const struct rng_state *state = &rng->state;
    if (nrf_events_get(&state->events, EVENTS, offset, value)) {
        return true;
    }
    switch (offset) {
    case RNG_TASKS_START:
    case RNG_TASKS_STOP:
        *value = 0;
        return true;
    case RNG_SHORTS:
        *value = state->shorts;
        return true;
    case RNG_CONFIG:
        *value = state->config;
        return true;
    case RNG_VALUE:
        *value = state->value;
        return true;
    default:
        return false;
    }
}

static uint32_t rng_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return rng_get(self, offset, &value) ? value : 0;
}

static enum bus_result rng_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct rng *rng = self;
    uint32_t word = 0;
    bool known = rng_get(rng, access.offset & ~3U, &word);
    return nrf_finish_read(&rng->env, access, known, word, value);
}

static void write_register(struct rng *rng, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case RNG_TASKS_START:
        if (nrf_is_trigger(value)) {
            start(rng);
        }
        break;
    case RNG_TASKS_STOP:
        if (nrf_is_trigger(value)) {
            stop(rng);
        }
        break;
    case RNG_SHORTS:
        rng->state.shorts = value & SHORTS_VALRDY_STOP;
        break;
    case RNG_CONFIG:
        rng->state.config = value & CONFIG_DERCEN;
        break;
    default:
        nrf_report_unknown_write(&rng->env, offset);
        break;
    }
}

static enum bus_result rng_write(void *self, struct bus_access access, uint32_t value)
{
    struct rng *rng = self;
    uint32_t offset = access.offset & ~3U;
    uint32_t word = nrf_begin_write(&rng->env, access, value);
    if (!nrf_events_write(&rng->state.events, EVENTS, offset, word)) {
        write_register(rng, offset, word);
    }
    rng_update(rng);
    return BUS_OK;
}

static bool rng_input(void *self, const struct device_input *input)
{
    struct rng *rng = self;
    return device_fault_take(rng_faults, input, rng->state.faults);
}

static void rng_reset(void *self, uint32_t reasons)
{
    struct rng *rng = self;
    (void)reasons;
    clock_cancel(rng->env.clock, &rng->byte_ready);
    rng->state.events = (struct nrf_events){0};
    rng->state.shorts = rng->state.config = rng->state.value = 0;
    rng->state.running = false;
}

static const char *rng_init(void *self, const struct device_env *env)
{
    struct rng *rng = self;
    rng->env = *env;
    rng->state.random = env->seed;
    event_init(&rng->byte_ready, byte_ready, rng);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct rng_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_bool_is_sane(&s->running) && device_faults_are_sane(rng_faults, s->faults);
}

static const size_t event_offsets[] = {offsetof(struct rng, byte_ready)};

const struct device_class nrf52_rng_class = {
    .name = "nrf52-rng",
    .size_bytes = sizeof(struct rng),
    .state_offset = offsetof(struct rng, state),
    .state_bytes = sizeof(struct rng_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = rng_init,
    .reset = rng_reset,
    .update = rng_update,
    .read = rng_read,
    .write = rng_write,
    .peek = rng_peek,
    .input = rng_input,
    .faults = rng_faults,
};
