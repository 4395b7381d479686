#include "kernel/chips/nrf52/usbd.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    USBD_TASKS_STARTEPIN0 = 0x004,
    USBD_TASKS_STARTEPIN1 = 0x008,
    USBD_TASKS_STARTEPOUT1 = 0x02C,
    USBD_TASKS_EP0STATUS = 0x050,
    USBD_TASKS_EP0STALL = 0x054,
    USBD_EVENTS_USBRESET = 0x100,
    USBD_EVENTS_ENDEPIN0 = 0x108,
    USBD_EVENTS_ENDEPIN1 = 0x10C,
    USBD_EVENTS_EP0DATADONE = 0x128,
    USBD_EVENTS_ENDEPOUT1 = 0x134,
    USBD_EVENTS_USBEVENT = 0x158,
    USBD_EVENTS_EP0SETUP = 0x15C,
    USBD_EVENTS_EPDATA = 0x160,
    USBD_INTENSET = 0x304,
    USBD_EVENTCAUSE = 0x400,
    USBD_EPDATASTATUS = 0x46C,
    USBD_BMREQUESTTYPE = 0x480,
    USBD_BREQUEST = 0x484,
    USBD_WVALUEL = 0x488,
    USBD_WVALUEH = 0x48C,
    USBD_WINDEXL = 0x490,
    USBD_WINDEXH = 0x494,
    USBD_WLENGTHL = 0x498,
    USBD_WLENGTHH = 0x49C,
    USBD_SIZE_EPOUT1 = 0x4A4,
    USBD_ENABLE = 0x500,
    USBD_USBPULLUP = 0x504,
    USBD_DTOGGLE = 0x50C,
    USBD_EPINEN = 0x510,
    USBD_EPOUTEN = 0x514,
    USBD_EPIN0_PTR = 0x600,
    USBD_EPIN0_MAXCNT = 0x604,
    USBD_EPIN1_PTR = 0x614,
    USBD_EPIN1_MAXCNT = 0x618,
    USBD_EPOUT1_PTR = 0x714,
    USBD_EPOUT1_MAXCNT = 0x718,
    USBD_EPOUT1_AMOUNT = 0x71C,
    POWER_EVENTS_USBDETECTED = 0x11C,
    POWER_EVENTS_USBREMOVED = 0x120,
    POWER_EVENTS_USBPWRRDY = 0x124,
    POWER_INTENSET = 0x304,
    POWER_USBREGSTATUS = 0x438,
};
#define USBD_INT_USBRESET      (1u << 0)
#define USBD_INT_ENDEPIN0      (1u << 2)
#define USBD_INT_ENDEPIN1      (1u << 3)
#define USBD_INT_EP0DATADONE   (1u << 10)
#define USBD_INT_ENDEPOUT1     (1u << 13)
#define USBD_INT_USBEVENT      (1u << 22)
#define USBD_INT_EP0SETUP      (1u << 23)
#define USBD_INT_EPDATA        (1u << 24)
#define USBD_EVENTCAUSE_READY  (1u << 11)
#define USBD_EPDATASTATUS_IN1  (1u << 1)
#define USBD_EPDATASTATUS_OUT1 (1u << 17)
#define USBD_EP0               (1u << 0)
#define USBD_EP1               (1u << 1)
#define USBD_DTOGGLE_EP1_OUT   1u
#define USBD_DTOGGLE_EP1_IN    (1u << 7 | 1u)
#define USBD_DTOGGLE_DATA0     (1u << 8)
#define POWER_INT_USBDETECTED  (1u << 7)
#define POWER_INT_USBREMOVED   (1u << 8)
#define POWER_INT_USBPWRRDY    (1u << 9)
#define POWER_VBUSDETECT       (1u << 0)
#define POWER_OUTPUTRDY        (1u << 1)

#define REQUEST_TYPE_READS  0x80u
#define REQUEST_SET_ADDRESS 5u

static volatile uint32_t *usbd_register(uint32_t offset)
{
    return nrf52_register(NRF52_USBD_BASE, offset);
}

static bool take_event(uint32_t base, uint32_t event)
{
    bool set = nrf52_event_is_set(base, event);
    if (set) {
        nrf52_event_clear(base, event);
    }
    return set;
}

/* --- Workarounds, as the vendor's errata have them --- */

/* 171 and 187: around ENABLE, so that the peripheral comes up. */
static void errata_171_187(bool begin)
{
    *nrf52_register(0x4006E000u, 0xC00) = 0x9375;
    *nrf52_register(0x4006E000u, 0xC14) = begin ? 0xC0 : 0;
    *nrf52_register(0x4006E000u, 0xD14) = begin ? 3 : 0;
    *nrf52_register(0x4006E000u, 0xC00) = 0x9375;
}

