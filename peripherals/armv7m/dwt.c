#include "peripherals/armv7m/dwt.h"

#include <stddef.h>

#include "peripherals/armv7m/dwt_comparators.h"

enum dwt_register {
    DWT_CTRL = 0x000,
    DWT_CYCCNT = 0x004,
    DWT_CPICNT = 0x008,
    DWT_PCSR = 0x01C,
    DWT_LAR = 0xFB0,
    DWT_LSR = 0xFB4,
};

enum debug_register {
    DBG_DHCSR = 0xDF0,
    DBG_DCRSR = 0xDF4,
    DBG_DCRDR = 0xDF8,
    DBG_DEMCR = 0xDFC,
};

#define CTRL_WRITABLE         0x007F1FFFU
#define CTRL_FOUR_COMPARATORS 0x40000000U
#define DEMCR_MON_EN          (1U << 16)
#define DEMCR_MON_PEND        (1U << 17)
#define DEMCR_MON_STEP        (1U << 18)
#define DEMCR_WRITABLE        0x010C07F1U /* TRCENA, MON_STEP, MON_REQ, VC_* */
#define EXCEPTION_MON         12U

static const char device_name[] = "dwt";

static bool counts(const struct dwt_state *state)
{
    return (state->demcr & DEMCR_TRCENA) != 0 && (state->ctrl & DWT_CTRL_CYCCNTENA) != 0;
}

static uint32_t cyccnt_value(const struct dwt *dwt)
{
    const struct dwt_state *state = &dwt->state;
    uint64_t elapsed = counts(state) ? clock_now(dwt->config.clock) - state->since_cycle : 0;
    return state->cyccnt + (uint32_t)elapsed;
}

/* Fixes the counter's value now; every change of what makes it count starts with it. */
static void catch_up(struct dwt *dwt)
{
    dwt->state.cyccnt = cyccnt_value(dwt);
    dwt->state.since_cycle = clock_now(dwt->config.clock);
}

static void tell(struct dwt *dwt)
{
    if (dwt->config.changed != NULL) {
        dwt->config.changed(dwt->config.context);
    }
}

uint32_t dwt_peek(const struct dwt *dwt, uint32_t offset)
{
    if (dwt_comparators_own(offset & ~3U)) {
        return dwt_comparators_peek(dwt, offset & ~3U);
    }
    switch (offset & ~3U) {
    case DWT_CTRL:
        return CTRL_FOUR_COMPARATORS | dwt->state.ctrl;
    case DWT_CYCCNT:
        return cyccnt_value(dwt);
    case DWT_PCSR:
        return 0xFFFFFFFFU; /* no sample */
    default:
        return 0;
    }
}

enum bus_result dwt_read(struct dwt *dwt, struct bus_access access, uint32_t *value)
{
    if (access.size_bytes != 4) {
        diag_guest_error(dwt->config.diag, device_name, access.offset,
                         "DWT registers are words: narrow read gives 0");
        *value = 0;
        return BUS_OK;
    }
    *value = dwt_comparators_own(access.offset) ? dwt_comparators_read(dwt, access.offset)
                                                : dwt_peek(dwt, access.offset);
    return BUS_OK;
}

enum bus_result dwt_write(struct dwt *dwt, struct bus_access access, uint32_t value)
{
    if (access.size_bytes != 4) {
        diag_guest_error(dwt->config.diag, device_name, access.offset,
                         "DWT registers are words: narrow write ignored");
        return BUS_OK;
    }
    /* Without TRCENA the whole unit is off. */
    if ((dwt->state.demcr & DEMCR_TRCENA) == 0 && access.offset < DWT_LAR) {
        return BUS_OK;
    }
    if (dwt_comparators_own(access.offset)) {
        dwt_comparators_write(dwt, access.offset, value);
        tell(dwt);
        return BUS_OK;
    }
    switch (access.offset) {
    case DWT_CTRL:
        catch_up(dwt);
        dwt->state.ctrl = value & CTRL_WRITABLE;
        tell(dwt);
        break;
    case DWT_CYCCNT:
        dwt->state.cyccnt = value;
        dwt->state.since_cycle = clock_now(dwt->config.clock);
        tell(dwt);
        break;
    case DWT_LAR:
    case DWT_LSR:
        break; /* software lock of later cores: written out of habit */
    default:
        if (access.offset >= DWT_CPICNT && access.offset <= DWT_PCSR && value != 0) {
            diag_unimplemented(dwt->config.diag, device_name, access.offset,
                               "of the DWT's counters only CYCCNT is modelled");
        }
        break;
    }
    return BUS_OK;
}

uint32_t dwt_debug_peek(const struct dwt *dwt, uint32_t offset)
{
    const struct nvic *nvic = dwt->config.nvic;
    switch (offset & ~3U) {
    case DBG_DCRDR:
        return dwt->state.dcrdr;
    case DBG_DEMCR:
        return dwt->state.demcr | (nvic_is_enabled(nvic, EXCEPTION_MON) ? DEMCR_MON_EN : 0) |
               (nvic_is_pending(nvic, EXCEPTION_MON) ? DEMCR_MON_PEND : 0);
    case DBG_DHCSR: /* no debugger: C_DEBUGEN is 0, and so is all that follows from it */
    case DBG_DCRSR:
    default:
        return 0;
    }
}

static void write_demcr(struct dwt *dwt, uint32_t value)
{
    struct nvic *nvic = dwt->config.nvic;
    catch_up(dwt);
    dwt->state.demcr = value & DEMCR_WRITABLE;
    nvic_set_enabled(nvic, EXCEPTION_MON, (value & DEMCR_MON_EN) != 0);
    if ((value & DEMCR_MON_PEND) != 0) {
        nvic_set_pending(nvic, EXCEPTION_MON);
    } else {
        nvic_clear_pending(nvic, EXCEPTION_MON);
    }
    tell(dwt);
}

bool dwt_steps(const struct dwt *dwt)
{
    return (dwt->state.demcr & DEMCR_MON_STEP) != 0;
}

enum bus_result dwt_debug_write(struct dwt *dwt, struct bus_access access, uint32_t value)
{
    if (access.size_bytes != 4) {
        diag_guest_error(dwt->config.diag, device_name, access.offset,
                         "debug registers are words: narrow write ignored");
        return BUS_OK;
    }
    switch (access.offset) {
    case DBG_DCRDR:
        dwt->state.dcrdr = value;
        break;
    case DBG_DEMCR:
        write_demcr(dwt, value);
        break;
    case DBG_DHCSR: /* software cannot set C_DEBUGEN, and the rest needs it */
    case DBG_DCRSR:
    default:
        break;
    }
    return BUS_OK;
}

void dwt_reset(struct dwt *dwt)
{
    dwt->state = (struct dwt_state){.since_cycle = clock_now(dwt->config.clock)};
}

void dwt_init(struct dwt *dwt, const struct dwt_config *config)
{
    *dwt = (struct dwt){.config = *config};
    dwt_reset(dwt);
}
