/* Frames of the USB host, and the transactions in them. */
#include <string.h>

#include "peripherals/parts/usb_host_internal.h"

/* Bits of packets at 12 Mbit/s: synchronisation, packet identifier, contents, CRC, end; stuffed
 * bits are not counted. */
#define BIT_HZ          12000000U
#define TOKEN_BITS      35U
#define DATA_BITS       35U /* and 8 for each byte */
#define HANDSHAKE_BITS  19U
#define TURNAROUND_BITS 8U
#define LONGEST_US      60U /* of a transaction: a later one waits for the next frame */
#define NAK_GAP_US      50U

#define CONTROL_FRAMES 5000U /* after which a control transfer is given up */

static const struct usb_function *function_of(const struct usb_host *host)
{
    return host->port->function;
}

static uint64_t bits_to_cycles(const struct usb_host *host, uint64_t bits)
{
    return (bits * host->env.clock->cpu_hz + BIT_HZ - 1U) / BIT_HZ;
}

static void after_bits(struct usb_host *host, uint64_t bits)
{
    struct clock *clock = host->env.clock;
    clock_schedule(clock, &host->bus_end, clock_now(clock) + bits_to_cycles(host, bits));
}

static void free_bus(struct usb_host *host)
{
    host->state.bus = USB_BUS_FREE;
    after_bits(host, TURNAROUND_BITS + HANDSHAKE_BITS);
}

/* ---- which transaction comes next ---- */

static bool begin(struct usb_host *host, enum usb_host_who who, uint64_t bits)
{
    host->state.who = who;
    host->state.bus = USB_BUS_TOKEN;
    after_bits(host, bits);
    return true;
}

static bool begin_endpoint(struct usb_host *host, uint8_t kind)
{
    struct usb_host_state *s = &host->state;
    for (uint32_t i = 0; i < s->endpoint_count && s->step == USB_HOST_RUNNING; i++) {
        struct usb_host_endpoint *endpoint = &s->endpoints[i];
        bool due = kind == USB_KIND_BULK || (int32_t)(s->frame - endpoint->next_frame) >= 0;
        if (endpoint->kind == kind && (endpoint->address & USB_ENDPOINT_IN) != 0 &&
            !endpoint->halted && due && (s->tried & 1U << i) == 0) {
            if (endpoint->id == 0) {
                usb_host_submit_endpoint(host, endpoint);
            }
            s->endpoint_index = i;
            return begin(host, USB_WHO_ENDPOINT, TOKEN_BITS);
        }
    }
    return false;
}

/* The next packet to the device of a transfer with so many bytes. */
static void cut_packet(struct usb_host_state *s, const uint8_t *bytes, uint32_t left,
                       uint32_t packet_bytes)
{
    s->packet.count = left < packet_bytes ? left : packet_bytes;
    memcpy(s->packet.bytes, bytes, s->packet.count);
}

static bool begin_control(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    bool reads = usb_host_control_reads(s);
    if (s->stage == USB_STAGE_NONE || (s->tried & USB_TRIED_CONTROL) != 0) {
        return false;
    }
    s->packet.count = 0;
    s->packet.data1 = true;
    if (s->stage == USB_STAGE_SETUP) {
        return begin(host, USB_WHO_CONTROL, TOKEN_BITS + DATA_BITS + 8U * USB_SETUP_BYTES);
    }
    if (reads == (s->stage == USB_STAGE_DATA)) {
        return begin(host, USB_WHO_CONTROL, TOKEN_BITS);
    }
    if (s->stage == USB_STAGE_DATA) {
        cut_packet(s, s->control + s->control_done, s->control_count - s->control_done,
                   s->device_packet_bytes);
        s->packet.data1 = s->control_data1;
    }
    return begin(host, USB_WHO_CONTROL, TOKEN_BITS + DATA_BITS + 8U * s->packet.count);
}

static bool begin_request(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    struct usb_host_request *request = &s->requests[s->request_first];
    if (s->request_count == 0 || s->step != USB_HOST_RUNNING ||
        (s->tried & USB_TRIED_REQUEST) != 0) {
        return false;
    }
    if (request->endpoint == 0) {
        if (s->stage != USB_STAGE_NONE) {
            return false;
        }
        usb_host_start_control(host, request->bytes, request->bytes + USB_SETUP_BYTES);
        s->control_is_request = true;
        return begin_control(host);
    }
    const struct usb_host_endpoint *endpoint = usb_host_find_endpoint(s, request->endpoint);
    if (endpoint == NULL || endpoint->halted) {
        usb_host_refuse_request(host);
        return begin_request(host);
    }
    if (endpoint->kind == USB_KIND_INTERRUPT && (int32_t)(s->frame - endpoint->next_frame) < 0) {
        return false;
    }
    if (request->id == 0) {
        usb_host_submit_request(host, request);
    }
    cut_packet(s, request->bytes + request->done, request->count - request->done,
               endpoint->packet_bytes);
    s->packet.data1 = endpoint->data1;
    return begin(host, USB_WHO_REQUEST, TOKEN_BITS + DATA_BITS + 8U * s->packet.count);
}

