/* The host's transfers: control transfers, what IN endpoints bring, requests of clients; and what
 * the answer to each transaction makes of them. */
#include <string.h>

#include "peripherals/parts/usb_host_internal.h"

#define ERRORS_MAX 3U /* in a row, then a transfer fails */
#define NAKS_MAX   8U /* of one frame; then it is tried again in the next */

#define STATUS_UNLINK (-2)

static uint32_t setup_length(const struct usb_host_state *s)
{
    return s->setup[6] | (uint32_t)s->setup[7] << 8;
}

bool usb_host_control_reads(const struct usb_host_state *s)
{
    return (s->setup[0] & USB_ENDPOINT_IN) != 0 && setup_length(s) != 0;
}

/* ---- control transfers ---- */

static struct usb_record control_record(const struct usb_host_state *s)
{
    return (struct usb_record){.id = s->control_id,
                               .kind = USB_KIND_CONTROL,
                               .endpoint = (uint8_t)(s->setup[0] & USB_ENDPOINT_IN)};
}

void usb_host_start_control(struct usb_host *host, const uint8_t setup[USB_SETUP_BYTES],
                            const uint8_t *data)
{
    struct usb_host_state *s = &host->state;
    memcpy(s->setup, setup, USB_SETUP_BYTES);
    s->control_count = setup_length(s);
    if (s->control_count > USB_HOST_CONTROL_BYTES) {
        s->control_count = USB_HOST_CONTROL_BYTES;
    }
    if (data != NULL) {
        memcpy(s->control, data, s->control_count);
    }
    s->stage = USB_STAGE_SETUP;
    s->control_done = 0;
    s->control_errors = 0;
    s->control_frame = s->frame;
    s->control_id = s->next_id;
    s->next_id++;
    struct usb_record record = control_record(s);
    record.submitted = true;
    record.status = USB_STATUS_SUBMITTED;
    record.setup = s->setup;
    record.data = usb_host_control_reads(s) || s->control_count == 0 ? NULL : s->control;
    record.count = s->control_count;
    usb_monitor_tell(host, &record);
}

static void end_request(struct usb_host_state *s)
{
    s->request_first = (s->request_first + 1U) % USB_HOST_REQUESTS;
    s->request_count--;
    s->request_errors = 0;
}

static void end_control(struct usb_host *host, int32_t status)
{
    struct usb_host_state *s = &host->state;
    struct usb_record record = control_record(s);
    record.status = status;
    record.data = usb_host_control_reads(s) && s->control_done != 0 ? s->control : NULL;
    record.count = s->control_done;
    s->stage = USB_STAGE_NONE;
    usb_monitor_tell(host, &record);
    if (s->control_is_request) {
        s->control_is_request = false;
        end_request(s);
    }
    usb_host_control_ended(host, status);
}

/* True: the transfer has ended. NAK: it is tried again. */
static bool control_failed(struct usb_host *host, enum usb_answer answer)
{
    struct usb_host_state *s = &host->state;
    if (answer == USB_ANSWER_STALL) {
        end_control(host, USB_STATUS_STALL);
        return true;
    }
    s->control_errors = answer == USB_ANSWER_NONE ? s->control_errors + 1U : 0;
    if (s->control_errors == ERRORS_MAX) {
        end_control(host, USB_STATUS_NO_ANSWER);
        return true;
    }
    return false;
}

static void control_out_done(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    s->control_errors = 0;
    if (s->stage == USB_STAGE_SETUP) {
        s->stage = setup_length(s) != 0 ? USB_STAGE_DATA : USB_STAGE_STATUS;
        s->control_data1 = true;
    } else if (s->stage == USB_STAGE_DATA) {
        s->control_done += s->packet.count;
        s->control_data1 = !s->control_data1;
        s->stage = s->control_done >= s->control_count ? USB_STAGE_STATUS : USB_STAGE_DATA;
    } else {
        end_control(host, USB_STATUS_OK);
    }
}

static void control_in_done(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    uint32_t room = s->control_count - s->control_done;
    uint32_t count = s->packet.count < room ? s->packet.count : room;
    s->control_errors = 0;
    if (s->stage == USB_STAGE_STATUS) {
        end_control(host, USB_STATUS_OK);
    } else if (s->packet.data1 == s->control_data1) { /* else it is a repetition */
        memcpy(s->control + s->control_done, s->packet.bytes, count);
        s->control_done += count;
        s->control_data1 = !s->control_data1;
        if (s->packet.count < s->device_packet_bytes || s->control_done == s->control_count) {
            s->stage = USB_STAGE_STATUS;
        }
    }
}

