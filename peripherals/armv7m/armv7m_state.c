#include "peripherals/armv7m/armv7m_state.h"

#include <stddef.h>

#include "peripherals/iface/device.h"

/* Who adds a part, or a field outside of a part's `state`, has to think of snapshots here. */
#define SIZE_OF(type, member)  sizeof(((struct type *)0)->member)
#define END_OF(type, member)   (offsetof(struct type, member) + SIZE_OF(type, member))
#define IS_LAST(type, member)  (sizeof(struct type) - END_OF(type, member) < _Alignof(struct type))
#define IS_AFTER(type, a, b)   (offsetof(struct type, b) - END_OF(type, a) < _Alignof(struct type))
#define CONFIG_AND_STATE(type) (IS_AFTER(type, config, state) && IS_LAST(type, state))
_Static_assert(CONFIG_AND_STATE(nvic), "nothing but its state changes");
_Static_assert(CONFIG_AND_STATE(scb), "nothing but its state changes");
_Static_assert(CONFIG_AND_STATE(dwt), "nothing but its state changes");
_Static_assert(CONFIG_AND_STATE(fpb), "nothing but its state changes");
_Static_assert(IS_AFTER(systick, config, state) && IS_AFTER(systick, state, zero) &&
                   IS_LAST(systick, zero),
               "nothing but its state and its event changes");
_Static_assert(IS_AFTER(armv7m, config, nvic) && IS_AFTER(armv7m, nvic, systick) &&
                   IS_AFTER(armv7m, systick, scb) && IS_AFTER(armv7m, scb, dwt) &&
                   IS_AFTER(armv7m, dwt, fpb) && IS_AFTER(armv7m, fpb, mpu) &&
                   IS_AFTER(armv7m, mpu, mpu_account) && IS_LAST(armv7m, mpu_account),
               "these are all its parts");

void armv7m_save(const struct armv7m *core, struct armv7m_state *state)
{
    state->nvic = core->nvic.state;
    state->systick = core->systick.state;
    state->scb = core->scb.state;
    state->dwt = core->dwt.state;
    state->fpb = core->fpb.state;
    state->mpu = core->mpu;
}

void armv7m_restore(struct armv7m *core, const struct armv7m_state *state)
{
    core->nvic.state = state->nvic;
    core->systick.state = state->systick;
    core->scb.state = state->scb;
    core->dwt.state = state->dwt;
    core->fpb.state = state->fpb;
    core->mpu = state->mpu;
}

static bool bools_are_sane(const struct armv7m_state *state)
{
    return device_bool_is_sane(&state->systick.enabled) &&
           device_bool_is_sane(&state->systick.tickint) &&
           device_bool_is_sane(&state->systick.countflag) &&
           device_bool_is_sane(&state->scb.event_register);
}

static bool masks_are_sane(const struct dwt_state *dwt)
{
    for (size_t i = 0; i < DWT_COMPARATORS; i++) {
        if (dwt->comparator[i].mask > DWT_MASK_MAX) {
            return false;
        }
    }
    return true;
}

bool armv7m_state_is_sane(const struct armv7m *core, const struct armv7m_state *state)
{
    return bools_are_sane(state) &&
           state->nvic.current < NVIC_EXCEPTION_IRQ0 + core->config.irq_count &&
           state->scb.prigroup < 8 && masks_are_sane(&state->dwt) &&
           state->mpu.rnr < MPU_REGION_COUNT;
}

struct event *armv7m_event(struct armv7m *core, size_t index)
{
    return index == 0 ? &core->systick.zero : NULL;
}
