/* USBD: registers on one side, the host's tokens on the other, with no CPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/nrf52/tests/system_bench.h"
#include "peripherals/nrf52/usbd.h"

#define STARTEPIN(n)  (0x004U + 4U * (n))
#define STARTEPOUT(n) (0x028U + 4U * (n))
#define EP0RCVOUT     0x04C
#define EP0STATUS     0x050
#define EP0STALL      0x054
#define DPDMDRIVE     0x058
#define USBRESET      0x100
#define STARTED       0x104
#define ENDEPIN(n)    (0x108U + 4U * (n))
#define EP0DATADONE   0x128
#define ENDEPOUT(n)   (0x130U + 4U * (n))
#define SOF           0x154
#define USBEVENT      0x158
#define EP0SETUP      0x15C
#define EPDATA        0x160
#define SHORTS        0x200
#define INTENSET      0x304
#define EVENTCAUSE    0x400
#define HALTED_IN(n)  (0x420U + 4U * (n))
#define HALTED_OUT(n) (0x444U + 4U * (n))
#define EPSTATUS      0x468
#define EPDATASTATUS  0x46C
#define USBADDR       0x470
#define BMREQUESTTYPE 0x480
#define SIZE_EPOUT(n) (0x4A0U + 4U * (n))
#define ENABLE        0x500
#define USBPULLUP     0x504
#define DPDMVALUE     0x508
#define DTOGGLE       0x50C
#define EPINEN        0x510
#define EPOUTEN       0x514
#define EPSTALL       0x518
#define FRAMECNTR     0x520
#define LOWPOWER      0x52C
#define EPIN(n)       (0x600U + 0x14U * (n))
#define EPOUT(n)      (0x700U + 0x14U * (n))

#define MS     64000U
#define BUFFER 0x20000100U
#define LONGEST                                                                                    \
    128U /* cycles of EasyDMA's longest transfer: 64 to begin with and 4 for each word */

struct fixture {
    struct system_bench *system;
    struct bench *bench;
    struct usb_port *port;
    const struct usb_function *function;
};

static int setup(void **state)
{
    static struct fixture f;
    f.system = system_bench_new(&nrf52_usbd_class, 0x40027000, 1024U * 1024U);
    f.bench = f.system->bench;
    f.port = &f.bench->nets.usb;
    f.function = f.port->function;
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    system_bench_free(((struct fixture *)*state)->system);
    return 0;
}

static void connect(struct fixture *f)
{
    wire_drive(&f->port->vbus, WIRE_HIGH);
    bench_write(f->bench, ENABLE, 1);
    bench_run_to(f->bench, f->bench->clock.now_cycles + MS);
    bench_write(f->bench, USBPULLUP, 1);
    f->function->bus_reset(f->function->owner);
}

static enum usb_answer send_setup(struct fixture *f, uint8_t type, uint8_t request, uint16_t value,
                                  uint16_t length)
{
    const uint8_t bytes[8] = {type, request, (uint8_t)value,  (uint8_t)(value >> 8),
                              0,    0,       (uint8_t)length, (uint8_t)(length >> 8)};
    return f->function->setup(f->function->owner, (uint8_t)bench_read(f->bench, USBADDR), bytes);
}

static enum usb_answer token_in(struct fixture *f, uint8_t endpoint, struct usb_packet *packet)
{
    enum usb_answer answer = f->function->in(
        f->function->owner, (uint8_t)bench_read(f->bench, USBADDR), endpoint, packet);
    if (answer == USB_ANSWER_ACK) {
        f->function->in_acknowledged(f->function->owner, endpoint);
    }
    return answer;
}

static enum usb_answer token_out(struct fixture *f, uint8_t endpoint, uint32_t count, bool data1)
{
    struct usb_packet packet = {.count = count, .data1 = data1};
    for (uint32_t i = 0; i < count; i++) {
        packet.bytes[i] = (uint8_t)(i + 1);
    }
    return f->function->out(f->function->owner, (uint8_t)bench_read(f->bench, USBADDR), endpoint,
                            &packet);
}

static void start_in(struct fixture *f, uint32_t endpoint, uint32_t count)
{
    bench_write(f->bench, EPIN(endpoint), BUFFER);
    bench_write(f->bench, EPIN(endpoint) + 4, count);
    bench_write(f->bench, STARTEPIN(endpoint), 1);
}

