/* The main loop: who runs, for how long, what goes first; deferred calls; the debug console. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/capsule/debug.h"
#include "kernel/capsule/deferred.h"
#include "kernel/core/tests/kernel_fixture.h"

static char order[64]; /* who ran, a digit per entry into a process */

static void note(char who)
{
    size_t length = strlen(order);
    assert_true(length + 1 < sizeof(order));
    order[length] = who;
    order[length + 1] = '\0';
}

static enum arch_stop run_to_the_end_of_the_slice(struct process *p)
{
    note((char)('0' + p->slot));
    arch_signals.is.slice_over = 1;
    return ARCH_STOP_INTERRUPT;
}

static void boot(uint32_t apps)
{
    order[0] = '\0';
    for (uint32_t i = 0; i < apps; i++) {
        fixture_add_app(&(struct fixture_app){0});
    }
    fixture_boot();
}

static void test_nothing_to_run(void **state)
{
    (void)state;
    boot(1);
    kernel.process[0]->state = ABI_PROCESS_YIELDED;
    assert_false(kernel_step());
    kernel.process[0]->state = ABI_PROCESS_STOPPED;
    assert_false(kernel_step());
    assert_int_equal(fixture.runs, 0);
}

static enum arch_stop interrupted(struct process *p)
{
    note((char)('0' + p->slot));
    fixture.ticks_used = 1000;
    arch_signals.is.interrupt = 1;
    return ARCH_STOP_INTERRUPT;
}

static uint32_t calls_left;
static enum arch_stop make_calls(struct process *p)
{
    note((char)('0' + p->slot));
    struct arch_frame *frame = arch_context_frame(&p->context);
    bool yield = calls_left == 0;
    calls_left -= yield ? 0 : 1;
    frame->r0 = yield ? ABI_YIELD_WAIT : FIXTURE_DRIVER;
    frame->pc = p->code_start + (yield ? 2 * ABI_CLASS_YIELD : 2 * ABI_CLASS_COMMAND) + 2;
    return ARCH_STOP_SYSTEM_CALL;
}

/* System calls do not cost the slice; waiting does. The MPU is written once. */
static void test_calls_stay_in_the_slice(void **state)
{
    (void)state;
    boot(2);
    fixture.run = make_calls;
    calls_left = 4;
    kernel_step();
    assert_string_equal(order, "00000");
    assert_int_equal(kernel.process[0]->state, ABI_PROCESS_YIELDED);
    assert_int_equal(fixture.mpu_loads, 1);
    assert_int_equal(kernel.process[0]->system_calls, 5);
    kernel_step();
    assert_string_equal(order, "000001");
    assert_int_equal(fixture.mpu_loads, 2);
    assert_ptr_equal(fixture.mpu_loaded, kernel.process[1]->layout.region);
}

/* A process that moved its break or lives again gets its new regions before it runs again. */
static void test_mpu_follows_the_layout(void **state)
{
    (void)state;
    boot(1);
    fixture.run = interrupted;
    kernel_step();
    kernel_step();
    assert_int_equal(fixture.mpu_loads, 1);
    fixture_grow(kernel.process[0], 256);
    kernel_step();
    assert_int_equal(fixture.mpu_loads, 2);
    process_restart(kernel.process[0]);
    kernel_step();
    assert_int_equal(fixture.mpu_loads, 3);
}

static enum arch_stop lose_the_stack(struct process *p)
{
    p->context.psp = p->app_break - 16;
    return fixture.runs % 2 == 1 ? ARCH_STOP_INTERRUPT : ARCH_STOP_SYSTEM_CALL;
}

static void test_bad_stack_pointer_faults(void **state)
{
    (void)state;
    boot(2);
    fixture.run = lose_the_stack;
    kernel_step();
    kernel_step();
    assert_int_equal(kernel.process[0]->state, ABI_PROCESS_FAULTED);
    assert_int_equal(kernel.process[1]->state, ABI_PROCESS_FAULTED);
    assert_non_null(strstr(fixture.text, "its stack pointer left its memory"));
}

static enum arch_stop fault(struct process *p)
{
    (void)p;
    arch_switch.fault = (struct arch_fault){6, 1u << 16, 0, 0, 0};
    return ARCH_STOP_FAULT;
}

static void test_fault_ends_only_its_process(void **state)
{
    (void)state;
    boot(2);
    fixture.run = fault;
    kernel_step();
    assert_int_equal(kernel.process[0]->state, ABI_PROCESS_FAULTED);
    assert_int_equal(kernel.process[0]->fault.cfsr, 1u << 16);
    fixture.run = run_to_the_end_of_the_slice;
    kernel_step();
    kernel_step();
    assert_string_equal(order, "11");
}

/* --- Deferred calls --- */

static struct deferred_call first, second;
static void call_first(void *self)
{
    (void)self;
    note('a');
    deferred_call_request(&second);
    deferred_call_request(&second);
    if (strlen(order) < 3) {
        deferred_call_request(&first);
    }
}
static void call_second(void *self)
{
    assert_ptr_equal(self, order);
    note('b');
}

static void test_deferred_calls(void **state)
{
    (void)state;
    boot(0);
    first = (struct deferred_call){.call = call_first};
    second = (struct deferred_call){.call = call_second, .self = order};
    assert_false(kernel_step());
    deferred_call_request(&first);
    deferred_call_request(&first);
    assert_string_equal(order, ""); /* never from inside the request */
    assert_true(kernel_step());
    assert_string_equal(order, "abab");
    assert_false(kernel_step());
}

