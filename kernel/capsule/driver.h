/*
 * driver.h - what a capsule offers to apps: a number, a function that carries out commands, and the
 * grant whose upcalls and buffers the core manages. Subscribe and allow never reach a capsule.
 *
 * A capsule is one file with a struct for its instance, a `const struct driver_ops` and one CAPSULE
 * line. The board owns the instance and lists (ops, instance) in its driver table.
 */
#ifndef KERNEL_CAPSULE_DRIVER_H
#define KERNEL_CAPSULE_DRIVER_H

#include <stdint.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"
#include "kernel/capsule/manifest.h"
#include "kernel/capsule/process_id.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

struct grant;

/* What a command answers: r0..r3 of the process. Made by the functions below only. */
struct command_return {
    READ_ONLY uint32_t variant; /* enum abi_return */
    PRIVATE uint32_t value[3];
};

struct driver_ops {
    READ_ONLY uint32_t number; /* ABI_DRIVER_... */
    /* Carries out one command of process `id`. Command 0 asks whether the driver exists. Unknown
     * command: command_error(K_ENOSUPPORT). No upcall may be scheduled from inside a command: use a
     * deferred call. */
    PRIVATE struct command_return (*command)(void *self, struct process_id id, uint32_t command,
                                             uint32_t argument0, uint32_t argument1);
    PRIVATE const struct grant *grant;   /* NULL: no upcalls, no buffers, no state per process */
    PRIVATE const struct capsule *owner; /* &this_capsule */
};

/* A row of the board's table. */
struct driver {
    PRIVATE const struct driver_ops *ops;
    PRIVATE void *self; /* the instance, handed to ops->command */
};

/* The words that an answer does not have are not written, which would be a cycle each in every
 * command; nobody reads them. */
PRIVATE static inline struct command_return command_answer(uint32_t variant, uint32_t value0)
{
    struct command_return answer __attribute__((uninitialized));
    answer.variant = variant;
    answer.value[0] = value0;
    return answer;
}

static inline struct command_return command_success(void)
{
    return command_answer(ABI_SUCCESS, 0);
}

static inline struct command_return command_success_u32(uint32_t value)
{
    return command_answer(ABI_SUCCESS_U32, value);
}

static inline struct command_return command_success_u32_u32(uint32_t value0, uint32_t value1)
{
    return (struct command_return){ABI_SUCCESS_U32_U32, {value0, value1, 0}};
}

static inline struct command_return command_success_u64(uint64_t value)
{
    return (struct command_return){ABI_SUCCESS_U64,
                                   {(uint32_t)(value & 0xFFFFFFFFu), (uint32_t)(value >> 32), 0}};
}

/* `error` is one of enum k_error, below 0. */
static inline struct command_return command_error(int error)
{
    return command_answer(ABI_FAILURE, (uint32_t)-error);
}

/* Success for status >= 0, else the failure. */
static inline struct command_return command_status(int status)
{
    return status >= 0 ? command_success() : command_error(status);
}

#endif
