/*
 * The way from a process into the kernel and back, with an interrupt at every instruction of it:
 * the kernel image that one would flash, an app that asks the LED driver a thousand times whether
 * it exists. Whatever the instruction at which the interrupt arrives (late, tail-chained, or in
 * between), no call may be lost, the process may never run privileged, and its registers stay its
 * own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/kernel_bench.h"

#define COMMANDS     1000u
#define ERASED_FLASH 0x27000u /* the kernel's last page: far behind its code */
#define KERNEL       "firmware/kernel/nrf52dk.elf"

static void start(struct kernel_bench *bench)
{
    kernel_bench_start(bench, KERNEL, "firmware/apps/null_command.tbf");
}

/* Of each command in turn: so many instructions into its way through the kernel, `first` becomes
 * pending, and `second` (0: none) `gap` instructions later. Ends when the whole way has been
 * covered; returns how many commands that took. */
static uint32_t sweep(struct kernel_bench *bench, uint32_t first, uint32_t second, uint32_t gap)
{
    struct kernel_watch *watch = &bench->watch;
    const struct nvic *nvic = &cpu_core(machine_cpu(watch->machine))->nvic;
    for (uint32_t depth = 0;; depth++) {
        /* What the kernel has not served yet, because processes have their share first, would not
         * be entered a second time. */
        do {
            kernel_bench_run_to_command(bench);
        } while (!nvic_is_enabled(nvic, EXCEPTION_TEMP));
        uint32_t command = watch->commands;
        for (uint32_t step = 0; step < depth && watch->commands == command; step++) {
            machine_step(watch->machine, CLOCK_NEVER - 1);
        }
        if (watch->commands != command) {
            return depth;
        }
        kernel_bench_pend(bench, first);
        for (uint32_t step = 0; step < gap; step++) {
            machine_step(watch->machine, CLOCK_NEVER - 1);
        }
        if (second != 0) {
            kernel_bench_pend(bench, second);
        }
    }
}

static void check_to_the_end(struct kernel_bench *bench, uint32_t temp_injected)
{
    struct kernel_watch *watch = &bench->watch;
    uint64_t now = machine_clock(watch->machine)->now_cycles;
    machine_run(watch->machine, now + 64000000);
    uint32_t process = kernel_bench_peek(bench, kernel_bench_info(bench, "kernel.process"));
    assert_int_not_equal(process, 0);
    uint32_t state =
        kernel_bench_peek(bench, process + kernel_bench_info(bench, "process.state")) & 0xFF;
    assert_int_equal(state, kernel_bench_info(bench, "state.Terminated"));
    assert_int_equal(watch->commands, COMMANDS);
    assert_int_equal(
        kernel_bench_peek(bench, process + kernel_bench_info(bench, "process.system_calls")),
        watch->calls);
    assert_int_equal(
        kernel_bench_peek(bench, process + kernel_bench_info(bench, "process.restarts")), 0);
    assert_int_equal(watch->interrupts, temp_injected);
    assert_int_equal(watch->privileged, 0);
    assert_int_equal(watch->lost, 0);
}

static void test_interrupt_at_every_instruction(void **state)
{
    (void)state;
    struct kernel_bench bench;
    start(&bench);
    uint32_t covered = sweep(&bench, EXCEPTION_TEMP, 0, 0);
    assert_true(covered > 80); /* the whole way is longer than that */
    check_to_the_end(&bench, covered);
    kernel_bench_finish(&bench);
}

static void test_end_of_slice_at_every_instruction(void **state)
{
    (void)state;
    struct kernel_bench bench;
    start(&bench);
    assert_true(sweep(&bench, EXCEPTION_SYSTICK, 0, 0) > 80);
    check_to_the_end(&bench, 0);
    kernel_bench_finish(&bench);
}

/* With floating point registers in use, which are saved and cleared on the way. */
static void test_floating_point(void **state)
{
    (void)state;
    for (uint32_t gap = 0; gap < 12; gap += gap < 3 ? 1 : 4) {
        struct kernel_bench bench;
        kernel_bench_start(&bench, KERNEL, "firmware/apps/tests/float_command.tbf");
        uint32_t covered = sweep(&bench, EXCEPTION_SYSTICK, EXCEPTION_TEMP, gap);
        assert_int_equal(bench.watch.last.s[31], 0x3F80001F);
        check_to_the_end(&bench, covered);
        kernel_bench_finish(&bench);
    }
}

