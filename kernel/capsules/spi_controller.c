#include "kernel/capsules/spi_controller.h"

#include "kernel/capsule/grant.h"

CAPSULE(spi_controller, .needs = {GRANT, SPI});

struct spi_controller_process {
    bool waiting;
};
GRANT(spi_controller_grant, struct spi_controller_process, ABI_SPI_CONTROLLER_UPCALLS,
      ABI_SPI_CONTROLLER_ROS, ABI_SPI_CONTROLLER_RWS);

#define FILL_BYTE 0xFFu /* what a read writes */

/* The first process that asks has the device for as long as it lives. */
static int take(struct spi_controller_driver *driver, struct process_id id)
{
    if (!process_id_is_equal(driver->owner, id)) {
        if (process_id_is_alive(driver->owner) || driver->busy) {
            return K_ERESERVE;
        }
        driver->owner = id;
    }
    return K_OK;
}

/* Sends `length` bytes of `out`; what comes in goes to the read-write buffer if `reads`. */
static struct command_return start(struct spi_controller_driver *driver, struct process_id id,
                                   uint32_t length, bool reads)
{
    int status =
        hil_spi_transfer(driver->spi, &driver->out, length, &driver->in, reads ? length : 0);
    if (status == K_OK) {
        driver->busy = true;
        driver->reads = reads;
        driver->length = length;
        grant_enter (spi_controller_grant, id, p) {
            p->waiting = true;
        }
    }
    return command_status(status);
}

static struct command_return write_and_read(struct spi_controller_driver *driver,
                                            struct process_id id, uint32_t wanted)
{
    const struct grant *grant = &spi_controller_grant;
    uint32_t length = allow_length(grant, id, ALLOW_READ_ONLY, ABI_SPI_CONTROLLER_RO_WRITE);
    uint32_t room = allow_length(grant, id, ALLOW_READ_WRITE, ABI_SPI_CONTROLLER_RW_READ);
    length = length < wanted ? length : wanted;
    if (room > 0) {
        length = length < room ? length : room;
    }
    (void)allow_read_dma(grant, id, ALLOW_READ_ONLY, ABI_SPI_CONTROLLER_RO_WRITE, 0,
                         dma_part(&driver->out, 0, ABI_SPI_CONTROLLER_MAX));
    return start(driver, id, length, room > 0);
}

static struct command_return read_only(struct spi_controller_driver *driver, struct process_id id,
                                       uint32_t wanted)
{
    uint32_t room =
        allow_length(&spi_controller_grant, id, ALLOW_READ_WRITE, ABI_SPI_CONTROLLER_RW_READ);
    for (uint32_t i = 0; i < ABI_SPI_CONTROLLER_MAX; i++) {
        (void)dma_buffer_put(&driver->out, i, FILL_BYTE);
    }
    return start(driver, id, room < wanted ? room : wanted, true);
}

static struct command_return in_place(struct spi_controller_driver *driver, struct process_id id,
                                      uint32_t wanted)
{
    uint32_t room =
        allow_length(&spi_controller_grant, id, ALLOW_READ_WRITE, ABI_SPI_CONTROLLER_RW_READ);
    (void)allow_read_dma(&spi_controller_grant, id, ALLOW_READ_WRITE, ABI_SPI_CONTROLLER_RW_READ, 0,
                         dma_part(&driver->out, 0, ABI_SPI_CONTROLLER_MAX));
    return start(driver, id, room < wanted ? room : wanted, true);
}

static struct command_return transfer(struct spi_controller_driver *driver, struct process_id id,
                                      uint32_t command, uint32_t wanted)
{
    if (driver->busy) {
        return command_error(K_EBUSY);
    }
    grant_enter (spi_controller_grant, id, p) {
        p->waiting = false;
    }
    if (grant_error() != K_OK) {
        return command_error(grant_error());
    }
    switch (command) {
    case ABI_SPI_CONTROLLER_WRITE_READ:
        return write_and_read(driver, id, wanted);
    case ABI_SPI_CONTROLLER_READ:
        return read_only(driver, id, wanted);
    default:
        return in_place(driver, id, wanted);
    }
}

