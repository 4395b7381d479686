#include "kernel/chips/nrf52/spim.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    SPIM_TASKS_START = 0x010,
    SPIM_TASKS_STOP = 0x014,
    SPIM_EVENTS_STOPPED = 0x104,
    SPIM_EVENTS_END = 0x118,
    SPIM_INTENSET = 0x304,
    SPIM_ENABLE = 0x500,
    SPIM_PSEL_SCK = 0x508,
    SPIM_PSEL_MOSI = 0x50C,
    SPIM_PSEL_MISO = 0x510,
    SPIM_FREQUENCY = 0x524,
    SPIM_RXD_PTR = 0x534,
    SPIM_RXD_MAXCNT = 0x538,
    SPIM_TXD_PTR = 0x544,
    SPIM_TXD_MAXCNT = 0x548,
    SPIM_CONFIG = 0x554,
    SPIM_ORC = 0x5C0,
};
#define SPIM_DISABLED          0u
#define SPIM_ENABLED           7u
#define SPIM_INT_END           (1u << 6)
#define SPIM_CONFIG_CPHA       (1u << 1)
#define SPIM_CONFIG_CPOL       (1u << 2)
#define SPIM_ORC_FILL          0xFFu
#define SPIM_FREQUENCY_LOWEST  0x02000000u /* 125 kHz; each bit further up doubles it */
#define SPIM_FREQUENCY_HIGHEST 0x80000000u
#define SPIM_LOWEST_HZ         125000u
/* Reads of a register, of 5 cycles or more with the loop around them: four bytes at the lowest
 * frequency. It stops at the end of a byte. */
#define SPIM_STOP_READS 3300u