/* ---- endpoints ---- */

static struct usb_record endpoint_record(const struct usb_host_endpoint *endpoint)
{
    return (struct usb_record){.id = endpoint->id,
                               .kind = endpoint->kind,
                               .endpoint = endpoint->address,
                               .count = endpoint->packet_bytes,
                               .interval = endpoint->interval};
}

void usb_host_submit_endpoint(struct usb_host *host, struct usb_host_endpoint *endpoint)
{
    endpoint->id = host->state.next_id;
    host->state.next_id++;
    struct usb_record record = endpoint_record(endpoint);
    record.submitted = true;
    record.status = USB_STATUS_SUBMITTED;
    usb_monitor_tell(host, &record);
}

static void end_endpoint(struct usb_host *host, struct usb_host_endpoint *endpoint, int32_t status,
                         const struct usb_packet *packet)
{
    struct usb_record record = endpoint_record(endpoint);
    record.status = status;
    record.data = packet != NULL && packet->count != 0 ? packet->bytes : NULL;
    record.count = packet != NULL ? packet->count : 0;
    endpoint->id = 0;
    endpoint->errors = 0;
    usb_monitor_tell(host, &record);
}

static bool is_hid(const struct usb_host_state *s, uint8_t interface)
{
    for (uint32_t i = 0; i < s->hid_count; i++) {
        if (s->hid_interface[i] == interface) {
            return true;
        }
    }
    return false;
}

static void endpoint_in_done(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    struct usb_host_endpoint *endpoint = &s->endpoints[s->endpoint_index];
    const uint8_t *bytes = s->packet.bytes;
    endpoint->errors = 0;
    endpoint->had_data = true;
    if (endpoint->kind == USB_KIND_INTERRUPT) {
        endpoint->next_frame = s->frame + endpoint->interval;
    }
    if (s->packet.data1 != endpoint->data1) {
        return;
    }
    endpoint->data1 = !endpoint->data1;
    if (s->packet.count > endpoint->packet_bytes) {
        s->packet.count = endpoint->packet_bytes;
    }
    end_endpoint(host, endpoint, USB_STATUS_OK, &s->packet);
    if (endpoint->kind == USB_KIND_INTERRUPT && is_hid(s, endpoint->interface)) {
        memset(s->packet.bytes + s->packet.count, 0, USB_PACKET_BYTES_MAX - s->packet.count);
        usb_host_note(host, "HID report",
                      (int32_t)(bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                                (uint32_t)bytes[3] << 24));
    }
}

static void endpoint_failed(struct usb_host *host, enum usb_answer answer)
{
    struct usb_host_state *s = &host->state;
    struct usb_host_endpoint *endpoint = &s->endpoints[s->endpoint_index];
    uint32_t bit = 1U << s->endpoint_index;
    if (answer == USB_ANSWER_NAK && endpoint->kind == USB_KIND_BULK && endpoint->had_data &&
        s->naks < NAKS_MAX) {
        s->naks++; /* there may be more in this frame */
        return;
    }
    s->tried |= bit;
    if (endpoint->kind == USB_KIND_INTERRUPT) {
        endpoint->next_frame = s->frame + endpoint->interval;
    }
    endpoint->errors = answer == USB_ANSWER_NONE ? (uint8_t)(endpoint->errors + 1U) : 0;
    if (answer == USB_ANSWER_STALL || endpoint->errors == ERRORS_MAX) {
        endpoint->halted = true;
        end_endpoint(host, endpoint,
                     answer == USB_ANSWER_STALL ? USB_STATUS_STALL : USB_STATUS_NO_ANSWER, NULL);
        usb_host_note(host, "endpoint halted", endpoint->address);
    }
}

/* ---- packets of clients ---- */

struct usb_host_endpoint *usb_host_find_endpoint(struct usb_host_state *s, uint8_t address)
{
    for (uint32_t i = 0; i < s->endpoint_count; i++) {
        if (s->endpoints[i].address == address) {
            return &s->endpoints[i];
        }
    }
    return NULL;
}

