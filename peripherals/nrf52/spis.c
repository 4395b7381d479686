/* SPIS: the chip as a target. Reference: nRF52832 product specification 1.4, "SPIS". A semaphore
 * says who has the buffers, CPU or SPIS; a transaction is granted when the semaphore is free as CSN
 * falls, and lasts until CSN rises. */
#include "peripherals/nrf52/serial_box.h"
#include "peripherals/nrf52/spi_wires.h"

enum {
    TASKS_ACQUIRE = 0x024,
    TASKS_RELEASE = 0x028,
    EVENTS_END = 0x104,
    EVENTS_ENDRX = 0x110,
    EVENTS_ACQUIRED = 0x128,
};

#define SHORTS_END_ACQUIRE (1U << 2)
#define STATUS_OVERREAD    (1U << 0)
#define STATUS_OVERFLOW    (1U << 1)
#define ALL_MODES          0xFU

static enum spis_semaphore semaphore(const struct serial_box *box)
{
    return (enum spis_semaphore)(box->state.spis.not_semstat ^ SPIS_CPU);
}

static void set_semaphore(struct serial_box *box, enum spis_semaphore value)
{
    box->state.spis.not_semstat = (uint8_t)((uint32_t)value ^ SPIS_CPU);
}

/* Assumed: ACQUIRED comes also when the CPU has the semaphore already, as it has after a reset;
 * drivers wait for it. */
static void acquire(struct serial_box *box)
{
    if (semaphore(box) == SPIS_SPIS || semaphore(box) == SPIS_CPU_PENDING) {
        set_semaphore(box, SPIS_CPU_PENDING);
        return;
    }
    set_semaphore(box, SPIS_CPU);
    serial_box_raise(box, EVENTS_ACQUIRED);
}

static void spis_run_task(struct serial_box *box, uint32_t offset)
{
    if (offset == TASKS_ACQUIRE) {
        acquire(box);
    } else if (semaphore(box) == SPIS_CPU) {
        set_semaphore(box, SPIS_FREE);
    } else if (semaphore(box) == SPIS_CPU_PENDING) {
        set_semaphore(box, SPIS_SPIS);
    }
}

static bool is_in_ram(const struct serial_box *box, uint32_t pointer, uint32_t count)
{
    uint8_t probe;
    return count == 0 || box->env.dma.read(box->env.dma.context, pointer, &probe, 1) == BUS_OK;
}

static void begin_transaction(struct serial_box *box)
{
    const struct serial_registers *r = &box->state.registers;
    struct spis_state *s = &box->state.spis;
    s->granted = semaphore(box) == SPIS_FREE;
    s->told = false;
    if (!s->granted) {
        return;
    }
    if (!is_in_ram(box, r->rxd_ptr, r->rxd_maxcnt) || !is_in_ram(box, r->txd_ptr, r->txd_maxcnt)) {
        serial_box_guest_error(box, SERIAL_RXD_PTR, "EasyDMA reaches RAM only: nothing is moved");
        s->granted = false;
        return;
    }
    set_semaphore(box, SPIS_SPIS);
    s->rx_ended = false;
    s->rx_ptr = r->rxd_ptr;
    s->rx_count = r->rxd_maxcnt;
    s->tx_ptr = r->txd_ptr;
    s->tx_count = r->txd_maxcnt;
    s->rx_done = 0;
    s->tx_done = 0;
}

static void end_rx(struct serial_box *box)
{
    if (!box->state.spis.rx_ended) {
        box->state.spis.rx_ended = true;
        serial_box_raise(box, EVENTS_ENDRX);
    }
}

/* The registers and the semaphore first, then the world. */
static void end_transaction(struct serial_box *box)
{
    struct spis_state *s = &box->state.spis;
    bool pending = semaphore(box) == SPIS_CPU_PENDING;
    if (!s->granted) {
        return;
    }
    s->granted = false;
    box->state.registers.rxd_amount = s->rx_done;
    box->state.registers.txd_amount = s->tx_done;
    set_semaphore(box, SPIS_FREE);
    end_rx(box);
    nrf_event_set(&box->state.events, EVENTS_END);
    if (pending || (box->state.registers.shorts & SHORTS_END_ACQUIRE) != 0) {
        acquire(box);
    }
    serial_box_raise(box, EVENTS_END);
}

static void select_changed(void *owner, bool selected)
{
    if (selected) {
        begin_transaction(owner);
    } else {
        end_transaction(owner);
    }
}

static void store(struct serial_box *box, uint8_t byte)
{
    struct spis_state *s = &box->state.spis;
    if (s->rx_done == s->rx_count) {
        box->state.registers.status |= STATUS_OVERFLOW;
        return;
    }
    if (box->env.dma.write(box->env.dma.context, s->rx_ptr + s->rx_done, &byte, 1) != BUS_OK) {
        serial_box_guest_error(box, SERIAL_RXD_PTR,
                               "EasyDMA reaches RAM only: the buffer leaves it");
        s->rx_count = s->rx_done;
        return;
    }
    s->rx_done++;
    if (s->rx_done == s->rx_count) {
        end_rx(box);
    }
}

