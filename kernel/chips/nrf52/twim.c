#include "kernel/chips/nrf52/twim.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/gpio.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    TWIM_TASKS_STARTRX = 0x000,
    TWIM_TASKS_STARTTX = 0x008,
    TWIM_TASKS_STOP = 0x014,
    TWIM_EVENTS_STOPPED = 0x104,
    TWIM_EVENTS_ERROR = 0x124,
    TWIM_SHORTS = 0x200,
    TWIM_INTENSET = 0x304,
    TWIM_ERRORSRC = 0x4C4,
    TWIM_ENABLE = 0x500,
    TWIM_PSEL_SCL = 0x508,
    TWIM_PSEL_SDA = 0x50C,
    TWIM_FREQUENCY = 0x524,
    TWIM_RXD_PTR = 0x534,
    TWIM_RXD_MAXCNT = 0x538,
    TWIM_TXD_PTR = 0x544,
    TWIM_TXD_MAXCNT = 0x548,
    TWIM_ADDRESS = 0x588,
};
#define TWIM_DISABLED              0u
#define TWIM_ENABLED               6u
#define TWIM_SHORTS_LASTTX_STARTRX (1u << 7)
#define TWIM_SHORTS_LASTTX_STOP    (1u << 9)
#define TWIM_SHORTS_LASTRX_STOP    (1u << 12)
#define TWIM_INT_STOPPED           (1u << 1)
#define TWIM_INT_ERROR             (1u << 9)
#define TWIM_ERRORSRC_OVERRUN      (1u << 0)
#define TWIM_ERRORSRC_ANACK        (1u << 1)
#define TWIM_ERRORSRC_DNACK        (1u << 2)
#define TWIM_ADDRESS_MAX           0x7Fu

static volatile uint32_t *twim_register(const struct nrf52_twim *twim, uint32_t offset)
{
    return nrf52_register(twim->config->base, offset);
}

static void start_first(const struct nrf52_twim *twim)
{
    const struct hil_i2c_request *request = twim->first;
    bool writes = request->write.length > 0;
    bool reads = request->read.length > 0;
    *twim_register(twim, TWIM_ADDRESS) = request->address;
    *twim_register(twim, TWIM_TXD_PTR) = (uint32_t)(uintptr_t)request->write.bytes;
    *twim_register(twim, TWIM_TXD_MAXCNT) = request->write.length;
    *twim_register(twim, TWIM_RXD_PTR) = (uint32_t)(uintptr_t)request->read.bytes;
    *twim_register(twim, TWIM_RXD_MAXCNT) = request->read.length;
    *twim_register(twim, TWIM_SHORTS) =
        (writes ? reads ? TWIM_SHORTS_LASTTX_STARTRX : TWIM_SHORTS_LASTTX_STOP : 0) |
        (reads ? TWIM_SHORTS_LASTRX_STOP : 0);
    nrf52_task(twim->config->base, writes ? TWIM_TASKS_STARTTX : TWIM_TASKS_STARTRX);
}

static int twim_transfer(void *self, struct hil_i2c_request *request)
{
    struct nrf52_twim *twim = self;
    uint32_t longest =
        request->write.length > request->read.length ? request->write.length : request->read.length;
    if (request->pending) {
        return K_EBUSY;
    }
    if (longest == 0 || longest > NRF52_DMA_MAX_BYTES) {
        return K_ESIZE;
    }
    if (request->address > TWIM_ADDRESS_MAX) {
        return K_EINVAL;
    }
    request->pending = true;
    request->next = NULL;
    if (twim->first != NULL) {
        twim->last->next = request;
        twim->last = request;
    } else {
        twim->first = request;
        twim->last = request;
        start_first(twim);
    }
    return K_OK;
}

const struct hil_i2c_ops nrf52_twim_ops = {
    .transfer = twim_transfer,
};

static int status_of(uint32_t error_source)
{
    if ((error_source & (TWIM_ERRORSRC_ANACK | TWIM_ERRORSRC_DNACK)) != 0) {
        return K_ENOACK;
    }
    return (error_source & TWIM_ERRORSRC_OVERRUN) != 0 ? K_EFAIL : K_OK;
}

void nrf52_twim_serve(void *self)
{
    struct nrf52_twim *twim = self;
    uint32_t base = twim->config->base;
    if (nrf52_event_is_set(base, TWIM_EVENTS_ERROR)) {
        /* The bus is held until it is told to stop; ERRORSRC waits for STOPPED. */
        nrf52_event_clear(base, TWIM_EVENTS_ERROR);
        if (!nrf52_event_is_set(base, TWIM_EVENTS_STOPPED)) {
            nrf52_task(base, TWIM_TASKS_STOP);
        }
    }
    if (!nrf52_event_is_set(base, TWIM_EVENTS_STOPPED)) {
        return;
    }
    nrf52_event_clear(base, TWIM_EVENTS_STOPPED);
    uint32_t error_source = *twim_register(twim, TWIM_ERRORSRC);
    *twim_register(twim, TWIM_ERRORSRC) = error_source;
    struct hil_i2c_request *request = twim->first;
    if (request == NULL) {
        return;
    }
    twim->first = request->next;
    request->pending = false;
    if (twim->first != NULL) {
        start_first(twim);
    }
    request->done(request->self, status_of(error_source));
}

void nrf52_twim_init(struct nrf52_twim *twim, const struct nrf52_twim_config *config)
{
    *twim = (struct nrf52_twim){.config = config};
    nrf52_pin_take(config->scl_pin, NRF52_PIN_OPEN_DRAIN);
    nrf52_pin_take(config->sda_pin, NRF52_PIN_OPEN_DRAIN);
    *twim_register(twim, TWIM_ENABLE) = TWIM_DISABLED;
    *twim_register(twim, TWIM_PSEL_SCL) = config->scl_pin;
    *twim_register(twim, TWIM_PSEL_SDA) = config->sda_pin;
    *twim_register(twim, TWIM_FREQUENCY) = config->frequency;
    *twim_register(twim, TWIM_INTENSET) = TWIM_INT_STOPPED | TWIM_INT_ERROR;
    *twim_register(twim, TWIM_ENABLE) = TWIM_ENABLED;
}