/* 199: while the DMA runs, so that no task is lost. */
static void erratum_199(bool begin)
{
    *nrf52_register(NRF52_USBD_BASE, 0xC1C) = begin ? 0x82 : 0;
}

/* --- The DMA --- */

static void dma_start(struct nrf52_usbd *usbd, enum nrf52_usbd_dma dma)
{
    usbd->running = (uint8_t)dma;
    usbd->waiting &= (uint8_t)~dma;
    erratum_199(true);
    switch (dma) {
    case NRF52_USBD_EP0_IN:
        nrf52_task(NRF52_USBD_BASE, USBD_TASKS_STARTEPIN0);
        break;
    case NRF52_USBD_EP1_IN:
        *usbd_register(USBD_EPIN1_PTR) = (uint32_t)(uintptr_t)usbd->in.bytes;
        *usbd_register(USBD_EPIN1_MAXCNT) = usbd->in.length;
        nrf52_task(NRF52_USBD_BASE, USBD_TASKS_STARTEPIN1);
        break;
    case NRF52_USBD_EP1_OUT: /* the host says how much; never more than there is room for */
        *usbd_register(USBD_EPOUT1_PTR) = (uint32_t)(uintptr_t)usbd->out.bytes;
        *usbd_register(USBD_EPOUT1_MAXCNT) =
            slice_part(usbd->out, 0, *usbd_register(USBD_SIZE_EPOUT1)).length;
        nrf52_task(NRF52_USBD_BASE, USBD_TASKS_STARTEPOUT1);
        break;
    }
}

static void dma_go_on(struct nrf52_usbd *usbd)
{
    if (usbd->running != 0) {
        return;
    }
    if ((usbd->waiting & NRF52_USBD_EP0_IN) != 0) {
        dma_start(usbd, NRF52_USBD_EP0_IN);
    } else if ((usbd->waiting & NRF52_USBD_EP1_OUT) != 0) {
        dma_start(usbd, NRF52_USBD_EP1_OUT);
    } else if ((usbd->waiting & NRF52_USBD_EP1_IN) != 0) {
        dma_start(usbd, NRF52_USBD_EP1_IN);
    }
}

static void dma_request(struct nrf52_usbd *usbd, enum nrf52_usbd_dma dma)
{
    usbd->waiting |= (uint8_t)dma;
    dma_go_on(usbd);
}

static void dma_ended(struct nrf52_usbd *usbd)
{
    erratum_199(false);
    usbd->running = 0;
    dma_go_on(usbd);
}

/* --- Control transfers --- */

static void send_answer_packet(struct nrf52_usbd *usbd)
{
    uint32_t count = slice_copy((struct slice){usbd->packet, sizeof(usbd->packet)}, usbd->answer);
    usbd->answer = const_slice_part(usbd->answer, count, usbd->answer.length);
    usbd->answer_short = usbd->answer_short && count == HIL_USB_PACKET_BYTES;
    *usbd_register(USBD_EPIN0_PTR) = (uint32_t)(uintptr_t)usbd->packet;
    *usbd_register(USBD_EPIN0_MAXCNT) = count;
    dma_request(usbd, NRF52_USBD_EP0_IN);
}

static void serve_data_done(struct nrf52_usbd *usbd)
{
    if (usbd->answer.length > 0 || usbd->answer_short) {
        send_answer_packet(usbd);
    } else {
        nrf52_task(NRF52_USBD_BASE, USBD_TASKS_EP0STATUS);
    }
}

static uint16_t two_bytes(uint32_t low, uint32_t high)
{
    return (uint16_t)(*usbd_register(low) | *usbd_register(high) << 8);
}

static void forget_answer(struct nrf52_usbd *usbd)
{
    usbd->answer = (struct const_slice){NULL, 0};
    usbd->answer_short = false;
}

/* What the client wants to answer is in `answer` then. */
static bool ask_client(struct nrf52_usbd *usbd, struct hil_usb_setup setup)
{
    bool writes_data = (setup.request_type & REQUEST_TYPE_READS) == 0 && setup.length > 0;
    forget_answer(usbd);
    return !writes_data && hil_usb_client_setup(usbd->client, setup) == K_OK;
}

