/* peripherals/nrf52/nrf_random.h - the source of randomness of devices and parts, under the name
 * that the devices of the chip use. */
#ifndef PERIPHERALS_NRF52_NRF_RANDOM_H
#define PERIPHERALS_NRF52_NRF_RANDOM_H

#include "peripherals/iface/random.h"

static inline uint64_t nrf_random_next(uint64_t *state)
{
    return random_next(state);
}

#endif
