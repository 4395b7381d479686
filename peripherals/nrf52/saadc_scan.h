/* peripherals/nrf52/saadc_scan.h - what SAADC's tasks do: acquisitions and conversions in their
 * time, averages, limits, results into RAM. saadc.c has the registers, saadc_convert.h the numbers.
 *
 * Reference: nRF52832 product specification 1.4, "SAADC".
 */
#ifndef PERIPHERALS_NRF52_SAADC_SCAN_H
#define PERIPHERALS_NRF52_SAADC_SCAN_H

#include "peripherals/nrf52/saadc.h"

/* Once, from init. */
void saadc_scan_init(struct saadc *saadc);

/* A task register was triggered. */
void saadc_run_task(struct saadc *saadc, uint32_t offset);

/* Between two samples of SAMPLERATE's timer. */
uint64_t saadc_sample_period_cycles(const struct saadc *saadc);

/* What is under way ends without an event; calibration goes on. */
void saadc_abort(struct saadc *saadc);

#endif
