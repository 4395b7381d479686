/* Delivery of upcalls. A process that waits gets its upcall at once, into the frame where it
 * stopped: what it waits for can neither be missed nor find the queue full. */
#include "kernel/arch/arch.h"
#include "kernel/core/ipc.h"
#include "kernel/core/kernel_internal.h"

struct process_upcall *upcall_find(struct process *process, struct process_upcall *from,
                                   uint32_t like, uint32_t mask)
{
    const struct process_upcall *end = process->queue + process->queue_count;
    for (; from < end; from++) {
        if ((from->kind.word & mask) == like) {
            return from;
        }
    }
    return NULL;
}

void upcall_remove(struct process *process, struct process_upcall *upcall)
{
    process->queue_count--;
    const struct process_upcall *end = process->queue + process->queue_count;
    for (; upcall < end; upcall++) {
        upcall[0] = upcall[1];
    }
}

void upcall_forget(struct process *process, uint32_t like, uint32_t mask)
{
    struct process_upcall *upcall = process->queue;
    while ((upcall = upcall_find(process, upcall, like, mask)) != NULL) {
        upcall_remove(process, upcall);
    }
}

/* Makes the process call its function. The upcalls' pairs are the first of a grant's block. */
static void call(struct process *process, const struct process_upcall *upcall)
{
    const struct grant_pair *subscriptions =
        process_memory(process->grant_block[upcall->kind.is.grant] & ~PROCESS_GRANT_ENTERED);
    const struct grant_pair *subscription = &subscriptions[upcall->kind.is.number];
    arch_context_call(&process->context, subscription->first, upcall->argument,
                      subscription->second);
    process_set_effective_state(process, ABI_PROCESS_RUNNING);
}

/* What it has waited for. */
static void answer(struct process *process, const struct process_upcall *upcall)
{
    struct arch_frame *frame = arch_context_frame(&process->context);
    frame->r0 = upcall->argument[0];
    frame->r1 = upcall->argument[1];
    frame->r2 = upcall->argument[2];
    process_set_effective_state(process, ABI_PROCESS_RUNNING);
}

/* A full queue gives up the oldest upcall that nobody has subscribed to. */
static bool make_room(struct process *process)
{
    struct process_upcall *oldest = upcall_find(process, process->queue, 0, UPCALL_TO_FUNCTION);
    if (oldest != NULL) {
        upcall_remove(process, oldest);
    }
    return oldest != NULL;
}

int upcall_deliver(struct process *process, const struct process_upcall *upcall)
{
    enum abi_process_state state = process_effective_state(process);
    if (state == ABI_PROCESS_YIELDED_FOR &&
        (upcall->kind.word & ~UPCALL_TO_FUNCTION) == process->wait.word) {
        answer(process, upcall);
        return K_OK;
    }
    if (state == ABI_PROCESS_YIELDED) {
        if (upcall->kind.is.to_function) {
            call(process, upcall);
        }
        return K_OK;
    }
    if (process->queue_count == PROCESS_UPCALLS && !make_room(process)) {
        process->upcalls_dropped++;
        return K_ENOMEM;
    }
    process->queue[process->queue_count] = *upcall;
    process->queue_count++;
    return K_OK;
}

bool upcall_run_next(struct process *process, bool drop)
{
    drop = drop || upcall_find(process, process->queue, 1, UPCALL_TO_FUNCTION) != NULL;
    while (drop && process->queue_count > 0) {
        struct process_upcall upcall = process->queue[0];
        upcall_remove(process, process->queue);
        if (upcall.kind.is.to_function) {
            ipc_refresh(process, &upcall);
            call(process, &upcall);
            return true;
        }
    }
    return false;
}

void upcall_wait_for(struct process *process, uint32_t grant, uint32_t number)
{
    process->wait = (union upcall_kind){.word = upcall_kind(grant, number, false)};
    struct process_upcall *upcall =
        upcall_find(process, process->queue, process->wait.word, ~UPCALL_TO_FUNCTION);
    if (upcall == NULL) {
        process->state = ABI_PROCESS_YIELDED_FOR;
        return;
    }
    ipc_refresh(process, upcall);
    answer(process, upcall);
    upcall_remove(process, upcall);
}
