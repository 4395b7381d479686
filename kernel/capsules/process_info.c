#include "kernel/capsules/process_info.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsule/process_control.h"

CAPSULE(process_info, .needs = {GRANT, PROCESS_CONTROL});

#define WORD_BYTES 4u

/* No state: the buffer is all that there is per process. */
struct process_info_process {
    uint8_t unused;
};
GRANT(process_info_grant, struct process_info_process, 0, 0, ABI_PROCESS_INFO_RWS);

static void put_word(struct process_id caller, uint32_t index, uint32_t value)
{
    uint8_t bytes[WORD_BYTES];
    for (uint32_t i = 0; i < WORD_BYTES; i++) {
        (void)slice_put(SLICE_OF(bytes), i, (uint8_t)(value >> (8 * i) & 0xFFu));
    }
    (void)allow_write(&process_info_grant, caller, ABI_PROCESS_INFO_RW_BUFFER, index * WORD_BYTES,
                      slice_as_const(SLICE_OF(bytes)));
}

/* The process of that identifier, as an app knows it. */
static bool find(uint32_t identifier, BORROWED struct process_view *view)
{
    for (uint32_t i = 0; i < process_slot_count(); i++) {
        if (process_view_get(i, view) && process_id_number(view->id) == identifier) {
            return true;
        }
    }
    return false;
}

/* As many words as the buffer has room for; the answer is how many there are. */
static command_return list(struct process_id caller, bool short_ids, bool write)
{
    struct process_view view = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; i < process_slot_count(); i++) {
        if (process_view_get(i, &view)) {
            if (write) {
                put_word(caller, count, short_ids ? view.short_id : process_id_number(view.id));
            }
            count++;
        }
    }
    return command_success_u32(count);
}

static command_return write_name(struct process_id caller, uint32_t identifier)
{
    struct process_view view = {0};
    if (!find(identifier, &view)) {
        return command_error(K_EINVAL);
    }
    (void)allow_write(&process_info_grant, caller, ABI_PROCESS_INFO_RW_BUFFER, 0, view.name);
    return command_success_u32(view.name.length);
}

static command_return write_stats(struct process_id caller, uint32_t identifier)
{
    struct process_view view = {0};
    if (!find(identifier, &view)) {
        return command_error(K_EINVAL);
    }
    put_word(caller, 0, view.slices_used_up);
    put_word(caller, 1, view.system_calls);
    put_word(caller, 2, view.restarts);
    put_word(caller, 3, (uint32_t)view.state);
    return command_success();
}

static command_return set_state(struct process_id caller, uint32_t identifier, uint32_t action)
{
    struct process_view view = {0};
    if (action < ABI_PROCESS_START || action > ABI_PROCESS_BOOT || !find(identifier, &view)) {
        return command_error(K_EINVAL);
    }
    /* It waits for the answer to this very command. */
    if (process_id_is_equal(view.id, caller)) {
        return command_error(K_EINVAL);
    }
    return command_status(process_act(view.id, (enum abi_process_action)action));
}

static command_return process_info_command(void *self, struct process_id id, uint32_t command,
                                           uint32_t argument0, uint32_t argument1)
{
    (void)self;
    if (!process_id_asks_for(id, ABI_DRIVER_PROCESS_INFO)) {
        return command_error(K_ENODEVICE);
    }
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_PROCESS_INFO_COUNT:
        return list(id, false, false);
    case ABI_PROCESS_INFO_IDS:
        return list(id, false, true);
    case ABI_PROCESS_INFO_SHORT_IDS:
        return list(id, true, true);
    case ABI_PROCESS_INFO_NAME:
        return write_name(id, argument0);
    case ABI_PROCESS_INFO_STATS:
        return write_stats(id, argument0);
    case ABI_PROCESS_INFO_SET_STATE:
        return set_state(id, argument0, argument1);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops process_info_driver_ops = {
    .number = ABI_DRIVER_PROCESS_INFO,
    .command = process_info_command,
    .grant = &process_info_grant,
    .owner = &this_capsule,
};
