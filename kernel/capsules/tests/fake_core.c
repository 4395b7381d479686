#include "kernel/capsules/tests/fake_core.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsule/debug.h"
#include "kernel/capsule/deferred.h"

#define GRANTS_MAX  4
#define BUFFERS_MAX 4
#define UPCALLS_MAX 16
#define FAKE_SCOPES 8

struct fake_buffer {
    uint8_t *bytes;
    uint32_t length;
};

struct fake_grant {
    const struct grant *grant;
    void *data; /* of exactly the size asked for, so that the sanitizer sees its edges */
    bool entered;
    struct fake_buffer buffers[2][BUFFERS_MAX];
};

struct fake_process {
    bool alive;
    bool exhausted;
    bool asks_for_none;
    uint32_t lives;
    uint32_t queue_limit;
    uint32_t lost;
    uint32_t upcall_count;
    struct fake_upcall upcalls[UPCALLS_MAX];
    struct fake_grant grants[GRANTS_MAX];
};

static struct fake_core {
    struct fake_process processes[FAKE_PROCESSES];
    struct deferred_call *deferred_first;
    bool in_command;
    const struct capsule *dead;
    int error;
    uint32_t answer[2]; /* values of the latest success */
    uint32_t scopes_open;
    struct fake_grant *scope[FAKE_SCOPES]; /* the latest last */
    uint32_t debug_length;
    char debug[1024];
} core;

/* --- The test's side --- */

static void forget(struct fake_process *process)
{
    for (int i = 0; i < GRANTS_MAX; i++) {
        free(process->grants[i].data);
        memset(&process->grants[i], 0, sizeof process->grants[i]);
    }
    process->upcall_count = 0;
}

void fake_core_reset(void)
{
    for (uint32_t i = 0; i < FAKE_PROCESSES; i++) {
        struct fake_process *process = &core.processes[i];
        forget(process);
        process->alive = true;
        process->exhausted = false;
        process->asks_for_none = false;
        process->lives = 1;
        process->lost = 0;
        process->queue_limit = 10;
    }
    core.deferred_first = NULL;
    core.in_command = false;
    core.dead = NULL;
    core.debug_length = 0;
    core.debug[0] = 0;
}

struct process_id fake_core_id(uint32_t index)
{
    return (struct process_id){core.processes[index].lives << 8 | index};
}

void fake_core_ask_for_none(uint32_t index)
{
    core.processes[index].asks_for_none = true;
}

void fake_core_end(uint32_t index)
{
    forget(&core.processes[index]);
    core.processes[index].alive = false;
}

void fake_core_restart(uint32_t index)
{
    fake_core_end(index);
    core.processes[index].lives++;
    core.processes[index].alive = true;
}

void fake_core_exhaust(uint32_t index)
{
    core.processes[index].exhausted = true;
}

void fake_core_queue_limit(uint32_t index, uint32_t limit)
{
    assert_true(limit <= UPCALLS_MAX);
    core.processes[index].queue_limit = limit;
}

static struct fake_process *find(struct process_id id)
{
    uint32_t index = id.value & 0xFFu;
    if (index >= FAKE_PROCESSES || !core.processes[index].alive ||
        core.processes[index].lives != id.value >> 8) {
        return NULL;
    }
    return &core.processes[index];
}

static struct fake_grant *find_grant(struct fake_process *process, const struct grant *grant,
                                     bool allocate)
{
    for (int i = 0; i < GRANTS_MAX; i++) {
        struct fake_grant *slot = &process->grants[i];
        if (slot->grant == grant) {
            return slot;
        }
        if (slot->grant == NULL) {
            if (!allocate || process->exhausted) {
                return NULL;
            }
            slot->grant = grant;
            slot->data = calloc(1, grant->data_bytes);
            assert_non_null(slot->data);
            return slot;
        }
    }
    fail_msg("too many grants for the fake");
    return NULL;
}

struct const_slice fake_core_grant_bytes(uint32_t index, const struct grant *grant)
{
    const struct fake_grant *slot = find_grant(&core.processes[index], grant, false);
    return slot != NULL ? (struct const_slice){slot->data, grant->data_bytes}
                        : (struct const_slice){NULL, 0};
}

void fake_core_allow(uint32_t index, const struct grant *grant, enum allow_kind kind,
                     uint32_t number, void *bytes, uint32_t length)
{
    uint32_t count = kind == ALLOW_READ_ONLY ? grant->read_only_buffers : grant->read_write_buffers;
    assert_true(number < count && count <= BUFFERS_MAX);
    struct fake_grant *slot = find_grant(&core.processes[index], grant, true);
    assert_non_null(slot);
    slot->buffers[kind == ALLOW_READ_WRITE][number] = (struct fake_buffer){bytes, length};
}

