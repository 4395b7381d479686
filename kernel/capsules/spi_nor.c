#include "kernel/capsules/spi_nor.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"

CAPSULE(spi_nor, .needs = {DELAY, FLASH, SPI});

#define OPCODE_PROGRAM      0x02u
#define OPCODE_READ         0x03u
#define OPCODE_READ_STATUS  0x05u
#define OPCODE_WRITE_ENABLE 0x06u
#define OPCODE_ERASE_4_KB   0x20u
#define OPCODE_READ_ID      0x9Fu
#define STATUS_WIP          (1u << 0)
#define STATUS_WEL          (1u << 1)
#define JEDEC_ID_BYTES      3u

/* Typical times: a program takes 0.4 to 0.9 ms, an erase 40 to 70 ms and 300 ms at most. */
#define PROGRAM_POLL_US 400u
#define ERASE_POLL_US   5000u
#define POLLS_MAX       200u

/* One instruction under one chip select: `length` bytes go out, behind the first as many are read
 * as come in with them. */
static int nor_send(struct spi_nor *nor, enum spi_nor_step step, uint32_t length, bool reads)
{
    nor->step = step;
    return hil_spi_transfer(nor->config->spi, &nor->out, length, &nor->in, reads ? length : 0u);
}

static int ask(struct spi_nor *nor, enum spi_nor_step step, uint32_t opcode, uint32_t answer_bytes)
{
    (void)dma_buffer_put(&nor->out, 0, (uint8_t)opcode);
    return nor_send(nor, step, 1u + answer_bytes, answer_bytes > 0);
}

static int run_operation(struct spi_nor *nor)
{
    static const uint8_t opcodes[] = {OPCODE_READ, OPCODE_PROGRAM, OPCODE_ERASE_4_KB};
    uint32_t length = nor->operation == SPI_NOR_ERASE ? 0 : nor->length;
    (void)dma_buffer_put(&nor->out, 0, opcodes[nor->operation]);
    (void)dma_buffer_put(&nor->out, 1, (uint8_t)(nor->address >> 16));
    (void)dma_buffer_put(&nor->out, 2, (uint8_t)(nor->address >> 8));
    (void)dma_buffer_put(&nor->out, 3, (uint8_t)nor->address);
    if (nor->operation == SPI_NOR_PROGRAM) {
        for (uint32_t i = 0; i < length; i++) {
            uint8_t byte = dma_buffer_held_get(nor->buffer, &this_capsule, i);
            (void)dma_buffer_put(&nor->out, SPI_NOR_HEADER_BYTES + i, byte);
        }
    }
    return nor_send(nor, SPI_NOR_RUN, SPI_NOR_HEADER_BYTES + length,
                    nor->operation == SPI_NOR_READ);
}

/* From a flash that is known to be there. */
static int begin_known(struct spi_nor *nor)
{
    nor->identified = true;
    if (nor->operation == SPI_NOR_READ) {
        return run_operation(nor);
    }
    return ask(nor, SPI_NOR_ENABLE_WRITES, OPCODE_WRITE_ENABLE, 0);
}

static int nor_begin(struct spi_nor *nor, enum spi_nor_operation operation, uint32_t address,
                     struct dma_buffer *buffer, uint32_t length)
{
    int status = hil_flash_check(nor->config->size_bytes, address, length);
    if (nor->step != SPI_NOR_IDLE) {
        return K_EBUSY;
    }
    if (status != K_OK) {
        return status;
    }
    nor->operation = operation;
    nor->address = address;
    nor->buffer = buffer;
    nor->length = length;
    nor->polls = 0;
    status = nor->identified ? begin_known(nor)
                             : ask(nor, SPI_NOR_IDENTIFY, OPCODE_READ_ID, JEDEC_ID_BYTES);
    if (status != K_OK) {
        nor->step = SPI_NOR_IDLE;
    }
    return status;
}

static void nor_finish(struct spi_nor *nor, int status)
{
    nor->step = SPI_NOR_IDLE;
    nor->identified = status == K_OK;
    if (nor->operation != SPI_NOR_ERASE) {
        dma_buffer_hand_back(nor->buffer, &this_capsule);
    }
    hil_flash_client_done(nor->client, status);
}

