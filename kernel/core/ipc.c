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

/* The grant's block, as grant.c lays it out. */
struct ipc_block {
    struct grant_pair subscription[KERNEL_PROCESS_SLOTS];
    struct grant_pair name[ABI_IPC_ROS];
    struct grant_pair shared[KERNEL_PROCESS_SLOTS]; /* by the index of the process that gets it */
    struct ipc_process own;
};

/* NULL when the process has none. Allocates it first if `allocate` and there is room. */
static struct ipc_block *block_of(struct process *process, bool allocate)
{
    return process_memory(grant_block_get(process, &ipc_grant, allocate));
}

/* Of a notification that is not to a function. */
static uint32_t notification(uint32_t number)
{
    return upcall_kind(grant_index(&ipc_grant), number, false);
}

/* The oldest notification in the queue from `from` on; NULL: none. */
static struct process_upcall *find_notification(struct process *process,
                                                struct process_upcall *from)
{
    return upcall_find(process, from, notification(0), UPCALL_GRANT);
}

/* The buffer that owner shares with that process; {0, 0}: none. */
static const struct grant_pair *shared_buffer(struct process *owner, uint32_t with)
{
    const struct ipc_block *block = block_of(owner, false);
    return block != NULL && block->shared[with].second != 0 ? &block->shared[with] : &grant_no_pair;
}

struct range {
    uint32_t start, end;
};

/* Finds the receiver's mapping of owner's memory (of its own it has none): its handle, 0 when there
 * is none. */
static uint32_t find_mapping(const struct process *receiver, const struct process *owner,
                             struct range *range)
{
    for (uint32_t handle = MPU_LAYOUT_REGIONS; handle > 0; handle--) {
        if (mpu_layout_find_extra(&receiver->layout, handle, &range->start, &range->end) &&
            range->start >= owner->layout.ram_start && range->start < owner->layout.ram_end) {
            return handle;
        }
    }
    return 0;
}

static void unmap(struct process *receiver, const struct process *owner)
{
    struct range range;
    if (!mpu_layout_remove_extra(&receiver->layout, find_mapping(receiver, owner, &range))) {
        return;
    }
    process_reload_regions(receiver);
    if (receiver->lost_end == 0 || range.start < receiver->lost_start) {
        receiver->lost_start = range.start;
    }
    if (range.end > receiver->lost_end) {
        receiver->lost_end = range.end;
    }
}

bool ipc_lost_what_it_touched(const struct process *process, const struct arch_fault *fault)
{
    return (fault->cfsr & ARCH_CFSR_MMARVALID) != 0 && fault->mmfar >= process->lost_start &&
           fault->mmfar < process->lost_end;
}

enum {
    MAPPED_NOTHING, /* there is no buffer, or it is mapped already */
    MAPPED_NOW,
};

/* One of the two, or K_ESIZE: no MPU could map just that; K_EBUSY: the receiver's regions are in
 * use. */
static int map(struct process *receiver, const struct process *owner,
               const struct grant_pair *buffer)
{
    struct range range;
    if (buffer->second == 0 || find_mapping(receiver, owner, &range) != 0) {
        return MAPPED_NOTHING; /* any other buffer was unmapped when it was exchanged for this */
    }
    uint8_t handle;
    uint32_t end = buffer->first + buffer->second;
    if (mpu_layout_add_extra(&receiver->layout, buffer->first, end, MPU_LAYOUT_READ_WRITE,
                             &handle)) {
        process_reload_regions(receiver);
        return MAPPED_NOW;
    }
    return mpu_layout_could_add_extra(&receiver->layout, buffer->first, end) ? K_EBUSY : K_ESIZE;
}

/* Is there room in the receiver's queue for one more of this sender, if it should have to wait? */
static bool may_queue(struct process *receiver, const struct process *sender)
{
    uint32_t all = 0;
    uint32_t of_sender = 0;
    struct process_upcall *upcall = receiver->queue;
    for (; (upcall = find_notification(receiver, upcall)) != NULL; upcall++) {
        all++;
        of_sender += upcall->argument[0] == sender->slot;
    }
    return all < QUEUED_MAX && of_sender < QUEUED_MAX_SENDER;
}

