#include "kernel/core/kernel.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/capsule/debug.h"
#include "kernel/core/kernel_internal.h"

struct kernel kernel;

void kernel_init(const struct kernel_config *config)
{
    kernel = (struct kernel){
        .config = config,
        .ram_free = (uint32_t)(uintptr_t)config->bounds.app_ram_start,
    };
    arch_guard = (struct arch_guard){0};
    for (uint32_t i = config->driver_count; i > 0; i--) {
        const struct driver *driver = &config->drivers[i - 1];
        if (driver->ops->number < KERNEL_LOW_DRIVERS) {
            kernel.low_driver[driver->ops->number] = driver;
        }
    }
}

/* The process whose slice is running goes on while it can; then the next one that can, in turn. */
static struct process *choose_process(void)
{
    if (kernel.current != NULL && kernel.current->state == ABI_PROCESS_RUNNING) {
        return kernel.current;
    }
    for (uint32_t i = 0; i < KERNEL_PROCESS_SLOTS; i++) {
        uint32_t slot = (kernel.next_slot + i) % KERNEL_PROCESS_SLOTS;
        struct process *process = kernel.process[slot];
        if (process != NULL && process->state == ABI_PROCESS_RUNNING) {
            kernel.next_slot = (uint8_t)((slot + 1u) % KERNEL_PROCESS_SLOTS);
            return process;
        }
    }
    return NULL;
}

static bool work_is_pending(void)
{
    return arch_interrupts_noted() || arch_signals.is.work != 0;
}

/* An interrupt, or something that the process should not have done. */
static ARCH_OUT_OF_LINE void stopped_unasked(struct process *process, enum arch_stop stop)
{
    if (stop == ARCH_STOP_FAULT) {
        process_fault(process, arch_fault_get(), NULL);
    } else if (!process_frame_is_valid(process)) {
        process_fault(process, NULL, "its stack pointer left its memory");
    }
}

/* One entry into the process, and what it stopped for. */
static void run_once(struct process *process)
{
    if (!ARCH_LIKELY(kernel.mpu_owner == process)) {
        arch_mpu_load(process->layout.region);
        kernel.mpu_owner = process;
    }
    enum arch_stop stop = arch_process_run(&process->context);
    if (ARCH_LIKELY(stop == ARCH_STOP_SYSTEM_CALL && process_frame_is_valid(process))) {
        syscall_handle(process);
    } else {
        stopped_unasked(process, stop);
    }
}

static void run_slice(struct process *process)
{
    if (kernel.current != process) {
        kernel.current = process;
        arch_slice_start(kernel.config->slice_us);
    }
    while (ARCH_LIKELY(process->state == ABI_PROCESS_RUNNING)) {
        run_once(process);
        if (!ARCH_LIKELY(arch_signals.any == 0)) {
            if (arch_slice_is_over()) {
                process->slices_used_up++;
                kernel.current = NULL;
            }
            return;
        }
    }
    kernel.current = NULL;
}

bool kernel_step(void)
{
    bool worked = false;
    while (work_is_pending()) {
        kernel.serving = true;
        if (kernel.stop_dead) {
            kernel.stop_dead = false;
            kernel.config->chip->stop_dead();
        }
        if (arch_interrupts_noted()) {
            arch_interrupts_take();
            kernel.config->chip->serve_interrupts();
        }
        deferred_run();
        kernel.serving = false;
        worked = true;
    }
    struct process *process = choose_process();
    if (process == NULL) {
        return deferred_release_later() || worked;
    }
    run_slice(process);
    if (kernel.current == NULL) {
        (void)deferred_release_later();
    }
    return true;
}

static _Noreturn void run(void)
{
    for (;;) {
        if (!kernel_step()) {
            arch_slice_stop();
            arch_sleep();
        }
    }
}

_Noreturn void kernel_run(void)
{
    debug_text("Initialization complete. Entering main loop.\r\n");
    debug_start();
    run();
}

/* A capsule trapped under a command. */
_Noreturn void kernel_resume(void)
{
    kernel_trap_landed();
    syscall_answer_trapped();
    run();
}
