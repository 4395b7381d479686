/* System calls of every class but command: decode checks everything and changes nothing, perform
 * cannot fail. The order of the checks is part of the ABI. */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/ipc.h"
#include "kernel/core/kernel_internal.h"

command_return command_success_u32(uint32_t value)
{
    kernel.answer[0] = value;
    return ABI_SUCCESS_U32;
}

command_return command_success_u32_u32(uint32_t value0, uint32_t value1)
{
    kernel.answer[0] = value0;
    kernel.answer[1] = value1;
    return ABI_SUCCESS_U32_U32;
}

command_return command_success_u64(uint64_t value)
{
    kernel.answer[1] = (uint32_t)(value >> 32);
    kernel.answer[0] = (uint32_t)value;
    return ABI_SUCCESS_U64;
}

command_return command_status(int status)
{
    return status >= 0 ? command_success() : command_error(status);
}

uint32_t command_value(command_return result)
{
    return command_has_failed(result) ? result : kernel.answer[0];
}

const struct driver *syscall_driver_row(uint32_t number)
{
    const struct driver *driver = kernel.config->drivers;
    const struct driver *end = driver + kernel.config->driver_count;
    for (; driver < end; driver++) {
        if (driver->ops->number == number) {
            return driver;
        }
    }
    return NULL;
}

static bool function_is_valid(const struct process *process, uint32_t function)
{
    uint32_t address = function & ~1u;
    return function == 0 || process_owns_flash(process, address, sizeof(uint32_t)) ||
           process_owns_ram(process, address, sizeof(uint32_t));
}

static bool buffer_is_valid(const struct process *process, uint32_t class, uint32_t address,
                            uint32_t length)
{
    return length == 0 || process_owns_ram(process, address, length) ||
           (class == ABI_CLASS_ALLOW_READ_ONLY && process_owns_flash(process, address, length));
}

struct exchange {
    const struct grant *grant;
    struct grant_pair *pair;
};

/* 0: *found is what `frame` names; or why not. */
static uint32_t decode(struct process *process, const struct arch_frame *frame, uint32_t class,
                       struct exchange *found)
{
    bool subscribe = class == ABI_CLASS_SUBSCRIBE;
    if (syscall_has_permissions(process) &&
        !tbf_permits_driver(process_memory(process->layout.flash_start), &process->app,
                            frame->r0)) {
        return ABI_NODEVICE;
    }
    if (subscribe && !function_is_valid(process, frame->r2)) {
        return ABI_INVAL;
    }
    const struct driver *driver = syscall_find_driver(frame->r0);
    if (driver == NULL) {
        return ABI_NODEVICE;
    }
    if (!subscribe && !buffer_is_valid(process, class, frame->r2, frame->r3)) {
        return ABI_INVAL;
    }
    const struct grant *grant = driver->ops->grant;
    if (grant == NULL ||
        (class == ABI_CLASS_ALLOW_USER_READABLE && grant->user_readable_buffers == 0)) {
        return ABI_NOSUPPORT;
    }
    uint32_t block = grant_block_get(process, grant, true);
    if (block == 0) {
        return ABI_NOMEM;
    }
    found->grant = grant;
    found->pair = grant_pair_get(grant, block, class, frame->r1);
    return found->pair != NULL ? 0 : ABI_NOSUPPORT;
}

/* Whose regions or whose next entry the new buffer changes. */
static void tell_of_buffer(struct process *process, const struct arch_frame *frame, uint32_t class)
{
    uint32_t end = frame->r2 + frame->r3;
    if (end > process->allow_end && process_owns_ram(process, frame->r2, frame->r3)) {
        process->allow_end = end;
    }
    if (class == ABI_CLASS_ALLOW_USER_READABLE) {
        process_reload_regions(process);
    } else if (class == ABI_CLASS_ALLOW_READ_WRITE && frame->r0 == ABI_DRIVER_IPC) {
        ipc_buffer_changed(process, frame->r1, frame->r2, frame->r3);
    }
}

