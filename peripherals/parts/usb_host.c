#include "peripherals/parts/usb_host_internal.h"

#include <stdio.h>
#include <string.h>

#define DEBOUNCE_US       100000U
#define RESUME_US         20000U
#define ENDPOINT_OUT_MASK 15

static const struct device_fault faults[] = {
    [USB_HOST_FAULT_NO_POLL] = {"no-poll", "1: frames begin, but no token is sent", 1, 1},
    [USB_HOST_FAULT_CORRUPT] = {"corrupt", "the next VALUE data packets are damaged on their way",
                                1, 1000000},
    [USB_HOST_FAULT_DISCONNECT] = {"disconnect", "1: the plug has no contact", 1, 1},
    [USB_HOST_FAULTS] = {0}};

void usb_host_note(const struct usb_host *host, const char *what, int32_t value)
{
    observer_note(&host->env.observer, host->env.name, what, value);
}

void usb_host_wait(struct usb_host *host, enum usb_host_step step, uint64_t microseconds)
{
    struct clock *clock = host->env.clock;
    host->state.step = step;
    clock_schedule(clock, &host->step_end,
                   clock_now(clock) + clock_us_to_cycles(clock, microseconds));
}

static bool has_contact(const struct usb_host *host)
{
    return host->state.plugged && host->state.faults[USB_HOST_FAULT_DISCONNECT] == 0;
}

static void drive_vbus(struct usb_host *host)
{
    wire_drive(&host->port->vbus, has_contact(host) ? WIRE_HIGH : WIRE_LOW);
}

static void pull_up_changed(void *owner, uint32_t index, enum wire_level level)
{
    struct usb_host *host = owner;
    struct usb_host_state *s = &host->state;
    bool shown = level == WIRE_HIGH;
    (void)index;
    if (shown == (s->step != USB_HOST_NOTHING)) {
        return;
    }
    s->attempts = 0;
    s->suspended = false;
    if (shown) {
        usb_host_note(host, "device attached", 0);
        usb_host_wait(host, USB_HOST_DEBOUNCE, DEBOUNCE_US);
        return;
    }
    clock_cancel(host->env.clock, &host->step_end);
    usb_host_drop_all(host);
    s->step = USB_HOST_NOTHING;
    usb_host_note(host, "device gone", 0);
}

static void begin_resume(struct usb_host *host)
{
    struct clock *clock = host->env.clock;
    if (host->state.suspended && !host->step_end.queued) {
        clock_schedule(clock, &host->step_end,
                       clock_now(clock) + clock_us_to_cycles(clock, RESUME_US));
    }
}

static void wake_changed(void *owner, uint32_t index, enum wire_level level)
{
    struct usb_host *host = owner;
    (void)index;
    if (level == WIRE_HIGH && host->state.suspended) {
        usb_host_note(host, "device asks for a resume", 0);
        begin_resume(host);
    }
}

static void step_ended(void *owner, uint64_t late_cycles)
{
    struct usb_host *host = owner;
    (void)late_cycles;
    if (!host->state.suspended) {
        usb_host_step_ended(host);
        return;
    }
    host->state.suspended = false;
    usb_host_start_frames(host);
    usb_host_note(host, "bus resumed", 0);
    host->port->function->resume(host->port->function->owner);
}

static void suspend(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    if (s->step == USB_HOST_RUNNING && !s->suspended) {
        usb_host_stop_frames(host);
        s->suspended = true;
        usb_host_note(host, "bus suspended", 0);
    }
}

static void reset_bus(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    if (s->step != USB_HOST_NOTHING) {
        usb_host_drop_all(host);
        s->suspended = false;
        s->attempts = 0;
        usb_host_wait(host, USB_HOST_DEBOUNCE, 1);
    }
}

