/* peripherals/armv7m/fpb.h - the flash patch and breakpoint unit as a debug monitor uses it: six
 * breakpoints on instruction addresses. Reference: ARMv7-M ARM, C1.11; Cortex-M4 TRM, chapter 11.
 *
 * Not modelled: remapping. A comparator set to it, and the two for literals, match nothing (and are
 * reported).
 */
#ifndef PERIPHERALS_ARMV7M_FPB_H
#define PERIPHERALS_ARMV7M_FPB_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/iface/bus.h"
#include "peripherals/iface/diag.h"

#define FPB_CODE_COMPARATORS    6U
#define FPB_LITERAL_COMPARATORS 2U
#define FPB_COMPARATORS         (FPB_CODE_COMPARATORS + FPB_LITERAL_COMPARATORS)

struct fpb_config {
    struct diag *diag;
    void (*changed)(void *context); /* where it breaks may have changed. May be NULL */
    void *context;
};

struct fpb_state {
    uint32_t enabled; /* FP_CTRL.ENABLE */
    uint32_t remap;   /* FP_REMAP: kept, without effect */
    uint32_t comparator[FPB_COMPARATORS];
};

struct fpb {
    struct fpb_config config;
    struct fpb_state state;
};

void fpb_init(struct fpb *fpb, const struct fpb_config *config);
void fpb_reset(struct fpb *fpb);

/* Is there a breakpoint at an instruction in [start, end)? */
bool fpb_breaks(const struct fpb *fpb, uint32_t start, uint32_t end);

/* Register access, offsets from 0xE0002000, words. */
uint32_t fpb_peek(const struct fpb *fpb, uint32_t offset);
enum bus_result fpb_write(struct fpb *fpb, struct bus_access access, uint32_t value);

#endif
