#include "peripherals/nrf52/uarte.h"

#include <string.h>

#include "peripherals/nrf52/uart.h"
#include "peripherals/nrf52/uart_shared.h"
#include "peripherals/nrf52/uarte_dma.h"

#define SHORTS_MASK    0x78U /* with CTS_STARTRX and NCTS_STOPRX of UART */
#define ENABLE_MASK    0xFU
#define ERRORSRC_MASK  0xFU
#define CONFIG_MASK    0x1FU
#define BAUDRATE_RESET 0x04000000U
#define PSEL_RESET     0xFFFFFFFFU
#define UARTE1_BASE    0x40028000U

#define ALL_EVENTS                                                                                 \
    (NRF_EVENT_BIT(UART_EVENTS_CTS) | NRF_EVENT_BIT(UART_EVENTS_NCTS) |                            \
     NRF_EVENT_BIT(UART_EVENTS_RXDRDY) | NRF_EVENT_BIT(UARTE_EVENTS_ENDRX) |                       \
     NRF_EVENT_BIT(UART_EVENTS_TXDRDY) | NRF_EVENT_BIT(UARTE_EVENTS_ENDTX) |                       \
     NRF_EVENT_BIT(UART_EVENTS_ERROR) | NRF_EVENT_BIT(UART_EVENTS_RXTO) |                          \
     NRF_EVENT_BIT(UARTE_EVENTS_RXSTARTED) | NRF_EVENT_BIT(UARTE_EVENTS_TXSTARTED) |               \
     NRF_EVENT_BIT(UARTE_EVENTS_TXSTOPPED))

static void tx_end_fired(void *owner, uint64_t late_cycles)
{
    struct uart_shared *uart = owner;
    if (uart->state.enable == UART_ENABLE_UART) {
        uart_byte_sent(uart);
    } else {
        uarte_byte_sent(uart, clock_now(uart->env.clock) - late_cycles);
    }
}

static void receive(struct uart_shared *uart, uint8_t byte)
{
    if (uart->state.enable == UART_ENABLE_UART) {
        uart_byte_received(uart, byte);
    } else {
        uarte_byte_received(uart, byte);
    }
}

/* A byte with an error is received all the same; only an overrun loses it. */
static void rx_end_fired(void *owner, uint64_t late_cycles)
{
    struct uart_shared *uart = owner;
    uint8_t byte;
    uint32_t errors;
    bool arrived = uart_line_take(uart, clock_now(uart->env.clock) - late_cycles, &byte, &errors);
    bool heard = uart->state.rx_phase != UART_RX_OFF && uart_is_connected(uart, UART_PSEL_RXD);
    if (!arrived || !heard || (errors & UART_ERRORSRC_OVERRUN) != 0) {
        uart_note_lost(uart, byte);
    } else {
        receive(uart, byte);
    }
    if (arrived && heard) {
        uart_note_errors(uart, errors);
    }
    uart_line_update(uart);
}

static void rx_timeout_fired(void *owner, uint64_t late_cycles)
{
    struct uart_shared *uart = owner;
    (void)late_cycles;
    if (uart->state.enable == UART_ENABLE_UART) {
        uart_receiver_stopped(uart);
    } else {
        uarte_receiver_stopped(uart);
    }
    uart_line_update(uart);
}

static void trigger_task(struct uart_shared *uart, uint32_t offset)
{
    bool ran = false;
    if (uart->state.enable == UART_ENABLE_UART) {
        ran = uart_run_task(uart, offset);
    } else if (uart->state.enable == UART_ENABLE_UARTE) {
        ran = uarte_run_task(uart, offset);
    }
    if (!ran) {
        device_guest_error(&uart->env, offset,
                           "a task of a half that ENABLE has not selected is ignored");
    }
}

/* Registers of UART, which has a window at the first of the two addresses only. */
static bool is_absent(const struct uart_shared *uart, uint32_t offset)
{
    return uart->dma_only &&
           (offset == UART_TASKS_SUSPEND || offset == UART_RXD || offset == UART_TXD);
}

