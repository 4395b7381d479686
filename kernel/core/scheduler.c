#include "kernel/core/scheduler.h"

#include <stddef.h>

#include "kernel/core/kernel_internal.h"

static bool can_run(const struct process *process)
{
    return process != NULL && process->state == ABI_PROCESS_RUNNING;
}

static struct process *first_from(uint32_t start)
{
    for (uint32_t i = 0; i < KERNEL_PROCESS_SLOTS; i++) {
        struct process *process = kernel.process[(start + i) % KERNEL_PROCESS_SLOTS];
        if (can_run(process)) {
            return process;
        }
    }
    return NULL;
}

/* The process whose turn it is goes on while it can; then the next one that can. */
static struct process *choose_in_turn(void)
{
    if (can_run(kernel.current)) {
        return kernel.current;
    }
    struct process *process = first_from(kernel.next_slot);
    if (process != NULL) {
        kernel.next_slot = (uint8_t)((process->slot + 1u) % KERNEL_PROCESS_SLOTS);
    }
    return process;
}

static struct process *choose_lowest(void)
{
    return first_from(0);
}

void scheduler_note_ready(const struct process *process)
{
    if (kernel.scheduler->preempts && process != kernel.current && can_run(process)) {
        arch_signals.is.work = 1; /* the main loop chooses anew */
    }
}

const struct scheduler scheduler_round_robin = {choose_in_turn, true, false};
const struct scheduler scheduler_cooperative = {choose_in_turn, false, false};
const struct scheduler scheduler_priority = {choose_lowest, false, true};
