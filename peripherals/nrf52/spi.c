/* SPI: a byte at a time through TXD and RXD, each with a second byte behind it. Reference: nRF52832
 * product specification 1.4, "SPI". READY comes when a byte arrives in RXD: from the wire, or,
 * when RXD is read, from behind it. */
#include "peripherals/nrf52/serial_box.h"
#include "peripherals/nrf52/spi_wires.h"

#define EVENTS_READY 0x108U

#define RX_BYTES 2U

static void shift_out(struct serial_box *box, uint8_t byte, uint64_t start_cycles)
{
    uint64_t cycles = spi_byte_cycles(box);
    if (cycles == 0) {
        serial_box_guest_error(box, SERIAL_FREQUENCY, "a byte is sent while FREQUENCY is 0");
        return;
    }
    box->state.spi.out = byte;
    box->state.spi.shifting = true;
    clock_schedule(box->env.clock, &box->step, start_cycles + cycles);
    spi_drive_sck(box, true);
}

static void write_txd(struct serial_box *box, uint8_t byte)
{
    struct spi_state *s = &box->state.spi;
    if (!s->shifting) {
        shift_out(box, byte, clock_now(box->env.clock));
    } else if (!s->tx_waits) {
        s->tx_waits = true;
        s->tx_next = byte;
    } else {
        serial_box_guest_error(box, SERIAL_TXD, "TXD is written while it is full: a byte is lost");
        s->tx_next = byte;
    }
}

static void move_into_rxd(struct serial_box *box, uint8_t byte)
{
    box->state.registers.rxd = byte;
    serial_box_raise(box, EVENTS_READY);
}

/* Assumed: a byte that finds both places taken is lost. */
static void receive(struct serial_box *box, uint8_t byte)
{
    struct spi_state *s = &box->state.spi;
    if (s->rx_count == RX_BYTES) {
        serial_box_guest_error(box, SERIAL_RXD, "RXD was not read in time: a byte is lost");
        return;
    }
    s->rx_count++;
    if (s->rx_count == 1) {
        move_into_rxd(box, byte);
    } else {
        s->rx_next = byte;
    }
}

static void spi_step(struct serial_box *box, uint64_t late_cycles)
{
    struct spi_state *s = &box->state.spi;
    uint8_t in = spi_exchange_byte(box, s->out, &s->told);
    s->shifting = false;
    spi_drive_sck(box, false);
    if (s->tx_waits) {
        s->tx_waits = false;
        shift_out(box, s->tx_next, clock_now(box->env.clock) - late_cycles);
    }
    receive(box, in);
}

static void spi_was_written(struct serial_box *box, uint32_t offset)
{
    if (offset == SERIAL_TXD) {
        write_txd(box, (uint8_t)box->state.registers.txd);
    }
}

static void spi_was_read(struct serial_box *box, uint32_t offset)
{
    struct spi_state *s = &box->state.spi;
    if (offset != SERIAL_RXD || s->rx_count == 0) {
        return;
    }
    s->rx_count--;
    if (s->rx_count != 0) {
        move_into_rxd(box, s->rx_next);
    }
}

static void spi_update(struct serial_box *box)
{
    spi_drive_sck(box, box->state.spi.shifting);
}

static void spi_no_task(struct serial_box *box, uint32_t offset)
{
    (void)box;
    (void)offset;
}

static void spi_disabled(struct serial_box *box)
{
    box->state.spi = (struct spi_state){0};
}

static bool spi_state_is_sane(const struct serial_box *box, const struct serial_state *state,
                              uint64_t now_cycles)
{
    const struct spi_state *s = &state->spi;
    (void)box;
    (void)now_cycles;
    return device_bool_is_sane(&s->shifting) && device_bool_is_sane(&s->tx_waits) &&
           device_bool_is_sane(&s->told) && s->rx_count <= RX_BYTES;
}

const struct serial_function serial_spi = {
    .enable = SERIAL_ENABLE_SPI,
    .bit = SERIAL_HAS_SPI,
    .events = NRF_EVENT_BIT(EVENTS_READY),
    .run_task = spi_no_task,
    .was_read = spi_was_read,
    .was_written = spi_was_written,
    .disabled = spi_disabled,
    .update = spi_update,
    .step = spi_step,
    .state_is_sane = spi_state_is_sane,
};
