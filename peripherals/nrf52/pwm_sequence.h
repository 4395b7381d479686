/* peripherals/nrf52/pwm_sequence.h - which values PWM plays next: the decoder with its EasyDMA,
 * REFRESH, ENDDELAY, LOOP and NEXTSTEP. pwm.c makes the wave of them.
 *
 * Reference: nRF52832 product specification 1.4, "PWM". What these functions give back are the
 * events that came of it, a bit each (NRF_EVENT_BIT): their registers are set, and the caller
 * raises them when all of its own state is up to date.
 */
#ifndef PERIPHERALS_NRF52_PWM_SEQUENCE_H
#define PERIPHERALS_NRF52_PWM_SEQUENCE_H

#include "peripherals/nrf52/pwm.h"

#define PWM_SEQUENCE_BYTES 0x20U /* from the registers of SEQ[0] to those of SEQ[1] */

/* DECODER.LOAD: halfwords of a step go to the channels as common, grouped, individual or waveform.
 */
enum pwm_load { PWM_LOAD_COMMON, PWM_LOAD_GROUPED, PWM_LOAD_INDIVIDUAL, PWM_LOAD_WAVEFORM };
uint32_t pwm_load_mode(const struct pwm_state *s);

/* What such a function gives back for one event: nothing when a fault lets it get lost. */
static inline uint32_t pwm_add_event(struct pwm_state *s, uint32_t offset)
{
    if (device_fault_strikes(&s->faults.values[PWM_FAULT_EVENT_LOST])) {
        return 0;
    }
    nrf_event_set(&s->events, offset);
    return NRF_EVENT_BIT(offset);
}

/* SEQSTART: loads the first value of a sequence, 0 or 1. With none to load, state.over is true. */
uint32_t pwm_begin_playback(struct pwm *pwm, uint32_t sequence);

/* A period is over, and generation goes on: what the next one shows. */
uint32_t pwm_advance(struct pwm *pwm);

#endif
