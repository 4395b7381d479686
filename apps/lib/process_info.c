#include "apps/lib/process_info.h"

#define DRIVER ABI_DRIVER_PROCESS_INFO

/* One value comes back, and the buffer's content. */
static int ask(uint32_t command, uint32_t argument, void *buffer, size_t bytes)
{
    uint32_t value = 0;
    int status = syscall_allow_read_write(DRIVER, ABI_PROCESS_INFO_RW_BUFFER, buffer, bytes);
    if (status == K_OK) {
        status = syscall_command_u32(DRIVER, command, argument, 0, &value);
    }
    (void)syscall_allow_read_write(DRIVER, ABI_PROCESS_INFO_RW_BUFFER, NULL, 0);
    return status == K_OK ? (int)value : status;
}

int process_info_count(void)
{
    return ask(ABI_PROCESS_INFO_COUNT, 0, NULL, 0);
}

int process_info_ids(uint32_t *ids, size_t room)
{
    return ask(ABI_PROCESS_INFO_IDS, 0, ids, room * sizeof(*ids));
}

int process_info_short_ids(uint32_t *short_ids, size_t room)
{
    return ask(ABI_PROCESS_INFO_SHORT_IDS, 0, short_ids, room * sizeof(*short_ids));
}

int process_info_name(uint32_t id, char *name, size_t room)
{
    int length = ask(ABI_PROCESS_INFO_NAME, id, name, room - 1);
    name[length < 0 ? 0 : (size_t)length < room ? (size_t)length : room - 1] = '\0';
    return length;
}

int process_info_get_stats(uint32_t id, struct process_info_stats *stats)
{
    int status =
        syscall_allow_read_write(DRIVER, ABI_PROCESS_INFO_RW_BUFFER, stats, sizeof(*stats));
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_PROCESS_INFO_STATS, id, 0);
    }
    (void)syscall_allow_read_write(DRIVER, ABI_PROCESS_INFO_RW_BUFFER, NULL, 0);
    return status;
}

int process_info_set_state(uint32_t id, enum abi_process_action action)
{
    return syscall_command(DRIVER, ABI_PROCESS_INFO_SET_STATE, id, (uint32_t)action);
}
