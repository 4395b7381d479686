/* sim/loader/tab.h - Tock application bundles (TAB): tar archives of one TBF per architecture. */
#ifndef SIM_LOADER_TAB_H
#define SIM_LOADER_TAB_H

#include <stddef.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"

/* Finds in the archive data[0..size) the TBF for the boards here: cortex-m4.tbf or, in its absence,
 * one for Cortex-M4 at a fixed address (cortex-m4.ADDRESSES.tbf; the first), then one for Cortex-M3
 * or M0, whose instructions the M4 has too. *tbf points into data. No such archive, damaged, or
 * without any: SIM_WRONG_USE. `name` is for messages. */
bool tab_find(const char *name, const uint8_t *data, size_t size, const uint8_t **tbf,
              size_t *tbf_size, struct sim_error *error);

#endif
