#include "kernel/chips/nrf52/ble.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/registers.h"

#define RADIO_SHORTS_READY_START  (1u << 0)
#define RADIO_SHORTS_END_DISABLE  (1u << 1)
#define RADIO_MODE_BLE_1MBIT      3u
#define RADIO_PCNF0_LFLEN_8       8u
#define RADIO_PCNF0_S0LEN_1       (1u << 8)
#define RADIO_PCNF1_MAXLEN        (HIL_BLE_PDU_MAX - HIL_BLE_HEADER_BYTES)
#define RADIO_PCNF1_BALEN_3       (3u << 16)
#define RADIO_PCNF1_WHITEEN       (1u << 25)
#define RADIO_RXADDRESSES_ADDR0   1u
#define RADIO_CRCCNF_LEN_THREE    3u
#define RADIO_CRCCNF_SKIPADDR     (1u << 8)
#define RADIO_CRCPOLY_BLE         0x00065Bu
#define RADIO_CRCINIT_ADVERTISING 0x555555u

/* The access address of all advertisements, 0x8E89BED6: its base is in the upper bytes. */
#define ACCESS_ADDRESS_BASE   0x89BED600u
#define ACCESS_ADDRESS_PREFIX 0x8Eu

/* Advertising channels: 37, 38 and 39, at 2402, 2426 and 2480 MHz. */
#define CHANNELS      3u
#define CHANNEL_FIRST 37u
static const uint8_t channel_mhz[CHANNELS] = {2, 26, 80};

/* Powers there are: all of NRF52_TXPOWER_ABOVE_0, and from 0 down every fourth. */
#define DBM_STEP    4
#define DBM_LOWEST  (-20)
#define DBM_HIGHEST 8

static volatile uint32_t *radio_register(uint32_t offset)
{
    return nrf52_register(NRF52_RADIO_BASE, offset);
}

static void tune(void *self)
{
    (void)self;
    *radio_register(RADIO_MODE) = RADIO_MODE_BLE_1MBIT;
    *radio_register(RADIO_PCNF0) = RADIO_PCNF0_LFLEN_8 | RADIO_PCNF0_S0LEN_1;
    *radio_register(RADIO_PCNF1) = RADIO_PCNF1_MAXLEN | RADIO_PCNF1_BALEN_3 | RADIO_PCNF1_WHITEEN;
    *radio_register(RADIO_BASE0) = ACCESS_ADDRESS_BASE;
    *radio_register(RADIO_PREFIX0) = ACCESS_ADDRESS_PREFIX;
    *radio_register(RADIO_RXADDRESSES) = RADIO_RXADDRESSES_ADDR0;
    *radio_register(RADIO_CRCCNF) = RADIO_CRCCNF_LEN_THREE | RADIO_CRCCNF_SKIPADDR;
    *radio_register(RADIO_CRCPOLY) = RADIO_CRCPOLY_BLE;
    *radio_register(RADIO_CRCINIT) = RADIO_CRCINIT_ADVERTISING;
}

static void set_channel(uint32_t index)
{
    *radio_register(RADIO_FREQUENCY) = channel_mhz[index];
    *radio_register(RADIO_DATAWHITEIV) = CHANNEL_FIRST + index;
}

static void send(void *self)
{
    const struct nrf52_ble *ble = self;
    set_channel(ble->out_channel);
    *radio_register(RADIO_TXPOWER) = ble->out_dbm;
    nrf52_radio_begin(ble->out_part.bytes, RADIO_SHORTS_READY_START | RADIO_SHORTS_END_DISABLE,
                      RADIO_TASKS_TXEN);
}

static void listen(void *self)
{
    struct nrf52_ble *ble = self;
    ble->in_channel = (uint8_t)((ble->in_channel + 1u) % CHANNELS);
    set_channel(ble->in_channel);
    nrf52_radio_begin(ble->in_bytes, RADIO_SHORTS_READY_START, RADIO_TASKS_RXEN);
}

static void received(void *self)
{
    struct nrf52_ble *ble = self;
    uint32_t length = *(volatile uint8_t *)&ble->in_bytes[HIL_BLE_LENGTH_AT] + HIL_BLE_HEADER_BYTES;
    if (*radio_register(RADIO_CRCSTATUS) == 0 || length > HIL_BLE_PDU_MAX) {
        return;
    }
    dma_buffer_release(&ble->in);
    hil_ble_client_received(ble->client, &ble->in, length);
    struct slice claimed = {NULL, 0};
    (void)dma_buffer_claim(&ble->in, 0, HIL_BLE_PDU_MAX, &claimed);
}

static bool disabled(void *self, bool sent)
{
    struct nrf52_ble *ble = self;
    if (!sent) {
        return false;
    }
    ble->out_channel++;
    if (ble->out_channel < CHANNELS && ble->user.to_send) {
        return true;
    }
    ble->user.to_send = false;
    dma_buffer_release(ble->out);
    ble->out = NULL;
    hil_ble_client_sent(ble->client);
    return false;
}

static const struct nrf52_radio_protocol protocol = {.tune = tune,
                                                     .send = send,
                                                     .listen = listen,
                                                     .received = received,
                                                     .disabled = disabled,
                                                     .hops = true};

static bool ble_has_power(void *self, int32_t dbm)
{
    (void)self;
    if (dbm > 0) {
        return dbm <= DBM_HIGHEST && (NRF52_TXPOWER_ABOVE_0 >> dbm & 1) != 0;
    }
    return dbm >= DBM_LOWEST && dbm % DBM_STEP == 0;
}

/* The hardware sends as much as the length in the PDU's header says, so that must be what is lent.
 */
static int ble_advertise(void *self, struct dma_buffer *pdu, uint32_t length, int32_t dbm)
{
    struct nrf52_ble *ble = self;
    if (ble->out != NULL) {
        return K_EBUSY;
    }
    if (!ble_has_power(ble, dbm)) {
        return K_ENOSUPPORT;
    }
    if (length < HIL_BLE_HEADER_BYTES || length > HIL_BLE_PDU_MAX) {
        return K_ESIZE;
    }
    int status = dma_buffer_claim(pdu, 0, length, &ble->out_part);
    if (status == K_OK && ble->out_part.bytes[HIL_BLE_LENGTH_AT] != length - HIL_BLE_HEADER_BYTES) {
        dma_buffer_release(pdu);
        status = K_EINVAL;
    }
    if (status == K_OK) {
        ble->out = pdu;
        ble->out_dbm = (uint8_t)(uint32_t)dbm;
        ble->out_channel = 0;
        ble->user.to_send = true;
        nrf52_radio_update(&ble->user);
    }
    return status;
}

static void ble_listen(void *self, bool on)
{
    struct nrf52_ble *ble = self;
    ble->user.to_listen = on;
    nrf52_radio_update(&ble->user);
}

static void ble_set_client(void *self, const struct hil_ble_client *client)
{
    struct nrf52_ble *ble = self;
    ble->client = client;
    ble->user.owner = NRF52_OWNER(client);
    ble->in.owner = ble->user.owner; /* who may read it in `received` */
}

const struct hil_ble_ops nrf52_ble_ops = {
    .has_power = ble_has_power,
    .advertise = ble_advertise,
    .listen = ble_listen,
    .set_client = ble_set_client,
};

void nrf52_ble_init(struct nrf52_ble *ble, struct nrf52_radio *radio)
{
    *ble = (struct nrf52_ble){
        .user = {.protocol = &protocol, .self = ble},
        .in = {ble->in_bytes, HIL_BLE_PDU_MAX, NULL, NULL, true},
    };
    nrf52_radio_add_user(radio, &ble->user);
}