static uint8_t fetch(struct serial_box *box)
{
    struct spis_state *s = &box->state.spis;
    uint8_t byte = (uint8_t)box->state.registers.orc;
    if (s->tx_done == s->tx_count) {
        box->state.registers.status |= STATUS_OVERREAD;
    } else if (box->env.dma.read(box->env.dma.context, s->tx_ptr + s->tx_done, &byte, 1) ==
               BUS_OK) {
        s->tx_done++;
    } else {
        serial_box_guest_error(box, SERIAL_TXD_PTR,
                               "EasyDMA reaches RAM only: the buffer leaves it");
        s->tx_count = s->tx_done;
    }
    return byte;
}

static int32_t exchange(void *owner, uint8_t out, const struct spi_frame *frame)
{
    struct serial_box *box = owner;
    struct spis_state *s = &box->state.spis;
    if (frame->lines != 1 || frame->mode != spi_mode(box)) {
        if (!s->told) {
            serial_box_guest_error(box, SERIAL_CONFIG,
                                   "the controller uses another CPOL and CPHA than SPIS");
        }
        s->told = true;
        return SPI_FLOATS;
    }
    if (!s->granted) {
        return spi_ordered(box, (uint8_t)box->state.registers.def);
    }
    uint8_t answer = fetch(box);
    store(box, spi_ordered(box, out));
    return spi_ordered(box, answer);
}

static void pad_changed(void *owner, uint32_t pin, enum wire_level level)
{
    struct serial_box *box = owner;
    if (serial_box_is(box, SERIAL_ENABLE_SPIS) &&
        pin == serial_box_pin(box, box->state.registers.psel[3])) {
        spi_target_select(&box->target, level == WIRE_LOW);
    }
}

/* PSEL.MISO lies where the controllers have MOSI. */
static void take_pins(struct serial_box *box)
{
    const struct serial_registers *r = &box->state.registers;
    box->state.spis.pins = (struct spi_pins){.sck = serial_box_pin(box, r->psel[0]),
                                             .miso = serial_box_pin(box, r->psel[1]),
                                             .mosi = serial_box_pin(box, r->psel[2])};
}

static void spis_was_written(struct serial_box *box, uint32_t offset)
{
    if (offset >= SERIAL_PSEL && offset <= SERIAL_PSEL + 8) {
        take_pins(box);
    }
}

/* The semaphore is not a transfer: it stays as it is. */
static void spis_disabled(struct serial_box *box)
{
    box->state.spis = (struct spis_state){.not_semstat = box->state.spis.not_semstat};
    if (semaphore(box) == SPIS_SPIS || semaphore(box) == SPIS_CPU_PENDING) {
        set_semaphore(box, SPIS_FREE);
    }
}

static bool spis_get(const struct serial_box *box, uint32_t offset, uint32_t *value)
{
    *value = semaphore(box);
    return offset == SERIAL_SEMSTAT;
}

static void spis_init(struct serial_box *box)
{
    box->target = (struct spi_target){.owner = box,
                                      .pins = &box->state.spis.pins,
                                      .selected = &box->state.spis.selected,
                                      .modes = ALL_MODES,
                                      .exchange = exchange,
                                      .select_changed = select_changed};
    spi_bus_add_target(&box->env.nets->spi, &box->target);
    for (uint32_t i = 0; i < box->env.pin_count; i++) {
        wire_listen(&box->env.pins[i].pad, &box->pads[i], pad_changed, box, i);
    }
}

static bool spis_state_is_sane(const struct serial_box *box, const struct serial_state *state,
                               uint64_t now_cycles)
{
    const struct spis_state *s = &state->spis;
    (void)now_cycles;
    return device_bool_is_sane(&s->selected) && device_bool_is_sane(&s->granted) &&
           device_bool_is_sane(&s->told) && device_bool_is_sane(&s->rx_ended) &&
           s->not_semstat <= 3 && s->rx_count <= box->shape.maxcnt_mask &&
           s->tx_count <= box->shape.maxcnt_mask && s->rx_done <= s->rx_count &&
           s->tx_done <= s->tx_count;
}

const struct serial_function serial_spis = {
    .enable = SERIAL_ENABLE_SPIS,
    .bit = SERIAL_HAS_SPIS,
    .events =
        NRF_EVENT_BIT(EVENTS_END) | NRF_EVENT_BIT(EVENTS_ENDRX) | NRF_EVENT_BIT(EVENTS_ACQUIRED),
    .tasks = SERIAL_TASK_BIT(TASKS_ACQUIRE) | SERIAL_TASK_BIT(TASKS_RELEASE),
    .run_task = spis_run_task,
    .get = spis_get,
    .was_written = spis_was_written,
    .enabled = take_pins,
    .disabled = spis_disabled,
    .init = spis_init,
    .state_is_sane = spis_state_is_sane,
};
