/* Who runs, for how long, and what the processes get while interrupts do not end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/process_control.h"
#include "kernel/core/tests/kernel_fixture.h"

#define SLICE_TICKS (10000u * ARCH_TICKS_PER_US)

static char order[128]; /* who ran, a digit per entry into a process */

static void note(char who)
{
    size_t length = strlen(order);
    assert_true(length + 1 < sizeof(order));
    order[length] = who;
    order[length + 1] = '\0';
}

static void boot(const struct scheduler *scheduler, uint32_t apps)
{
    order[0] = '\0';
    fixture.config.scheduler = scheduler;
    for (uint32_t i = 0; i < apps; i++) {
        fixture_add_app(&(struct fixture_app){0});
    }
    fixture_boot();
}

static void steps(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        assert_true(kernel_step());
    }
}

/* What processes do: they run to the end of what they were given, */
static enum arch_stop use_all(struct process *p)
{
    note((char)('0' + p->slot));
    fixture.ticks_used = fixture.ticks_given;
    arch_signals.is.slice_over = 1;
    return ARCH_STOP_INTERRUPT;
}

/* are interrupted on their way, */
static uint32_t ticks_between;
static enum arch_stop interrupted(struct process *p)
{
    note((char)('0' + p->slot));
    fixture.ticks_used += ticks_between;
    arch_signals.is.interrupt = 1;
    return ARCH_STOP_INTERRUPT;
}

/* or wait. */
static enum arch_stop wait(struct process *p)
{
    note((char)('0' + p->slot));
    struct arch_frame *frame = arch_context_frame(&p->context);
    frame->r0 = ABI_YIELD_WAIT;
    frame->pc = p->code_start + 2 * ABI_CLASS_YIELD + 2;
    return ARCH_STOP_SYSTEM_CALL;
}

static void wake(uint32_t slot)
{
    struct process *process = kernel.process[slot];
    fixture_call(process, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 0, fixture_function(process), 0);
    assert_int_equal(upcall_schedule(fixture_grant, process->id, 0, 0, 0, 0), K_OK);
}

/* --- Round robin --- */

static void test_round_robin(void **state)
{
    (void)state;
    boot(NULL, 3);
    fixture.run = use_all;
    steps(7);
    assert_string_equal(order, "0120120");
    assert_int_equal(fixture.ticks_given, SLICE_TICKS);
    assert_int_equal(kernel.process[0]->slices_used_up, 3);
    assert_int_equal(kernel.process[2]->slices_used_up, 2);
}

/* An interrupt is served at once; the process that it interrupted keeps the rest of its slice, of
 * which the time that the service took is no part. */
static uint32_t service_ticks;
static void take_time(void)
{
    fixture.ticks_used += service_ticks;
}

static void test_the_rest_of_the_slice_is_kept(void **state)
{
    (void)state;
    boot(&scheduler_round_robin, 2);
    fixture.run = interrupted;
    fixture.on_interrupt = take_time;
    ticks_between = SLICE_TICKS / 4 + 1;
    service_ticks = 3000;
    steps(4);
    assert_string_equal(order, "0000");
    assert_int_equal(fixture.interrupts_served, 3);
    assert_int_equal(fixture.ticks_given, SLICE_TICKS - 3 * ticks_between);
    assert_int_equal(kernel.process[0]->slices_used_up, 1); /* by its own time, to the tick */
    steps(1);
    assert_string_equal(order, "00001");
    assert_int_equal(fixture.ticks_given, SLICE_TICKS);
}

/* A process that waits loses the rest: when it can run again, the others come first. */
static void test_who_waited_has_a_new_slice(void **state)
{
    (void)state;
    boot(&scheduler_round_robin, 2);
    fixture.run = wait;
    steps(1);
    wake(0);
    fixture.run = use_all;
    steps(3);
    assert_string_equal(order, "0101");
    assert_int_equal(fixture.ticks_given, SLICE_TICKS);
}

/* Whatever 15 others do with their slices, each turn comes around. */
static void test_nobody_starves(void **state)
{
    (void)state;
    boot(&scheduler_round_robin, KERNEL_PROCESS_SLOTS);
    fixture.run = use_all;
    steps(3 * KERNEL_PROCESS_SLOTS);
    for (uint32_t i = 0; i < KERNEL_PROCESS_SLOTS; i++) {
        assert_int_equal(kernel.process[i]->slices_used_up, 3);
    }
}

/* --- Cooperative --- */

static void test_cooperative_runs_until_it_waits(void **state)
{
    (void)state;
    boot(&scheduler_cooperative, 3);
    fixture.run = use_all;
    steps(3);
    fixture.run = interrupted;
    ticks_between = 100;
    steps(3);
    assert_string_equal(order, "000000"); /* however long, and interrupted or not */
    assert_int_equal(kernel.process[0]->slices_used_up, 0);
    fixture.run = wait;
    steps(2);
    wake(0);
    steps(2);
    assert_string_equal(order, "0000000120");
}

