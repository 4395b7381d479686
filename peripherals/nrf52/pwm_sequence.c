#include "peripherals/nrf52/pwm_sequence.h"

#define SHORTS_SEQEND0_STOP     (1U << 0)
#define SHORTS_LOOPSDONE_START0 (1U << 2)
#define SHORTS_LOOPSDONE_START1 (1U << 3)
#define SHORTS_LOOPSDONE_STOP   (1U << 4)
#define DECODER_LOAD_MASK       3U
#define DECODER_NEXT_STEP       (1U << 8)

uint32_t pwm_load_mode(const struct pwm_state *s)
{
    return s->decoder & DECODER_LOAD_MASK;
}

/* Halfwords of a step. */
static uint32_t step_values(const struct pwm_state *s)
{
    static const uint8_t values[4] = {1, 2, 4, 4};
    return values[pwm_load_mode(s)];
}

static void spread(struct pwm_state *s, const uint16_t *values)
{
    static const uint8_t from[4][PWM_CHANNELS] = {
        {0, 0, 0, 0}, {0, 0, 1, 1}, {0, 1, 2, 3}, {0, 1, 2, 2}};
    for (uint32_t i = 0; i < PWM_CHANNELS; i++) {
        s->values[i] = values[from[pwm_load_mode(s)][i]];
    }
}

static void take_top(struct pwm *pwm, uint32_t top)
{
    pwm->state.top = top;
    if (top < PWM_COUNTERTOP_MIN) {
        device_guest_error(&pwm->env, PWM_COUNTERTOP, "COUNTERTOP is less than 3: taken as 3");
        pwm->state.top = PWM_COUNTERTOP_MIN;
    }
}

/* The last value of a sequence is loaded. */
static uint32_t end_sequence(struct pwm *pwm)
{
    struct pwm_state *s = &pwm->state;
    uint32_t events = pwm_add_event(s, PWM_EVENTS_SEQEND_0 + 4U * s->sequence);
    s->stopping = s->stopping || (s->shorts >> s->sequence & SHORTS_SEQEND0_STOP) != 0;
    if (s->sequence == 0 || s->loops_left == 0) {
        return events;
    }
    s->loops_left--;
    if (s->loops_left != 0) {
        return events;
    }
    s->stopping = s->stopping || (s->shorts & SHORTS_LOOPSDONE_STOP) != 0;
    if ((s->shorts & (SHORTS_LOOPSDONE_START0 | SHORTS_LOOPSDONE_START1)) != 0) {
        s->starts_after = (s->shorts & SHORTS_LOOPSDONE_START0) != 0 ? 1 : 2;
    }
    return events | pwm_add_event(s, PWM_EVENTS_LOOPSDONE);
}

static uint32_t load_step(struct pwm *pwm)
{
    struct pwm_state *s = &pwm->state;
    uint8_t bytes[2 * PWM_CHANNELS] = {0};
    uint16_t values[PWM_CHANNELS];
    uint32_t size = 2 * step_values(s);
    if (pwm->env.dma.read(pwm->env.dma.context, s->next, bytes, size) != BUS_OK) {
        device_guest_error(&pwm->env, PWM_SEQ_0_PTR + PWM_SEQUENCE_BYTES * s->sequence,
                           "EasyDMA reaches RAM only: the sequence ends here");
        s->steps_left = 0;
        s->over = true;
        return 0;
    }
    for (uint32_t i = 0; i < PWM_CHANNELS; i++) {
        values[i] = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
    }
    spread(s, values);
    take_top(pwm, pwm_load_mode(s) == PWM_LOAD_WAVEFORM ? values[3] & 0x7FFFU : s->countertop);
    s->next += size;
    s->steps_left--;
    s->periods_left = s->sequences[s->sequence].refresh;
    return s->steps_left == 0 ? end_sequence(pwm) : 0;
}

static uint32_t begin_sequence(struct pwm *pwm, uint32_t sequence)
{
    struct pwm_state *s = &pwm->state;
    const struct pwm_sequence *from = &s->sequences[sequence];
    s->sequence = sequence;
    s->next = from->ptr;
    s->steps_left = from->cnt / step_values(s);
    s->delaying = false;
    s->over = false;
    s->step_wanted = false;
    if (s->steps_left == 0) {
        device_guest_error(&pwm->env, PWM_SEQ_0_PTR + PWM_SEQUENCE_BYTES * sequence + 4,
                           "a sequence without a whole step is started: the last values stay");
        s->over = true;
        return 0;
    }
    uint32_t events = load_step(pwm);
    return s->over ? 0 : events | pwm_add_event(s, PWM_EVENTS_SEQSTARTED_0 + 4U * sequence);
}

uint32_t pwm_begin_playback(struct pwm *pwm, uint32_t sequence)
{
    struct pwm_state *s = &pwm->state;
    s->loops_left = s->loop;
    s->starts_next = 0;
    s->starts_after = 0;
    return begin_sequence(pwm, sequence);
}

/* After the last value with all its periods and ENDDELAY. */
static uint32_t leave_sequence(struct pwm *pwm)
{
    struct pwm_state *s = &pwm->state;
    if (s->starts_after != 0) {
        return pwm_begin_playback(pwm, s->starts_after - 1);
    }
    if (s->loops_left != 0) {
        return begin_sequence(pwm, 1 - s->sequence);
    }
    s->over = true;
    return 0;
}

/* A period is over, and generation goes on: what the next one shows. */
uint32_t pwm_advance(struct pwm *pwm)
{
    struct pwm_state *s = &pwm->state;
    if (s->starts_next != 0) {
        return pwm_begin_playback(pwm, s->starts_next - 1);
    }
    if (s->over) {
        return 0;
    }
    if ((s->decoder & DECODER_NEXT_STEP) != 0 && !s->delaying) {
        if (!s->step_wanted) {
            return 0;
        }
        s->step_wanted = false;
        s->periods_left = 0;
    }
    if (s->periods_left != 0) {
        s->periods_left--;
        return 0;
    }
    if (s->steps_left != 0) {
        return load_step(pwm);
    }
    if (!s->delaying && s->sequences[s->sequence].enddelay != 0) {
        s->delaying = true;
        s->periods_left = s->sequences[s->sequence].enddelay - 1;
        return 0;
    }
    return leave_sequence(pwm);
}
