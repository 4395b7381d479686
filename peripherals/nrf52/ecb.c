#include "peripherals/nrf52/ecb.h"

#include <string.h>

#include "peripherals/nrf52/nrf_random.h"

#define EVENTS (NRF_EVENT_BIT(ECB_EVENTS_ENDECB) | NRF_EVENT_BIT(ECB_EVENTS_ERRORECB))

static const struct device_fault ecb_faults[] = {
    [ECB_FAULT_GARBLED] = {"garbled", "a bit of the VALUE-th cipher text from now is wrong, once",
                           1, INT32_MAX},
    [ECB_FAULT_ERROR] = {"error", "the VALUE-th block from now ends with ERRORECB, once", 1,
                         INT32_MAX},
    [ECB_FAULTS] = {0}};

static void fail_dma(struct ecb *ecb)
{
    device_guest_error(&ecb->env, ECB_ECBDATAPTR, "EasyDMA reaches RAM only: nothing is encrypted");
    nrf_event_raise(&ecb->env, &ecb->state.events, ECB_EVENTS_ERRORECB);
}

static void done(void *owner, uint64_t late_cycles)
{
    struct ecb *ecb = owner;
    const struct dma_port *dma = &ecb->env.dma;
    (void)late_cycles;
    if (device_fault_strikes(&ecb->state.faults[ECB_FAULT_ERROR])) {
        nrf_event_raise(&ecb->env, &ecb->state.events, ECB_EVENTS_ERRORECB);
        return;
    }
    if (device_fault_strikes(&ecb->state.faults[ECB_FAULT_GARBLED])) {
        uint64_t bit = nrf_random_next(&ecb->state.random) % (8U * AES128_BYTES);
        ecb->state.cipher[bit / 8U] ^= (uint8_t)(1U << bit % 8U);
    }
    if (dma->write(dma->context, ecb->state.output, ecb->state.cipher, AES128_BYTES) != BUS_OK) {
        fail_dma(ecb);
        return;
    }
    nrf_event_raise(&ecb->env, &ecb->state.events, ECB_EVENTS_ENDECB);
}

static void start(struct ecb *ecb)
{
    const struct dma_port *dma = &ecb->env.dma;
    uint8_t data[2 * AES128_BYTES]; /* key, clear text */
    if (ecb->done.queued) {
        device_guest_error(&ecb->env, ECB_TASKS_STARTECB,
                           "STARTECB while a block is being encrypted is ignored");
        return;
    }
    if (dma->read(dma->context, ecb->state.ecbdataptr, data, sizeof data) != BUS_OK) {
        fail_dma(ecb);
        return;
    }
    aes128_encrypt(data, data + AES128_BYTES, ecb->state.cipher);
    ecb->state.output = ecb->state.ecbdataptr + sizeof data;
    clock_schedule(ecb->env.clock, &ecb->done,
                   clock_now(ecb->env.clock) +
                       ((uint64_t)ecb->env.clock->cpu_hz / 1000000U * ECB_BLOCK_NS + 999U) / 1000U);
}

static void stop(struct ecb *ecb)
{
    if (ecb->done.queued) {
        clock_cancel(ecb->env.clock, &ecb->done);
        nrf_event_raise(&ecb->env, &ecb->state.events, ECB_EVENTS_ERRORECB);
    }
}

static void ecb_update(void *self)
{
    struct ecb *ecb = self;
    nrf_events_update_irq(&ecb->env, &ecb->state.events);
}

static bool ecb_get(const struct ecb *ecb, uint32_t offset, uint32_t *value)
{
    if (nrf_events_get(&ecb->state.events, EVENTS, offset, value)) {
        return true;
    }
    switch (offset) {
    case ECB_TASKS_STARTECB:
    case ECB_TASKS_STOPECB:
        *value = 0;
        return true;
    case ECB_ECBDATAPTR:
        *value = ecb->state.ecbdataptr;
        return true;
    default:
        return false;
    }
}

static uint32_t ecb_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return ecb_get(self, offset, &value) ? value : 0;
}

static enum bus_result ecb_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct ecb *ecb = self;
    uint32_t word = 0;
    bool known = ecb_get(ecb, access.offset & ~3U, &word);
    return nrf_finish_read(&ecb->env, access, known, word, value);
}

static void write_register(struct ecb *ecb, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case ECB_TASKS_STARTECB:
        if (nrf_is_trigger(value)) {
            start(ecb);
        }
        break;
    case ECB_TASKS_STOPECB:
        if (nrf_is_trigger(value)) {
            stop(ecb);
        }
        break;
    case ECB_ECBDATAPTR:
        ecb->state.ecbdataptr = value;
        break;
    default:
        nrf_report_unknown_write(&ecb->env, offset);
        break;
    }
}

static enum bus_result ecb_write(void *self, struct bus_access access, uint32_t value)
{
    struct ecb *ecb = self;
    uint32_t offset = access.offset & ~3U;
    uint32_t word = nrf_begin_write(&ecb->env, access, value);
    if (!nrf_events_write(&ecb->state.events, EVENTS, offset, word)) {
        write_register(ecb, offset, word);
    }
    ecb_update(ecb);
    return BUS_OK;
}

static void ecb_reset(void *self, uint32_t reasons)
{
    struct ecb *ecb = self;
    (void)reasons;
    clock_cancel(ecb->env.clock, &ecb->done);
    memset(&ecb->state, 0, offsetof(struct ecb_state, faults));
}

static bool ecb_input(void *self, const struct device_input *input)
{
    struct ecb *ecb = self;
    return device_fault_take(ecb_faults, input, ecb->state.faults);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct ecb_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_faults_are_sane(ecb_faults, s->faults);
}

static const char *ecb_init(void *self, const struct device_env *env)
{
    struct ecb *ecb = self;
    ecb->env = *env;
    ecb->state.random = env->seed;
    event_init(&ecb->done, done, ecb);
    return NULL;
}

static const size_t event_offsets[] = {offsetof(struct ecb, done)};

const struct device_class nrf52_ecb_class = {
    .name = "nrf52-ecb",
    .size_bytes = sizeof(struct ecb),
    .state_offset = offsetof(struct ecb, state),
    .state_bytes = sizeof(struct ecb_state),
    .state_version = 2,
    .state_is_sane = state_is_sane,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .init = ecb_init,
    .reset = ecb_reset,
    .update = ecb_update,
    .read = ecb_read,
    .write = ecb_write,
    .peek = ecb_peek,
    .input = ecb_input,
    .faults = ecb_faults,
};
