/*
 * A grant block, from its address on: {function, userdata} per upcall, {address, length} per
 * read-only buffer, the same per read-write buffer and per user-readable one, the capsule's
 * data.
 */
#include "kernel/capsule/grant.h"

#include "kernel/arch/arch.h"
#include "kernel/core/grant_memory.h"
#include "kernel/core/kernel_internal.h"

const struct grant_pair grant_no_pair = {0, 0};

/* There is no gap before the data: a pair is as long as any data is aligned. */
static uint32_t data_offset(const struct grant *grant)
{
    uint32_t pairs = (uint32_t)grant->upcalls + grant->read_only_buffers +
                     grant->read_write_buffers + grant->user_readable_buffers;
    return pairs * (uint32_t)sizeof(struct grant_pair);
}

uint32_t grant_block_get(struct process *process, const struct grant *grant, bool allocate)
{
    uint32_t *entry = &process->grant_block[grant_index(grant)];
    if (*entry == 0 && allocate && !grant->custom) {
        *entry = grant_memory_allocate(process, grant_index(grant),
                                       data_offset(grant) + grant->data_bytes);
    }
    return *entry & ~PROCESS_GRANT_ENTERED;
}

struct grant_pair *grant_pair_get(const struct grant *grant, uint32_t block, uint32_t class,
                                  uint32_t number)
{
    struct grant_pair *pair = process_memory(block);
    uint32_t count = grant->upcalls;
    if (class != ABI_CLASS_SUBSCRIBE) {
        pair += count;
        count = grant->read_only_buffers;
        if (class != ALLOW_READ_ONLY) {
            pair += count;
            count = grant->read_write_buffers;
            if (class != ALLOW_READ_WRITE) {
                pair += count;
                count = grant->user_readable_buffers;
            }
        }
    }
    return number < count ? pair + number : NULL;
}

void grant_note_open(const struct process *process, uint32_t what)
{
    kernel.scope[arch_guard.scopes_open] = (struct open_scope){process->id, what};
    arch_guard.scopes_open++;
    kernel.grant_error = K_OK;
}

void *grant_open(const struct grant *grant, struct process_id id)
{
    uint32_t index = grant_index(grant);
    struct process *process = process_find(id);
    if (process == NULL) {
        kernel.grant_error = K_ENODEVICE;
        return NULL;
    }
    if ((process->grant_block[index] & PROCESS_GRANT_ENTERED) != 0) {
        kernel.grant_error = K_EALREADY;
        return NULL;
    }
    uint32_t block = grant_block_get(process, grant, true);
    if (block == 0 || arch_guard.scopes_open == KERNEL_SCOPES) {
        kernel.grant_error = grant->custom ? K_EINVAL : K_ENOMEM;
        return NULL;
    }
    process->grant_block[index] = block | PROCESS_GRANT_ENTERED;
    grant_note_open(process, index);
    return process_memory(block + data_offset(grant));
}

/* The latest one. A life that has ended has nothing that is entered. */
static void leave(void)
{
    arch_guard.scopes_open--;
    const struct open_scope *scope = &kernel.scope[arch_guard.scopes_open];
    struct process *process = process_find(scope->id);
    if (process == NULL) {
        return;
    }
    if (scope->what > UINT8_MAX) {
        grant_memory_set_entered(process, scope->what, false);
    } else {
        process->grant_block[scope->what] &= ~PROCESS_GRANT_ENTERED;
    }
}

void grant_close(void)
{
    kernel.grant_error = K_OK; /* what was entered inside has its own answer; this one ran */
    leave();
}

void *grant_visit(const struct grant *grant, struct process_id *id)
{
    uint32_t slot = 0;
    if (!process_id_is_none(*id)) {
        grant_close();
        slot = process_id_index(*id) + 1u;
    }
    for (; slot < KERNEL_PROCESS_SLOTS; slot++) {
        struct process *process = kernel.process[slot];
        if (process != NULL && grant_block_get(process, grant, false) != 0) {
            *id = process->id;
            void *data = grant_open(grant, *id);
            if (data != NULL) {
                return data;
            }
        }
    }
    kernel.grant_error = K_OK;
    return NULL;
}

void grant_leave_scopes(uint32_t count)
{
    while (arch_guard.scopes_open > count) {
        leave();
    }
}

void grant_free(const struct grant *grant)
{
    uint32_t index = grant_index(grant);
    struct process *process = NULL;
    while ((process = process_after(process)) != NULL) {
        if (process->grant_block[index] == 0) {
            continue;
        }
        upcall_forget(process, upcall_kind(index, 0, false), UPCALL_GRANT);
        /* A capsule that lives on may have entered it on behalf of the one that died. */
        if ((process->grant_block[index] & PROCESS_GRANT_ENTERED) == 0) {
            grant_memory_free(process, process->grant_block[index]);
            process->grant_block[index] = 0;
        }
    }
}

