#include "kernel/chips/nrf52/radio.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    RADIO_TASKS_RXEN = 0x004,
    RADIO_TASKS_START = 0x008,
    RADIO_TASKS_DISABLE = 0x010,
    RADIO_EVENTS_END = 0x10C,
    RADIO_EVENTS_DISABLED = 0x110,
    RADIO_EVENTS_CCABUSY = 0x148,
    RADIO_SHORTS = 0x200,
    RADIO_INTENSET = 0x304,
    RADIO_CRCSTATUS = 0x400,
    RADIO_PACKETPTR = 0x504,
    RADIO_FREQUENCY = 0x508,
    RADIO_TXPOWER = 0x50C,
    RADIO_MODE = 0x510,
    RADIO_PCNF0 = 0x514,
    RADIO_PCNF1 = 0x518,
    RADIO_CRCCNF = 0x534,
    RADIO_CRCPOLY = 0x538,
    RADIO_CRCINIT = 0x53C,
    RADIO_MODECNF0 = 0x650,
    RADIO_CCACTRL = 0x66C,
};
#define RADIO_SHORTS_RXREADY_CCASTART (1u << 11)
#define RADIO_SHORTS_CCAIDLE_TXEN     (1u << 12)
#define RADIO_SHORTS_CCABUSY_DISABLE  (1u << 13)
#define RADIO_SHORTS_TXREADY_START    (1u << 18)
#define RADIO_SHORTS_RXREADY_START    (1u << 19)
#define RADIO_SHORTS_PHYEND_DISABLE   (1u << 20)
#define RADIO_INT_END                 (1u << 3)
#define RADIO_INT_DISABLED            (1u << 4)
#define RADIO_MODE_IEEE802154_250KBIT 15u
#define RADIO_PCNF0_LFLEN_8           8u
#define RADIO_PCNF0_PLEN_32BITZERO    (2u << 24)
#define RADIO_PCNF0_CRCINC            (1u << 26)
#define RADIO_PCNF1_MAXLEN            127u
#define RADIO_CRCCNF_LEN_TWO          2u
#define RADIO_CRCCNF_IEEE802154       (2u << 8)
#define RADIO_CRCPOLY_IEEE802154      0x11021u
#define RADIO_MODECNF0_RU_FAST        1u
#define RADIO_MODECNF0_DTX_CENTER     (2u << 8)
#define RADIO_CCACTRL_MODE_MASK       7u
#define RADIO_CCACTRL_CARRIER         1u
#define RADIO_TXPOWER_0_DBM           0u

#define CRC_BYTES         2u
#define MHZ_PER_CHANNEL   5u
#define CHANNEL_BASE      10u /* channel 11 is 2405 MHz */
#define QUALITY_PER_COUNT 4u
#define QUALITY_MAX       255u

static volatile uint32_t *radio_register(uint32_t offset)
{
    return nrf52_register(NRF52_RADIO_BASE, offset);
}

static void listen(struct nrf52_radio *radio)
{
    radio->state = NRF52_RADIO_LISTENING;
    *radio_register(RADIO_PACKETPTR) = (uint32_t)(uintptr_t)radio->in;
    *radio_register(RADIO_SHORTS) = RADIO_SHORTS_RXREADY_START;
    nrf52_event_clear(NRF52_RADIO_BASE, RADIO_EVENTS_END);
    nrf52_task(NRF52_RADIO_BASE, RADIO_TASKS_RXEN);
}

/* The channel is judged, and the frame sent if it is free, without the CPU. */
static void send(struct nrf52_radio *radio)
{
    radio->state = NRF52_RADIO_SENDING;
    *radio_register(RADIO_PACKETPTR) = (uint32_t)(uintptr_t)radio->out;
    *radio_register(RADIO_SHORTS) = RADIO_SHORTS_RXREADY_CCASTART | RADIO_SHORTS_CCAIDLE_TXEN |
                                    RADIO_SHORTS_CCABUSY_DISABLE | RADIO_SHORTS_TXREADY_START |
                                    RADIO_SHORTS_PHYEND_DISABLE;
    nrf52_event_clear(NRF52_RADIO_BASE, RADIO_EVENTS_CCABUSY);
    nrf52_task(NRF52_RADIO_BASE, RADIO_TASKS_RXEN);
}

/* From the disabled state on to what is wanted. */
static void go_on(struct nrf52_radio *radio)
{
    *radio_register(RADIO_FREQUENCY) = (radio->channel - CHANNEL_BASE) * MHZ_PER_CHANNEL;
    if (!radio->wanted) {
        radio->state = NRF52_RADIO_OFF;
    } else if (radio->has_frame) {
        send(radio);
    } else {
        listen(radio);
    }
}

/* Ends listening; DISABLED follows. What is being sent is sent to its end. */
static void stop_listening(struct nrf52_radio *radio)
{
    if (radio->state == NRF52_RADIO_LISTENING) {
        radio->state = NRF52_RADIO_STOPPING;
        nrf52_task(NRF52_RADIO_BASE, RADIO_TASKS_DISABLE);
    }
}

static void radio_set_power(void *self, bool on)
{
    struct nrf52_radio *radio = self;
    radio->wanted = on;
    if (!on) {
        stop_listening(radio);
    } else if (radio->state == NRF52_RADIO_OFF) {
        go_on(radio);
    }
}

static bool radio_is_on(void *self)
{
    const struct nrf52_radio *radio = self;
    return radio->wanted;
}

static int radio_set_channel(void *self, uint32_t channel)
{
    struct nrf52_radio *radio = self;
    if (channel < HIL_RADIO_CHANNEL_FIRST || channel > HIL_RADIO_CHANNEL_LAST) {
        return K_EINVAL;
    }
    radio->channel = (uint8_t)channel;
    stop_listening(radio);
    return K_OK;
}

