/* peripherals/nrf52/pwm_wave.h - the wave that one period of PWM puts on a pin.
 *
 * Reference: nRF52832 product specification 1.4, "PWM", wave counter. A value is a compare value of
 * 15 bits; bit 15 is the polarity: 1: the period begins high and falls at the compare value
 * (FallingEdge), 0: it begins low and rises. Counting up a period has `top` ticks, counting up and
 * down twice as many, and the level comes back at the same value on the way down.
 */
#ifndef PERIPHERALS_NRF52_PWM_WAVE_H
#define PERIPHERALS_NRF52_PWM_WAVE_H

#include <stdbool.h>
#include <stdint.h>

static inline uint32_t pwm_wave_ticks(uint32_t top, bool up_and_down)
{
    return up_and_down ? 2 * top : top;
}

static inline bool pwm_wave_level(uint16_t value, uint32_t top, bool up_and_down, uint32_t tick)
{
    uint32_t compare = value & 0x7FFFU;
    bool first =
        tick < compare || (up_and_down && tick >= 2 * top - (compare < top ? compare : top));
    return first == ((value & 0x8000U) != 0);
}

/* The first edge after `tick`; the period's length when there is none. */
static inline uint32_t pwm_wave_next_edge(uint16_t value, uint32_t top, bool up_and_down,
                                          uint32_t tick)
{
    uint32_t compare = value & 0x7FFFU;
    if (compare >= top) {
        return pwm_wave_ticks(top, up_and_down);
    }
    if (tick < compare) {
        return compare;
    }
    return up_and_down && tick < 2 * top - compare ? 2 * top - compare
                                                   : pwm_wave_ticks(top, up_and_down);
}

#endif
