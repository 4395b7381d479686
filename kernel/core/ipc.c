#include "kernel/core/ipc.h"

#include <stddef.h>

#include "kernel/capsule/grant.h"
#include "kernel/core/kernel_internal.h"

/* So long a name is looked for at most, which bounds how long the kernel compares. */
#define NAME_BYTES_MAX 255u

/* Of the receiver's queue, so much may be notifications, and notifications of one sender: its own
 * drivers and other senders find room whatever one sender does. */
#define QUEUED_MAX        (PROCESS_UPCALLS - 2u)
#define QUEUED_MAX_SENDER 4u

struct ipc_process {
    uint16_t stale; /* bit: index by which this process knew one that is gone */
};
_Static_assert(KERNEL_PROCESS_SLOTS <= 16, "a bit for each");
GRANT(ipc_grant, struct ipc_process, KERNEL_PROCESS_SLOTS, ABI_IPC_ROS, KERNEL_PROCESS_SLOTS);

static bool is_notification(const struct process_upcall *upcall)
{
    return upcall->grant == grant_index(&ipc_grant);
}

static void reload_regions(const struct process *process)
{
    if (kernel.mpu_owner == process) {
        kernel.mpu_owner = NULL;
    }
}

/* The buffer that owner shares with that process; {0, 0}: none. */
static struct grant_pair shared_buffer(struct process *owner, uint32_t with)
{
    uint32_t block = grant_block_get(owner, &ipc_grant, false);
    if (block == 0) {
        return (struct grant_pair){0, 0};
    }
    struct grant_pair buffer = *grant_buffer_pair(&ipc_grant, block, ALLOW_READ_WRITE, with);
    return buffer.second != 0 ? buffer : (struct grant_pair){0, 0};
}

/* Finds the receiver's mapping of owner's memory: its handle, 0 when there is none. */
static uint8_t find_mapping(const struct process *receiver, const struct process *owner,
                            uint32_t *start, uint32_t *end)
{
    for (uint8_t handle = 1; handle <= MPU_LAYOUT_REGIONS; handle++) {
        if (mpu_layout_find_extra(&receiver->layout, handle, start, end) &&
            *start >= owner->layout.ram_start && *start < owner->layout.ram_end) {
            return handle;
        }
    }
    return 0;
}

static void unmap(struct process *receiver, const struct process *owner)
{
    uint32_t start;
    uint32_t end;
    if (!mpu_layout_remove_extra(&receiver->layout, find_mapping(receiver, owner, &start, &end))) {
        return;
    }
    reload_regions(receiver);
    bool first = receiver->lost_end == 0;
    receiver->lost_start = first || start < receiver->lost_start ? start : receiver->lost_start;
    receiver->lost_end = end > receiver->lost_end ? end : receiver->lost_end;
}

bool ipc_lost_what_it_touched(const struct process *process, const struct arch_fault *fault)
{
    return (fault->cfsr & ARCH_CFSR_MMARVALID) != 0 && fault->mmfar >= process->lost_start &&
           fault->mmfar < process->lost_end;
}

/* K_OK, also when it is mapped already. K_ESIZE: no MPU could map just that. K_EBUSY: the
 * receiver's regions are in use. */
static int map(struct process *receiver, const struct process *owner, struct grant_pair buffer)
{
    uint32_t start;
    uint32_t end;
    if (find_mapping(receiver, owner, &start, &end) != 0) {
        return K_OK; /* of this buffer: any other was unmapped when it was exchanged */
    }
    uint8_t handle;
    start = buffer.first;
    end = buffer.first + buffer.second;
    if (mpu_layout_add_extra(&receiver->layout, start, end, MPU_LAYOUT_READ_WRITE, &handle)) {
        reload_regions(receiver);
        return K_OK;
    }
    return mpu_layout_could_add_extra(&receiver->layout, start, end) ? K_EBUSY : K_ESIZE;
}

