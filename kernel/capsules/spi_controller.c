#include "kernel/capsules/spi_controller.h"

#include "kernel/capsule/grant.h"

CAPSULE(spi_controller, .needs = {GRANT, SPI});

/* Nothing of its own: the grant has the upcall and the buffers. */
struct spi_controller_process {
    uint8_t unused;
};
GRANT(spi_controller_grant, struct spi_controller_process, ABI_SPI_CONTROLLER_UPCALLS,
      ABI_SPI_CONTROLLER_ROS, ABI_SPI_CONTROLLER_RWS);

#define FILL_BYTE 0xFFu /* what a read writes */

/* The first process that asks has the device for as long as it lives. */
static int take(struct spi_controller_driver *driver, struct process_id id)
{
    if (!process_id_is_equal(driver->owner, id)) {
        if (process_id_is_alive(driver->owner) || driver->command != 0) {
            return K_ERESERVE;
        }
        driver->owner = id;
    }
    return K_OK;
}

static uint32_t lesser(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* As many of the wanted bytes as the buffers have now. */
static uint32_t count_bytes(const struct spi_controller_driver *driver)
{
    const struct grant *grant = &spi_controller_grant;
    uint32_t count = driver->wanted;
    if (driver->command == ABI_SPI_CONTROLLER_WRITE_READ) {
        count = lesser(count, allow_length(grant, driver->owner, ALLOW_READ_ONLY,
                                           ABI_SPI_CONTROLLER_RO_WRITE));
    }
    if (driver->reads) {
        count = lesser(count, allow_length(grant, driver->owner, ALLOW_READ_WRITE,
                                           ABI_SPI_CONTROLLER_RW_READ));
    }
    return count;
}

static void fill_out(struct spi_controller_driver *driver)
{
    bool in_place = driver->command == ABI_SPI_CONTROLLER_IN_PLACE;
    if (driver->command == ABI_SPI_CONTROLLER_READ) {
        for (uint32_t i = 0; i < SPI_CONTROLLER_PIECE_BYTES; i++) {
            (void)dma_buffer_put(&driver->out, i, FILL_BYTE);
        }
    } else {
        (void)allow_read_dma(&spi_controller_grant, driver->owner,
                             in_place ? ALLOW_READ_WRITE : ALLOW_READ_ONLY,
                             in_place ? ABI_SPI_CONTROLLER_RW_READ : ABI_SPI_CONTROLLER_RO_WRITE,
                             driver->done, dma_part(&driver->out, 0, SPI_CONTROLLER_PIECE_BYTES));
    }
}

/* Sends what comes next; the chip select stays active when that is not the last. K_ESIZE: nothing
 * comes. */
static int send_piece(struct spi_controller_driver *driver)
{
    uint32_t count = count_bytes(driver);
    uint32_t rest = count - lesser(count, driver->done);
    uint32_t piece = lesser(rest, SPI_CONTROLLER_PIECE_BYTES);
    if (rest - piece == 1) {
        piece--; /* nRF52832 cannot read a single byte */
    }
    fill_out(driver);
    driver->piece = piece;
    int status =
        hil_spi_transfer(driver->spi, &driver->out, piece, &driver->in, driver->reads ? piece : 0);
    if (status == K_OK) {
        hil_spi_hold(driver->spi, piece < rest);
    }
    return status;
}

/* Nothing is under way any more. */
static void leave(struct spi_controller_driver *driver)
{
    driver->command = 0;
    hil_spi_hold(driver->spi, false);
}

static command_return transfer(struct spi_controller_driver *driver, struct process_id id,
                               uint32_t command, uint32_t wanted)
{
    if (driver->command != 0) {
        return command_error(K_EBUSY);
    }
    int status = K_OK;
    grant_enter (spi_controller_grant, id, p) {
        (void)p;
        driver->command = command;
        driver->wanted = wanted;
        driver->done = 0;
        driver->reads = command != ABI_SPI_CONTROLLER_WRITE_READ ||
                        allow_length(&spi_controller_grant, id, ALLOW_READ_WRITE,
                                     ABI_SPI_CONTROLLER_RW_READ) > 0;
        status = send_piece(driver);
        if (status != K_OK) {
            leave(driver);
        }
    }
    return grant_answer(command_status(status));
}

/* What changes, from the next transfer on, or tells how the bus is used. */
static command_return setting(struct spi_controller_driver *driver, uint32_t command,
                              uint32_t argument)
{
    struct hil_spi_mode *mode = &driver->mode;
    switch (command) {
    case ABI_SPI_CONTROLLER_SET_RATE:
        if (argument == 0) {
            return command_error(K_EINVAL);
        }
        mode->frequency_hz = argument;
        break;
    case ABI_SPI_CONTROLLER_RATE:
        return command_success_u32(mode->frequency_hz);
    case ABI_SPI_CONTROLLER_SET_PHASE:
        mode->sample_trailing = argument != 0;
        break;
    case ABI_SPI_CONTROLLER_PHASE:
        return command_success_u32(mode->sample_trailing);
    case ABI_SPI_CONTROLLER_SET_POLARITY:
        mode->idle_high = argument != 0;
        break;
    case ABI_SPI_CONTROLLER_POLARITY:
        return command_success_u32(mode->idle_high);
    default:
        return command_error(K_ENOSUPPORT);
    }
    hil_spi_set_mode(driver->spi, *mode);
    return command_success();
}

static bool is_transfer(uint32_t command)
{
    return command == ABI_SPI_CONTROLLER_WRITE_READ || command == ABI_SPI_CONTROLLER_READ ||
           command == ABI_SPI_CONTROLLER_IN_PLACE;
}

static command_return spi_controller_command(void *self, struct process_id id, uint32_t command,
                                             uint32_t argument, uint32_t unused)
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

/* How many bytes of the piece count: all, or those for which the process still has room. */
static uint32_t take_in(struct spi_controller_driver *driver)
{
    if (!driver->reads) {
        return driver->piece;
    }
    return allow_write_dma(&spi_controller_grant, driver->owner, ABI_SPI_CONTROLLER_RW_READ,
                           driver->done, dma_part(&driver->in, 0, driver->piece));
}

static void spi_controller_done(void *self)
{
    struct spi_controller_driver *driver = self;
    bool alive = process_id_is_alive(driver->owner);
    if (alive) {
        driver->done += take_in(driver);
        if (send_piece(driver) == K_OK) {
            return;
        }
    }
    leave(driver);
    if (alive) {
        (void)upcall_schedule(&spi_controller_grant, driver->owner, ABI_SPI_CONTROLLER_UPCALL_DONE,
                              driver->done, 0, 0);
    }
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
