#include "kernel/chips/nrf52/comp.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    COMP_TASKS_START = 0x000,
    COMP_TASKS_STOP = 0x004,
    COMP_TASKS_SAMPLE = 0x008,
    COMP_EVENTS_READY = 0x100,
    COMP_EVENTS_UP = 0x108,
    COMP_INTENSET = 0x304,
    COMP_INTENCLR = 0x308,
    COMP_RESULT = 0x400,
    COMP_ENABLE = 0x500,
    COMP_PSEL = 0x504,
    COMP_EXTREFSEL = 0x50C,
    COMP_MODE = 0x534,
    COMP_HYST = 0x538,
};
#define COMP_DISABLED       0u
#define COMP_ENABLED        2u
#define COMP_INT_UP         (1u << 2)
#define COMP_MODE_LOW_POWER 0u
#define COMP_MODE_DIFF      (1u << 8)
#define COMP_HYST_50MV      1u
/* Reads of a register, of 5 cycles or more with the loop around them: ten times the 10 us or less
 * that it takes to start. */
#define START_READS 1300u

static volatile uint32_t *comp_register(uint32_t offset)
{
    return nrf52_register(NRF52_COMP_BASE, offset);
}

static void start(const struct nrf52_comp *comp, uint32_t channel)
{
    *comp_register(COMP_ENABLE) = COMP_ENABLED;
    *comp_register(COMP_MODE) = COMP_MODE_DIFF | COMP_MODE_LOW_POWER;
    *comp_register(COMP_HYST) = COMP_HYST_50MV;
    *comp_register(COMP_PSEL) = comp->channels[channel].positive;
    *comp_register(COMP_EXTREFSEL) = comp->channels[channel].negative;
    nrf52_event_clear(NRF52_COMP_BASE, COMP_EVENTS_READY);
    nrf52_task(NRF52_COMP_BASE, COMP_TASKS_START);
}

static void stop(void)
{
    nrf52_task(NRF52_COMP_BASE, COMP_TASKS_STOP);
    *comp_register(COMP_ENABLE) = COMP_DISABLED;
}

static int check(const struct nrf52_comp *comp, uint32_t channel)
{
    if (channel >= comp->count) {
        return K_EINVAL;
    }
    return comp->watching && comp->watched != channel ? K_EBUSY : K_OK;
}

static int sample(void)
{
    for (uint32_t i = 0; i < START_READS; i++) {
        if (nrf52_event_is_set(NRF52_COMP_BASE, COMP_EVENTS_READY)) {
            nrf52_task(NRF52_COMP_BASE, COMP_TASKS_SAMPLE);
            return *comp_register(COMP_RESULT) != 0;
        }
    }
    return K_EFAIL;
}

static int comp_compare(void *self, uint32_t channel)
{
    const struct nrf52_comp *comp = self;
    int result = check(comp, channel);
    if (result != K_OK) {
        return result;
    }
    if (comp->watching) {
        return sample();
    }
    start(comp, channel);
    result = sample();
    stop();
    return result;
}

static int comp_watch(void *self, uint32_t channel)
{
    struct nrf52_comp *comp = self;
    int status = check(comp, channel);
    if (status == K_OK && !comp->watching) {
        comp->watching = true;
        comp->watched = channel;
        start(comp, channel);
        nrf52_event_clear(NRF52_COMP_BASE, COMP_EVENTS_UP);
        *comp_register(COMP_INTENSET) = COMP_INT_UP;
    }
    return status;
}

static void comp_unwatch(void *self)
{
    struct nrf52_comp *comp = self;
    if (comp->watching) {
        comp->watching = false;
        *comp_register(COMP_INTENCLR) = COMP_INT_UP;
        stop();
    }
}

static void comp_set_client(void *self, const struct hil_comparator_client *client)
{
    struct nrf52_comp *comp = self;
    comp->client = client;
}

const struct hil_comparator_ops nrf52_comp_ops = {
    .compare = comp_compare,
    .watch = comp_watch,
    .unwatch = comp_unwatch,
    .set_client = comp_set_client,
};

void nrf52_comp_serve(void *self)
{
    const struct nrf52_comp *comp = self;
    if (!nrf52_event_is_set(NRF52_COMP_BASE, COMP_EVENTS_UP)) {
        return;
    }
    nrf52_event_clear(NRF52_COMP_BASE, COMP_EVENTS_UP);
    if (comp->watching) {
        hil_comparator_client_rose(comp->client, comp->watched);
    }
}

void nrf52_comp_stop_dead(void *self)
{
    struct nrf52_comp *comp = self;
    if (guard_is_dead(NRF52_OWNER(comp->client))) {
        comp_unwatch(comp);
    }
}

void nrf52_comp_init(struct nrf52_comp *comp, const struct nrf52_comp_channel *channels,
                     uint32_t count)
{
    *comp = (struct nrf52_comp){.channels = channels, .count = count};
}