/* --- Priority --- */

static void test_priority_takes_the_lowest(void **state)
{
    (void)state;
    boot(&scheduler_priority, 3);
    fixture.run = use_all;
    steps(2);
    fixture.run = wait;
    steps(2);
    fixture.run = use_all;
    steps(2);
    assert_string_equal(order, "000122");
    wake(1);
    steps(2);
    assert_string_equal(order, "00012211");
    assert_int_equal(kernel.process[1]->slices_used_up, 0);
}

static void wake_0(void)
{
    wake(0);
}

static void test_priority_after_an_interrupt(void **state)
{
    (void)state;
    boot(&scheduler_priority, 2);
    fixture.run = wait;
    steps(1);
    fixture.run = interrupted;
    fixture.on_interrupt = wake_0;
    steps(2);
    assert_string_equal(order, "010");
}

/* What a process of low priority does can make one of high priority able to run: at once, and not
 * when the other waits. */
static command_return start_process_0(struct process_id id, uint32_t number, uint32_t unused0,
                                      uint32_t unused1)
{
    (void)id;
    (void)number;
    (void)unused0;
    (void)unused1;
    return command_status(process_act(kernel.process[0]->id, ABI_PROCESS_START));
}

static enum arch_stop call_driver(struct process *p)
{
    note((char)('0' + p->slot));
    struct arch_frame *frame = arch_context_frame(&p->context);
    frame->r0 = FIXTURE_DRIVER;
    frame->pc = p->code_start + 2 * ABI_CLASS_COMMAND + 2;
    return ARCH_STOP_SYSTEM_CALL;
}

static void test_priority_after_a_call(void **state)
{
    (void)state;
    boot(&scheduler_priority, 2);
    assert_int_equal(process_act(kernel.process[0]->id, ABI_PROCESS_STOP), K_OK);
    fixture.run = call_driver;
    fixture.command = start_process_0;
    steps(1);
    assert_string_equal(order, "1");
    fixture.run = use_all;
    steps(1);
    assert_string_equal(order, "10");
}

/* The same call under round robin does not cost the caller its slice. */
static enum arch_stop call_three_times(struct process *p)
{
    return strlen(order) < 3 ? call_driver(p) : use_all(p);
}

static void test_round_robin_after_a_call(void **state)
{
    (void)state;
    boot(&scheduler_round_robin, 2);
    assert_int_equal(process_act(kernel.process[0]->id, ABI_PROCESS_STOP), K_OK);
    fixture.run = call_three_times;
    fixture.command = start_process_0;
    steps(2);
    assert_string_equal(order, "11110");
}

/* --- Work in pieces --- */

/* Long work (a hash, a signature, AES) goes on in pieces when a turn is over. A process that never
 * waits has turns that end, whatever the scheduler: it may be the one that polls for the result. */
static uint32_t pieces;
static struct deferred_call piece_call;
static void do_piece(void *self)
{
    (void)self;
    pieces++;
    deferred_call_request_later(&piece_call);
}

static void pieces_beside_a_spinner(const struct scheduler *scheduler)
{
    boot(scheduler, 1);
    piece_call = (struct deferred_call){.call = do_piece};
    pieces = 0;
    deferred_call_request_later(&piece_call);
    fixture.run = use_all;
    steps(5);
    assert_true(pieces >= 3);
    assert_true(fixture.ticks_given <= SLICE_TICKS);
}

static void test_work_in_pieces_goes_on(void **state)
{
    (void)state;
    pieces_beside_a_spinner(&scheduler_round_robin);
}

static void test_work_in_pieces_under_cooperative(void **state)
{
    (void)state;
    pieces_beside_a_spinner(&scheduler_cooperative);
}

static void test_work_in_pieces_under_priority(void **state)
{
    (void)state;
    pieces_beside_a_spinner(&scheduler_priority);
}

/* --- Work that does not end --- */

static void never_ends(void)
{
    fixture.ticks_used += 600;
    arch_signals.is.interrupt = 1;
}

/* Half of the time at least is the processes'. They are entered with no signal pending: else the
 * switch refuses. */
static uint64_t ticks_of_processes;
static uint32_t entered_with_signals;
static enum arch_stop run_in_a_storm(struct process *p)
{
    entered_with_signals += arch_signals.any != 0 ? 1 : 0;
    enum arch_stop stop = use_all(p);
    ticks_of_processes += fixture.ticks_used;
    return stop;
}

static void test_a_storm_leaves_processes_their_share(void **state)
{
    (void)state;
    boot(&scheduler_round_robin, 2);
    fixture.run = run_in_a_storm;
    fixture.on_interrupt = never_ends;
    arch_signals.is.interrupt = 1;
    ticks_of_processes = 0;
    entered_with_signals = 0;
    steps(100);
    uint64_t of_kernel = 600u * (uint64_t)fixture.interrupts_served;
    assert_true(fixture.interrupts_served > 100); /* nor are interrupts left alone */
    assert_true(ticks_of_processes * 100 >= of_kernel * 90);
    assert_int_equal(entered_with_signals, 0);
}

