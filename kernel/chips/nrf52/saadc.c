#include "kernel/chips/nrf52/saadc.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/chip.h"
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
enum {
    TIMER1_TASKS_START = 0x000,
    TIMER1_TASKS_STOP = 0x004,
    TIMER1_TASKS_CLEAR = 0x00C,
    TIMER1_EVENTS_COMPARE0 = 0x140,
    TIMER1_SHORTS = 0x200,
    TIMER1_BITMODE = 0x508,
    TIMER1_PRESCALER = 0x510,
    TIMER1_CC0 = 0x540,
};
#define TIMER_COMPARE0_CLEAR (1u << 0)
#define TIMER_BITMODE_32     3u
#define TIMER_HZ             16000000u
enum {
    PPI_CHENSET = 0x504,
    PPI_CHENCLR = 0x508,
    PPI_CH0_EEP = 0x510,
    PPI_CH0_TEP = 0x514,
    PPI_CH1_EEP = 0x518,
    PPI_CH1_TEP = 0x51C,
};
#define PPI_CHANNELS (1u << 0 | 1u << 1)
/* Reads of STOPPED, which comes when the conversion under way has ended: 42 us at most. */
#define STOP_READS_MAX         1000u
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

static void set_result(struct nrf52_saadc *saadc, uint32_t half)
{
    *saadc_register(SAADC_RESULT_PTR) = (uint32_t)(uintptr_t)saadc->results[half];
}

static int start(struct nrf52_saadc *saadc, uint32_t channel, uint32_t batch)
{
    if (saadc->busy) {
        return K_EBUSY;
    }
    if (channel >= saadc->count) {
        return K_EINVAL;
    }
    saadc->busy = true;
    saadc->which = 0;
    saadc->batch = (uint8_t)batch;
    *saadc_register(SAADC_ENABLE) = 1;
    *saadc_register(SAADC_CH0_PSELP) = saadc->inputs[channel];
    set_result(saadc, 0);
    *saadc_register(SAADC_RESULT_MAXCNT) = batch;
    nrf52_task(NRF52_SAADC_BASE, SAADC_TASKS_START);
    return K_OK;
}

static int saadc_sample(void *self, uint32_t channel)
{
    return start(self, channel, 1);
}

static void connect(uint32_t event_register, uint32_t event, uint32_t task)
{
    *nrf52_register(NRF52_PPI_BASE, event_register) = event;
    *nrf52_register(NRF52_PPI_BASE, event_register + (PPI_CH0_TEP - PPI_CH0_EEP)) = task;
}

static int saadc_repeat(void *self, uint32_t channel, uint32_t frequency_hz, uint32_t batch)
{
    struct nrf52_saadc *saadc = self;
    if (frequency_hz == 0 || frequency_hz > NRF52_SAADC_MAX_HZ) {
        return K_EINVAL;
    }
    int status = start(saadc, channel, batch < NRF52_SAADC_SAMPLES ? batch : NRF52_SAADC_SAMPLES);
    if (status != K_OK) {
        return status;
    }
    saadc->repeating = true;
    connect(PPI_CH0_EEP, NRF52_TIMER1_BASE + TIMER1_EVENTS_COMPARE0,
            NRF52_SAADC_BASE + SAADC_TASKS_SAMPLE);
    connect(PPI_CH1_EEP, NRF52_SAADC_BASE + SAADC_EVENTS_END, NRF52_SAADC_BASE + SAADC_TASKS_START);
    *nrf52_register(NRF52_PPI_BASE, PPI_CHENSET) = PPI_CHANNELS;
    *nrf52_register(NRF52_TIMER1_BASE, TIMER1_BITMODE) = TIMER_BITMODE_32;
    *nrf52_register(NRF52_TIMER1_BASE, TIMER1_PRESCALER) = 0;
    *nrf52_register(NRF52_TIMER1_BASE, TIMER1_SHORTS) = TIMER_COMPARE0_CLEAR;
    *nrf52_register(NRF52_TIMER1_BASE, TIMER1_CC0) = TIMER_HZ / frequency_hz;
    nrf52_task(NRF52_TIMER1_BASE, TIMER1_TASKS_CLEAR);
    nrf52_task(NRF52_TIMER1_BASE, TIMER1_TASKS_START);
    return K_OK;
}

static void switch_off(struct nrf52_saadc *saadc)
{
    *saadc_register(SAADC_CH0_PSELP) = 0;
    *saadc_register(SAADC_ENABLE) = 0;
    saadc->busy = false;
}

