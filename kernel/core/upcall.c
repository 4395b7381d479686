/* Delivery of upcalls. A process that waits gets its upcall at once, into the frame where it
 * stopped: what it waits for can neither be missed nor find the queue full. */
#include "kernel/arch/arch.h"
#include "kernel/core/ipc.h"
#include "kernel/core/kernel_internal.h"

static uint32_t ring_position(const struct process *process, uint32_t index)
{
    uint32_t position = process->queue_first + index;
    return position < PROCESS_UPCALLS ? position : position - PROCESS_UPCALLS;
}

struct process_upcall *upcall_queued(struct process *process, uint32_t index)
{
    return &process->queue[ring_position(process, index)];
}

void upcall_remove_queued(struct process *process, uint32_t index)
{
    for (uint32_t i = index; i + 1 < process->queue_count; i++) {
        process->queue[ring_position(process, i)] = process->queue[ring_position(process, i + 1)];
    }
    process->queue_count--;
}

/* Makes the process call its function. */
static void call(struct process *process, const struct process_upcall *upcall)
{
    const struct grant_pair *subscription =
        grant_upcall_pair(process->grant_block[upcall->grant] & ~1u, upcall->number);
    const uint32_t arguments[4] = {upcall->argument[0], upcall->argument[1], upcall->argument[2],
                                   subscription->second};
    arch_context_call(&process->context, subscription->first, arguments);
    process_set_effective_state(process, ABI_PROCESS_RUNNING);
}

/* A full ring gives up the oldest upcall that nobody has subscribed to. */
static bool make_room(struct process *process)
{
    for (uint32_t i = 0; i < process->queue_count; i++) {
        if (!process->queue[ring_position(process, i)].to_function) {
            upcall_remove_queued(process, i);
            return true;
        }
    }
    return false;
}

int upcall_deliver(struct process *process, const struct process_upcall *upcall)
{
    enum abi_process_state state = process_effective_state(process);
    if (state == ABI_PROCESS_YIELDED_FOR && process->wait_grant == upcall->grant &&
        process->wait_number == upcall->number) {
        struct arch_frame *frame = arch_context_frame(&process->context);
        frame->r0 = upcall->argument[0];
        frame->r1 = upcall->argument[1];
        frame->r2 = upcall->argument[2];
        process_set_effective_state(process, ABI_PROCESS_RUNNING);
        return K_OK;
    }
    if (state == ABI_PROCESS_YIELDED) {
        if (upcall->to_function) {
            call(process, upcall);
        }
        return K_OK;
    }
    if (process->queue_count == PROCESS_UPCALLS && !make_room(process)) {
        process->upcalls_dropped++;
        return K_ENOMEM;
    }
    process->queue[ring_position(process, process->queue_count)] = *upcall;
    process->queue_count++;
    return K_OK;
}

bool upcall_run_next(struct process *process, bool drop)
{
    uint32_t index = 0;
    while (index < process->queue_count &&
           !process->queue[ring_position(process, index)].to_function) {
        index++;
    }
    bool found = index < process->queue_count;
    struct process_upcall upcall = process->queue[ring_position(process, found ? index : 0)];
    if (found || drop) {
        uint32_t gone = found ? index + 1 : index;
        process->queue_first = (uint8_t)ring_position(process, gone);
        process->queue_count = (uint8_t)(process->queue_count - gone);
    }
    if (found) {
        ipc_refresh(process, &upcall);
        call(process, &upcall);
    }
    return found;
}

bool upcall_take(struct process *process, uint32_t grant, uint32_t number,
                 struct process_upcall *taken)
{
    for (uint32_t i = 0; i < process->queue_count; i++) {
        const struct process_upcall *upcall = &process->queue[ring_position(process, i)];
        if (upcall->grant == grant && upcall->number == number) {
            *taken = *upcall;
            upcall_remove_queued(process, i);
            ipc_refresh(process, taken);
            return true;
        }
    }
    return false;
}

/* Takes those of this grant out of the queue: any, or those to a function for the same number. */
static void forget(struct process *process, const struct process_upcall *like, bool any)
{
    uint32_t i = 0;
    while (i < process->queue_count) {
        const struct process_upcall *upcall = &process->queue[ring_position(process, i)];
        bool same = upcall->to_function && upcall->number == like->number;
        if (upcall->grant == like->grant && (any || same)) {
            upcall_remove_queued(process, i);
        } else {
            i++;
        }
    }
}

void upcall_forget(struct process *process, uint32_t grant, uint32_t number)
{
    forget(process, &(struct process_upcall){.grant = (uint8_t)grant, .number = (uint16_t)number},
           false);
}

void upcall_forget_all(struct process *process, uint32_t grant)
{
    forget(process, &(struct process_upcall){.grant = (uint8_t)grant}, true);
}
