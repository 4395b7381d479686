/* System calls: the way to a command, which is built for speed. All other classes are in
 * syscall_other.c. */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/hil/guard.h"

static ARCH_OUT_OF_LINE const struct driver *search_driver(uint32_t number)
{
    const struct driver *driver = syscall_driver_row(number);
    return driver != NULL && !guard_is_dead(driver->ops->owner) ? driver : NULL;
}

static inline const struct driver *find_driver(uint32_t number)
{
    return ARCH_LIKELY(number < KERNEL_LOW_DRIVERS) ? kernel.low_driver[number]
                                                    : search_driver(number);
}

const struct driver *syscall_find_driver(uint32_t number)
{
    return find_driver(number);
}

static void command(struct process *process, struct arch_frame *frame)
{
    const struct driver *driver = find_driver(frame->r0);
    if (driver == NULL || (syscall_has_permissions(process) &&
                           !tbf_permits_command(process_memory(process->layout.flash_start),
                                                &process->app, frame->r0, frame->r1))) {
        syscall_answer(frame, command_error(K_ENODEVICE));
        return;
    }
    struct process_id id = process->id;
    command_return result = driver->ops->command(driver->self, id, frame->r1, frame->r2, frame->r3);
    /* A command may have begun a new life of its own caller: nobody to answer then. */
    if (ARCH_LIKELY(process_id_is_equal(process->id, id))) {
        syscall_answer(frame, result);
    }
}

/* Nobody is left to answer when the command began a new life of its caller first. */
void syscall_answer_trapped(void)
{
    struct process *caller = trap_caller();
    if (kernel.current != NULL || process_id_is_equal(caller->id, kernel.left_command.id)) {
        syscall_answer(arch_context_frame(&caller->context), command_error(K_ENODEVICE));
    }
}

void syscall_handle(struct process *process)
{
    struct arch_frame *frame = arch_context_frame(&process->context);
    /* The process just executed that instruction, unprivileged: it lies in its own flash. */
    const uint8_t *instruction = process_memory(frame->pc - (uint32_t)sizeof(uint16_t));
    uint32_t class = *instruction;
    process->system_calls++;
    if (ARCH_LIKELY(class == ABI_CLASS_COMMAND)) {
        command(process, frame);
    } else {
        syscall_handle_other(process, frame, class);
    }
}
