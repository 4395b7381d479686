/*
 * deferred.h - "call me back soon": how a capsule finishes something without an upcall or a client
 * callback from inside a call. The struct lies in the capsule's instance.
 */
#ifndef KERNEL_CAPSULE_DEFERRED_H
#define KERNEL_CAPSULE_DEFERRED_H

#include <stdbool.h>

#include "kernel/hil/marks.h"

struct capsule;

struct deferred_call {
    PRIVATE void (*call)(void *self); /* set once, by the board or the capsule's init */
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule */
    PRIVATE struct deferred_call *next;  /* the kernel's */
    PRIVATE bool pending;                /* the kernel's */
};

/* call(self) runs once from the kernel's main loop, soon, in the order of the requests. Asking
 * again before it ran changes nothing. It may ask again from inside the call. */
NOT_NULL void deferred_call_request(struct deferred_call *deferred);

/* The same, after the process whose turn it is has had it (its slice is over, or it waits), or at
 * once when none can run. For the next piece of long work: a chain of deferred_call_request lets
 * interrupts in between, but no process. Nothing changes when it is requested already. */
NOT_NULL void deferred_call_request_later(struct deferred_call *deferred);

#endif
