/* Frames of the USB host, and the transactions in them. */
#include <string.h>

#include "peripherals/parts/usb_host.h"

/* Bits of packets at 12 Mbit/s: synchronisation, packet identifier, contents, CRC, end; stuffed
 * bits are not counted. */
#define BIT_HZ          12000000U
#define TOKEN_BITS      35U
#define DATA_BITS       35U /* and 8 for each byte */
#define HANDSHAKE_BITS  19U
#define TURNAROUND_BITS 8U
#define LONGEST_US      60U /* of a transaction: a later one waits for the next frame */
#define NAK_GAP_US      50U

#define ERRORS_MAX     3U    /* in a row, then a transfer fails */
#define NAKS_MAX       8U    /* of one frame; then it is tried again in the next */
#define CONTROL_FRAMES 5000U /* after which a control transfer is given up */

#define TRIED_CONTROL (1U << 30)
#define TRIED_REQUEST (1U << 31)
#define ENDPOINT_IN   0x80U

#define KIND_CONTROL  2U /* of records */
#define STATUS_UNLINK (-2)

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

static uint32_t setup_length(const struct usb_host_state *s)
{
    return s->setup[6] | (uint32_t)s->setup[7] << 8;
}

static bool control_reads(const struct usb_host_state *s)
{
    return (s->setup[0] & ENDPOINT_IN) != 0 && setup_length(s) != 0;
}

/* ---- control transfers ---- */

static struct usb_record control_record(const struct usb_host_state *s)
{
    return (struct usb_record){.id = s->control_id,
                               .kind = KIND_CONTROL,
                               .endpoint = (uint8_t)(s->setup[0] & ENDPOINT_IN)};
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
    record.data = control_reads(s) || s->control_count == 0 ? NULL : s->control;
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
    record.data = control_reads(s) && s->control_done != 0 ? s->control : NULL;
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

static void submit_endpoint(struct usb_host *host, struct usb_host_endpoint *endpoint)
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
    if (endpoint->kind == 1) {
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
    if (endpoint->kind == 1 && is_hid(s, endpoint->interface)) {
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
    if (answer == USB_ANSWER_NAK && endpoint->kind == 3 && endpoint->had_data &&
        s->naks < NAKS_MAX) {
        s->naks++; /* there may be more in this frame */
        return;
    }
    s->tried |= bit;
    if (endpoint->kind == 1) {
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

static struct usb_host_endpoint *find_endpoint(struct usb_host_state *s, uint8_t address)
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
    const struct usb_host_endpoint *endpoint = find_endpoint(&host->state, request->endpoint);
    const struct usb_record record = {.id = request->id,
                                      .kind = endpoint == NULL ? 3 : endpoint->kind,
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
    struct usb_host_endpoint *endpoint = find_endpoint(s, request->endpoint);
    int32_t status = USB_STATUS_OK;
    s->request_errors = answer == USB_ANSWER_NONE ? s->request_errors + 1U : 0;
    if (endpoint == NULL) {
        status = USB_STATUS_GONE;
    } else if (answer == USB_ANSWER_ACK) {
        request->done += s->packet.count;
        endpoint->data1 = !endpoint->data1;
        if (endpoint->kind == 1) {
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
        bool due = kind == 3 || (int32_t)(s->frame - endpoint->next_frame) >= 0;
        if (endpoint->kind == kind && (endpoint->address & ENDPOINT_IN) != 0 && !endpoint->halted &&
            due && (s->tried & 1U << i) == 0) {
            if (endpoint->id == 0) {
                submit_endpoint(host, endpoint);
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
    bool reads = control_reads(s);
    if (s->stage == USB_STAGE_NONE || (s->tried & TRIED_CONTROL) != 0) {
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
    if (s->request_count == 0 || s->step != USB_HOST_RUNNING || (s->tried & TRIED_REQUEST) != 0) {
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
    const struct usb_host_endpoint *endpoint = find_endpoint(s, request->endpoint);
    if (endpoint == NULL || endpoint->halted) {
        tell_request(host, request, false, USB_STATUS_STALL);
        end_request(s);
        return begin_request(host);
    }
    if (endpoint->kind == 1 && (int32_t)(s->frame - endpoint->next_frame) < 0) {
        return false;
    }
    if (request->id == 0) {
        request->id = s->next_id;
        s->next_id++;
        tell_request(host, request, true, USB_STATUS_SUBMITTED);
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
    if (begin_endpoint(host, 1) || begin_control(host)) {
        return;
    }
    /* A device that takes nothing may first have to get rid of something. */
    bool bulk_first = s->request_waits;
    s->request_waits = false;
    if (!(bulk_first && begin_endpoint(host, 3)) && !begin_request(host) && !bulk_first) {
        (void)begin_endpoint(host, 3);
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
        return s->stage != USB_STAGE_SETUP && control_reads(s) == (s->stage == USB_STAGE_DATA);
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

/* It will be tried again: at once, after a pause, or in the next frame. */
static void count_nak(struct usb_host *host, enum usb_answer answer)
{
    struct usb_host_state *s = &host->state;
    if (answer == USB_ANSWER_NAK) {
        s->naks++;
        if (s->naks >= NAKS_MAX) {
            s->tried |= s->who == USB_WHO_CONTROL ? TRIED_CONTROL : TRIED_REQUEST;
        }
    }
}

static void answered(struct usb_host *host, enum usb_answer answer)
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
    answered(host, answer);
}

static void data_ended(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    const struct usb_function *function = function_of(host);
    free_bus(host);
    if (is_damaged(host)) {
        answered(host, USB_ANSWER_NONE);
        return;
    }
    uint8_t endpoint = endpoint_number(s);
    if (s->who == USB_WHO_CONTROL) {
        control_in_done(host);
    } else {
        endpoint_in_done(host);
    }
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
        end_control(host, STATUS_UNLINK);
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
    struct usb_host_state *s = &host->state;
    usb_host_stop_frames(host);
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
}

void usb_host_init_bus(struct usb_host *host)
{
    event_init(&host->frame_start, frame_started, host);
    event_init(&host->bus_end, bus_ended, host);
}
