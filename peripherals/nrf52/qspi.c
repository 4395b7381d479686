#include "peripherals/nrf52/qspi.h"

#include <string.h>

enum qspi_register {
    TASKS_ACTIVATE = 0x000,
    TASKS_READSTART = 0x004,
    TASKS_WRITESTART = 0x008,
    TASKS_ERASESTART = 0x00C,
    TASKS_DEACTIVATE = 0x010,
    QSPI_INTEN = 0x300,
    QSPI_ENABLE = 0x500,
    READ_SRC = 0x504,
    READ_DST = 0x508,
    READ_CNT = 0x50C,
    WRITE_DST = 0x510,
    WRITE_SRC = 0x514,
    WRITE_CNT = 0x518,
    ERASE_PTR = 0x51C,
    ERASE_LEN = 0x520,
    PSEL_SCK = 0x524, /* reset value 0xFFFFFFFF, as all of PSEL */
    PSEL_CSN = 0x528,
    PSEL_IO0 = 0x530,
    PSEL_IO1 = 0x534,
    PSEL_IO2 = 0x538,
    PSEL_IO3 = 0x53C,
    XIPOFFSET = 0x540,
    IFCONFIG0 = 0x544,
    IFCONFIG1 = 0x600, /* reset value 0x00040480 */
    QSPI_STATUS = 0x604,
    DPMDUR = 0x614,     /* reset value 0xFFFFFFFF */
    ADDRCONF = 0x624,   /* reset value 0x000000B7 */
    CINSTRCONF = 0x634, /* reset value 0x00002000 */
    CINSTRDAT0 = 0x638,
    CINSTRDAT1 = 0x63C,
    QSPI_IFTIMING = 0x640, /* reset value 0x00000200 */
};

#define EVENTS NRF_EVENT_BIT(QSPI_EVENTS_READY)

#define IFCONFIG0_DPMENABLE (1U << 7)
#define IFCONFIG1_DPMEN     (1U << 24)
#define STATUS_DPM          (1U << 2)
#define STATUS_READY        (1U << 3)

#define WINDOW_BASE  0x12000000U
#define WINDOW_BYTES 0x08000000U

static const struct device_fault qspi_faults[] = {
    [QSPI_FAULT_READY_LOST] = {"ready-lost", "the VALUE-th READY from now does not come, once", 1,
                               INT32_MAX},
    [QSPI_FAULTS] = {0}};

/* Plain registers: what is written, within their bits, is read. */
static const struct row {
    uint32_t offset, mask, reset_value;
    size_t member; /* of struct qspi_state */
} rows[] = {
#define ROW(offset, mask, reset_value, member)                                                     \
    {                                                                                              \
        offset, mask, reset_value, offsetof(struct qspi_state, member)                             \
    }
    ROW(READ_SRC, 0xFFFFFFFF, 0, read_src),
    ROW(READ_DST, 0xFFFFFFFF, 0, read_dst),
    ROW(READ_CNT, 0x3FFFF, 0, read_cnt),
    ROW(WRITE_DST, 0xFFFFFFFF, 0, write_dst),
    ROW(WRITE_SRC, 0xFFFFFFFF, 0, write_src),
    ROW(WRITE_CNT, 0x3FFFF, 0, write_cnt),
    ROW(ERASE_PTR, 0xFFFFFFFF, 0, erase_ptr),
    ROW(ERASE_LEN, 0x3, 0, erase_len),
    ROW(PSEL_SCK, 0xFFFFFFFF, 0xFFFFFFFF, psel[QSPI_SCK]),
    ROW(PSEL_CSN, 0xFFFFFFFF, 0xFFFFFFFF, psel[QSPI_CSN]),
    ROW(PSEL_IO0, 0xFFFFFFFF, 0xFFFFFFFF, psel[QSPI_IO0]),
    ROW(PSEL_IO1, 0xFFFFFFFF, 0xFFFFFFFF, psel[QSPI_IO1]),
    ROW(PSEL_IO2, 0xFFFFFFFF, 0xFFFFFFFF, psel[QSPI_IO2]),
    ROW(PSEL_IO3, 0xFFFFFFFF, 0xFFFFFFFF, psel[QSPI_IO3]),
    ROW(XIPOFFSET, 0xFFFFFFFF, 0, xipoffset),
    ROW(IFCONFIG0, 0x10FF, 0, ifconfig0),
    ROW(IFCONFIG1, 0xF30404FF, 0x00040480, ifconfig1),
    ROW(DPMDUR, 0xFFFFFFFF, 0xFFFFFFFF, dpmdur),
    ROW(ADDRCONF, 0x0FFFFFFF, 0x000000B7, addrconf),
    ROW(CINSTRCONF, 0x3FFFF, 0x00002000, cinstrconf),
    ROW(CINSTRDAT0, 0xFFFFFFFF, 0, cinstrdat[0]),
    ROW(CINSTRDAT1, 0xFFFFFFFF, 0, cinstrdat[1]),
    ROW(QSPI_IFTIMING, 0x700, 0x00000200, iftiming),
#undef ROW
};
#define ROWS (sizeof rows / sizeof rows[0])

