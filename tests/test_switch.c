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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sim/loader/file.h"
#include "sim/loader/image.h"
#include "sim/machine/board.h"
#include "sim/machine/machine.h"

#define EXCEPTION_SYSTICK 15u
#define EXCEPTION_TEMP    (16u + 12u) /* enabled by the kernel, and quiet in this test */
#define COMMANDS          1000u
#define APP_FLASH         0x00030000u
#define APP_FLASH_END     0x00080000u

struct watch {
    struct machine *machine;
    uint32_t calls;      /* seen by the simulator, at the SVC */
    uint32_t commands;   /* of them */
    uint32_t interrupts; /* entries of EXCEPTION_TEMP */
    uint32_t privileged; /* returns into the app with CONTROL.nPRIV clear */
    uint32_t lost;       /* registers that were not as before */
    bool stop_at_command;
    struct cpu_regs last; /* at the latest command */
    char text[8192];      /* what came out of the UART */
    size_t text_length;
};

/* The loop's counter may move by one; everything else that calls preserve is as it was. */
static uint32_t count_lost(const struct cpu_regs *before, const struct cpu_regs *now)
{
    uint32_t changed = 0, lost = 0;
    for (uint32_t i = 4; i <= 11; i++) {
        uint32_t difference = now->r[i] - before->r[i];
        changed += difference != 0 ? 1u : 0u;
        lost += difference != 0 && difference != 1 && difference != UINT32_MAX ? 1u : 0u;
    }
    lost += memcmp(before->s, now->s, sizeof now->s) != 0 ? 1u : 0u;
    return lost + (changed > 1 ? 1u : 0u) + (now->psp != before->psp ? 1u : 0u);
}

static void called(void *context, const struct machine_syscall *call)
{
    struct watch *watch = context;
    watch->calls++;
    if (call->call_class != 2) {
        return;
    }
    struct cpu_regs now;
    cpu_get_regs(machine_cpu(watch->machine), &now);
    if (watch->commands > 0) {
        watch->lost += count_lost(&watch->last, &now);
    }
    watch->last = now;
    watch->commands++;
    if (watch->stop_at_command) {
        machine_request_stop(watch->machine);
    }
}

static void entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                    uint32_t from_pc)
{
    struct watch *watch = context;
    (void)regs;
    (void)from_pc;
    watch->interrupts += exception == EXCEPTION_TEMP ? 1u : 0u;
}

static void resumed(void *context, const struct cpu_regs *regs)
{
    struct watch *watch = context;
    bool in_app = regs->pc >= APP_FLASH && regs->pc < APP_FLASH_END;
    watch->privileged += in_app && cpu_regs_privileged(regs) ? 1u : 0u;
}

static void sent(void *context, const char *device, uint8_t byte)
{
    struct watch *watch = context;
    (void)device;
    if (watch->text_length + 1 < sizeof watch->text) {
        watch->text[watch->text_length++] = (char)byte;
    }
}

static void read_file(const char *name, struct file_bytes *bytes)
{
    char path[512];
    struct sim_error error = {0};
    const char *build = getenv("SANDGLASS_BUILD");
    assert_non_null(build);
    (void)snprintf(path, sizeof path, "%s/%s", build, name);
    if (!file_read(path, bytes, &error)) {
        fail_msg("%s", error.text);
    }
}

struct bench {
    struct board board;
    struct file_bytes kernel, app;
    struct watch watch;
};

