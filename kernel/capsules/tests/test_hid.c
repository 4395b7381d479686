#include "kernel/capsules/hid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"

/* A device controller that remembers what it was told. */
static struct fake_usb {
    const struct hil_usb_client *client;
    bool started, open;
    struct dma_buffer *sending, *receiving; /* claimed; NULL: nothing */
    struct slice in, out;                   /* their bytes */
    struct const_slice answer;              /* what the last request gets */
    uint32_t opened;                        /* times */
} controller;

static void usb_start(void *self)
{
    (void)self;
    controller.started = true;
}

static void give_back(struct dma_buffer **buffer)
{
    if (*buffer != NULL) {
        dma_buffer_release(*buffer);
        *buffer = NULL;
    }
}

static void usb_answer(void *self, struct const_slice data)
{
    (void)self;
    controller.answer = data;
}

static void usb_set_open(void *self, bool open)
{
    (void)self;
    controller.open = open;
    controller.opened += open;
    give_back(&controller.sending);
    give_back(&controller.receiving);
}

static int usb_send(void *self, struct dma_buffer *packet, uint32_t length)
{
    (void)self;
    if (!controller.open) {
        return K_EOFF;
    }
    assert_null(controller.sending);
    controller.sending = packet;
    return dma_buffer_claim(packet, 0, length, &controller.in);
}

static int usb_receive(void *self, struct dma_buffer *buffer)
{
    (void)self;
    if (!controller.open) {
        return K_EOFF;
    }
    assert_null(controller.receiving);
    controller.receiving = buffer;
    return dma_buffer_claim(buffer, 0, HIL_USB_PACKET_BYTES, &controller.out);
}

static void usb_set_client(void *self, const struct hil_usb_client *client)
{
    (void)self;
    controller.client = client;
}

static const struct hil_usb_ops usb_ops = {usb_start, usb_answer,  usb_set_open,
                                           usb_send,  usb_receive, usb_set_client};
static const struct hil_usb usb = {&usb_ops, NULL};
static struct hid_driver driver;

struct reply {
    bool accepted;
    struct const_slice data;
};

static struct reply ask(uint8_t type, uint8_t request, uint16_t value)
{
    const struct hil_usb_setup setup = {type, request, value, 0, 255};
    controller.answer.length = 0;
    bool accepted = hil_usb_client_setup(controller.client, setup) == K_OK;
    return (struct reply){accepted, controller.answer};
}

static void configure(uint16_t configuration)
{
    assert_true(ask(0x00, 9, configuration).accepted);
}

static void host_takes(void)
{
    assert_non_null(controller.sending);
    give_back(&controller.sending);
    hil_usb_client_sent(controller.client);
}

static void host_sends(const char *text)
{
    assert_non_null(controller.receiving);
    memcpy(controller.out.bytes, text, strlen(text));
    give_back(&controller.receiving);
    hil_usb_client_received(controller.client, (uint32_t)strlen(text));
}

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    controller = (struct fake_usb){0};
    hid_init(&driver, &usb, HID_DESCRIPTORS_CTAP);
    return 0;
}

static command_return command(uint32_t process, uint32_t number)
{
    return fake_core_command(&hid_ctap_driver_ops, &driver, process, number, 0, 0);
}

static void allow(uint32_t process, uint32_t number, void *bytes, uint32_t length)
{
    fake_core_allow(process, hid_ctap_driver_ops.grant, ALLOW_READ_WRITE, number, bytes, length);
}

static void expect_event(uint32_t process, enum abi_hid_event event)
{
    expect_upcall(process, ABI_HID_UPCALL_EVENT, event, 0, 0);
}

/* Lengths and counts that the bytes themselves claim. */
static void test_descriptors(void **state)
{
    (void)state;
    const uint8_t *device = ask(0x80, 6, 0x0100).data.bytes;
    assert_true(controller.started);
    assert_int_equal(ask(0x80, 6, 0x0100).data.length, 18);
    assert_int_equal(device[0], 18);
    assert_int_equal(device[7], 64);
    struct reply configuration = ask(0x80, 6, 0x0200);
    const uint8_t *bytes = configuration.data.bytes;
    assert_int_equal(configuration.data.length, bytes[2] | bytes[3] << 8);
    uint32_t endpoints = 0, end = 0;
    while (end < configuration.data.length) {
        endpoints += bytes[end + 1] == 5;
        assert_true(bytes[end] >= 7);
        end += bytes[end];
    }
    assert_int_equal(end, configuration.data.length);
    assert_int_equal(endpoints, bytes[9 + 4]);
    struct reply hid = ask(0x81, 6, 0x2100), report = ask(0x81, 6, 0x2200);
    assert_int_equal(hid.data.length, 9);
    assert_int_equal(hid.data.bytes[1], 0x21);
    assert_int_equal(report.data.length, hid.data.bytes[7]);
    for (uint16_t i = 0; i <= 2; i++) {
        struct const_slice string = ask(0x80, 6, (uint16_t)(0x0300 + i)).data;
        assert_int_equal(string.length, string.bytes[0]);
        assert_int_equal(string.bytes[1], 3);
    }
    assert_false(ask(0x80, 6, 0x0303).accepted);
    assert_false(ask(0x80, 6, 0x0600).accepted);
}

