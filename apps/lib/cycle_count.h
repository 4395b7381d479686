/* Cycles of the processor. There is one counter: K_ERESERVE while another app that has started it
 * lives, but for reading. */
#ifndef APPS_LIB_CYCLE_COUNT_H
#define APPS_LIB_CYCLE_COUNT_H

#include <stdint.h>

#include "apps/lib/syscall.h"

int cycle_count_start(void);
int cycle_count_read(uint64_t *cycles);
int cycle_count_stop(void);
int cycle_count_reset(void); /* 0, and stopped */

#endif
