/* The USB host against a device that answers at once: a HID interface that echoes its reports, and
 * a bulk loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/parts/usb_host.h"

#define MS 64000U

static const uint8_t device_descriptor[18] = {18,   1,    0x00, 0x02, 0, 0, 0, 64, 0x34,
                                              0x12, 0x78, 0x56, 0,    1, 1, 2, 0,  1};
static const uint8_t configuration[] = {
    9, 2,    64,   0, 2,  7,    0,    0x80, 50,                    /* */
    9, 4,    0,    0, 2,  3,    0,    0,    0,                     /* HID */
    9, 0x21, 0x11, 1, 0,  1,    0x22, 5,    0,                     /* */
    7, 5,    0x81, 3, 64, 0,    5,    7,    5,  0x01, 3, 64, 0, 5, /* every 5 ms */
    9, 4,    1,    0, 2,  0xFF, 0,    0,    0,                     /* */
    7, 5,    0x82, 2, 64, 0,    0,    7,    5,  0x02, 2, 64, 0, 0, /* bulk */
};
static const uint8_t string_0[4] = {4, 3, 9, 4};
static const uint8_t string_1[8] = {8, 3, 'a', 0, 'b', 0, 'c', 0};
static const uint8_t report_descriptor[5] = {0x06, 0xD0, 0xF1, 0x09, 0x01};

struct device {
    struct usb_function function;
    const uint8_t *answer;
    uint32_t answer_bytes, sent, resets, frames, resumes, setups;
    uint8_t address, next_address, configured, last_setup[8];
    bool endless; /* what waits at endpoint 1 is sent again and again */
    bool stalls, silent, data1, echo_data1[3], out_data1[3];
    uint8_t control_out[USB_PACKET_BYTES_MAX]; /* the last packet of a data stage */
    struct usb_packet waiting[3];              /* by endpoint: to be sent back */
    bool has_waiting[3];
};

struct fixture {
    struct bench *bench;
    struct device device;
    uint8_t last[700];
    uint32_t last_bytes, records, completed_in;
    uint32_t reports, last_report;
};

static struct fixture fixture;

static void on_packet(void *context, const char *name, uint32_t link_type, const uint8_t *bytes,
                      uint32_t count)
{
    struct fixture *f = context;
    (void)name;
    assert_int_equal(link_type, 220);
    assert_true(count >= 64 && count <= sizeof f->last);
    memcpy(f->last, bytes, count);
    f->last_bytes = count;
    f->records++;
    f->completed_in += bytes[8] == 'C' && bytes[10] > 0x80 && bytes[28] == 0;
}

static void on_note(void *context, const char *name, const char *what, int32_t value)
{
    struct fixture *f = context;
    (void)name;
    if (strcmp(what, "HID report") == 0) {
        f->reports++;
        f->last_report = (uint32_t)value;
    }
}

static void bus_reset(void *owner)
{
    struct device *d = owner;
    d->resets++;
    d->address = 0;
    memset(d->echo_data1, 0, sizeof d->echo_data1);
    memset(d->out_data1, 0, sizeof d->out_data1);
}

static void start_of_frame(void *owner, uint32_t number)
{
    assert_true(number < 2048);
    ((struct device *)owner)->frames++;
}

static void resume(void *owner)
{
    ((struct device *)owner)->resumes++;
}

static enum usb_answer on_setup(void *owner, uint8_t address, const uint8_t bytes[8])
{
    struct device *d = owner;
    if (d->silent || address != d->address) {
        return USB_ANSWER_NONE;
    }
    d->setups++;
    memcpy(d->last_setup, bytes, 8);
    d->answer = NULL;
    d->answer_bytes = 0;
    d->sent = 0;
    d->data1 = true;
    d->next_address = d->address;
    d->stalls = false;
    if (bytes[1] == 5) {
        d->next_address = bytes[2];
    } else if (bytes[1] == 9 && bytes[0] == 0) {
        d->configured = bytes[2];
    } else if (bytes[1] == 6) {
        const struct {
            uint8_t type, index;
            const uint8_t *bytes;
            uint32_t count;
        } table[] = {{1, 0, device_descriptor, sizeof device_descriptor},
                     {2, 0, configuration, sizeof configuration},
                     {3, 0, string_0, sizeof string_0},
                     {3, 1, string_1, sizeof string_1},
                     {0x22, 0, report_descriptor, sizeof report_descriptor}};
        d->stalls = true;
        for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
            if (table[i].type == bytes[3] && table[i].index == bytes[2]) {
                uint32_t wanted = bytes[6] | (uint32_t)bytes[7] << 8;
                d->stalls = false;
                d->answer = table[i].bytes;
                d->answer_bytes = table[i].count < wanted ? table[i].count : wanted;
            }
        }
    }
    return USB_ANSWER_ACK;
}