static void tell_request(struct usb_host *host, const struct usb_host_request *request,
                         bool submitted, int32_t status)
{
    const struct usb_host_endpoint *endpoint =
        usb_host_find_endpoint(&host->state, request->endpoint);
    const struct usb_record record = {.id = request->id,
                                      .kind = endpoint == NULL ? USB_KIND_BULK : endpoint->kind,
                                      .endpoint = request->endpoint,
                                      .submitted = submitted,
                                      .status = status,
                                      .data =
                                          submitted && request->count != 0 ? request->bytes : NULL,
                                      .count = submitted ? request->count : request->done,
                                      .interval = endpoint == NULL ? 0 : endpoint->interval};
    usb_monitor_tell(host, &record);
}

static void request_answered(struct usb_host *host, enum usb_answer answer)
{
    struct usb_host_state *s = &host->state;
    struct usb_host_request *request = &s->requests[s->request_first];
    struct usb_host_endpoint *endpoint = usb_host_find_endpoint(s, request->endpoint);
    int32_t status = USB_STATUS_OK;
    s->request_errors = answer == USB_ANSWER_NONE ? s->request_errors + 1U : 0;
    if (endpoint == NULL) {
        status = USB_STATUS_GONE;
    } else if (answer == USB_ANSWER_ACK) {
        request->done += s->packet.count;
        endpoint->data1 = !endpoint->data1;
        if (endpoint->kind == USB_KIND_INTERRUPT) {
            endpoint->next_frame = s->frame + endpoint->interval;
        }
        if (request->done < request->count) {
            return;
        }
    } else if (answer == USB_ANSWER_STALL) {
        endpoint->halted = true;
        status = USB_STATUS_STALL;
    } else if (s->request_errors == ERRORS_MAX) {
        status = USB_STATUS_NO_ANSWER;
    } else {
        return;
    }
    tell_request(host, request, false, status);
    end_request(s);
}

void usb_host_submit_request(struct usb_host *host, struct usb_host_request *request)
{
    request->id = host->state.next_id;
    host->state.next_id++;
    tell_request(host, request, true, USB_STATUS_SUBMITTED);
}

void usb_host_refuse_request(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    tell_request(host, &s->requests[s->request_first], false, USB_STATUS_STALL);
    end_request(s);
}

/* ---- what becomes of a transaction ---- */

/* It will be tried again: at once, after a pause, or in the next frame. */
static void count_nak(struct usb_host *host, enum usb_answer answer)
{
    struct usb_host_state *s = &host->state;
    if (answer == USB_ANSWER_NAK) {
        s->naks++;
        if (s->naks >= NAKS_MAX) {
            s->tried |= s->who == USB_WHO_CONTROL ? USB_TRIED_CONTROL : USB_TRIED_REQUEST;
        }
    }
}

void usb_host_answered(struct usb_host *host, enum usb_answer answer)
{
    struct usb_host_state *s = &host->state;
    switch (s->who) {
    case USB_WHO_CONTROL:
        if (answer == USB_ANSWER_ACK) {
            control_out_done(host);
        } else if (!control_failed(host, answer)) {
            count_nak(host, answer);
        }
        break;
    case USB_WHO_REQUEST:
        s->request_waits = answer == USB_ANSWER_NAK;
        count_nak(host, answer);
        request_answered(host, answer);
        break;
    case USB_WHO_ENDPOINT:
        endpoint_failed(host, answer);
        break;
    }
}

void usb_host_received(struct usb_host *host)
{
    if (host->state.who == USB_WHO_CONTROL) {
        control_in_done(host);
    } else {
        endpoint_in_done(host);
    }
}

void usb_host_give_up_control(struct usb_host *host)
{
    end_control(host, STATUS_UNLINK);
}

void usb_host_drop_transfers(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    if (s->stage != USB_STAGE_NONE) {
        struct usb_record record = control_record(s);
        record.status = USB_STATUS_GONE;
        usb_monitor_tell(host, &record);
    }
    for (uint32_t i = 0; i < s->endpoint_count; i++) {
        if (s->endpoints[i].id != 0) {
            end_endpoint(host, &s->endpoints[i], USB_STATUS_GONE, NULL);
        }
    }
    for (uint32_t i = 0; i < s->request_count; i++) {
        const struct usb_host_request *request =
            &s->requests[(s->request_first + i) % USB_HOST_REQUESTS];
        if (request->id != 0) {
            tell_request(host, request, false, USB_STATUS_GONE);
        }
    }
    s->stage = USB_STAGE_NONE;
    s->control_is_request = false;
    s->request_count = 0;
    s->request_errors = 0;
    s->endpoint_count = 0;
    s->hid_count = 0;
    s->hid_next = 0;
}
