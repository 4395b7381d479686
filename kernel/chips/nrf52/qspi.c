#include "kernel/chips/nrf52/qspi.h"

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    QSPI_TASKS_ACTIVATE = 0x000,
    QSPI_TASKS_READSTART = 0x004,
    QSPI_TASKS_WRITESTART = 0x008,
    QSPI_TASKS_ERASESTART = 0x00C,
    QSPI_TASKS_DEACTIVATE = 0x010,
    QSPI_EVENTS_READY = 0x100,
    QSPI_INTENSET = 0x304,
    QSPI_INTENCLR = 0x308,
    QSPI_ENABLE = 0x500,
    QSPI_READ_SRC = 0x504,
    QSPI_READ_DST = 0x508,
    QSPI_READ_CNT = 0x50C,
    QSPI_WRITE_DST = 0x510,
    QSPI_WRITE_SRC = 0x514,
    QSPI_WRITE_CNT = 0x518,
    QSPI_ERASE_PTR = 0x51C,
    QSPI_ERASE_LEN = 0x520,
    QSPI_PSEL_SCK = 0x524,
    QSPI_PSEL_CSN = 0x528,
    QSPI_PSEL_IO0 = 0x530,
    QSPI_IFCONFIG0 = 0x544,
    QSPI_IFCONFIG1 = 0x600,
    QSPI_CINSTRCONF = 0x634,
    QSPI_CINSTRDAT0 = 0x638,
};
#define QSPI_INT_READY         1u
#define QSPI_ERASE_LEN_4KB     0u
#define QSPI_READOC_READ4IO    4u
#define QSPI_WRITEOC_PP4IO     (3u << 3)
#define QSPI_IFCONFIG1_SETUP   0x00040404u /* its reset value, and 250 ns between instructions */
#define QSPI_SCKFREQ_8_MHZ     (3u << 28)  /* 32 MHz / 4: what the flash does at low power */
#define QSPI_CINSTR_LENGTH     8u          /* the bit's place: bytes with the opcode */
#define QSPI_CINSTR_LINES_HIGH (3u << 12)  /* write protect and hold are not asked for */
#define QSPI_CINSTR_WIPWAIT    (1u << 14)
#define QSPI_CINSTR_WREN       (1u << 15)

#define OPCODE_WRITE_STATUS 0x01u
#define OPCODE_READ_STATUS  0x05u
#define OPCODE_READ_ID      0x9Fu
#define STATUS_QUAD_ENABLE  (1u << 6)
#define JEDEC_ID_MASK       0x00FFFFFFu

#define LIMIT_US 2000000u /* a sector's erase takes 240 ms at most */
/* Before interrupts: reads of a register, of 5 cycles or more with the loop around them. A status
 * register takes 10 ms. */
#define START_READS 300000u

static volatile uint32_t *qspi_register(uint32_t offset)
{
    return nrf52_register(NRF52_QSPI_BASE, offset);
}

static void instruct(uint32_t opcode, uint32_t bytes, uint32_t flags)
{
    *qspi_register(QSPI_CINSTRCONF) =
        opcode | (1u + bytes) << QSPI_CINSTR_LENGTH | QSPI_CINSTR_LINES_HIGH | flags;
}

static int check(const struct nrf52_qspi *qspi, uint32_t address, uint32_t length)
{
    if (!qspi->present) {
        return K_ENODEVICE;
    }
    if (qspi->busy) {
        return K_EBUSY;
    }
    return hil_flash_check(qspi->config->size_bytes, address, length);
}

static void qspi_begin(struct nrf52_qspi *qspi, struct dma_buffer *buffer, uint32_t task)
{
    qspi->buffer = buffer;
    qspi->busy = true;
    qspi->waits = task == QSPI_TASKS_READSTART;
    nrf52_rtc_delay_ops.start(qspi->config->delay, LIMIT_US);
    nrf52_task(NRF52_QSPI_BASE, task);
}

static int claim(struct dma_buffer *buffer, uint32_t length, uint32_t *address)
{
    struct slice part = {NULL, 0};
    int status = dma_buffer_claim(buffer, 0, length, &part);
    *address = (uint32_t)(uintptr_t)part.bytes;
    if (status == K_OK && *address % 4u != 0) {
        dma_buffer_release(buffer);
        status = K_EINVAL;
    }
    return status;
}

/* The registers of one direction. */
struct direction {
    uint32_t address, memory, count, task;
};
static const struct direction reading = {QSPI_READ_SRC, QSPI_READ_DST, QSPI_READ_CNT,
                                         QSPI_TASKS_READSTART};
static const struct direction writing = {QSPI_WRITE_DST, QSPI_WRITE_SRC, QSPI_WRITE_CNT,
                                         QSPI_TASKS_WRITESTART};

static int transfer(struct nrf52_qspi *qspi, const struct direction *direction, uint32_t address,
                    struct dma_buffer *buffer, uint32_t length)
{
    uint32_t memory = 0;
    int status = check(qspi, address, length);
    if (status == K_OK) {
        status = claim(buffer, length, &memory);
    }
    if (status == K_OK) {
        *qspi_register(direction->address) = address;
        *qspi_register(direction->memory) = memory;
        *qspi_register(direction->count) = length;
        qspi_begin(qspi, buffer, direction->task);
    }
    return status;
}

static int qspi_read(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    return transfer(self, &reading, address, buffer, length);
}

static int qspi_program(void *self, uint32_t address, struct dma_buffer *buffer, uint32_t length)
{
    return transfer(self, &writing, address, buffer, length);
}