command_return fake_core_command(const struct driver_ops *ops, void *self, uint32_t index,
                                 uint32_t command, uint32_t argument0, uint32_t argument1)
{
    core.in_command = true;
    command_return result = ops->command(self, fake_core_id(index), command, argument0, argument1);
    core.in_command = false;
    for (uint32_t i = 0; i < FAKE_PROCESSES; i++) {
        for (int j = 0; j < GRANTS_MAX; j++) {
            assert_false(core.processes[i].grants[j].entered);
        }
    }
    return result;
}

bool fake_core_take_upcall(uint32_t index, struct fake_upcall *upcall)
{
    struct fake_process *process = &core.processes[index];
    if (process->upcall_count == 0) {
        return false;
    }
    *upcall = process->upcalls[0];
    process->upcall_count--;
    memmove(&process->upcalls[0], &process->upcalls[1],
            process->upcall_count * sizeof process->upcalls[0]);
    return true;
}

uint32_t fake_core_upcalls(uint32_t index)
{
    return core.processes[index].upcall_count;
}

uint32_t fake_core_upcalls_lost(uint32_t index)
{
    return core.processes[index].lost;
}

void fake_core_kill(const struct capsule *owner)
{
    core.dead = owner;
}

bool guard_is_dead(const struct capsule *owner)
{
    return owner != NULL && owner == core.dead;
}

bool fake_core_run_one(void)
{
    struct deferred_call *deferred = core.deferred_first;
    if (deferred == NULL) {
        return false;
    }
    core.deferred_first = deferred->next;
    deferred->pending = false;
    GUARD_CALL_VOID(deferred->owner, deferred->call, deferred->self);
    return true;
}

void fake_core_run(void)
{
    while (fake_core_run_one()) {
    }
}

const char *fake_core_debug_text(void)
{
    return core.debug;
}

/* --- The capsules' side --- */

bool process_id_is_alive(struct process_id id)
{
    return find(id) != NULL;
}

uint32_t process_id_index(struct process_id id)
{
    return id.value & 0xFFu;
}

bool process_id_asks_for(struct process_id id, uint32_t driver)
{
    const struct fake_process *process = find(id);
    (void)driver;
    return process != NULL && !process->asks_for_none;
}

void *grant_open(const struct grant *grant, struct process_id id)
{
    struct fake_process *process = find(id);
    if (process == NULL) {
        core.error = K_ENODEVICE;
        return NULL;
    }
    struct fake_grant *slot = find_grant(process, grant, true);
    if (slot == NULL) {
        core.error = K_ENOMEM;
        return NULL;
    }
    if (slot->entered) {
        core.error = K_EALREADY;
        return NULL;
    }
    slot->entered = true;
    core.error = K_OK;
    assert_true(core.scopes_open < FAKE_SCOPES);
    core.scope[core.scopes_open] = slot;
    core.scopes_open++;
    return slot->data;
}

void grant_close(void)
{
    assert_true(core.scopes_open > 0);
    core.scopes_open--;
    core.scope[core.scopes_open]->entered = false;
}

void *grant_visit(const struct grant *grant, struct process_id *id)
{
    uint32_t first = 0;
    if (!process_id_is_none(*id)) {
        grant_close();
        first = process_id_index(*id) + 1;
    }
    for (uint32_t i = first; i < FAKE_PROCESSES; i++) {
        struct fake_process *process = &core.processes[i];
        struct fake_grant *slot = process->alive ? find_grant(process, grant, false) : NULL;
        if (slot != NULL && !slot->entered) {
            *id = fake_core_id(i);
            return grant_open(grant, *id);
        }
    }
    core.error = K_OK;
    return NULL;
}

int grant_error(void)
{
    return core.error;
}

int grant_status(int status)
{
    return core.error == K_OK ? status : core.error;
}

command_return grant_answer(command_return result)
{
    return core.error == K_OK ? result : command_error(core.error);
}

command_return command_success_u32(uint32_t value)
{
    core.answer[0] = value;
    return ABI_SUCCESS_U32;
}

command_return command_success_u32_u32(uint32_t value0, uint32_t value1)
{
    core.answer[0] = value0;
    core.answer[1] = value1;
    return ABI_SUCCESS_U32_U32;
}

command_return command_success_u64(uint64_t value)
{
    core.answer[0] = (uint32_t)value;
    core.answer[1] = (uint32_t)(value >> 32);
    return ABI_SUCCESS_U64;
}

command_return command_status(int status)
{
    return status >= 0 ? command_success() : command_error(status);
}

uint32_t command_value(command_return result)
{
    return command_has_failed(result) ? result : core.answer[0];
}

uint32_t fake_core_second_value(void)
{
    return core.answer[1];
}

