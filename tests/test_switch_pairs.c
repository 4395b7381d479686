/*
 * The way from a process into the kernel and back, attacked with two events at once, exhaustively:
 * one before each instruction from a system call to the next one, and another one before each
 * instruction from there on, what the first brought about included. Events are an interrupt, the
 * end of a time slice (SysTick) and a pended SVC, in all combinations. The app looks at every
 * register and answer and ends at once when one is wrong; the kernel's count of its calls must go
 * up by one, and it may never run privileged.
 *
 * A pended SVC comes in two kinds. One that nobody has executed can only be made by privileged code
 * (SHCSR); while the kernel owns thread mode it must be without any effect, and while a process
 * does, it is a call more, for which the process cannot be privileged either. One that has been
 * executed, but finds another exception on its way in, is what late arrival leads to: there the
 * call must be carried out once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "sim/machine/machine_snapshot.h"
#include "tests/kernel_bench.h"

#define KERNEL    "firmware/kernel/nrf52dk.elf"
#define APP       "firmware/apps/tests/switch_calls.tbf"
#define APP_FLASH 0x30000u
#define WARM_UP   4u /* commands: the grant is there, the driver known */
#define SECOND    64000000u

struct attack {
    struct kernel_bench bench;
    struct machine_snapshot here;
    struct kernel_watch watch_here;
    uint32_t process;      /* address of its struct */
    uint32_t calls_offset; /* in there */
    uint32_t running;      /* address of the word that says who owns thread mode */
};

static void start(struct attack *attack)
{
    *attack = (struct attack){0};
    kernel_bench_start(&attack->bench, KERNEL, APP);
    for (uint32_t i = 0; i < WARM_UP; i++) {
        kernel_bench_run_to_command(&attack->bench);
    }
    attack->process =
        kernel_bench_peek(&attack->bench, kernel_bench_info(&attack->bench, "kernel.process"));
    attack->calls_offset = kernel_bench_info(&attack->bench, "process.system_calls");
    attack->running = kernel_bench_info(&attack->bench, "kernel.running");
}

static void finish(struct attack *attack)
{
    machine_snapshot_free(&attack->here);
    kernel_bench_finish(&attack->bench);
}

static void step(struct attack *attack)
{
    machine_step(attack->bench.watch.machine, CLOCK_NEVER - 1);
}

static void save(struct attack *attack, struct machine_snapshot *snapshot,
                 struct kernel_watch *watch)
{
    struct sim_error error = {0};
    assert_true(machine_snapshot_save(attack->bench.watch.machine, snapshot, &error));
    *watch = attack->bench.watch;
}

static void restore(struct attack *attack, const struct machine_snapshot *snapshot,
                    const struct kernel_watch *watch)
{
    struct sim_error error = {0};
    if (!machine_snapshot_restore(attack->bench.watch.machine, snapshot, "the test", &error)) {
        fail_msg("%s", error.text);
    }
    attack->bench.watch = *watch;
}

static uint32_t calls_served(const struct attack *attack)
{
    return kernel_bench_peek(&attack->bench, attack->process + attack->calls_offset);
}

/* An SVC that is pended now and that nobody executed counts as a call of the process if that owns
 * thread mode when it is taken: now, or once the handler that is about to enter it has done so. */
static bool is_call_of_its_own(const struct attack *attack)
{
    const struct nvic *nvic = &cpu_core(machine_cpu(attack->bench.watch.machine))->nvic;
    return kernel_bench_peek(&attack->bench, attack->running) != 0 ||
           nvic_is_active(nvic, EXCEPTION_SVC);
}

/* Goes on to the next command of the app and looks at what came of this one. */
static void judge(struct attack *attack, uint32_t served, uint32_t at, uint32_t then)
{
    struct kernel_watch *watch = &attack->bench.watch;
    kernel_bench_run_to_command(&attack->bench);
    uint32_t now = calls_served(attack);
    if (now != served + 1 || watch->privileged != 0 || watch->lost != 0) {
        fail_msg("events before instructions %u and %u: %u calls served, %u privileged, %u lost",
                 (unsigned)at, (unsigned)then, (unsigned)(now - served),
                 (unsigned)watch->privileged, (unsigned)watch->lost);
    }
}

