/*
 * kernel_bench.h - for tests that go through the kernel instruction by instruction: the kernel
 * image that one would flash and one app in a machine, and what was seen of them. Fails the test
 * when something is missing.
 */
#ifndef TESTS_KERNEL_BENCH_H
#define TESTS_KERNEL_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/loader/file.h"
#include "sim/machine/board.h"
#include "sim/machine/machine.h"

#define EXCEPTION_SVC     11u
#define EXCEPTION_PENDSV  14u
#define EXCEPTION_SYSTICK 15u
#define EXCEPTION_TEMP    (16u + 12u) /* enabled by the kernel, and quiet unless a test pends it */
#define EXCEPTION_RNG     (16u + 13u) /* so is this one */

struct kernel_watch {
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

struct kernel_bench {
    struct board board;
    struct file_bytes kernel, app;
    struct kernel_watch watch;
};

/* Files are named within the build folder ($SANDGLASS_BUILD). The machine stands at its reset. */
void kernel_bench_start(struct kernel_bench *bench, const char *kernel, const char *app_path);
void kernel_bench_finish(struct kernel_bench *bench);

/* The value of a record of the kernel's .sandglass.info (kernel/core/info.c). */
uint32_t kernel_bench_info(const struct kernel_bench *bench, const char *name);
uint32_t kernel_bench_peek(const struct kernel_bench *bench, uint32_t address);

/* To the next command's SVC, which has not been taken yet. */
void kernel_bench_run_to_command(struct kernel_bench *bench);

void kernel_bench_pend(struct kernel_bench *bench, uint32_t exception);

#endif
