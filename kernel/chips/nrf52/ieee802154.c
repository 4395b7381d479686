#include "kernel/chips/nrf52/ieee802154.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/registers.h"

#define RADIO_SHORTS_RXREADY_CCASTART (1u << 11)
#define RADIO_SHORTS_CCAIDLE_TXEN     (1u << 12)
#define RADIO_SHORTS_CCABUSY_DISABLE  (1u << 13)
#define RADIO_SHORTS_TXREADY_START    (1u << 18)
#define RADIO_SHORTS_RXREADY_START    (1u << 19)
#define RADIO_SHORTS_PHYEND_DISABLE   (1u << 20)
#define RADIO_MODE_IEEE802154_250KBIT 15u
#define RADIO_PCNF0_LFLEN_8           8u
#define RADIO_PCNF0_PLEN_32BITZERO    (2u << 24)
#define RADIO_PCNF0_CRCINC            (1u << 26)
#define RADIO_PCNF1_MAXLEN            127u
#define RADIO_CRCCNF_LEN_TWO          2u
#define RADIO_CRCCNF_IEEE802154       (2u << 8)
#define RADIO_CRCPOLY_IEEE802154      0x11021u
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

static void tune(void *self)
{
    (void)self;
    *radio_register(RADIO_MODE) = RADIO_MODE_IEEE802154_250KBIT;
    *radio_register(RADIO_PCNF0) =
        RADIO_PCNF0_LFLEN_8 | RADIO_PCNF0_PLEN_32BITZERO | RADIO_PCNF0_CRCINC;
    *radio_register(RADIO_PCNF1) = RADIO_PCNF1_MAXLEN;
    *radio_register(RADIO_CRCCNF) = RADIO_CRCCNF_LEN_TWO | RADIO_CRCCNF_IEEE802154;
    *radio_register(RADIO_CRCPOLY) = RADIO_CRCPOLY_IEEE802154;
    *radio_register(RADIO_CRCINIT) = 0;
    *radio_register(RADIO_TXPOWER) = RADIO_TXPOWER_0_DBM;
    *radio_register(RADIO_CCACTRL) =
        (*radio_register(RADIO_CCACTRL) & ~RADIO_CCACTRL_MODE_MASK) | RADIO_CCACTRL_CARRIER;
}

static void set_frequency(const struct nrf52_ieee802154 *driver)
{
    *radio_register(RADIO_FREQUENCY) = (driver->channel - CHANNEL_BASE) * MHZ_PER_CHANNEL;
}

static void listen(void *self)
{
    const struct nrf52_ieee802154 *driver = self;
    set_frequency(driver);
    nrf52_radio_begin(driver->in, RADIO_SHORTS_RXREADY_START, RADIO_TASKS_RXEN);
}

/* The channel is judged, and the frame sent if it is free, without the CPU. */
static void send(void *self)
{
    const struct nrf52_ieee802154 *driver = self;
    set_frequency(driver);
    nrf52_event_clear(NRF52_RADIO_BASE, RADIO_EVENTS_CCABUSY);
    nrf52_radio_begin(driver->out,
                      RADIO_SHORTS_RXREADY_CCASTART | RADIO_SHORTS_CCAIDLE_TXEN |
                          RADIO_SHORTS_CCABUSY_DISABLE | RADIO_SHORTS_TXREADY_START |
                          RADIO_SHORTS_PHYEND_DISABLE,
                      RADIO_TASKS_RXEN);
}

static void received(void *self)
{
    struct nrf52_ieee802154 *driver = self;
    uint32_t length = *(volatile uint8_t *)&driver->in[0];
    if (*radio_register(RADIO_CRCSTATUS) == 0 || length <= CRC_BYTES ||
        length > HIL_RADIO_FRAME_MAX + CRC_BYTES) {
        return;
    }
    uint32_t bytes = length - CRC_BYTES;
    uint32_t quality = driver->in[1 + bytes] * QUALITY_PER_COUNT;
    dma_buffer_release(&driver->frame);
    hil_radio_client_received(driver->client, &driver->frame, bytes,
                              quality < QUALITY_MAX ? quality : QUALITY_MAX);
    struct slice claimed = {NULL, 0};
    (void)dma_buffer_claim(&driver->frame, 0, HIL_RADIO_FRAME_MAX, &claimed);
}

