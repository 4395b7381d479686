#include "peripherals/nrf52/uart_line.h"

#include <string.h>

#include "peripherals/nrf52/nrf_random.h"
#include "peripherals/nrf52/uart.h"

#define CONFIG_HWFC         1U
#define PSEL_PIN            0x3FU
#define RTS_ROOM_BYTES      4U /* RTS goes inactive when so much of the FIFO is left */
#define SHORTS_CTS_STARTRX  (1U << 3)
#define SHORTS_NCTS_STOPRX  (1U << 4)
#define EVERY               1, 1000000
#define ERRORSRC_OF_A_FRAME (SERIAL_PARITY | SERIAL_FRAMING | SERIAL_BREAK)

const struct device_fault uart_fault_list[] = {
    [UART_FAULT_RX_DROP] = {"rx-drop", "every VALUE-th byte that arrives is lost", EVERY},
    [UART_FAULT_RX_CORRUPT] = {"rx-corrupt", "every VALUE-th byte that arrives has a wrong bit",
                               EVERY},
    [UART_FAULT_RX_PARITY] =
        {"rx-parity",
         "every VALUE-th byte that arrives has a parity error, where parity is "
         "on",
         EVERY},
    [UART_FAULT_RX_FRAMING] = {"rx-framing", "every VALUE-th byte that arrives has no stop bit",
                               EVERY},
    [UART_FAULT_RX_BREAK] = {"rx-break", "every VALUE-th byte that arrives is a break", EVERY},
    [UART_FAULT_RX_OVERRUN] = {"rx-overrun", "every VALUE-th byte that arrives overruns the FIFO",
                               EVERY},
    [UART_FAULT_TX_DROP] = {"tx-drop", "every VALUE-th byte that is sent is lost", EVERY},
    [UART_FAULT_TX_CORRUPT] = {"tx-corrupt", "every VALUE-th byte that is sent has a wrong bit",
                               EVERY},
    [UART_FAULTS] = {0}};

/* ---- faults ---- */

/* Counts a frame; true: it is the fault's. */
static bool strikes(struct uart_outside *outside, enum uart_fault fault)
{
    if (outside->faults[fault] == 0) {
        return false;
    }
    outside->counts[fault]++;
    if (outside->counts[fault] < (uint32_t)outside->faults[fault]) {
        return false;
    }
    outside->counts[fault] = 0;
    return true;
}

static uint8_t wrong_bit(struct uart_outside *outside, uint8_t byte)
{
    return (uint8_t)(byte ^ 1U << nrf_random_next(&outside->random) % 8U);
}

/* ---- flow control ---- */

static bool is_on(const struct uart_shared *uart)
{
    return uart->state.enable == UART_ENABLE_UART || uart->state.enable == UART_ENABLE_UARTE;
}

static bool has_flow_control(const struct uart_shared *uart)
{
    return is_on(uart) && (uart->state.config & CONFIG_HWFC) != 0;
}

/* The pin that a PSEL register names; NULL: none that the chip has. */
static struct pin *pin_of(const struct uart_shared *uart, enum uart_register psel, uint32_t *number)
{
    *number = uart->state.psel[(psel - UART_PSEL_RTS) / 4U] & PSEL_PIN;
    return uart_is_connected(uart, psel) && *number < uart->env.pin_count ? &uart->env.pins[*number]
                                                                          : NULL;
}

static bool rts_is_active(const struct uart_shared *uart)
{
    const struct uart_state *s = &uart->state;
    uint32_t depth = s->enable == UART_ENABLE_UARTE ? UARTE_FIFO_BYTES : UART_FIFO_BYTES;
    return s->rx_phase == UART_RX_ON && depth - s->fifo_count > RTS_ROOM_BYTES;
}

static bool cts_is_active(const struct uart_shared *uart)
{
    uint32_t number;
    const struct pin *pin = pin_of(uart, UART_PSEL_CTS, &number);
    if (pin != NULL && pin->in.level != WIRE_FLOATING) {
        return pin->in.level == WIRE_LOW;
    }
    return uart->state.outside.holds_back == 0;
}

