/* peripherals/nrf52/saadc_convert.h - from voltages to numbers: what one conversion of SAADC gives.
 *
 * Reference: nRF52832 product specification 1.4, "SAADC": RESULT = (V(P) - V(N)) * GAIN / REFERENCE
 * * 2^(RESOLUTION - m), m = 1 for a differential channel. Rounded to the nearest step (assumed).
 */
#ifndef PERIPHERALS_NRF52_SAADC_CONVERT_H
#define PERIPHERALS_NRF52_SAADC_CONVERT_H

#include "peripherals/nrf52/saadc.h"

/* The number for a voltage between the inputs of a channel with this CONFIG; RESOLUTION is 0..3 for
 * 8 to 14 bits. Ends of the range: saadc_limits. */
int32_t saadc_convert(int64_t microvolts, uint32_t config, uint32_t resolution,
                      int32_t supply_microvolts);

/* The lowest and the highest number that a channel can give. */
void saadc_limits(uint32_t config, uint32_t resolution, int32_t *lowest, int32_t *highest);

/* The voltage between the inputs of a channel, now. */
int64_t saadc_channel_microvolts(const struct device_env *env, const struct saadc_channel *channel);

/* Whether PSELP or PSELN names an input of this chip, or none. */
bool saadc_is_input(const struct device_env *env, uint32_t psel);

#endif