int upcall_schedule(const struct grant *grant, struct process_id id, uint32_t number,
                    uint32_t argument0, uint32_t argument1, uint32_t argument2)
{
    struct fake_process *process = find(id);
    assert_false(core.in_command);
    if (process == NULL || find_grant(process, grant, false) == NULL) {
        return K_ENODEVICE;
    }
    if (number >= grant->upcalls) {
        return K_EINVAL;
    }
    if (process->upcall_count >= process->queue_limit) {
        process->lost++;
        return K_ENOMEM;
    }
    process->upcalls[process->upcall_count] =
        (struct fake_upcall){grant, number, {argument0, argument1, argument2}};
    process->upcall_count++;
    return K_OK;
}

static struct fake_buffer buffer_of(const struct grant *grant, struct process_id id,
                                    enum allow_kind kind, uint32_t number)
{
    struct fake_process *process = find(id);
    struct fake_grant *slot = process != NULL ? find_grant(process, grant, false) : NULL;
    assert_true(number < BUFFERS_MAX);
    return slot != NULL ? slot->buffers[kind == ALLOW_READ_WRITE][number]
                        : (struct fake_buffer){NULL, 0};
}

uint32_t allow_length(const struct grant *grant, struct process_id id, enum allow_kind kind,
                      uint32_t number)
{
    return buffer_of(grant, id, kind, number).length;
}

uint32_t allow_address(const struct grant *grant, struct process_id id, enum allow_kind kind,
                       uint32_t number)
{
    return (uint32_t)(uintptr_t)buffer_of(grant, id, kind, number).bytes;
}

uint32_t allow_read_bytes(const struct grant *grant, struct process_id id, enum allow_kind kind,
                          uint32_t number, uint32_t offset, uint8_t *to, uint32_t length)
{
    struct fake_buffer buffer = buffer_of(grant, id, kind, number);
    struct const_slice all = {buffer.bytes, buffer.length};
    return slice_copy((struct slice){to, length}, const_slice_part(all, offset, length));
}

uint32_t allow_write_bytes(const struct grant *grant, struct process_id id, uint32_t number,
                           uint32_t offset, const uint8_t *from, uint32_t length)
{
    struct fake_buffer buffer = buffer_of(grant, id, ALLOW_READ_WRITE, number);
    struct slice all = {buffer.bytes, buffer.length};
    return slice_copy(slice_part(all, offset, length), (struct const_slice){from, length});
}

uint32_t allow_read_part(const struct grant *grant, struct process_id id, enum allow_kind kind,
                         uint32_t number, uint32_t offset, struct dma_buffer *buffer,
                         uint32_t buffer_offset, uint32_t length, const struct capsule *caller)
{
    return allow_read(grant, id, kind, number, offset,
                      dma_buffer_part(buffer, buffer_offset, length, caller));
}

uint32_t allow_write_part(const struct grant *grant, struct process_id id, uint32_t number,
                          uint32_t offset, const struct dma_buffer *buffer, uint32_t buffer_offset,
                          uint32_t length, const struct capsule *caller)
{
    struct slice from = dma_buffer_part(buffer, buffer_offset, length, caller);
    return allow_write(grant, id, number, offset, slice_as_const(from));
}

void deferred_call_request(struct deferred_call *deferred)
{
    struct deferred_call **end = &core.deferred_first;
    if (deferred->pending) {
        return;
    }
    while (*end != NULL) {
        end = &(*end)->next;
    }
    deferred->next = NULL;
    deferred->pending = true;
    *end = deferred;
}

/* No process of the fake's ever runs. */
void deferred_call_request_later(struct deferred_call *deferred)
{
    deferred_call_request(deferred);
}

void debug_write(struct const_slice text)
{
    assert_true(core.debug_length + text.length < sizeof core.debug);
    memcpy(&core.debug[core.debug_length], text.bytes, text.length);
    core.debug_length += text.length;
    core.debug[core.debug_length] = 0;
}

void debug_write_for_app(struct const_slice text)
{
    debug_write(text);
}

/* --- Checks --- */

void expect_success(command_return result)
{
    assert_int_equal(command_variant(result), ABI_SUCCESS);
}

void expect_u32(command_return result, uint32_t value)
{
    assert_int_equal(command_variant(result), ABI_SUCCESS_U32);
    assert_int_equal(command_value(result), value);
}

void expect_failure(command_return result, int error)
{
    assert_int_equal(command_variant(result), ABI_FAILURE);
    assert_int_equal(command_value(result), -error);
}

void expect_upcall(uint32_t index, uint32_t number, uint32_t argument0, uint32_t argument1,
                   uint32_t argument2)
{
    struct fake_upcall upcall;
    assert_true(fake_core_take_upcall(index, &upcall));
    assert_int_equal(upcall.number, number);
    assert_int_equal(upcall.argument[0], argument0);
    assert_int_equal(upcall.argument[1], argument1);
    assert_int_equal(upcall.argument[2], argument2);
}

void expect_no_upcall(uint32_t index)
{
    assert_int_equal(fake_core_upcalls(index), 0);
}
