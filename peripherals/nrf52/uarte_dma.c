#include "peripherals/nrf52/uarte_dma.h"

#define SHORTS_ENDRX_STARTRX (1U << 5)
#define SHORTS_ENDRX_STOPRX  (1U << 6)

static void start_rx(struct uart_shared *uart);

static void raise(struct uart_shared *uart, enum uart_register event)
{
    nrf_event_raise(&uart->env, &uart->state.events, event);
}

/* The next byte of the buffer goes onto the line. False: it is not in RAM, and the transfer is
 * over without a word, as on the chip. */
static bool send_next(struct uart_shared *uart, uint64_t start_cycles)
{
    struct uart_state *s = &uart->state;
    uint8_t byte;
    if (uart->env.dma.read(uart->env.dma.context, s->tx_next, &byte, 1) != BUS_OK) {
        device_guest_error(&uart->env, UARTE_TXD_PTR, "EasyDMA reaches RAM only: nothing is sent");
        s->tx_started = false;
        return false;
    }
    s->tx_next++;
    s->tx_left--;
    uart_send_frame(uart, byte, start_cycles);
    return true;
}

static void end_tx(struct uart_shared *uart)
{
    struct uart_state *s = &uart->state;
    bool stopping = s->tx_stopping;
    s->txd_amount = s->tx_done;
    s->tx_started = false;
    s->tx_stopping = false;
    raise(uart, UARTE_EVENTS_ENDTX);
    if (stopping) {
        raise(uart, UARTE_EVENTS_TXSTOPPED);
    }
}

static void start_tx(struct uart_shared *uart)
{
    struct uart_state *s = &uart->state;
    if (s->tx_started) {
        device_guest_error(&uart->env, UART_TASKS_STARTTX, "STARTTX during a transfer is ignored");
        return;
    }
    s->tx_next = s->txd_ptr;
    s->tx_left = s->txd_maxcnt;
    s->tx_done = 0;
    s->tx_started = true;
    bool empty = s->tx_left == 0;
    if (!empty && !send_next(uart, clock_now(uart->env.clock))) {
        return;
    }
    raise(uart, UARTE_EVENTS_TXSTARTED);
    if (empty && s->tx_started && !s->tx_busy) {
        end_tx(uart);
    }
}

static void stop_tx(struct uart_shared *uart)
{
    if (uart->state.tx_started) {
        uart->state.tx_stopping = true; /* the frame on the line is sent to its end */
    } else {
        raise(uart, UARTE_EVENTS_TXSTOPPED);
    }
}

void uarte_byte_sent(struct uart_shared *uart, uint64_t end_cycles)
{
    struct uart_state *s = &uart->state;
    uart_frame_sent(uart);
    s->tx_done++;
    raise(uart, UART_EVENTS_TXDRDY); /* PPI may stop or disable us in there */
    if (!s->tx_started || s->tx_busy) {
        return;
    }
    if (s->tx_left == 0 || s->tx_stopping) {
        end_tx(uart);
    } else {
        (void)send_next(uart, end_cycles);
    }
}

/* The event's register first, then the shortcuts, then the world: a task that PPI runs finds the
 * shortcuts done. */
static void end_rx(struct uart_shared *uart)
{
    struct uart_state *s = &uart->state;
    nrf_event_set(&s->events, UARTE_EVENTS_ENDRX);
    if ((s->shorts & SHORTS_ENDRX_STARTRX) != 0 && s->rxd_maxcnt != 0) {
        start_rx(uart);
    }
    if ((s->shorts & SHORTS_ENDRX_STOPRX) != 0) {
        uart_stop_receiver(uart);
    }
    raise(uart, UARTE_EVENTS_ENDRX);
}

static void finish_buffer(struct uart_shared *uart)
{
    uart->state.rx_armed = false;
    uart->state.rxd_amount = uart->state.rx_done;
    end_rx(uart);
}

