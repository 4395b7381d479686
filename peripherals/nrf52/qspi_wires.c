#include "peripherals/nrf52/qspi_wires.h"

#define CLOCK_HZ   64000000U /* of which IFCONFIG1 makes SCK */
#define SCK_HZ_MAX 32000000U
#define PSEL_NOT   (1U << 31)
#define PSEL_PIN   0x3FU
#define NO_PIN     UINT32_MAX

#define OPCODE_RDSR 0x05U

#define IFCONFIG0_READOC(v)  ((v)&7U)
#define IFCONFIG0_WRITEOC(v) ((v) >> 3 & 7U)
#define IFCONFIG0_ADDRESS_32 (1U << 6)
#define IFCONFIG1_MODE_3     (1U << 25)

static const struct qspi_shape reads[] = {
    {0x0B, 1, 1, 1}, {0x3B, 1, 1, 2}, {0xBB, 2, 1, 2}, {0x6B, 1, 1, 4}, {0xEB, 4, 3, 4}};
static const struct qspi_shape writes[] = {
    {0x02, 1, 0, 1}, {0xA2, 1, 0, 2}, {0x32, 1, 0, 4}, {0x38, 4, 0, 4}};
#define READS  (sizeof reads / sizeof reads[0])
#define WRITES (sizeof writes / sizeof writes[0])

static uint32_t pin_of(const struct qspi *qspi, enum qspi_pin pin)
{
    uint32_t psel = qspi->state.psel[pin];
    uint32_t number = psel & PSEL_PIN;
    return (psel & PSEL_NOT) != 0 || number >= qspi->env.pin_count ? NO_PIN : number;
}

static uint64_t bit_cycles(const struct qspi *qspi)
{
    return ((qspi->state.ifconfig1 >> 28) + 1U) * (CLOCK_HZ / SCK_HZ_MAX);
}

uint64_t qspi_byte_cycles(const struct qspi *qspi, uint32_t count, uint32_t lines)
{
    return count * 8U / lines * bit_cycles(qspi);
}

uint8_t qspi_exchange(struct qspi *qspi, uint8_t out, uint8_t lines, bool read)
{
    const struct spi_pins pins = {.sck = pin_of(qspi, QSPI_SCK),
                                  .mosi = pin_of(qspi, QSPI_IO0),
                                  .miso = pin_of(qspi, QSPI_IO1)};
    const struct spi_frame frame = {
        .lines = lines,
        .mode = (qspi->state.ifconfig1 & IFCONFIG1_MODE_3) != 0 ? 3 : 0,
        .read = read,
        .hz = (uint32_t)(CLOCK_HZ / bit_cycles(qspi)),
    };
    struct spi_result result =
        spi_exchange(&qspi->env.nets->spi, &qspi->controller, &pins, out, &frame);
    if (result.problem == SPI_CONTENTION && !qspi->state.told) {
        qspi->state.told = true;
        device_guest_error(&qspi->env, 0x534, "two selected flashes drive IO1");
    }
    return result.in;
}

void qspi_select(struct qspi *qspi, bool selected)
{
    nrf_claim_pin(&qspi->env, &qspi->state.claimed[1],
                  qspi->state.enable != 0 ? pin_of(qspi, QSPI_CSN) : NO_PIN,
                  selected ? WIRE_LOW : WIRE_HIGH);
}

void qspi_update_pins(struct qspi *qspi)
{
    const struct qspi_state *s = &qspi->state;
    bool mode_3 = (s->ifconfig1 & IFCONFIG1_MODE_3) != 0;
    nrf_claim_pin(&qspi->env, &qspi->state.claimed[0],
                  s->enable != 0 ? pin_of(qspi, QSPI_SCK) : NO_PIN, mode_3 ? WIRE_HIGH : WIRE_LOW);
    qspi_select(qspi, s->phase == QSPI_MOVE || s->in_long_frame);
}

uint32_t qspi_send_address(struct qspi *qspi, uint32_t address, uint8_t lines)
{
    uint32_t count = (qspi->state.ifconfig0 & IFCONFIG0_ADDRESS_32) != 0 ? 4 : 3;
    for (uint32_t i = count; i > 0; i--) {
        (void)qspi_exchange(qspi, (uint8_t)(address >> (i - 1U) * 8U), lines, false);
    }
    return count;
}

/* Opcode, address and dummies; returns what they take. */
uint64_t qspi_send_header(struct qspi *qspi, const struct qspi_shape *shape, uint32_t address)
{
    (void)qspi_exchange(qspi, shape->opcode, 1, false);
    uint32_t count = qspi_send_address(qspi, address, shape->address_lines);
    for (uint32_t i = 0; i < shape->dummy_bytes; i++) {
        (void)qspi_exchange(qspi, 0, shape->address_lines, false);
    }
    return qspi_byte_cycles(qspi, 1, 1) +
           qspi_byte_cycles(qspi, count + shape->dummy_bytes, shape->address_lines);
}

/* A whole instruction of one byte. */
void qspi_send_opcode(struct qspi *qspi, uint8_t opcode)
{
    qspi_select(qspi, true);
    (void)qspi_exchange(qspi, opcode, 1, false);
    qspi_select(qspi, false);
}

uint8_t qspi_read_status(struct qspi *qspi)
{
    qspi_select(qspi, true);
    (void)qspi_exchange(qspi, OPCODE_RDSR, 1, false);
    uint8_t status = qspi_exchange(qspi, 0, 1, false);
    qspi_select(qspi, false);
    qspi->state.sreg = status;
    return status;
}

const struct qspi_shape *qspi_shape(const struct qspi *qspi)
{
    uint32_t ifconfig0 = qspi->state.ifconfig0;
    if (qspi->state.operation == QSPI_WRITE) {
        uint32_t index = IFCONFIG0_WRITEOC(ifconfig0);
        return index < WRITES ? &writes[index] : &writes[0];
    }
    uint32_t index = IFCONFIG0_READOC(ifconfig0);
    return index < READS ? &reads[index] : &reads[0];
}

bool qspi_read_window(struct qspi *qspi, uint32_t address, uint32_t size_bytes, uint32_t *value)
{
    const struct qspi_state *s = &qspi->state;
    const struct qspi_shape *shape = qspi_shape(qspi);
    if (!s->active || s->operation != QSPI_IDLE || s->in_long_frame) {
        return false;
    }
    qspi_select(qspi, true);
    uint64_t cycles = qspi_send_header(qspi, shape, address + s->xipoffset) +
                      qspi_byte_cycles(qspi, size_bytes, shape->data_lines);
    *value = 0;
    for (uint32_t i = 0; i < size_bytes; i++) {
        *value |= (uint32_t)qspi_exchange(qspi, 0, shape->data_lines, true) << i * 8;
    }
    qspi_select(qspi, false);
    if (qspi->env.chip.stall != NULL) {
        qspi->env.chip.stall(qspi->env.chip.context, cycles);
    }
    return true;
}
