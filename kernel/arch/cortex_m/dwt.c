#include "kernel/arch/cortex_m/dwt.h"

#include "kernel/arch/cortex_m/scs.h"

#define DEMCR_TRCENA       (1u << 24) /* the DWT is on */
#define DWT_CTRL_CYCCNTENA (1u << 0)

static void dwt_run(void *self, bool on)
{
    (void)self;
    *scs(SCS_DEMCR) |= DEMCR_TRCENA;
    uint32_t others = *scs(SCS_DWT_CTRL) & ~DWT_CTRL_CYCCNTENA;
    *scs(SCS_DWT_CTRL) = others | (on ? DWT_CTRL_CYCCNTENA : 0);
}

static uint32_t dwt_read(void *self)
{
    (void)self;
    return *scs(SCS_DWT_CYCCNT);
}

const struct hil_cycle_counter_ops dwt_cycle_counter_ops = {dwt_run, dwt_read};
