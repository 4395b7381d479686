#include "kernel/core/read_only_state.h"

#include "kernel/capsule/grant.h"
#include "kernel/core/bytes.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/hil/alarm.h"

struct read_only_state_process {
    uint8_t unused; /* the buffer is all there is of it */
};
static const struct grant read_only_state_grant __attribute__((section("grants"), used)) = {
    .data_bytes = sizeof(struct read_only_state_process),
    .data_alignment = 1,
    .user_readable_buffers = ABI_READ_ONLY_STATE_URS,
};

static command_return read_only_state_command(void *self, struct process_id id, uint32_t command,
                                              uint32_t argument0, uint32_t argument1)
{
    (void)self;
    (void)id;
    (void)argument0;
    (void)argument1;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_READ_ONLY_STATE_VERSION:
        return command_success_u32(ABI_READ_ONLY_STATE_VERSION_1);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops read_only_state_driver_ops = {
    .number = ABI_DRIVER_READ_ONLY_STATE,
    .command = read_only_state_command,
    .grant = &read_only_state_grant,
};

bool read_only_state_show(const struct process *process)
{
    uint32_t block = process->grant_block[grant_index(&read_only_state_grant)];
    if (block == 0) {
        return false;
    }
    const struct grant_pair *buffer = grant_pair_get(
        &read_only_state_grant, block, ALLOW_USER_READABLE, ABI_READ_ONLY_STATE_UR_BUFFER);
    uint32_t length = buffer->second;
    uint8_t *bytes = process_memory(buffer->first); /* may lie anywhere */
    if (length >= ABI_READ_ONLY_STATE_PENDING) {
        bytes_put_u32(bytes + ABI_READ_ONLY_STATE_SWITCHES,
                      process->system_calls + process->interruptions);
    }
    if (length >= ABI_READ_ONLY_STATE_TICKS) {
        bytes_put_u32(bytes + ABI_READ_ONLY_STATE_PENDING, process->queue_count);
    }
    if (length >= ABI_READ_ONLY_STATE_BYTES) {
        const struct hil_alarm *clock = kernel.low_driver[ABI_DRIVER_READ_ONLY_STATE]->self;
        bytes_put_u32(bytes + ABI_READ_ONLY_STATE_TICKS, hil_alarm_now(clock));
        bytes_put_u32(bytes + ABI_READ_ONLY_STATE_TICKS + (uint32_t)sizeof(uint32_t), 0);
    }
    return length != 0;
}
