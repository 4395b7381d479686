/* System calls: decode checks everything and changes nothing, perform cannot fail. The order of the
 * checks is part of the ABI. */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/ipc.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/hil/guard.h"

command_return command_success_u32_u32(uint32_t value0, uint32_t value1)
{
    kernel.second_value = value1;
    return command_answer(ABI_SUCCESS_U32_U32, value0);
}

command_return command_success_u64(uint64_t value)
{
    kernel.second_value = (uint32_t)(value >> 32);
    return command_answer(ABI_SUCCESS_U64, (uint32_t)value);
}

command_return command_status(int status)
{
    return status >= 0 ? command_success() : command_error(status);
}

/* Writes only the registers that the variant names. */
static inline void answer(struct arch_frame *frame, command_return result)
{
    uint32_t variant = command_variant(result);
    frame->r0 = variant;
    if (variant == ABI_SUCCESS) {
        return;
    }
    frame->r1 = command_value(result);
    if (variant != ABI_SUCCESS_U32 && variant != ABI_FAILURE) {
        frame->r2 = kernel.second_value;
    }
}

static ARCH_OUT_OF_LINE const struct driver *search_driver(uint32_t number)
{
    const struct driver *driver = kernel.config->drivers;
    const struct driver *end = driver + kernel.config->driver_count;
    for (; driver < end; driver++) {
        if (driver->ops->number == number) {
            return guard_is_dead(driver->ops->owner) ? NULL : driver;
        }
    }
    return NULL;
}

static inline const struct driver *find_driver(uint32_t number)
{
    return ARCH_LIKELY(number < KERNEL_LOW_DRIVERS) ? kernel.low_driver[number]
                                                    : search_driver(number);
}

/* Most apps have no list of permissions: they may use everything. */
static bool has_permissions(const struct process *process)
{
    return process->app.has_permissions && kernel.config->enforce_permissions;
}

static bool is_permitted(const struct process *process, uint32_t driver)
{
    return !has_permissions(process) ||
           tbf_permits_driver(process_memory(process->layout.flash_start), &process->app, driver);
}

static void command(struct process *process, struct arch_frame *frame)
{
    const struct driver *driver = find_driver(frame->r0);
    if (driver == NULL || (has_permissions(process) &&
                           !tbf_permits_command(process_memory(process->layout.flash_start),
                                                &process->app, frame->r0, frame->r1))) {
        answer(frame, command_error(K_ENODEVICE));
        return;
    }
    struct process_id id = process->id;
    command_return result = driver->ops->command(driver->self, id, frame->r1, frame->r2, frame->r3);
    /* A command may have begun a new life of its own caller: nobody to answer then. */
    if (ARCH_LIKELY(process_id_is_equal(process->id, id))) {
        answer(frame, result);
    }
}

/* Nobody is left to answer when the command began a new life of its caller first. */
void syscall_answer_trapped(void)
{
    struct process *caller = trap_caller();
    if (kernel.current != NULL || process_id_is_equal(caller->id, kernel.left_command.id)) {
        answer(arch_context_frame(&caller->context), command_error(K_ENODEVICE));
    }
}

/* What subscribe and allow share: the pair they exchange, or why not. */
struct exchange {
    int error;
    const struct grant *grant;
    struct grant_pair *pair;
};

