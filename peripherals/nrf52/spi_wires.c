#include "peripherals/nrf52/spi_wires.h"

#define SPI_CLOCK_HZ 16000000U

#define FREQUENCY_M16 0x0A000000U
#define FREQUENCY_M32 0x14000000U

#define CONFIG_LSB_FIRST (1U << 0)
#define CONFIG_CPHA      (1U << 1)
#define CONFIG_CPOL      (1U << 2)

#define BITS 8U

static uint64_t bit_cycles(const struct serial_box *box)
{
    uint32_t frequency = box->state.registers.frequency;
    uint64_t clock_cycles = box->env.clock->cpu_hz / SPI_CLOCK_HZ;
    if (box->is_spim3 && frequency == FREQUENCY_M16) {
        return clock_cycles;
    }
    if (box->is_spim3 && frequency == FREQUENCY_M32) {
        return clock_cycles / 2U;
    }
    return frequency == 0 ? 0 : (1ULL << 32) / frequency * clock_cycles;
}

uint64_t spi_byte_cycles(const struct serial_box *box)
{
    return BITS * bit_cycles(box);
}

uint8_t spi_mode(const struct serial_box *box)
{
    uint32_t config = box->state.registers.config;
    return (uint8_t)(((config & CONFIG_CPOL) != 0) * 2U + ((config & CONFIG_CPHA) != 0));
}

uint8_t spi_ordered(const struct serial_box *box, uint8_t byte)
{
    uint32_t reversed = 0;
    if ((box->state.registers.config & CONFIG_LSB_FIRST) == 0) {
        return byte;
    }
    for (uint32_t bit = 0; bit < BITS; bit++) {
        reversed |= ((uint32_t)byte >> bit & 1U) << (BITS - 1U - bit);
    }
    return (uint8_t)reversed;
}

static void report(struct serial_box *box, enum spi_problem problem)
{
    if (problem == SPI_CONTENTION) {
        serial_box_guest_error(box, SERIAL_PSEL + 8, "two selected SPI targets drive MISO");
    } else {
        serial_box_guest_error(box, SERIAL_CONFIG,
                               "the selected SPI target does not work with this CPOL and CPHA");
    }
}

uint8_t spi_exchange_byte(struct serial_box *box, uint8_t out, bool *told)
{
    const struct serial_registers *r = &box->state.registers;
    uint64_t bit = bit_cycles(box); /* FREQUENCY may have changed within the transfer */
    const struct spi_pins pins = {.sck = serial_box_pin(box, r->psel[0]),
                                  .mosi = serial_box_pin(box, r->psel[1]),
                                  .miso = serial_box_pin(box, r->psel[2])};
    const struct spi_frame frame = {
        .lines = 1,
        .mode = spi_mode(box),
        .hz = bit == 0 ? 0 : (uint32_t)(box->env.clock->cpu_hz / bit),
    };
    struct spi_result result =
        spi_exchange(&box->env.nets->spi, &box->controller, &pins, spi_ordered(box, out), &frame);
    if (result.problem != SPI_FINE && !*told) {
        *told = true;
        report(box, result.problem);
    }
    return serial_box_arrives(box, spi_ordered(box, result.in));
}

void spi_drive_sck(struct serial_box *box, bool active)
{
    bool idle_high = (box->state.registers.config & CONFIG_CPOL) != 0;
    serial_box_claim(box, SERIAL_CLAIM_SCK, serial_box_pin(box, box->state.registers.psel[0]),
                     idle_high != active ? WIRE_HIGH : WIRE_LOW);
}
