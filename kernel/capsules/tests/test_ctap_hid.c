#include "kernel/capsules/ctap_hid.h"

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
    struct const_slice sending; /* length 0: nothing */
    struct slice receiving;
    uint32_t opened; /* times */
} controller;

static void usb_start(void *self)
{
    (void)self;
    controller.started = true;
}

static void usb_set_open(void *self, bool open)
{
    (void)self;
    controller.open = open;
    controller.opened += open;
    controller.sending.length = 0;
    controller.receiving.length = 0;
}

static int usb_send(void *self, struct const_slice packet)
{
    (void)self;
    if (!controller.open) {
        return K_EOFF;
    }
    assert_int_equal(controller.sending.length, 0);
    controller.sending = packet;
    return K_OK;
}

static int usb_receive(void *self, struct slice buffer)
{
    (void)self;
    if (!controller.open) {
        return K_EOFF;
    }
    assert_int_equal(controller.receiving.length, 0);
    assert_true(buffer.length >= HIL_USB_PACKET_BYTES);
    controller.receiving = buffer;
    return K_OK;
}

static bool usb_cancel_receive(void *self)
{
    (void)self;
    controller.receiving.length = 0;
    return true;
}

static void usb_set_client(void *self, const struct hil_usb_client *client)
{
    (void)self;
    controller.client = client;
}

static const struct hil_usb_ops usb_ops = {usb_start,   usb_set_open,       usb_send,
                                           usb_receive, usb_cancel_receive, usb_set_client};
static const struct hil_usb usb = {&usb_ops, NULL};
static struct ctap_hid_driver driver;

static struct hil_usb_answer ask(uint8_t type, uint8_t request, uint16_t value)
{
    const struct hil_usb_setup setup = {type, request, value, 0, 255};
    return controller.client->setup(controller.client->self, setup);
}

static void configure(uint16_t configuration)
{
    assert_true(ask(0x00, 9, configuration).accepted);
}

static void host_takes(void)
{
    assert_int_equal(controller.sending.length, HIL_USB_PACKET_BYTES);
    controller.sending.length = 0;
    controller.client->sent(controller.client->self);
}

static void host_sends(const char *text)
{
    assert_true(controller.receiving.length > 0);
    memcpy(controller.receiving.bytes, text, strlen(text));
    controller.receiving.length = 0;
    controller.client->received(controller.client->self, (uint32_t)strlen(text));
}

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    controller = (struct fake_usb){0};
    ctap_hid_init(&driver, &usb);
    return 0;
}

static struct command_return command(uint32_t process, uint32_t number)
{
    return fake_core_command(&ctap_hid_driver_ops, &driver, process, number, 0, 0);
}

static void allow(uint32_t process, uint32_t number, void *bytes, uint32_t length)
{
    fake_core_allow(process, ctap_hid_driver_ops.grant, ALLOW_READ_WRITE, number, bytes, length);
}

static void expect_event(uint32_t process, enum abi_ctap_hid_event event)
{
    expect_upcall(process, ABI_CTAP_HID_UPCALL_EVENT, event, 0, 0);
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
    struct hil_usb_answer configuration = ask(0x80, 6, 0x0200);
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
    struct hil_usb_answer hid = ask(0x81, 6, 0x2100), report = ask(0x81, 6, 0x2200);
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
    allow(0, ABI_CTAP_HID_RW_RECEIVE, in, sizeof in);
    allow(0, ABI_CTAP_HID_RW_SEND, out, sizeof out);
    configure(1);
    assert_int_equal(controller.receiving.length, 0); /* nobody wants one */
    expect_success(command(0, ABI_CTAP_HID_RECEIVE));
    expect_failure(command(0, ABI_CTAP_HID_RECEIVE), K_EALREADY);
    host_sends("hello");
    expect_event(0, ABI_CTAP_HID_RECEIVED);
    assert_memory_equal(in, "hello", 6); /* zeros follow */
    assert_int_equal(in[63], 0);
    expect_success(command(0, ABI_CTAP_HID_SEND));
    expect_failure(command(0, ABI_CTAP_HID_SEND), K_EBUSY);
    assert_memory_equal(controller.sending.bytes, out, 64);
    host_takes();
    expect_event(0, ABI_CTAP_HID_SENT);
    allow(0, ABI_CTAP_HID_RW_SEND, out, 63);
    expect_failure(command(0, ABI_CTAP_HID_SEND), K_ESIZE);
}

static void test_without_a_host(void **state)
{
    (void)state;
    uint8_t out[64] = {0};
    allow(0, ABI_CTAP_HID_RW_SEND, out, sizeof out);
    expect_failure(command(0, ABI_CTAP_HID_SEND), K_EOFF);
    expect_success(command(0, ABI_CTAP_HID_RECEIVE));
    configure(1);
    host_sends("x");
    expect_event(0, ABI_CTAP_HID_RECEIVED);
    expect_success(command(0, ABI_CTAP_HID_SEND));
    controller.open = false;
    controller.sending.length = 0;
    controller.client->reset(controller.client->self);
    assert_int_equal(ask(0x80, 8, 0).data.bytes[0], 0);
    configure(1);
    expect_success(command(0, ABI_CTAP_HID_SEND));
    host_takes();
    expect_event(0, ABI_CTAP_HID_SENT);
}

static void test_cancelled(void **state)
{
    (void)state;
    configure(1);
    expect_failure(command(0, ABI_CTAP_HID_CANCEL_RECEIVE), K_EALREADY);
    expect_success(command(0, ABI_CTAP_HID_RECEIVE));
    expect_success(command(0, ABI_CTAP_HID_CANCEL_RECEIVE));
    host_sends("lost");
    expect_no_upcall(0);
}

static void test_one_process_has_it_while_it_lives(void **state)
{
    (void)state;
    configure(1);
    expect_success(command(0, ABI_CTAP_HID_RECEIVE));
    expect_success(command(1, ABI_COMMAND_EXISTS));
    expect_failure(command(1, ABI_CTAP_HID_RECEIVE), K_EBUSY);
    fake_core_end(0);
    host_sends("for the one before");
    expect_no_upcall(1);
    expect_success(command(1, ABI_CTAP_HID_RECEIVE));
    host_sends("x");
    expect_event(1, ABI_CTAP_HID_RECEIVED);
    expect_failure(command(1, 3), K_ENOSUPPORT);
    fake_core_end(1);
    fake_core_exhaust(2);
    expect_failure(command(2, ABI_CTAP_HID_RECEIVE), K_ENOMEM);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_descriptors), TEST(test_standard_requests),
        TEST(test_reports),     TEST(test_without_a_host),
        TEST(test_cancelled),   TEST(test_one_process_has_it_while_it_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