static void test_standard_requests(void **state)
{
    (void)state;
    assert_int_equal(ask(0x80, 8, 0).data.bytes[0], 0);
    assert_false(ask(0x00, 9, 2).accepted);
    assert_false(controller.open);
    configure(1);
    assert_true(controller.open);
    assert_int_equal(ask(0x80, 8, 0).data.bytes[0], 1);
    assert_int_equal(ask(0x80, 0, 0).data.length, 2);
    assert_int_equal(ask(0x81, 10, 0).data.length, 1);
    assert_true(ask(0x01, 11, 0).accepted);
    assert_false(ask(0x01, 11, 1).accepted);
    assert_true(ask(0x21, 10, 0).accepted);
    assert_true(ask(0x02, 1, 0).accepted);
    assert_int_equal(controller.opened, 2); /* toggles begin anew */
    assert_false(ask(0x40, 1, 0).accepted);
    configure(0);
    assert_false(controller.open);
}

static void test_reports(void **state)
{
    (void)state;
    uint8_t in[64], out[64];
    memset(in, 0xEE, sizeof in);
    memset(out, 7, sizeof out);
    allow(0, ABI_HID_RW_RECEIVE, in, sizeof in);
    allow(0, ABI_HID_RW_SEND, out, sizeof out);
    configure(1);
    assert_null(controller.receiving); /* nobody wants one */
    expect_success(command(0, ABI_HID_RECEIVE));
    expect_failure(command(0, ABI_HID_RECEIVE), K_EALREADY);
    host_sends("hello");
    expect_event(0, ABI_HID_RECEIVED);
    assert_memory_equal(in, "hello", 6); /* zeros follow */
    assert_int_equal(in[63], 0);
    expect_success(command(0, ABI_HID_SEND));
    expect_failure(command(0, ABI_HID_SEND), K_EBUSY);
    assert_memory_equal(controller.in.bytes, out, 64);
    assert_int_equal(controller.in.length, 64);
    host_takes();
    expect_event(0, ABI_HID_SENT);
    allow(0, ABI_HID_RW_SEND, out, 63);
    expect_failure(command(0, ABI_HID_SEND), K_ESIZE);
}

static void test_without_a_host(void **state)
{
    (void)state;
    uint8_t out[64] = {0};
    allow(0, ABI_HID_RW_SEND, out, sizeof out);
    expect_failure(command(0, ABI_HID_SEND), K_EOFF);
    expect_success(command(0, ABI_HID_RECEIVE));
    configure(1);
    host_sends("x");
    expect_event(0, ABI_HID_RECEIVED);
    expect_success(command(0, ABI_HID_SEND));
    usb_set_open(NULL, false);
    hil_usb_client_reset(controller.client);
    expect_upcall(0, ABI_HID_UPCALL_EVENT, ABI_HID_SENT, ABI_CANCEL, 0);
    assert_int_equal(ask(0x80, 8, 0).data.bytes[0], 0);
    configure(1);
    expect_success(command(0, ABI_HID_SEND));
    host_takes();
    expect_event(0, ABI_HID_SENT);
}

static void test_cancelled(void **state)
{
    (void)state;
    configure(1);
    expect_failure(command(0, ABI_HID_CANCEL_RECEIVE), K_EALREADY);
    expect_success(command(0, ABI_HID_RECEIVE));
    expect_success(command(0, ABI_HID_CANCEL_RECEIVE));
    host_sends("lost");
    expect_no_upcall(0);
}

static void test_cancelled_sending(void **state)
{
    (void)state;
    uint8_t out[64] = {0};
    allow(0, ABI_HID_RW_SEND, out, sizeof out);
    configure(1);
    expect_failure(command(0, ABI_HID_CANCEL_SEND), K_EALREADY);
    expect_success(command(0, ABI_HID_SEND));
    expect_success(command(0, ABI_HID_CANCEL_SEND));
    expect_failure(command(0, ABI_HID_SEND), K_EBUSY); /* the controller still has it */
    host_takes();
    expect_no_upcall(0);
    expect_success(command(0, ABI_HID_SEND));
}

