#include "kernel/chips/nrf52/uarte.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    UARTE_TASKS_STARTRX = 0x000,
    UARTE_TASKS_STOPRX = 0x004,
    UARTE_TASKS_STARTTX = 0x008,
    UARTE_TASKS_STOPTX = 0x00C,
    UARTE_EVENTS_ENDRX = 0x110,
    UARTE_EVENTS_ENDTX = 0x120,
    UARTE_EVENTS_ERROR = 0x124,
    UARTE_EVENTS_RXTO = 0x144,
    UARTE_INTENSET = 0x304,
    UARTE_INTENCLR = 0x308,
    UARTE_ERRORSRC = 0x480,
    UARTE_ENABLE = 0x500,
    UARTE_PSEL_RTS = 0x508,
    UARTE_PSEL_TXD = 0x50C,
    UARTE_PSEL_CTS = 0x510,
    UARTE_PSEL_RXD = 0x514,
    UARTE_BAUDRATE = 0x524,
    UARTE_RXD_PTR = 0x534,
    UARTE_RXD_MAXCNT = 0x538,
    UARTE_RXD_AMOUNT = 0x53C,
    UARTE_TXD_PTR = 0x544,
    UARTE_TXD_MAXCNT = 0x548,
    UARTE_CONFIG = 0x56C,
    GPIO_OUTSET = 0x508,
    GPIO_DIRSET = 0x518,
};
#define UARTE_ENABLED      8u
#define UARTE_DISABLED     0u
#define UARTE_DISCONNECTED 0xFFFFFFFFu
#define UARTE_INT_ENDRX    (1u << 4)
#define UARTE_INT_ENDTX    (1u << 8)
#define UARTE_INT_ERROR    (1u << 9)
#define UARTE_INT_RXTO     (1u << 17)

static volatile uint32_t *uarte_register(const struct nrf52_uarte *uarte, uint32_t offset)
{
    return nrf52_register(uarte->base, offset);
}

static uint32_t piece_bytes(uint32_t rest)
{
    return rest < NRF52_DMA_MAX_BYTES ? rest : NRF52_DMA_MAX_BYTES;
}

static void start_dma_tx(const struct nrf52_uarte *uarte, const uint8_t *bytes, uint32_t count)
{
    nrf52_event_clear(uarte->base, UARTE_EVENTS_ENDTX);
    *uarte_register(uarte, UARTE_TXD_PTR) = (uint32_t)(uintptr_t)bytes;
    *uarte_register(uarte, UARTE_TXD_MAXCNT) = count;
    nrf52_task(uarte->base, UARTE_TASKS_STARTTX);
}

static void start_tx_piece(struct nrf52_uarte *uarte)
{
    uint32_t count = piece_bytes(uarte->tx_rest.length);
    const uint8_t *bytes = uarte->tx_rest.bytes;
    uarte->tx_rest = slice_part(uarte->tx_rest, count, UINT32_MAX);
    start_dma_tx(uarte, bytes, count);
}

static int uarte_transmit(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct nrf52_uarte *uarte = self;
    if (uarte->tx_busy) {
        return K_EBUSY;
    }
    int status = dma_buffer_claim(buffer, offset, length, &uarte->tx_rest);
    if (status != K_OK) {
        return status;
    }
    uarte->tx_busy = true;
    uarte->tx_buffer = buffer;
    start_tx_piece(uarte);
    *uarte_register(uarte, UARTE_INTENSET) = UARTE_INT_ENDTX;
    return K_OK;
}

static void start_rx_piece(struct nrf52_uarte *uarte)
{
    uint32_t count = piece_bytes(uarte->rx_rest.length);
    nrf52_event_clear(uarte->base, UARTE_EVENTS_ENDRX);
    nrf52_event_clear(uarte->base, UARTE_EVENTS_RXTO);
    *uarte_register(uarte, UARTE_RXD_PTR) = (uint32_t)(uintptr_t)uarte->rx_rest.bytes;
    *uarte_register(uarte, UARTE_RXD_MAXCNT) = count;
    nrf52_task(uarte->base, UARTE_TASKS_STARTRX);
}

static int uarte_receive(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct nrf52_uarte *uarte = self;
    if (uarte->rx_busy) {
        return K_EBUSY;
    }
    int status = dma_buffer_claim(buffer, offset, length, &uarte->rx_rest);
    if (status != K_OK) {
        return status;
    }
    uarte->rx_busy = true;
    uarte->rx_aborted = false;
    uarte->rx_buffer = buffer;
    uarte->rx_count = 0;
    start_rx_piece(uarte);
    *uarte_register(uarte, UARTE_INTENSET) = UARTE_INT_ENDRX | UARTE_INT_ERROR;
    return K_OK;
}

static int uarte_abort_receive(void *self)
{
    struct nrf52_uarte *uarte = self;
    if (!uarte->rx_busy || uarte->rx_aborted) {
        return K_EALREADY;
    }
    uarte->rx_aborted = true;
    /* RXTO comes when the receiver has really stopped, after ENDRX; only then may it start again.
     */
    *uarte_register(uarte, UARTE_INTENCLR) = UARTE_INT_ENDRX;
    *uarte_register(uarte, UARTE_INTENSET) = UARTE_INT_RXTO;
    nrf52_task(uarte->base, UARTE_TASKS_STOPRX);
    return K_OK;
}

static void uarte_set_client(void *self, const struct hil_uart_client *client)
{
    struct nrf52_uarte *uarte = self;
    uarte->client = client;
}

