/* SPIM: SPI with EasyDMA. Reference: nRF52832 product specification 1.4, "SPIM"; nRF52840 product
 * specification 1.1 for what SPIM3 adds (chip select, D/CX, their timing).
 *
 * Bytes are exchanged in bursts, at the end of each, or earlier when something looks: whatever
 * stops a transfer, reads its registers or changes a chip select finds those bytes exchanged whose
 * time has passed. */
#include "peripherals/nrf52/serial_box.h"
#include "peripherals/nrf52/spi_wires.h"

enum {
    TASKS_START = 0x010,
    TASKS_STOP = 0x014,
    TASKS_SUSPEND = 0x01C,
    TASKS_RESUME = 0x020,
    EVENTS_STOPPED = 0x104,
    EVENTS_ENDRX = 0x110,
    EVENTS_END = 0x118,
    EVENTS_ENDTX = 0x120,
    EVENTS_STARTED = 0x14C,
};

#define SHORTS_END_START (1U << 17)
#define LIST_ARRAY       1U
#define DCXCNT_ALL       0xFU

/* A pulse of SCK, and what the guest reads in RAM, is as coarse as this. */
#define BURST_BYTES 16U

/* Assumed: what a transfer of no bytes takes. */
#define EMPTY_CYCLES 64U

#define BYTE_CYCLES_MAX (1ULL << 37) /* with a FREQUENCY of 1 */

static void begin_burst(struct serial_box *box, uint64_t start_cycles);

static bool is_command(const struct serial_box *box)
{
    uint32_t count = box->state.registers.dcxcnt;
    return count == DCXCNT_ALL || box->state.spim.done < count;
}

static void spim_update(struct serial_box *box)
{
    const struct spim_state *s = &box->state.spim;
    const struct serial_registers *r = &box->state.registers;
    spi_drive_sck(box, s->burst != 0);
    if (box->is_spim3) {
        bool high = s->running == ((r->csnpol & 1U) != 0);
        serial_box_claim(box, SERIAL_CLAIM_CSN, serial_box_pin(box, r->psel[3]),
                         high ? WIRE_HIGH : WIRE_LOW);
        serial_box_claim(box, SERIAL_CLAIM_DCX, serial_box_pin(box, r->pseldcx),
                         s->running && is_command(box) ? WIRE_LOW : WIRE_HIGH);
    }
}

/* False: there is no such byte in RAM, and the transfer is over without a word, as on the chip. */
static bool fetch(struct serial_box *box, uint8_t *byte)
{
    const struct spim_state *s = &box->state.spim;
    *byte = (uint8_t)box->state.registers.orc;
    if (s->done < s->tx_count &&
        box->env.dma.read(box->env.dma.context, s->tx_ptr + s->done, byte, 1) != BUS_OK) {
        serial_box_guest_error(box, SERIAL_TXD_PTR,
                               "EasyDMA reaches RAM only: the buffer leaves it");
        return false;
    }
    return true;
}

static bool store(struct serial_box *box, uint32_t index, uint8_t byte)
{
    const struct spim_state *s = &box->state.spim;
    if (index < s->rx_count &&
        box->env.dma.write(box->env.dma.context, s->rx_ptr + index, &byte, 1) != BUS_OK) {
        serial_box_guest_error(box, SERIAL_RXD_PTR,
                               "EasyDMA reaches RAM only: the buffer leaves it");
        return false;
    }
    return true;
}

static void abort_transfer(struct serial_box *box)
{
    box->state.spim = (struct spim_state){0};
    clock_cancel(box->env.clock, &box->step);
    spim_update(box);
}

/* What a target does with the byte may stop or abort this very transfer: nothing is taken for
 * granted after the exchange. */
static void exchange_next(struct serial_box *box)
{
    struct spim_state *s = &box->state.spim;
    uint32_t index = s->done;
    uint8_t out;
    if (!fetch(box, &out)) {
        abort_transfer(box);
        return;
    }
    s->done++;
    s->burst_done++;
    uint8_t in = spi_exchange_byte(box, out, &s->told);
    if (s->running && !store(box, index, in)) {
        abort_transfer(box);
    }
}

/* Exchanges the bytes that have passed by `now_cycles`. */
static void settle_until(struct serial_box *box, uint64_t now_cycles)
{
    struct spim_state *s = &box->state.spim;
    while (s->burst_done < s->burst &&
           s->burst_cycles + (s->burst_done + 1) * s->byte_cycles <= now_cycles) {
        exchange_next(box);
    }
}

