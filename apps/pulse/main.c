/*
 * The heart rate, every four seconds: samples of the light that comes back from the skin, 25 a
 * second. A beat is where they fall below the middle of what the last four seconds had.
 */
#include <stdbool.h>
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/heart_rate.h"

#define SAMPLES        100u
#define PERIOD_MS      40u
#define MS_A_MINUTE    60000u
#define SKIN_REFLECTS  1000u /* with no finger on it less comes back */
#define SMALLEST_PULSE 20u

struct beats {
    uint32_t count, first, last; /* samples at which they came */
};

static int take_samples(uint32_t *samples)
{
    uint32_t period = alarm_ms_to_ticks(PERIOD_MS);
    uint32_t expiry = alarm_now_ticks();
    int status = K_OK;
    for (uint32_t i = 0; i < SAMPLES && status == K_OK; i++) {
        struct heart_rate_sample sample;
        alarm_wait_until(expiry, period);
        expiry += period;
        status = heart_rate_read(&sample);
        samples[i] = sample.reflected;
    }
    return status;
}

static struct beats find_beats(const uint32_t *samples)
{
    struct beats beats = {0, 0, 0};
    uint32_t least = UINT32_MAX, most = 0;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        least = samples[i] < least ? samples[i] : least;
        most = samples[i] > most ? samples[i] : most;
    }
    if (most < SKIN_REFLECTS || most - least < SMALLEST_PULSE) {
        return beats;
    }
    uint32_t middle = least + (most - least) / 3;
    for (uint32_t i = 1; i < SAMPLES; i++) {
        if (samples[i - 1] >= middle && samples[i] < middle) {
            beats.first = beats.count == 0 ? i : beats.first;
            beats.last = i;
            beats.count++;
        }
    }
    return beats;
}

int main(void)
{
    static uint32_t samples[SAMPLES];
    int status = heart_rate_on();
    while (status == K_OK) {
        status = take_samples(samples);
        struct beats beats = find_beats(samples);
        if (status < 0) {
            printf("pulse: no sample, error %d\n", status);
            status = K_OK;
        } else if (beats.count < 2) {
            printf("pulse: nobody\n");
        } else {
            uint32_t ms = (beats.last - beats.first) * PERIOD_MS;
            printf("pulse: %lu beats a minute\n",
                   (unsigned long)((beats.count - 1) * MS_A_MINUTE / ms));
        }
    }
    printf("pulse: no sensor, error %d\n", status);
    return 1;
}
