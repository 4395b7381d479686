/* peripherals/armv7m/dwt_comparators.h - the four comparators of the DWT: watch an instruction
 * address, data accesses, or the cycle counter, and raise a debug event. Reference: ARMv7-M ARM,
 * C1.8.
 *
 * Modelled: FUNCTION 4 (instruction address, or CYCCNT with CYCMATCH on comparator 0), 5, 6 and 7
 * (reads, writes, both), MASK, MATCHED. Not modelled, and reported when set: the functions that
 * emit trace packets or ETM triggers, and data values (DATAVMATCH).
 *
 * Whether an event leads to DebugMonitor is for the caller to decide: it knows the priorities.
 */
#ifndef PERIPHERALS_ARMV7M_DWT_COMPARATORS_H
#define PERIPHERALS_ARMV7M_DWT_COMPARATORS_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/armv7m/dwt.h"

/* COMP, MASK and FUNCTION of all of them, offsets from 0xE0001000. */
bool dwt_comparators_own(uint32_t offset);
uint32_t dwt_comparators_peek(const struct dwt *dwt, uint32_t offset);
/* Reading FUNCTION clears its MATCHED. */
uint32_t dwt_comparators_read(struct dwt *dwt, uint32_t offset);
void dwt_comparators_write(struct dwt *dwt, uint32_t offset, uint32_t value);

/* Does one watch instruction addresses in [start, end)? Changes nothing. */
bool dwt_watches_code(const struct dwt *dwt, uint32_t start, uint32_t end);
/* Does one watch data in so many bytes? Changes nothing. */
bool dwt_watches_data(const struct dwt *dwt, uint32_t address, uint32_t size_bytes);

/* The instruction at `pc` has run, or an access has been made: sets MATCHED where one matches.
 * True: that is a debug event. */
bool dwt_match_code(struct dwt *dwt, uint32_t pc);
bool dwt_match_data(struct dwt *dwt, uint32_t address, uint32_t size_bytes, bool write);

/* The first cycle after `cycle` at which CYCCNT reaches the value watched; UINT64_MAX: none is. */
uint64_t dwt_next_cycle_match(const struct dwt *dwt, uint64_t cycle);
/* That cycle has come. */
void dwt_match_cycle(struct dwt *dwt);

#endif
