/* What becomes of a capsule that traps. */
#include <stddef.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/hil/guard.h"

bool guard_is_dead(const struct capsule *owner)
{
    if (owner == NULL || kernel.dead_capsules == 0) {
        return false;
    }
    return (kernel.dead_capsules & 1u << (uint32_t)(owner - __start_capsules)) != 0;
}