static void start_out(struct fixture *f, uint32_t endpoint, uint32_t count)
{
    bench_write(f->bench, EPOUT(endpoint), BUFFER);
    bench_write(f->bench, EPOUT(endpoint) + 4, count);
    bench_write(f->bench, STARTEPOUT(endpoint), 1);
}

static void wait_dma(struct fixture *f)
{
    bench_run_to(f->bench, f->bench->clock.now_cycles + LONGEST);
}

static void it_shows_itself_when_it_is_ready_and_has_vbus(void **state)
{
    struct fixture *f = *state;
    struct bench *b = f->bench;
    bench_write(b, USBPULLUP, 1);
    bench_write(b, ENABLE, 1);
    bench_run_to(b, MS / 2 - 1);
    assert_int_equal(bench_read(b, EVENTCAUSE), 0);
    bench_run_to(b, MS / 2);
    assert_int_equal(bench_read(b, EVENTCAUSE), 1U << 11);
    assert_int_equal(bench_read(b, USBEVENT), 1);
    bench_write(b, EVENTCAUSE, 1U << 11);
    assert_int_equal(bench_read(b, EVENTCAUSE), 0);
    assert_int_not_equal(f->port->pull_up.level, WIRE_HIGH);
    wire_drive(&f->port->vbus, WIRE_HIGH);
    assert_int_equal(f->port->pull_up.level, WIRE_HIGH);
    wire_drive(&f->port->vbus, WIRE_LOW);
    assert_int_equal(f->port->pull_up.level, WIRE_LOW);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER); /* nobody is there: nothing runs */
    wire_drive(&f->port->vbus, WIRE_HIGH);
    bench_write(b, USBPULLUP, 0);
    assert_int_equal(f->port->pull_up.level, WIRE_LOW);
    bench_write(b, USBPULLUP, 1);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(f->port->pull_up.level, WIRE_LOW);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void a_control_read_has_data_and_status(void **state)
{
    struct fixture *f = *state;
    struct bench *b = f->bench;
    struct usb_packet packet;
    connect(f);
    assert_int_equal(bench_read(b, USBRESET), 1);
    assert_int_equal(send_setup(f, 0x80, 6, 0x0100, 0x0112), USB_ANSWER_ACK);
    assert_int_equal(bench_read(b, EP0SETUP), 1);
    static const uint32_t expected[] = {0x80, 6, 0x00, 0x01, 0, 0, 0x12, 0x01};
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(bench_read(b, BMREQUESTTYPE + 4 * i), expected[i]);
    }
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_NAK);
    memcpy(b->ram + 0x100, "descriptor", 10);
    uint64_t start = b->clock.now_cycles;
    start_in(f, 0, 10);
    assert_int_equal(bench_read(b, STARTED), 1);
    assert_int_equal(bench_read(b, EPSTATUS), 1);
    assert_int_equal(bench_read(b, ENDEPIN(0)), 0);
    wait_dma(f);
    assert_int_equal(bench_event_cycle(b, ENDEPIN(0)), start + 64 + 3 * 4);
    assert_int_equal(bench_read(b, EPIN(0) + 8), 10);
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_ACK);
    assert_int_equal(packet.count, 10);
    assert_true(packet.data1);
    assert_memory_equal(packet.bytes, "descriptor", 10);
    assert_int_equal(bench_read(b, EP0DATADONE), 1);
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_NAK);
    start_in(f, 0, 0); /* the next one: DATA0, empty */
    wait_dma(f);
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_ACK);
    assert_int_equal(packet.count, 0);
    assert_false(packet.data1);
    assert_int_equal(token_out(f, 0, 0, true), USB_ANSWER_NAK);
    bench_write(b, EP0STATUS, 1);
    assert_int_equal(token_out(f, 0, 0, true), USB_ANSWER_ACK);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void a_shortcut_fetches_the_next_packet(void **state)
{
    struct fixture *f = *state;
    struct usb_packet packet;
    connect(f);
    assert_int_equal(send_setup(f, 0x80, 6, 0x0100, 128), USB_ANSWER_ACK);
    bench_write(f->bench, SHORTS, 1); /* EP0DATADONE -> STARTEPIN0 */
    start_in(f, 0, 64);
    wait_dma(f);
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_ACK);
    wait_dma(f);
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_ACK);
    assert_int_equal(packet.count, 64);
    bench_write(f->bench, SHORTS, 0);
    wait_dma(f);
    bench_write(f->bench, EPINEN, 3);
    start_in(f, 1, 8);
    assert_int_equal(bench_read(f->bench, EPSTATUS), 3); /* one bit does not drive out another */
}