static struct grant_pair *find_pair(const struct grant *grant, uint32_t block, uint32_t class,
                                    uint32_t number)
{
    if (class == ABI_CLASS_SUBSCRIBE) {
        return number < grant->upcalls ? grant_upcall_pair(block, number) : NULL;
    }
    enum allow_kind kind = class == ABI_CLASS_ALLOW_READ_ONLY    ? ALLOW_READ_ONLY
                           : class == ABI_CLASS_ALLOW_READ_WRITE ? ALLOW_READ_WRITE
                                                                 : ALLOW_USER_READABLE;
    return number < grant_buffer_count(grant, kind) ? grant_buffer_pair(grant, block, kind, number)
                                                    : NULL;
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

static struct exchange decode(struct process *process, const struct arch_frame *frame,
                              uint32_t class)
{
    if (!is_permitted(process, frame->r0)) {
        return (struct exchange){K_ENODEVICE, NULL, NULL};
    }
    if (class == ABI_CLASS_SUBSCRIBE && !function_is_valid(process, frame->r2)) {
        return (struct exchange){K_EINVAL, NULL, NULL};
    }
    const struct driver *driver = find_driver(frame->r0);
    if (driver == NULL) {
        return (struct exchange){K_ENODEVICE, NULL, NULL};
    }
    if (class != ABI_CLASS_SUBSCRIBE && !buffer_is_valid(process, class, frame->r2, frame->r3)) {
        return (struct exchange){K_EINVAL, NULL, NULL};
    }
    const struct grant *grant = driver->ops->grant;
    if (grant == NULL ||
        (class == ABI_CLASS_ALLOW_USER_READABLE && grant->user_readable_buffers == 0)) {
        return (struct exchange){K_ENOSUPPORT, NULL, NULL};
    }
    uint32_t block = grant_block_get(process, grant, true);
    if (block == 0) {
        return (struct exchange){K_ENOMEM, NULL, NULL};
    }
    struct grant_pair *pair = find_pair(grant, block, class, frame->r1);
    return (struct exchange){pair != NULL ? K_OK : K_ENOSUPPORT, grant, pair};
}

/* Whose regions or whose next entry the new buffer changes. */
static void tell_of_buffer(struct process *process, const struct arch_frame *frame, uint32_t class)
{
    if (class == ABI_CLASS_ALLOW_USER_READABLE) {
        process_reload_regions(process);
    } else if (class == ABI_CLASS_ALLOW_READ_WRITE && frame->r0 == ABI_DRIVER_IPC) {
        ipc_buffer_changed(process, frame->r1, frame->r2, frame->r3);
    }
}

/* Subscribe and the allows: the new pair goes in, the old one comes out. */
static void exchange(struct process *process, struct arch_frame *frame, uint32_t class)
{
    struct exchange found = decode(process, frame, class);
    if (found.error != K_OK) {
        frame->r0 = ABI_FAILURE_U32_U32; /* r2 and r3 are given back as they are */
        frame->r1 = (uint32_t)-found.error;
        return;
    }

    if (class == ABI_CLASS_SUBSCRIBE && frame->r0 == ABI_DRIVER_IPC) {
        ipc_subscribed(process, frame->r1, frame->r2);
    } else if (class == ABI_CLASS_SUBSCRIBE) {
        /* What was queued for the old subscription's function is void. */
        upcall_forget(process, upcall_kind(grant_index(found.grant), frame->r1, true), UINT32_MAX);
    } else {
        if (frame->r3 != 0 && process_owns_ram(process, frame->r2, frame->r3)) {
            uint32_t end = frame->r2 + frame->r3;
            process->allow_end = end > process->allow_end ? end : process->allow_end;
        }
        tell_of_buffer(process, frame, class);
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
    const struct driver *driver = find_driver(frame->r1);
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
        process_fault(process, NULL, "unknown kind of yield");
        break;
    }
}

static void exit_process(struct process *process, struct arch_frame *frame)
{
    uint32_t variant = frame->r0;
    if (variant != ABI_EXIT_TERMINATE && variant != ABI_EXIT_RESTART) {
        answer(frame, command_error(K_ENOSUPPORT));
        return;
    }
    process->completion_code = frame->r1;
    if (variant == ABI_EXIT_RESTART) {
        process_restart(process);
    } else {
        process_end(process, ABI_PROCESS_TERMINATED);
    }
}

/* Every class but command. */
static ARCH_OUT_OF_LINE void handle_other(struct process *process, struct arch_frame *frame,
                                          uint32_t class)
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
        answer(frame, syscall_memop(process, frame->r0, frame->r1));
        break;
    case ABI_CLASS_EXIT:
        exit_process(process, frame);
        break;
    default:
        process_fault(process, NULL, "unknown class of system call");
        break;
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
        handle_other(process, frame, class);
    }
}
