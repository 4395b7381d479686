/* peripherals/nrf52/usbd.h - USBD: the USB device controller (nRF52840), full speed, endpoints 0 to
 * 7.
 *
 * Reference: nRF52840 product specification 1.1, "USBD - Universal serial bus device"; Universal
 * Serial Bus specification 2.0. Each endpoint has a buffer of 64 bytes of its own: EasyDMA moves a
 * packet between it and RAM, tokens of the host (peripherals/iface/usb_port.h) between it and the
 * bus. The host may send to endpoint 1-7 OUT while its buffer is open: after a write to SIZE.EPOUT,
 * and again when EasyDMA has emptied it. SET_ADDRESS is answered by the controller itself (EP0SETUP
 * is raised all the same).
 *
 * Fault: "nak" - every token but SETUP is answered with NAK.
 *
 * Not modelled: isochronous transfers (their registers are kept), J and K by DPDMVALUE, and that
 * the controller needs the HFXO.
 */
#ifndef PERIPHERALS_NRF52_USBD_H
#define PERIPHERALS_NRF52_USBD_H

#include "peripherals/iface/usb_port.h"
#include "peripherals/nrf52/nrf_common.h"

enum usbd_register {
    USBD_TASKS_STARTEPIN = 0x004, /* n of 8 at + 4 * n */
    USBD_TASKS_STARTISOIN = 0x024,
    USBD_TASKS_STARTEPOUT = 0x028, /* n of 8 */
    USBD_TASKS_STARTISOOUT = 0x048,
    USBD_TASKS_EP0RCVOUT = 0x04C,
    USBD_TASKS_EP0STATUS = 0x050,
    USBD_TASKS_EP0STALL = 0x054,
    USBD_TASKS_DPDMDRIVE = 0x058,
    USBD_TASKS_DPDMNODRIVE = 0x05C,
    USBD_EVENTS_USBRESET = 0x100,
    USBD_EVENTS_STARTED = 0x104,
    USBD_EVENTS_ENDEPIN = 0x108, /* n of 8 */
    USBD_EVENTS_EP0DATADONE = 0x128,
    USBD_EVENTS_ENDISOIN = 0x12C,
    USBD_EVENTS_ENDEPOUT = 0x130, /* n of 8 */
    USBD_EVENTS_ENDISOOUT = 0x150,
    USBD_EVENTS_SOF = 0x154,
    USBD_EVENTS_USBEVENT = 0x158,
    USBD_EVENTS_EP0SETUP = 0x15C,
    USBD_EVENTS_EPDATA = 0x160,
    USBD_EVENTCAUSE = 0x400,
    USBD_HALTED_EPIN = 0x420,  /* n of 8 */
    USBD_HALTED_EPOUT = 0x444, /* n of 8 */
    USBD_EPSTATUS = 0x468,
    USBD_EPDATASTATUS = 0x46C,
    USBD_USBADDR = 0x470,
    USBD_BMREQUESTTYPE = 0x480, /* the eight bytes of the SETUP packet, a word each */
    USBD_WLENGTHH = 0x49C,
    USBD_SIZE_EPOUT = 0x4A0,  /* n of 8 */
    USBD_SIZE_ISOOUT = 0x4C0, /* reset value 0x10000 */
    USBD_ENABLE = 0x500,
    USBD_USBPULLUP = 0x504,
    USBD_DPDMVALUE = 0x508,
    USBD_DTOGGLE = 0x50C,
    USBD_EPINEN = 0x510,  /* reset value 1 */
    USBD_EPOUTEN = 0x514, /* reset value 1 */
    USBD_EPSTALL = 0x518,
    USBD_ISOSPLIT = 0x51C,
    USBD_FRAMECNTR = 0x520,
    USBD_LOWPOWER = 0x52C,
    USBD_ISOINCONFIG = 0x530,
    /* Not documented: drivers select an endpoint's buffer by the first, and close it by bit 1 of
     * the second. */
    USBD_BUFFER_SELECT = 0x800,
    USBD_BUFFER_CONTROL = 0x804,
    USBD_EPIN = 0x600,  /* PTR, MAXCNT, AMOUNT; n of 8 at + 0x14 * n, then ISOIN */
    USBD_EPOUT = 0x700, /* likewise, then ISOOUT */
};

