#include "kernel/chips/nrf52/twim.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/chip.h"
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
    GPIO_OUTSET = 0x508,
    GPIO_OUTCLR = 0x50C,
    GPIO_IN = 0x510,
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

/* How long a transfer may take: what parts stretch the clock for (the longest known to us, SHT3x,
 * 15 ms) and its bytes at 100 kHz. */
#define LIMIT_US          50000u
#define LIMIT_US_PER_BYTE 100u

#define RECOVERY_CLOCKS 9u
/* Reads of a register of GPIO, each of 4 cycles or more with the loop around it: 5 us, half a
 * period at 100 kHz. */
#define HALF_PERIOD_READS 80u

static void start_first(const struct nrf52_twim *twim)
{
    const struct nrf52_bus_transfer *transfer = twim->bus.first;
    const struct nrf52_twim_device *device = transfer->device;
    bool writes = transfer->write.length > 0;
    bool reads = transfer->read.length > 0;
    uint32_t base = twim->config->base;
    *nrf52_register(base, TWIM_ADDRESS) = device->address;
    *nrf52_register(base, TWIM_TXD_PTR) = (uint32_t)(uintptr_t)transfer->write.bytes;
    *nrf52_register(base, TWIM_TXD_MAXCNT) = transfer->write.length;
    *nrf52_register(base, TWIM_RXD_PTR) = (uint32_t)(uintptr_t)transfer->read.bytes;
    *nrf52_register(base, TWIM_RXD_MAXCNT) = transfer->read.length;
    *nrf52_register(base, TWIM_SHORTS) =
        (writes ? reads ? TWIM_SHORTS_LASTTX_STARTRX : TWIM_SHORTS_LASTTX_STOP : 0) |
        (reads ? TWIM_SHORTS_LASTRX_STOP : 0);
    uint32_t bytes = transfer->write.length + transfer->read.length;
    nrf52_rtc_delay_start(twim->config->delay, LIMIT_US + LIMIT_US_PER_BYTE * bytes);
    nrf52_task(base, writes ? TWIM_TASKS_STARTTX : TWIM_TASKS_STARTRX);
}

static int twim_transfer(void *self, struct dma_buffer *write, uint32_t write_length,
                         struct dma_buffer *read, uint32_t read_length)
{
    struct nrf52_twim_device *device = self;
    if (write_length > NRF52_DMA_MAX_BYTES || read_length > NRF52_DMA_MAX_BYTES) {
        return device->transfer.pending ? K_EBUSY : K_ESIZE;
    }
    int status = nrf52_bus_prepare(&device->transfer, write, write_length, read, read_length);
    if (status == K_OK &&
        nrf52_bus_add(&device->twim->bus, &device->transfer, device, NRF52_OWNER(device->client))) {
        start_first(device->twim);
    }
    return status;
}

static int twim_set_address(void *self, uint32_t address)
{
    struct nrf52_twim_device *device = self;
    if (!device->any_address) {
        return K_ENOSUPPORT;
    }
    if (address > TWIM_ADDRESS_MAX) {
        return K_EINVAL;
    }
    if (device->transfer.pending) {
        return K_EBUSY;
    }
    device->address = (uint8_t)address;
    return K_OK;
}

static void twim_set_client(void *self, const struct hil_i2c_client *client)
{
    struct nrf52_twim_device *device = self;
    device->client = client;
}

const struct hil_i2c_ops nrf52_twim_ops = {
    .transfer = twim_transfer,
    .set_address = twim_set_address,
    .set_client = twim_set_client,
};

static int status_of(uint32_t error_source)
{
    if ((error_source & (TWIM_ERRORSRC_ANACK | TWIM_ERRORSRC_DNACK)) != 0) {
        return K_ENOACK;
    }
    return (error_source & TWIM_ERRORSRC_OVERRUN) != 0 ? K_EFAIL : K_OK;
}

