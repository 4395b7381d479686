#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kernel/core/tests/kernel_fixture.h"

/* A process with functions at all three upcalls; number n gets userdata 100 + n. */
static struct process *boot_subscribed(void)
{
    struct process *p = fixture_boot_one();
    for (uint32_t number = 0; number < FIXTURE_UPCALLS; number++) {
        fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, number,
                     fixture_function(p) + 4 * number, 100 + number);
    }
    return p;
}

static int schedule(const struct process *p, uint32_t number, uint32_t first)
{
    return upcall_schedule(fixture_grant, p->id, number, first, first + 1, first + 2);
}

/* The process is about to execute upcall `number` that was scheduled with `first`. */
static void assert_runs(const struct process *p, uint32_t number, uint32_t first)
{
    const struct arch_frame *frame = arch_context_frame(&p->context);
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
    assert_int_equal(frame->pc, (fixture_function(p) & ~1u) + 4 * number);
    assert_int_equal(frame->r0, first);
    assert_int_equal(frame->r1, first + 1);
    assert_int_equal(frame->r2, first + 2);
    assert_int_equal(frame->r3, 100 + number);
    assert_int_equal(frame->lr & 1, 1);
    assert_int_equal(frame->xpsr, 0x01000000);
}

static void yield_wait(struct process *p)
{
    fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_WAIT, 0, 0, 0);
}

static void test_waiting_process_runs_its_upcall(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    yield_wait(p);
    assert_int_equal(p->state, ABI_PROCESS_YIELDED);
    uint32_t resume = arch_context_frame(&p->context)->pc;
    assert_int_equal(schedule(p, 1, 40), K_OK);
    assert_runs(p, 1, 40);
    assert_int_equal(arch_context_frame(&p->context)->lr, resume | 1);
}

/* The word of padding that exception entry inserted must survive. */
static void test_upcall_keeps_stack_alignment_bit(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    arch_context_frame(&p->context)->xpsr = 0x61000200 | 0x0600FC00;
    yield_wait(p);
    schedule(p, 0, 1);
    assert_int_equal(arch_context_frame(&p->context)->xpsr, 0x01000200);
}

static void test_order_is_kept_one_per_yield(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    for (uint32_t i = 0; i < PROCESS_UPCALLS; i++) {
        assert_int_equal(schedule(p, i % 3, 10 * i), K_OK);
    }
    for (uint32_t i = 0; i < PROCESS_UPCALLS; i++) {
        yield_wait(p);
        assert_runs(p, i % 3, 10 * i);
    }
    yield_wait(p);
    assert_int_equal(p->state, ABI_PROCESS_YIELDED);
}

static void test_full_queue_drops_and_counts(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    for (uint32_t i = 0; i < PROCESS_UPCALLS; i++) {
        assert_int_equal(schedule(p, 0, i), K_OK);
    }
    assert_int_equal(schedule(p, 0, 99), K_ENOMEM);
    assert_int_equal(schedule(p, 0, 99), K_ENOMEM);
    assert_int_equal(p->upcalls_dropped, 2);
    yield_wait(p);
    assert_runs(p, 0, 0);
    assert_int_equal(schedule(p, 0, 50), K_OK);
}

/* What nobody subscribed to gives way to what somebody did. */
static void test_full_queue_gives_up_null_upcalls_first(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 2, 0, 0);
    schedule(p, 0, 1);
    schedule(p, 2, 2);
    for (uint32_t i = 3; i <= PROCESS_UPCALLS; i++) {
        schedule(p, 0, i);
    }
    assert_int_equal(schedule(p, 1, 77), K_OK);
    assert_int_equal(p->upcalls_dropped, 0);
    yield_wait(p);
    assert_runs(p, 0, 1);
    for (uint32_t i = 3; i <= PROCESS_UPCALLS; i++) {
        yield_wait(p);
        assert_runs(p, 0, i);
    }
    yield_wait(p);
    assert_runs(p, 1, 77);
}

static void test_null_upcall_does_not_end_yield_wait(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t value;
    fixture_enter(p->id, &value, 0);
    schedule(p, 0, 1); /* queued before, dropped by the yield */
    yield_wait(p);
    assert_int_equal(p->state, ABI_PROCESS_YIELDED);
    schedule(p, 0, 2);
    assert_int_equal(p->state, ABI_PROCESS_YIELDED);
    assert_int_equal(p->queue_count, 0);
}

static uint8_t flag_after_yield_no_wait(struct process *p, uint32_t address)
{
    uint8_t *flag = process_memory(address);
    *flag = 0x77;
    fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_NO_WAIT, address, 0, 0);
    return *flag;
}

