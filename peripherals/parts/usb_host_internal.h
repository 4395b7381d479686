/* peripherals/parts/usb_host_internal.h - what the files of the USB host share: usb_host.c (cable,
 * inputs), usb_host_enumerate.c (getting to know the device), usb_host_bus.c (frames,
 * transactions), usb_host_transfer.c (what transactions add up to), usb_monitor.c (records of
 * usbmon). */
#ifndef PERIPHERALS_PARTS_USB_HOST_INTERNAL_H
#define PERIPHERALS_PARTS_USB_HOST_INTERNAL_H

#include "peripherals/parts/usb_host.h"

#define USB_ENDPOINT_IN 0x80U /* of an endpoint's address and of bmRequestType */

/* Kinds of transfers, numbered as in usbmon. */
#define USB_KIND_INTERRUPT 1U
#define USB_KIND_CONTROL   2U
#define USB_KIND_BULK      3U

/* In `tried`, beside one bit for each endpoint. */
#define USB_TRIED_CONTROL (1U << 30)
#define USB_TRIED_REQUEST (1U << 31)

/* usb_host.c */
void usb_host_note(const struct usb_host *host, const char *what, int32_t value);
void usb_host_wait(struct usb_host *host, enum usb_host_step step, uint64_t microseconds);

/* usb_host_bus.c: frames and transactions */
void usb_host_init_bus(struct usb_host *host);
void usb_host_start_frames(struct usb_host *host);
void usb_host_stop_frames(struct usb_host *host);
/* Stops the frames and ends all that is under way or waits, because the device is gone. */
void usb_host_drop_all(struct usb_host *host);

/* usb_host_transfer.c */

/* Begins a control transfer; `data`: the bytes of its data stage to send (as many as the SETUP
 * packet says), or NULL. Its end comes to usb_host_control_ended. */
void usb_host_start_control(struct usb_host *host, const uint8_t setup[USB_SETUP_BYTES],
                            const uint8_t *data);
/* The control transfer has a data stage in which the device sends. */
bool usb_host_control_reads(const struct usb_host_state *s);
/* Ends the control transfer under way without an answer: it took too long. */
void usb_host_give_up_control(struct usb_host *host);

/* NULL: the device has no such endpoint. `address`: bit 7 is IN. */
struct usb_host_endpoint *usb_host_find_endpoint(struct usb_host_state *s, uint8_t address);
/* From now on the host waits for data of this IN endpoint. */
void usb_host_submit_endpoint(struct usb_host *host, struct usb_host_endpoint *endpoint);
/* The first packet of a request of a client is about to go out. */
void usb_host_submit_request(struct usb_host *host, struct usb_host_request *request);
/* Ends the first of the waiting requests, whose endpoint does not exist or is halted. */
void usb_host_refuse_request(struct usb_host *host);

/* What the transaction under way (`who`, `packet`) has come to: its answer where the host has sent,
 * or where no data came in ... */
void usb_host_answered(struct usb_host *host, enum usb_answer answer);
/* ... or undamaged data in `packet`. */
void usb_host_received(struct usb_host *host);

/* Ends all transfers and forgets the endpoints. */
void usb_host_drop_transfers(struct usb_host *host);

/* usb_host_enumerate.c */
void usb_host_step_ended(struct usb_host *host); /* the wait of a step is over */
void usb_host_control_ended(struct usb_host *host, int32_t status);

/* usb_monitor.c: records of usbmon */
struct usb_record {
    uint64_t id;
    uint8_t kind;     /* USB_KIND_x */
    uint8_t endpoint; /* bit 7: IN */
    bool submitted;   /* else completed */
    int32_t status;
    const uint8_t *setup; /* NULL: none */
    const uint8_t *data;  /* NULL: none in this record */
    uint32_t count;       /* of data, or how much is asked for */
    uint32_t interval;    /* frames; 0: not polled */
};
void usb_monitor_tell(const struct usb_host *host, const struct usb_record *record);

#endif
