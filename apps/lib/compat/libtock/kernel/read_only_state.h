/* The read-only state under libtock-c's names. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_KERNEL_READ_ONLY_STATE_H
#define APPS_LIB_COMPAT_LIBTOCK_KERNEL_READ_ONLY_STATE_H

#include <libtock/tock.h>

#include "apps/lib/read_only_state.h"
#include "apps/lib/syscall.h"

#define LIBTOCK_READ_ONLY_STATE_BUFFER_LEN ABI_READ_ONLY_STATE_BYTES

static inline bool libtock_read_only_state_exists(void)
{
    return read_only_state_exists();
}

static inline returncode_t libtock_read_only_state_command_get_version(uint32_t *version)
{
    return (returncode_t)read_only_state_version(version);
}

/* `base` is a multiple of 4; a buffer that is too short is ESIZE. */
static inline returncode_t libtock_read_only_state_allocate_region(uint8_t *base, int bytes)
{
    if (bytes < (int)LIBTOCK_READ_ONLY_STATE_BUFFER_LEN) {
        return RETURNCODE_ESIZE;
    }
    return (returncode_t)syscall_allow_user_readable(
        ABI_DRIVER_READ_ONLY_STATE, ABI_READ_ONLY_STATE_UR_BUFFER, base, (size_t)bytes);
}

static inline uint32_t libtock_read_only_state_get_pending_tasks(void *base)
{
    return read_only_state_pending(base);
}

static inline uint64_t libtock_read_only_state_get_ticks(void *base)
{
    return read_only_state_ticks(base);
}

#endif
