#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/core/tests/kernel_fixture.h"
#include "kernel/hil/guard.h"

/* A second capsule, which lives on, and a grant of its own. */
CAPSULE(other);
struct own {
    uint32_t value;
};
GRANT(own_grant, struct own, 1, 0, 0);

#define PC          FIXTURE_TRAP_PC
#define UNDEFINSTR  FIXTURE_UNDEFINSTR
#define PRECISE     0x00000200u
#define DACCVIOL    0x00000002u
#define UNALIGNED   0x01000000u
#define IMPRECISE   0x00000400u
#define STACKING    0x00001000u
#define BFAR_VALID  0x00008000u
#define FORCED_HARD 0x40000000u

static void trap_in_command(struct process *process)
{
    fixture_begin_command(process, FIXTURE_DRIVER);
    assert_true(fixture_take_trap(PC, UNDEFINSTR, 0));
    kernel_trap_landed();
    syscall_answer_trapped();
}

static bool is_refused(struct process *process, uint32_t driver)
{
    const struct arch_frame *frame = fixture_call(process, ABI_CLASS_COMMAND, driver, 0, 0, 0);
    return frame->r0 == ABI_FAILURE && frame->r1 == ABI_NODEVICE;
}

static void test_its_driver_is_gone_and_the_others_are_there(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    trap_in_command(p);
    const struct arch_frame *frame = arch_context_frame(&p->context);
    assert_int_equal(frame->r0, ABI_FAILURE);
    assert_int_equal(frame->r1, ABI_NODEVICE);
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
    assert_true(is_refused(p, FIXTURE_DRIVER));
    assert_false(is_refused(p, FIXTURE_DRIVER_PLAIN));
    assert_false(is_refused(p, FIXTURE_DRIVER_HUGE));
    assert_true(guard_is_dead(fixture_capsule));
    assert_int_equal(arch_guard.any_dead, 1); /* guard_call asks for the bits only then */
    assert_false(guard_is_dead(&this_capsule));
    assert_false(guard_is_dead(NULL));
    frame = fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 0, fixture_function(p), 7);
    assert_int_equal(frame->r0, ABI_FAILURE_U32_U32);
    assert_int_equal(frame->r1, ABI_NODEVICE);
    assert_non_null(strstr(fixture.text, "Capsule small trapped: a check of its code failed, pc "
                                         "0x00001010, in a command of app (slot 0)\r\n"));
}

static void test_what_it_had_in_processes_is_gone(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    uint32_t untouched = p->grant_start;
    fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 1, fixture_function(p), 7);
    assert_true(p->grant_start < untouched);
    assert_int_equal(upcall_schedule(fixture_grant, p->id, 1, 1, 2, 3), K_OK);
    assert_int_equal(upcall_schedule(fixture_grant, p->id, 2, 1, 2, 3), K_OK);
    grant_enter (own_grant, p->id, g) {
        g->value = 3;
    }
    assert_int_equal(upcall_schedule(&own_grant, p->id, 0, 9, 9, 9), K_OK);
    uint32_t lowest = p->grant_start;

    trap_in_command(p);
    assert_int_equal(p->grant_start, lowest); /* the other's lies below: a gap stays above it */
    assert_int_equal(p->queue_count, 1);
    assert_int_equal(p->queue[0].kind.is.grant, grant_index(&own_grant));
    assert_int_equal(upcall_schedule(fixture_grant, p->id, 1, 1, 2, 3), K_ENODEVICE);
    grant_enter (own_grant, p->id, g) {
        assert_int_equal(g->value, 3);
    }
}

static void test_memory_comes_back_where_it_lies_lowest(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    grant_enter (own_grant, p->id, g) {
        g->value = 3;
    }
    uint32_t before = p->grant_start;
    fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 1, fixture_function(p), 7);
    assert_true(p->grant_start < before);
    trap_in_command(p);
    assert_int_equal(p->grant_start, before);
}

