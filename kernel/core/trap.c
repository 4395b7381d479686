/* What becomes of a capsule that traps: it is dead from then on, and nothing of it stays but its
 * bytes. Everybody else goes on. */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/hil/guard.h"

/* Its bit in kernel.dead_capsules. No struct capsule is shorter than four bytes, so that each has a
 * bit of its own. */
static uint32_t bit_of(const struct capsule *owner)
{
    return (uint32_t)((uintptr_t)owner - (uintptr_t)__start_capsules) / 4;
}

bool guard_is_dead(const struct capsule *owner)
{
    if (owner == NULL || arch_guard.any_dead == 0) {
        return false;
    }
    uint32_t bit = bit_of(owner);
    return (kernel.dead_capsules[bit / 32] >> bit % 32 & 1u) != 0;
}

/* Whose command the main loop is carrying out; NULL: nobody's. What interrupts and deferred calls
 * run is known by its landing. The process's r0 still says whom it called (allow_write keeps it),
 * so that no system call pays for it. While code of a command runs, `current` is its caller, or
 * the command itself has just taken the slice from it. */
static const struct capsule *command_owner(void)
{
    if (kernel.serving) {
        return NULL;
    }
    if (kernel.current == NULL) {
        return kernel.left_command.owner;
    }
    uint32_t number = arch_context_frame(&kernel.current->context)->r0;
    const struct driver *driver = syscall_driver_row(number);
    return driver != NULL ? driver->ops->owner : NULL;
}

void trap_note_command(void)
{
    struct process *caller = kernel.current;
    /* A process that lost its stack is in no command. */
    kernel.left_command = (struct left_command){
        .owner = process_frame_is_valid(caller) ? command_owner() : NULL,
        .caller = caller,
        .id = caller->id,
    };
}

struct process *trap_caller(void)
{
    return kernel.current != NULL ? kernel.current : kernel.left_command.caller;
}

static const struct capsule *called_by(const struct arch_landing *landing)
{
    return landing != NULL ? landing->owner : command_owner();
}

#define CFSR_UNDEFINSTR 0x00010000u
#define CFSR_PRECISERR  0x00000200u
#define CFSR_DACCVIOL   0x00000002u
#define CFSR_UNALIGNED  0x01000000u

/* One fault, at this very instruction, which had no effect. One that comes late (IMPRECISERR) may
 * be anybody's, and one on the way into or out of an exception is the kernel's. */
static bool is_precise(const struct arch_fault *fault)
{
    uint32_t status = fault->cfsr & ~(ARCH_CFSR_MMARVALID | ARCH_CFSR_BFARVALID);
    uint32_t others = status & (status - 1u);
    uint32_t precise = CFSR_UNDEFINSTR | CFSR_PRECISERR | CFSR_DACCVIOL | CFSR_UNALIGNED;
    return fault->hfsr == 0 && others == 0 && (status & precise) != 0;
}

bool kernel_take_trap(const struct arch_kernel_fault *fault)
{
    const struct kernel_bounds *bounds = &kernel.config->bounds;
    uint32_t pc = fault->frame->pc;
    const struct capsule *owner = called_by(arch_guard.innermost);
    /* While the board starts, an init of whoever died would go on. */
    if (owner == NULL || guard_is_dead(owner) || kernel.trap.owner != NULL || kernel.panicking ||
        !kernel.in_main_loop || pc < (uint32_t)(uintptr_t)bounds->capsules_start ||
        pc >= (uint32_t)(uintptr_t)bounds->capsules_end || !is_precise(&fault->fault)) {
        return false;
    }
    kernel.trap = (struct trap){.owner = owner, .pc = pc, .fault = fault->fault};
    return true;
}

/* A dead capsule may wait further up the stack for a call of its own to return: it does not get it.
 */
static void abandon_dead_callers(void)
{
    for (struct arch_landing *landing = arch_guard.innermost; landing != NULL;
         landing = landing->outer) {
        if (guard_is_dead(called_by(landing->outer))) {
            arch_landing_abandon(landing);
        }
    }
}

static void remove_drivers(const struct capsule *owner)
{
    const struct driver *driver = kernel.config->drivers;
    const struct driver *end = driver + kernel.config->driver_count;
    for (; driver < end; driver++) {
        if (driver->ops->owner != owner) {
            continue;
        }
        if (driver->ops->number < KERNEL_LOW_DRIVERS) {
            kernel.low_driver[driver->ops->number] = NULL;
        }
        if (driver->ops->grant != NULL) {
            grant_free(driver->ops->grant);
        }
    }
}

static void bury(const struct capsule *owner)
{
    uint32_t bit = bit_of(owner);
    kernel.dead_capsules[bit / 32] |= 1u << bit % 32;
    arch_guard.any_dead = 1;
    kernel.stop_dead = true;
    arch_signals.is.work = 1;
    abandon_dead_callers();
    remove_drivers(owner);
}

void kernel_trap_landed(void)
{
    grant_leave_scopes(arch_guard.innermost != NULL ? arch_guard.innermost->scopes_open : 0);
    if (kernel.trap.owner != NULL) {
        bury(kernel.trap.owner);
        report_trap(&kernel.trap);
        kernel.trap.owner = NULL;
    }
}