static void finish_first(struct nrf52_twim *twim, int status)
{
    if (twim->bus.first == NULL) {
        return;
    }
    const struct nrf52_twim_device *device = twim->bus.first->device;
    nrf52_rtc_delay_stop(twim->config->delay);
    nrf52_bus_remove_first(&twim->bus);
    if (twim->bus.first != NULL) {
        start_first(twim);
    }
    hil_i2c_client_done(device->client, status);
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
    uint32_t error_source = *nrf52_register(base, TWIM_ERRORSRC);
    *nrf52_register(base, TWIM_ERRORSRC) = error_source;
    finish_first(twim, status_of(error_source));
}

static bool is_high(uint32_t pin_number)
{
    uint32_t levels = *nrf52_register(nrf52_port_base(pin_number), GPIO_IN);
    return (levels & nrf52_pin_bit(pin_number)) != 0;
}

/* And holds it for half a period. */
static void drive(uint32_t pin_number, bool high)
{
    uint32_t port = nrf52_port_base(pin_number);
    *nrf52_register(port, high ? GPIO_OUTSET : GPIO_OUTCLR) = nrf52_pin_bit(pin_number);
    for (uint32_t i = 0; i < HALF_PERIOD_READS; i++) {
        (void)*nrf52_register(port, GPIO_IN);
    }
}

static void take_pins(const struct nrf52_twim_config *config, enum nrf52_pin_role role)
{
    nrf52_pin_take(config->scl_pin, role);
    nrf52_pin_take(config->sda_pin, role);
}

/* A part that was left in the middle of a byte holds SDA until it has had the rest of its clocks.
 * SDA rises while SCL is high: a STOP, in the end. */
static void recover_bus(const struct nrf52_twim_config *config)
{
    take_pins(config, NRF52_PIN_OPEN_DRAIN_OUTPUT);
    for (uint32_t i = 0; i < RECOVERY_CLOCKS && !is_high(config->sda_pin); i++) {
        drive(config->scl_pin, false);
        drive(config->scl_pin, true);
    }
    drive(config->scl_pin, false);
    drive(config->sda_pin, false);
    drive(config->scl_pin, true);
    drive(config->sda_pin, true);
    take_pins(config, NRF52_PIN_OPEN_DRAIN);
}

static void give_first_up(struct nrf52_twim *twim)
{
    uint32_t base = twim->config->base;
    /* Switched off, it forgets the transfer, and lets go of the pins. */
    *nrf52_register(base, TWIM_ENABLE) = TWIM_DISABLED;
    nrf52_event_clear(base, TWIM_EVENTS_ERROR);
    nrf52_event_clear(base, TWIM_EVENTS_STOPPED);
    *nrf52_register(base, TWIM_ERRORSRC) = *nrf52_register(base, TWIM_ERRORSRC);
    recover_bus(twim->config);
    *nrf52_register(base, TWIM_ENABLE) = TWIM_ENABLED;
    finish_first(twim, K_EFAIL);
}

static void twim_elapsed(void *self)
{
    struct nrf52_twim *twim = self;
    if (twim->bus.first != NULL) {
        give_first_up(twim);
    }
}

void nrf52_twim_stop_dead(void *self)
{
    struct nrf52_twim *twim = self;
    if (nrf52_bus_drop_dead(&twim->bus)) {
        give_first_up(twim);
    }
}

void nrf52_twim_init(struct nrf52_twim *twim, const struct nrf52_twim_config *config)
{
    *twim = (struct nrf52_twim){.config = config};
    twim->delay_client = (struct hil_delay_client){twim_elapsed, twim, NULL};
    config->delay->client = &twim->delay_client;
    take_pins(config, NRF52_PIN_OPEN_DRAIN);
    uint32_t base = config->base;
    *nrf52_register(base, TWIM_ENABLE) = TWIM_DISABLED;
    *nrf52_register(base, TWIM_PSEL_SCL) = config->scl_pin;
    *nrf52_register(base, TWIM_PSEL_SDA) = config->sda_pin;
    *nrf52_register(base, TWIM_FREQUENCY) = config->frequency;
    *nrf52_register(base, TWIM_INTENSET) = TWIM_INT_STOPPED | TWIM_INT_ERROR;
    *nrf52_register(base, TWIM_ENABLE) = TWIM_ENABLED;
}