static void saadc_stop(void *self)
{
    struct nrf52_saadc *saadc = self;
    if (!saadc->repeating) {
        return;
    }
    saadc->repeating = false;
    nrf52_task(NRF52_TIMER1_BASE, TIMER1_TASKS_STOP);
    *nrf52_register(NRF52_PPI_BASE, PPI_CHENCLR) = PPI_CHANNELS;
    nrf52_event_clear(NRF52_SAADC_BASE, SAADC_EVENTS_STOPPED);
    nrf52_task(NRF52_SAADC_BASE, SAADC_TASKS_STOP);
    for (uint32_t reads = 0;
         reads < STOP_READS_MAX && !nrf52_event_is_set(NRF52_SAADC_BASE, SAADC_EVENTS_STOPPED);
         reads++) {
    }
    nrf52_event_clear(NRF52_SAADC_BASE, SAADC_EVENTS_STARTED);
    nrf52_event_clear(NRF52_SAADC_BASE, SAADC_EVENTS_END);
    nrf52_event_clear(NRF52_SAADC_BASE, SAADC_EVENTS_STOPPED);
    switch_off(saadc);
}

static void saadc_set_client(void *self, const struct hil_adc_client *client)
{
    struct nrf52_saadc *saadc = self;
    saadc->client = client;
}

const struct hil_adc_ops nrf52_saadc_ops = {
    .sample = saadc_sample,
    .set_client = saadc_set_client,
    .repeat = saadc_repeat,
    .stop = saadc_stop,
};

static bool take_event(uint32_t event)
{
    bool set = nrf52_event_is_set(NRF52_SAADC_BASE, event);
    if (set) {
        nrf52_event_clear(NRF52_SAADC_BASE, event);
    }
    return set;
}

static void deliver(const struct nrf52_saadc *saadc, uint32_t half, uint32_t i)
{
    int16_t value = *(const volatile int16_t *)&saadc->results[half][i];
    hil_adc_client_sampled(saadc->client, value > 0 ? (uint32_t)value : 0);
}

/* The half that is full; the other one is being filled already. The client may stop it. */
static void serve_batch(struct nrf52_saadc *saadc)
{
    bool is_full = take_event(SAADC_EVENTS_END);
    uint32_t full = saadc->which;
    saadc->which ^= is_full ? 1u : 0u;
    if (take_event(SAADC_EVENTS_STARTED)) {
        set_result(saadc, saadc->which ^ 1u); /* taken over with the next START */
    }
    for (uint32_t i = 0; is_full && saadc->repeating && i < saadc->batch; i++) {
        deliver(saadc, full, i);
    }
}

/* START, SAMPLE and STOP each answer with an event; switched off in between it takes no current. */
void nrf52_saadc_serve(void *self)
{
    struct nrf52_saadc *saadc = self;
    if (saadc->repeating) {
        serve_batch(saadc);
        return;
    }
    if (take_event(SAADC_EVENTS_STARTED)) {
        nrf52_task(NRF52_SAADC_BASE, SAADC_TASKS_SAMPLE);
    }
    if (take_event(SAADC_EVENTS_END)) {
        nrf52_task(NRF52_SAADC_BASE, SAADC_TASKS_STOP);
    }
    if (!take_event(SAADC_EVENTS_STOPPED) || !saadc->busy) {
        return;
    }
    switch_off(saadc);
    deliver(saadc, 0, 0);
}

void nrf52_saadc_stop_dead(void *self)
{
    struct nrf52_saadc *saadc = self;
    if (guard_is_dead(NRF52_OWNER(saadc->client))) {
        saadc_stop(saadc);
    }
}

void nrf52_saadc_init(struct nrf52_saadc *saadc, const uint8_t *inputs, uint32_t count)
{
    *saadc = (struct nrf52_saadc){.inputs = inputs, .count = count};
    *saadc_register(SAADC_CH0_PSELN) = SAADC_PSELN_NONE;
    *saadc_register(SAADC_CH0_CONFIG) = SAADC_GAIN_1_6 | SAADC_REFSEL_INTERNAL | SAADC_TACQ_40_US;
    *saadc_register(SAADC_RESOLUTION) = SAADC_RESOLUTION_12BIT;
    *saadc_register(SAADC_INTENSET) = SAADC_INT_STARTED | SAADC_INT_END | SAADC_INT_STOPPED;
}