enum usbd_eventcause {
    USBD_EVENTCAUSE_SUSPEND = 1U << 8,
    USBD_EVENTCAUSE_RESUME = 1U << 9,
    USBD_EVENTCAUSE_USBWUALLOWED = 1U << 10,
    USBD_EVENTCAUSE_READY = 1U << 11,
    USBD_EVENTCAUSE_MASK = 0xF01U,
};

#define USBD_ENDPOINTS       8U
#define USBD_ISO             8U /* index of the isochronous endpoint's EasyDMA */
#define USBD_READY_US        500U
#define USBD_SUSPEND_US      3000U /* so long no start of frame: the bus is suspended */
#define USBD_WAKE_ALLOWED_US 2000U /* from then, until the device may ask for a resume */
#define USBD_WAKE_US         3000U /* that DPDMDRIVE drives the resume for */

enum usbd_dma { USBD_DMA_IDLE, USBD_DMA_IN, USBD_DMA_OUT };
enum usbd_fault { USBD_FAULT_NAK, USBD_FAULTS };

struct usbd_channel {
    uint32_t ptr, maxcnt, amount;
};

/* One of a pair of buffers. IN: `full` when there is a packet to send. OUT: `full` when one has
 * come and RAM has not got it yet; `open` when one may come. */
struct usbd_buffer {
    uint8_t bytes[USB_PACKET_BYTES_MAX];
    uint32_t count;
    bool full, open;
};

struct usbd {
    struct device_env env;
    struct usbd_state {
        struct nrf_events events;
        uint32_t shorts, eventcause, epstatus, epdatastatus, usbaddr, framecntr;
        uint32_t enable, usbpullup, dpdmvalue, epinen, epouten, isosplit, lowpower, isoinconfig;
        uint32_t selected;        /* of DTOGGLE: EP and IO */
        uint32_t buffer_selected; /* BUFFER_SELECT */
        uint8_t setup[USB_SETUP_BYTES];
        uint32_t size_epout[USBD_ENDPOINTS];
        struct usbd_channel in[USBD_ENDPOINTS + 1], out[USBD_ENDPOINTS + 1];
        struct usbd_buffer in_buffer[USBD_ENDPOINTS], out_buffer[USBD_ENDPOINTS];
        uint32_t in_toggles, out_toggles; /* a bit for each endpoint: DATA1 comes next */
        uint32_t in_halted, out_halted;
        bool ep0_status, ep0_stall;      /* the status stage is allowed; all is refused */
        bool address_pending;            /* SET_ADDRESS has come; its status stage has not */
        bool ep0_in_data, ep0_in_status; /* what the last IN token of endpoint 0 got */
        bool ready, suspended, waking;
        uint64_t suspended_cycle;
        enum usbd_dma dma;
        uint32_t dma_endpoint, dma_ptr, dma_count;
        int32_t faults[USBD_FAULTS]; /* kept over a reset */
    } state;
    struct event became_ready, dma_end, bus_idle, wake_allowed, wake_end;
    struct wire_listener vbus_changed;
    struct usb_function function;
};

extern const struct device_class nrf52_usbd_class;

/* usbd_bus.c: endpoints, EasyDMA, tokens. */
void usbd_init_bus(struct usbd *usbd);
void usbd_start_dma(struct usbd *usbd, enum usbd_dma direction, uint32_t endpoint);
void usbd_clear_endpoints(struct usbd *usbd);
/* Shows or hides the device on the bus, as ENABLE, USBPULLUP and VBUS say. */
void usbd_connect(struct usbd *usbd);

/* usbd.c */
void usbd_run_task(struct usbd *usbd, uint32_t offset);

#endif