const struct hil_uart_ops nrf52_uarte_ops = {
    .transmit = uarte_transmit,
    .receive = uarte_receive,
    .abort_receive = uarte_abort_receive,
    .set_client = uarte_set_client,
};

static void finish_receive(struct nrf52_uarte *uarte, int status)
{
    uarte->rx_busy = false;
    *uarte_register(uarte, UARTE_INTENCLR) = UARTE_INT_ENDRX | UARTE_INT_ERROR | UARTE_INT_RXTO;
    dma_buffer_release(uarte->rx_buffer);
    hil_uart_client_received(uarte->client, uarte->rx_count, status);
}

static void serve_transmit(struct nrf52_uarte *uarte)
{
    if (!uarte->tx_busy || !nrf52_event_is_set(uarte->base, UARTE_EVENTS_ENDTX)) {
        return;
    }
    nrf52_event_clear(uarte->base, UARTE_EVENTS_ENDTX);
    if (uarte->tx_rest.length > 0) {
        start_tx_piece(uarte);
        return;
    }
    uarte->tx_busy = false;
    *uarte_register(uarte, UARTE_INTENCLR) = UARTE_INT_ENDTX;
    dma_buffer_release(uarte->tx_buffer);
    hil_uart_client_transmitted(uarte->client, K_OK);
}

static void serve_receive(struct nrf52_uarte *uarte)
{
    uint32_t end = uarte->rx_aborted ? UARTE_EVENTS_RXTO : UARTE_EVENTS_ENDRX;
    if (!uarte->rx_busy || !nrf52_event_is_set(uarte->base, end)) {
        return;
    }
    uint32_t count = *uarte_register(uarte, UARTE_RXD_AMOUNT);
    nrf52_event_clear(uarte->base, UARTE_EVENTS_ENDRX);
    nrf52_event_clear(uarte->base, UARTE_EVENTS_RXTO);
    uarte->rx_count += count;
    uarte->rx_rest = slice_part(uarte->rx_rest, count, UINT32_MAX);
    if (uarte->rx_aborted) {
        finish_receive(uarte, K_ECANCEL);
    } else if (uarte->rx_rest.length > 0) {
        start_rx_piece(uarte);
    } else {
        finish_receive(uarte, K_OK);
    }
}

void nrf52_uarte_serve(void *self)
{
    struct nrf52_uarte *uarte = self;
    if (nrf52_event_is_set(uarte->base, UARTE_EVENTS_ERROR)) {
        /* Bytes with a framing error or an overrun are in the buffer like all others; the receiver
         * goes on by itself. */
        nrf52_event_clear(uarte->base, UARTE_EVENTS_ERROR);
        *uarte_register(uarte, UARTE_ERRORSRC) = *uarte_register(uarte, UARTE_ERRORSRC);
    }
    serve_transmit(uarte);
    serve_receive(uarte);
}

/* Both come to their ends, which tell nobody, by interrupts. */
void nrf52_uarte_stop_dead(void *self)
{
    struct nrf52_uarte *uarte = self;
    if (!guard_is_dead(NRF52_OWNER(uarte->client))) {
        return;
    }
    if (uarte->tx_busy) {
        uarte->tx_rest.length = 0;
        nrf52_task(uarte->base, UARTE_TASKS_STOPTX);
    }
    (void)uarte_abort_receive(uarte);
}

void nrf52_uarte_init(struct nrf52_uarte *uarte, const struct nrf52_uarte_config *config)
{
    uarte->base = config->base;
    uint32_t port = nrf52_port_base(config->tx_pin);
    uint32_t tx = nrf52_pin_bit(config->tx_pin);
    *nrf52_register(port, GPIO_OUTSET) = tx; /* the line idles high */
    *nrf52_register(port, GPIO_DIRSET) = tx;
    *uarte_register(uarte, UARTE_ENABLE) = UARTE_DISABLED;
    *uarte_register(uarte, UARTE_PSEL_TXD) = config->tx_pin;
    *uarte_register(uarte, UARTE_PSEL_RXD) = config->rx_pin;
    *uarte_register(uarte, UARTE_PSEL_RTS) = UARTE_DISCONNECTED;
    *uarte_register(uarte, UARTE_PSEL_CTS) = UARTE_DISCONNECTED;
    *uarte_register(uarte, UARTE_BAUDRATE) = config->baudrate;
    *uarte_register(uarte, UARTE_CONFIG) = 0;
    *uarte_register(uarte, UARTE_ENABLE) = UARTE_ENABLED;
}

static void wait_for_end(const struct nrf52_uarte *uarte)
{
    while (!nrf52_event_is_set(uarte->base, UARTE_EVENTS_ENDTX)) {
    }
}

void nrf52_uarte_write_now(struct nrf52_uarte *uarte, struct const_slice bytes)
{
    if (uarte->tx_busy) {
        wait_for_end(uarte);
        uarte->tx_busy = false;
        dma_buffer_release(uarte->tx_buffer);
    }
    *uarte_register(uarte, UARTE_INTENCLR) = UARTE_INT_ENDTX;
    for (uint32_t sent = 0; sent < bytes.length;) {
        uint32_t count = slice_copy((struct slice){uarte->bounce, sizeof(uarte->bounce)},
                                    const_slice_part(bytes, sent, UINT32_MAX));
        start_dma_tx(uarte, uarte->bounce, count);
        wait_for_end(uarte);
        sent += count;
    }
    nrf52_event_clear(uarte->base, UARTE_EVENTS_ENDTX);
}
