/* Voltages that are compared, two by two. */
#ifndef APPS_LIB_COMPARATOR_H
#define APPS_LIB_COMPARATOR_H

#include <stdint.h>

#include "apps/lib/syscall.h"

/* How many channels there are, or an error. */
int comparator_count(void);
/* 1: the channel's positive input is above its negative one now; else 0, or an error. */
int comparator_compare(uint32_t channel);
/* From here on each rise above is an event, until it is stopped. K_EBUSY: another channel is
 * watched by somebody. */
int comparator_start(uint32_t channel);
int comparator_stop(uint32_t channel);
/* Waits for the next rise: its channel. */
int comparator_wait(void);
/* Without waiting: the upcall gets (channel, 0, 0) at every rise. */
int comparator_subscribe(syscall_upcall upcall, void *userdata);

#endif
