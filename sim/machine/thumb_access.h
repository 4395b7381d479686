/* sim/machine/thumb_access.h - does a load or store instruction write memory? For reports about
 * faults only. Reference: ARMv7-M ARM, A5.2 and A5.3. */
#ifndef SIM_MACHINE_THUMB_ACCESS_H
#define SIM_MACHINE_THUMB_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

/* `first` is the instruction's first (or only) halfword. False for loads and for all that accesses
 * no memory. */
bool thumb_access_is_store(uint16_t first);

#endif