static void store_byte(struct uart_shared *uart, uint8_t byte)
{
    struct uart_state *s = &uart->state;
    if (uart->env.dma.write(uart->env.dma.context, s->rx_next, &byte, 1) != BUS_OK) {
        device_guest_error(&uart->env, UARTE_RXD_PTR,
                           "EasyDMA reaches RAM only: the buffer leaves it");
        s->rx_armed = false;
        return;
    }
    s->rx_next++;
    s->rx_left--;
    s->rx_done++;
}

/* Moves what waits in the FIFO into the buffer, as far as it goes. Each round that ends a buffer
 * has taken a byte, so that a shortcut to STARTRX ends too. */
static void drain_fifo(struct uart_shared *uart)
{
    struct uart_state *s = &uart->state;
    while (s->rx_armed && s->rx_left != 0 && s->fifo_count != 0) {
        store_byte(uart, uart_pop_fifo(uart));
    }
    if (s->rx_armed && s->rx_left == 0) {
        finish_buffer(uart);
    }
}

static bool arm_buffer(struct uart_shared *uart)
{
    struct uart_state *s = &uart->state;
    uint8_t probe;
    if (s->rxd_maxcnt != 0 &&
        uart->env.dma.read(uart->env.dma.context, s->rxd_ptr, &probe, 1) != BUS_OK) {
        device_guest_error(&uart->env, UARTE_RXD_PTR,
                           "EasyDMA reaches RAM only: nothing is received");
        return false;
    }
    s->rx_next = s->rxd_ptr;
    s->rx_left = s->rxd_maxcnt;
    s->rx_done = 0;
    s->rx_armed = true;
    return true;
}

static void start_rx(struct uart_shared *uart)
{
    struct uart_state *s = &uart->state;
    if (s->rx_armed) {
        device_guest_error(&uart->env, UART_TASKS_STARTRX, "STARTRX during a transfer is ignored");
        return;
    }
    if (!arm_buffer(uart)) {
        return;
    }
    clock_cancel(uart->env.clock, &uart->rx_timeout);
    s->rx_phase = UART_RX_ON;
    raise(uart, UARTE_EVENTS_RXSTARTED);
    drain_fifo(uart);
}

/* ENDRX comes even when there was nothing to flush; RXD.AMOUNT then keeps its value (drivers know
 * this anomaly and look for it). */
static void flush_rx(struct uart_shared *uart)
{
    struct uart_state *s = &uart->state;
    if (s->rx_armed) {
        device_guest_error(&uart->env, UARTE_TASKS_FLUSHRX,
                           "FLUSHRX while a buffer is filled is ignored");
        return;
    }
    if (s->fifo_count == 0) {
        end_rx(uart);
        return;
    }
    if (!arm_buffer(uart)) {
        return;
    }
    while (s->rx_armed && s->rx_left != 0 && s->fifo_count != 0) {
        store_byte(uart, uart_pop_fifo(uart));
    }
    finish_buffer(uart);
}

void uarte_byte_received(struct uart_shared *uart, uint8_t byte)
{
    struct uart_state *s = &uart->state;
    if (s->rx_armed && s->rx_left != 0) {
        store_byte(uart, byte);
    } else if (!uart_push_fifo(uart, byte, UARTE_FIFO_BYTES)) {
        return;
    }
    raise(uart, UART_EVENTS_RXDRDY);
    if (s->rx_armed && s->rx_left == 0) {
        finish_buffer(uart);
    }
}

void uarte_receiver_stopped(struct uart_shared *uart)
{
    uart->state.rx_phase = UART_RX_OFF;
    if (uart->state.rx_armed) {
        finish_buffer(uart);
    }
    raise(uart, UART_EVENTS_RXTO);
}

bool uarte_run_task(struct uart_shared *uart, uint32_t offset)
{
    switch (offset) {
    case UART_TASKS_STARTRX:
        start_rx(uart);
        return true;
    case UART_TASKS_STOPRX:
        uart_stop_receiver(uart);
        return true;
    case UART_TASKS_STARTTX:
        start_tx(uart);
        return true;
    case UART_TASKS_STOPTX:
        stop_tx(uart);
        return true;
    case UARTE_TASKS_FLUSHRX:
        flush_rx(uart);
        return true;
    default:
        return false;
    }
}
