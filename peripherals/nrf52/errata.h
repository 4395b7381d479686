/* peripherals/nrf52/errata.h - undocumented addresses that start-up code and drivers touch to work
 * around errata. They are accepted without a word: nothing that software can see depends on them.
 *
 * Reference: the vendor's public errata documents for nRF52832 and nRF52840, whose workarounds name
 * these addresses.
 */
#ifndef PERIPHERALS_NRF52_ERRATA_H
#define PERIPHERALS_NRF52_ERRATA_H

#include <stdbool.h>
#include <stdint.h>

/* True when `address` (a word) is one of them; *value: what it reads. Writes have no effect. */
bool nrf52_errata_get(uint32_t address, uint32_t *value);

#endif