static void a_control_write_waits_for_ep0rcvout(void **state)
{
    struct fixture *f = *state;
    struct bench *b = f->bench;
    struct usb_packet packet;
    connect(f);
    assert_int_equal(send_setup(f, 0x21, 9, 0, 7), USB_ANSWER_ACK);
    assert_int_equal(token_out(f, 0, 7, true), USB_ANSWER_NAK);
    bench_write(b, SHORTS, 1U << 1 | 1U << 3); /* EP0DATADONE -> STARTEPOUT0, ENDEPOUT0 -> STATUS */
    bench_write(b, EPOUT(0), BUFFER);
    bench_write(b, EPOUT(0) + 4, 64);
    bench_write(b, EP0RCVOUT, 1);
    assert_int_equal(token_out(f, 0, 7, true), USB_ANSWER_ACK);
    assert_int_equal(bench_read(b, EP0DATADONE), 1);
    assert_int_equal(bench_read(b, SIZE_EPOUT(0)), 7);
    assert_int_equal(token_out(f, 0, 7, false), USB_ANSWER_NAK);
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_NAK);
    wait_dma(f);
    assert_int_equal(bench_read(b, ENDEPOUT(0)), 1);
    assert_int_equal(bench_read(b, EPOUT(0) + 8), 7);
    assert_int_equal(b->ram[0x106], 7);
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_ACK); /* the status stage */
    assert_int_equal(packet.count, 0);
    assert_true(packet.data1);
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_NAK);
}

static void the_address_comes_after_the_status_stage(void **state)
{
    struct fixture *f = *state;
    struct usb_packet packet;
    connect(f);
    assert_int_equal(send_setup(f, 0, 5, 23, 0), USB_ANSWER_ACK);
    assert_int_equal(bench_read(f->bench, USBADDR), 0);
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_ACK);
    assert_int_equal(bench_read(f->bench, USBADDR), 23);
    assert_int_equal(bench_read(f->bench, EP0SETUP), 1);
    assert_int_equal(f->function->in(f->function->owner, 0, 0, &packet), USB_ANSWER_NONE);
    f->function->bus_reset(f->function->owner);
    assert_int_equal(bench_read(f->bench, USBADDR), 0);
}

static void a_stall_lasts_until_the_next_setup(void **state)
{
    struct fixture *f = *state;
    struct usb_packet packet;
    connect(f);
    assert_int_equal(send_setup(f, 0x80, 6, 0x0600, 10), USB_ANSWER_ACK);
    bench_write(f->bench, EP0STALL, 1);
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_STALL);
    assert_int_equal(token_out(f, 0, 0, true), USB_ANSWER_STALL);
    assert_int_equal(send_setup(f, 0x80, 6, 0x0100, 8), USB_ANSWER_ACK);
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_NAK);
    bench_write(f->bench, EP0STALL, 1);
    f->function->bus_reset(f->function->owner);
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_NAK);
}

static void a_bulk_endpoint_sends_one_packet_at_a_time(void **state)
{
    struct fixture *f = *state;
    struct bench *b = f->bench;
    struct usb_packet packet;
    connect(f);
    assert_int_equal(token_in(f, 1, &packet), USB_ANSWER_NONE); /* not enabled */
    bench_write(b, EPINEN, 3);
    bench_write(b, INTENSET, 1U << 24);
    assert_int_equal(token_in(f, 1, &packet), USB_ANSWER_NAK);
    start_in(f, 1, 64);
    wait_dma(f);
    assert_int_equal(bench_read(b, ENDEPIN(1)), 1);
    assert_int_equal(b->irq, false);
    assert_int_equal(f->function->in(f->function->owner, 0, 1, &packet), USB_ANSWER_ACK);
    assert_false(packet.data1); /* damaged on its way: the same comes again */
    assert_int_equal(bench_read(b, EPDATASTATUS), 0);
    assert_int_equal(token_in(f, 1, &packet), USB_ANSWER_ACK);
    assert_false(packet.data1);
    assert_int_equal(packet.count, 64);
    assert_true(b->irq);
    assert_int_equal(bench_read(b, EPDATASTATUS), 1U << 1);
    bench_write(b, EPDATASTATUS, 1U << 1);
    assert_int_equal(bench_read(b, EPDATASTATUS), 0);
    assert_int_equal(token_in(f, 1, &packet), USB_ANSWER_NAK);
    bench_write(b, DTOGGLE, 0x81);
    assert_int_equal(bench_read(b, DTOGGLE), 0x281); /* DATA1 comes next */
    bench_write(b, DTOGGLE, 0x181);
    assert_int_equal(bench_read(b, DTOGGLE), 0x181);
}

