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

/* `count` samples of 16 bits, `frequency_hz` a second; waits for all. */
int adc_read_buffer(uint32_t channel, uint32_t frequency_hz, uint16_t *samples, size_t count);
/* Without waiting: the upcall gets (2, count << 8 | channel, samples). */
int adc_read_buffer_async(uint32_t channel, uint32_t frequency_hz, uint16_t *samples, size_t count,
                          syscall_upcall upcall, void *userdata);
/* Until adc_stop(): an upcall (1, channel, sample) for each sample. */
int adc_repeat(uint32_t channel, uint32_t frequency_hz, syscall_upcall upcall, void *userdata);
/* Until adc_stop(): the two buffers in turn, of `count` samples each; for each that is full an
 * upcall (3, count << 8 | channel, its address). It is written anew when the other one is full. */
int adc_repeat_buffers(uint32_t channel, uint32_t frequency_hz, uint16_t *first, uint16_t *second,
                       size_t count, syscall_upcall upcall, void *userdata);
/* Ends what is under way; its upcall comes no more. */
int adc_stop(void);

#endif
