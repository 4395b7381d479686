/* peripherals/nrf52/ecb.h - ECB: encrypts one block with AES-128 by EasyDMA.
 *
 * Reference: nRF52832 product specification 1.4 and nRF52840 product specification 1.1, "ECB".
 * ECBDATAPTR names 48 bytes in RAM: key, clear text, cipher text. Key and clear text are read at
 * STARTECB, the cipher text is written 7.2 us later, and then ENDECB comes. STOPECB, or a pointer
 * that is not in RAM, gives ERRORECB.
 *
 * Not modelled: ECB and CCM/AAR have one AES core on the chip, and CCM and AAR come first.
 */
#ifndef PERIPHERALS_NRF52_ECB_H
#define PERIPHERALS_NRF52_ECB_H

#include "peripherals/nrf52/aes128.h"
#include "peripherals/nrf52/nrf_common.h"

enum ecb_register {
    ECB_TASKS_STARTECB = 0x000,
    ECB_TASKS_STOPECB = 0x004,
    ECB_EVENTS_ENDECB = 0x100,
    ECB_EVENTS_ERRORECB = 0x104,
    ECB_ECBDATAPTR = 0x504,
};

#define ECB_BLOCK_NS 7200U

enum ecb_fault { ECB_FAULT_GARBLED, ECB_FAULT_ERROR, ECB_FAULTS };

struct ecb {
    struct device_env env;
    struct ecb_state {
        struct nrf_events events;
        uint32_t ecbdataptr;
        uint32_t output; /* where the cipher text of the block under way goes */
        uint8_t cipher[AES128_BYTES];
        int32_t faults[ECB_FAULTS]; /* kept over a reset, as the next */
        uint64_t random;
    } state;
    struct event done;
};

extern const struct device_class nrf52_ecb_class;

#endif