static void test_exchange_is_both_or_neither(void **state)
{
    (void)state;
    uint8_t out[64] = {0};
    allow(0, ABI_HID_RW_SEND, out, sizeof out);
    expect_failure(command(0, ABI_HID_EXCHANGE), K_EOFF);
    expect_failure(command(0, ABI_HID_CANCEL_RECEIVE), K_EALREADY);
    configure(1);
    expect_success(command(0, ABI_HID_EXCHANGE));
    host_takes();
    expect_event(0, ABI_HID_SENT);
    expect_failure(command(0, ABI_HID_EXCHANGE), K_EALREADY);
    assert_null(controller.sending);
    host_sends("x");
    expect_event(0, ABI_HID_RECEIVED);
}

static int begin_keyboard(void **state)
{
    (void)state;
    fake_core_reset();
    controller = (struct fake_usb){0};
    hid_init(&driver, &usb, HID_DESCRIPTORS_KEYBOARD);
    return 0;
}

static void test_keyboard(void **state)
{
    (void)state;
    uint8_t out[8] = {2, 0, 4}, lamps[8];
    allow(0, ABI_HID_RW_SEND, out, 7);
    configure(1);
    expect_failure(command(0, ABI_HID_SEND), K_ESIZE);
    allow(0, ABI_HID_RW_SEND, out, 8);
    expect_success(command(0, ABI_HID_SEND));
    assert_int_equal(controller.in.length, 8);
    assert_memory_equal(controller.in.bytes, out, 8);
    host_takes();
    expect_event(0, ABI_HID_SENT);
    memset(lamps, 0xEE, sizeof lamps);
    allow(0, ABI_HID_RW_RECEIVE, lamps, sizeof lamps);
    expect_success(command(0, ABI_HID_RECEIVE));
    host_sends("\2");
    expect_event(0, ABI_HID_RECEIVED);
    assert_memory_equal(lamps, "\2\0\0\0\0\0\0", 8);
    const uint8_t *interface = ask(0x80, 6, 0x0200).data.bytes + 9;
    assert_memory_equal(interface + 5, "\3\1\1", 3); /* HID, boot, keyboard */
}

static void test_one_process_has_it_while_it_lives(void **state)
{
    (void)state;
    configure(1);
    expect_success(command(0, ABI_HID_RECEIVE));
    expect_success(command(1, ABI_COMMAND_EXISTS));
    expect_failure(command(1, ABI_HID_RECEIVE), K_EBUSY);
    fake_core_end(0);
    host_sends("for the one before");
    expect_no_upcall(1);
    expect_success(command(1, ABI_HID_RECEIVE));
    host_sends("x");
    expect_event(1, ABI_HID_RECEIVED);
    expect_failure(command(1, 6), K_ENOSUPPORT);
    fake_core_end(1);
    fake_core_exhaust(2);
    expect_failure(command(2, ABI_HID_RECEIVE), K_ENOMEM);
}

/* Another configuration ends what was sent in the one before; what is cancelled is told once. */
static void test_a_host_that_begins_anew(void **state)
{
    (void)state;
    uint8_t out[64] = {0};
    allow(0, ABI_HID_RW_SEND, out, sizeof out);
    configure(1);
    expect_success(command(0, ABI_HID_SEND));
    configure(1);
    expect_upcall(0, ABI_HID_UPCALL_EVENT, ABI_HID_SENT, ABI_CANCEL, 0);
    expect_success(command(0, ABI_HID_SEND));
    expect_success(command(0, ABI_HID_CANCEL_SEND));
    configure(1);
    hil_usb_client_reset(controller.client);
    expect_no_upcall(0);
}

/* A host that takes no more reports keeps that of a process that has ended; not the device. */
static void test_a_report_that_nobody_takes(void **state)
{
    (void)state;
    uint8_t out[64] = {0};
    allow(0, ABI_HID_RW_SEND, out, sizeof out);
    allow(1, ABI_HID_RW_SEND, out, sizeof out);
    configure(1);
    expect_success(command(0, ABI_HID_SEND));
    fake_core_end(0);
    expect_success(command(1, ABI_HID_RECEIVE));
    host_sends("x");
    expect_event(1, ABI_HID_RECEIVED);
    expect_failure(command(1, ABI_HID_SEND), K_EBUSY); /* the controller still has the other's */
    host_takes();
    expect_no_upcall(1);
    expect_success(command(1, ABI_HID_SEND));
    host_takes();
    expect_event(1, ABI_HID_SENT);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_descriptors),
        TEST(test_standard_requests),
        TEST(test_reports),
        TEST(test_without_a_host),
        TEST(test_cancelled),
        TEST(test_cancelled_sending),
        TEST(test_exchange_is_both_or_neither),
        cmocka_unit_test_setup(test_descriptors, begin_keyboard),
        cmocka_unit_test_setup(test_keyboard, begin_keyboard),
        TEST(test_one_process_has_it_while_it_lives),
        TEST(test_a_host_that_begins_anew),
        TEST(test_a_report_that_nobody_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
