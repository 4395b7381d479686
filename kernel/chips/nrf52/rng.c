#include "kernel/chips/nrf52/rng.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    RNG_TASKS_START = 0x000,
    RNG_TASKS_STOP = 0x004,
    RNG_EVENTS_VALRDY = 0x100,
    RNG_INTENSET = 0x304,
    RNG_INTENCLR = 0x308,
    RNG_CONFIG = 0x504,
    RNG_VALUE = 0x508,
};
#define RNG_INT_VALRDY    1u
#define RNG_CONFIG_DERCEN 1u

static int rng_fill(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct nrf52_rng *rng = self;
    if (rng->buffer != NULL) {
        return K_EBUSY;
    }
    int status = dma_buffer_claim(buffer, offset, length, &rng->part);
    if (status != K_OK) {
        return status;
    }
    rng->buffer = buffer;
    rng->filled = 0;
    *nrf52_register(NRF52_RNG_BASE, RNG_CONFIG) = RNG_CONFIG_DERCEN;
    nrf52_event_clear(NRF52_RNG_BASE, RNG_EVENTS_VALRDY);
    *nrf52_register(NRF52_RNG_BASE, RNG_INTENSET) = RNG_INT_VALRDY;
    nrf52_task(NRF52_RNG_BASE, RNG_TASKS_START);
    return K_OK;
}

static void rng_set_client(void *self, const struct hil_entropy_client *client)
{
    struct nrf52_rng *rng = self;
    rng->client = client;
}

const struct hil_entropy_ops nrf52_rng_ops = {
    .fill = rng_fill,
    .set_client = rng_set_client,
};

static void stop(struct nrf52_rng *rng)
{
    nrf52_task(NRF52_RNG_BASE, RNG_TASKS_STOP);
    *nrf52_register(NRF52_RNG_BASE, RNG_INTENCLR) = RNG_INT_VALRDY;
    dma_buffer_release(rng->buffer);
    rng->buffer = NULL;
}

void nrf52_rng_serve(void *self)
{
    struct nrf52_rng *rng = self;
    if (rng->buffer == NULL || !nrf52_event_is_set(NRF52_RNG_BASE, RNG_EVENTS_VALRDY)) {
        return;
    }
    nrf52_event_clear(NRF52_RNG_BASE, RNG_EVENTS_VALRDY);
    slice_put(rng->part, rng->filled, (uint8_t)*nrf52_register(NRF52_RNG_BASE, RNG_VALUE));
    rng->filled++;
    if (rng->filled < rng->part.length) {
        return;
    }
    stop(rng);
    hil_entropy_client_filled(rng->client, K_OK);
}

void nrf52_rng_stop_dead(void *self)
{
    struct nrf52_rng *rng = self;
    if (rng->buffer != NULL && guard_is_dead(NRF52_OWNER(rng->client))) {
        stop(rng);
    }
}
