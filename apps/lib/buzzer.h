/* Tones, one at a time. Of longer than ABI_BUZZER_MAX_MS, that much. */
#ifndef APPS_LIB_BUZZER_H
#define APPS_LIB_BUZZER_H

#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

/* A tone, when the buzzer is free; waits until it is over. K_EINVAL: not a frequency for it.
 * K_EBUSY: one that nobody waits for is under way. */
int buzzer_tone(uint32_t frequency_hz, uint32_t duration_ms);
/* Without waiting: the upcall gets (status, 0, 0). */
int buzzer_tone_async(uint32_t frequency_hz, uint32_t duration_ms, syscall_upcall upcall,
                      void *userdata);
/* In place of this app's tone that nobody waits for, whose upcall comes when this one is over.
 * K_EOFF: there is none. K_ERESERVE: another app has the buzzer. */
int buzzer_change(uint32_t frequency_hz, uint32_t duration_ms);
/* Ends it; its upcall comes. K_EOFF: there is none. K_ERESERVE. */
int buzzer_stop(void);

#endif
