/* sim/view/kernel_alarms.h - the apps' alarms, read from the guest's memory by what the kernel's
 * ELF says of them (kernel/core/info.c). All that is read is hostile: it is looked at, never
 * believed to be in range.
 */
#ifndef SIM_VIEW_KERNEL_ALARMS_H
#define SIM_VIEW_KERNEL_ALARMS_H

#include "sim/view/kernel_view.h"

/* Where things are, found once. */
struct kernel_alarms {
    const struct machine *machine;
    bool known; /* false: the kernel says nothing of alarms */
    struct kernel_info_record processes, grants, grant_bytes, grant_block, ram_start;
    struct kernel_info_record grant, reference, dt, armed, counter, counter_bits;
    struct kernel_info_record alignment, pairs[4]; /* of a grant's description */
};

struct kernel_alarm {
    uint32_t steps;   /* of the counter until it is due; 0: it is */
    uint32_t counter; /* address of the register */
};

void kernel_alarms_open(struct kernel_alarms *alarms, const struct kernel_view *view);

/* The alarm of the process whose RAM starts at `ram_base`; false: it has none that is set. */
bool kernel_alarms_read(const struct kernel_alarms *alarms, uint32_t ram_base,
                        struct kernel_alarm *alarm);

#endif
