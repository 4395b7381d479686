/*
 * driver.h - what a capsule offers to apps: a number, a function that carries out commands, and the
 * grant whose upcalls and buffers the core manages. Subscribe and allow never reach a capsule.
 *
 * A capsule is one file with a struct for its instance, a `const struct driver_ops` and one CAPSULE
 * line. The board owns the instance and lists (ops, instance) in its driver table. What of the
 * instance is used most lies first, where instructions are half as long: they reach a byte of the
 * first 32, or a word of the first 128.
 */
#ifndef KERNEL_CAPSULE_DRIVER_H
#define KERNEL_CAPSULE_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"
#include "kernel/capsule/manifest.h"
#include "kernel/capsule/process_id.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

struct grant;

/* What a command answers, made by the functions below only: 0 for success without a value, the
 * error of a failure, or the variant (enum abi_return) of a success whose values the kernel keeps.
 * A number, because that comes back in a register. */
typedef uint32_t command_return;
_Static_assert(ABI_FAILURE < ABI_SUCCESS && ABI_SUCCESS < ABI_SUCCESS_U32 &&
                   ABI_SUCCESS_U32 < ABI_SUCCESS_U32_U32,
               "errors lie below all successes");

struct driver_ops {
    READ_ONLY uint32_t number; /* ABI_DRIVER_... */
    /* Carries out one command of process `id`. Command 0 asks whether the driver exists. Unknown
     * command: command_error(K_ENOSUPPORT). No upcall may be scheduled from inside a command: use a
     * deferred call. */
    PRIVATE command_return (*command)(void *self, struct process_id id, uint32_t command,
                                      uint32_t argument0, uint32_t argument1);
    PRIVATE const struct grant *grant;   /* NULL: no upcalls, no buffers, no state per process */
    PRIVATE const struct capsule *owner; /* &this_capsule */
};

/* A row of the board's table. */
struct driver {
    PRIVATE const struct driver_ops *ops;
    PRIVATE void *self; /* the instance, handed to ops->command */
};

static inline command_return command_success(void)
{
    return 0;
}

/* The latest one made is the one that counts: no other is made before it is returned. */
command_return command_success_u32(uint32_t value);
command_return command_success_u32_u32(uint32_t value0, uint32_t value1);
command_return command_success_u64(uint64_t value);

/* `error` is one of enum k_error, below 0. */
static inline command_return command_error(int error)
{
    return (uint32_t)-error;
}

/* Success for status >= 0, else the failure. */
command_return command_status(int status);

static inline bool command_has_failed(command_return result)
{
    return result != 0 && result < ABI_SUCCESS;
}

/* enum abi_return, as the app gets it. */
static inline uint32_t command_variant(command_return result)
{
    return command_has_failed(result) ? (uint32_t)ABI_FAILURE : result | ABI_SUCCESS;
}

/* The error, or the first value of the latest success, whoever made it: for tests. */
PRIVATE uint32_t command_value(command_return result);

#endif
