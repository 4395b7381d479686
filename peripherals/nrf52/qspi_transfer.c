#include "peripherals/nrf52/qspi.h"
#include "peripherals/nrf52/qspi_wires.h"

#define BURST_BYTES    64U
#define DPM_UNIT_TICKS 256U /* of 16 MHz: four cycles each */
#define CYCLES_16_MHZ  4U

#define OPCODE_WREN  0x06U
#define OPCODE_DP    0xB9U
#define OPCODE_RDP   0xABU
#define STATUS_WIP   1U
#define POLL_US_MIN  2U
#define POLL_US_MAX  1000U
#define POLL_PORTION 64U /* the next poll comes after this part of the time waited so far */

#define IFCONFIG0_PAGE_512    (1U << 12)
#define IFCONFIG1_DPMEN       (1U << 24)
#define ADDRCONF_WIPWAIT      (1U << 26)
#define ADDRCONF_WREN         (1U << 27)
#define CINSTRCONF_LENGTH(v)  ((v) >> 8 & 0xFU)
#define CINSTRCONF_WIPWAIT    (1U << 14)
#define CINSTRCONF_WREN       (1U << 15)
#define CINSTRCONF_LONG       (1U << 16)
#define CINSTRCONF_LONG_STOP  (1U << 17)
#define CINSTRCONF_LENGTH_MAX 9U
#define ERASE_64K             1U
#define ERASE_ALL             2U

/* ---- the order of things ---- */

static void enter(struct qspi *qspi, enum qspi_phase phase, uint64_t cycles)
{
    qspi->state.phase = (uint8_t)phase;
    clock_schedule(qspi->env.clock, &qspi->step, clock_now(qspi->env.clock) + cycles);
}

/* SCKDELAY: how long CSN stays high between two instructions. */
static uint64_t gap_cycles(const struct qspi *qspi)
{
    return (uint64_t)(qspi->state.ifconfig1 & 0xFFU) * CYCLES_16_MHZ;
}

static void enter_poll(struct qspi *qspi)
{
    qspi->state.waiting_cycles = clock_now(qspi->env.clock);
    enter(qspi, QSPI_POLL, gap_cycles(qspi) + qspi_byte_cycles(qspi, 2, 1));
}

static void finish(struct qspi *qspi)
{
    qspi->state.operation = QSPI_IDLE;
    qspi->state.phase = QSPI_POLL;
    if (!device_fault_strikes(&qspi->state.faults[QSPI_FAULT_READY_LOST])) {
        nrf_event_raise(&qspi->env, &qspi->state.events, QSPI_EVENTS_READY);
    }
}

static bool waits_for_flash(const struct qspi *qspi)
{
    const struct qspi_state *s = &qspi->state;
    switch ((enum qspi_operation)s->operation) {
    case QSPI_CUSTOM:
        return (s->cinstrconf & CINSTRCONF_WIPWAIT) != 0 && !s->in_long_frame;
    case QSPI_ADDRESS:
        return (s->addrconf & ADDRCONF_WIPWAIT) != 0;
    case QSPI_ACTIVATE:
    case QSPI_READ:
    case QSPI_WRITE:
    case QSPI_ERASE:
        return true;
    case QSPI_IDLE:
    case QSPI_DPM:
    default:
        return false;
    }
}

static bool enables_writes(const struct qspi *qspi)
{
    const struct qspi_state *s = &qspi->state;
    switch ((enum qspi_operation)s->operation) {
    case QSPI_WRITE:
    case QSPI_ERASE:
        return true;
    case QSPI_CUSTOM:
        return (s->cinstrconf & CINSTRCONF_WREN) != 0 && !s->in_long_frame;
    case QSPI_ADDRESS:
        return (s->addrconf & ADDRCONF_WREN) != 0;
    case QSPI_IDLE:
    case QSPI_ACTIVATE:
    case QSPI_READ:
    case QSPI_DPM:
    default:
        return false;
    }
}

/* ---- reads and writes ---- */

/* The next burst of a read, or as much of a write as fits into the page. */
static uint32_t next_count(const struct qspi *qspi)
{
    const struct qspi_state *s = &qspi->state;
    uint32_t page = (s->ifconfig0 & IFCONFIG0_PAGE_512) != 0 ? 512U : 256U;
    uint32_t limit = s->operation == QSPI_WRITE ? page - s->flash % page : BURST_BYTES;
    return s->left < limit ? s->left : limit;
}

static void enter_move(struct qspi *qspi, uint64_t header_cycles)
{
    qspi->state.moving = next_count(qspi);
    enter(qspi, QSPI_MOVE,
          header_cycles + qspi_byte_cycles(qspi, qspi->state.moving, qspi_shape(qspi)->data_lines));
}