/* Subscribe and the allows: the new pair goes in, the old one comes out. */
static void exchange(struct process *process, struct arch_frame *frame, uint32_t class)
{
    struct exchange found;
    uint32_t error = decode(process, frame, class, &found);
    if (error != 0) {
        frame->r0 = ABI_FAILURE_U32_U32; /* r2 and r3 are given back as they are */
        frame->r1 = error;
        return;
    }
    if (class != ABI_CLASS_SUBSCRIBE) {
        tell_of_buffer(process, frame, class);
    } else if (frame->r0 == ABI_DRIVER_IPC) {
        ipc_subscribed(process, frame->r1, frame->r2);
    } else {
        /* What was queued for the old subscription's function is void. */
        upcall_forget(process, upcall_kind(grant_index(found.grant), frame->r1, true), UINT32_MAX);
    }
    struct grant_pair old = *found.pair;
    *found.pair = (struct grant_pair){frame->r2, frame->r3};
    frame->r0 = ABI_SUCCESS_U32_U32;
    frame->r1 = old.first;
    frame->r2 = old.second;
}

static void yield_no_wait(struct process *process, struct arch_frame *frame)
{
    uint32_t flag = frame->r1;
    bool ran = upcall_run_next(process, false);
    if (flag != 0 && process_owns_ram(process, flag, 1)) {
        *(uint8_t *)process_memory(flag) = ran ? 1 : 0;
    }
}

static void yield_wait_for(struct process *process, struct arch_frame *frame)
{
    const struct driver *driver = syscall_find_driver(frame->r1);
    const struct grant *grant = driver != NULL ? driver->ops->grant : NULL;
    /* A driver that does not exist never calls: the process waits for ever, as it asked. */
    upcall_wait_for(process, grant != NULL ? grant_index(grant) : UINT8_MAX,
                    frame->r2 < UINT16_MAX ? frame->r2 : UINT16_MAX);
}

static void yield(struct process *process, struct arch_frame *frame)
{
    switch (frame->r0) {
    case ABI_YIELD_NO_WAIT:
        yield_no_wait(process, frame);
        break;
    case ABI_YIELD_WAIT:
        if (!upcall_run_next(process, true)) {
            process->state = ABI_PROCESS_YIELDED;
        }
        break;
    case ABI_YIELD_WAIT_FOR:
        yield_wait_for(process, frame);
        break;
    default:
        process_fault(process, NULL, TEXT_FAULT_YIELD);
        break;
    }
}

static void exit_process(struct process *process, struct arch_frame *frame)
{
    uint32_t variant = frame->r0;
    if (variant != ABI_EXIT_TERMINATE && variant != ABI_EXIT_RESTART) {
        syscall_answer(frame, command_error(K_ENOSUPPORT));
        return;
    }
    process->completion_code = frame->r1;
    if (variant == ABI_EXIT_RESTART) {
        process_restart(process);
    } else {
        process_end(process, ABI_PROCESS_TERMINATED);
    }
}

void syscall_handle_other(struct process *process, struct arch_frame *frame, uint32_t class)
{
    switch (class) {
    case ABI_CLASS_YIELD:
        yield(process, frame);
        break;
    case ABI_CLASS_SUBSCRIBE:
    case ABI_CLASS_ALLOW_READ_WRITE:
    case ABI_CLASS_ALLOW_READ_ONLY:
    case ABI_CLASS_ALLOW_USER_READABLE:
        exchange(process, frame, class);
        break;
    case ABI_CLASS_MEMOP:
        syscall_answer(frame, syscall_memop(process, frame->r0, frame->r1));
        break;
    case ABI_CLASS_EXIT:
        exit_process(process, frame);
        break;
    default:
        process_fault(process, NULL, TEXT_FAULT_CLASS);
        break;
    }
}
