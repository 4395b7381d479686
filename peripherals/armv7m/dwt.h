/* peripherals/armv7m/dwt.h - the cycle counter, and what software sees of the debug registers with
 * no debugger attached (DHCSR, DEMCR). The comparators: dwt_comparators.h. Reference: ARMv7-M ARM,
 * C1.6, C1.8.
 *
 * CYCCNT is the machine's clock while DEMCR.TRCENA and DWT_CTRL.CYCCNTENA are set; it goes on
 * during sleep. Not modelled: the other counters, PC sampling, ITM packets.
 */
#ifndef PERIPHERALS_ARMV7M_DWT_H
#define PERIPHERALS_ARMV7M_DWT_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/armv7m/nvic.h"
#include "peripherals/iface/bus.h"
#include "peripherals/iface/clock.h"
#include "peripherals/iface/diag.h"

struct dwt_config {
    struct clock *clock;
    struct diag *diag;
    struct nvic *nvic;              /* borrowed; DEMCR.MON_EN and MON_PEND live there */
    void (*changed)(void *context); /* what it watches may have changed. May be NULL */
    void *context;
};

#define DEMCR_TRCENA       (1U << 24) /* of dwt_state.demcr: the unit is on */
#define DWT_CTRL_CYCCNTENA (1U << 0)  /* of dwt_state.ctrl */

#define DWT_COMPARATORS 4
#define DWT_MASK_MAX    15U
struct dwt_comparator {
    uint32_t comp;
    uint32_t mask;     /* 0..15: so many low bits of the address do not count */
    uint32_t function; /* the register's bits, MATCHED included */
};

struct dwt_state {
    uint32_t ctrl;        /* writable bits */
    uint32_t demcr;       /* writable bits but MON_EN and MON_PEND */
    uint32_t dcrdr;       /* a plain register */
    uint32_t cyccnt;      /* its value at `since_cycle` */
    uint64_t since_cycle; /* it moves from here on while it counts */
    struct dwt_comparator comparator[DWT_COMPARATORS];
};

struct dwt {
    struct dwt_config config;
    struct dwt_state state;
};

void dwt_init(struct dwt *dwt, const struct dwt_config *config);
void dwt_reset(struct dwt *dwt);

/* DEMCR.MON_STEP: the debug monitor steps what it returns to. */
bool dwt_steps(const struct dwt *dwt);

/* Unit registers, offsets from 0xE0001000, words. */
uint32_t dwt_peek(const struct dwt *dwt, uint32_t offset);
enum bus_result dwt_read(struct dwt *dwt, struct bus_access access, uint32_t *value);
enum bus_result dwt_write(struct dwt *dwt, struct bus_access access, uint32_t value);

/* Core debug registers, offsets from 0xE000E000: 0xDF0-0xDFC, words.
 */
uint32_t dwt_debug_peek(const struct dwt *dwt, uint32_t offset);
enum bus_result dwt_debug_write(struct dwt *dwt, struct bus_access access, uint32_t value);

#endif
