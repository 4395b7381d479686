#include "peripherals/nrf52/nrf_common.h"

#include "peripherals/nrf52/errata.h"

void nrf_events_update_irq(const struct device_env *env, const struct nrf_events *events)
{
    irq_line_set(&env->irq, (events->generated & events->inten) != 0);
}

void nrf_event_set(struct nrf_events *events, uint32_t offset)
{
    events->generated |= NRF_EVENT_BIT(offset);
}

void nrf_event_raise(const struct device_env *env, struct nrf_events *events, uint32_t offset)
{
    nrf_event_set(events, offset);
    nrf_events_update_irq(env, events);
    event_port_raise(&env->events, offset);
}

static bool is_event(uint32_t implemented, uint32_t offset)
{
    return offset >= NRF_EVENTS_FIRST && offset <= NRF_EVENTS_LAST &&
           (implemented & NRF_EVENT_BIT(offset)) != 0;
}

bool nrf_events_get(const struct nrf_events *events, uint32_t implemented, uint32_t offset,
                    uint32_t *value)
{
    if (offset == NRF_INTENSET || offset == NRF_INTENCLR) {
        *value = events->inten;
        return true;
    }
    if (is_event(implemented, offset)) {
        *value = (events->generated & NRF_EVENT_BIT(offset)) != 0;
        return true;
    }
    return false;
}

bool nrf_events_write(struct nrf_events *events, uint32_t implemented, uint32_t offset,
                      uint32_t value)
{
    if (offset == NRF_INTENSET) {
        events->inten |= value & implemented;
        return true;
    }
    if (offset == NRF_INTENCLR) {
        events->inten &= ~value;
        return true;
    }
    if (!is_event(implemented, offset)) {
        return false;
    }
    if ((value & 1U) == 0) {
        events->generated &= ~NRF_EVENT_BIT(offset);
    }
    return true;
}

enum bus_result nrf_finish_read(const struct device_env *env, struct bus_access access, bool known,
                                uint32_t word, uint32_t *value)
{
    uint32_t address = env->base + (access.offset & ~3U);
    if (!known) {
        word = 0;
        if (!nrf52_errata_get(address, &word)) {
            device_guest_error(env, access.offset, "read of a register that does not exist");
        }
    }
    word >>= (access.offset & 3U) * 8U;
    *value = access.size_bytes == 4 ? word : word & ((1U << (access.size_bytes * 8U)) - 1U);
    return BUS_OK;
}

uint32_t nrf_begin_write(const struct device_env *env, struct bus_access access, uint32_t value)
{
    if (access.size_bytes == 4) {
        return value;
    }
    device_guest_error(env, access.offset,
                       "narrow write to a word register: the value is repeated over the word");
    return access.size_bytes == 1 ? (value & 0xFFU) * 0x01010101U : (value & 0xFFFFU) * 0x00010001U;
}

void nrf_claim_pin(const struct device_env *env, uint32_t *claimed, uint32_t pin,
                   enum wire_level level)
{
    uint32_t before = *claimed;
    uint32_t now = pin >= env->pin_count || level == WIRE_FLOATING ? 0 : pin + 1;
    *claimed = now;
    if (before != 0 && before != now) {
        wire_drive(&env->pins[before - 1].claim, WIRE_FLOATING);
    }
    if (now != 0) {
        wire_drive(&env->pins[now - 1].claim, level);
    }
}

void nrf_report_unknown_write(const struct device_env *env, uint32_t offset)
{
    uint32_t value;
    if (!nrf52_errata_get(env->base + offset, &value)) {
        device_guest_error(env, offset, "write to a register that does not exist or is read-only");
    }
}