/* Of what is entered when a trap lands, only what lies above the landing is left. */
static void test_scopes_are_left_down_to_the_landing(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    struct arch_landing landing = {.scopes_open = 1, .owner = fixture_capsule};
    assert_non_null(grant_open(&own_grant, p->id));
    arch_guard.innermost = &landing;
    assert_non_null(grant_open(fixture_grant, p->id));
    assert_int_equal(arch_guard.scopes_open, 2);
    assert_true(fixture_take_trap(PC, UNDEFINSTR, 0));
    kernel_trap_landed();
    arch_guard.innermost = NULL;
    assert_int_equal(arch_guard.scopes_open, 1);
    assert_null(grant_open(&own_grant, p->id)); /* still entered */
    assert_int_equal(grant_error(), K_EALREADY);
    grant_close();
    assert_int_equal(arch_guard.scopes_open, 0);
    assert_non_null(grant_open(&own_grant, p->id));
    grant_close();
    /* All of the dead one's memory is back, entered or not. */
    assert_int_equal(p->grant_block[grant_index(fixture_grant)], 0);
}

/* A command has no landing: it leaves all. */
static void test_a_command_leaves_all_its_scopes(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    assert_non_null(grant_open(fixture_grant, p->id));
    trap_in_command(p);
    assert_int_equal(arch_guard.scopes_open, 0);
}

/* Drivers of low numbers are found by a table. */
static void test_a_driver_of_a_low_number_is_gone_too(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    const struct driver_ops ops = {.number = 3, .owner = fixture_capsule};
    const struct driver driver = {.ops = &ops};
    struct kernel_config config = *kernel.config;
    config.drivers = &driver;
    config.driver_count = 1;
    kernel.config = &config;
    kernel.low_driver[3] = &driver;
    fixture_begin_command(p, 3);
    assert_true(fixture_take_trap(PC, UNDEFINSTR, 0));
    kernel_trap_landed();
    assert_null(kernel.low_driver[3]);
}

/* Somebody who lives holds a pointer into a grant of the dead: it must not be given to another. */
static void test_what_a_living_capsule_has_entered_stays(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    assert_non_null(grant_open(fixture_grant, p->id));
    uint32_t lowest = p->grant_start;
    struct arch_landing landing = {.scopes_open = 1, .owner = fixture_capsule};
    arch_guard.innermost = &landing;
    assert_true(fixture_take_trap(PC, UNDEFINSTR, 0));
    kernel_trap_landed();
    arch_guard.innermost = NULL;
    assert_int_equal(p->grant_start, lowest);
    grant_close();
    assert_int_equal(arch_guard.scopes_open, 0);
}

static void test_too_many_scopes_are_refused(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){0});
    struct process *p = fixture_boot_to_main_loop();
    arch_guard.scopes_open = KERNEL_SCOPES;
    assert_null(grant_open(&own_grant, p->id));
    assert_int_equal(grant_error(), K_ENOMEM);
    arch_guard.scopes_open = 0;
}

/* small calls other calls small, which traps: other goes on, the outer small does not. */
static void test_the_dead_further_up_do_not_go_on(void **state)
{
    (void)state;
    fixture_boot_to_main_loop();
    kernel.serving = true;
    struct arch_landing bottom = {.owner = fixture_capsule, .lr = 1};
    struct arch_landing middle = {.outer = &bottom, .owner = &this_capsule, .lr = 2};
    struct arch_landing top = {.outer = &middle, .owner = fixture_capsule, .lr = 3};
    arch_guard.innermost = &top;
    assert_true(fixture_take_trap(PC, UNDEFINSTR, 0));
    kernel_trap_landed();
    assert_int_equal(bottom.lr, 1); /* the main loop's */
    assert_int_equal(middle.lr, FIXTURE_ABANDONED);
    assert_int_equal(top.lr, 3); /* other's */
    /* On the way down the landing of the one that is left only closes its scopes. */
    arch_guard.innermost = &bottom;
    kernel_trap_landed();
    assert_null(strstr(strstr(fixture.text, "trapped") + 1, "trapped"));
    arch_guard.innermost = NULL;
}