/* False: the buffer leaves RAM, and the operation is over. */
static bool move_byte(struct qspi *qspi, uint8_t lines)
{
    struct qspi_state *s = &qspi->state;
    uint8_t byte = 0;
    enum bus_result result = BUS_OK;
    if (s->operation == QSPI_WRITE) {
        result = qspi->env.dma.read(qspi->env.dma.context, s->ram, &byte, 1);
        if (result == BUS_OK) {
            (void)qspi_exchange(qspi, byte, lines, false);
        }
    } else {
        byte = qspi_exchange(qspi, 0, lines, true);
        result = qspi->env.dma.write(qspi->env.dma.context, s->ram, &byte, 1);
    }
    if (result != BUS_OK) {
        device_guest_error(&qspi->env, 0x508, "EasyDMA reaches RAM only: the buffer leaves it");
        return false;
    }
    s->ram++;
    s->flash++;
    s->left--;
    return true;
}

static void move(struct qspi *qspi)
{
    struct qspi_state *s = &qspi->state;
    uint32_t count = s->moving;
    s->moving = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!move_byte(qspi, qspi_shape(qspi)->data_lines)) {
            qspi_abort(qspi);
            qspi_update_pins(qspi);
            return;
        }
    }
    if (s->operation == QSPI_READ && s->left != 0) {
        enter_move(qspi, 0);
        return;
    }
    qspi_select(qspi, false);
    if (s->left != 0) {
        enter_poll(qspi); /* the next page */
    } else {
        finish(qspi);
    }
}

static void begin_move(struct qspi *qspi)
{
    if (qspi->state.left == 0) {
        finish(qspi);
        return;
    }
    qspi_select(qspi, true);
    enter_move(qspi, qspi_send_header(qspi, qspi_shape(qspi), qspi->state.flash));
}

/* ---- the other instructions: sent at the end of their time ---- */

static uint32_t custom_bytes(const struct qspi *qspi)
{
    uint32_t length = CINSTRCONF_LENGTH(qspi->state.cinstrconf);
    return length > CINSTRCONF_LENGTH_MAX ? CINSTRCONF_LENGTH_MAX : length;
}

static void send_custom(struct qspi *qspi)
{
    struct qspi_state *s = &qspi->state;
    qspi_select(qspi, true);
    if (!s->in_long_frame) {
        (void)qspi_exchange(qspi, (uint8_t)s->cinstrconf, 1, false);
    }
    for (uint32_t i = 0; i + 1 < custom_bytes(qspi); i++) {
        uint32_t *word = &s->cinstrdat[i / 4];
        uint32_t shift = i % 4 * 8;
        uint32_t in = qspi_exchange(qspi, (uint8_t)(*word >> shift), 1, false);
        *word = (*word & ~(0xFFU << shift)) | in << shift;
    }
    s->in_long_frame =
        (s->cinstrconf & CINSTRCONF_LONG) != 0 && (s->cinstrconf & CINSTRCONF_LONG_STOP) == 0;
    qspi_select(qspi, s->in_long_frame);
}

static void send_addrconf(struct qspi *qspi)
{
    uint32_t bytes = qspi->state.addrconf >> 24 & 3U;
    qspi_select(qspi, true);
    for (uint32_t i = 0; i < bytes; i++) {
        (void)qspi_exchange(qspi, (uint8_t)(qspi->state.addrconf >> i * 8), 1, false);
    }
    qspi_select(qspi, false);
}

static void send_erase(struct qspi *qspi)
{
    const struct qspi_state *s = &qspi->state;
    if (s->erase_len == ERASE_ALL) {
        qspi_send_opcode(qspi, 0xC7);
        return;
    }
    qspi_select(qspi, true);
    (void)qspi_exchange(qspi, s->erase_len == ERASE_64K ? 0xD8 : 0x20, 1, false);
    (void)qspi_send_address(qspi, s->erase_ptr, 1);
    qspi_select(qspi, false);
}

static uint64_t send_cycles(const struct qspi *qspi)
{
    const struct qspi_state *s = &qspi->state;
    uint64_t before = enables_writes(qspi) ? qspi_byte_cycles(qspi, 1, 1) + gap_cycles(qspi) : 0;
    if (s->operation == QSPI_CUSTOM) {
        return before + qspi_byte_cycles(qspi, custom_bytes(qspi) + !custom_bytes(qspi), 1);
    }
    return before + qspi_byte_cycles(qspi, s->operation == QSPI_ERASE ? 4 : 3, 1);
}