bool uart_line_may_send(const struct uart_shared *uart)
{
    return !has_flow_control(uart) || !uart_is_connected(uart, UART_PSEL_CTS) ||
           cts_is_active(uart);
}

/* The sender outside obeys RTS where it is wired. */
static bool may_receive(const struct uart_shared *uart)
{
    return !has_flow_control(uart) || !uart_is_connected(uart, UART_PSEL_RTS) ||
           rts_is_active(uart);
}

static void drive_rts(struct uart_shared *uart)
{
    struct uart_outside *outside = &uart->state.outside;
    uint32_t number;
    struct pin *pin = has_flow_control(uart) ? pin_of(uart, UART_PSEL_RTS, &number) : NULL;
    uint32_t wanted = pin == NULL ? 0 : number + 1U;
    if (outside->rts_claimed != 0 && outside->rts_claimed != wanted) {
        wire_drive(&uart->env.pins[outside->rts_claimed - 1U].claim, WIRE_FLOATING);
    }
    outside->rts_claimed = wanted;
    if (pin != NULL) {
        wire_drive(&pin->claim, rts_is_active(uart) ? WIRE_LOW : WIRE_HIGH);
    }
}

/* The event's register, the shortcuts (of UART alone), then the world. */
static void take_cts(struct uart_shared *uart)
{
    struct uart_state *s = &uart->state;
    bool watched = is_on(uart) && uart_is_connected(uart, UART_PSEL_CTS);
    bool inactive = watched && !cts_is_active(uart);
    enum uart_register event = inactive ? UART_EVENTS_NCTS : UART_EVENTS_CTS;
    if (inactive == s->cts_inactive) {
        return;
    }
    s->cts_inactive = inactive;
    if (!watched) {
        return; /* it was let go of */
    }
    nrf_event_set(&s->events, event);
    if (s->enable == UART_ENABLE_UART) {
        if (!inactive && (s->shorts & SHORTS_CTS_STARTRX) != 0) {
            (void)uart_run_task(uart, UART_TASKS_STARTRX);
        }
        if (inactive && (s->shorts & SHORTS_NCTS_STOPRX) != 0) {
            (void)uart_run_task(uart, UART_TASKS_STOPRX);
        }
    }
    nrf_event_raise(&uart->env, &s->events, event);
}

static void start_line(struct uart_shared *uart, uint64_t start_cycles)
{
    if (uart->state.outside.count != 0 && !uart->rx_end.queued && may_receive(uart)) {
        clock_schedule(uart->env.clock, &uart->rx_end, start_cycles + uart_receive_cycles(uart));
    }
}

void uart_line_update(struct uart_shared *uart)
{
    uint64_t now = clock_now(uart->env.clock);
    take_cts(uart);
    drive_rts(uart);
    start_line(uart, now);
    if (uart->state.tx_held && uart_line_may_send(uart)) {
        uart->state.tx_held = false;
        uart_send_frame(uart, uart->state.tx_byte, now);
    }
}

static void pin_changed(void *owner, uint32_t index, enum wire_level level)
{
    struct uart_shared *uart = owner;
    uint32_t number;
    (void)level;
    if (pin_of(uart, UART_PSEL_CTS, &number) != NULL && number == index) {
        uart_line_update(uart);
    }
}

/* ---- frames ---- */

/* A frame from outside: takes its turn on the line. rx_end fires when its stop bit ends. */
static void queue_frame(struct uart_shared *uart, uint8_t byte, uint8_t errors)
{
    struct uart_outside *outside = &uart->state.outside;
    uint32_t at = (outside->first + outside->count) % UART_LINE_BYTES;
    if (outside->count == UART_LINE_BYTES) {
        uart_note_lost(uart, byte);
        return;
    }
    outside->line[at] = byte;
    outside->errors[at] = errors;
    outside->count++;
    start_line(uart, clock_now(uart->env.clock));
}

