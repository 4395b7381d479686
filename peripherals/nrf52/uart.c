#include "peripherals/nrf52/uart.h"

static void raise(struct uart_shared *uart, enum uart_register event)
{
    nrf_event_raise(&uart->env, &uart->state.events, event);
}

bool uart_run_task(struct uart_shared *uart, uint32_t offset)
{
    struct uart_state *s = &uart->state;
    switch (offset) {
    case UART_TASKS_STARTRX:
        clock_cancel(uart->env.clock, &uart->rx_timeout);
        s->rx_phase = UART_RX_ON;
        return true;
    case UART_TASKS_STOPRX:
        uart_stop_receiver(uart);
        return true;
    case UART_TASKS_STARTTX:
        s->tx_started = true;
        return true;
    case UART_TASKS_STOPTX: /* a frame on the line is sent to its end */
        s->tx_started = false;
        return true;
    case UART_TASKS_SUSPEND:
        s->tx_started = false;
        uart_stop_receiver(uart);
        return true;
    default:
        return false;
    }
}

void uart_write_txd(struct uart_shared *uart, uint8_t byte)
{
    const struct uart_state *s = &uart->state;
    if (s->enable != UART_ENABLE_UART || !s->tx_started) {
        device_guest_error(&uart->env, UART_TXD,
                           "TXD is written while the transmitter is not started");
    } else if (s->tx_busy) {
        device_guest_error(&uart->env, UART_TXD, "TXD is written before TXDRDY: the byte is lost");
    } else {
        uart_send_frame(uart, byte, clock_now(uart->env.clock));
    }
}

void uart_rxd_was_read(struct uart_shared *uart)
{
    struct uart_state *s = &uart->state;
    if (s->fifo_count == 0) {
        s->rxd_full = false;
        return;
    }
    s->rxd = uart_pop_fifo(uart);
    raise(uart, UART_EVENTS_RXDRDY);
}

void uart_byte_sent(struct uart_shared *uart)
{
    uart_frame_sent(uart);
    raise(uart, UART_EVENTS_TXDRDY);
}

void uart_byte_received(struct uart_shared *uart, uint8_t byte)
{
    struct uart_state *s = &uart->state;
    if (s->rxd_full) {
        (void)uart_push_fifo(uart, byte, UART_FIFO_BYTES);
        return;
    }
    s->rxd = byte;
    s->rxd_full = true;
    raise(uart, UART_EVENTS_RXDRDY);
}

void uart_receiver_stopped(struct uart_shared *uart)
{
    uart->state.rx_phase = UART_RX_OFF;
    raise(uart, UART_EVENTS_RXTO);
}