static void serve_setup(struct nrf52_usbd *usbd)
{
    const struct hil_usb_setup setup = {
        .request_type = (uint8_t)*usbd_register(USBD_BMREQUESTTYPE),
        .request = (uint8_t)*usbd_register(USBD_BREQUEST),
        .value = two_bytes(USBD_WVALUEL, USBD_WVALUEH),
        .index = two_bytes(USBD_WINDEXL, USBD_WINDEXH),
        .length = two_bytes(USBD_WLENGTHL, USBD_WLENGTHH),
    };
    /* An answer to the request before, which the host gave up, is not sent any more. */
    usbd->waiting &= (uint8_t)~NRF52_USBD_EP0_IN;
    if (setup.request_type == 0 && setup.request == REQUEST_SET_ADDRESS) {
        return;
    }
    bool accepted = ask_client(usbd, setup);
    usbd->answer = const_slice_part(usbd->answer, 0, setup.length);
    usbd->answer_short = usbd->answer.length < setup.length;
    if (!accepted) {
        nrf52_task(NRF52_USBD_BASE, USBD_TASKS_EP0STALL);
    } else if ((setup.request_type & REQUEST_TYPE_READS) != 0 && setup.length > 0) {
        send_answer_packet(usbd);
    } else {
        nrf52_task(NRF52_USBD_BASE, USBD_TASKS_EP0STATUS);
    }
}

/* --- Endpoint 1 --- */

/* True when there was one. */
static bool give_back(struct dma_buffer **buffer)
{
    if (*buffer == NULL) {
        return false;
    }
    dma_buffer_release(*buffer);
    *buffer = NULL;
    return true;
}

static void forget_transfers(struct nrf52_usbd *usbd)
{
    usbd->waiting = 0;
    usbd->out_filled = false;
    (void)give_back(&usbd->in_buffer);
    (void)give_back(&usbd->out_buffer);
    forget_answer(usbd);
}

static void set_toggle(uint32_t endpoint)
{
    *usbd_register(USBD_DTOGGLE) = endpoint; /* selects it */
    *usbd_register(USBD_DTOGGLE) = endpoint | USBD_DTOGGLE_DATA0;
}

static void usbd_set_open(void *self, bool open)
{
    struct nrf52_usbd *usbd = self;
    uint32_t endpoints = USBD_EP0 | (open ? USBD_EP1 : 0);
    forget_transfers(usbd);
    usbd->open = open;
    *usbd_register(USBD_EPINEN) = endpoints;
    *usbd_register(USBD_EPOUTEN) = endpoints;
    if (open) {
        set_toggle(USBD_DTOGGLE_EP1_IN);
        set_toggle(USBD_DTOGGLE_EP1_OUT);
        *usbd_register(USBD_SIZE_EPOUT1) = 0; /* room for a packet */
    }
}

static void usbd_answer(void *self, struct const_slice data)
{
    struct nrf52_usbd *usbd = self;
    usbd->answer = data;
}

static int usbd_send(void *self, struct dma_buffer *packet, uint32_t length)
{
    struct nrf52_usbd *usbd = self;
    if (!usbd->open) {
        return K_EOFF;
    }
    if (usbd->in_buffer != NULL) {
        return K_EBUSY;
    }
    if (length > HIL_USB_PACKET_BYTES) {
        return K_ESIZE;
    }
    int status = dma_buffer_claim(packet, 0, length, &usbd->in);
    if (status == K_OK) {
        usbd->in_buffer = packet;
        dma_request(usbd, NRF52_USBD_EP1_IN);
    }
    return status;
}

static int usbd_receive(void *self, struct dma_buffer *buffer)
{
    struct nrf52_usbd *usbd = self;
    if (!usbd->open) {
        return K_EOFF;
    }
    if (usbd->out_buffer != NULL) {
        return K_EBUSY;
    }
    int status = dma_buffer_claim(buffer, 0, HIL_USB_PACKET_BYTES, &usbd->out);
    if (status == K_OK) {
        usbd->out_buffer = buffer;
        if (usbd->out_filled) {
            dma_request(usbd, NRF52_USBD_EP1_OUT);
        }
    }
    return status;
}

static void serve_endpoint_data(struct nrf52_usbd *usbd)
{
    uint32_t status = *usbd_register(USBD_EPDATASTATUS);
    *usbd_register(USBD_EPDATASTATUS) = status;
    if ((status & USBD_EPDATASTATUS_OUT1) != 0 && usbd->open) {
        usbd->out_filled = true;
        if (usbd->out_buffer != NULL) {
            dma_request(usbd, NRF52_USBD_EP1_OUT);
        }
    }
    if ((status & USBD_EPDATASTATUS_IN1) != 0 && give_back(&usbd->in_buffer)) {
        hil_usb_client_sent(usbd->client);
    }
}

static void serve_received(struct nrf52_usbd *usbd)
{
    uint32_t count = *usbd_register(USBD_EPOUT1_AMOUNT);
    bool expected = give_back(&usbd->out_buffer);
    usbd->out_filled = false;
    dma_ended(usbd);
    if (expected) {
        hil_usb_client_received(usbd->client, count);
    }
}

