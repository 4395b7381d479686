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
        bytes[i] = (uint8_t)(value & 0xFFu);
        value >>= 8;
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
static command_return list(struct process_id caller, uint32_t command,
                           BORROWED struct process_view *view)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < process_slot_count(); i++) {
        if (process_view_get(i, view)) {
            if (command != ABI_PROCESS_INFO_COUNT) {
                put_word(caller, count,
                         command == ABI_PROCESS_INFO_IDS ? process_id_number(view->id)
                                                         : view->short_id);
            }
            count++;
        }
    }
    return command_success_u32(count);
}

static command_return process_info_command(void *self, struct process_id id, uint32_t command,
                                           uint32_t argument0, uint32_t argument1)
{
    struct process_view view = {0};
    (void)self;
    if (!process_id_asks_for(id, ABI_DRIVER_PROCESS_INFO)) {
        return command_error(K_ENODEVICE);
    }
    if (command == ABI_COMMAND_EXISTS) {
        return command_success();
    }
    if (command <= ABI_PROCESS_INFO_SHORT_IDS) {
        return list(id, command, &view);
    }
    if (command > ABI_PROCESS_INFO_SET_STATE) {
        return command_error(K_ENOSUPPORT);
    }
    if (!find(argument0, &view)) {
        return command_error(K_EINVAL);
    }
    if (command == ABI_PROCESS_INFO_NAME) {
        (void)allow_write(&process_info_grant, id, ABI_PROCESS_INFO_RW_BUFFER, 0, view.name);
        return command_success_u32(view.name.length);
    }
    if (command == ABI_PROCESS_INFO_STATS) {
        put_word(id, 0, view.slices_used_up);
        put_word(id, 1, view.system_calls);
        put_word(id, 2, view.restarts);
        put_word(id, 3, (uint32_t)view.state);
        return command_success();
    }
    if (argument1 < ABI_PROCESS_START || argument1 > ABI_PROCESS_BOOT ||
        process_id_is_equal(view.id, id)) { /* it waits for the answer to this very command */
        return command_error(K_EINVAL);
    }
    return command_status(process_act(view.id, (enum abi_process_action)argument1));
}

_Static_assert(ABI_COMMAND_EXISTS < ABI_PROCESS_INFO_COUNT &&
                   ABI_PROCESS_INFO_COUNT < ABI_PROCESS_INFO_IDS &&
                   ABI_PROCESS_INFO_IDS < ABI_PROCESS_INFO_SHORT_IDS &&
                   ABI_PROCESS_INFO_SHORT_IDS < ABI_PROCESS_INFO_NAME &&
                   ABI_PROCESS_INFO_NAME < ABI_PROCESS_INFO_STATS &&
                   ABI_PROCESS_INFO_STATS < ABI_PROCESS_INFO_SET_STATE,
               "lists, then what is about one process");

const struct driver_ops process_info_driver_ops = {
    .number = ABI_DRIVER_PROCESS_INFO,
    .command = process_info_command,
    .grant = &process_info_grant,
    .owner = &this_capsule,
};
