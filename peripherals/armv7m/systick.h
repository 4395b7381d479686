/* peripherals/armv7m/systick.h - the SysTick timer on the machine's clock. Reference: ARMv7-M ARM,
 * B3.3.
 *
 * The counter is computed from the clock when read. An event exists only while it counts with
 * TICKINT set. No reference clock is connected (as on nRF52): CLKSOURCE reads 1 always, CALIB says
 * NOREF.
 */
#ifndef PERIPHERALS_ARMV7M_SYSTICK_H
#define PERIPHERALS_ARMV7M_SYSTICK_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/iface/bus.h"
#include "peripherals/iface/clock.h"
#include "peripherals/iface/device_timer.h"
#include "peripherals/iface/diag.h"

struct systick_config {
    struct clock *clock;
    struct diag *diag;
    /* The counter reached 0 with TICKINT set: make the exception pending. */
    void (*expired)(void *context);
    void *context;
};

struct systick_state {
    bool enabled, tickint, countflag;
    uint32_t reload;      /* 24 bits */
    uint32_t value;       /* 24 bits: the counter at `since_cycle` */
    uint64_t since_cycle; /* the counter moves from here on while enabled */
};

struct systick {
    struct systick_config config;
    struct systick_state state;
    struct event zero;
};

void systick_init(struct systick *systick, const struct systick_config *config);
void systick_reset(struct systick *systick);

/* Register access, offsets from 0xE000E000: 0x010-0x01F, words. */
uint32_t systick_peek(const struct systick *systick, uint32_t offset);
/* What it waits for; false: it does not count. */
bool systick_timer(const struct systick *systick, struct device_timer *timer);
enum bus_result systick_read(struct systick *systick, struct bus_access access, uint32_t *value);
enum bus_result systick_write(struct systick *systick, struct bus_access access, uint32_t value);

#endif