static bool is_the_one(const struct spi_nor *nor)
{
    uint32_t id = 0;
    for (uint32_t i = 0; i < JEDEC_ID_BYTES; i++) {
        id |= (uint32_t)dma_buffer_get(&nor->in, 1u + i) << 8u * i;
    }
    return id == nor->config->jedec_id;
}

static void take_what_was_read(struct spi_nor *nor)
{
    for (uint32_t i = 0; i < nor->length; i++) {
        uint8_t byte = dma_buffer_get(&nor->in, SPI_NOR_HEADER_BYTES + i);
        (void)dma_buffer_held_put(nor->buffer, &this_capsule, i, byte);
    }
}

static void wait_for_flash(struct spi_nor *nor)
{
    bool erases = nor->operation == SPI_NOR_ERASE;
    nor->polls++;
    nor->step = SPI_NOR_POLL;
    hil_delay_start(nor->config->delay, erases ? ERASE_POLL_US : PROGRAM_POLL_US);
}

/* The instruction of a step is over: the next one, or the end. */
static void spi_nor_done(void *self)
{
    struct spi_nor *nor = self;
    uint32_t answer = dma_buffer_get(&nor->in, 1);
    int status = K_OK;
    bool ended = false;
    switch (nor->step) {
    case SPI_NOR_IDENTIFY:
        status = is_the_one(nor) ? begin_known(nor) : K_ENODEVICE;
        break;
    case SPI_NOR_ENABLE_WRITES:
        status = ask(nor, SPI_NOR_CHECK_WRITES, OPCODE_READ_STATUS, 1);
        break;
    case SPI_NOR_CHECK_WRITES:
        status = (answer & STATUS_WEL) != 0 ? run_operation(nor) : K_EFAIL;
        break;
    case SPI_NOR_RUN:
        if (nor->operation == SPI_NOR_READ) {
            take_what_was_read(nor);
            ended = true;
        } else {
            wait_for_flash(nor);
        }
        break;
    case SPI_NOR_POLL:
        ended = (answer & STATUS_WIP) == 0;
        if (!ended && nor->polls < POLLS_MAX) {
            wait_for_flash(nor);
        } else if (!ended) {
            status = K_EFAIL;
        }
        break;
    case SPI_NOR_IDLE:
        return;
    }
    if (ended || status != K_OK) {
        nor_finish(nor, status);
    }
}

static void spi_nor_elapsed(void *self)
{
    struct spi_nor *nor = self;
    if (nor->step == SPI_NOR_POLL) {
        int status = ask(nor, SPI_NOR_POLL, OPCODE_READ_STATUS, 1);
        if (status != K_OK) {
            nor_finish(nor, status);
        }
    }
}

static int spi_nor_read(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    struct spi_nor *nor = self;
    return nor_begin(nor, SPI_NOR_READ, address, buffer, length);
}

static int spi_nor_program(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    struct spi_nor *nor = self;
    return nor_begin(nor, SPI_NOR_PROGRAM, address, buffer, length);
}

static int spi_nor_erase(void *self, uint32_t address)
{
    struct spi_nor *nor = self;
    if (address % HIL_FLASH_SECTOR_BYTES != 0) {
        return K_EINVAL;
    }
    return nor_begin(nor, SPI_NOR_ERASE, address, &nor->out, 0);
}

static void spi_nor_set_client(void *self, const struct hil_flash_client *client)
{
    struct spi_nor *nor = self;
    nor->client = client;
}

static const struct hil_flash_ops spi_nor_ops = {
    .read = spi_nor_read,
    .program = spi_nor_program,
    .erase = spi_nor_erase,
    .set_client = spi_nor_set_client,
};

void spi_nor_init(struct spi_nor *nor, const struct spi_nor_config *config)
{
    *nor = (struct spi_nor){
        .config = config,
        .flash = {.ops = &spi_nor_ops,
                  .self = nor,
                  .size_bytes = config->size_bytes,
                  .owner = &this_capsule},
        .spi_client = {.done = spi_nor_done, .self = nor, .owner = &this_capsule},
        .delay_client = {.elapsed = spi_nor_elapsed, .self = nor, .owner = &this_capsule},
        .out = DMA_BUFFER_OF(nor->out_bytes),
        .in = DMA_BUFFER_OF(nor->in_bytes),
    };
    hil_spi_set_client(config->spi, &nor->spi_client);
    hil_delay_set_client(config->delay, &nor->delay_client);
}
