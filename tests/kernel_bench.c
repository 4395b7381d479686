#include "tests/kernel_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sim/loader/image.h"

#define APP_FLASH     0x00030000u
#define APP_FLASH_END 0x00080000u

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
    struct kernel_watch *watch = context;
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
    struct kernel_watch *watch = context;
    (void)regs;
    (void)from_pc;
    watch->interrupts += exception == EXCEPTION_TEMP ? 1u : 0u;
}

static void resumed(void *context, const struct cpu_regs *regs)
{
    struct kernel_watch *watch = context;
    bool in_app = regs->pc >= APP_FLASH && regs->pc < APP_FLASH_END;
    watch->privileged += in_app && cpu_regs_privileged(regs) ? 1u : 0u;
}

static void sent(void *context, const char *device, uint8_t byte)
{
    struct kernel_watch *watch = context;
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

void kernel_bench_start(struct kernel_bench *bench, const char *kernel, const char *app_path)
{
    struct sim_error error = {0};
    struct file_bytes blob;
    struct image image;
    *bench = (struct kernel_bench){0};
    read_file("sim/boards/nrf52dk.dtb", &blob);
    read_file(kernel, &bench->kernel);
    read_file(app_path, &bench->app);
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
    struct tbf_app app = {.path = "app", .data = bench->app.data, .address = APP_FLASH};
    assert_true(tbf_parse("app", bench->app.data, bench->app.size, &app.info, &error));
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

void kernel_bench_finish(struct kernel_bench *bench)
{
    machine_destroy(bench->watch.machine);
    board_free(&bench->board);
    file_free(&bench->kernel);
    file_free(&bench->app);
}

/* Magic, version, record bytes, records of {name[40], value, ...}. */
uint32_t kernel_bench_info(const struct kernel_bench *bench, const char *name)
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

uint32_t kernel_bench_peek(const struct kernel_bench *bench, uint32_t address)
{
    uint32_t value = 0;
    assert_int_equal(machine_peek(bench->watch.machine, address, &value, sizeof value),
                     sizeof value);
    return value;
}

void kernel_bench_run_to_command(struct kernel_bench *bench)
{
    bench->watch.stop_at_command = true;
    assert_int_equal(machine_run(bench->watch.machine, UINT64_MAX), MACHINE_STOP_REQUESTED);
    bench->watch.stop_at_command = false;
}

void kernel_bench_pend(struct kernel_bench *bench, uint32_t exception)
{
    nvic_set_pending(&cpu_core(machine_cpu(bench->watch.machine))->nvic, exception);
}
