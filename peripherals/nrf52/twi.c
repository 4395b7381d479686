/* TWI: one byte at a time through RXD and TXD. */
#include "peripherals/nrf52/twi_master.h"

enum {
    TWI_EVENTS_RXDREADY = 0x108,
    TWI_EVENTS_TXDSENT = 0x11C,
    TWI_EVENTS_BB = 0x138,
};

#define SHORTS_BB_SUSPEND (1U << 0)
#define SHORTS_BB_STOP    (1U << 1)

static void started(struct serial_box *box)
{
    box->state.twi.rxd_full = false;
}

static bool has_byte(const struct serial_box *box)
{
    return box->state.twi.reading || box->state.twi.txd_full;
}

/* The event's register first, then the shortcuts, then the world. */
static bool begin(struct serial_box *box, uint8_t *byte)
{
    struct serial_state *s = &box->state;
    if (!s->twi.reading) {
        *byte = (uint8_t)s->registers.txd;
        s->twi.txd_full = false;
    }
    nrf_event_set(&s->events, TWI_EVENTS_BB);
    if ((s->registers.shorts & SHORTS_BB_SUSPEND) != 0) {
        twi_master_run_task(box, TWI_TASKS_SUSPEND);
    }
    if ((s->registers.shorts & SHORTS_BB_STOP) != 0) {
        twi_master_run_task(box, TWI_TASKS_STOP);
    }
    serial_box_raise(box, TWI_EVENTS_BB);
    return true;
}

static void end(struct serial_box *box, uint8_t byte, bool ack)
{
    struct serial_state *s = &box->state;
    if (!s->twi.reading) {
        if (ack) {
            serial_box_raise(box, TWI_EVENTS_TXDSENT);
        }
        return;
    }
    if (s->twi.rxd_full) {
        s->registers.errorsrc |= TWI_ERRORSRC_OVERRUN;
        serial_box_raise(box, TWI_EVENTS_ERROR);
    }
    s->registers.rxd = byte;
    s->twi.rxd_full = true;
    serial_box_raise(box, TWI_EVENTS_RXDREADY);
}

const struct twi_bytes twi_bytes = {
    .started = started, .has_byte = has_byte, .begin = begin, .end = end};

static void run_task(struct serial_box *box, uint32_t offset)
{
    if (offset == TWI_TASKS_STARTRX || offset == TWI_TASKS_STARTTX) {
        twi_master_start(box, offset == TWI_TASKS_STARTRX, 0, 0);
    } else {
        twi_master_run_task(box, offset);
    }
}

static void was_read(struct serial_box *box, uint32_t offset)
{
    if (offset == SERIAL_RXD) {
        box->state.twi.rxd_full = false;
    }
}

static void was_written(struct serial_box *box, uint32_t offset)
{
    if (offset != SERIAL_TXD) {
        return;
    }
    if (box->state.twi.txd_full) {
        serial_box_guest_error(box, SERIAL_TXD, "the byte in TXD, not sent yet, is lost");
    }
    box->state.twi.txd_full = true;
    twi_master_continue(box);
}

const struct serial_function serial_twi = {
    .enable = SERIAL_ENABLE_TWI,
    .bit = SERIAL_HAS_TWI,
    .events = NRF_EVENT_BIT(TWI_EVENTS_STOPPED) | NRF_EVENT_BIT(TWI_EVENTS_RXDREADY) |
              NRF_EVENT_BIT(TWI_EVENTS_TXDSENT) | NRF_EVENT_BIT(TWI_EVENTS_ERROR) |
              NRF_EVENT_BIT(TWI_EVENTS_BB) | NRF_EVENT_BIT(TWI_EVENTS_SUSPENDED),
    .tasks = SERIAL_TASK_BIT(TWI_TASKS_STARTRX) | SERIAL_TASK_BIT(TWI_TASKS_STARTTX) |
             SERIAL_TASK_BIT(TWI_TASKS_STOP) | SERIAL_TASK_BIT(TWI_TASKS_SUSPEND) |
             SERIAL_TASK_BIT(TWI_TASKS_RESUME),
    .run_task = run_task,
    .was_read = was_read,
    .was_written = was_written,
    .disabled = twi_master_disabled,
    .step = twi_master_step,
    .init = twi_master_init,
    .state_is_sane = twi_master_state_is_sane,
};
