/* Memop: the process asks about its memory, or moves its break. */
#include <stddef.h>

#include "kernel/abi/tbf.h"
#include "kernel/core/kernel_internal.h"

/* The writeable flash region `index` of the header: its start or end, or FAIL when there is none,
 * it is empty or does not lie in the app's image. */
static command_return writeable_bound(const struct process *process, uint32_t index, bool end)
{
    if (index >= process->app.writeable_count) {
        return command_error(K_EFAIL);
    }
    const struct tbf_writeable_flash *regions =
        process_memory(process->layout.flash_start + process->app.writeable);
    uint32_t offset = regions[index].offset;
    uint32_t size = regions[index].size;
    uint32_t total = process->app.total_size;
    if (size == 0 || offset > total || size > total - offset) {
        return command_error(K_EFAIL);
    }
    return command_success_u32(process->layout.flash_start + offset + (end ? size : 0));
}

command_return syscall_memop(struct process *process, uint32_t operation, uint32_t operand)
{
    switch (operation) {
    case ABI_MEMOP_BRK:
        return command_status(process_set_break(process, operand));
    case ABI_MEMOP_SBRK: {
        uint32_t previous = process->app_break;
        uint32_t wanted = previous + operand; /* wraps as a signed sum does */
        bool wrapped = (operand >> 31 != 0) == (wanted > previous);
        if (operand != 0 && (wrapped || process_set_break(process, wanted) != K_OK)) {
            return command_error(K_ENOMEM);
        }
        return command_success_u32(previous);
    }
    case ABI_MEMOP_MEMORY_START:
        return command_success_u32(process->layout.ram_start);
    case ABI_MEMOP_MEMORY_END:
        return command_success_u32(process->layout.ram_end);
    case ABI_MEMOP_FLASH_START:
        return command_success_u32(process->layout.flash_start);
    case ABI_MEMOP_FLASH_END:
        return command_success_u32(process->layout.flash_start + process->app.total_size);
    case ABI_MEMOP_GRANT_START:
        return command_success_u32(process->grant_start);
    case ABI_MEMOP_WRITEABLE_COUNT:
        return command_success_u32(process->app.writeable_count);
    case ABI_MEMOP_WRITEABLE_START:
        return writeable_bound(process, operand, false);
    case ABI_MEMOP_WRITEABLE_END:
        return writeable_bound(process, operand, true);
    case ABI_MEMOP_TELL_STACK_TOP:
        process->stack_top = operand;
        return command_success();
    case ABI_MEMOP_TELL_HEAP_START:
        process->heap_start = operand;
        return command_success();
    default:
        return command_error(K_ENOSUPPORT);
    }
}