static enum usb_answer on_out(void *owner, uint8_t address, uint8_t endpoint,
                              const struct usb_packet *packet)
{
    struct device *d = owner;
    if (d->silent || address != d->address) {
        return USB_ANSWER_NONE;
    }
    if (endpoint == 0) {
        if (packet->count != 0) {
            memcpy(d->control_out, packet->bytes, packet->count);
        }
        return d->stalls ? USB_ANSWER_STALL : USB_ANSWER_ACK;
    }
    if (d->has_waiting[endpoint]) {
        return USB_ANSWER_NAK;
    }
    assert_int_equal(packet->data1, d->out_data1[endpoint]);
    d->out_data1[endpoint] = !d->out_data1[endpoint];
    d->waiting[endpoint] = *packet;
    d->has_waiting[endpoint] = true;
    return USB_ANSWER_ACK;
}

static enum usb_answer on_in(void *owner, uint8_t address, uint8_t endpoint,
                             struct usb_packet *packet)
{
    struct device *d = owner;
    if (d->silent || address != d->address) {
        return USB_ANSWER_NONE;
    }
    if (endpoint != 0) {
        if (d->has_waiting[endpoint]) {
            *packet = d->waiting[endpoint];
            packet->data1 = d->echo_data1[endpoint];
        }
        return d->has_waiting[endpoint] ? USB_ANSWER_ACK : USB_ANSWER_NAK;
    }
    if (d->stalls) {
        return USB_ANSWER_STALL;
    }
    packet->count = d->answer_bytes - d->sent < 64 ? d->answer_bytes - d->sent : 64;
    packet->data1 = d->data1;
    if (packet->count != 0) {
        memcpy(packet->bytes, d->answer + d->sent, packet->count);
    }
    return USB_ANSWER_ACK;
}

static void in_acknowledged(void *owner, uint8_t endpoint)
{
    struct device *d = owner;
    if (endpoint != 0) {
        d->has_waiting[endpoint] = d->endless && endpoint == 1;
        d->echo_data1[endpoint] = !d->echo_data1[endpoint];
        return;
    }
    d->sent += d->answer_bytes - d->sent < 64 ? d->answer_bytes - d->sent : 64;
    d->data1 = !d->data1;
    d->address = d->next_address;
}

static int setup(void **state)
{
    struct fixture *f = &fixture;
    *f = (struct fixture){.bench = bench_new()};
    assert_null(bench_start(f->bench, &part_usb_host_class, 0));
    struct usb_host *host = f->bench->device;
    host->env.observer.packet = on_packet;
    f->device.function = (struct usb_function){.owner = &f->device,
                                               .bus_reset = bus_reset,
                                               .start_of_frame = start_of_frame,
                                               .resume = resume,
                                               .setup = on_setup,
                                               .out = on_out,
                                               .in = on_in,
                                               .in_acknowledged = in_acknowledged};
    host->env.observer.note = on_note;
    host->env.observer.context = f;
    f->bench->nets.usb.function = &f->device.function;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    bench_free(((struct fixture *)*state)->bench);
    return 0;
}

static void run_ms(struct fixture *f, uint64_t milliseconds)
{
    bench_run_to(f->bench, f->bench->clock.now_cycles + milliseconds * MS);
}

static void attach(struct fixture *f)
{
    wire_drive(&f->bench->nets.usb.pull_up, WIRE_HIGH);
    run_ms(f, 250);
}

static enum usb_host_step step_of(const struct fixture *f)
{
    return ((const struct usb_host *)f->bench->device)->state.step;
}