/* In pieces of the share, a slice is still a slice: the other one's turn comes, and not earlier. */
static void test_a_storm_keeps_the_slices(void **state)
{
    (void)state;
    boot(&scheduler_round_robin, 2);
    fixture.run = run_in_a_storm;
    fixture.on_interrupt = never_ends;
    arch_signals.is.interrupt = 1;
    steps(100);
    for (uint32_t i = 0; i < 100; i++) {
        assert_int_equal(order[i], '0');
    }
    assert_int_equal(kernel.process[0]->slices_used_up, 1);
    order[0] = '\0';
    steps(1);
    assert_string_equal(order, "1");
}

static void test_a_storm_under_priority(void **state)
{
    (void)state;
    boot(&scheduler_priority, 1);
    fixture.run = run_in_a_storm;
    fixture.on_interrupt = never_ends;
    arch_signals.is.interrupt = 1;
    ticks_of_processes = 0;
    steps(50);
    assert_true(ticks_of_processes > 45 * 6400);
}

/* With nobody to run, the work goes on; the process that it wakes runs soon. */
static uint32_t services_to_wake;
static void wake_at_last(void)
{
    never_ends();
    if (fixture.interrupts_served == services_to_wake) {
        wake(0);
    }
}

static void test_a_storm_while_all_wait(void **state)
{
    (void)state;
    boot(&scheduler_round_robin, 1);
    fixture.run = wait;
    steps(1);
    fixture.run = use_all;
    fixture.on_interrupt = wake_at_last;
    services_to_wake = 1000;
    arch_signals.is.interrupt = 1;
    steps(1);
    assert_string_equal(order, "00");
    assert_in_range(fixture.interrupts_served, 1000, 1012);
}

/* What was put off is done when the processes have had their share, though nothing new comes. */
static void count_down(void)
{
    fixture.ticks_used += 600;
    arch_signals.is.interrupt = fixture.interrupts_served < 20;
}

static struct deferred_call deferred;
static void deferred_called(void *self)
{
    (void)self;
    note('d');
}

static void test_what_was_put_off_is_done(void **state)
{
    (void)state;
    boot(&scheduler_round_robin, 1);
    fixture.run = use_all;
    fixture.on_interrupt = count_down;
    arch_signals.is.interrupt = 1;
    steps(1);
    assert_true(fixture.interrupts_served < 20);
    deferred = (struct deferred_call){.call = deferred_called};
    deferred_call_request(&deferred);
    steps(2);
    assert_int_equal(fixture.interrupts_served, 20);
    assert_non_null(strchr(order, 'd'));
}

/* Interrupts that leave processes time are served at once, each of them. */
static void test_no_storm_no_delay(void **state)
{
    (void)state;
    boot(&scheduler_round_robin, 1);
    fixture.run = interrupted;
    fixture.on_interrupt = take_time;
    ticks_between = 80 * ARCH_TICKS_PER_US; /* a byte at 115,200 baud */
    service_ticks = 10 * ARCH_TICKS_PER_US;
    steps(100);
    assert_int_equal(fixture.interrupts_served, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_round_robin, fixture_setup),
        cmocka_unit_test_setup(test_the_rest_of_the_slice_is_kept, fixture_setup),
        cmocka_unit_test_setup(test_who_waited_has_a_new_slice, fixture_setup),
        cmocka_unit_test_setup(test_nobody_starves, fixture_setup),
        cmocka_unit_test_setup(test_cooperative_runs_until_it_waits, fixture_setup),
        cmocka_unit_test_setup(test_priority_takes_the_lowest, fixture_setup),
        cmocka_unit_test_setup(test_priority_after_an_interrupt, fixture_setup),
        cmocka_unit_test_setup(test_priority_after_a_call, fixture_setup),
        cmocka_unit_test_setup(test_round_robin_after_a_call, fixture_setup),
        cmocka_unit_test_setup(test_work_in_pieces_goes_on, fixture_setup),
        cmocka_unit_test_setup(test_work_in_pieces_under_cooperative, fixture_setup),
        cmocka_unit_test_setup(test_work_in_pieces_under_priority, fixture_setup),
        cmocka_unit_test_setup(test_a_storm_leaves_processes_their_share, fixture_setup),
        cmocka_unit_test_setup(test_a_storm_keeps_the_slices, fixture_setup),
        cmocka_unit_test_setup(test_a_storm_under_priority, fixture_setup),
        cmocka_unit_test_setup(test_a_storm_while_all_wait, fixture_setup),
        cmocka_unit_test_setup(test_what_was_put_off_is_done, fixture_setup),
        cmocka_unit_test_setup(test_no_storm_no_delay, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
