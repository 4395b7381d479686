#include "kernel/chips/nrf52/saadc.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    SAADC_TASKS_START = 0x000,
    SAADC_TASKS_SAMPLE = 0x004,
    SAADC_TASKS_STOP = 0x008,
    SAADC_EVENTS_STARTED = 0x100,
    SAADC_EVENTS_END = 0x104,
    SAADC_EVENTS_STOPPED = 0x114,
    SAADC_INTENSET = 0x304,
    SAADC_ENABLE = 0x500,
    SAADC_CH0_PSELP = 0x510,
    SAADC_CH0_PSELN = 0x514,
    SAADC_CH0_CONFIG = 0x518,
    SAADC_RESOLUTION = 0x5F0,
    SAADC_RESULT_PTR = 0x62C,
    SAADC_RESULT_MAXCNT = 0x630,
};
#define SAADC_INT_STARTED      (1u << 0)
#define SAADC_INT_END          (1u << 1)
#define SAADC_INT_STOPPED      (1u << 5)
#define SAADC_GAIN_1_6         (0u << 8)
#define SAADC_REFSEL_INTERNAL  (0u << 12)
#define SAADC_TACQ_40_US       (5u << 16) /* for sources of up to 800 kohm, as battery dividers are */
#define SAADC_RESOLUTION_12BIT 2u
#define SAADC_PSELN_NONE       0u

static volatile uint32_t *saadc_register(uint32_t offset)
{
    return nrf52_register(NRF52_SAADC_BASE, offset);
}

static int saadc_sample(void *self, uint32_t channel)
{
    struct nrf52_saadc *saadc = self;
    if (saadc->busy) {
        return K_EBUSY;
    }
    if (channel >= saadc->count) {
        return K_EINVAL;
    }
    saadc->busy = true;
    *saadc_register(SAADC_ENABLE) = 1;
    *saadc_register(SAADC_CH0_PSELP) = saadc->inputs[channel];
    *saadc_register(SAADC_RESULT_PTR) = (uint32_t)(uintptr_t)&saadc->result;
    *saadc_register(SAADC_RESULT_MAXCNT) = 1;
    nrf52_task(NRF52_SAADC_BASE, SAADC_TASKS_START);
    return K_OK;
}

static void saadc_set_client(void *self, const struct hil_adc_client *client)
{
    struct nrf52_saadc *saadc = self;
    saadc->client = client;
}

const struct hil_adc_ops nrf52_saadc_ops = {
    .sample = saadc_sample,
    .set_client = saadc_set_client,
};

static bool take_event(uint32_t event)
{
    bool set = nrf52_event_is_set(NRF52_SAADC_BASE, event);
    if (set) {
        nrf52_event_clear(NRF52_SAADC_BASE, event);
    }
    return set;
}

/* START, SAMPLE and STOP each answer with an event; switched off in between it takes no current. */
void nrf52_saadc_serve(void *self)
{
    struct nrf52_saadc *saadc = self;
    if (take_event(SAADC_EVENTS_STARTED)) {
        nrf52_task(NRF52_SAADC_BASE, SAADC_TASKS_SAMPLE);
    }
    if (take_event(SAADC_EVENTS_END)) {
        nrf52_task(NRF52_SAADC_BASE, SAADC_TASKS_STOP);
    }
    if (!take_event(SAADC_EVENTS_STOPPED) || !saadc->busy) {
        return;
    }
    *saadc_register(SAADC_CH0_PSELP) = 0;
    *saadc_register(SAADC_ENABLE) = 0;
    saadc->busy = false;
    int16_t value = *(volatile int16_t *)&saadc->result;
    hil_adc_client_sampled(saadc->client, value > 0 ? (uint32_t)value : 0);
}

void nrf52_saadc_init(struct nrf52_saadc *saadc, const uint8_t *inputs, uint32_t count)
{
    *saadc = (struct nrf52_saadc){.inputs = inputs, .count = count};
    *saadc_register(SAADC_CH0_PSELN) = SAADC_PSELN_NONE;
    *saadc_register(SAADC_CH0_CONFIG) = SAADC_GAIN_1_6 | SAADC_REFSEL_INTERNAL | SAADC_TACQ_40_US;
    *saadc_register(SAADC_RESOLUTION) = SAADC_RESOLUTION_12BIT;
    *saadc_register(SAADC_INTENSET) = SAADC_INT_STARTED | SAADC_INT_END | SAADC_INT_STOPPED;
}
