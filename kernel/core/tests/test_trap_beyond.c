/* What a trap does beyond the capsule: its devices, and the caller whose slice its command took. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/capsule/process_control.h"
#include "kernel/core/tests/kernel_fixture.h"
#include "kernel/hil/guard.h"

static enum arch_stop use_slice_up(struct process *process)
{
    (void)process;
    arch_signals.is.slice_over = 1;
    return ARCH_STOP_INTERRUPT;
}

/* The devices of the dead are stopped where no driver is at work: before interrupts are served. */
static void stop_was_first(void)
{
    assert_int_equal(fixture.stops_of_the_dead, 1);
}

static void test_the_chip_is_told_once(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    fixture_begin_command(p, FIXTURE_DRIVER);
    assert_true(fixture_take_trap(FIXTURE_TRAP_PC, FIXTURE_UNDEFINSTR, 0));
    kernel_trap_landed();
    assert_int_equal(fixture.stops_of_the_dead, 0);
    fixture.run = use_slice_up;
    fixture.on_interrupt = stop_was_first;
    arch_signals.is.interrupt = 1;
    kernel_step();
    assert_int_equal(fixture.interrupts_served, 1);
    kernel_step();
    assert_int_equal(fixture.stops_of_the_dead, 1);
}

/* Traps while its interrupt is served, which comes again at once: the second time, it is quiet. */
static void trap_in_interrupt(void)
{
    if (fixture.interrupts_served == 1) {
        struct arch_landing landing = {.owner = fixture_capsule};
        arch_guard.innermost = &landing;
        assert_true(fixture_take_trap(FIXTURE_TRAP_PC, FIXTURE_UNDEFINSTR, 0));
        kernel_trap_landed();
        arch_guard.innermost = NULL;
        arch_signals.is.interrupt = 1;
    }
    assert_int_equal(fixture.stops_of_the_dead, fixture.interrupts_served - 1);
}

static void test_an_interrupt_storm_ends_with_its_capsule(void **state)
{
    (void)state;
    fixture_boot_to_main_loop();
    fixture.run = use_slice_up;
    fixture.on_interrupt = trap_in_interrupt;
    arch_signals.is.interrupt = 1;
    kernel_step();
    assert_int_equal(fixture.interrupts_served, 2);
    assert_int_equal(fixture.runs, 1); /* the process's turn has come */
}

/* The command takes the slice from its own caller, and traps. */
static void act_and_trap(struct process *process, enum abi_process_action first,
                         enum abi_process_action then)
{
    fixture_begin_command(process, FIXTURE_DRIVER);
    arch_context_frame(&process->context)->r1 = 7;
    struct process_id id = process->id;
    assert_int_equal(process_act(id, first), K_OK);
    (void)process_act(id, then);
    assert_null(kernel.current);
    assert_true(fixture_take_trap(FIXTURE_TRAP_PC, FIXTURE_UNDEFINSTR, 0));
    kernel_trap_landed();
    syscall_answer_trapped();
    assert_true(guard_is_dead(fixture_capsule));
    assert_non_null(strstr(fixture.text, ", in a command of app (slot 0)\r\n"));
}

static void test_a_command_that_stops_its_caller(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    act_and_trap(p, ABI_PROCESS_STOP, ABI_PROCESS_STOP);
    assert_int_equal(p->state, ABI_PROCESS_STOPPED);
    assert_int_equal(arch_context_frame(&p->context)->r0, ABI_FAILURE);
    assert_int_equal(arch_context_frame(&p->context)->r1, ABI_NODEVICE);
}

static void test_a_command_that_ends_its_caller(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    act_and_trap(p, ABI_PROCESS_FAULT, ABI_PROCESS_FAULT);
    assert_int_equal(p->state, ABI_PROCESS_FAULTED);
}

/* A new life knows nothing of a command of the old one. */
static void test_a_command_that_restarts_its_caller(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    act_and_trap(p, ABI_PROCESS_TERMINATE, ABI_PROCESS_BOOT);
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
    assert_int_not_equal(arch_context_frame(&p->context)->r1, ABI_NODEVICE);
}

/* Somebody else's end is not the caller's. */
static void test_a_command_that_ends_another(void **state)
{
    (void)state;
    fixture_add_app(&(struct fixture_app){.name = "first"});
    struct process *p = fixture_boot_to_main_loop();
    struct process *second = kernel.process[1];
    fixture_begin_command(second, FIXTURE_DRIVER);
    assert_int_equal(process_act(p->id, ABI_PROCESS_TERMINATE), K_OK);
    assert_ptr_equal(kernel.current, second);
    assert_true(fixture_take_trap(FIXTURE_TRAP_PC, FIXTURE_UNDEFINSTR, 0));
    kernel_trap_landed();
    syscall_answer_trapped();
    assert_int_equal(arch_context_frame(&second->context)->r1, ABI_NODEVICE);
}

/* A process that loses its stack has no command to look for: nothing is read there. */
static void test_a_lost_stack_is_not_looked_at(void **state)
{
    (void)state;
    struct process *p = fixture_boot_to_main_loop();
    kernel.current = p;
    p->context.psp = 0xFFFFFFF0u;
    process_fault(p, NULL, TEXT_FAULT_STACK);
    assert_null(kernel.current);
    assert_null(kernel.left_command.owner);
}

/* Stopped and started again in one command, it goes on, but not as if nothing had been: of its next
 * command, too, it is known whose it is. */
static command_return stop_and_start(struct process_id id, uint32_t number, uint32_t unused0,
                                     uint32_t unused1)
{
    (void)unused0;
    (void)unused1;
    assert_non_null(kernel.current);
    if (number == 1) {
        assert_int_equal(process_act(id, ABI_PROCESS_STOP), K_OK);
        assert_int_equal(process_act(id, ABI_PROCESS_START), K_OK);
    }
    return command_success();
}

static enum arch_stop run_commands(struct process *process)
{
    struct arch_frame *frame = arch_context_frame(&process->context);
    frame->r0 = FIXTURE_DRIVER;
    frame->r1 = fixture.runs;
    frame->pc = process->code_start + 2 * ABI_CLASS_COMMAND + 2;
    fixture.ticks_used += 1000;
    arch_signals.is.slice_over = fixture.runs == 3;
    return ARCH_STOP_SYSTEM_CALL;
}

static void test_stopped_and_started_it_has_a_slice_of_its_own(void **state)
{
    (void)state;
    fixture_boot_to_main_loop();
    fixture.run = run_commands;
    fixture.command = stop_and_start;
    kernel_step();
    assert_int_equal(fixture.runs, 1);
    kernel_step();
    assert_int_equal(fixture.runs, 3);
    assert_int_equal(fixture.ticks_given, fixture.config.slice_us * ARCH_TICKS_PER_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_chip_is_told_once, fixture_setup),
        cmocka_unit_test_setup(test_an_interrupt_storm_ends_with_its_capsule, fixture_setup),
        cmocka_unit_test_setup(test_a_command_that_stops_its_caller, fixture_setup),
        cmocka_unit_test_setup(test_a_command_that_ends_its_caller, fixture_setup),
        cmocka_unit_test_setup(test_a_command_that_restarts_its_caller, fixture_setup),
        cmocka_unit_test_setup(test_a_command_that_ends_another, fixture_setup),
        cmocka_unit_test_setup(test_a_lost_stack_is_not_looked_at, fixture_setup),
        cmocka_unit_test_setup(test_stopped_and_started_it_has_a_slice_of_its_own, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
