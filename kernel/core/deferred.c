#include "kernel/capsule/deferred.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/hil/guard.h"

static void append(struct deferred_list *list, struct deferred_call *deferred)
{
    deferred->pending = true;
    deferred->next = NULL;
    if (list->first == NULL) {
        list->first = deferred;
    } else {
        list->last->next = deferred;
    }
    list->last = deferred;
}

void deferred_call_request(struct deferred_call *deferred)
{
    if (!deferred->pending) {
        append(&kernel.deferred, deferred);
        arch_signals.is.work = 1;
    }
}

void deferred_call_request_later(struct deferred_call *deferred)
{
    if (!deferred->pending) {
        append(&kernel.deferred_later, deferred);
    }
}

bool deferred_release_later(void)
{
    struct deferred_call *deferred = kernel.deferred_later.first;
    bool any = deferred != NULL;
    kernel.deferred_later = (struct deferred_list){NULL, NULL};
    while (deferred != NULL) {
        struct deferred_call *next = deferred->next;
        append(&kernel.deferred, deferred);
        arch_signals.is.work = 1;
        deferred = next;
    }
    return any;
}

bool deferred_run(void)
{
    struct deferred_call *deferred = kernel.deferred.first;
    /* Cut off first: what the calls request is for the next round, so interrupts get their turn. */
    kernel.deferred = (struct deferred_list){NULL, NULL};
    arch_signals.is.work = 0;
    bool any = deferred != NULL;
    while (deferred != NULL) {
        struct deferred_call *next = deferred->next;
        deferred->pending = false;
        GUARD_CALL_VOID(deferred->owner, deferred->call, deferred->self);
        deferred = next;
    }
    return any;
}