bool uart_line_take(struct uart_shared *uart, uint64_t end_cycles, uint8_t *byte, uint32_t *errors)
{
    struct uart_outside *outside = &uart->state.outside;
    *byte = outside->line[outside->first];
    *errors = outside->errors[outside->first];
    outside->first = (outside->first + 1U) % UART_LINE_BYTES;
    outside->count--;
    start_line(uart, end_cycles);
    if (strikes(outside, UART_FAULT_RX_DROP)) {
        return false;
    }
    *byte = strikes(outside, UART_FAULT_RX_CORRUPT) ? wrong_bit(outside, *byte) : *byte;
    *errors |= strikes(outside, UART_FAULT_RX_PARITY) ? SERIAL_PARITY : 0U;
    *errors |= strikes(outside, UART_FAULT_RX_FRAMING) ? SERIAL_FRAMING : 0U;
    *errors |= strikes(outside, UART_FAULT_RX_BREAK) ? SERIAL_BREAK : 0U;
    *errors |= strikes(outside, UART_FAULT_RX_OVERRUN) ? UART_ERRORSRC_OVERRUN : 0U;
    if (!uart_has_parity(uart)) {
        *errors &= ~(uint32_t)SERIAL_PARITY;
    }
    if ((*errors & SERIAL_BREAK) != 0) { /* longer than a frame: no stop bit either */
        *errors |= SERIAL_FRAMING;
        *byte = 0;
    }
    return true;
}

void uart_line_send(struct uart_shared *uart, uint8_t byte)
{
    struct uart_outside *outside = &uart->state.outside;
    struct serial_frame frame = {0};
    if (strikes(outside, UART_FAULT_TX_DROP)) {
        return;
    }
    frame.byte = strikes(outside, UART_FAULT_TX_CORRUPT) ? wrong_bit(outside, byte) : byte;
    byte_sink_put(&uart->env.tx, frame.byte);
    if (pin_of(uart, UART_PSEL_TXD, &frame.pin) != NULL) {
        serial_send(&uart->env.nets->serial, &uart->end, &frame);
    }
}

static void heard(void *owner, const struct serial_frame *frame)
{
    struct uart_shared *uart = owner;
    uint32_t number;
    if (pin_of(uart, UART_PSEL_RXD, &number) != NULL && number == frame->pin) {
        queue_frame(uart, frame->byte, frame->errors & ERRORSRC_OF_A_FRAME);
    }
}

void uart_line_init(struct uart_shared *uart)
{
    const struct device_env *env = &uart->env;
    uart->state.outside.random = env->seed;
    serial_join(&env->nets->serial, &uart->end, heard, uart);
    for (uint32_t i = 0; i < env->pin_count && i < UART_PINS; i++) {
        wire_listen(&env->pins[i].in, &uart->listeners[i], pin_changed, uart, i);
    }
}

bool uart_line_input(struct uart_shared *uart, const struct device_input *input)
{
    struct uart_outside *outside = &uart->state.outside;
    if (strcmp(input->what, "byte") == 0) {
        queue_frame(uart, (uint8_t)input->value, 0);
    } else if (strcmp(input->what, "break") == 0) {
        queue_frame(uart, 0, SERIAL_BREAK);
    } else if (strcmp(input->what, "cts") == 0) {
        outside->holds_back = input->value == 0;
        uart_line_update(uart);
    } else {
        return device_fault_take(uart_fault_list, input, outside->faults);
    }
    return true;
}

bool uart_outside_is_sane(const struct uart_outside *outside)
{
    return outside->first < UART_LINE_BYTES && outside->count <= UART_LINE_BYTES &&
           outside->holds_back <= 1 && outside->rts_claimed <= UART_PINS &&
           device_faults_are_sane(uart_fault_list, outside->faults);
}