/* What the client wants of the radio, as the users of that say it. */
static void update(struct nrf52_ieee802154 *driver)
{
    driver->user.to_listen = driver->wanted;
    driver->user.to_send = driver->wanted && driver->has_frame;
    nrf52_radio_update(&driver->user);
}

static bool disabled(void *self, bool sent)
{
    struct nrf52_ieee802154 *driver = self;
    bool cancelled = driver->has_frame && !sent && !driver->wanted;
    if (sent || cancelled) {
        int status = cancelled ? K_ECANCEL : K_OK;
        if (sent && nrf52_event_is_set(NRF52_RADIO_BASE, RADIO_EVENTS_CCABUSY)) {
            status = K_EBUSY;
        }
        driver->has_frame = false;
        driver->user.to_send = false;
        hil_radio_client_sent(driver->client, status);
    }
    return false;
}

static const struct nrf52_radio_protocol protocol = {
    .tune = tune, .send = send, .listen = listen, .received = received, .disabled = disabled};

static void radio_set_power(void *self, bool on)
{
    struct nrf52_ieee802154 *driver = self;
    driver->wanted = on;
    update(driver);
}

static bool radio_is_on(void *self)
{
    const struct nrf52_ieee802154 *driver = self;
    return driver->wanted;
}

static int radio_set_channel(void *self, uint32_t channel)
{
    struct nrf52_ieee802154 *driver = self;
    if (channel < HIL_RADIO_CHANNEL_FIRST || channel > HIL_RADIO_CHANNEL_LAST) {
        return K_EINVAL;
    }
    driver->channel = (uint8_t)channel;
    nrf52_radio_listen_anew(&driver->user);
    return K_OK;
}

static uint32_t radio_channel(void *self)
{
    const struct nrf52_ieee802154 *driver = self;
    return driver->channel;
}

static int radio_transmit(void *self, struct const_slice frame)
{
    struct nrf52_ieee802154 *driver = self;
    if (!driver->wanted) {
        return K_EOFF;
    }
    if (driver->has_frame) {
        return K_EBUSY;
    }
    if (frame.length == 0 || frame.length > HIL_RADIO_FRAME_MAX) {
        return K_ESIZE;
    }
    driver->has_frame = true;
    driver->out[0] = (uint8_t)(frame.length + CRC_BYTES);
    (void)slice_copy((struct slice){driver->out + 1, HIL_RADIO_FRAME_MAX}, frame);
    update(driver);
    return K_OK;
}

static void radio_set_client(void *self, const struct hil_radio_client *client)
{
    struct nrf52_ieee802154 *driver = self;
    driver->client = client;
    driver->user.owner = NRF52_OWNER(client);
    driver->frame.owner = driver->user.owner; /* who may read it in `received` */
}

const struct hil_radio_ops nrf52_ieee802154_ops = {
    .set_power = radio_set_power,
    .is_on = radio_is_on,
    .set_channel = radio_set_channel,
    .channel = radio_channel,
    .transmit = radio_transmit,
    .set_client = radio_set_client,
};

void nrf52_ieee802154_init(struct nrf52_ieee802154 *driver, struct nrf52_radio *radio)
{
    *driver = (struct nrf52_ieee802154){
        .user = {.protocol = &protocol, .self = driver},
        .channel = HIL_RADIO_CHANNEL_FIRST,
        .frame = {driver->in + 1, HIL_RADIO_FRAME_MAX, NULL, NULL, true},
    };
    nrf52_radio_add_user(radio, &driver->user);
}
