/*
 * guard.h - every entry from trusted code into a capsule, but for commands and init, passes here:
 * the capsule that is called may be dead, and it may trap. A trap ends the call, and the capsule
 * for good; its caller goes on with K_ENODEVICE. (Under a command the process gets that answer.)
 *
 * For the wrappers of kernel/hil and for the core; capsules use the wrappers.
 */
#ifndef KERNEL_HIL_GUARD_H
#define KERNEL_HIL_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/syscall.h"
#include "kernel/hil/marks.h"

/* One for each capsule that is linked, made by its CAPSULE line. All of them lie side by side in
 * one section, each as long as its name asks; the position says whose it is. */
struct capsule {
    uint8_t name_bytes; /* the 0 at its end included; at least 3 */
    char name[];
};

/* Who this text belongs to: the capsule that it is compiled in, NULL in trusted code. What a header
 * defines can ask it, as it is compiled in the capsule. On the host all pass for trusted; a
 * test may say otherwise. */
#ifdef CAPSULE_C
/* The CAPSULE line has its name. */
static const struct capsule this_capsule __attribute__((unused));
#define GUARD_CALLER (&this_capsule)
#elif !defined(GUARD_CALLER)
#define GUARD_CALLER ((const struct capsule *)NULL)
#endif

/* False for NULL, which stands for trusted code. */
PRIVATE bool guard_is_dead(const struct capsule *owner);

/*
 * GUARD_CALL(owner, function, self, arguments...) calls function(self, arguments...), which is
 * `owner`'s (NULL: trusted code's, which is called as it stands), and returns what it does, an int.
 * K_ENODEVICE when the owner is dead, and then nothing was called, or when it traps.
 * GUARD_CALL_VOID is for functions that return nothing. `self` and the arguments are integers of at
 * most 32 bits, pointers, or structs of those, at most four words in all; `owner` and `function`
 * are looked at more than once.
 *
 * On the target guard_call (arch) makes the call: it keeps a landing on the stack for the trap. On
 * the host nothing traps in a way that one could go on from, so that the call is what it looks like
 * there, and the compiler checks its types.
 */
#if defined(__arm__)
PRIVATE int guard_call(const struct capsule *owner, void (*function)(void), ...);
#define GUARD_CALL(owner, function, ...)                                                           \
    guard_call((owner), (void (*)(void))(function), __VA_ARGS__)
#define GUARD_CALL_VOID(owner, function, ...) ((void)GUARD_CALL(owner, function, __VA_ARGS__))
#else
#define GUARD_CALL(owner, function, ...)                                                           \
    (guard_is_dead(owner) ? (int)K_ENODEVICE : (function)(__VA_ARGS__))
#define GUARD_CALL_VOID(owner, function, ...)                                                      \
    (guard_is_dead(owner) ? (void)0 : (function)(__VA_ARGS__))
#endif

#endif