static const struct row *find_row(uint32_t offset)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].offset == offset) {
            return &rows[i];
        }
    }
    return NULL;
}

static uint32_t *word_of(struct qspi_state *state, const struct row *row)
{
    return (uint32_t *)(void *)((char *)state + row->member);
}

static uint32_t status(const struct qspi_state *s)
{
    return s->sreg << 24 | (s->in_dpm ? STATUS_DPM : 0) |
           (s->active && s->operation == QSPI_IDLE ? STATUS_READY : 0);
}

static bool qspi_get(const struct qspi *qspi, uint32_t offset, uint32_t *value)
{
    const struct qspi_state *s = &qspi->state;
    const struct row *row = find_row(offset);
    if (nrf_events_get(&s->events, EVENTS, offset, value)) {
        return true;
    }
    if (row != NULL) {
        *value = *(const uint32_t *)(const void *)((const char *)s + row->member);
        return true;
    }
    switch (offset) {
    case TASKS_ACTIVATE:
    case TASKS_READSTART:
    case TASKS_WRITESTART:
    case TASKS_ERASESTART:
    case TASKS_DEACTIVATE:
        *value = 0;
        return true;
    case QSPI_INTEN:
        *value = s->events.inten;
        return true;
    case QSPI_ENABLE:
        *value = s->enable;
        return true;
    case QSPI_STATUS:
        *value = status(s);
        return true;
    default:
        return false;
    }
}

static bool is_window(const struct qspi *qspi, uint32_t offset)
{
    return qspi->env.base + offset - WINDOW_BASE < WINDOW_BYTES;
}

static uint32_t qspi_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return qspi_get(self, offset, &value) ? value : 0;
}

static enum bus_result read_window(struct qspi *qspi, struct bus_access access, uint32_t *value)
{
    uint32_t address = qspi->env.base + access.offset - WINDOW_BASE;
    if (qspi_read_window(qspi, address, access.size_bytes, value)) {
        return BUS_OK;
    }
    device_guest_error(&qspi->env, QSPI_STATUS,
                       "the flash's window is read while QSPI is not active or at work");
    return BUS_FAULT;
}

static enum bus_result qspi_read(void *self, struct bus_access access, uint32_t *value)
{
    struct qspi *qspi = self;
    uint32_t word = 0;
    if (is_window(qspi, access.offset)) {
        return read_window(qspi, access, value);
    }
    bool known = qspi_get(qspi, access.offset & ~3U, &word);
    return nrf_finish_read(&qspi->env, access, known, word, value);
}

static void qspi_update(void *self)
{
    struct qspi *qspi = self;
    qspi_update_pins(qspi);
    nrf_events_update_irq(&qspi->env, &qspi->state.events);
}

static void deactivate(struct qspi *qspi)
{
    qspi_abort(qspi);
    qspi->state.active = false;
}

static void run_task(struct qspi *qspi, uint32_t offset)
{
    switch (offset) {
    case TASKS_ACTIVATE:
        qspi_begin(qspi, QSPI_ACTIVATE);
        break;
    case TASKS_READSTART:
        qspi_begin(qspi, QSPI_READ);
        break;
    case TASKS_WRITESTART:
        qspi_begin(qspi, QSPI_WRITE);
        break;
    case TASKS_ERASESTART:
        qspi_begin(qspi, QSPI_ERASE);
        break;
    default:
        deactivate(qspi);
        break;
    }
}

/* What some registers do when they are written. */
static void act_on(struct qspi *qspi, uint32_t offset, uint32_t before, uint32_t value)
{
    const struct qspi_state *s = &qspi->state;
    if (offset == CINSTRCONF) {
        qspi_begin(qspi, QSPI_CUSTOM);
    } else if (offset == ADDRCONF && s->active && (value >> 24 & 3U) != 0) {
        qspi_begin(qspi, QSPI_ADDRESS);
    } else if (offset == IFCONFIG1 && s->active && ((before ^ value) & IFCONFIG1_DPMEN) != 0 &&
               (s->ifconfig0 & IFCONFIG0_DPMENABLE) != 0) {
        qspi_begin(qspi, QSPI_DPM);
    }
}

