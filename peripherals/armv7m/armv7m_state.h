/* peripherals/armv7m/armv7m_state.h - the System Control Space for a snapshot: all that changes
 * after init, as plain values, beside the queued events (armv7m_event) and the account of the MPU
 * (armv7m.mpu_account), which a snapshot keeps elsewhere.
 */
#ifndef PERIPHERALS_ARMV7M_ARMV7M_STATE_H
#define PERIPHERALS_ARMV7M_ARMV7M_STATE_H

#include <stddef.h>

#include "peripherals/armv7m/armv7m.h"

struct armv7m_state {
    struct nvic_state nvic;
    struct systick_state systick;
    struct scb_state scb;
    struct dwt_state dwt;
    struct fpb_state fpb;
    struct mpu_state mpu;
};

void armv7m_save(const struct armv7m *core, struct armv7m_state *state);

/* Calls nobody back: the caller knows that translations and what is pending may have changed. */
void armv7m_restore(struct armv7m *core, const struct armv7m_state *state);

/* False for values that the core could not go on from without harm (a damaged file). */
bool armv7m_state_is_sane(const struct armv7m *core, const struct armv7m_state *state);

/* The core's own events, from 0 on; NULL: there are no more. */
struct event *armv7m_event(struct armv7m *core, size_t index);

#endif