static void test_yield_no_wait(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    fixture_grow(p, 128);
    uint32_t flag = p->layout.ram_start + 100;
    assert_int_equal(flag_after_yield_no_wait(p, flag), 0);
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
    schedule(p, 2, 5);
    schedule(p, 1, 6);
    assert_int_equal(flag_after_yield_no_wait(p, flag), 1);
    assert_runs(p, 2, 5);
    assert_int_equal(p->queue_count, 1);
    /* An address that is not the process's is ignored, the upcall runs all the same. */
    assert_int_equal(flag_after_yield_no_wait(p, p->layout.ram_end - 4), 0x77);
    assert_runs(p, 1, 6);
    fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_NO_WAIT, 0, 0, 0);
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
}

/* It must not take away what a later yield-wait-for will ask for. */
static void test_yield_no_wait_keeps_null_upcalls(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t value;
    fixture_enter(p->id, &value, 0);
    schedule(p, 1, 30);
    fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_NO_WAIT, 0, 0, 0);
    struct arch_frame *frame =
        fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_WAIT_FOR, FIXTURE_DRIVER, 1, 9);
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
    assert_int_equal(frame->r0, 30);
}

static void test_wait_for_finds_what_is_queued(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    schedule(p, 0, 1);
    schedule(p, 1, 20);
    schedule(p, 1, 30);
    schedule(p, 2, 40);
    struct arch_frame *frame =
        fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_WAIT_FOR, FIXTURE_DRIVER, 1, 0x55);
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
    assert_int_equal(frame->r0, 20);
    assert_int_equal(frame->r1, 21);
    assert_int_equal(frame->r2, 22);
    assert_int_equal(frame->r3, 0x55);
    /* No callback ran, the others are where they were. */
    assert_int_equal(frame->pc, p->code_start + 2);
    yield_wait(p);
    assert_runs(p, 0, 1);
    yield_wait(p);
    assert_runs(p, 1, 30);
    yield_wait(p);
    assert_runs(p, 2, 40);
}

/* tock#5195: an upcall of another kind after the right one must not make the process wait on. */
static void test_wait_for_is_not_undone_by_another(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    struct arch_frame *frame =
        fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_WAIT_FOR, FIXTURE_DRIVER, 1, 0);
    assert_int_equal(p->state, ABI_PROCESS_YIELDED_FOR);
    schedule(p, 0, 10);
    assert_int_equal(p->state, ABI_PROCESS_YIELDED_FOR);
    schedule(p, 1, 20);
    schedule(p, 0, 30);
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
    assert_int_equal(frame->r0, 20);
    yield_wait(p);
    assert_runs(p, 0, 10);
    yield_wait(p);
    assert_runs(p, 0, 30);
}

/* tock#4773: a full queue must not lose the one upcall that is waited for. */
static void test_wait_for_with_a_full_queue(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    struct arch_frame *frame =
        fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_WAIT_FOR, FIXTURE_DRIVER, 1, 0);
    for (uint32_t i = 0; i < PROCESS_UPCALLS + 3; i++) {
        schedule(p, 0, i);
    }
    assert_int_equal(p->upcalls_dropped, 3);
    assert_int_equal(schedule(p, 1, 20), K_OK);
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
    assert_int_equal(frame->r0, 20);
    yield_wait(p);
    assert_runs(p, 0, 0);
}

/* Works while the process is stopped, and after. */
static void test_wait_for_while_stopped(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    struct arch_frame *frame =
        fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_WAIT_FOR, FIXTURE_DRIVER, 1, 0);
    p->resume_state = p->state;
    p->state = ABI_PROCESS_STOPPED;
    schedule(p, 1, 20);
    assert_int_equal(p->state, ABI_PROCESS_STOPPED);
    assert_int_equal(p->resume_state, ABI_PROCESS_RUNNING);
    assert_int_equal(frame->r0, 20);
}

static void test_wait_for_a_driver_that_is_not_there(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_WAIT_FOR, 0x999, 0, 0);
    assert_int_equal(p->state, ABI_PROCESS_YIELDED_FOR);
    schedule(p, 0, 1);
    assert_int_equal(p->state, ABI_PROCESS_YIELDED_FOR);
}

