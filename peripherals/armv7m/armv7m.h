/* peripherals/armv7m/armv7m.h - the System Control Space of a Cortex-M4 as one: NVIC, SysTick, SCB,
 * MPU registers, DWT and debug registers, behind one pair of access functions. Reference: ARMv7-M
 * ARM, B3.2; Cortex-M4 TRM, chapter 4.
 *
 * It holds the exception state (enabled, pending, active, priority) of every exception;
 * sim/cpu/exception.c decides with it. Each part has its own file pair (nvic, systick, scb,
 * mpu_registers, dwt) and this one only dispatches.
 */
#ifndef PERIPHERALS_ARMV7M_ARMV7M_H
#define PERIPHERALS_ARMV7M_ARMV7M_H

#include <stdbool.h>
#include <stdint.h>

#include "mpu_model/mpu_account.h"
#include "mpu_model/mpu_model.h"
#include "peripherals/armv7m/dwt.h"
#include "peripherals/armv7m/fpb.h"
#include "peripherals/armv7m/nvic.h"
#include "peripherals/armv7m/scb.h"
#include "peripherals/armv7m/systick.h"
#include "peripherals/iface/bus.h"
#include "peripherals/iface/clock.h"
#include "peripherals/iface/diag.h"

#define ARMV7M_PPB_BASE  0xE0000000U
#define ARMV7M_PPB_BYTES 0x00100000U

enum armv7m_exception {
    EXCEPTION_RESET = 1,
    EXCEPTION_NMI = 2,
    EXCEPTION_HARDFAULT = 3,
    EXCEPTION_MEMMANAGE = 4,
    EXCEPTION_BUSFAULT = 5,
    EXCEPTION_USAGEFAULT = 6,
    EXCEPTION_SVCALL = 11,
    EXCEPTION_DEBUGMON = 12,
    EXCEPTION_PENDSV = 14,
    EXCEPTION_SYSTICK = 15,
    EXCEPTION_IRQ0 = 16,
};

/* For whoever decides when SysTick's exception becomes pending. All NULL: when the counter reaches
 * 0. */
struct armv7m_gate {
    void (*systick_expired)(void *context); /* instead of making it pending */
    /* Software clears the pending bit of `exception`, set or not. */
    void (*pending_cleared)(void *context, uint32_t exception);
    void *context;
};

struct armv7m_config {
    struct clock *clock;
    struct diag *diag;
    uint32_t irq_count;
    uint32_t priority_bits;
    bool fp_present;
    /* AIRCR.SYSRESETREQ (or VECTRESET) was written. */
    void (*reset_requested)(void *context);
    /* An MPU register changed: translations are stale. */
    void (*mpu_changed)(void *context);
    /* Group priority from which on BASEPRI and FAULTMASK keep exceptions pending
     * (ICSR.VECTPENDING). NULL: they are clear. */
    int32_t (*mask_priority)(void *context);
    /* What DWT and FPB watch, or DEMCR, may have changed. May be NULL. */
    void (*debug_changed)(void *context);
    /* Something that may make an exception pending or lets one preempt has changed: look again
     * soon. */
    void (*attention)(void *context);
    void *context;
    struct armv7m_gate gate;
};

struct armv7m {
    struct armv7m_config config;
    struct nvic nvic;
    struct systick systick;
    struct scb scb;
    struct dwt dwt;
    struct fpb fpb;
    struct mpu_state mpu;
    struct mpu_account mpu_account;
};

/* The parts point at each other: *core stays where it is from here on. */
void armv7m_init(struct armv7m *core, const struct armv7m_config *config);
void armv7m_reset(struct armv7m *core);

/* Access to [ARMV7M_PPB_BASE, +ARMV7M_PPB_BYTES): `access.offset` is from ARMV7M_PPB_BASE.
 * Unprivileged access is BUS_FAULT (but STIR with CCR.USERSETMPEND); so is an address of the PPB
 * where nothing is. */
enum bus_result armv7m_read(struct armv7m *core, struct bus_access access, uint32_t *value);
enum bus_result armv7m_write(struct armv7m *core, struct bus_access access, uint32_t value);
uint32_t armv7m_peek(const struct armv7m *core, uint32_t offset);

#endif
