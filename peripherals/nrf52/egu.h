/* peripherals/nrf52/egu.h - EGU: 16 software triggers, each a task that raises its event, so that
 * one interrupt can call for another, and PPI for code.
 *
 * Reference: nRF52832 product specification 1.4, "EGU"; the same on nRF52840. All six (EGU0-5)
 * have 16 channels. SWI0-5, at the same addresses, have no registers of their own: their
 * interrupts are set pending in the NVIC.
 */
#ifndef PERIPHERALS_NRF52_EGU_H
#define PERIPHERALS_NRF52_EGU_H

#include "peripherals/nrf52/nrf_common.h"

enum egu_register {
    EGU_TASKS_TRIGGER_0 = 0x000,
    EGU_EVENTS_TRIGGERED_0 = 0x100,
};

#define EGU_CHANNELS 16U

enum egu_fault { EGU_FAULT_TRIGGER_LOST, EGU_FAULTS };

struct egu {
    struct device_env env;
    struct egu_state {
        struct nrf_events events;
        int32_t faults[EGU_FAULTS];
    } state;
};

extern const struct device_class nrf52_egu_class;

#endif
