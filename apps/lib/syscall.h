/*
 * System calls as C functions. Every driver's wrapper (alarm.h, console.h, ...) is made of these;
 * apps may use them directly for drivers that have no wrapper.
 *
 * Functions that return int: >= 0 success or a value, < 0 one of enum k_error.
 */
#ifndef APPS_LIB_SYSCALL_H
#define APPS_LIB_SYSCALL_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/syscall.h"

/* The registers after a system call: the variant (enum abi_return) and up to three values. Values
 * that the variant does not name are meaningless. */
struct syscall_return {
    uint32_t variant;
    uint32_t values[3];
};

/* A function that the kernel calls during a yield. Three arguments of the driver's, and the
 * userdata of the subscription. */
typedef void (*syscall_upcall)(uint32_t argument0, uint32_t argument1, uint32_t argument2,
                               void *userdata);

struct syscall_return syscall_command_raw(uint32_t driver, uint32_t number, uint32_t argument0,
                                          uint32_t argument1);

/* A command that answers with success or failure only. */
int syscall_command(uint32_t driver, uint32_t number, uint32_t argument0, uint32_t argument1);

/* A command that answers with one value, which goes into *value; unchanged on failure. */
int syscall_command_u32(uint32_t driver, uint32_t number, uint32_t argument0, uint32_t argument1,
                        uint32_t *value);
/* The same with one of 64 bits. */
int syscall_command_u64(uint32_t driver, uint32_t number, uint32_t argument0, uint32_t argument1,
                        uint64_t *value);

/* Makes `upcall` the function for the driver's subscription `number`; NULL takes it back. Upcalls
 * run only inside syscall_yield() and syscall_yield_no_wait(). */
int syscall_subscribe(uint32_t driver, uint32_t number, syscall_upcall upcall, void *userdata);

/* Lends a buffer to a driver until the same number is allowed again; length 0 takes it back. The
 * buffer must stay where it is meanwhile: static, or a local of a function that takes it back. */
int syscall_allow_read_write(uint32_t driver, uint32_t number, void *buffer, size_t bytes);
int syscall_allow_read_only(uint32_t driver, uint32_t number, const void *buffer, size_t bytes);

/* The same for a buffer that the driver writes and the app may read meanwhile. */
int syscall_allow_user_readable(uint32_t driver, uint32_t number, void *buffer, size_t bytes);

/* The three above with the kernel's whole answer: what was there before, or why not. */
struct syscall_return syscall_subscribe_raw(uint32_t driver, uint32_t number, syscall_upcall upcall,
                                            void *userdata);
struct syscall_return syscall_allow_read_write_raw(uint32_t driver, uint32_t number, void *buffer,
                                                   size_t bytes);
struct syscall_return syscall_allow_read_only_raw(uint32_t driver, uint32_t number,
                                                  const void *buffer, size_t bytes);

/* Waits until one upcall has run. */
void syscall_yield(void);

/* Runs one upcall if one is waiting; returns 1 if so, else 0. */
int syscall_yield_no_wait(void);

/* Waits for one particular upcall and returns its arguments in values[0..2] instead of running it
 * (no subscription is needed); other upcalls stay queued. `variant` is meaningless. */
struct syscall_return syscall_yield_wait_for(uint32_t driver, uint32_t number);

struct syscall_return syscall_memop_raw(uint32_t operation, uint32_t operand);

/* A memop that answers with an address or a count; 0 on failure. */
uint32_t syscall_memop(enum abi_memop operation);

/* Ends the process; the code tells the kernel's operator why (0 = success). */
_Noreturn void syscall_exit_terminate(uint32_t code);
/* Ends the process and starts it anew, with fresh memory. */
_Noreturn void syscall_exit_restart(uint32_t code);

#endif