static void test_a_dead_command_does_not_go_on(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    fixture_begin_command(p, FIXTURE_DRIVER);
    struct arch_landing middle = {.owner = &this_capsule, .lr = 2};
    struct arch_landing top = {.outer = &middle, .owner = fixture_capsule, .lr = 3};
    arch_guard.innermost = &top;
    assert_true(fixture_take_trap(PC, UNDEFINSTR, 0));
    kernel_trap_landed();
    assert_int_equal(middle.lr, FIXTURE_ABANDONED);
    assert_int_equal(top.lr, 3);
    arch_guard.innermost = NULL;
}

static void test_what_is_no_trap_of_a_capsule(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    assert_false(fixture_take_trap(PC, UNDEFINSTR, 0)); /* nobody runs */
    fixture_begin_command(p, FIXTURE_DRIVER_PLAIN);
    assert_false(fixture_take_trap(PC, UNDEFINSTR, 0)); /* trusted code's driver */
    fixture_begin_command(p, 0x777);
    assert_false(fixture_take_trap(PC, UNDEFINSTR, 0)); /* there is no such driver */
    fixture_begin_command(p, FIXTURE_DRIVER);
    assert_false(fixture_take_trap(FIXTURE_CAPSULES - 2, UNDEFINSTR, 0));
    assert_false(fixture_take_trap(FIXTURE_CAPSULES + FIXTURE_CAPSULES_BYTES, UNDEFINSTR, 0));
    assert_false(fixture_take_trap(PC, IMPRECISE, 0));
    assert_false(fixture_take_trap(PC, PRECISE | IMPRECISE, 0));
    assert_false(fixture_take_trap(PC, STACKING, 0));
    assert_false(fixture_take_trap(PC, UNDEFINSTR, FORCED_HARD));
    kernel.panicking = true;
    assert_false(fixture_take_trap(PC, UNDEFINSTR, 0)); /* the report goes on */
    kernel.panicking = false;
    kernel.serving = true;
    assert_false(fixture_take_trap(PC, UNDEFINSTR, 0)); /* an interrupt, and no landing */
    kernel.serving = false;
    kernel.in_main_loop = false;
    assert_false(fixture_take_trap(PC, UNDEFINSTR, 0)); /* the board's start */
    struct arch_landing landing = {.owner = fixture_capsule};
    arch_guard.innermost = &landing;
    assert_false(fixture_take_trap(PC, UNDEFINSTR, 0)); /* an op, called by somebody's init */
    arch_guard.innermost = NULL;
    kernel.in_main_loop = true;
    assert_true(fixture_take_trap(PC, UNDEFINSTR, 0));
    assert_false(fixture_take_trap(PC, UNDEFINSTR, 0)); /* while the first one is being handled */
    kernel_trap_landed();
    assert_false(fixture_take_trap(PC, UNDEFINSTR, 0)); /* it cannot run any more */
}

static void test_a_precise_fault_is_a_trap(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    fixture_begin_command(p, FIXTURE_DRIVER);
    assert_true(fixture_take_trap(PC, DACCVIOL, 0));
    kernel.trap.owner = NULL;
    assert_true(fixture_take_trap(PC, UNALIGNED, 0));
    kernel.trap.owner = NULL;
    assert_true(fixture_take_trap(PC, PRECISE | BFAR_VALID, 0));
    kernel_trap_landed();
    assert_non_null(strstr(fixture.text, "Capsule small trapped: BusFault PRECISERR at 0x"));
}

static uint32_t called;
static void call(void *self)
{
    (void)self;
    called++;
}