static void a_device_is_enumerated(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(f->bench->nets.usb.vbus.level, WIRE_HIGH);
    assert_int_equal(clock_next_due(&f->bench->clock), CLOCK_NEVER);
    wire_drive(&f->bench->nets.usb.pull_up, WIRE_HIGH);
    bench_run_to(f->bench, 110 * MS - 1);
    assert_int_equal(f->device.resets, 0);
    bench_run_to(f->bench, 110 * MS);
    assert_int_equal(f->device.resets, 1);
    assert_int_equal(f->device.setups, 0);
    bench_run_to(f->bench, 250 * MS);
    assert_int_equal(f->device.frames, 140);
    assert_int_equal(f->device.address, 1);
    assert_int_equal(f->device.configured, 7);
    assert_int_equal(step_of(f), USB_HOST_RUNNING);
    assert_int_equal(f->device.resets, 1);
    assert_int_equal(f->device.last_setup[3], 0x22);
}

static void send(struct fixture *f, uint8_t endpoint, uint32_t count)
{
    for (uint32_t i = 0; i < count; i += 4) {
        assert_true(bench_input(f->bench, "data", (int32_t)(i | i << 8 | i << 16)));
    }
    assert_true(bench_input(f->bench, "out", (int32_t)(count << 8 | endpoint)));
}

static void packets_of_clients_come_back(void **state)
{
    struct fixture *f = *state;
    attach(f);
    send(f, 1, 64);
    run_ms(f, 11);
    assert_int_equal(f->completed_in, 1);
    assert_int_equal(f->last[10], 0x81);
    for (int i = 0; i < 40; i++) {
        send(f, 1, 8);
        run_ms(f, 11);
    }
    assert_int_equal(f->completed_in, 41);
    send(f, 2, 200); /* four packets */
    run_ms(f, 2);
    assert_int_equal(f->completed_in, 45);
    uint32_t records = f->records;
    send(f, 3, 4); /* no such endpoint */
    run_ms(f, 2);
    assert_int_equal(f->records, records + 1);
    assert_int_equal(f->last[10], 3);
    assert_int_equal((int8_t)f->last[28], -32);
}

static void what_was_collected_can_be_dropped(void **state)
{
    struct fixture *f = *state;
    attach(f);
    assert_true(bench_input(f->bench, "data", 0x11111111));
    assert_true(bench_input(f->bench, "clear", 0));
    assert_true(bench_input(f->bench, "data", 0x22222222));
    assert_true(bench_input(f->bench, "out", 4 << 8 | 2));
    assert_false(bench_input(f->bench, "out", 4 << 8)); /* endpoint 0 is for control */
    run_ms(f, 2);
    assert_int_equal(f->device.waiting[2].bytes[0], 0x22);
    assert_int_equal(f->completed_in, 1);
}

static void reports_of_a_hid_interface_are_noted(void **state)
{
    struct fixture *f = *state;
    attach(f);
    assert_true(bench_input(f->bench, "data", 0x44332211));
    assert_true(bench_input(f->bench, "out", 4 << 8 | 1));
    run_ms(f, 11);
    assert_int_equal(f->reports, 1);
    assert_int_equal(f->last_report, 0x44332211);
    assert_true(bench_input(f->bench, "data", 0x08070605));
    assert_true(bench_input(f->bench, "out", 3 << 8 | 1));
    run_ms(f, 11);
    assert_int_equal(f->last_report, 0x070605);
    send(f, 2, 8); /* a bulk endpoint has no reports */
    run_ms(f, 2);
    assert_int_equal(f->reports, 2);
}

static void an_interrupt_endpoint_is_asked_at_its_interval(void **state)
{
    struct fixture *f = *state;
    attach(f);
    f->device.endless = true;
    assert_true(bench_input(f->bench, "data", 0x44332211));
    assert_true(bench_input(f->bench, "out", 4 << 8 | 1));
    run_ms(f, 11);
    uint32_t before = f->reports;
    run_ms(f, 100);
    assert_int_equal(f->reports - before, 20); /* every 5 ms */
}