static uint32_t radio_channel(void *self)
{
    const struct nrf52_radio *radio = self;
    return radio->channel;
}

static int radio_transmit(void *self, struct const_slice frame)
{
    struct nrf52_radio *radio = self;
    if (!radio->wanted) {
        return K_EOFF;
    }
    if (radio->has_frame) {
        return K_EBUSY;
    }
    if (frame.length == 0 || frame.length > HIL_RADIO_FRAME_MAX) {
        return K_ESIZE;
    }
    radio->has_frame = true;
    radio->out[0] = (uint8_t)(frame.length + CRC_BYTES);
    (void)slice_copy((struct slice){radio->out + 1, HIL_RADIO_FRAME_MAX}, frame);
    stop_listening(radio);
    return K_OK;
}

static void radio_set_client(void *self, const struct hil_radio_client *client)
{
    struct nrf52_radio *radio = self;
    radio->client = client;
    radio->frame.owner = client != NULL ? client->owner : NULL; /* who may read it in `received` */
}

const struct hil_radio_ops nrf52_radio_ops = {
    .set_power = radio_set_power,
    .is_on = radio_is_on,
    .set_channel = radio_set_channel,
    .channel = radio_channel,
    .transmit = radio_transmit,
    .set_client = radio_set_client,
};

static void serve_frame(struct nrf52_radio *radio)
{
    uint32_t length = *(volatile uint8_t *)&radio->in[0];
    if (*radio_register(RADIO_CRCSTATUS) == 0 || length <= CRC_BYTES ||
        length > HIL_RADIO_FRAME_MAX + CRC_BYTES) {
        return;
    }
    uint32_t bytes = length - CRC_BYTES;
    uint32_t quality = radio->in[1 + bytes] * QUALITY_PER_COUNT;
    dma_buffer_release(&radio->frame);
    hil_radio_client_received(radio->client, &radio->frame, bytes,
                              quality < QUALITY_MAX ? quality : QUALITY_MAX);
    struct slice claimed = {NULL, 0};
    (void)dma_buffer_claim(&radio->frame, 0, HIL_RADIO_FRAME_MAX, &claimed);
}

static void serve_disabled(struct nrf52_radio *radio)
{
    bool sent = radio->state == NRF52_RADIO_SENDING;
    bool cancelled = radio->has_frame && !sent && !radio->wanted;
    int status = cancelled ? K_ECANCEL : K_OK;
    if (sent && nrf52_event_is_set(NRF52_RADIO_BASE, RADIO_EVENTS_CCABUSY)) {
        status = K_EBUSY;
    }
    if (sent || cancelled) {
        radio->has_frame = false;
    }
    go_on(radio);
    if (sent || cancelled) {
        hil_radio_client_sent(radio->client, status);
    }
}

void nrf52_radio_serve(void *self)
{
    struct nrf52_radio *radio = self;
    if (nrf52_event_is_set(NRF52_RADIO_BASE, RADIO_EVENTS_END)) {
        nrf52_event_clear(NRF52_RADIO_BASE, RADIO_EVENTS_END);
        if (radio->state == NRF52_RADIO_LISTENING) {
            serve_frame(radio);
        }
        /* The client may have asked for something else meanwhile. */
        if (radio->state == NRF52_RADIO_LISTENING) {
            nrf52_task(NRF52_RADIO_BASE, RADIO_TASKS_START);
        }
    }
    if (nrf52_event_is_set(NRF52_RADIO_BASE, RADIO_EVENTS_DISABLED)) {
        nrf52_event_clear(NRF52_RADIO_BASE, RADIO_EVENTS_DISABLED);
        serve_disabled(radio);
    }
}

/* A frame that is being sent is sent to its end. */
void nrf52_radio_stop_dead(void *self)
{
    struct nrf52_radio *radio = self;
    if (guard_is_dead(NRF52_OWNER(radio->client))) {
        radio_set_power(radio, false);
    }
}

void nrf52_radio_init(struct nrf52_radio *radio)
{
    *radio = (struct nrf52_radio){
        .channel = HIL_RADIO_CHANNEL_FIRST,
        .frame = {radio->in + 1, HIL_RADIO_FRAME_MAX, NULL, NULL, true},
    };
    *radio_register(RADIO_MODE) = RADIO_MODE_IEEE802154_250KBIT;
    *radio_register(RADIO_MODECNF0) = RADIO_MODECNF0_RU_FAST | RADIO_MODECNF0_DTX_CENTER;
    *radio_register(RADIO_PCNF0) =
        RADIO_PCNF0_LFLEN_8 | RADIO_PCNF0_PLEN_32BITZERO | RADIO_PCNF0_CRCINC;
    *radio_register(RADIO_PCNF1) = RADIO_PCNF1_MAXLEN;
    *radio_register(RADIO_CRCCNF) = RADIO_CRCCNF_LEN_TWO | RADIO_CRCCNF_IEEE802154;
    *radio_register(RADIO_CRCPOLY) = RADIO_CRCPOLY_IEEE802154;
    *radio_register(RADIO_CRCINIT) = 0;
    *radio_register(RADIO_TXPOWER) = RADIO_TXPOWER_0_DBM;
    *radio_register(RADIO_CCACTRL) =
        (*radio_register(RADIO_CCACTRL) & ~RADIO_CCACTRL_MODE_MASK) | RADIO_CCACTRL_CARRIER;
    *radio_register(RADIO_INTENSET) = RADIO_INT_END | RADIO_INT_DISABLED;
}