static void a_bulk_endpoint_receives_when_it_is_open(void **state)
{
    struct fixture *f = *state;
    struct bench *b = f->bench;
    connect(f);
    bench_write(b, EPOUTEN, 1U | 1U << 2);
    assert_int_equal(token_out(f, 2, 5, false), USB_ANSWER_NAK);
    bench_write(b, SIZE_EPOUT(2), 0);
    assert_int_equal(token_out(f, 2, 5, false), USB_ANSWER_ACK);
    assert_int_equal(bench_read(b, EPDATASTATUS), 1U << 18);
    assert_int_equal(bench_read(b, SIZE_EPOUT(2)), 5);
    assert_int_equal(token_out(f, 2, 5, false), USB_ANSWER_ACK); /* a repetition is dropped */
    assert_int_equal(token_out(f, 2, 9, true), USB_ANSWER_NAK);
    start_out(f, 2, 64);
    wait_dma(f);
    assert_int_equal(bench_read(b, ENDEPOUT(2)), 1);
    assert_int_equal(bench_read(b, EPOUT(2) + 8), 5);
    assert_int_equal(b->ram[0x104], 5);
    assert_int_equal(token_out(f, 2, 9, true), USB_ANSWER_ACK); /* open again by itself */
    bench_write(b, SIZE_EPOUT(2), 0);                           /* and this one is lost */
    start_out(f, 2, 64);
    wait_dma(f);
    assert_int_equal(bench_read(b, EPOUT(2) + 8), 0);
}

static void drivers_can_disarm_an_endpoint(void **state)
{
    struct fixture *f = *state;
    struct bench *b = f->bench;
    struct usb_packet packet;
    connect(f);
    bench_write(b, EPINEN, 0x1F);
    bench_write(b, EPOUTEN, 0x1F);
    start_in(f, 3, 5);
    wait_dma(f);
    bench_write(b, SIZE_EPOUT(4), 0);
    bench_write(b, 0x800, 0x7B6 + 2 * 2);
    bench_write(b, 0x804, bench_read(b, 0x804) | 2);
    assert_int_equal(token_in(f, 3, &packet), USB_ANSWER_NAK);
    bench_write(b, 0x800, 0x7C6 + 2 * 3);
    bench_write(b, 0x804, bench_read(b, 0x804) | 2);
    assert_int_equal(token_out(f, 4, 5, false), USB_ANSWER_NAK);
    bench_write(b, SIZE_EPOUT(4), 0);
    assert_int_equal(token_out(f, 4, 5, false), USB_ANSWER_ACK);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void a_halted_endpoint_stalls(void **state)
{
    struct fixture *f = *state;
    struct bench *b = f->bench;
    struct usb_packet packet;
    connect(f);
    bench_write(b, EPINEN, 3);
    bench_write(b, EPOUTEN, 3);
    bench_write(b, EPSTALL, 0x181);
    assert_int_equal(bench_read(b, HALTED_IN(1)), 1);
    assert_int_equal(bench_read(b, HALTED_OUT(1)), 0);
    assert_int_equal(token_in(f, 1, &packet), USB_ANSWER_STALL);
    bench_write(b, EPSTALL, 0x101);
    assert_int_equal(token_out(f, 1, 1, false), USB_ANSWER_STALL);
    bench_write(b, EPSTALL, 0x081);
    bench_write(b, EPSTALL, 0x001);
    assert_int_equal(token_in(f, 1, &packet), USB_ANSWER_NAK);
    assert_int_equal(token_out(f, 1, 1, false), USB_ANSWER_NAK);
}

static void only_one_easydma_transfer_runs(void **state)
{
    struct fixture *f = *state;
    struct bench *b = f->bench;
    start_in(f, 1, 4);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1); /* not enabled */
    connect(f);
    start_in(f, 1, 4);
    start_in(f, 2, 4);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
    wait_dma(f);
    assert_int_equal(bench_read(b, ENDEPIN(1)), 1);
    assert_int_equal(bench_read(b, ENDEPIN(2)), 0);
    bench_write(b, EPIN(2), 0x1000);
    bench_write(b, STARTEPIN(2), 1);
    wait_dma(f);
    assert_int_equal(bench_read(b, ENDEPIN(2)), 0);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 3);
    start_in(f, 2, 65);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 4);
    wait_dma(f);
    assert_int_equal(bench_read(b, EPIN(2) + 8), 64);
}