/* The collection becomes a request. */
static void queue_request(struct usb_host *host, uint8_t endpoint, uint32_t count)
{
    struct usb_host_state *s = &host->state;
    bool control = endpoint == 0;
    uint32_t data = s->collected[6] | (uint32_t)s->collected[7] << 8;
    bool good = count <= s->collected_count && s->step == USB_HOST_RUNNING &&
                s->request_count < USB_HOST_REQUESTS;
    if (control) {
        good = good && count >= USB_SETUP_BYTES &&
               ((s->collected[0] & USB_ENDPOINT_IN) != 0 || count - USB_SETUP_BYTES == data);
    }
    if (good) {
        uint32_t at = (s->request_first + s->request_count) % USB_HOST_REQUESTS;
        struct usb_host_request *request = &s->requests[at];
        *request = (struct usb_host_request){.endpoint = endpoint, .count = count};
        memcpy(request->bytes, s->collected, count);
        s->request_count++;
    } else {
        usb_host_note(host, "request refused", endpoint);
    }
    s->collected_count = 0;
}

static void collect(struct usb_host_state *s, uint32_t word)
{
    for (uint32_t i = 0; i < 4 && s->collected_count < USB_HOST_SEND_BYTES; i++) {
        s->collected[s->collected_count] = (uint8_t)(word >> (8 * i));
        s->collected_count++;
    }
}

static bool take_request(struct usb_host *host, const struct device_input *input)
{
    if (strcmp(input->what, "data") == 0) {
        collect(&host->state, (uint32_t)input->value);
    } else if (strcmp(input->what, "clear") == 0) {
        host->state.collected_count = 0;
    } else if (strcmp(input->what, "out") == 0) {
        uint8_t endpoint = (uint8_t)(input->value & ENDPOINT_OUT_MASK);
        if (endpoint == 0) {
            return false;
        }
        queue_request(host, endpoint, (uint32_t)input->value >> 8);
    } else if (strcmp(input->what, "control") == 0) {
        queue_request(host, 0, (uint32_t)input->value);
    } else {
        return false;
    }
    return true;
}

static bool usb_host_input(void *self, const struct device_input *input)
{
    struct usb_host *host = self;
    struct usb_host_state *s = &host->state;
    bool plug = strcmp(input->what, "plug") == 0;
    if (plug || strcmp(input->what, "unplug") == 0) {
        if (plug != s->plugged) {
            s->plugged = plug;
            usb_host_note(host, plug ? "plugged in" : "unplugged", plug);
        }
    } else if (strcmp(input->what, "suspend") == 0) {
        suspend(host);
    } else if (strcmp(input->what, "resume") == 0) {
        begin_resume(host);
    } else if (strcmp(input->what, "reset") == 0) {
        reset_bus(host);
    } else if (!take_request(host, input) && !device_fault_take(faults, input, s->faults)) {
        return false;
    }
    drive_vbus(host);
    return true;
}

static void usb_host_update(void *self)
{
    drive_vbus(self);
}

static const char *usb_host_init(void *self, const struct device_env *env)
{
    struct usb_host *host = self;
    host->env = *env;
    host->port = &env->nets->usb;
    if (host->port->has_host) {
        return "another USB host is at the chip's one socket: remove one of the two";
    }
    host->port->has_host = true;
    host->state.plugged = !props_flag(&env->props, "unplugged");
    host->state.next_id = 1;
    host->state.device_packet_bytes = 8;
    event_init(&host->step_end, step_ended, host);
    usb_host_init_bus(host);
    wire_listen(&host->port->pull_up, &host->pull_up_changed, pull_up_changed, host, 0);
    wire_listen(&host->port->wake, &host->wake_changed, wake_changed, host, 0);
    return NULL;
}

