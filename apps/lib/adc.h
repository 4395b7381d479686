/* Voltages at the board's analogue inputs. */
#ifndef APPS_LIB_ADC_H
#define APPS_LIB_ADC_H

#include <stdint.h>

#include "apps/lib/syscall.h"

/* How many inputs there are, or an error. */
int adc_count(void);
/* Measures once and waits. */
int adc_read_millivolts(uint32_t channel, uint32_t *millivolts);

#endif