static void settle(void *owner)
{
    struct serial_box *box = owner;
    settle_until(box, clock_now(box->env.clock));
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void latch_amounts(struct serial_box *box)
{
    const struct spim_state *s = &box->state.spim;
    box->state.registers.rxd_amount = smaller(s->done, s->rx_count);
    box->state.registers.txd_amount = smaller(s->done, s->tx_count);
}

static bool has_bytes(const struct serial_box *box, uint32_t pointer, uint32_t count)
{
    uint8_t probe;
    return count == 0 || box->env.dma.read(box->env.dma.context, pointer, &probe, 1) == BUS_OK;
}

/* Anomaly 58 of nRF52832: one byte to receive and no more to send clocks out two. */
static uint32_t bytes_on_wire(const struct serial_box *box)
{
    const struct serial_registers *r = &box->state.registers;
    if (!box->shape.is_nrf52840 && r->rxd_maxcnt == 1 && r->txd_maxcnt <= 1) {
        return 2;
    }
    return r->rxd_maxcnt > r->txd_maxcnt ? r->rxd_maxcnt : r->txd_maxcnt;
}

static void take_over_buffers(struct serial_box *box)
{
    struct serial_registers *r = &box->state.registers;
    box->state.spim = (struct spim_state){.running = true,
                                          .rx_ptr = r->rxd_ptr,
                                          .rx_count = r->rxd_maxcnt,
                                          .tx_ptr = r->txd_ptr,
                                          .tx_count = r->txd_maxcnt,
                                          .total = bytes_on_wire(box),
                                          .byte_cycles = spi_byte_cycles(box)};
    r->rxd_ptr += r->rxd_list == LIST_ARRAY ? r->rxd_maxcnt : 0;
    r->txd_ptr += r->txd_list == LIST_ARRAY ? r->txd_maxcnt : 0;
}

static void start(struct serial_box *box)
{
    const struct serial_registers *r = &box->state.registers;
    if (box->state.spim.running) {
        serial_box_guest_error(box, TASKS_START, "START during a transfer is ignored");
    } else if (spi_byte_cycles(box) == 0) {
        serial_box_guest_error(box, SERIAL_FREQUENCY, "START while FREQUENCY is 0 is ignored");
    } else if (!has_bytes(box, r->txd_ptr, r->txd_maxcnt)) {
        serial_box_guest_error(box, SERIAL_TXD_PTR, "EasyDMA reaches RAM only: nothing is sent");
    } else if (!has_bytes(box, r->rxd_ptr, r->rxd_maxcnt)) {
        serial_box_guest_error(box, SERIAL_RXD_PTR,
                               "EasyDMA reaches RAM only: nothing is received");
    } else {
        bool has_csn = box->is_spim3 && serial_box_pin(box, r->psel[3]) != SERIAL_NO_PIN;
        uint64_t delay = has_csn ? r->csndur : 0; /* in cycles of 64 MHz */
        take_over_buffers(box);
        spim_update(box);
        begin_burst(box, clock_now(box->env.clock) + delay);
        serial_box_raise(box, EVENTS_STARTED);
    }
}

/* The event's register first, then the shortcut, then the world: a task that PPI runs finds the
 * shortcut done. */
static void raise_end(struct serial_box *box)
{
    nrf_event_set(&box->state.events, EVENTS_END);
    if ((box->state.registers.shorts & SHORTS_END_START) != 0) {
        start(box);
    }
    serial_box_raise(box, EVENTS_END);
}

/* Each event may, through PPI, start the next transfer: which ones to raise is settled before. */
static void end_transfer(struct serial_box *box)
{
    const struct spim_state *s = &box->state.spim;
    bool complete = s->done >= s->rx_count && s->done >= s->tx_count;
    bool stopping = s->stopping, rx = !s->rx_ended, tx = !s->tx_ended;
    latch_amounts(box);
    clock_cancel(box->env.clock, &box->step);
    box->state.spim = (struct spim_state){0};
    spim_update(box);
    if (rx) {
        serial_box_raise(box, EVENTS_ENDRX);
    }
    if (tx) {
        serial_box_raise(box, EVENTS_ENDTX);
    }
    if (complete) {
        raise_end(box);
    }
    if (stopping) {
        serial_box_raise(box, EVENTS_STOPPED);
    }
}

/* The end of one buffer while the other has more. */
static void end_of_one(struct serial_box *box)
{
    struct spim_state *s = &box->state.spim;
    if (!s->rx_ended && s->rx_count != 0 && s->done == s->rx_count) {
        s->rx_ended = true;
        serial_box_raise(box, EVENTS_ENDRX);
    } else if (!s->tx_ended && s->tx_count != 0 && s->done == s->tx_count) {
        s->tx_ended = true;
        serial_box_raise(box, EVENTS_ENDTX);
    }
}

/* The first byte at which something is due: no burst goes beyond it. */
static uint32_t next_boundary(const struct serial_box *box)
{
    const struct spim_state *s = &box->state.spim;
    const uint32_t marks[] = {s->rx_count, s->tx_count, box->state.registers.dcxcnt};
    uint32_t boundary = smaller(s->total, s->done + BURST_BYTES);
    for (uint32_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (marks[i] > s->done) {
            boundary = smaller(boundary, marks[i]);
        }
    }
    return boundary;
}

static void begin_burst(struct serial_box *box, uint64_t start_cycles)
{
    struct spim_state *s = &box->state.spim;
    s->burst = next_boundary(box) - s->done;
    s->burst_done = 0;
    s->burst_cycles = start_cycles;
    uint64_t cycles = s->burst == 0 ? EMPTY_CYCLES : s->burst * s->byte_cycles;
    clock_schedule(box->env.clock, &box->step, start_cycles + cycles);
    spim_update(box); /* GPIOTE may see SCK, and PPI stop us in there */
}

static void spim_step(struct serial_box *box, uint64_t late_cycles)
{
    struct spim_state *s = &box->state.spim;
    uint64_t now = clock_now(box->env.clock) - late_cycles;
    settle_until(box, now);
    if (!s->running) {
        return;
    }
    s->burst = 0;
    s->burst_done = 0;
    if (s->done >= s->total || s->stopping) {
        end_transfer(box);
        return;
    }
    spim_update(box);
    end_of_one(box); /* in there, too */
    if (s->running && s->burst == 0 && !s->suspended && !box->step.queued) {
        begin_burst(box, now);
    }
}

/* The byte under way is the last one for now. */
static void cut_burst(struct serial_box *box)
{
    struct spim_state *s = &box->state.spim;
    settle(box);
    if (s->burst_done < s->burst) {
        s->burst = s->burst_done + 1;
        clock_schedule(box->env.clock, &box->step, s->burst_cycles + s->burst * s->byte_cycles);
    }
}

static void stop(struct serial_box *box)
{
    struct spim_state *s = &box->state.spim;
    if (!s->running) {
        serial_box_raise(box, EVENTS_STOPPED);
        return;
    }
    s->stopping = true;
    cut_burst(box);
    if (s->running && s->burst == 0 && !box->step.queued) {
        end_transfer(box); /* it was suspended */
    }
}

static void resume(struct serial_box *box)
{
    struct spim_state *s = &box->state.spim;
    s->suspended = false;
    if (s->running && s->burst == 0 && !box->step.queued) {
        begin_burst(box, clock_now(box->env.clock));
    }
}

static void spim_run_task(struct serial_box *box, uint32_t offset)
{
    switch (offset) {
    case TASKS_START:
        start(box);
        break;
    case TASKS_STOP:
        stop(box);
        break;
    case TASKS_SUSPEND:
        if (box->state.spim.running) {
            box->state.spim.suspended = true;
            cut_burst(box);
        }
        break;
    default:
        resume(box);
        break;
    }
}

/* SPIS has another register at this offset. */
static bool has_stallstat(const struct serial_box *box, uint32_t offset)
{
    return offset == SERIAL_STALLSTAT && box->shape.is_nrf52840 &&
           (serial_box_is(box, SERIAL_ENABLE_SPIM) || box->is_spim3);
}

/* Our EasyDMA never stalls. */
static bool spim_get(const struct serial_box *box, uint32_t offset, uint32_t *value)
{
    *value = 0;
    return has_stallstat(box, offset);
}

static bool spim_set(struct serial_box *box, uint32_t offset, uint32_t value)
{
    (void)value;
    return has_stallstat(box, offset);
}

static void spim_disabled(struct serial_box *box)
{
    box->state.spim = (struct spim_state){0};
}

static void spim_init(struct serial_box *box)
{
    box->controller = (struct spi_controller){
        .owner = box, .pins = box->env.pins, .pin_count = box->env.pin_count, .settle = settle};
    spi_bus_add_controller(&box->env.nets->spi, &box->controller);
}

static bool bools_are_sane(const struct spim_state *s)
{
    return device_bool_is_sane(&s->running) && device_bool_is_sane(&s->suspended) &&
           device_bool_is_sane(&s->stopping) && device_bool_is_sane(&s->rx_ended) &&
           device_bool_is_sane(&s->tx_ended) && device_bool_is_sane(&s->told);
}

static bool spim_state_is_sane(const struct serial_box *box, const struct serial_state *state,
                               uint64_t now_cycles)
{
    const struct spim_state *s = &state->spim;
    uint32_t most = box->shape.maxcnt_mask + 1U;
    (void)now_cycles;
    return bools_are_sane(s) && s->rx_count <= most && s->tx_count <= most && s->total <= most &&
           s->done <= s->total && s->burst <= BURST_BYTES && s->burst_done <= s->burst &&
           s->burst - s->burst_done <= s->total - s->done && s->byte_cycles <= BYTE_CYCLES_MAX;
}

const struct serial_function serial_spim = {
    .enable = SERIAL_ENABLE_SPIM,
    .bit = SERIAL_HAS_SPIM,
    .events = NRF_EVENT_BIT(EVENTS_STOPPED) | NRF_EVENT_BIT(EVENTS_ENDRX) |
              NRF_EVENT_BIT(EVENTS_END) | NRF_EVENT_BIT(EVENTS_ENDTX) |
              NRF_EVENT_BIT(EVENTS_STARTED),
    .tasks = SERIAL_TASK_BIT(TASKS_START) | SERIAL_TASK_BIT(TASKS_STOP) |
             SERIAL_TASK_BIT(TASKS_SUSPEND) | SERIAL_TASK_BIT(TASKS_RESUME),
    .run_task = spim_run_task,
    .get = spim_get,
    .set = spim_set,
    .disabled = spim_disabled,
    .update = spim_update,
    .step = spim_step,
    .init = spim_init,
    .state_is_sane = spim_state_is_sane,
};
