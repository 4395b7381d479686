#include "kernel/capsule/deferred.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/hil/guard.h"

static void append(struct deferred_list *list, struct deferred_call *first,
                   struct deferred_call *last)
{
    if (list->first == NULL) {
        list->first = first;
    } else {
        list->last->next = first;
    }
    list->last = last;
}

/* False when it is on a list already. */
static bool request(struct deferred_list *list, struct deferred_call *deferred)
{
    if (deferred->pending) {
        return false;
    }
    deferred->pending = true;
    deferred->next = NULL;
    append(list, deferred, deferred);
    return true;
}

void deferred_call_request(struct deferred_call *deferred)
{
    if (request(&kernel.deferred, deferred)) {
        arch_signals.is.work = 1;
    }
}

void deferred_call_request_later(struct deferred_call *deferred)
{
    (void)request(&kernel.deferred_later, deferred);
}

bool deferred_release_later(void)
{
    struct deferred_list *later = &kernel.deferred_later;
    if (later->first == NULL) {
        return false;
    }
    append(&kernel.deferred, later->first, later->last);
    later->first = NULL;
    arch_signals.is.work = 1;
    return true;
}

bool deferred_run(void)
{
    struct deferred_call *deferred = kernel.deferred.first;
    /* Cut off first: what the calls request is for the next round, so interrupts get their turn. */
    kernel.deferred.first = NULL;
    arch_signals.is.work = 0;
    bool any = deferred != NULL;
    while (deferred != NULL) {
        struct deferred_call *next = deferred->next;
        deferred->pending = false;
        GUARD_TELL(deferred, call);
        deferred = next;
    }
    return any;
}