static void test_nothing_of_it_is_called_again(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    struct deferred_call dead = {.call = call, .owner = fixture_capsule};
    struct deferred_call live = {.call = call, .owner = &this_capsule};
    deferred_call_request(&dead);
    deferred_call_request(&live);
    trap_in_command(p);
    called = 0;
    assert_true(deferred_run());
    assert_int_equal(called, 1);
    assert_false(dead.pending);
}

/* A driver that is not there never calls: who waits for it waits. */
static void test_who_waits_for_it_waits(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 1, fixture_function(p), 7);
    fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_WAIT_FOR, FIXTURE_DRIVER, 1, 0);
    assert_int_equal(p->state, ABI_PROCESS_YIELDED_FOR);
    struct arch_landing landing = {.owner = fixture_capsule};
    kernel.serving = true;
    arch_guard.innermost = &landing;
    assert_true(fixture_take_trap(PC, UNDEFINSTR, 0));
    kernel_trap_landed();
    arch_guard.innermost = NULL;
    assert_int_equal(p->state, ABI_PROCESS_YIELDED_FOR);
    assert_int_equal(upcall_schedule(fixture_grant, p->id, 1, 1, 2, 3), K_ENODEVICE);
    assert_int_equal(p->state, ABI_PROCESS_YIELDED_FOR);
}

/* A buffer over the process's own frame does not change whom it called. */
static command_return write_over_the_frame(struct process_id id, uint32_t command,
                                           uint32_t argument0, uint32_t argument1)
{
    (void)command;
    (void)argument0;
    (void)argument1;
    const uint8_t bytes[8] = {0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE};
    assert_int_equal(allow_write(fixture_grant, id, 0, 0, (struct const_slice){bytes, 8}), 8);
    const struct arch_frame *frame = arch_context_frame(&kernel.current->context);
    assert_int_equal(frame->r0, FIXTURE_DRIVER);
    assert_int_equal(frame->r1, 0xEEEEEEEE);
    return command_success();
}

static void test_the_frame_still_says_whom_it_called(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    fixture_call(p, ABI_CLASS_ALLOW_READ_WRITE, FIXTURE_DRIVER, 0, p->context.psp, 32);
    kernel.current = p;
    fixture.command = write_over_the_frame;
    const struct arch_frame *frame = fixture_call(p, ABI_CLASS_COMMAND, FIXTURE_DRIVER, 1, 0, 0);
    assert_int_equal(frame->r0, ABI_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_its_driver_is_gone_and_the_others_are_there, fixture_setup),
        cmocka_unit_test_setup(test_what_it_had_in_processes_is_gone, fixture_setup),
        cmocka_unit_test_setup(test_memory_comes_back_where_it_lies_lowest, fixture_setup),
        cmocka_unit_test_setup(test_scopes_are_left_down_to_the_landing, fixture_setup),
        cmocka_unit_test_setup(test_a_command_leaves_all_its_scopes, fixture_setup),
        cmocka_unit_test_setup(test_a_driver_of_a_low_number_is_gone_too, fixture_setup),
        cmocka_unit_test_setup(test_what_a_living_capsule_has_entered_stays, fixture_setup),
        cmocka_unit_test_setup(test_too_many_scopes_are_refused, fixture_setup),
        cmocka_unit_test_setup(test_the_dead_further_up_do_not_go_on, fixture_setup),
        cmocka_unit_test_setup(test_a_dead_command_does_not_go_on, fixture_setup),
        cmocka_unit_test_setup(test_what_is_no_trap_of_a_capsule, fixture_setup),
        cmocka_unit_test_setup(test_a_precise_fault_is_a_trap, fixture_setup),
        cmocka_unit_test_setup(test_nothing_of_it_is_called_again, fixture_setup),
        cmocka_unit_test_setup(test_who_waits_for_it_waits, fixture_setup),
        cmocka_unit_test_setup(test_the_frame_still_says_whom_it_called, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
