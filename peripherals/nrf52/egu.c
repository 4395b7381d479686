#include "peripherals/nrf52/egu.h"

#define ALL_EVENTS ((1U << EGU_CHANNELS) - 1U)

static const struct device_fault egu_faults[] = {
    [EGU_FAULT_TRIGGER_LOST] = {"trigger-lost",
                                "the VALUE-th trigger from now raises no event, once", 1,
                                INT32_MAX},
    [EGU_FAULTS] = {0}};

static bool is_task(uint32_t offset)
{
    return offset < EGU_TASKS_TRIGGER_0 + 4U * EGU_CHANNELS;
}

static void egu_update(void *self)
{
    struct egu *egu = self;
    nrf_events_update_irq(&egu->env, &egu->state.events);
}

static bool egu_get(const struct egu *egu, uint32_t offset, uint32_t *value)
{
    if (nrf_events_get(&egu->state.events, ALL_EVENTS, offset, value)) {
        return true;
    }
    *value = offset == NRF_INTEN ? egu->state.events.inten : 0;
    return offset == NRF_INTEN || is_task(offset);
}

static uint32_t egu_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return egu_get(self, offset, &value) ? value : 0;
}

static enum bus_result egu_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct egu *egu = self;
    uint32_t word = 0;
    bool known = egu_get(egu, access.offset & ~3U, &word);
    return nrf_finish_read(&egu->env, access, known, word, value);
}

static void write_register(struct egu *egu, uint32_t offset, uint32_t value)
{
    struct nrf_events *events = &egu->state.events;
    if (nrf_events_write(events, ALL_EVENTS, offset, value)) {
        return;
    }
    if (offset == NRF_INTEN) {
        events->inten = value & ALL_EVENTS;
    } else if (!is_task(offset)) {
        nrf_report_unknown_write(&egu->env, offset);
    } else if (nrf_is_trigger(value) &&
               !device_fault_strikes(&egu->state.faults[EGU_FAULT_TRIGGER_LOST])) {
        nrf_event_raise(&egu->env, events, EGU_EVENTS_TRIGGERED_0 + offset);
    }
}

static enum bus_result egu_write(void *self, struct bus_access access, uint32_t value)
{
    struct egu *egu = self;
    uint32_t word = nrf_begin_write(&egu->env, access, value);
    write_register(egu, access.offset & ~3U, word);
    egu_update(egu);
    return BUS_OK;
}

static void egu_reset(void *self, uint32_t reasons)
{
    struct egu *egu = self;
    (void)reasons;
    egu->state.events = (struct nrf_events){0};
}

static bool egu_input(void *self, const struct device_input *input)
{
    struct egu *egu = self;
    return device_fault_take(egu_faults, input, egu->state.faults);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct egu_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_faults_are_sane(egu_faults, s->faults);
}

static const char *egu_init(void *self, const struct device_env *env)
{
    struct egu *egu = self;
    egu->env = *env;
    return NULL;
}

const struct device_class nrf52_egu_class = {
    .name = "nrf52-egu",
    .size_bytes = sizeof(struct egu),
    .state_offset = offsetof(struct egu, state),
    .state_bytes = sizeof(struct egu_state),
    .state_version = 2,
    .state_is_sane = state_is_sane,
    .init = egu_init,
    .reset = egu_reset,
    .update = egu_update,
    .read = egu_read,
    .write = egu_write,
    .peek = egu_peek,
    .input = egu_input,
    .faults = egu_faults,
};