static uint32_t longer(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void start_piece(struct nrf52_spim *spim)
{
    uint32_t rest = longer(spim->write_rest.length, spim->read_rest.length);
    uint32_t count = rest < NRF52_DMA_MAX_BYTES ? rest : NRF52_DMA_MAX_BYTES;
    if (NRF52_ERRATUM_58 && rest - count == 1) {
        count--; /* leaves two */
    }
    struct const_slice write = const_slice_part(spim->write_rest, 0, count);
    struct slice read = slice_part(spim->read_rest, 0, count);
    spim->write_rest.bytes += write.length;
    spim->write_rest.length -= write.length;
    spim->read_rest.bytes += read.length;
    spim->read_rest.length -= read.length;
    uint32_t base = spim->config->base;
    *nrf52_register(base, SPIM_TXD_PTR) = (uint32_t)(uintptr_t)write.bytes;
    *nrf52_register(base, SPIM_TXD_MAXCNT) = write.length;
    *nrf52_register(base, SPIM_RXD_PTR) = (uint32_t)(uintptr_t)read.bytes;
    *nrf52_register(base, SPIM_RXD_MAXCNT) = read.length;
    nrf52_task(base, SPIM_TASKS_START);
}

static uint32_t frequency_value(uint32_t frequency_hz)
{
    uint32_t value = SPIM_FREQUENCY_LOWEST;
    uint32_t times = frequency_hz / SPIM_LOWEST_HZ;
    for (; times > 1 && value < SPIM_FREQUENCY_HIGHEST; times /= 2u) {
        value *= 2u;
    }
    return value;
}

static void start_transfer(struct nrf52_spim *spim)
{
    spim->write_rest = spim->bus.first->write;
    spim->read_rest = spim->bus.first->read;
    start_piece(spim);
}

static void start_first(struct nrf52_spim *spim)
{
    const struct nrf52_spim_device *device = spim->bus.first->device;
    uint32_t base = spim->config->base;
    *nrf52_register(base, SPIM_FREQUENCY) = frequency_value(device->mode.frequency_hz);
    *nrf52_register(base, SPIM_CONFIG) = (device->mode.idle_high ? SPIM_CONFIG_CPOL : 0) |
                                         (device->mode.sample_trailing ? SPIM_CONFIG_CPHA : 0);
    nrf52_pin_write(device->select, false);
    start_transfer(spim);
}

static int spim_transfer(void *self, struct dma_buffer *write, uint32_t write_length,
                         struct dma_buffer *read, uint32_t read_length)
{
    struct nrf52_spim_device *device = self;
    if (NRF52_ERRATUM_58 && read_length == 1 && write_length <= 1) {
        return device->transfer.pending ? K_EBUSY : K_ESIZE;
    }
    struct nrf52_bus *bus = &device->spim->bus;
    int status = nrf52_bus_prepare(&device->transfer, write, write_length, read, read_length);
    bool held = bus->first == &device->transfer;
    if (status != K_OK ||
        !nrf52_bus_add(bus, &device->transfer, device, NRF52_OWNER(device->client))) {
        return status;
    }
    if (held) {
        start_transfer(device->spim);
    } else {
        start_first(device->spim);
    }
    return K_OK;
}

static struct hil_spi_mode spim_get_mode(void *self)
{
    const struct nrf52_spim_device *device = self;
    return device->mode;
}

static void spim_set_mode(void *self, struct hil_spi_mode mode)
{
    struct nrf52_spim_device *device = self;
    device->mode = mode;
}

static void spim_set_client(void *self, const struct hil_spi_client *client)
{
    struct nrf52_spim_device *device = self;
    device->client = client;
}

/* The first's chip select rises, and the next has its turn. */
static void leave_first(struct nrf52_spim *spim)
{
    const struct nrf52_spim_device *device = spim->bus.first->device;
    nrf52_pin_write(device->select, true);
    nrf52_bus_remove_first(&spim->bus);
    if (spim->bus.first != NULL) {
        start_first(spim);
    }
}

static void spim_hold(void *self, bool holds)
{
    struct nrf52_spim_device *device = self;
    device->holds = holds;
    if (!holds && device->spim->bus.first == &device->transfer && !device->transfer.pending) {
        leave_first(device->spim);
    }
}

const struct hil_spi_ops nrf52_spim_ops = {
    .transfer = spim_transfer,
    .get_mode = spim_get_mode,
    .set_mode = spim_set_mode,
    .set_client = spim_set_client,
    .hold = spim_hold,
};

static void finish_first(struct nrf52_spim *spim)
{
    const struct nrf52_spim_device *device = spim->bus.first->device;
    if (device->holds) {
        nrf52_bus_hold_first(&spim->bus);
    } else {
        leave_first(spim);
    }
    hil_spi_client_done(device->client);
}

void nrf52_spim_serve(void *self)
{
    struct nrf52_spim *spim = self;
    if (!nrf52_event_is_set(spim->config->base, SPIM_EVENTS_END)) {
        return;
    }
    nrf52_event_clear(spim->config->base, SPIM_EVENTS_END);
    if (spim->bus.first == NULL || !spim->bus.first->pending) {
        return;
    }
    if (longer(spim->write_rest.length, spim->read_rest.length) > 0) {
        start_piece(spim);
        return;
    }
    finish_first(spim);
}

void nrf52_spim_stop_dead(void *self)
{
    struct nrf52_spim *spim = self;
    if (!nrf52_bus_drop_dead(&spim->bus)) {
        return;
    }
    uint32_t base = spim->config->base;
    nrf52_event_clear(base, SPIM_EVENTS_STOPPED);
    nrf52_task(base, SPIM_TASKS_STOP);
    for (uint32_t i = 0; i < SPIM_STOP_READS && !nrf52_event_is_set(base, SPIM_EVENTS_STOPPED);
         i++) {
    }
    *nrf52_register(base, SPIM_ENABLE) = SPIM_DISABLED;
    nrf52_event_clear(base, SPIM_EVENTS_END);
    *nrf52_register(base, SPIM_ENABLE) = SPIM_ENABLED;
    leave_first(spim);
}

void nrf52_spim_device_init(const struct nrf52_spim_device *device)
{
    nrf52_pin_take(device->select->number, NRF52_PIN_OUTPUT_HIGH);
}

void nrf52_spim_init(struct nrf52_spim *spim, const struct nrf52_spim_config *config)
{
    *spim = (struct nrf52_spim){.config = config};
    nrf52_pin_take(config->sck_pin, NRF52_PIN_OUTPUT_LOW);
    nrf52_pin_take(config->mosi_pin, NRF52_PIN_OUTPUT_LOW);
    nrf52_pin_take(config->miso_pin, NRF52_PIN_INPUT);
    uint32_t base = config->base;
    *nrf52_register(base, SPIM_ENABLE) = SPIM_DISABLED;
    *nrf52_register(base, SPIM_PSEL_SCK) = config->sck_pin;
    *nrf52_register(base, SPIM_PSEL_MOSI) = config->mosi_pin;
    *nrf52_register(base, SPIM_PSEL_MISO) = config->miso_pin;
    *nrf52_register(base, SPIM_ORC) = SPIM_ORC_FILL;
    *nrf52_register(base, SPIM_INTENSET) = SPIM_INT_END;
    *nrf52_register(base, SPIM_ENABLE) = SPIM_ENABLED;
}
