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
 * Calls of handles and clients. Arguments and self are integers of at most 32 bits, pointers, or
 * structs of those.
 *
 *   HIL_CALL(handle, op, arguments...)    an op of a handle {ops, self} that trusted code offers
 *   GUARD_OP(handle, op, arguments...)    of a handle {ops, self, owner} that a capsule may offer
 *   GUARD_OP_VOID                         the same for ops that return nothing
 *   GUARD_TELL(client, function, ...)     the function of a client {function, self, owner}; nothing
 *                                         when the client is NULL
 *   GUARD_CALL(owner, function, self, ..) any function of `owner`, NULL for trusted code; an int
 *   GUARD_CALL_VOID                       the same for functions that return nothing
 *
 * All but the first take at most three words of arguments and return what the function does;
 * K_ENODEVICE when the owner is dead, and then nothing was called, or when it traps. A capsule that
 * calls a handle which is NULL or zero traps. `handle` and `client` are pointers, evaluated once on
 * the target; `owner` and `function` of GUARD_CALL are looked at more than once.
 *
 * On the target all pass through guard.S (arch), which finds function and self and, where one may
 * trap, keeps a landing on the stack. On the host nothing traps in a way that one could go on from,
 * so that the calls are what they look like there. The compiler checks the types here and there
 * (those of GUARD_CALL there alone), and capsule_check finds the call in the __typeof__.
 */
#define HIL_CALL_DIRECTLY(handle, op, ...) ((handle)->ops->op((handle)->self, ##__VA_ARGS__))
#if defined(__arm__)
PRIVATE int guard_call(const struct capsule *owner, void (*function)(void), ...);
#define GUARD_CALL(owner, function, ...)                                                           \
    guard_call((owner), (void (*)(void))(function), __VA_ARGS__)
#define GUARD_CALL_VOID(owner, function, ...) ((void)GUARD_CALL(owner, function, __VA_ARGS__))

PRIVATE int guard_tell(const void *, ...);
PRIVATE int guard_op_0(const void *, ...);
PRIVATE int guard_op_1(const void *, ...);
PRIVATE int guard_op_2(const void *, ...);
PRIVATE int guard_op_3(const void *, ...);
PRIVATE int hil_op_0(const void *, ...);
PRIVATE int hil_op_1(const void *, ...);
PRIVATE int hil_op_2(const void *, ...);
PRIVATE int hil_op_3(const void *, ...);
PRIVATE int hil_op_4(const void *, ...);
PRIVATE int hil_op_5(const void *, ...);
PRIVATE int hil_op_6(const void *, ...);
PRIVATE int hil_op_7(const void *, ...);
PRIVATE int hil_op_8(const void *, ...);
/* `function`, when `is_right`; else it does not compile. */
#define GUARD_CHECKED(is_right, function)                                                          \
    __builtin_choose_expr(sizeof(char[(is_right) ? 1 : -1]) != 0, function, 0)
#define GUARD_LIES_AT(object, field, at) (__builtin_offsetof(__typeof__(*(object)), field) == (at))
#define GUARD_IF_NTH(handle, op, nth, function, other)                                             \
    __builtin_choose_expr(GUARD_LIES_AT((handle)->ops, op, 4 * (nth)), function, other)
/* Of what `call`, which is not carried out, returns. */
#define GUARD_RESULT(call, result) ((__typeof__(call))(result))

#define GUARD_OP(handle, op, ...)                                                                  \
    GUARD_RESULT(HIL_CALL_DIRECTLY(handle, op, ##__VA_ARGS__),                                     \
                 GUARD_CHECKED(GUARD_LIES_AT(handle, ops, 0) && GUARD_LIES_AT(handle, self, 4) &&  \
                                   GUARD_LIES_AT(handle, owner, 8),                                \
                               GUARD_OP_FUNCTION(handle, op))((handle), ##__VA_ARGS__))
#define GUARD_OP_FUNCTION(handle, op)                                                              \
    GUARD_IF_NTH(handle, op, 0, guard_op_0,                                                        \
                 GUARD_IF_NTH(handle, op, 1, guard_op_1,                                           \
                              GUARD_IF_NTH(handle, op, 2, guard_op_2,                              \
                                           GUARD_IF_NTH(handle, op, 3, guard_op_3, 0))))
#define GUARD_OP_VOID GUARD_OP
#define GUARD_TELL(client, function, ...)                                                          \
    GUARD_RESULT((client)->function((client)->self, ##__VA_ARGS__),                                \
                 GUARD_CHECKED(GUARD_LIES_AT(client, function, 0) &&                               \
                                   GUARD_LIES_AT(client, self, 4) &&                               \
                                   GUARD_LIES_AT(client, owner, 8),                                \
                               guard_tell)((client), ##__VA_ARGS__))
#ifdef CAPSULE_C
#define HIL_CALL(handle, op, ...)                                                                  \
    GUARD_RESULT(HIL_CALL_DIRECTLY(handle, op, ##__VA_ARGS__),                                     \
                 GUARD_CHECKED(GUARD_LIES_AT(handle, ops, 0) && GUARD_LIES_AT(handle, self, 4),    \
                               HIL_OP_FUNCTION(handle, op))((handle), ##__VA_ARGS__))
#define HIL_OP_FUNCTION(handle, op)                                                                \
    GUARD_IF_NTH(handle, op, 0, hil_op_0,                                                          \
                 GUARD_IF_NTH(handle, op, 1, hil_op_1,                                             \
                              GUARD_IF_NTH(handle, op, 2, hil_op_2,                                \
                                           GUARD_IF_NTH(handle, op, 3, hil_op_3,                   \
                                                        HIL_OP_FUNCTION_BEHIND(handle, op)))))
#define HIL_OP_FUNCTION_BEHIND(handle, op)                                                         \
    GUARD_IF_NTH(                                                                                  \
        handle, op, 4, hil_op_4,                                                                   \
        GUARD_IF_NTH(handle, op, 5, hil_op_5,                                                      \
                     GUARD_IF_NTH(handle, op, 6, hil_op_6,                                         \
                                  GUARD_IF_NTH(handle, op, 7, hil_op_7,                            \
                                               GUARD_IF_NTH(handle, op, 8, hil_op_8, 0)))))
#else
#define HIL_CALL HIL_CALL_DIRECTLY
#endif
#else
#define GUARD_CALL(owner, function, ...)                                                           \
    (guard_is_dead(owner) ? (int)K_ENODEVICE : (function)(__VA_ARGS__))
#define GUARD_CALL_VOID(owner, function, ...)                                                      \
    (guard_is_dead(owner) ? (void)0 : (function)(__VA_ARGS__))
#define GUARD_OP(handle, op, ...)                                                                  \
    GUARD_CALL((handle)->owner, (handle)->ops->op, (handle)->self, ##__VA_ARGS__)
#define GUARD_OP_VOID(handle, op, ...)                                                             \
    GUARD_CALL_VOID((handle)->owner, (handle)->ops->op, (handle)->self, ##__VA_ARGS__)
#define GUARD_TELL(client, function, ...)                                                          \
    ((client) == NULL || guard_is_dead((client)->owner)                                            \
         ? (void)0                                                                                 \
         : (client)->function((client)->self, ##__VA_ARGS__))
#define HIL_CALL HIL_CALL_DIRECTLY
#endif

#endif