const struct driver *grant_driver(uint32_t index)
{
    const struct driver *driver = kernel.config->drivers;
    const struct driver *end = driver + kernel.config->driver_count;
    for (; driver < end; driver++) {
        if (driver->ops->grant != NULL && grant_index(driver->ops->grant) == index) {
            return driver;
        }
    }
    return NULL;
}

int grant_error(void)
{
    return kernel.grant_error;
}

int grant_status(int status)
{
    return kernel.grant_error == K_OK ? status : kernel.grant_error;
}

command_return grant_answer(command_return result)
{
    return kernel.grant_error == K_OK ? result : command_error(kernel.grant_error);
}

int upcall_schedule(const struct grant *grant, struct process_id id, uint32_t number,
                    uint32_t argument0, uint32_t argument1, uint32_t argument2)
{
    struct process *process = process_find(id);
    uint32_t block = process != NULL ? grant_block_get(process, grant, false) : 0;
    if (block == 0) {
        return K_ENODEVICE;
    }
    const struct grant_pair *subscription =
        grant_pair_get(grant, block, ABI_CLASS_SUBSCRIBE, number);
    if (subscription == NULL) {
        return K_EINVAL;
    }
    const struct process_upcall upcall = {
        .kind.word = upcall_kind(grant_index(grant), number, subscription->first != 0),
        .argument = {argument0, argument1, argument2},
    };
    return upcall_deliver(process, &upcall);
}

/* The process's buffer as it is now. A buffer stays inside the process's memory for as long as it
 * is recorded: the break cannot fall below it. A capsule can make a kind of any number, and a
 * subscription is no buffer: nobody has looked where its two words point. */
static const struct grant_pair *buffer_get(const struct grant *grant, struct process_id id,
                                           enum allow_kind kind, uint32_t number)
{
    struct process *process = process_find(id);
    uint32_t block = process != NULL && (uint32_t)kind != ABI_CLASS_SUBSCRIBE
                         ? grant_block_get(process, grant, false)
                         : 0;
    const struct grant_pair *buffer =
        block != 0 ? grant_pair_get(grant, block, kind, number) : NULL;
    return buffer != NULL ? buffer : &grant_no_pair;
}

uint32_t allow_length(const struct grant *grant, struct process_id id, enum allow_kind kind,
                      uint32_t number)
{
    return buffer_get(grant, id, kind, number)->second;
}

uint32_t allow_address(const struct grant *grant, struct process_id id, enum allow_kind kind,
                       uint32_t number)
{
    return buffer_get(grant, id, kind, number)->first;
}

/* From `offset` on. */
static struct slice buffer_part(const struct grant_pair *buffer, uint32_t offset)
{
    struct slice all = {process_memory(buffer->first), buffer->second};
    return slice_part(all, offset, all.length);
}

uint32_t allow_read_bytes(const struct grant *grant, struct process_id id, enum allow_kind kind,
                          uint32_t number, uint32_t offset, uint8_t *to, uint32_t length)
{
    struct slice from = buffer_part(buffer_get(grant, id, kind, number), offset);
    return slice_copy_bytes(to, length, from.bytes, from.length);
}

uint32_t allow_write_bytes(const struct grant *grant, struct process_id id, uint32_t number,
                           uint32_t offset, const uint8_t *from, uint32_t length)
{
    struct slice to = buffer_part(buffer_get(grant, id, ALLOW_READ_WRITE, number), offset);
    /* During a command the answer will overwrite r0 anyway, and until then it says whom the process
     * called, even when it has allowed the stack that it stands on. */
    const struct process *caller = kernel.serving ? NULL : kernel.current;
    uint32_t nobodys = 0;
    uint32_t *called = caller != NULL ? &arch_context_frame(&caller->context)->r0 : &nobodys;
    uint32_t before = *called;
    uint32_t count = slice_copy_bytes(to.bytes, to.length, from, length);
    *called = before;
    return count;
}

uint32_t allow_read_part(const struct grant *grant, struct process_id id, enum allow_kind kind,
                         uint32_t number, uint32_t offset, struct dma_buffer *buffer,
                         uint32_t buffer_offset, uint32_t length, const struct capsule *caller)
{
    struct slice to = dma_buffer_part(buffer, buffer_offset, length, caller);
    return allow_read_bytes(grant, id, kind, number, offset, to.bytes, to.length);
}

uint32_t allow_write_part(const struct grant *grant, struct process_id id, uint32_t number,
                          uint32_t offset, const struct dma_buffer *buffer, uint32_t buffer_offset,
                          uint32_t length, const struct capsule *caller)
{
    struct slice from = dma_buffer_part(buffer, buffer_offset, length, caller);
    return allow_write_bytes(grant, id, number, offset, from.bytes, from.length);
}
