/*
 * uicr.h - what the chip reads out of its flash at every reset: which pins are GPIO, which voltage
 * the regulator makes. A new chip has it blank. Product specification, UICR and NVMC.
 */
#ifndef KERNEL_CHIPS_NRF52_UICR_H
#define KERNEL_CHIPS_NRF52_UICR_H

#include <stdint.h>

/* Offsets of words in UICR, and what they are to be. */
#define NRF52_UICR_NFCPINS      0x20Cu
#define NRF52_UICR_NFCPINS_GPIO 0xFFFFFFFEu /* P0.09 and P0.10 */
#define NRF52_UICR_REGOUT0      0x304u      /* nRF52840 */
#define NRF52_UICR_REGOUT0_3V0  0xFFFFFFFCu

/* Returns when the word has the value. Else it writes it and resets the chip: only then it counts.
 * A word that would need bits set, which takes an erase of all of them, is left as it is. */
void nrf52_uicr_require(uint32_t offset, uint32_t value);

#endif