static int send(struct process *sender, struct process *receiver, uint32_t number)
{
    if (!may_queue(receiver, sender)) {
        return K_ENOMEM;
    }
    const struct grant_pair *buffer = shared_buffer(sender, receiver->slot);
    int mapped = map(receiver, sender, buffer);
    if (mapped < 0) {
        return mapped;
    }
    struct process_upcall upcall = {{.word = notification(number)},
                                    {sender->slot, buffer->second, buffer->first}};
    /* No memory of the receiver's is taken for this: without a grant it is just not subscribed. */
    const struct ipc_block *block = block_of(receiver, false);
    upcall.kind.is.to_function = block != NULL && block->subscription[number].first != 0;
    int status = upcall_deliver(receiver, &upcall);
    if (status != K_OK && mapped == MAPPED_NOW) {
        unmap(receiver, sender);
    }
    return status;
}

static bool is_stale(struct process *process, uint32_t index)
{
    const struct ipc_block *block = block_of(process, false);
    return block != NULL && ((uint32_t)block->own.stale >> index & 1u) != 0;
}

static void set_known(struct process *process, uint32_t index)
{
    struct ipc_block *block = block_of(process, false);
    if (block != NULL) {
        block->own.stale &= (uint16_t) ~(1u << index);
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

/* The first of that name that lives, or else the first; NULL: none. */
static const struct process *find_by_name(struct const_slice name)
{
    const struct process *found = NULL;
    const struct process *process = NULL;
    while ((process = process_after(process)) != NULL) {
        if ((found == NULL || (!process_is_alive(found) && process_is_alive(process))) &&
            process_has_name(process, name)) {
            found = process;
        }
    }
    return found;
}

static command_return discover(struct process *process)
{
    const struct ipc_block *block = block_of(process, true);
    if (block == NULL) {
        return command_error(K_ENOMEM);
    }
    const struct grant_pair *buffer = &block->name[ABI_IPC_RO_NAME];
    if (buffer->second == 0) {
        return command_error(K_EINVAL);
    }
    struct const_slice name = {process_memory(buffer->first), buffer->second};
    const struct process *found = name.length <= NAME_BYTES_MAX ? find_by_name(name) : NULL;
    if (found == NULL) {
        return command_error(K_ENODEVICE);
    }
    set_known(process, found->slot);
    return command_success_u32(found->slot);
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
    struct process *receiver = NULL;
    while ((receiver = process_after(receiver)) != NULL) {
        unmap(receiver, owner);
    }
}

void ipc_end(const struct process *process)
{
    ipc_withdraw(process);
    struct process *receiver = NULL;
    while ((receiver = process_after(receiver)) != NULL) {
        struct process_upcall *upcall = receiver->queue;
        while ((upcall = find_notification(receiver, upcall)) != NULL) {
            if (upcall->argument[0] == process->slot) {
                upcall_remove(receiver, upcall);
            } else {
                upcall++;
            }
        }
    }
}

void ipc_slot_taken(uint32_t slot)
{
    struct process *process = NULL;
    while ((process = process_after(process)) != NULL) {
        struct ipc_block *block = block_of(process, false);
        if (block != NULL) {
            block->own.stale |= (uint16_t)(1u << slot);
            block->shared[slot] = (struct grant_pair){0, 0};
            block->subscription[slot] = (struct grant_pair){0, 0};
            ipc_subscribed(process, slot, 0);
        }
    }
}

void ipc_subscribed(struct process *process, uint32_t number, uint32_t function)
{
    struct process_upcall *upcall = process->queue;
    for (; (upcall = upcall_find(process, upcall, notification(number),
                                 UPCALL_GRANT | UPCALL_NUMBER)) != NULL;
         upcall++) {
        upcall->kind.is.to_function = function != 0;
    }
}

void ipc_buffer_changed(const struct process *owner, uint32_t number, uint32_t address,
                        uint32_t length)
{
    struct process *receiver = kernel.process[number];
    struct range range;
    if (receiver != NULL && find_mapping(receiver, owner, &range) != 0 &&
        (range.start != address || range.end - range.start != length)) {
        unmap(receiver, owner);
    }
}

void ipc_refresh(struct process *receiver, struct process_upcall *upcall)
{
    if (upcall->kind.is.grant != grant_index(&ipc_grant)) {
        return;
    }
    struct process *sender = kernel.process[upcall->argument[0]];
    upcall->argument[1] = 0;
    upcall->argument[2] = 0;
    if (sender != NULL && sender->state != ABI_PROCESS_STOPPED) {
        const struct grant_pair *buffer = shared_buffer(sender, receiver->slot);
        if (map(receiver, sender, buffer) >= 0) {
            upcall->argument[1] = buffer->second;
            upcall->argument[2] = buffer->first;
        }
    }
}