static void start_app(struct bench *bench, const char *path)
{
    struct sim_error error = {0};
    struct file_bytes blob;
    struct image image;
    *bench = (struct bench){0};
    read_file("sim/boards/nrf52dk.dtb", &blob);
    read_file("firmware/kernel/nrf52dk.elf", &bench->kernel);
    read_file(path, &bench->app);
    assert_true(
        board_parse("nrf52dk", blob.data, blob.size, catalogue_find, &bench->board, &error));
    file_free(&blob);
    const struct machine_config config = {.board = &bench->board, .seed = 1};
    struct machine *machine = machine_create(&config, &error);
    assert_non_null(machine);
    assert_true(image_parse("kernel", bench->kernel.data, bench->kernel.size, &image, &error));
    assert_true(machine_load_image(machine, "kernel", &image, &error));
    image_free(&image);
    assert_true(machine_load(machine, "app", APP_FLASH, bench->app.data, bench->app.size, &error));
    struct tbf_app app = {.path = "null_command", .data = bench->app.data, .address = APP_FLASH};
    assert_true(tbf_parse("null_command", bench->app.data, bench->app.size, &app.info, &error));
    machine_add_app(machine, &app);
    bench->watch.machine = machine;
    const struct machine_observer observer = {.called = called,
                                              .entered = entered,
                                              .resumed = resumed,
                                              .sent = sent,
                                              .context = &bench->watch};
    assert_true(machine_observe(machine, &observer));
    machine_reset(machine, 0);
}

static void start(struct bench *bench)
{
    start_app(bench, "firmware/apps/null_command.tbf");
}

static void finish(struct bench *bench)
{
    machine_destroy(bench->watch.machine);
    board_free(&bench->board);
    file_free(&bench->kernel);
    file_free(&bench->app);
}

/* The value of a record of the kernel's .sandglass.info (kernel/core/info.c): magic, version,
 * record bytes, records of {name[40], value, ...}. */
static uint32_t info(const struct bench *bench, const char *name)
{
    const uint8_t *at = memmem(bench->kernel.data, bench->kernel.size, "SGLI\1\0\0\0", 8);
    assert_non_null(at);
    uint32_t header[4], value;
    memcpy(header, at, sizeof header);
    for (uint32_t i = 0; i < header[3]; i++) {
        const uint8_t *record = at + 16 + i * header[2];
        if (strcmp((const char *)record, name) == 0) {
            memcpy(&value, record + 40, sizeof value);
            return value;
        }
    }
    fail_msg("the kernel does not say where %s is", name);
    return 0;
}

static uint32_t peek(const struct bench *bench, uint32_t address)
{
    uint32_t value = 0;
    assert_int_equal(machine_peek(bench->watch.machine, address, &value, sizeof value),
                     sizeof value);
    return value;
}

/* To the next command's SVC, which has not been taken yet. */
static void run_to_command(struct bench *bench)
{
    bench->watch.stop_at_command = true;
    assert_int_equal(machine_run(bench->watch.machine, UINT64_MAX), MACHINE_STOP_REQUESTED);
    bench->watch.stop_at_command = false;
}

static void pend(struct bench *bench, uint32_t exception)
{
    nvic_set_pending(&cpu_core(machine_cpu(bench->watch.machine))->nvic, exception);
}

/* Of each command in turn: so many instructions into its way through the kernel, `first` becomes
 * pending, and `second` (0: none) `gap` instructions later. Ends when the whole way has been
 * covered; returns how many commands that took. */
static uint32_t sweep(struct bench *bench, uint32_t first, uint32_t second, uint32_t gap)
{
    struct watch *watch = &bench->watch;
    for (uint32_t depth = 0;; depth++) {
        run_to_command(bench);
        uint32_t command = watch->commands;
        for (uint32_t step = 0; step < depth && watch->commands == command; step++) {
            machine_step(watch->machine, CLOCK_NEVER - 1);
        }
        if (watch->commands != command) {
            return depth;
        }
        pend(bench, first);
        for (uint32_t step = 0; step < gap; step++) {
            machine_step(watch->machine, CLOCK_NEVER - 1);
        }
        if (second != 0) {
            pend(bench, second);
        }
    }
}

static void check_to_the_end(struct bench *bench, uint32_t temp_injected)
{
    struct watch *watch = &bench->watch;
    uint64_t now = machine_clock(watch->machine)->now_cycles;
    machine_run(watch->machine, now + 64000000);
    uint32_t process = peek(bench, info(bench, "kernel.process"));
    assert_int_not_equal(process, 0);
    uint32_t state = peek(bench, process + info(bench, "process.state")) & 0xFF;
    assert_int_equal(state, info(bench, "state.Terminated"));
    assert_int_equal(watch->commands, COMMANDS);
    assert_int_equal(peek(bench, process + info(bench, "process.system_calls")), watch->calls);
    assert_int_equal(peek(bench, process + info(bench, "process.restarts")), 0);
    assert_int_equal(watch->interrupts, temp_injected);
    assert_int_equal(watch->privileged, 0);
    assert_int_equal(watch->lost, 0);
}