static bool uarte_get(const struct uart_shared *uart, uint32_t offset, uint32_t *value)
{
    const struct uart_state *s = &uart->state;
    if (is_absent(uart, offset)) {
        return false;
    }
    if (nrf_events_get(&s->events, ALL_EVENTS, offset, value)) {
        return true;
    }
    switch (offset) {
    case UART_TASKS_STARTRX:
    case UART_TASKS_STOPRX:
    case UART_TASKS_STARTTX:
    case UART_TASKS_STOPTX:
    case UART_TASKS_SUSPEND:
    case UARTE_TASKS_FLUSHRX:
    case UART_TXD:
        *value = 0;
        return true;
    case UART_SHORTS:
        *value = s->shorts;
        return true;
    case UARTE_INTEN:
        *value = s->events.inten;
        return true;
    case UART_ERRORSRC:
        *value = s->errorsrc;
        return true;
    case UART_ENABLE:
        *value = s->enable;
        return true;
    case UART_PSEL_RTS:
    case UART_PSEL_TXD:
    case UART_PSEL_CTS:
    case UART_PSEL_RXD:
        *value = s->psel[(offset - UART_PSEL_RTS) / 4U];
        return true;
    case UART_RXD:
        *value = s->rxd;
        return true;
    case UART_BAUDRATE:
        *value = s->baudrate;
        return true;
    case UARTE_RXD_PTR:
        *value = s->rxd_ptr;
        return true;
    case UARTE_RXD_MAXCNT:
        *value = s->rxd_maxcnt;
        return true;
    case UARTE_RXD_AMOUNT:
        *value = s->rxd_amount;
        return true;
    case UARTE_TXD_PTR:
        *value = s->txd_ptr;
        return true;
    case UARTE_TXD_MAXCNT:
        *value = s->txd_maxcnt;
        return true;
    case UARTE_TXD_AMOUNT:
        *value = s->txd_amount;
        return true;
    case UART_CONFIG:
        *value = s->config;
        return true;
    default:
        return false;
    }
}

static uint32_t uarte_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return uarte_get(self, offset, &value) ? value : 0;
}

static enum bus_result uarte_read(void *self, struct bus_access access, uint32_t *value)
{
    struct uart_shared *uart = self;
    uint32_t offset = access.offset & ~3U;
    uint32_t word = 0;
    bool known = uarte_get(uart, offset, &word);
    if (offset == UART_RXD && uart->state.enable == UART_ENABLE_UART) {
        uart_rxd_was_read(uart);
        uart_line_update(uart);
    }
    return nrf_finish_read(&uart->env, access, known, word, value);
}

static void write_enable(struct uart_shared *uart, uint32_t value)
{
    if (value == uart->state.enable) {
        return;
    }
    bool uart_half = value == UART_ENABLE_UART && !uart->dma_only;
    if (value != 0 && !uart_half && value != UART_ENABLE_UARTE) {
        device_guest_error(&uart->env, UART_ENABLE, "a value of ENABLE that selects nothing");
    }
    uart_abort(uart);
    uart->state.enable = value == UART_ENABLE_UART && !uart_half ? 0 : value;
}

static void write_register(struct uart_shared *uart, uint32_t offset, uint32_t value)
{
    struct uart_state *s = &uart->state;
    if (is_absent(uart, offset)) {
        nrf_report_unknown_write(&uart->env, offset);
        return;
    }
    switch (offset) {
    case UART_TASKS_STARTRX:
    case UART_TASKS_STOPRX:
    case UART_TASKS_STARTTX:
    case UART_TASKS_STOPTX:
    case UART_TASKS_SUSPEND:
    case UARTE_TASKS_FLUSHRX:
        if (nrf_is_trigger(value)) {
            trigger_task(uart, offset);
        }
        break;
    case UART_SHORTS:
        s->shorts = value & SHORTS_MASK;
        break;
    case UARTE_INTEN:
        s->events.inten = value & ALL_EVENTS;
        break;
    case UART_ERRORSRC: /* a 1 clears */
        s->errorsrc &= ~(value & ERRORSRC_MASK);
        break;
    case UART_ENABLE:
        write_enable(uart, value & ENABLE_MASK);
        break;
    case UART_PSEL_RTS:
    case UART_PSEL_TXD:
    case UART_PSEL_CTS:
    case UART_PSEL_RXD:
        s->psel[(offset - UART_PSEL_RTS) / 4U] = value;
        break;
    case UART_TXD:
        uart_write_txd(uart, (uint8_t)value);
        break;
    case UART_BAUDRATE:
        s->baudrate = value;
        break;
    case UARTE_RXD_PTR:
        s->rxd_ptr = value;
        break;
    case UARTE_RXD_MAXCNT:
        s->rxd_maxcnt = value & uart->maxcnt_mask;
        break;
    case UARTE_TXD_PTR:
        s->txd_ptr = value;
        break;
    case UARTE_TXD_MAXCNT:
        s->txd_maxcnt = value & uart->maxcnt_mask;
        break;
    case UART_CONFIG:
        s->config = value & CONFIG_MASK;
        break;
    default:
        nrf_report_unknown_write(&uart->env, offset);
        break;
    }
}