static void write_register(struct qspi *qspi, uint32_t offset, uint32_t value)
{
    struct qspi_state *s = &qspi->state;
    const struct row *row = find_row(offset);
    if (row != NULL) {
        uint32_t *word = word_of(s, row);
        uint32_t before = *word;
        *word = value & row->mask;
        act_on(qspi, offset, before, value);
        return;
    }
    switch (offset) {
    case TASKS_ACTIVATE:
    case TASKS_READSTART:
    case TASKS_WRITESTART:
    case TASKS_ERASESTART:
    case TASKS_DEACTIVATE:
        if (nrf_is_trigger(value)) {
            run_task(qspi, offset);
        }
        break;
    case QSPI_INTEN:
        s->events.inten = value & EVENTS;
        break;
    case QSPI_ENABLE:
        s->enable = value & 1U;
        if (s->enable == 0) {
            deactivate(qspi);
        }
        break;
    default:
        nrf_report_unknown_write(&qspi->env, offset);
        break;
    }
}

static enum bus_result qspi_write(void *self, struct bus_access access, uint32_t value)
{
    struct qspi *qspi = self;
    uint32_t offset = access.offset & ~3U;
    if (is_window(qspi, access.offset)) {
        device_guest_error(&qspi->env, QSPI_STATUS, "the flash's window cannot be written");
        return BUS_FAULT;
    }
    uint32_t word = nrf_begin_write(&qspi->env, access, value);
    if (!nrf_events_write(&qspi->state.events, EVENTS, offset, word)) {
        write_register(qspi, offset, word);
    }
    qspi_update(qspi);
    return BUS_OK;
}

static void set_reset_values(struct qspi *qspi)
{
    struct qspi_state *s = &qspi->state;
    uint32_t claimed[2]; /* update() gives the pins back */
    memcpy(claimed, s->claimed, sizeof claimed);
    memset(s, 0, offsetof(struct qspi_state, faults));
    memcpy(s->claimed, claimed, sizeof claimed);
    for (size_t i = 0; i < ROWS; i++) {
        *word_of(s, &rows[i]) = rows[i].reset_value;
    }
}

static void qspi_reset(void *self, uint32_t reasons)
{
    (void)reasons;
    qspi_abort(self);
    set_reset_values(self);
}

static bool qspi_input(void *self, const struct device_input *input)
{
    struct qspi *qspi = self;
    return device_fault_take(qspi_faults, input, qspi->state.faults);
}

static const char *qspi_init(void *self, const struct device_env *env)
{
    struct qspi *qspi = self;
    qspi->env = *env;
    qspi->controller =
        (struct spi_controller){.owner = qspi, .pins = env->pins, .pin_count = env->pin_count};
    spi_bus_add_controller(&env->nets->spi, &qspi->controller);
    event_init(&qspi->step, qspi_step_fired, qspi);
    set_reset_values(qspi);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct qspi *qspi = self;
    const struct qspi_state *s = state;
    return device_bool_is_sane(&s->active) && device_bool_is_sane(&s->in_dpm) &&
           device_bool_is_sane(&s->in_long_frame) && device_bool_is_sane(&s->told) &&
           s->operation <= QSPI_DPM && s->phase <= QSPI_WAIT && s->moving <= s->left &&
           s->left <= 0x3FFFF && s->sreg <= 0xFF && s->waiting_cycles <= now_cycles &&
           s->claimed[0] <= qspi->env.pin_count && s->claimed[1] <= qspi->env.pin_count &&
           device_faults_are_sane(qspi_faults, s->faults);
}

static const size_t event_offsets[] = {offsetof(struct qspi, step)};

const struct device_class nrf52_qspi_class = {
    .name = "nrf52-qspi",
    .size_bytes = sizeof(struct qspi),
    .state_offset = offsetof(struct qspi, state),
    .state_bytes = sizeof(struct qspi_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = qspi_init,
    .reset = qspi_reset,
    .update = qspi_update,
    .read = qspi_read,
    .write = qspi_write,
    .peek = qspi_peek,
    .input = qspi_input,
    .faults = qspi_faults,
};