static void call_again(void *self)
{
    note('c');
    deferred_call_request_later(self);
}

/* Work in pieces: one after each turn of a process, or one after the other when none can run. */
static void test_deferred_later(void **state)
{
    (void)state;
    boot(2);
    first = (struct deferred_call){.call = call_again, .self = &first};
    fixture.run = run_to_the_end_of_the_slice;
    deferred_call_request_later(&first);
    deferred_call_request_later(&first);
    deferred_call_request(&first); /* it is requested already */
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(kernel_step());
    }
    assert_string_equal(order, "0c1c0c1");
    kernel.process[0]->state = ABI_PROCESS_YIELDED;
    kernel.process[1]->state = ABI_PROCESS_YIELDED;
    order[0] = '\0';
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(kernel_step());
    }
    assert_string_equal(order, "ccc");
}

/* An interrupt does not end the turn. */
static void test_deferred_later_than_interrupts(void **state)
{
    (void)state;
    boot(2);
    first = (struct deferred_call){.call = call_again, .self = &first};
    fixture.run = interrupted;
    deferred_call_request_later(&first);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(kernel_step());
    }
    assert_string_equal(order, "000");
}

/* --- The debug console --- */

static struct slice sent;
static struct dma_buffer *sent_from;
static const struct hil_uart_client *uart_client;
static int fake_transmit(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    (void)self;
    if (sent.length != 0) {
        return K_EBUSY;
    }
    sent_from = buffer;
    return dma_buffer_claim(buffer, offset, length, &sent);
}
static void fake_set_client(void *self, const struct hil_uart_client *client)
{
    (void)self;
    uart_client = client;
}
static const struct hil_uart_ops uart_ops = {.transmit = fake_transmit,
                                             .set_client = fake_set_client};
static const struct hil_uart uart = {.ops = &uart_ops};

static void boot_with_uart(void)
{
    sent.length = 0;
    fixture.config.debug_uart = &uart;
    boot(0);
    fixture.text[0] = '\0';
    debug_text("at once\n");
    assert_string_equal(fixture.text, "at once\n");
    fixture.text[0] = '\0';
    debug_start();
}

/* What the UART has been given, as it would come out; ends each transmission. */
static uint32_t drain(char *text, uint32_t room)
{
    uint32_t length = 0;
    while (kernel_step()) {
        if (sent.length != 0) {
            assert_true(length + sent.length < room);
            memcpy(text + length, sent.bytes, sent.length);
            length += sent.length;
            sent.length = 0;
            dma_buffer_release(sent_from);
            hil_uart_client_transmitted(uart_client, K_OK);
        }
    }
    text[length] = '\0';
    return length;
}

static void test_debug_goes_through_the_uart(void **state)
{
    (void)state;
    char text[2048];
    boot_with_uart();
    for (uint32_t round = 0; round < 100; round++) { /* many times around the ring */
        debug_text("value ");
        report_values(TEXT_REFUSED_RAM, &round);
        drain(text, sizeof(text));
        char expected[100];
        (void)snprintf(expected, sizeof(expected), "value , it wants %u bytes", round);
        assert_string_equal(text, expected);
    }
    assert_string_equal(fixture.text, "");
}

static void test_debug_says_what_it_lost(void **state)
{
    (void)state;
    char text[2048];
    boot_with_uart();
    for (uint32_t i = 0; i < 40; i++) {
        debug_text("twenty bytes of text");
    }
    uint32_t kept = drain(text, sizeof(text));
    assert_int_equal(kept, DEBUG_RING_BYTES / 20 * 20);
    debug_text("next");
    drain(text, sizeof(text));
    assert_string_equal(text, "[300 bytes lost]\r\nnext");
}

/* However much an app writes, the kernel's own lines get through. */
static void test_debug_of_apps_leaves_room(void **state)
{
    (void)state;
    char text[2048];
    boot_with_uart();
    for (uint32_t i = 0; i < 40; i++) {
        debug_write_for_app(SLICE_OF_TEXT("twenty bytes of app "));
    }
    debug_text("a report of a fault, which is longer than what an app says, ");
    debug_text("and comes in pieces\r\n");
    debug_write_for_app(SLICE_OF_TEXT("more"));
    uint32_t kept = drain(text, sizeof(text));
    assert_true(kept > DEBUG_RING_BYTES / 2);
    assert_non_null(strstr(text,
                           "[560 bytes lost]\r\na report of a fault, which is longer than what "
                           "an app says, and comes in pieces\r\n"));
    assert_null(strstr(text, "more"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_nothing_to_run, fixture_setup),
        cmocka_unit_test_setup(test_calls_stay_in_the_slice, fixture_setup),
        cmocka_unit_test_setup(test_mpu_follows_the_layout, fixture_setup),
        cmocka_unit_test_setup(test_bad_stack_pointer_faults, fixture_setup),
        cmocka_unit_test_setup(test_fault_ends_only_its_process, fixture_setup),
        cmocka_unit_test_setup(test_deferred_calls, fixture_setup),
        cmocka_unit_test_setup(test_deferred_later, fixture_setup),
        cmocka_unit_test_setup(test_deferred_later_than_interrupts, fixture_setup),
        cmocka_unit_test_setup(test_debug_goes_through_the_uart, fixture_setup),
        cmocka_unit_test_setup(test_debug_says_what_it_lost, fixture_setup),
        cmocka_unit_test_setup(test_debug_of_apps_leaves_room, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