static void uarte_update(void *self)
{
    struct uart_shared *uart = self;
    uart_line_update(uart);
    nrf_events_update_irq(&uart->env, &uart->state.events);
}

static enum bus_result uarte_write(void *self, struct bus_access access, uint32_t value)
{
    struct uart_shared *uart = self;
    uint32_t word = nrf_begin_write(&uart->env, access, value);
    uint32_t offset = access.offset & ~3U;
    if (!nrf_events_write(&uart->state.events, ALL_EVENTS, offset, word)) {
        write_register(uart, offset, word);
    }
    uart_line_update(uart);
    nrf_events_update_irq(&uart->env, &uart->state.events);
    return BUS_OK;
}

static bool uarte_input(void *self, const struct device_input *input)
{
    return uart_line_input(self, input);
}

static void uarte_reset(void *self, uint32_t reasons)
{
    struct uart_shared *uart = self;
    struct uart_state *s = &uart->state;
    (void)reasons;
    uart_abort(uart);
    /* What the outside is sending goes on. */
    memset(s, 0, offsetof(struct uart_state, outside));
    for (uint32_t i = 0; i < 4; i++) {
        s->psel[i] = PSEL_RESET;
    }
    s->baudrate = BAUDRATE_RESET;
}

static const char *uarte_init(void *self, const struct device_env *env)
{
    struct uart_shared *uart = self;
    uint32_t maxcnt_bits = nrf_maxcnt_bits(env);
    if (maxcnt_bits < 1 || maxcnt_bits > 16) {
        return "easydma-maxcnt-bits is not in 1..16";
    }
    uart->env = *env;
    uart->dma_only = env->base == UARTE1_BASE;
    uart->maxcnt_mask = (1U << maxcnt_bits) - 1U;
    event_init(&uart->tx_end, tx_end_fired, uart);
    event_init(&uart->rx_end, rx_end_fired, uart);
    event_init(&uart->rx_timeout, rx_timeout_fired, uart);
    uart_line_init(uart);
    return NULL;
}

static bool bools_are_sane(const struct uart_state *s)
{
    return device_bool_is_sane(&s->rx_armed) && device_bool_is_sane(&s->rxd_full) &&
           device_bool_is_sane(&s->tx_started) && device_bool_is_sane(&s->tx_stopping) &&
           device_bool_is_sane(&s->tx_busy) && device_bool_is_sane(&s->tx_held) &&
           device_bool_is_sane(&s->cts_inactive);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct uart_shared *uart = self;
    const struct uart_state *s = state;
    uint32_t depth = s->enable == UART_ENABLE_UARTE ? UARTE_FIFO_BYTES : UART_FIFO_BYTES;
    (void)now_cycles;
    return bools_are_sane(s) && s->rx_phase <= UART_RX_STOPPING && s->fifo_count <= depth &&
           uart_outside_is_sane(&s->outside) && s->tx_left <= uart->maxcnt_mask &&
           s->rx_left <= uart->maxcnt_mask;
}

static const struct device_input_kind uarte_inputs[] = {
    {"byte", 0, 255, NULL}, {"break", 0, 1, NULL}, {"cts", 0, 1, NULL}, {0}};
static const size_t event_offsets[] = {offsetof(struct uart_shared, tx_end),
                                       offsetof(struct uart_shared, rx_end),
                                       offsetof(struct uart_shared, rx_timeout)};

const struct device_class nrf52_uarte_class = {
    .name = "nrf52-uarte",
    .size_bytes = sizeof(struct uart_shared),
    .state_offset = offsetof(struct uart_shared, state),
    .state_bytes = sizeof(struct uart_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = uarte_init,
    .reset = uarte_reset,
    .update = uarte_update,
    .read = uarte_read,
    .write = uarte_write,
    .peek = uarte_peek,
    .input = uarte_input,
    .inputs = uarte_inputs,
    .faults = uart_fault_list,
};