/* One that the process did not ask for: what it makes of it is its own affair, as long as it stays
 * a process and the kernel goes on. */
static void judge_spurious(struct attack *attack)
{
    struct kernel_watch *watch = &attack->bench.watch;
    machine_run(watch->machine, machine_clock(watch->machine)->now_cycles + SECOND / 1000);
    watch->text[watch->text_length] = '\0';
    assert_int_equal(watch->privileged, 0);
    assert_null(strstr(watch->text, "panic"));
}

/* Everything from where the machine stands (`before` it `at` instructions of the way are over) to
 * the next command, with `second` pended before each instruction in turn. */
static uint32_t sweep_second(struct attack *attack, uint32_t served, uint32_t at, uint32_t second)
{
    struct machine_snapshot here = {0};
    struct kernel_watch watch_here;
    uint32_t command = attack->bench.watch.commands;
    uint32_t cases = 0;
    for (uint32_t then = at;; then++) {
        save(attack, &here, &watch_here);
        bool spurious = second == EXCEPTION_SVC && is_call_of_its_own(attack);
        kernel_bench_pend(&attack->bench, second);
        if (spurious) {
            judge_spurious(attack);
        } else {
            judge(attack, served, at, then);
        }
        cases++;
        restore(attack, &here, &watch_here);
        step(attack);
        if (attack->bench.watch.commands != command) {
            break;
        }
    }
    machine_snapshot_free(&here);
    return cases;
}

/* `first` before each instruction from this command's SVC to the next one's, and with each of them
 * `second` wherever it can come after. Returns the number of cases. */
static uint32_t sweep(struct attack *attack, uint32_t first, uint32_t second)
{
    uint32_t served = calls_served(attack);
    uint32_t command = attack->bench.watch.commands;
    uint32_t cases = 0;
    for (uint32_t at = 0; attack->bench.watch.commands == command; at++) {
        save(attack, &attack->here, &attack->watch_here);
        if (first != EXCEPTION_SVC || !is_call_of_its_own(attack)) {
            kernel_bench_pend(&attack->bench, first);
            cases += sweep_second(attack, served, at, second);
            restore(attack, &attack->here, &attack->watch_here);
        }
        step(attack);
    }
    return cases;
}

static void check_pair(uint32_t first, uint32_t second)
{
    struct attack attack;
    start(&attack);
    uint32_t cases = sweep(&attack, first, second);
    print_message("%u cases\n", (unsigned)cases);
    assert_true(cases > 5000); /* some hundred instructions, each with each that follows */
    finish(&attack);
}

#define PAIR(name, first, second)                                                                  \
    static void test_##name(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        check_pair(first, second);                                                                 \
    }
PAIR(interrupt_then_interrupt, EXCEPTION_TEMP, EXCEPTION_RNG)
PAIR(interrupt_then_systick, EXCEPTION_TEMP, EXCEPTION_SYSTICK)
PAIR(interrupt_then_svc, EXCEPTION_TEMP, EXCEPTION_SVC)
PAIR(systick_then_interrupt, EXCEPTION_SYSTICK, EXCEPTION_TEMP)
PAIR(systick_then_systick, EXCEPTION_SYSTICK, EXCEPTION_SYSTICK)
PAIR(systick_then_svc, EXCEPTION_SYSTICK, EXCEPTION_SVC)
PAIR(svc_then_interrupt, EXCEPTION_SVC, EXCEPTION_TEMP)
PAIR(svc_then_systick, EXCEPTION_SVC, EXCEPTION_SYSTICK)
PAIR(svc_then_svc, EXCEPTION_SVC, EXCEPTION_SVC)

#define SVC_INSTRUCTION_BYTES 2u

