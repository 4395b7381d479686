/* peripherals/nrf52/clock_power.h - the window at 0x40000000 that CLOCK and POWER share, with
 * BPROT and APPROTECT in it.
 *
 * Reference: nRF52832 product specification 1.4, "Instantiation" (ID 0). One device serves the
 * window: `nordic,nrf-clock` and `nordic,nrf-power` have the same class, and of two nodes at one
 * address the machine takes one.
 *
 * Faults: "power-cut", at once and once.
 * Inputs: "supply" - the supply's voltage in mV, 1700..5500 (3000 at first; a battery at an input
 * that measures the supply sets it, too); "sleep" - value 1: the CPU went to sleep (WFI, WFE), 0:
 * it woke up.
 *
 * BPROT's CONFIG0-3 protect pages of flash: nvmc.c asks. A debugger does not switch that off,
 * whatever DISABLEINDEBUG says.
 *
 * Not modelled: the debugger's access port (APPROTECT); see also
 * clock_control.h and power.h.
 */
#ifndef PERIPHERALS_NRF52_CLOCK_POWER_H
#define PERIPHERALS_NRF52_CLOCK_POWER_H

#include "peripherals/nrf52/clock_control.h"
#include "peripherals/nrf52/power.h"

enum clock_power_register {
    APPROTECT_FORCEPROTECT = 0x550,
    APPROTECT_DISABLE = 0x558,
    BPROT_CONFIG0 = 0x600,
    BPROT_CONFIG1 = 0x604,
    BPROT_DISABLEINDEBUG = 0x608,
    BPROT_CONFIG2 = 0x610,
    BPROT_CONFIG3 = 0x614,
};

/* After those of enum clock_fault. */
enum clock_power_fault {
    CLOCK_POWER_FAULT_POWER_CUT = CLOCK_FAULTS,
    CLOCK_POWER_FAULT_SUPPLY_MV,
    CLOCK_POWER_FAULTS
};

struct clock_power {
    struct device_env env;
    struct clock_power_state {
        struct nrf_events events;
        struct clock_control_state clock;
        struct power_state power;
        uint32_t bprot_config[4];
        uint32_t bprot_disableindebug;
        uint32_t approtect_forceprotect, approtect_disable;
        int32_t faults[CLOCK_POWER_FAULTS]; /* kept over a reset, as the next */
        uint64_t random;
    } state;
    struct clock_control clock;
    struct power power;
};

extern const struct device_class nrf52_clock_power_class;

#endif
