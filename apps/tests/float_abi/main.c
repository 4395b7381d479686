/*
 * Floating point in an app, by whichever float ABI it is built: the lines are the same for all of
 * them. Numbers go through functions, upcalls, the heap and the C library.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "apps/lib/alarm.h"

#define VALUES 64

static float sum_of_squares(const float *values, int count, float scale)
{
    float sum = 0.0f;
    for (int i = 0; i < count; i++) {
        sum += values[i] * values[i] * scale;
    }
    return sum;
}

/* More arguments than there are registers for them. */
static float __attribute__((noinline))
weigh(float a, double b, float c, float d, float e, float f, float g, float h, double i, float j)
{
    return a + 2.0f * (float)b + 3.0f * c + 4.0f * d + 5.0f * e + 6.0f * f + 7.0f * g + 8.0f * h +
           9.0f * (float)i + 10.0f * j;
}

static long thousandths(double value)
{
    return (long)floor(value * 1000.0 + 0.5);
}

/* Computes meanwhile, as an upcall may. */
static void ticked(uint32_t now, uint32_t expired, uint32_t unused, void *userdata)
{
    (void)now;
    (void)expired;
    (void)unused;
    volatile float *total = userdata;
    *total += sqrtf(2.0f) * sinf(1.0f);
}

static float compute_with_upcalls(volatile float *total)
{
    float value = 1.0f;
    (void)alarm_subscribe(ticked, (void *)total);
    for (int i = 0; i < 5; i++) {
        (void)alarm_set_relative(alarm_ms_to_ticks(2));
        value = value * 1.5f + 0.25f;
        syscall_yield();
        value = sqrtf(value * value);
    }
    return value;
}

int main(void)
{
    float *values = malloc(VALUES * sizeof(*values));
    for (int i = 0; i < VALUES; i++) {
        values[i] = (float)i / 8.0f;
    }
    printf("float: squares %ld\n", thousandths((double)sum_of_squares(values, VALUES, 0.5f)));
    printf("float: arguments %ld\n", thousandths((double)weigh(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)));
    printf("float: library %ld %ld %ld %ld\n", thousandths((double)sqrtf(2.0f)),
           thousandths((double)sinf(0.5f)), thousandths(pow(1.5, 7.0)), thousandths(exp(1.0)));
    printf("float: text %ld\n", thousandths(strtod("-12.0625", NULL)));
    volatile float total = 0.0f;
    float value = compute_with_upcalls(&total);
    printf("float: upcalls %ld %ld\n", thousandths((double)value), thousandths((double)total));
    printf("float: printed %.3f\n", (double)value);
    free(values);
    return 0;
}
