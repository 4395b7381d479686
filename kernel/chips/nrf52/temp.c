#include "kernel/chips/nrf52/temp.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    TEMP_TASKS_START = 0x000,
    TEMP_TASKS_STOP = 0x004,
    TEMP_EVENTS_DATARDY = 0x100,
    TEMP_INTENSET = 0x304,
    TEMP_INTENCLR = 0x308,
    TEMP_TEMP = 0x508,
};
#define TEMP_INT_DATARDY           1u
#define CENTIDEGREES_PER_TEMP_STEP 25 /* TEMP counts quarters of a degree, signed */

static int temp_measure(void *self)
{
    struct nrf52_temp *temp = self;
    if (temp->busy) {
        return K_EBUSY;
    }
    temp->busy = true;
    nrf52_event_clear(NRF52_TEMP_BASE, TEMP_EVENTS_DATARDY);
    *nrf52_register(NRF52_TEMP_BASE, TEMP_INTENSET) = TEMP_INT_DATARDY;
    nrf52_task(NRF52_TEMP_BASE, TEMP_TASKS_START);
    return K_OK;
}

static void temp_set_client(void *self, const struct hil_sensor_client *client)
{
    struct nrf52_temp *temp = self;
    temp->client = client;
}

const struct hil_sensor_ops nrf52_temp_ops = {
    .measure = temp_measure,
    .set_client = temp_set_client,
};

void nrf52_temp_serve(void *self)
{
    struct nrf52_temp *temp = self;
    if (!temp->busy || !nrf52_event_is_set(NRF52_TEMP_BASE, TEMP_EVENTS_DATARDY)) {
        return;
    }
    nrf52_event_clear(NRF52_TEMP_BASE, TEMP_EVENTS_DATARDY);
    *nrf52_register(NRF52_TEMP_BASE, TEMP_INTENCLR) = TEMP_INT_DATARDY;
    int32_t steps = (int32_t)*nrf52_register(NRF52_TEMP_BASE, TEMP_TEMP);
    nrf52_task(NRF52_TEMP_BASE, TEMP_TASKS_STOP);
    temp->busy = false;
    hil_sensor_client_measured(temp->client, K_OK, steps * CENTIDEGREES_PER_TEMP_STEP);
}
