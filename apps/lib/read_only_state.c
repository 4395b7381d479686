#include "apps/lib/read_only_state.h"

#include <stddef.h>

#include "apps/lib/syscall.h"

#define DRIVER ABI_DRIVER_READ_ONLY_STATE

static uint32_t word(const struct read_only_state *state, uint32_t offset)
{
    return state->words[offset / sizeof(uint32_t)];
}

bool read_only_state_exists(void)
{
    return syscall_command(DRIVER, ABI_COMMAND_EXISTS, 0, 0) == K_OK;
}

int read_only_state_version(uint32_t *version)
{
    return syscall_command_u32(DRIVER, ABI_READ_ONLY_STATE_VERSION, 0, 0, version);
}

int read_only_state_start(struct read_only_state *state)
{
    return syscall_allow_user_readable(DRIVER, ABI_READ_ONLY_STATE_UR_BUFFER, state,
                                       state != NULL ? sizeof(*state) : 0);
}

uint32_t read_only_state_switches(const struct read_only_state *state)
{
    return word(state, ABI_READ_ONLY_STATE_SWITCHES);
}

uint32_t read_only_state_pending(const struct read_only_state *state)
{
    return word(state, ABI_READ_ONLY_STATE_PENDING);
}

uint64_t read_only_state_ticks(const struct read_only_state *state)
{
    uint32_t high;
    uint32_t low;
    do {
        high = word(state, ABI_READ_ONLY_STATE_TICKS + sizeof(uint32_t));
        low = word(state, ABI_READ_ONLY_STATE_TICKS);
    } while (high != word(state, ABI_READ_ONLY_STATE_TICKS + sizeof(uint32_t)));
    return (uint64_t)high << 32 | low;
}