static void a_record_is_what_usbmon_has(void **state)
{
    struct fixture *f = *state;
    attach(f);
    send(f, 2, 5);
    run_ms(f, 2);
    assert_int_equal(f->completed_in, 1);
    assert_int_equal(f->last_bytes, 64); /* the next IN transfer is submitted */
    assert_int_equal(f->last[8], 'S');
    assert_int_equal(f->last[9], 3);
    assert_int_equal(f->last[10], 0x82);
    assert_int_equal(f->last[11], 1);
    assert_int_equal(f->last[14], '-');
    assert_int_equal(f->last[15], '<');
    /* In bits of 12 MHz after the frame began at 250 ms: 35 of SOF; 35 + 35 + 5 * 8 of the packet
     * sent; 27 for its handshake; 35 of the IN token; 8 + 35 + 5 * 8 of the packet back; 27: 26.4
     * us. */
    assert_int_equal(f->last[24] | f->last[25] << 8 | f->last[26] << 16, 250026);
}

static void a_control_request_is_sent(void **state)
{
    struct fixture *f = *state;
    attach(f);
    assert_true(bench_input(f->bench, "data", 0x00120680)); /* GET_DESCRIPTOR with an odd type */
    assert_true(bench_input(f->bench, "data", 0x00100000));
    assert_true(bench_input(f->bench, "control", 8));
    run_ms(f, 2);
    assert_int_equal(f->device.last_setup[2], 0x12);
    struct usb_host *host = f->bench->device;
    assert_int_equal(host->state.request_count, 0);
    uint32_t setups = f->device.setups;
    assert_true(bench_input(f->bench, "control", 8)); /* nothing was put together */
    run_ms(f, 2);
    assert_int_equal(f->device.setups, setups);
}

static void control_transfers_carry_their_data(void **state)
{
    struct fixture *f = *state;
    attach(f);
    assert_true(bench_input(f->bench, "data", 0x01000680)); /* GET_DESCRIPTOR: the device's */
    assert_true(bench_input(f->bench, "data", 0x00120000));
    assert_true(bench_input(f->bench, "control", 8));
    run_ms(f, 2);
    assert_int_equal(f->last[8], 'C');
    assert_int_equal(f->last[9], 2);
    assert_int_equal(f->last[10], 0x80);
    assert_int_equal(f->last_bytes, 64 + sizeof device_descriptor);
    assert_memory_equal(f->last + 64, device_descriptor, sizeof device_descriptor);
    assert_true(bench_input(f->bench, "data", 0x02000921)); /* SET_REPORT with four bytes */
    assert_true(bench_input(f->bench, "data", 0x00040000));
    assert_true(bench_input(f->bench, "data", 0x44332211));
    assert_true(bench_input(f->bench, "control", 12));
    run_ms(f, 2);
    assert_int_equal(f->device.last_setup[1], 9);
    assert_int_equal(f->device.control_out[0], 0x11);
    assert_int_equal(f->device.control_out[3], 0x44);
    assert_int_equal(f->last[8], 'C');
    assert_int_equal(f->last[10], 0);
    assert_int_equal(f->last[28], 0); /* status */
    assert_int_equal(f->last[32], 4); /* bytes carried */
    assert_int_equal(((struct usb_host *)f->bench->device)->state.request_count, 0);
}

static void a_lost_device_is_forgotten_and_found_again(void **state)
{
    struct fixture *f = *state;
    attach(f);
    wire_drive(&f->bench->nets.usb.pull_up, WIRE_LOW);
    assert_int_equal(clock_next_due(&f->bench->clock), CLOCK_NEVER);
    const struct usb_host *host = f->bench->device;
    assert_true(part_usb_host_class.state_is_sane(host, &host->state, f->bench->clock.now_cycles));
    assert_true(bench_input(f->bench, "unplug", 0));
    assert_int_equal(f->bench->nets.usb.vbus.level, WIRE_LOW);
    assert_true(bench_input(f->bench, "plug", 0));
    assert_int_equal(f->bench->nets.usb.vbus.level, WIRE_HIGH);
    attach(f);
    assert_int_equal(step_of(f), USB_HOST_RUNNING);
    assert_int_equal(f->device.resets, 2);
}

