/* The voltage of channel 0 over time: one buffer, two in turn, and sample by sample. */
#include <stdio.h>

#include "apps/lib/adc.h"

#define COUNT  8
#define ROUNDS 4
#define HZ     1000

static int reference_mv;
static uint16_t first[COUNT], second[COUNT];
static int rounds;

/* Rounded to 50 mV. */
static unsigned rounded(uint32_t sample)
{
    return (unsigned)((sample * (uint32_t)reference_mv / 65536 + 25) / 50 * 50);
}

static void show(const char *what, const uint16_t *samples)
{
    printf("scope: %s", what);
    for (int i = 0; i < COUNT; i++) {
        printf(" %u", rounded(samples[i]));
    }
    printf("\n");
}

static void filled(uint32_t mode, uint32_t length, uint32_t address, void *userdata)
{
    (void)userdata;
    const uint16_t *samples = address == (uint32_t)(uintptr_t)first ? first : second;
    if (mode == 3 && length == COUNT << 8) {
        show(samples == first ? "first" : "second", samples);
    }
    if (++rounds == ROUNDS) {
        adc_stop();
    }
}

static void sampled(uint32_t mode, uint32_t channel, uint32_t sample, void *userdata)
{
    (void)userdata;
    printf("scope: %lu, channel %lu, %u\n", mode, channel, rounded(sample));
    if (++rounds == ROUNDS) {
        adc_stop();
    }
}

int main(void)
{
    reference_mv = adc_reference_millivolts();
    int status = adc_read_buffer(0, HZ, first, COUNT);
    printf("scope: a buffer: %d\n", status);
    show("one", first);
    status = adc_repeat_buffers(0, 100, first, second, COUNT, filled, NULL);
    printf("scope: buffers: %d, and meanwhile %d\n", status, adc_read_buffer(0, HZ, first, COUNT));
    while (status == K_OK && rounds < ROUNDS) {
        syscall_yield();
    }
    rounds = 0;
    status = adc_repeat(0, 10, sampled, NULL);
    printf("scope: samples: %d\n", status);
    while (status == K_OK && rounds < ROUNDS) {
        syscall_yield();
    }
    printf("scope: the end\n");
    return 0;
}
