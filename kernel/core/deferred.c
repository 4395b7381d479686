#include "kernel/capsule/deferred.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/hil/guard.h"

void deferred_call_request(struct deferred_call *deferred)
{
    if (deferred->pending) {
        return;
    }
    deferred->pending = true;
    deferred->next = NULL;
    if (kernel.deferred_first == NULL) {
        kernel.deferred_first = deferred;
    } else {
        kernel.deferred_last->next = deferred;
    }
    kernel.deferred_last = deferred;
    arch_signals.is.work = 1;
}

bool deferred_run(void)
{
    struct deferred_call *deferred = kernel.deferred_first;
    /* Cut off first: what the calls request is for the next round, so interrupts get their turn. */
    kernel.deferred_first = NULL;
    kernel.deferred_last = NULL;
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