/* Is there room in the receiver's queue for one more of this sender, if it should have to wait? */
static bool may_queue(struct process *receiver, const struct process *sender)
{
    uint32_t all = 0;
    uint32_t of_sender = 0;
    for (uint32_t i = 0; i < receiver->queue_count; i++) {
        const struct process_upcall *upcall = upcall_queued(receiver, i);
        if (is_notification(upcall)) {
            all++;
            of_sender += upcall->argument[0] == sender->slot;
        }
    }
    return all < QUEUED_MAX && of_sender < QUEUED_MAX_SENDER;
}

static bool is_subscribed(struct process *process, uint32_t number)
{
    uint32_t block = grant_block_get(process, &ipc_grant, false);
    return block != 0 && grant_upcall_pair(block, number)->first != 0;
}

static int send(struct process *sender, struct process *receiver, uint32_t number)
{
    if (!may_queue(receiver, sender)) {
        return K_ENOMEM;
    }
    struct grant_pair buffer = shared_buffer(sender, receiver->slot);
    uint32_t start;
    uint32_t end;
    bool was_mapped = find_mapping(receiver, sender, &start, &end) != 0;
    int status = buffer.second != 0 ? map(receiver, sender, buffer) : K_OK;
    if (status != K_OK) {
        return status;
    }
    /* No memory of the receiver's is taken for this: without a grant it is just not subscribed. */
    const struct process_upcall upcall = {
        .to_function = is_subscribed(receiver, number),
        .grant = (uint8_t)grant_index(&ipc_grant),
        .number = (uint16_t)number,
        .argument = {sender->slot, buffer.second, buffer.first},
    };
    status = upcall_deliver(receiver, &upcall);
    if (status != K_OK && !was_mapped) {
        unmap(receiver, sender);
    }
    return status;
}

static bool has_grant(struct process *process)
{
    return grant_block_get(process, &ipc_grant, false) != 0;
}

static bool is_stale(struct process *process, uint32_t index)
{
    bool stale = false;
    if (has_grant(process)) {
        grant_enter (ipc_grant, process->id, p) {
            stale = ((uint32_t)p->stale >> index & 1u) != 0;
        }
    }
    return stale;
}

static void set_known(struct process *process, uint32_t index)
{
    if (has_grant(process)) {
        grant_enter (ipc_grant, process->id, p) {
            p->stale &= (uint16_t) ~(1u << index);
        }
    }
}

static command_return notify(struct process *sender, uint32_t index, bool service)
{
    struct process *receiver = index < KERNEL_PROCESS_SLOTS ? kernel.process[index] : NULL;
    if (receiver == NULL || is_stale(sender, index)) {
        return command_error(K_EINVAL);
    }
    if (!process_is_alive(receiver)) {
        return command_error(K_ENODEVICE);
    }
    if (receiver == sender) {
        return command_success(); /* as in Tock, where nobody hears himself */
    }
    int status = send(sender, receiver, service ? index : sender->slot);
    if (status == K_OK && service) {
        set_known(receiver, sender->slot); /* it is told who the sender is */
    }
    return command_status(status);
}

/* The first of that name that lives, or else the first; KERNEL_PROCESS_SLOTS: none. */
static uint32_t find_by_name(struct const_slice name)
{
    uint32_t found = KERNEL_PROCESS_SLOTS;
    for (uint32_t slot = KERNEL_PROCESS_SLOTS; slot > 0; slot--) {
        const struct process *process = kernel.process[slot - 1];
        if (process == NULL || !slice_is_equal(process_name(process), name)) {
            continue;
        }
        if (process_is_alive(process) || found == KERNEL_PROCESS_SLOTS ||
            !process_is_alive(kernel.process[found])) {
            found = slot - 1;
        }
    }
    return found;
}