static bool endpoints_are_sane(const struct usb_host_state *s)
{
    for (uint32_t i = 0; i < USB_HOST_ENDPOINTS; i++) {
        const struct usb_host_endpoint *endpoint = &s->endpoints[i];
        if (endpoint->packet_bytes > USB_PACKET_BYTES_MAX ||
            !device_bool_is_sane(&endpoint->data1) || !device_bool_is_sane(&endpoint->halted) ||
            !device_bool_is_sane(&endpoint->had_data)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < USB_HOST_REQUESTS; i++) {
        const struct usb_host_request *request = &s->requests[i];
        if (request->count > USB_HOST_SEND_BYTES || request->done > request->count ||
            request->endpoint > ENDPOINT_OUT_MASK) {
            return false;
        }
    }
    return s->endpoint_count <= USB_HOST_ENDPOINTS && s->endpoint_index < USB_HOST_ENDPOINTS &&
           s->request_first < USB_HOST_REQUESTS && s->request_count <= USB_HOST_REQUESTS;
}

static bool control_is_sane(const struct usb_host_state *s)
{
    return s->stage <= USB_STAGE_STATUS && s->control_count <= USB_HOST_CONTROL_BYTES &&
           s->control_done <= s->control_count && s->device_packet_bytes >= 8 &&
           s->device_packet_bytes <= USB_PACKET_BYTES_MAX &&
           device_bool_is_sane(&s->control_data1) && device_bool_is_sane(&s->control_is_request) &&
           (!s->control_is_request || s->request_count != 0);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct usb_host *host = self;
    const struct usb_host_state *s = state;
    (void)now_cycles;
    return device_bool_is_sane(&s->plugged) && device_bool_is_sane(&s->suspended) &&
           s->step <= USB_HOST_FAILED && s->hid_count <= USB_HOST_INTERFACES &&
           s->hid_next <= s->hid_count && endpoints_are_sane(s) && control_is_sane(s) &&
           device_bool_is_sane(&s->request_waits) && s->collected_count <= USB_HOST_SEND_BYTES &&
           s->bus <= USB_BUS_DATA_IN && s->who <= USB_WHO_ENDPOINT &&
           s->packet.count <= USB_PACKET_BYTES_MAX && device_bool_is_sane(&s->packet.data1) &&
           (s->bus == USB_BUS_FREE || s->step >= USB_HOST_RECOVERY) &&
           (!s->suspended || s->step == USB_HOST_RUNNING) &&
           (s->who != USB_WHO_ENDPOINT || s->bus == USB_BUS_FREE ||
            s->endpoint_index < s->endpoint_count) &&
           (s->who != USB_WHO_REQUEST || s->bus == USB_BUS_FREE || s->request_count != 0) &&
           (host->port->function != NULL || s->step == USB_HOST_NOTHING) &&
           device_faults_are_sane(faults, s->faults);
}

static void usb_host_see(const void *self, struct device_sight *sight)
{
    const struct usb_host *host = self;
    const struct usb_host_state *s = &host->state;
    const char *words = "plugged in, no device seen";
    if (!s->plugged) {
        words = "not plugged in";
    } else if (s->step == USB_HOST_RUNNING) {
        words = s->suspended ? "device suspended" : "device running";
    } else if (s->step == USB_HOST_FAILED) {
        words = "device failed to enumerate";
    } else if (s->step != USB_HOST_NOTHING) {
        words = "enumerating the device";
    }
    sight->active = s->plugged;
    snprintf(sight->text, sizeof sight->text, "%s", words);
}

static const struct device_input_kind inputs[] = {
    {"plug", 0, 1, &device_action},
    {"unplug", 0, 1, &device_action},
    {"suspend", 0, 1, &device_action},
    {"resume", 0, 1, &device_action},
    {"reset", 0, 1, &device_action},
    {"clear", 0, 1, NULL},
    {"data", INT32_MIN, INT32_MAX, NULL},
    {"out", 0, 256 * USB_HOST_SEND_BYTES + 15, NULL},
    {"control", USB_SETUP_BYTES, USB_HOST_SEND_BYTES, NULL},
    {0}};
static const size_t event_offsets[] = {offsetof(struct usb_host, frame_start),
                                       offsetof(struct usb_host, bus_end),
                                       offsetof(struct usb_host, step_end)};

const struct device_class part_usb_host_class = {
    .name = "usb-host",
    .size_bytes = sizeof(struct usb_host),
    .state_offset = offsetof(struct usb_host, state),
    .state_bytes = sizeof(struct usb_host_state),
    .state_version = 1,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = usb_host_init,
    .update = usb_host_update,
    .input = usb_host_input,
    .inputs = inputs,
    .look = DEVICE_LOOK_OTHER,
    .see = usb_host_see,
    .faults = faults,
};