/* From the next transfer on. */
static struct command_return set_mode(struct spi_controller_driver *driver,
                                      struct hil_spi_mode mode)
{
    driver->mode = mode;
    hil_spi_set_mode(driver->spi, mode);
    return command_success();
}

static struct command_return set_rate(struct spi_controller_driver *driver, uint32_t rate_hz)
{
    if (rate_hz == 0) {
        return command_error(K_EINVAL);
    }
    struct hil_spi_mode mode = driver->mode;
    mode.frequency_hz = rate_hz;
    return set_mode(driver, mode);
}

/* What changes or tells how the bus is used. */
static struct command_return setting(struct spi_controller_driver *driver, uint32_t command,
                                     uint32_t argument)
{
    struct hil_spi_mode mode = driver->mode;
    switch (command) {
    case ABI_SPI_CONTROLLER_SET_RATE:
        return set_rate(driver, argument);
    case ABI_SPI_CONTROLLER_RATE:
        return command_success_u32(mode.frequency_hz);
    case ABI_SPI_CONTROLLER_SET_PHASE:
        mode.sample_trailing = argument != 0;
        return set_mode(driver, mode);
    case ABI_SPI_CONTROLLER_PHASE:
        return command_success_u32(mode.sample_trailing);
    case ABI_SPI_CONTROLLER_SET_POLARITY:
        mode.idle_high = argument != 0;
        return set_mode(driver, mode);
    case ABI_SPI_CONTROLLER_POLARITY:
        return command_success_u32(mode.idle_high);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

static bool is_transfer(uint32_t command)
{
    return command == ABI_SPI_CONTROLLER_WRITE_READ || command == ABI_SPI_CONTROLLER_READ ||
           command == ABI_SPI_CONTROLLER_IN_PLACE;
}

static struct command_return spi_controller_command(void *self, struct process_id id,
                                                    uint32_t command, uint32_t argument,
                                                    uint32_t unused)
{
    struct spi_controller_driver *driver = self;
    (void)unused;
    if (command == ABI_COMMAND_EXISTS) {
        return command_success();
    }
    int status = take(driver, id);
    if (status != K_OK) {
        return command_error(status);
    }
    return is_transfer(command) ? transfer(driver, id, command, argument)
                                : setting(driver, command, argument);
}

static void spi_controller_done(void *self)
{
    struct spi_controller_driver *driver = self;
    struct process_id id = driver->owner;
    uint32_t length = driver->length;
    bool waiting = false;
    driver->busy = false;
    grant_enter (spi_controller_grant, id, p) {
        waiting = p->waiting;
        p->waiting = false;
    }
    if (!waiting) {
        return;
    }
    if (driver->reads) {
        length = allow_write_dma(&spi_controller_grant, id, ABI_SPI_CONTROLLER_RW_READ, 0,
                                 dma_part(&driver->in, 0, length));
    }
    (void)upcall_schedule(&spi_controller_grant, id, ABI_SPI_CONTROLLER_UPCALL_DONE, length, 0, 0);
}

const struct driver_ops spi_controller_driver_ops = {
    .number = ABI_DRIVER_SPI_CONTROLLER,
    .command = spi_controller_command,
    .grant = &spi_controller_grant,
    .owner = &this_capsule,
};

void spi_controller_init(struct spi_controller_driver *driver, const struct hil_spi *spi)
{
    *driver = (struct spi_controller_driver){
        .spi = spi,
        .client = {spi_controller_done, driver, &this_capsule},
        .mode = hil_spi_get_mode(spi),
        .out = DMA_BUFFER_OF(driver->out_bytes),
        .in = DMA_BUFFER_OF(driver->in_bytes),
    };
    hil_spi_set_client(spi, &driver->client);
}