/* --- Cable and bus --- */

static void tell_reset(struct nrf52_usbd *usbd)
{
    usbd_set_open(usbd, false);
    hil_usb_client_reset(usbd->client);
}

/* The pull-up shows the device to the host: not before regulator and USBD are ready. */
static void show(const struct nrf52_usbd *usbd)
{
    uint32_t status = *nrf52_register(NRF52_POWER_BASE, POWER_USBREGSTATUS);
    bool ready = (*usbd_register(USBD_EVENTCAUSE) & USBD_EVENTCAUSE_READY) != 0;
    if (usbd->enabled && ready && (status & POWER_OUTPUTRDY) != 0) {
        *usbd_register(USBD_EVENTCAUSE) = USBD_EVENTCAUSE_READY;
        errata_171_187(false);
        *usbd_register(USBD_USBPULLUP) = 1;
    }
}

static void look_at_cable(struct nrf52_usbd *usbd)
{
    uint32_t status = *nrf52_register(NRF52_POWER_BASE, POWER_USBREGSTATUS);
    bool plugged = usbd->started && (status & POWER_VBUSDETECT) != 0;
    if (plugged && !usbd->enabled) {
        usbd->enabled = true;
        errata_171_187(true);
        *usbd_register(USBD_ENABLE) = 1;
    } else if (!plugged && usbd->enabled) {
        tell_reset(usbd);
        usbd->enabled = false;
        usbd->running = 0;
        *usbd_register(USBD_USBPULLUP) = 0;
        *usbd_register(USBD_ENABLE) = 0;
    }
    show(usbd);
}

static void usbd_start(void *self)
{
    struct nrf52_usbd *usbd = self;
    usbd->started = true;
    *usbd_register(USBD_INTENSET) = USBD_INT_USBRESET | USBD_INT_ENDEPIN0 | USBD_INT_ENDEPIN1 |
                                    USBD_INT_EP0DATADONE | USBD_INT_ENDEPOUT1 | USBD_INT_USBEVENT |
                                    USBD_INT_EP0SETUP | USBD_INT_EPDATA;
    *nrf52_register(NRF52_POWER_BASE, POWER_INTENSET) =
        POWER_INT_USBDETECTED | POWER_INT_USBREMOVED | POWER_INT_USBPWRRDY;
    look_at_cable(usbd);
}

static void usbd_set_client(void *self, const struct hil_usb_client *client)
{
    struct nrf52_usbd *usbd = self;
    usbd->client = client;
}

const struct hil_usb_ops nrf52_usbd_ops = {
    .start = usbd_start,
    .answer = usbd_answer,
    .set_open = usbd_set_open,
    .send = usbd_send,
    .receive = usbd_receive,
    .set_client = usbd_set_client,
};

void nrf52_usbd_serve_power(void *self)
{
    (void)take_event(NRF52_POWER_BASE, POWER_EVENTS_USBDETECTED);
    (void)take_event(NRF52_POWER_BASE, POWER_EVENTS_USBREMOVED);
    (void)take_event(NRF52_POWER_BASE, POWER_EVENTS_USBPWRRDY);
    look_at_cable(self);
}

void nrf52_usbd_serve(void *self)
{
    struct nrf52_usbd *usbd = self;
    if (take_event(NRF52_USBD_BASE, USBD_EVENTS_USBEVENT)) {
        show(usbd);
    }
    if (take_event(NRF52_USBD_BASE, USBD_EVENTS_USBRESET)) {
        tell_reset(usbd);
    }
    if (take_event(NRF52_USBD_BASE, USBD_EVENTS_ENDEPIN0)) {
        dma_ended(usbd);
    }
    if (take_event(NRF52_USBD_BASE, USBD_EVENTS_ENDEPIN1)) {
        dma_ended(usbd);
    }
    if (take_event(NRF52_USBD_BASE, USBD_EVENTS_ENDEPOUT1)) {
        serve_received(usbd);
    }
    if (take_event(NRF52_USBD_BASE, USBD_EVENTS_EPDATA)) {
        serve_endpoint_data(usbd);
    }
    if (take_event(NRF52_USBD_BASE, USBD_EVENTS_EP0DATADONE)) {
        serve_data_done(usbd);
    }
    if (take_event(NRF52_USBD_BASE, USBD_EVENTS_EP0SETUP)) {
        serve_setup(usbd);
    }
}

/* For the host, the cable has been pulled out. */
void nrf52_usbd_stop_dead(void *self)
{
    struct nrf52_usbd *usbd = self;
    if (guard_is_dead(NRF52_OWNER(usbd->client))) {
        usbd->started = false;
        look_at_cable(usbd);
    }
}