/* The SVC that is next is executed, but what is pended now goes first. */
static void execute_late(struct attack *attack, uint32_t first)
{
    struct cpu *cpu = machine_cpu(attack->bench.watch.machine);
    struct cpu_regs regs;
    cpu_get_regs(cpu, &regs);
    regs.pc += SVC_INSTRUCTION_BYTES;
    cpu_set_regs(cpu, &regs);
    kernel_bench_pend(&attack->bench, EXCEPTION_SVC);
    kernel_bench_pend(&attack->bench, first);
}

/* tock#3109: another handler runs first, asks for the kernel, and the core chains into the SVC that
 * is still pending. The process's own, then the kernel's way back; a second event anywhere. */
static void late(uint32_t first, uint32_t second)
{
    struct attack attack;
    start(&attack);
    uint32_t command = attack.bench.watch.commands;
    uint32_t calls = 0;
    while (attack.bench.watch.commands == command) {
        struct cpu_regs regs;
        cpu_get_regs(machine_cpu(attack.bench.watch.machine), &regs);
        uint16_t instruction = (uint16_t)kernel_bench_peek(&attack.bench, regs.pc & ~1u);
        if (instruction >> 8 == 0xDF) {
            /* The kernel's leads back from a call that it has counted already. */
            bool kernels = kernel_bench_peek(&attack.bench, attack.running) == 0;
            uint32_t served = calls_served(&attack) - (kernels ? 1u : 0u);
            save(&attack, &attack.here, &attack.watch_here);
            execute_late(&attack, first);
            (void)sweep_second(&attack, served, 0, second);
            restore(&attack, &attack.here, &attack.watch_here);
            calls++;
        }
        step(&attack);
    }
    assert_int_equal(calls, 2);
    finish(&attack);
}

static void test_tock_3109_svc_behind_another_handler(void **state)
{
    (void)state;
    late(EXCEPTION_TEMP, EXCEPTION_RNG);
    late(EXCEPTION_TEMP, EXCEPTION_SYSTICK);
    late(EXCEPTION_SYSTICK, EXCEPTION_TEMP);
    late(EXCEPTION_SYSTICK, EXCEPTION_SVC);
    late(EXCEPTION_PENDSV, EXCEPTION_TEMP);
}

/* tock#4245: a handler that left something of its own in LR or CONTROL let a process go on with the
 * kernel's rights. Looked at before each instruction, not only where a handler returns. */
static void test_tock_4245_a_process_never_runs_privileged(void **state)
{
    (void)state;
    struct attack attack;
    start(&attack);
    uint32_t command = attack.bench.watch.commands;
    uint32_t unprivileged = 0;
    while (attack.bench.watch.commands == command) {
        save(&attack, &attack.here, &attack.watch_here);
        kernel_bench_pend(&attack.bench, EXCEPTION_TEMP);
        while (attack.bench.watch.commands == command) {
            struct cpu_regs regs;
            step(&attack);
            cpu_get_regs(machine_cpu(attack.bench.watch.machine), &regs);
            bool in_app = regs.pc >= APP_FLASH && cpu_regs_ipsr(&regs) == 0;
            unprivileged += in_app ? 1u : 0u;
            assert_true(in_app ? !cpu_regs_privileged(&regs) : cpu_regs_privileged(&regs));
        }
        restore(&attack, &attack.here, &attack.watch_here);
        step(&attack);
    }
    assert_true(unprivileged > 1000);
    finish(&attack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interrupt_then_interrupt),
        cmocka_unit_test(test_interrupt_then_systick),
        cmocka_unit_test(test_interrupt_then_svc),
        cmocka_unit_test(test_systick_then_interrupt),
        cmocka_unit_test(test_systick_then_systick),
        cmocka_unit_test(test_systick_then_svc),
        cmocka_unit_test(test_svc_then_interrupt),
        cmocka_unit_test(test_svc_then_systick),
        cmocka_unit_test(test_svc_then_svc),
        cmocka_unit_test(test_tock_3109_svc_behind_another_handler),
        cmocka_unit_test(test_tock_4245_a_process_never_runs_privileged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
