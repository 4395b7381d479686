/* peripherals/armv7m/scb.h - the System Control Block, the FP context registers and the ID
 * registers of a Cortex-M4 r0p1. Reference: ARMv7-M ARM, B3.2; Cortex-M4 TRM, chapters 4 and 7.
 *
 * Not modelled: ACTLR's effects (read back).
 */
#ifndef PERIPHERALS_ARMV7M_SCB_H
#define PERIPHERALS_ARMV7M_SCB_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/armv7m/nvic.h"
#include "peripherals/iface/bus.h"
#include "peripherals/iface/diag.h"

enum scb_scr_bits {
    SCR_SLEEPONEXIT = 1 << 1,
    SCR_SLEEPDEEP = 1 << 2,
    SCR_SEVONPEND = 1 << 4,
};

enum scb_ccr_bits {
    CCR_NONBASETHRDENA = 1 << 0,
    CCR_USERSETMPEND = 1 << 1,
    CCR_UNALIGN_TRP = 1 << 3,
    CCR_DIV_0_TRP = 1 << 4,
    CCR_BFHFNMIGN = 1 << 8,
    CCR_STKALIGN = 1 << 9,
};

enum scb_cfsr_bits {
    CFSR_IACCVIOL = 1 << 0,
    CFSR_DACCVIOL = 1 << 1,
    CFSR_MUNSTKERR = 1 << 3,
    CFSR_MSTKERR = 1 << 4,
    CFSR_MLSPERR = 1 << 5,
    CFSR_MMARVALID = 1 << 7,
    CFSR_IBUSERR = 1 << 8,
    CFSR_PRECISERR = 1 << 9,
    CFSR_IMPRECISERR = 1 << 10,
    CFSR_UNSTKERR = 1 << 11,
    CFSR_STKERR = 1 << 12,
    CFSR_LSPERR = 1 << 13,
    CFSR_BFARVALID = 1 << 15,
    CFSR_UNDEFINSTR = 1 << 16,
    CFSR_INVSTATE = 1 << 17,
    CFSR_INVPC = 1 << 18,
    CFSR_NOCP = 1 << 19,
    CFSR_UNALIGNED = 1 << 24,
    CFSR_DIVBYZERO = 1 << 25,
};

#define HFSR_VECTTBL  (1U << 1)
#define HFSR_FORCED   (1U << 30)
#define HFSR_DEBUGEVT (1U << 31)
#define DFSR_HALTED   (1U << 0)
#define DFSR_BKPT     (1U << 1)
#define DFSR_DWTTRAP  (1U << 2)
#define FPCCR_ASPEN   (1U << 31)
#define FPCCR_LSPEN   (1U << 30)
/* Of the code that the frame at FPCAR belongs to, as it was when the frame was reserved: which
 * exceptions could preempt it, its mode and privilege. */
#define FPCCR_MONRDY (1U << 8)
#define FPCCR_BFRDY  (1U << 6)
#define FPCCR_MMRDY  (1U << 5)
#define FPCCR_HFRDY  (1U << 4)
#define FPCCR_THREAD (1U << 3)
#define FPCCR_USER   (1U << 1)
#define FPCCR_LSPACT (1U << 0) /* the frame's FP words are still to be stored */
#define FPCCR_FRAME                                                                                \
    (FPCCR_MONRDY | FPCCR_BFRDY | FPCCR_MMRDY | FPCCR_HFRDY | FPCCR_THREAD | FPCCR_USER |          \
     FPCCR_LSPACT)

struct scb_config {
    struct nvic *nvic; /* borrowed; holds what ICSR, SHPR and SHCSR show */
    struct diag *diag;
    bool fp_present;
    void (*reset_requested)(void *context);  /* AIRCR.SYSRESETREQ or VECTRESET was written */
    int32_t (*mask_priority)(void *context); /* as armv7m_config's */
    void *context;
};

struct scb_state {
    uint32_t actlr;
    uint32_t vtor;     /* bits 31:7 */
    uint32_t prigroup; /* AIRCR.PRIGROUP, 0..7 */
    uint32_t scr;      /* enum scb_scr_bits */
    uint32_t ccr;      /* enum scb_ccr_bits */
    uint32_t cfsr;     /* enum scb_cfsr_bits */
    uint32_t hfsr, dfsr;
    uint32_t fault_address; /* MMFAR and BFAR: one register in this core (TRM, table 4-1) */
    uint32_t cpacr;         /* bits 23:20; FP is on when both fields allow: see scb_fp_enabled */
    uint32_t fpccr, fpcar, fpdscr;
    bool event_register; /* what SEV sets and WFE waits for */
};

struct scb {
    struct scb_config config;
    struct scb_state state;
};

void scb_init(struct scb *scb, const struct scb_config *config);
void scb_reset(struct scb *scb);

/* May code of this privilege execute floating-point instructions (CPACR)? If not: NOCP. */
bool scb_fp_enabled(const struct scb *scb, bool privileged);

/* Register access, offsets from 0xE000E000: ACTLR 0x008, 0xD00-0xD8F, FP 0xF34-0xF48, ID
 * 0xFD0-0xFFF. */
bool scb_owns(uint32_t offset);
uint32_t scb_peek(const struct scb *scb, uint32_t offset);
enum bus_result scb_read(struct scb *scb, struct bus_access access, uint32_t *value);
enum bus_result scb_write(struct scb *scb, struct bus_access access, uint32_t value);

#endif
