/*
 * A capsule that traps, with an interrupt at every instruction from the system call, or from the
 * kernel's own call of the capsule, to where the kernel goes on: wherever it arrives, what comes
 * out of the UART is to the byte what comes out undisturbed. The board is kernel/boards/trap_test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/kernel_bench.h"

#define KERNEL  "firmware/kernel/trap_test.elf"
#define TRAPPER 0x90F01u
#define SECOND  64000000u /* cycles */
#define EVERY   79u       /* more than an interrupt, or the end of a slice, takes */

/* To the command that makes the capsule trap, at once or later. */
static void start(struct kernel_bench *bench, const char *app)
{
    struct cpu_regs regs;
    kernel_bench_start(bench, KERNEL, app);
    do {
        kernel_bench_run_to_command(bench);
        cpu_get_regs(machine_cpu(bench->watch.machine), &regs);
    } while (regs.r[0] != TRAPPER || regs.r[1] == 0);
}

static void run_on(struct kernel_bench *bench)
{
    struct kernel_watch *watch = &bench->watch;
    machine_run(watch->machine, machine_clock(watch->machine)->now_cycles + SECOND / 16);
    watch->text[watch->text_length] = '\0';
}

/* Of the way itself, not of what a test injects. */
static bool is_on_the_way(struct kernel_bench *bench)
{
    struct cpu_regs regs;
    cpu_get_regs(machine_cpu(bench->watch.machine), &regs);
    uint32_t exception = cpu_regs_ipsr(&regs);
    return exception != EXCEPTION_TEMP && exception != EXCEPTION_SYSTICK &&
           exception != EXCEPTION_PENDSV;
}

/* To where the process calls the kernel again. Of the instructions on the way, `first` and every
 * `every`th from there on find an interrupt pending. Returns how many there are. */
static uint32_t walk(struct kernel_bench *bench, uint32_t first, uint32_t every)
{
    uint32_t next = first, length = 0;
    for (uint32_t calls = bench->watch.calls; bench->watch.calls == calls;) {
        if (length == next) {
            /* A device's is masked once it is noted, and so comes once. */
            kernel_bench_pend(bench, next == first ? EXCEPTION_TEMP : EXCEPTION_SYSTICK);
            next += every;
        }
        machine_step(bench->watch.machine, CLOCK_NEVER - 1);
        length += is_on_the_way(bench) ? 1u : 0u;
    }
    return length;
}

static void sweep(const char *app)
{
    struct kernel_bench bench;
    char text[sizeof bench.watch.text];
    start(&bench, app);
    uint32_t length = walk(&bench, UINT32_MAX, 1);
    run_on(&bench);
    memcpy(text, bench.watch.text, sizeof text);
    kernel_bench_finish(&bench);
    assert_non_null(strstr(text, "Capsule trapper trapped: "));
    assert_non_null(strstr(text, "trap: done"));
    assert_true(length > 1000); /* the report alone is longer */

    for (uint32_t first = 0; first < EVERY; first++) {
        start(&bench, app);
        (void)walk(&bench, first, EVERY);
        run_on(&bench);
        if (strcmp(bench.watch.text, text) != 0 || bench.watch.privileged != 0) {
            fail_msg("%s: interrupts from %u on, every %u instructions: %s", app, (unsigned)first,
                     EVERY, bench.watch.text);
        }
        assert_int_equal(bench.watch.interrupts, 1);
        kernel_bench_finish(&bench);
    }
}

static void test_in_a_scope_of_a_command(void **state)
{
    (void)state;
    sweep("firmware/apps/tests/trap_scope.tbf");
}

/* The landing of the neighbour, which goes on, and that of the command, which does not. */
static void test_called_down_in_a_command(void **state)
{
    (void)state;
    sweep("firmware/apps/tests/trap_down_in_call.tbf");
}

/* Two landings of the capsule that dies, and the neighbour's between them. */
static void test_called_up_and_down_in_a_deferred_call(void **state)
{
    (void)state;
    sweep("firmware/apps/tests/trap_up_and_down.tbf");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_a_scope_of_a_command),
        cmocka_unit_test(test_called_down_in_a_command),
        cmocka_unit_test(test_called_up_and_down_in_a_deferred_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
