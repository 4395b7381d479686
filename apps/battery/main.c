/* The battery's voltage, once a second: the mean of eight samples, without waiting
 * for each. */
#include <stdio.h>

#include "apps/lib/adc.h"
#include "apps/lib/alarm.h"

#define CHANNEL 0
#define SAMPLES 8u
#define DIVIDER 2u

struct sum {
    uint32_t samples, total;
};

static void sampled(uint32_t type, uint32_t channel, uint32_t sample, void *userdata)
{
    struct sum *sum = userdata;
    (void)type;
    (void)channel;
    sum->samples++;
    sum->total += sample;
}

int main(void)
{
    int reference = adc_reference_millivolts();
    if (reference < 0) {
        printf("battery: no ADC, error %d\n", reference);
        return 1;
    }
    for (;;) {
        struct sum sum = {0, 0};
        while (sum.samples < SAMPLES && adc_read_async(CHANNEL, sampled, &sum) == K_OK) {
            syscall_yield();
        }
        uint32_t millivolts = (sum.total / SAMPLES * (uint32_t)reference >> 16) * DIVIDER;
        printf("battery: %lu mV\n", millivolts);
        alarm_sleep_ms(1000);
    }
}