static command_return discover(struct process *process)
{
    uint32_t block = grant_block_get(process, &ipc_grant, true);
    if (block == 0) {
        return command_error(K_ENOMEM);
    }
    struct grant_pair buffer =
        *grant_buffer_pair(&ipc_grant, block, ALLOW_READ_ONLY, ABI_IPC_RO_NAME);
    if (buffer.second == 0) {
        return command_error(K_EINVAL);
    }
    struct const_slice name = {process_memory(buffer.first), buffer.second};
    uint32_t slot = name.length <= NAME_BYTES_MAX ? find_by_name(name) : KERNEL_PROCESS_SLOTS;
    if (slot == KERNEL_PROCESS_SLOTS) {
        return command_error(K_ENODEVICE);
    }
    set_known(process, slot);
    return command_success_u32(slot);
}

static command_return ipc_command(void *self, struct process_id id, uint32_t command,
                                  uint32_t argument0, uint32_t argument1)
{
    (void)self;
    (void)argument1;
    struct process *process = process_find(id);
    if (process == NULL) {
        return command_error(K_ENODEVICE);
    }
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_IPC_DISCOVER:
        return discover(process);
    case ABI_IPC_NOTIFY_SERVICE:
        return notify(process, argument0, true);
    case ABI_IPC_NOTIFY_CLIENT:
        return notify(process, argument0, false);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops ipc_driver_ops = {
    .number = ABI_DRIVER_IPC,
    .command = ipc_command,
    .grant = &ipc_grant,
};

void ipc_withdraw(const struct process *owner)
{
    for (uint32_t slot = 0; slot < KERNEL_PROCESS_SLOTS; slot++) {
        struct process *receiver = kernel.process[slot];
        if (receiver != NULL && receiver != owner) {
            unmap(receiver, owner);
        }
    }
}

void ipc_end(const struct process *process)
{
    ipc_withdraw(process);
    for (uint32_t slot = 0; slot < KERNEL_PROCESS_SLOTS; slot++) {
        struct process *receiver = kernel.process[slot];
        uint32_t i = 0;
        while (receiver != NULL && i < receiver->queue_count) {
            const struct process_upcall *upcall = upcall_queued(receiver, i);
            if (is_notification(upcall) && upcall->argument[0] == process->slot) {
                upcall_remove_queued(receiver, i);
            } else {
                i++;
            }
        }
    }
}

void ipc_slot_taken(uint32_t slot)
{
    grant_each (ipc_grant, id, p) {
        p->stale |= (uint16_t)(1u << slot);
        struct process *process = process_find(id);
        uint32_t block = grant_block_get(process, &ipc_grant, false);
        *grant_buffer_pair(&ipc_grant, block, ALLOW_READ_WRITE, slot) = (struct grant_pair){0, 0};
        *grant_upcall_pair(block, slot) = (struct grant_pair){0, 0};
        ipc_subscribed(process, slot, 0);
    }
}

void ipc_subscribed(struct process *process, uint32_t number, uint32_t function)
{
    for (uint32_t i = 0; i < process->queue_count; i++) {
        struct process_upcall *upcall = upcall_queued(process, i);
        if (is_notification(upcall) && upcall->number == number) {
            upcall->to_function = function != 0;
        }
    }
}

void ipc_buffer_changed(const struct process *owner, uint32_t number, uint32_t address,
                        uint32_t length)
{
    struct process *receiver = kernel.process[number];
    uint32_t start;
    uint32_t end;
    if (receiver != NULL && receiver != owner && find_mapping(receiver, owner, &start, &end) != 0 &&
        (start != address || end - start != length)) {
        unmap(receiver, owner);
    }
}

void ipc_refresh(struct process *receiver, struct process_upcall *upcall)
{
    if (!is_notification(upcall)) {
        return;
    }
    struct process *sender = kernel.process[upcall->argument[0]];
    struct grant_pair buffer = {0, 0};
    if (sender != NULL && sender->state != ABI_PROCESS_STOPPED) {
        buffer = shared_buffer(sender, receiver->slot);
    }
    if (buffer.second != 0 && map(receiver, sender, buffer) != K_OK) {
        buffer = (struct grant_pair){0, 0};
    }
    upcall->argument[1] = buffer.second;
    upcall->argument[2] = buffer.first;
}