static void a_suspended_bus_is_quiet(void **state)
{
    struct fixture *f = *state;
    attach(f);
    assert_true(bench_input(f->bench, "suspend", 0));
    assert_int_equal(clock_next_due(&f->bench->clock), CLOCK_NEVER);
    uint32_t frames = f->device.frames;
    assert_true(bench_input(f->bench, "resume", 0));
    run_ms(f, 20);
    assert_int_equal(f->device.resumes, 1);
    assert_int_equal(f->device.frames, frames);
    run_ms(f, 5);
    assert_int_equal(f->device.frames, frames + 5);
    assert_true(bench_input(f->bench, "suspend", 0));
    wire_drive(&f->bench->nets.usb.wake, WIRE_HIGH);
    run_ms(f, 21);
    assert_int_equal(f->device.resumes, 2);
}

static void a_silent_device_is_given_up(void **state)
{
    struct fixture *f = *state;
    f->device.silent = true;
    attach(f);
    assert_int_equal(f->device.resets, 3);
    assert_int_equal(step_of(f), USB_HOST_FAILED);
    assert_true(bench_input(f->bench, "reset", 0));
    f->device.silent = false;
    run_ms(f, 200);
    assert_int_equal(step_of(f), USB_HOST_RUNNING);
}

static void faults_last_as_they_say(void **state)
{
    struct fixture *f = *state;
    attach(f);
    assert_true(bench_input(f->bench, "corrupt", 2));
    send(f, 2, 10);
    run_ms(f, 2);
    assert_int_equal(f->completed_in, 1); /* the third try arrived */
    assert_true(bench_input(f->bench, "no-poll", 1));
    send(f, 2, 10);
    uint32_t frames = f->device.frames;
    run_ms(f, 10);
    assert_int_equal(f->completed_in, 1);
    assert_int_equal(f->device.frames, frames + 10);
    assert_true(bench_input(f->bench, "no-poll", 0));
    run_ms(f, 2);
    assert_int_equal(f->completed_in, 2);
    assert_true(bench_input(f->bench, "corrupt", 3)); /* three in a row: the transfer fails */
    send(f, 2, 10);
    run_ms(f, 2);
    assert_int_equal(f->completed_in, 2);
    assert_true(bench_input(f->bench, "disconnect", 1));
    assert_int_equal(f->bench->nets.usb.vbus.level, WIRE_LOW);
    assert_true(bench_input(f->bench, "disconnect", 0));
    assert_int_equal(f->bench->nets.usb.vbus.level, WIRE_HIGH);
}

/* ---- a device that does anything at any time ---- */

static uint32_t random_state;

static uint32_t random_below(uint32_t bound)
{
    random_state = random_state * 1664525U + 1013904223U;
    return (random_state >> 8) % bound;
}

static void fill(uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        bytes[i] = (uint8_t)random_below(256);
    }
}

static void may_vanish(const struct fixture *f)
{
    if (random_below(2000) == 0) {
        struct usb_port *port = &f->bench->nets.usb;
        wire_drive(&port->pull_up, port->pull_up.level == WIRE_HIGH ? WIRE_LOW : WIRE_HIGH);
    }
}

static enum usb_answer wild_answer(void)
{
    static const enum usb_answer answers[] = {
        USB_ANSWER_ACK, USB_ANSWER_ACK,   USB_ANSWER_ACK,  USB_ANSWER_ACK, USB_ANSWER_ACK,
        USB_ANSWER_ACK, USB_ANSWER_STALL, USB_ANSWER_NONE, USB_ANSWER_NAK, USB_ANSWER_NAK};
    return answers[random_below(sizeof answers / sizeof answers[0])];
}

static void wild_signal(void *owner)
{
    may_vanish(owner);
}

static void wild_frame(void *owner, uint32_t number)
{
    (void)number;
    may_vanish(owner);
}

static enum usb_answer wild_setup(void *owner, uint8_t address, const uint8_t bytes[8])
{
    struct fixture *f = owner;
    (void)address;
    memcpy(f->device.last_setup, bytes, 8);
    f->device.sent = 0;
    f->device.data1 = true;
    may_vanish(f);
    return random_below(50) == 0 ? wild_answer() : USB_ANSWER_ACK;
}

static enum usb_answer wild_out(void *owner, uint8_t address, uint8_t endpoint,
                                const struct usb_packet *packet)
{
    (void)address;
    (void)endpoint;
    assert_true(packet->count <= USB_PACKET_BYTES_MAX);
    may_vanish(owner);
    return wild_answer();
}

