/* Voltages at the board's analogue inputs. */
#ifndef APPS_LIB_ADC_H
#define APPS_LIB_ADC_H

#include <stdint.h>

#include "apps/lib/syscall.h"

/* How many inputs there are, or an error. */
int adc_count(void);
/* Bits of a sample that the hardware has, and what a sample of 65,536 would be. Or an error. */
int adc_resolution_bits(void);
int adc_reference_millivolts(void);
/* Measures once and waits. */
int adc_read_millivolts(uint32_t channel, uint32_t *millivolts);
/* Without waiting: the upcall gets (0, channel, sample of 16 bits), and the voltage is sample *
 * adc_reference_millivolts() >> 16. Another request until then is K_EBUSY. */
int adc_read_async(uint32_t channel, syscall_upcall upcall, void *userdata);

#endif