static void test_interrupt_at_every_instruction(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench);
    uint32_t covered = sweep(&bench, EXCEPTION_TEMP, 0, 0);
    assert_true(covered > 80); /* the whole way is longer than that */
    check_to_the_end(&bench, covered);
    finish(&bench);
}

static void test_end_of_slice_at_every_instruction(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench);
    assert_true(sweep(&bench, EXCEPTION_SYSTICK, 0, 0) > 80);
    check_to_the_end(&bench, 0);
    finish(&bench);
}

/* With floating point registers in use, which are saved and cleared on the way. */
static void test_floating_point(void **state)
{
    (void)state;
    for (uint32_t gap = 0; gap < 12; gap += gap < 3 ? 1 : 4) {
        struct bench bench;
        start_app(&bench, "firmware/apps/tests/float_command.tbf");
        uint32_t covered = sweep(&bench, EXCEPTION_SYSTICK, EXCEPTION_TEMP, gap);
        assert_int_equal(bench.watch.last.s[31], 0x3F80001F);
        check_to_the_end(&bench, covered);
        finish(&bench);
    }
}

/* Both, close together: one arrives while the other is being entered, served or left. */
static void test_two_at_once(void **state)
{
    (void)state;
    for (uint32_t gap = 0; gap < 24; gap += gap < 4 ? 1 : 5) {
        struct bench bench;
        start(&bench);
        uint32_t covered = sweep(&bench, EXCEPTION_SYSTICK, EXCEPTION_TEMP, gap);
        check_to_the_end(&bench, covered);
        finish(&bench);
        start(&bench);
        covered = sweep(&bench, EXCEPTION_TEMP, EXCEPTION_SYSTICK, gap);
        check_to_the_end(&bench, covered);
        finish(&bench);
    }
}

/* A region's address and its size and rights are two words: between them it is neither what it was
 * nor what it will be, and may lie over the kernel's code. So regions change while the MPU is off.
 */
static void test_regions_change_while_the_mpu_is_off(void **state)
{
    (void)state;
    struct bench bench;
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
    finish(&bench);
}

/* Into the kernel's C code, in thread mode. */
static void step_into_kernel(struct bench *bench, struct cpu_regs *regs)
{
    run_to_command(bench);
    do {
        machine_step(bench->watch.machine, CLOCK_NEVER - 1);
        cpu_get_regs(machine_cpu(bench->watch.machine), regs);
    } while (cpu_regs_ipsr(regs) != 0 || !cpu_regs_privileged(regs) || cpu_regs_uses_psp(regs));
}

static void expect_panic(struct bench *bench, const char *what)
{
    struct watch *watch = &bench->watch;
    machine_run(watch->machine, machine_clock(watch->machine)->now_cycles + 64000000);
    watch->text[watch->text_length] = '\0';
    if (strstr(watch->text, what) == NULL || strstr(watch->text, "End of panic") == NULL) {
        fail_msg("no panic with '%s' in: %s", what, watch->text);
    }
    finish(bench);
}

/* The kernel's stack is the lowest thing in RAM: an overflow is noticed, and can still be reported.
 */
static void test_stack_overflow_of_the_kernel(void **state)
{
    (void)state;
    struct bench bench;
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
    struct bench bench;
    struct cpu_regs regs;
    start(&bench);
    step_into_kernel(&bench, &regs);
    regs.msp = 0x20000000;
    cpu_set_regs(machine_cpu(bench.watch.machine), &regs);
    pend(&bench, EXCEPTION_TEMP);
    expect_panic(&bench, "(its stack overflowed)");
}

static void test_wild_jump_of_the_kernel(void **state)
{
    (void)state;
    struct bench bench;
    struct cpu_regs regs;
    start(&bench);
    step_into_kernel(&bench, &regs);
    regs.pc = 0x10000;
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
