/* Who preempts whom, and what wakes a core that sleeps. */
#include "sim/cpu/exception.h"

#include "sim/cpu/exception_internal.h"

int32_t exception_group_priority(const struct exception_unit *unit, uint32_t exception)
{
    return nvic_group_priority(nvic_priority(exception_nvic(unit), exception),
                               unit->core->scb.state.prigroup);
}

int32_t exception_mask_priority(const struct exception_unit *unit)
{
    const struct cpu_regs *regs = unit->regs;
    uint32_t basepri = regs->basepri & nvic_priority_mask(exception_nvic(unit));
    if ((regs->faultmask & 1U) != 0) {
        return EXCEPTION_PRIORITY_HARDFAULT;
    }
    return basepri == 0 ? NVIC_PRIORITY_THREAD
                        : nvic_group_priority((int32_t)basepri, unit->core->scb.state.prigroup);
}

static int32_t execution_priority(const struct exception_unit *unit, bool with_primask)
{
    int32_t priority = nvic_active_priority(exception_nvic(unit), unit->core->scb.state.prigroup);
    int32_t mask = exception_mask_priority(unit);
    priority = mask < priority ? mask : priority;
    if (with_primask && (unit->regs->primask & 1U) != 0 && priority > 0) {
        priority = 0;
    }
    return priority;
}

int32_t exception_execution_priority(const struct exception_unit *unit)
{
    return execution_priority(unit, true);
}

uint32_t exception_preempting(const struct exception_unit *unit, int32_t priority)
{
    uint32_t exception = nvic_highest_pending(exception_nvic(unit));
    bool preempts = exception != 0 && exception_group_priority(unit, exception) < priority;
    return preempts ? exception : 0;
}

bool exception_ends_lockup(const struct exception_unit *unit)
{
    return nvic_is_pending(exception_nvic(unit), EXCEPTION_NMI) &&
           exception_execution_priority(unit) > nvic_priority(exception_nvic(unit), EXCEPTION_NMI);
}

bool exception_monitor_preempts(const struct exception_unit *unit)
{
    return nvic_is_enabled(exception_nvic(unit), EXCEPTION_DEBUGMON) &&
           exception_group_priority(unit, EXCEPTION_DEBUGMON) < exception_execution_priority(unit);
}

bool exception_would_wake(const struct exception_unit *unit, bool wfe)
{
    if (wfe && unit->core->scb.state.event_register) {
        return true;
    }
    return exception_preempting(unit, execution_priority(unit, wfe)) != 0;
}

bool exception_take_event(struct exception_unit *unit)
{
    bool set = unit->core->scb.state.event_register;
    unit->core->scb.state.event_register = false;
    return set;
}

void exception_send_event(struct exception_unit *unit)
{
    unit->core->scb.state.event_register = true;
}
