/* TWIM: whole buffers by EasyDMA. */
#include "peripherals/nrf52/twi_master.h"

enum {
    TWIM_EVENTS_RXSTARTED = 0x14C,
    TWIM_EVENTS_TXSTARTED = 0x150,
    TWIM_EVENTS_LASTRX = 0x15C,
    TWIM_EVENTS_LASTTX = 0x160,
};

#define LIST_ARRAY 1U

#define SHORTS_LASTTX_STARTRX (1U << 7)
#define SHORTS_LASTTX_SUSPEND (1U << 8)
#define SHORTS_LASTTX_STOP    (1U << 9)
#define SHORTS_LASTRX_STARTTX (1U << 10)
#define SHORTS_LASTRX_SUSPEND (1U << 11) /* nRF52840 */
#define SHORTS_LASTRX_STOP    (1U << 12)

static void run_task(struct serial_box *box, uint32_t offset);

struct shortcut {
    uint32_t bit, task;
};

static const struct shortcut after_last_tx[] = {{SHORTS_LASTTX_STARTRX, TWI_TASKS_STARTRX},
                                                {SHORTS_LASTTX_SUSPEND, TWI_TASKS_SUSPEND},
                                                {SHORTS_LASTTX_STOP, TWI_TASKS_STOP}};
static const struct shortcut after_last_rx[] = {{SHORTS_LASTRX_STARTTX, TWI_TASKS_STARTTX},
                                                {SHORTS_LASTRX_SUSPEND, TWI_TASKS_SUSPEND},
                                                {SHORTS_LASTRX_STOP, TWI_TASKS_STOP}};

/* The event's register first, then the shortcuts, then the world. */
static void raise_last(struct serial_box *box)
{
    bool reading = box->state.twi.reading;
    uint32_t event = reading ? TWIM_EVENTS_LASTRX : TWIM_EVENTS_LASTTX;
    const struct shortcut *shortcuts = reading ? after_last_rx : after_last_tx;
    uint32_t shorts = box->state.registers.shorts;
    if (!box->shape.is_nrf52840) {
        shorts &= ~SHORTS_LASTRX_SUSPEND;
    }
    nrf_event_set(&box->state.events, event);
    for (uint32_t i = 0; i < 3; i++) {
        if ((shorts & shortcuts[i].bit) != 0) {
            run_task(box, shortcuts[i].task);
        }
    }
    serial_box_raise(box, event);
}

static void started(struct serial_box *box)
{
    struct serial_state *s = &box->state;
    s->twi.next = s->twi.setup.pointer;
    s->twi.left = s->twi.setup.maxcnt;
    if (s->twi.reading) {
        s->registers.rxd_amount = 0;
    } else {
        s->registers.txd_amount = 0;
    }
}

static bool has_byte(const struct serial_box *box)
{
    return box->state.twi.left != 0;
}

static bool begin(struct serial_box *box, uint8_t *byte)
{
    struct twi_state *s = &box->state.twi;
    const struct dma_port *dma = &box->env.dma;
    if (!s->reading && dma->read(dma->context, s->next, byte, 1) != BUS_OK) {
        serial_box_guest_error(box, SERIAL_TXD_PTR,
                               "EasyDMA reaches RAM only: the buffer leaves it");
        return false;
    }
    s->left--;
    if (s->left == 0) {
        raise_last(box);
    }
    return true;
}

static void end(struct serial_box *box, uint8_t byte, bool ack)
{
    struct serial_state *s = &box->state;
    const struct dma_port *dma = &box->env.dma;
    (void)ack; /* AMOUNT counts a byte that was refused, too */
    if (!s->twi.reading) {
        s->registers.txd_amount++;
    } else if (dma->write(dma->context, s->twi.next, &byte, 1) == BUS_OK) {
        s->registers.rxd_amount++;
    } else {
        serial_box_guest_error(box, SERIAL_RXD_PTR,
                               "EasyDMA reaches RAM only: the buffer leaves it");
        s->twi.refused = true;
    }
    s->twi.next++;
}

const struct twi_bytes twim_bytes = {
    .started = started, .has_byte = has_byte, .begin = begin, .end = end};

/* The whole transfer does not happen when its buffer does not begin in RAM. */
static void start(struct serial_box *box, bool reading)
{
    struct serial_registers *r = &box->state.registers;
    uint32_t pointer = reading ? r->rxd_ptr : r->txd_ptr;
    uint32_t maxcnt = reading ? r->rxd_maxcnt : r->txd_maxcnt;
    uint8_t probe;
    if (maxcnt != 0 && box->env.dma.read(box->env.dma.context, pointer, &probe, 1) != BUS_OK) {
        serial_box_guest_error(box, reading ? SERIAL_RXD_PTR : SERIAL_TXD_PTR,
                               "EasyDMA reaches RAM only: nothing is transferred");
        return;
    }
    if ((reading ? r->rxd_list : r->txd_list) == LIST_ARRAY) {
        *(reading ? &r->rxd_ptr : &r->txd_ptr) += maxcnt;
    }
    twi_master_start(box, reading, pointer, maxcnt);
    serial_box_raise(box, reading ? TWIM_EVENTS_RXSTARTED : TWIM_EVENTS_TXSTARTED);
}

static void run_task(struct serial_box *box, uint32_t offset)
{
    if (offset == TWI_TASKS_STARTRX || offset == TWI_TASKS_STARTTX) {
        start(box, offset == TWI_TASKS_STARTRX);
    } else {
        twi_master_run_task(box, offset);
    }
}

const struct serial_function serial_twim = {
    .enable = SERIAL_ENABLE_TWIM,
    .bit = SERIAL_HAS_TWIM,
    .events = NRF_EVENT_BIT(TWI_EVENTS_STOPPED) | NRF_EVENT_BIT(TWI_EVENTS_ERROR) |
              NRF_EVENT_BIT(TWI_EVENTS_SUSPENDED) | NRF_EVENT_BIT(TWIM_EVENTS_RXSTARTED) |
              NRF_EVENT_BIT(TWIM_EVENTS_TXSTARTED) | NRF_EVENT_BIT(TWIM_EVENTS_LASTRX) |
              NRF_EVENT_BIT(TWIM_EVENTS_LASTTX),
    .tasks = SERIAL_TASK_BIT(TWI_TASKS_STARTRX) | SERIAL_TASK_BIT(TWI_TASKS_STARTTX) |
             SERIAL_TASK_BIT(TWI_TASKS_STOP) | SERIAL_TASK_BIT(TWI_TASKS_SUSPEND) |
             SERIAL_TASK_BIT(TWI_TASKS_RESUME),
    .run_task = run_task,
    .disabled = twi_master_disabled,
    .step = twi_master_step,
    .state_is_sane = twi_master_state_is_sane,
};
