#include "peripherals/nrf52/uart_shared.h"

#define UART_CLOCK_HZ 16000000U

#define PSEL_DISCONNECTED   (1U << 31)
#define CONFIG_PARITY       (7U << 1)
#define CONFIG_TWO_STOPBITS (1U << 4)

/* RXTO comes when four more bytes could have arrived, and one in which nothing starts. */
#define RX_TIMEOUT_FRAMES 5U

/* The rate of the outside, and of the receiver's own time, when BAUDRATE is 0: nothing is received
 * then, but a receiver whose shortcuts start and stop it must take some time for each turn. */
#define FALLBACK_FRAME_CYCLES 5560U

bool uart_is_connected(const struct uart_shared *uart, enum uart_register psel)
{
    return (uart->state.psel[(psel - UART_PSEL_RTS) / 4U] & PSEL_DISCONNECTED) == 0;
}

bool uart_has_parity(const struct uart_shared *uart)
{
    return (uart->state.config & CONFIG_PARITY) == CONFIG_PARITY;
}

/* At the present BAUDRATE and CONFIG; 0 when BAUDRATE is 0. */
static uint64_t cycles_of_frame(const struct uart_shared *uart)
{
    const struct uart_state *s = &uart->state;
    if (s->baudrate == 0) {
        return 0;
    }
    uint64_t bit_cycles = (1ULL << 32) / s->baudrate * (uart->env.clock->cpu_hz / UART_CLOCK_HZ);
    uint32_t bits = 10U + uart_has_parity(uart) + ((s->config & CONFIG_TWO_STOPBITS) != 0);
    return bit_cycles * bits;
}

void uart_send_frame(struct uart_shared *uart, uint8_t byte, uint64_t start_cycles)
{
    uint64_t frame_cycles = cycles_of_frame(uart);
    if (frame_cycles == 0) {
        device_guest_error(&uart->env, UART_BAUDRATE, "a byte is sent while BAUDRATE is 0");
        return;
    }
    uart->state.tx_byte = byte;
    uart->state.tx_busy = true;
    if (!uart_line_may_send(uart)) {
        uart->state.tx_held = true; /* uart_line_update sends it when CTS becomes active */
        return;
    }
    clock_schedule(uart->env.clock, &uart->tx_end, start_cycles + frame_cycles);
}

void uart_frame_sent(struct uart_shared *uart)
{
    uart->state.tx_busy = false;
    if (uart_is_connected(uart, UART_PSEL_TXD)) {
        uart_line_send(uart, uart->state.tx_byte);
    } else {
        device_guest_error(&uart->env, UART_PSEL_TXD, "a byte is sent while PSEL.TXD names no pin");
    }
}

uint64_t uart_receive_cycles(const struct uart_shared *uart)
{
    uint64_t frame_cycles = cycles_of_frame(uart);
    return frame_cycles != 0 ? frame_cycles : FALLBACK_FRAME_CYCLES;
}

void uart_note_lost(struct uart_shared *uart, uint8_t byte)
{
    observer_note(&uart->env.observer, uart->env.name, "byte lost", byte);
}

void uart_note_errors(struct uart_shared *uart, uint32_t errors)
{
    if (errors != 0) {
        uart->state.errorsrc |= errors;
        nrf_event_raise(&uart->env, &uart->state.events, UART_EVENTS_ERROR);
    }
}

bool uart_push_fifo(struct uart_shared *uart, uint8_t byte, uint32_t depth)
{
    struct uart_state *s = &uart->state;
    if (s->fifo_count == depth) {
        uart_note_lost(uart, byte);
        uart_note_errors(uart, UART_ERRORSRC_OVERRUN);
        return false;
    }
    s->fifo[s->fifo_count++] = byte;
    return true;
}

uint8_t uart_pop_fifo(struct uart_shared *uart)
{
    struct uart_state *s = &uart->state;
    uint8_t byte = s->fifo[0];
    s->fifo_count--;
    for (uint32_t i = 0; i < s->fifo_count; i++) {
        s->fifo[i] = s->fifo[i + 1];
    }
    return byte;
}

void uart_stop_receiver(struct uart_shared *uart)
{
    if (uart->state.rx_phase != UART_RX_ON) {
        return;
    }
    uart->state.rx_phase = UART_RX_STOPPING;
    clock_schedule(uart->env.clock, &uart->rx_timeout,
                   clock_now(uart->env.clock) + RX_TIMEOUT_FRAMES * uart_receive_cycles(uart));
}

void uart_abort(struct uart_shared *uart)
{
    struct uart_state *s = &uart->state;
    clock_cancel(uart->env.clock, &uart->tx_end);
    clock_cancel(uart->env.clock, &uart->rx_timeout);
    s->tx_started = false;
    s->tx_stopping = false;
    s->tx_busy = false;
    s->tx_held = false;
    s->rx_phase = UART_RX_OFF;
    s->rx_armed = false;
    s->rxd_full = false;
    s->fifo_count = 0;
}