static int qspi_erase(void *self, uint32_t address)
{
    struct nrf52_qspi *qspi = self;
    int status = check(qspi, address, 0);
    if (status == K_OK && address % HIL_FLASH_SECTOR_BYTES != 0) {
        status = K_EINVAL;
    }
    if (status == K_OK) {
        *qspi_register(QSPI_ERASE_PTR) = address;
        *qspi_register(QSPI_ERASE_LEN) = QSPI_ERASE_LEN_4KB;
        qspi_begin(qspi, NULL, QSPI_TASKS_ERASESTART);
    }
    return status;
}

static void qspi_set_client(void *self, const struct hil_flash_client *client)
{
    struct nrf52_qspi *qspi = self;
    qspi->client = client;
}

const struct hil_flash_ops nrf52_qspi_ops = {qspi_read, qspi_program, qspi_erase, qspi_set_client};

static void qspi_finish(struct nrf52_qspi *qspi, int status)
{
    nrf52_rtc_delay_stop(qspi->config->delay);
    qspi->busy = false;
    if (qspi->buffer != NULL) {
        dma_buffer_release(qspi->buffer);
    }
    hil_flash_client_done(qspi->client, status);
}

/* READY comes when a program or an erase has been sent. The next instruction waits for the flash:
 * when that one is ready, so is the operation. */
void nrf52_qspi_serve(void *self)
{
    struct nrf52_qspi *qspi = self;
    if (!nrf52_event_is_set(NRF52_QSPI_BASE, QSPI_EVENTS_READY)) {
        return;
    }
    nrf52_event_clear(NRF52_QSPI_BASE, QSPI_EVENTS_READY);
    if (!qspi->busy) {
        return;
    }
    if (qspi->waits) {
        qspi_finish(qspi, K_OK);
    } else {
        qspi->waits = true;
        instruct(OPCODE_READ_STATUS, 1, QSPI_CINSTR_WIPWAIT);
    }
}

/* Before interrupts are served: false when READY does not come. */
static bool wait_ready(void)
{
    for (uint32_t i = 0; i < START_READS; i++) {
        if (nrf52_event_is_set(NRF52_QSPI_BASE, QSPI_EVENTS_READY)) {
            nrf52_event_clear(NRF52_QSPI_BASE, QSPI_EVENTS_READY);
            return true;
        }
    }
    return false;
}

static bool activate(void)
{
    *qspi_register(QSPI_ENABLE) = 1;
    nrf52_event_clear(NRF52_QSPI_BASE, QSPI_EVENTS_READY);
    nrf52_task(NRF52_QSPI_BASE, QSPI_TASKS_ACTIVATE);
    return wait_ready();
}

static void qspi_elapsed(void *self)
{
    struct nrf52_qspi *qspi = self;
    if (!qspi->busy) {
        return;
    }
    *qspi_register(QSPI_INTENCLR) = QSPI_INT_READY;
    nrf52_task(NRF52_QSPI_BASE, QSPI_TASKS_DEACTIVATE);
    *qspi_register(QSPI_ENABLE) = 0;
    /* A flash that is still busy then keeps this one waiting, and is given up. */
    qspi->present = activate();
    *qspi_register(QSPI_INTENSET) = QSPI_INT_READY;
    qspi_finish(qspi, K_EFAIL);
}

/* Four lines need the flash's consent, which it keeps for ever. */
static bool enable_quad(void)
{
    instruct(OPCODE_READ_STATUS, 1, 0);
    if (!wait_ready()) {
        return false;
    }
    if ((*qspi_register(QSPI_CINSTRDAT0) & STATUS_QUAD_ENABLE) != 0) {
        return true;
    }
    *qspi_register(QSPI_CINSTRDAT0) = STATUS_QUAD_ENABLE;
    instruct(OPCODE_WRITE_STATUS, 1, QSPI_CINSTR_WREN);
    if (!wait_ready()) {
        return false;
    }
    instruct(OPCODE_READ_STATUS, 1, QSPI_CINSTR_WIPWAIT);
    return wait_ready() && (*qspi_register(QSPI_CINSTRDAT0) & STATUS_QUAD_ENABLE) != 0;
}

static bool is_the_one(uint32_t jedec_id)
{
    instruct(OPCODE_READ_ID, 3, 0);
    return wait_ready() && (*qspi_register(QSPI_CINSTRDAT0) & JEDEC_ID_MASK) == jedec_id;
}

void nrf52_qspi_init(struct nrf52_qspi *qspi, const struct nrf52_qspi_config *config)
{
    *qspi = (struct nrf52_qspi){.config = config};
    qspi->delay_client = (struct hil_delay_client){.elapsed = qspi_elapsed, .self = qspi};
    nrf52_rtc_delay_ops.set_client(config->delay, &qspi->delay_client);
    *qspi_register(QSPI_PSEL_SCK) = config->sck_pin;
    *qspi_register(QSPI_PSEL_CSN) = config->select_pin;
    for (uint32_t i = 0; i < NRF52_QSPI_LINES; i++) {
        *qspi_register(QSPI_PSEL_IO0 + 4u * i) = config->io_pins[i];
    }
    *qspi_register(QSPI_IFCONFIG0) = QSPI_READOC_READ4IO | QSPI_WRITEOC_PP4IO;
    *qspi_register(QSPI_IFCONFIG1) = QSPI_IFCONFIG1_SETUP | QSPI_SCKFREQ_8_MHZ;
    qspi->present = activate() && is_the_one(config->jedec_id) && enable_quad();
    *qspi_register(QSPI_INTENSET) = QSPI_INT_READY;
}