/* A swapped-out callback never runs; other kinds and null upcalls stay. */
static void test_subscribe_removes_what_was_queued(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 2, 0, 0);
    schedule(p, 0, 1);
    schedule(p, 1, 10);
    schedule(p, 0, 2);
    schedule(p, 2, 30);
    fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 0, fixture_function(p), 100);
    fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 2, fixture_function(p) + 8, 102);
    assert_int_equal(p->queue_count, 2);
    struct arch_frame *frame =
        fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_WAIT_FOR, FIXTURE_DRIVER, 2, 0);
    assert_int_equal(frame->r0, 30);
    yield_wait(p);
    assert_runs(p, 1, 10);
    yield_wait(p);
    assert_int_equal(p->state, ABI_PROCESS_YIELDED);
}

/* Scheduled while there was no subscription: subscribing later does not make it a call. */
static void test_null_upcall_stays_null(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t value;
    fixture_enter(p->id, &value, 0);
    schedule(p, 0, 1);
    fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 0, fixture_function(p), 0);
    yield_wait(p);
    assert_int_equal(p->state, ABI_PROCESS_YIELDED);
}

static void test_schedule_errors(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct process_id stale = p->id;
    assert_int_equal(schedule(p, 0, 0), K_ENODEVICE); /* no grant yet */
    uint32_t value;
    fixture_enter(p->id, &value, 0);
    assert_int_equal(schedule(p, FIXTURE_UPCALLS, 0), K_EINVAL);
    assert_int_equal(schedule(p, 0, 0), K_OK);
    process_restart(p);
    fixture_enter(p->id, &value, 0);
    assert_int_equal(upcall_schedule(fixture_grant, stale, 0, 0, 0, 0), K_ENODEVICE);
    assert_int_equal(p->queue_count, 0);
}

/* The ring against a plain list, over random schedules, yields and swaps. */
static void test_ring_against_a_list(void **state)
{
    (void)state;
    struct process *p = boot_subscribed();
    struct {
        uint32_t number, first;
    } list[PROCESS_UPCALLS];
    uint32_t count = 0;
    uint32_t random = 12345;
    for (uint32_t i = 0; i < 20000; i++) {
        random = random * 1664525u + 1013904223u;
        uint32_t number = random >> 16 & 1;
        switch (random >> 24 & 3) {
        case 0:
        case 1:
            if (schedule(p, number, i) == K_OK) {
                assert_true(count < PROCESS_UPCALLS);
                list[count].number = number;
                list[count].first = i;
                count++;
            } else {
                assert_int_equal(count, PROCESS_UPCALLS);
            }
            break;
        case 2:
            if (count > 0) {
                yield_wait(p);
                assert_runs(p, list[0].number, list[0].first);
                count--;
                for (uint32_t k = 0; k < count; k++) {
                    list[k] = list[k + 1];
                }
            }
            break;
        default:
            if ((random >> 20 & 15) == 0) {
                fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, number,
                             fixture_function(p) + 4 * number, 100 + number);
                uint32_t kept = 0;
                for (uint32_t k = 0; k < count; k++) {
                    if (list[k].number != number) {
                        list[kept++] = list[k];
                    }
                }
                count = kept;
            }
            break;
        }
        assert_int_equal(p->queue_count, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_waiting_process_runs_its_upcall, fixture_setup),
        cmocka_unit_test_setup(test_upcall_keeps_stack_alignment_bit, fixture_setup),
        cmocka_unit_test_setup(test_order_is_kept_one_per_yield, fixture_setup),
        cmocka_unit_test_setup(test_full_queue_drops_and_counts, fixture_setup),
        cmocka_unit_test_setup(test_full_queue_gives_up_null_upcalls_first, fixture_setup),
        cmocka_unit_test_setup(test_null_upcall_does_not_end_yield_wait, fixture_setup),
        cmocka_unit_test_setup(test_yield_no_wait, fixture_setup),
        cmocka_unit_test_setup(test_yield_no_wait_keeps_null_upcalls, fixture_setup),
        cmocka_unit_test_setup(test_wait_for_finds_what_is_queued, fixture_setup),
        cmocka_unit_test_setup(test_wait_for_is_not_undone_by_another, fixture_setup),
        cmocka_unit_test_setup(test_wait_for_with_a_full_queue, fixture_setup),
        cmocka_unit_test_setup(test_wait_for_while_stopped, fixture_setup),
        cmocka_unit_test_setup(test_wait_for_a_driver_that_is_not_there, fixture_setup),
        cmocka_unit_test_setup(test_subscribe_removes_what_was_queued, fixture_setup),
        cmocka_unit_test_setup(test_null_upcall_stays_null, fixture_setup),
        cmocka_unit_test_setup(test_schedule_errors, fixture_setup),
        cmocka_unit_test_setup(test_ring_against_a_list, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