/* Both, close together: one arrives while the other is being entered, served or left. */
static void test_two_at_once(void **state)
{
    (void)state;
    for (uint32_t gap = 0; gap < 24; gap += gap < 4 ? 1 : 5) {
        struct kernel_bench bench;
        start(&bench);
        uint32_t covered = sweep(&bench, EXCEPTION_SYSTICK, EXCEPTION_TEMP, gap);
        check_to_the_end(&bench, covered);
        kernel_bench_finish(&bench);
        start(&bench);
        covered = sweep(&bench, EXCEPTION_TEMP, EXCEPTION_SYSTICK, gap);
        check_to_the_end(&bench, covered);
        kernel_bench_finish(&bench);
    }
}

/* A region's address and its size and rights are two words: between them it is neither what it was
 * nor what it will be, and may lie over the kernel's code. So regions change while the MPU is off.
 */
static void test_regions_change_while_the_mpu_is_off(void **state)
{
    (void)state;
    struct kernel_bench bench;
    start(&bench);
    struct mpu_state *mpu = &cpu_core(machine_cpu(bench.watch.machine))->mpu;
    /* To where the first process's regions go in. */
    uint32_t changes = 0;
    struct mpu_state before = *mpu;
    while (bench.watch.calls == 0) {
        machine_step(bench.watch.machine, CLOCK_NEVER - 1);
        if (memcmp(before.rbar, mpu->rbar, sizeof mpu->rbar) != 0 ||
            memcmp(before.rasr, mpu->rasr, sizeof mpu->rasr) != 0) {
            assert_int_equal(before.ctrl & MPU_CTRL_ENABLE, 0);
            assert_int_equal(mpu->ctrl & MPU_CTRL_ENABLE, 0);
            changes++;
        }
        before = *mpu;
    }
    assert_int_not_equal(changes, 0);
    assert_int_equal(mpu->ctrl, MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA);
    kernel_bench_finish(&bench);
}

/* Into the kernel's C code, in thread mode. */
static void step_into_kernel(struct kernel_bench *bench, struct cpu_regs *regs)
{
    kernel_bench_run_to_command(bench);
    do {
        machine_step(bench->watch.machine, CLOCK_NEVER - 1);
        cpu_get_regs(machine_cpu(bench->watch.machine), regs);
    } while (cpu_regs_ipsr(regs) != 0 || !cpu_regs_privileged(regs) || cpu_regs_uses_psp(regs));
}

static void expect_panic(struct kernel_bench *bench, const char *what)
{
    struct kernel_watch *watch = &bench->watch;
    machine_run(watch->machine, machine_clock(watch->machine)->now_cycles + 64000000);
    watch->text[watch->text_length] = '\0';
    if (strstr(watch->text, what) == NULL || strstr(watch->text, "End of panic") == NULL) {
        fail_msg("no panic with '%s' in: %s", what, watch->text);
    }
    kernel_bench_finish(bench);
}

/* The kernel's stack is the lowest thing in RAM: an overflow is noticed, and can still be reported.
 */
static void test_stack_overflow_of_the_kernel(void **state)
{
    (void)state;
    struct kernel_bench bench;
    struct cpu_regs regs;
    start(&bench);
    step_into_kernel(&bench, &regs);
    regs.msp = 0x20000008;
    cpu_set_regs(machine_cpu(bench.watch.machine), &regs);
    expect_panic(&bench, "(its stack overflowed)");
}

/* An interrupt whose own stacking fails must not stop the report either. */
static void test_interrupt_on_an_overflowed_stack(void **state)
{
    (void)state;
    struct kernel_bench bench;
    struct cpu_regs regs;
    start(&bench);
    step_into_kernel(&bench, &regs);
    regs.msp = 0x20000000;
    cpu_set_regs(machine_cpu(bench.watch.machine), &regs);
    kernel_bench_pend(&bench, EXCEPTION_TEMP);
    expect_panic(&bench, "(its stack overflowed)");
}

static void test_wild_jump_of_the_kernel(void **state)
{
    (void)state;
    struct kernel_bench bench;
    struct cpu_regs regs;
    start(&bench);
    step_into_kernel(&bench, &regs);
    regs.pc = ERASED_FLASH;
    cpu_set_regs(machine_cpu(bench.watch.machine), &regs);
    expect_panic(&bench, "the kernel faulted: UsageFault UNDEFINSTR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interrupt_at_every_instruction),
        cmocka_unit_test(test_end_of_slice_at_every_instruction),
        cmocka_unit_test(test_two_at_once),
        cmocka_unit_test(test_floating_point),
        cmocka_unit_test(test_regions_change_while_the_mpu_is_off),
        cmocka_unit_test(test_stack_overflow_of_the_kernel),
        cmocka_unit_test(test_interrupt_on_an_overflowed_stack),
        cmocka_unit_test(test_wild_jump_of_the_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
