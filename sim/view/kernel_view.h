/* sim/view/kernel_view.h - our kernel's own state, read from the guest's memory by what its ELF
 * says about itself (sim/loader/kernel_info.h). For display; with another kernel nothing is known.
 */
#ifndef SIM_VIEW_KERNEL_VIEW_H
#define SIM_VIEW_KERNEL_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/loader/kernel_info.h"
#include "sim/machine/machine.h"

struct kernel_view {
    const struct machine *machine;
    struct kernel_info info; /* owned; empty: nothing is known */
};

void kernel_view_open(struct kernel_view *view, const struct machine *machine,
                      const char *elf_path);
void kernel_view_close(struct kernel_view *view);

/* The kernel has panicked. May be wrong in the microseconds between power-on and the kernel's first
 * writes: RAM then holds anything. */
bool kernel_view_panicking(const struct kernel_view *view);

/* Where the grants of the process whose RAM starts at `ram_base` begin; false: not known. */
bool kernel_view_grant_start(const struct kernel_view *view, uint32_t ram_base, uint32_t *address);

#endif