static void next_transaction(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    const struct clock *clock = host->env.clock;
    if (s->faults[USB_HOST_FAULT_NO_POLL] != 0 || s->step < USB_HOST_RECOVERY ||
        clock_now(clock) + clock_us_to_cycles(clock, LONGEST_US) > s->frame_end_cycle) {
        return;
    }
    if (begin_endpoint(host, USB_KIND_INTERRUPT) || begin_control(host)) {
        return;
    }
    /* A device that takes nothing may first have to get rid of something. */
    bool bulk_first = s->request_waits;
    s->request_waits = false;
    if (!(bulk_first && begin_endpoint(host, USB_KIND_BULK)) && !begin_request(host) &&
        !bulk_first) {
        (void)begin_endpoint(host, USB_KIND_BULK);
    }
}

/* ---- what becomes of a transaction ---- */

static bool is_damaged(struct usb_host *host)
{
    int32_t *left = &host->state.faults[USB_HOST_FAULT_CORRUPT];
    if (*left == 0) {
        return false;
    }
    (*left)--;
    return true;
}

static bool is_in(const struct usb_host_state *s)
{
    if (s->who == USB_WHO_CONTROL) {
        return s->stage != USB_STAGE_SETUP &&
               usb_host_control_reads(s) == (s->stage == USB_STAGE_DATA);
    }
    return s->who == USB_WHO_ENDPOINT;
}

static uint8_t endpoint_number(const struct usb_host_state *s)
{
    switch (s->who) {
    case USB_WHO_CONTROL:
        return 0;
    case USB_WHO_REQUEST:
        return s->requests[s->request_first].endpoint;
    case USB_WHO_ENDPOINT:
        return s->endpoints[s->endpoint_index].address & 15U;
    }
    return 0;
}

static enum usb_answer send_token(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    const struct usb_function *function = function_of(host);
    uint8_t endpoint = endpoint_number(s);
    if (is_in(s)) {
        return function->in(function->owner, s->address, endpoint, &s->packet);
    }
    if (is_damaged(host)) {
        return USB_ANSWER_NONE;
    }
    if (s->who == USB_WHO_CONTROL && s->stage == USB_STAGE_SETUP) {
        return function->setup(function->owner, s->address, s->setup);
    }
    return function->out(function->owner, s->address, endpoint, &s->packet);
}

static void token_ended(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    enum usb_answer answer = send_token(host);
    if (s->bus != USB_BUS_TOKEN) {
        return; /* the device has gone because of it */
    }
    if (is_in(s) && answer == USB_ANSWER_ACK) {
        s->bus = USB_BUS_DATA_IN;
        after_bits(host, TURNAROUND_BITS + DATA_BITS + 8U * s->packet.count);
        return;
    }
    free_bus(host);
    if (answer == USB_ANSWER_NAK) {
        struct clock *clock = host->env.clock;
        clock_schedule(clock, &host->bus_end,
                       clock_now(clock) + clock_us_to_cycles(clock, NAK_GAP_US));
    }
    usb_host_answered(host, answer);
}

static void data_ended(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    const struct usb_function *function = function_of(host);
    free_bus(host);
    if (is_damaged(host)) {
        usb_host_answered(host, USB_ANSWER_NONE);
        return;
    }
    uint8_t endpoint = endpoint_number(s);
    usb_host_received(host);
    function->in_acknowledged(function->owner, endpoint);
}

static void bus_ended(void *owner, uint64_t late_cycles)
{
    struct usb_host *host = owner;
    (void)late_cycles;
    switch (host->state.bus) {
    case USB_BUS_FREE:
        next_transaction(host);
        break;
    case USB_BUS_TOKEN:
        token_ended(host);
        break;
    case USB_BUS_DATA_IN:
        data_ended(host);
        break;
    }
}

static void frame_started(void *owner, uint64_t late_cycles)
{
    struct usb_host *host = owner;
    struct usb_host_state *s = &host->state;
    struct clock *clock = host->env.clock;
    const struct usb_function *function = function_of(host);
    if (s->step < USB_HOST_RECOVERY) {
        return; /* a snapshot may say anything */
    }
    s->frame++;
    s->tried = 0;
    s->naks = 0;
    for (uint32_t i = 0; i < s->endpoint_count; i++) {
        s->endpoints[i].had_data = false;
    }
    s->frame_end_cycle = clock_now(clock) - late_cycles + clock_us_to_cycles(clock, USB_FRAME_US);
    clock_schedule(clock, &host->frame_start, s->frame_end_cycle);
    s->bus = USB_BUS_FREE;
    after_bits(host, TOKEN_BITS);
    function->start_of_frame(function->owner, s->frame % USB_FRAME_NUMBERS);
    if (s->stage != USB_STAGE_NONE && s->frame - s->control_frame > CONTROL_FRAMES) {
        usb_host_give_up_control(host);
    }
}

void usb_host_start_frames(struct usb_host *host)
{
    struct clock *clock = host->env.clock;
    clock_schedule(clock, &host->frame_start,
                   clock_now(clock) + clock_us_to_cycles(clock, USB_FRAME_US));
}

void usb_host_stop_frames(struct usb_host *host)
{
    clock_cancel(host->env.clock, &host->frame_start);
    clock_cancel(host->env.clock, &host->bus_end);
    host->state.bus = USB_BUS_FREE;
}

void usb_host_drop_all(struct usb_host *host)
{
    usb_host_stop_frames(host);
    usb_host_drop_transfers(host);
}

void usb_host_init_bus(struct usb_host *host)
{
    event_init(&host->frame_start, frame_started, host);
    event_init(&host->bus_end, bus_ended, host);
}
