/* peripherals/nrf52/uicr.h - UICR: what the user wrote into the chip, as the CPU reads it.
 *
 * Reference: nRF52832 product specification 1.4, "UICR". The words live in the machine's
 * non-volatile memory (env.nvm) and survive every reset; the flash controller alone changes them
 * (nvmc.h, memory_write). A store that reaches this device all the same is a guest error.
 *
 * Not modelled: the meaning of APPROTECT, NFCPINS, DEBUGCTRL and REGOUT0. PSELRESET is the
 * machine's to read.
 */
#ifndef PERIPHERALS_NRF52_UICR_H
#define PERIPHERALS_NRF52_UICR_H

#include "peripherals/nrf52/nrf_common.h"

/* First word and number of words; what lies between is memory without a meaning. */
enum uicr_register {
    UICR_NRFFW = 0x014,     /* [15]; nRF52840: [13] */
    UICR_NRFHW = 0x050,     /* [12] */
    UICR_CUSTOMER = 0x080,  /* [32] */
    UICR_PSELRESET = 0x200, /* [2] */
    UICR_APPROTECT = 0x208,
    UICR_NFCPINS = 0x20C,
    UICR_DEBUGCTRL = 0x210, /* nRF52840 */
    UICR_REGOUT0 = 0x304,   /* nRF52840 */
};

struct uicr {
    struct device_env env; /* no state: the words are the machine's */
};

extern const struct device_class nrf52_uicr_class;

#endif