/* How long the flash takes for deep power-down, as the guest says. */
static uint64_t dpm_cycles(const struct qspi *qspi)
{
    uint32_t dpmdur = qspi->state.dpmdur;
    bool enter_it = (qspi->state.ifconfig1 & IFCONFIG1_DPMEN) != 0;
    return (uint64_t)(enter_it ? dpmdur & 0xFFFFU : dpmdur >> 16) * DPM_UNIT_TICKS * CYCLES_16_MHZ;
}

static void send(struct qspi *qspi)
{
    struct qspi_state *s = &qspi->state;
    if (enables_writes(qspi)) {
        qspi_send_opcode(qspi, OPCODE_WREN);
    }
    switch ((enum qspi_operation)s->operation) {
    case QSPI_READ:
    case QSPI_WRITE:
        begin_move(qspi);
        return;
    case QSPI_ERASE:
        send_erase(qspi);
        break;
    case QSPI_CUSTOM:
        send_custom(qspi);
        break;
    case QSPI_ADDRESS:
        send_addrconf(qspi);
        break;
    case QSPI_DPM:
        s->in_dpm = (s->ifconfig1 & IFCONFIG1_DPMEN) != 0;
        qspi_send_opcode(qspi, s->in_dpm ? OPCODE_DP : OPCODE_RDP);
        enter(qspi, QSPI_WAIT, dpm_cycles(qspi));
        return;
    case QSPI_ACTIVATE:
    case QSPI_IDLE:
    default:
        break;
    }
    finish(qspi);
}

static void poll(struct qspi *qspi)
{
    const struct qspi_state *s = &qspi->state;
    if ((qspi_read_status(qspi) & STATUS_WIP) == 0) {
        enter(qspi, QSPI_SEND, gap_cycles(qspi) + send_cycles(qspi));
        return;
    }
    uint64_t least = clock_us_to_cycles(qspi->env.clock, POLL_US_MIN);
    uint64_t most = clock_us_to_cycles(qspi->env.clock, POLL_US_MAX);
    uint64_t pause = (clock_now(qspi->env.clock) - s->waiting_cycles) / POLL_PORTION;
    enter(qspi, QSPI_POLL, pause < least ? least : pause > most ? most : pause);
}

void qspi_step_fired(void *owner, uint64_t late_cycles)
{
    struct qspi *qspi = owner;
    (void)late_cycles;
    if (qspi->state.operation == QSPI_IDLE) {
        return;
    }
    switch ((enum qspi_phase)qspi->state.phase) {
    case QSPI_POLL:
        poll(qspi);
        break;
    case QSPI_SEND:
        send(qspi);
        break;
    case QSPI_MOVE:
        move(qspi);
        break;
    case QSPI_WAIT:
    default:
        finish(qspi);
        break;
    }
}

/* ---- from the registers ---- */

static bool is_in_ram(const struct qspi *qspi, uint32_t address, uint32_t count)
{
    uint8_t probe;
    return count == 0 || qspi->env.dma.read(qspi->env.dma.context, address, &probe, 1) == BUS_OK;
}

/* Takes the registers of a read or write over; false: EasyDMA does not reach the buffer. */
static bool take_over(struct qspi *qspi, enum qspi_operation operation)
{
    struct qspi_state *s = &qspi->state;
    bool read = operation == QSPI_READ;
    s->flash = (read ? s->read_src : s->write_dst) & ~3U;
    s->ram = (read ? s->read_dst : s->write_src) & ~3U;
    s->left = (read ? s->read_cnt : s->write_cnt) & ~3U;
    return is_in_ram(qspi, s->ram, s->left);
}

void qspi_begin(struct qspi *qspi, enum qspi_operation operation)
{
    struct qspi_state *s = &qspi->state;
    bool moves = operation == QSPI_READ || operation == QSPI_WRITE;
    if (s->enable == 0 || (!s->active && operation != QSPI_ACTIVATE)) {
        device_guest_error(&qspi->env, 0x500, "QSPI is not enabled and activated: nothing happens");
    } else if (s->operation != QSPI_IDLE) {
        device_guest_error(&qspi->env, 0x604, "QSPI is at work: what is asked for is ignored");
    } else if (moves && !take_over(qspi, operation)) {
        device_guest_error(&qspi->env, operation == QSPI_READ ? 0x508 : 0x514,
                           "EasyDMA reaches RAM only: nothing is moved");
    } else {
        s->active = true;
        s->told = false;
        s->operation = (uint8_t)operation;
        if (waits_for_flash(qspi)) {
            enter_poll(qspi);
        } else {
            enter(qspi, QSPI_SEND, send_cycles(qspi));
        }
    }
}

void qspi_abort(struct qspi *qspi)
{
    clock_cancel(qspi->env.clock, &qspi->step);
    qspi->state.operation = QSPI_IDLE;
    qspi->state.phase = QSPI_POLL;
    qspi->state.moving = 0;
    qspi->state.in_long_frame = false;
}