static void a_quiet_bus_is_suspended_and_can_be_woken(void **state)
{
    struct fixture *f = *state;
    struct bench *b = f->bench;
    connect(f);
    bench_write(b, EVENTCAUSE, 0xFFFFFFFF);
    uint64_t last = b->clock.now_cycles;
    f->function->start_of_frame(f->function->owner, 2047);
    assert_int_equal(bench_read(b, SOF), 1);
    assert_int_equal(bench_read(b, FRAMECNTR), 2047);
    bench_run_to(b, last + 3 * MS - 1);
    assert_int_equal(bench_read(b, EVENTCAUSE), 0);
    bench_run_to(b, last + 3 * MS);
    assert_int_equal(bench_read(b, EVENTCAUSE), 1U << 8);
    bench_write(b, LOWPOWER, 1);
    bench_write(b, DPDMVALUE, 1);
    bench_write(b, DPDMDRIVE, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1); /* in low power */
    bench_write(b, LOWPOWER, 0);
    bench_run_to(b, last + 5 * MS - 1);
    assert_int_equal(bench_read(b, EVENTCAUSE), 1U << 8);
    bench_run_to(b, last + 5 * MS);
    assert_int_equal(bench_read(b, EVENTCAUSE), 1U << 8 | 1U << 10);
    bench_write(b, DPDMDRIVE, 1);
    assert_int_equal(f->port->wake.level, WIRE_HIGH);
    bench_run_to(b, last + 8 * MS);
    assert_int_equal(f->port->wake.level, WIRE_LOW);
    f->function->resume(f->function->owner);
    assert_int_equal(bench_read(b, EVENTCAUSE), 1U << 8 | 1U << 9 | 1U << 10);
    bench_write(b, DPDMDRIVE, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2); /* not suspended any more */
}

static void the_nak_fault_lasts_until_zero(void **state)
{
    struct fixture *f = *state;
    struct usb_packet packet;
    connect(f);
    assert_int_equal(send_setup(f, 0, 5, 1, 0), USB_ANSWER_ACK);
    assert_true(bench_input(f->bench, "nak", 1));
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_NAK);
    assert_true(bench_input(f->bench, "nak", 0));
    assert_int_equal(token_in(f, 0, &packet), USB_ANSWER_ACK);
    assert_false(bench_input(f->bench, "nak", 2));
}

static void isochronous_tasks_say_that_they_do_nothing(void **state)
{
    struct fixture *f = *state;
    bench_write(f->bench, 0x024, 1);
    bench_write(f->bench, 0x048, 1);
    assert_int_equal(f->bench->diag.count[DIAG_UNIMPLEMENTED], 2);
    bench_write(f->bench, 0x6A0, 0x20000000);
    bench_write(f->bench, 0x6A4, 0xFFFF);
    assert_int_equal(bench_read(f->bench, 0x6A4), 0x3FF);
    bench_write(f->bench, 0xC1C, 0x82); /* the workaround for anomaly 199 */
    assert_int_equal(f->bench->diag.count[DIAG_GUEST_ERROR], 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(it_shows_itself_when_it_is_ready_and_has_vbus),
        TEST(a_control_read_has_data_and_status),
        TEST(a_shortcut_fetches_the_next_packet),
        TEST(a_control_write_waits_for_ep0rcvout),
        TEST(the_address_comes_after_the_status_stage),
        TEST(a_stall_lasts_until_the_next_setup),
        TEST(a_bulk_endpoint_sends_one_packet_at_a_time),
        TEST(a_bulk_endpoint_receives_when_it_is_open),
        TEST(drivers_can_disarm_an_endpoint),
        TEST(a_halted_endpoint_stalls),
        TEST(only_one_easydma_transfer_runs),
        TEST(a_quiet_bus_is_suspended_and_can_be_woken),
        TEST(the_nak_fault_lasts_until_zero),
        TEST(isochronous_tasks_say_that_they_do_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
