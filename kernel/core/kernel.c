#include "kernel/core/kernel.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/capsule/debug.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/read_only_state.h"

struct kernel kernel;

void kernel_init(const struct kernel_config *config)
{
    kernel = (struct kernel){
        .config = config,
        .scheduler = config->scheduler != NULL ? config->scheduler : &scheduler_round_robin,
    };
    arch_guard = (struct arch_guard){0};
    for (uint32_t i = config->driver_count; i > 0; i--) {
        const struct driver *driver = &config->drivers[i - 1];
        if (driver->ops->number < KERNEL_LOW_DRIVERS) {
            kernel.low_driver[driver->ops->number] = driver;
        }
    }
}

static bool work_is_pending(void)
{
    return arch_interrupts_noted() || arch_signals.is.work != 0;
}

/* An interrupt, or something that the process should not have done. */
static ARCH_OUT_OF_LINE void stopped_unasked(struct process *process, enum arch_stop stop)
{
    if (stop == ARCH_STOP_FAULT) {
        process_fault(process, arch_fault_get(), TEXT_NOTHING);
    } else if (!process_frame_is_valid(process)) {
        process_fault(process, NULL, TEXT_FAULT_STACK);
    } else {
        process->interruptions++;
    }
}

/* Whoever is shown the kernel's state passes here before each entry: no regions stay for it. */
static ARCH_OUT_OF_LINE void prepare(const struct process *process)
{
    arch_mpu_load(process->layout.region);
    kernel.mpu_owner = read_only_state_show(process) ? NULL : process;
}

/* One entry into the process, and what it stopped for. */
static void run_once(struct process *process)
{
    if (!ARCH_LIKELY(kernel.mpu_owner == process)) {
        prepare(process);
    }
    enum arch_stop stop = arch_process_run(&process->context);
    if (ARCH_LIKELY(stop == ARCH_STOP_SYSTEM_CALL && process_frame_is_valid(process))) {
        syscall_handle(process);
    } else {
        stopped_unasked(process, stop);
    }
}

/* Kernel work (interrupts, deferred calls) goes first, but not for ever: after so much of it while
 * a process could run, the processes have as much before the kernel goes on. A source that never
 * comes to rest interrupts them once in that time, as its handler has masked it. */
#define SHARE_TICKS (100u * ARCH_TICKS_PER_US)
/* What is left of a slice and less than this is not worth entering a process for. */
#define LEAST_TICKS (5u * ARCH_TICKS_PER_US)

static bool work_must_wait(void)
{
    return kernel.work_ticks >= SHARE_TICKS;
}

static uint32_t whole_slice_ticks(void)
{
    return kernel.config->slice_us * ARCH_TICKS_PER_US;
}

/* Without slices the process goes on with the next one: but work that waits for the end of a turn
 * must not wait for a process that never waits. */
static void end_slice(struct process *process)
{
    if (kernel.scheduler->slices) {
        process->slices_used_up++;
        kernel.current = NULL;
    } else {
        kernel.slice_ticks = whole_slice_ticks();
        (void)deferred_release_later();
    }
}

/* The process that had the processor has stopped; `current` says whether its slice goes on. */
static void end_turn(const struct process *process)
{
    uint32_t used = arch_slice_pause();
    kernel.share_ticks += used;
    if (kernel.share_ticks >= SHARE_TICKS) {
        kernel.work_ticks = 0;
        kernel.share_ticks = 0;
    }
    if (kernel.current == NULL || kernel.current != process) {
        return;
    }
    if (kernel.slice_ticks >= used + LEAST_TICKS) {
        kernel.slice_ticks -= used;
    } else {
        end_slice(kernel.current);
    }
}

static void run_slice(struct process *process)
{
    if (kernel.current != process) {
        kernel.current = process;
        kernel.slice_ticks = whole_slice_ticks();
    }
    uint32_t ticks = kernel.slice_ticks;
    if (work_must_wait() && ticks > SHARE_TICKS - kernel.share_ticks) {
        ticks = SHARE_TICKS - kernel.share_ticks;
        ticks = ticks > LEAST_TICKS ? ticks : LEAST_TICKS;
    }
    arch_slice_start(ticks);
    do {
        run_once(process);
    } while (ARCH_LIKELY(process->state == ABI_PROCESS_RUNNING && arch_signals.any == 0));
    if (process->state != ABI_PROCESS_RUNNING) {
        kernel.current = NULL;
    }
    end_turn(process);
}

static void do_work(void)
{
    arch_slice_start(ARCH_TICKS_MAX);
    kernel.serving = true;
    if (kernel.stop_dead) {
        kernel.stop_dead = false;
        kernel.config->chip->stop_dead();
        loader_note_dead();
    }
    if (arch_interrupts_noted()) {
        arch_interrupts_take();
        kernel.config->chip->serve_interrupts();
    }
    deferred_run();
    kernel.serving = false;
    kernel.work_ticks += arch_slice_pause();
}

/* Work that waits is not to keep processes from being entered; it is not forgotten. */
static void put_work_off(void)
{
    if (arch_signals.is.interrupt != 0) {
        arch_signals.is.interrupt = 0;
        kernel.put_off.is.interrupt = 1;
    }
    kernel.put_off.is.work |= arch_signals.is.work;
    arch_signals.is.work = 0;
}

static void take_up_work(void)
{
    if (kernel.put_off.is.interrupt != 0) {
        arch_signals.is.interrupt = 1;
    }
    arch_signals.is.work |= kernel.put_off.is.work;
    kernel.put_off.any = 0;
}

/* Does the work that is pending, until it has taken more than its share from a process that could
 * run. Returns that process, or whoever is next; NULL: nobody can run, and nothing is pending. */
static struct process *work_then_choose(bool *worked)
{
    for (;;) {
        while (work_is_pending() && !work_must_wait()) {
            do_work();
            *worked = true;
        }
        struct process *process = kernel.scheduler->choose();
        if (process != NULL) {
            return process;
        }
        kernel.work_ticks = 0;
        kernel.share_ticks = 0;
        take_up_work();
        if (!work_is_pending()) {
            return NULL;
        }
    }
}

bool kernel_step(void)
{
    bool worked = false;
    if (!work_must_wait()) {
        take_up_work();
    }
    struct process *process = work_then_choose(&worked);
    if (process == NULL) {
        return deferred_release_later() || worked;
    }
    if (work_must_wait()) {
        put_work_off();
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
            arch_sleep();
        }
    }
}

_Noreturn void kernel_run(void)
{
    report_say(TEXT_IN_MAIN_LOOP);
    debug_start();
    run();
}

/* A capsule trapped under a command. */
_Noreturn void kernel_resume(void)
{
    kernel_trap_landed();
    syscall_answer_trapped();
    end_turn(kernel.current);
    run();
}