/* Often enough something that could be a descriptor, so that enumeration gets somewhere. */
static enum usb_answer wild_in(void *owner, uint8_t address, uint8_t endpoint,
                               struct usb_packet *packet)
{
    struct fixture *f = owner;
    (void)address;
    may_vanish(f);
    packet->count = random_below(3) == 0 ? random_below(65) : 64;
    packet->data1 = random_below(8) == 0 ? random_below(2) != 0 : f->device.data1;
    fill(packet->bytes, packet->count);
    if (endpoint == 0) {
        for (uint32_t at = 0; at + 9 < packet->count; at += packet->bytes[at]) {
            static const uint8_t types[] = {2, 4, 4, 5, 5, 5, 0x21};
            packet->bytes[at] = (uint8_t)(random_below(8) == 0 ? 1 + random_below(255) : 9);
            packet->bytes[at + 1] = types[random_below(sizeof types)];
        }
        packet->bytes[7] = random_below(4) == 0 ? packet->bytes[7] : 64;
    }
    return random_below(100) == 0 ? wild_answer() : USB_ANSWER_ACK;
}

static void wild_acknowledged(void *owner, uint8_t endpoint)
{
    struct fixture *f = owner;
    (void)endpoint;
    f->device.data1 = !f->device.data1;
    may_vanish(f);
}

static void no_device_and_no_client_does_harm(void **state)
{
    static const char *const disturbances[] = {"unplug",  "suspend", "resume",    "reset",
                                               "no-poll", "corrupt", "disconnect"};
    static const char *const wishes[] = {"data", "data", "data", "out", "control"};
    struct fixture *f = *state;
    const struct usb_host *host = f->bench->device;
    uint32_t steps_seen = 0;
    f->device.function = (struct usb_function){.owner = f,
                                               .bus_reset = wild_signal,
                                               .start_of_frame = wild_frame,
                                               .resume = wild_signal,
                                               .setup = wild_setup,
                                               .out = wild_out,
                                               .in = wild_in,
                                               .in_acknowledged = wild_acknowledged};
    random_state = 1;
    for (uint32_t i = 0; i < 200000; i++) {
        int32_t value = (int32_t)random_below(4) << random_below(10);
        if (random_below(5) == 0) {
            (void)bench_input(f->bench, wishes[random_below(5)], value);
        }
        if (random_below(300) == 0) {
            (void)bench_input(f->bench, disturbances[random_below(7)], value);
        }
        if (random_below(10) == 0) { /* all is well again */
            static const char *const cures[] = {"plug", "resume", "no-poll", "disconnect"};
            (void)bench_input(f->bench, cures[random_below(4)], 0);
        }
        if (host->state.step == USB_HOST_FAILED) {
            wire_drive(&f->bench->nets.usb.pull_up, WIRE_LOW);
        }
        if (f->bench->nets.usb.vbus.level == WIRE_HIGH && random_below(5) == 0) {
            wire_drive(&f->bench->nets.usb.pull_up, WIRE_HIGH);
        }
        bench_run_to(f->bench, f->bench->clock.now_cycles + random_below(2 * MS));
        steps_seen |= 1U << host->state.step;
        assert_true(
            part_usb_host_class.state_is_sane(host, &host->state, f->bench->clock.now_cycles));
    }
    assert_int_equal(steps_seen & 1U << USB_HOST_RUNNING, 1U << USB_HOST_RUNNING);
    assert_true(f->records > 20000); /* there was traffic */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_device_is_enumerated),
        TEST(packets_of_clients_come_back),
        TEST(what_was_collected_can_be_dropped),
        TEST(reports_of_a_hid_interface_are_noted),
        TEST(an_interrupt_endpoint_is_asked_at_its_interval),
        TEST(a_record_is_what_usbmon_has),
        TEST(a_control_request_is_sent),
        TEST(control_transfers_carry_their_data),
        TEST(a_lost_device_is_forgotten_and_found_again),
        TEST(a_suspended_bus_is_quiet),
        TEST(a_silent_device_is_given_up),
        TEST(faults_last_as_they_say),
        TEST(no_device_and_no_client_does_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
