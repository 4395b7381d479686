/* SAADC: the specification's formula, its times, EasyDMA, and faults. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/nrf52/saadc.h"
#include "peripherals/nrf52/tests/system_bench.h"

/* Of the specification. */
#define START           0x000
#define SAMPLE          0x004
#define STOP            0x008
#define CALIBRATEOFFSET 0x00C
#define STARTED         0x100
#define END             0x104
#define DONE            0x108
#define RESULTDONE      0x10C
#define CALIBRATEDONE   0x110
#define STOPPED         0x114
#define LIMITH(n)       (0x118 + 8 * (n))
#define LIMITL(n)       (0x11C + 8 * (n))
#define INTENSET        0x304
#define STATUS          0x400
#define ENABLE          0x500
#define PSELP(n)        (0x510 + 16 * (n))
#define PSELN(n)        (0x514 + 16 * (n))
#define CONFIG(n)       (0x518 + 16 * (n))
#define LIMIT(n)        (0x51C + 16 * (n))
#define RESOLUTION      0x5F0
#define OVERSAMPLE      0x5F4
#define SAMPLERATE      0x5F8
#define PTR             0x62C
#define MAXCNT          0x630
#define AMOUNT          0x634

#define GAIN(n)  ((uint32_t)(n) << 8)
#define TACQ(n)  ((uint32_t)(n) << 16)
#define VDD_4    (1U << 12)
#define DIFF     (1U << 20)
#define BURST    (1U << 24)
#define TIMERS   (1U << 12)
#define BUFFER   (BENCH_RAM_BASE + 0x100U)
#define US(n)    ((uint64_t)(n)*64)
#define FLASH_KB 1024U

/* AIN0 to AIN7. */
static const uint8_t ain[8] = {2, 3, 4, 5, 28, 29, 30, 31};

static int start_with(void **state, uint32_t flash_bytes)
{
    struct system_bench *s = system_bench_new(&nrf52_saadc_class, 0x40007000, flash_bytes);
    *state = s;
    bench_write(s->bench, ENABLE, 1);
    bench_write(s->bench, PTR, BUFFER);
    bench_write(s->bench, MAXCNT, 1);
    bench_write(s->bench, PSELP(0), 1);
    bench_write(s->bench, CONFIG(0), 0);
    bench_write(s->bench, RESOLUTION, 2);
    return 0;
}

static int setup(void **state)
{
    return start_with(state, 512U * FLASH_KB);
}

static int setup_52840(void **state)
{
    return start_with(state, 1024U * FLASH_KB);
}

static int teardown(void **state)
{
    system_bench_free(*state);
    return 0;
}

static int16_t result(const struct bench *b, uint32_t index)
{
    return (int16_t)(b->ram[0x100 + 2 * index] | b->ram[0x101 + 2 * index] << 8);
}

static int16_t measure(struct bench *b)
{
    bench_write(b, START, 1);
    bench_write(b, SAMPLE, 1);
    bench_run_to(b, clock_now(&b->clock) + US(100));
    return result(b, 0);
}

/* The formula in floating point, to the nearest step, within the range of `bits`. */
static int16_t formula(double volts, double gain, double reference, int bits, int m)
{
    double value = round(volts * gain / reference * pow(2, bits - m));
    double top = pow(2, bits - m) - 1;
    return (int16_t)(value > top ? top : value < -top - 1 ? -top - 1 : value);
}

static void results_follow_the_formula(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    static const double gains[8] = {1 / 6.0, 1 / 5.0, 1 / 4.0, 1 / 3.0, 1 / 2.0, 1, 2, 4};
    static const int32_t millivolts[] = {0, 1, 100, 149, 600, 1200, 1500, 1799, 2999, 3000, 3600};
    for (uint32_t gain = 0; gain < 8; gain++) {
        for (uint32_t resolution = 0; resolution < 4; resolution++) {
            for (size_t i = 0; i < sizeof millivolts / sizeof millivolts[0]; i++) {
                double volts = millivolts[i] / 1000.0;
                int bits = (int)(8 + 2 * resolution);
                analog_drive(&b->pins[2].analog, millivolts[i] * 1000);
                bench_write(b, RESOLUTION, resolution);
                bench_write(b, CONFIG(0), GAIN(gain));
                assert_int_equal(measure(b), formula(volts, gains[gain], 0.6, bits, 0));
                bench_write(b, CONFIG(0), GAIN(gain) | VDD_4);
                assert_int_equal(measure(b), formula(volts, gains[gain], 0.75, bits, 0));
            }
        }
    }
    analog_drive(&b->pins[2].analog, 1800000);
    bench_write(b, CONFIG(0), 0);
    bench_write(b, RESOLUTION, 2);
    assert_int_equal(measure(b), 2048); /* half of 3.6 V */
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void a_differential_channel_has_a_sign(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    static const int32_t pairs[][2] = {{1000, 2000}, {2000, 1000}, {0, 3000}, {3000, 0}, {7, 7}};
    bench_write(b, PSELN(0), 8);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        analog_drive(&b->pins[ain[0]].analog, pairs[i][0] * 1000);
        analog_drive(&b->pins[ain[7]].analog, pairs[i][1] * 1000);
        double volts = (pairs[i][0] - pairs[i][1]) / 1000.0;
        bench_write(b, CONFIG(0), DIFF);
        assert_int_equal(measure(b), formula(volts, 1 / 6.0, 0.6, 12, 1));
        bench_write(b, CONFIG(0), DIFF | GAIN(5)); /* saturates at either end */
        assert_int_equal(measure(b), formula(volts, 1, 0.6, 12, 1));
        bench_write(b, CONFIG(0), 0); /* single-ended: PSELN does not count */
        assert_int_equal(measure(b), formula(pairs[i][0] / 1000.0, 1 / 6.0, 0.6, 12, 0));
    }
}

static void inputs_are_the_chips_pins_and_its_supply(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    for (uint32_t i = 0; i < 8; i++) {
        analog_drive(&b->pins[ain[i]].analog, (int32_t)(i + 1) * 100000);
    }
    for (uint32_t i = 0; i < 8; i++) {
        bench_write(b, PSELP(0), i + 1);
        assert_int_equal(measure(b), formula((i + 1) / 10.0, 1 / 6.0, 0.6, 12, 0));
    }
    bench_write(b, PSELP(0), 9);
    assert_int_equal(measure(b), formula(3, 1 / 6.0, 0.6, 12, 0));
    analog_drive(&b->nets.vdd, 1800000);
    assert_int_equal(measure(b), 2048);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
    bench_write(b, PSELP(0), 13);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    assert_int_equal(measure(b), 0);
}

static void nrf52840_measures_a_fifth_of_vddh(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, PSELP(0), 13);
    assert_int_equal(measure(b), formula(0.6, 1 / 6.0, 0.6, 12, 0));
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
}

static void a_pin_without_a_voltage_has_its_level(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    static const int16_t full = 3413; /* 3 V of 3.6 V */
    assert_int_equal(measure(b), 0);
    wire_drive(&b->pins[2].pad, WIRE_HIGH); /* GPIO's pull-up */
    assert_int_equal(measure(b), full);
    wire_drive(&b->pins[2].pad, WIRE_LOW);
    bench_write(b, CONFIG(0), 2); /* RESP: pull-up */
    assert_int_equal(measure(b), full);
    bench_write(b, CONFIG(0), 3); /* VDD / 2 */
    assert_int_equal(measure(b), 1707);
    wire_drive(&b->pins[2].in, WIRE_LOW); /* a part drives it */
    assert_int_equal(measure(b), 0);
}

static void a_conversion_takes_its_acquisition_time_and_2_us(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    static const uint32_t us[6] = {3, 5, 10, 15, 20, 40};
    bench_write(b, INTENSET, 1U << 1);
    for (uint32_t i = 0; i < 6; i++) {
        uint64_t begin = clock_now(&b->clock) + 1;
        bench_run_to(b, begin);
        bench_write(b, CONFIG(0), TACQ(i));
        bench_write(b, START, 1);
        assert_int_equal(bench_read(b, STARTED), 1);
        assert_int_equal(bench_read(b, STATUS), 0);
        bench_write(b, SAMPLE, 1);
        assert_int_equal(bench_read(b, STATUS), 1);
        assert_int_equal(bench_read(b, END), 0);
        analog_drive(&b->pins[2].analog, 0);
        bench_run_to(b, begin + US(us[i]) - 1);
        analog_drive(&b->pins[2].analog, 1800000); /* taken at the end of the acquisition */
        bench_run_to(b, begin + US(us[i]));
        analog_drive(&b->pins[2].analog, 3000000);
        bench_run_to(b, begin + US(us[i] + 2) - 1);
        assert_false(b->irq);
        assert_int_equal(bench_read(b, AMOUNT), 0);
        bench_run_to(b, begin + US(us[i] + 2));
        assert_true(b->irq);
        assert_int_equal(result(b, 0), 2048);
        assert_int_equal(bench_read(b, AMOUNT), 1);
        assert_int_equal(bench_read(b, STATUS), 0);
        bench_write(b, END, 0);
    }
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    assert_int_equal(bench_event_count(b, DONE), 6);
    assert_int_equal(bench_event_count(b, RESULTDONE), 6);
}

static void a_scan_takes_the_channels_in_their_order(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, PSELP(0), 0);
    bench_write(b, PSELP(1), 1);
    bench_write(b, CONFIG(1), TACQ(0));
    bench_write(b, PSELP(4), 2);
    bench_write(b, CONFIG(4), TACQ(2));
    bench_write(b, PSELP(7), 9);
    bench_write(b, CONFIG(7), TACQ(5));
    analog_drive(&b->pins[2].analog, 900000);
    analog_drive(&b->pins[3].analog, 1800000);
    bench_write(b, MAXCNT, 6);
    bench_write(b, START, 1);
    bench_write(b, SAMPLE, 1);
    bench_run_to(b, US(5 + 12 + 42) - 1);
    assert_int_equal(bench_event_count(b, RESULTDONE), 2);
    bench_write(b, SAMPLE, 1); /* too early: reported */
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    bench_run_to(b, US(5 + 12 + 42));
    assert_int_equal(bench_event_count(b, RESULTDONE), 3);
    assert_int_equal(bench_event_count(b, END), 0);
    bench_write(b, SAMPLE, 1);
    bench_run_to(b, US(200));
    assert_int_equal(bench_event_cycle(b, END), US(2 * (5 + 12 + 42)));
    assert_int_equal(bench_read(b, AMOUNT), 6);
    for (uint32_t i = 0; i < 6; i += 3) {
        assert_int_equal(result(b, i), 1024);
        assert_int_equal(result(b, i + 1), 2048);
        assert_int_equal(result(b, i + 2), 3413);
    }
    bench_write(b, SAMPLE, 1); /* after END: nothing to fill */
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
    assert_int_equal(bench_read(b, STATUS), 0);
}

static void pointer_and_count_are_taken_at_start(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    analog_drive(&b->pins[2].analog, 1800000);
    bench_write(b, START, 1);
    bench_write(b, PTR, BUFFER + 0x20); /* for the next START */
    bench_write(b, MAXCNT, 2);
    bench_write(b, SAMPLE, 1);
    bench_run_to(b, US(5));
    assert_int_equal(bench_event_count(b, END), 1);
    assert_int_equal(result(b, 0), 2048);
    assert_int_equal(result(b, 0x10), 0);
    bench_write(b, START, 1);
    assert_int_equal(bench_read(b, AMOUNT), 0);
    bench_write(b, SAMPLE, 1);
    bench_run_to(b, US(10));
    assert_int_equal(bench_event_count(b, END), 1);
    bench_write(b, SAMPLE, 1);
    bench_run_to(b, US(15));
    assert_int_equal(bench_event_count(b, END), 2);
    assert_int_equal(result(b, 0x11), 2048);
}

static void dma_reaches_ram_only(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, PTR, 0x1000);
    bench_write(b, START, 1);
    assert_int_equal(bench_event_count(b, STARTED), 0);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    bench_write(b, PTR, BENCH_RAM_BASE + BENCH_RAM_BYTES - 2);
    bench_write(b, MAXCNT, 2);
    bench_write(b, START, 1);
    bench_write(b, SAMPLE, 1);
    bench_run_to(b, US(5));
    bench_write(b, SAMPLE, 1);
    bench_run_to(b, US(10));
    assert_int_equal(bench_read(b, AMOUNT), 1);
    assert_int_equal(bench_event_count(b, END), 0);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
    bench_write(b, MAXCNT, 0xFFFFFFFF);
    assert_int_equal(bench_read(b, MAXCNT), 0x7FFF);
}

static void oversampling_averages(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, OVERSAMPLE, 2); /* 4 */
    bench_write(b, START, 1);
    for (uint32_t i = 0; i < 4; i++) { /* one SAMPLE for each conversion */
        assert_int_equal(bench_event_count(b, RESULTDONE), 0);
        analog_drive(&b->pins[2].analog, (int32_t)i * 900000);
        bench_write(b, SAMPLE, 1);
        bench_run_to(b, clock_now(&b->clock) + US(5));
        assert_int_equal(bench_event_count(b, DONE), i + 1);
    }
    assert_int_equal(bench_event_count(b, END), 1);
    assert_int_equal(result(b, 0), (0 + 1024 + 2048 + 3072) / 4);
    bench_write(b, OVERSAMPLE, 8);
    bench_write(b, CONFIG(0), BURST);
    bench_write(b, START, 1);
    uint64_t begin = clock_now(&b->clock);
    bench_write(b, SAMPLE, 1); /* one for all 256 */
    bench_run_to(b, begin + US(256 * 5) - 1);
    assert_int_equal(bench_event_count(b, END), 1);
    bench_run_to(b, begin + US(256 * 5));
    assert_int_equal(bench_event_count(b, END), 2);
    assert_int_equal(bench_event_count(b, DONE), 4 + 256);
    assert_int_equal(bench_event_count(b, RESULTDONE), 2);
    assert_int_equal(result(b, 0), 3072);
}

static void the_sample_rate_timer_counts_16_mhz(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, SAMPLERATE, TIMERS | 1600); /* 100 us */
    bench_write(b, MAXCNT, 3);
    bench_write(b, START, 1);
    bench_write(b, SAMPLE, 1);
    bench_run_to(b, US(205) - 1);
    assert_int_equal(bench_event_count(b, RESULTDONE), 2);
    bench_run_to(b, US(205));
    assert_int_equal(bench_event_count(b, END), 1);
    bench_run_to(b, US(1000));
    assert_int_equal(bench_event_count(b, DONE), 10); /* goes on without a buffer */
    struct device_timer told;
    assert_int_equal(nrf52_saadc_class.timers(b->device, &told, 1), 1);
    assert_int_equal(told.due_cycles, US(1100));
    bench_run_to(b, US(1105) - 1);
    assert_int_equal(bench_event_count(b, DONE), 11);
    bench_run_to(b, US(1105)); /* the sample of that cycle, converted */
    assert_int_equal(bench_event_count(b, DONE), 12);
    assert_int_equal(told.period_cycles, US(100));
    assert_int_equal(bench_read(b, AMOUNT), 3);
    bench_write(b, STOP, 1);
    assert_int_equal(bench_event_count(b, STOPPED), 1);
    assert_int_equal(bench_event_count(b, END), 1);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static void stop_ends_the_buffer(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, MAXCNT, 3);
    bench_write(b, START, 1);
    bench_write(b, SAMPLE, 1);
    bench_run_to(b, US(5));
    bench_write(b, SAMPLE, 1);
    bench_run_to(b, US(6));
    bench_write(b, STOP, 1);
    assert_int_equal(bench_event_count(b, END), 1);
    assert_int_equal(bench_event_count(b, STOPPED), 1);
    assert_int_equal(bench_read(b, AMOUNT), 1);
    assert_int_equal(bench_read(b, STATUS), 0);
    bench_run_to(b, US(100));
    assert_int_equal(bench_event_count(b, DONE), 1);
    bench_write(b, STOP, 1);
    assert_int_equal(bench_event_count(b, END), 1);
    assert_int_equal(bench_event_count(b, STOPPED), 2);
}

static void limits_are_compared_with_each_result(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, PSELP(0), 0);
    bench_write(b, PSELP(3), 1);
    bench_write(b, CONFIG(3), 0);
    bench_write(b, LIMIT(3), 2048U << 16 | 1024U);
    bench_write(b, INTENSET, 1U << ((LIMITL(3) - 0x100) / 4));
    static const struct {
        int32_t millivolts;
        uint32_t high, low;
    } steps[] = {{1500, 0, 0}, {1799, 0, 0}, {1800, 1, 0}, {3000, 2, 0}, {901, 2, 0}, {900, 2, 1}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_false(b->irq);
        analog_drive(&b->pins[2].analog, steps[i].millivolts * 1000);
        (void)measure(b);
        assert_int_equal(bench_event_count(b, LIMITH(3)), steps[i].high);
        assert_int_equal(bench_event_count(b, LIMITL(3)), steps[i].low);
    }
    assert_true(b->irq);
    for (uint32_t i = 0; i < 8; i++) {
        assert_true(i == 3 ||
                    bench_event_count(b, LIMITH(i)) + bench_event_count(b, LIMITL(i)) == 0);
    }
}

static void calibration_takes_its_time(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, CALIBRATEOFFSET, 1);
    assert_int_equal(bench_read(b, CALIBRATEDONE), 0);
    bench_run_to(b, US(1000));
    assert_int_equal(bench_read(b, CALIBRATEDONE), 1);
    assert_true(bench_event_cycle(b, CALIBRATEDONE) > US(1));
}

static void nothing_works_while_it_is_off(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, START, 1);
    bench_write(b, SAMPLE, 1);
    bench_write(b, ENABLE, 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
    bench_write(b, START, 1);
    bench_write(b, SAMPLE, 1);
    bench_write(b, CALIBRATEOFFSET, 1);
    bench_run_to(b, US(1000));
    assert_int_equal(bench_event_count(b, DONE) + bench_event_count(b, CALIBRATEDONE), 0);
    assert_int_equal(bench_event_count(b, STARTED), 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 3);
}

static void faults_last_until_they_are_taken_back(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    analog_drive(&b->pins[2].analog, 1800000);
    assert_int_equal(measure(b), 2048);
    assert_true(bench_input(b, "stuck", -7));
    assert_int_equal(measure(b), -7);
    assert_true(bench_input(b, "stuck", 0));
    assert_true(bench_input(b, "saturated", 1));
    assert_int_equal(measure(b), 4095);
    bench_write(b, CONFIG(0), DIFF);
    assert_true(bench_input(b, "saturated", -1));
    assert_int_equal(measure(b), -2048);
    bench_write(b, CONFIG(0), 0);
    assert_true(bench_input(b, "saturated", 0));
    assert_int_equal(measure(b), 2048);
    assert_true(bench_input(b, "hold", 1));
    analog_drive(&b->pins[2].analog, 0);
    assert_int_equal(measure(b), 2048);
    assert_true(bench_input(b, "hold", 0));
    assert_int_equal(measure(b), 0);
    assert_false(bench_input(b, "press", 1));
}

static void noise_is_bounded_seeded_and_survives_a_reset(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    int16_t lowest = INT16_MAX, highest = INT16_MIN;
    assert_true(bench_input(b, "noise", 5));
    bench_reset(b, RESET_SREQ);
    bench_write(b, ENABLE, 1);
    bench_write(b, PTR, BUFFER);
    bench_write(b, MAXCNT, 1);
    bench_write(b, PSELP(0), 1);
    bench_write(b, CONFIG(0), 0);
    bench_write(b, RESOLUTION, 2);
    analog_drive(&b->pins[2].analog, 1800000);
    for (uint32_t i = 0; i < 500; i++) {
        int16_t value = measure(b);
        lowest = value < lowest ? value : lowest;
        highest = value > highest ? value : highest;
    }
    assert_int_equal(lowest, 2043);
    assert_int_equal(highest, 2053);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(results_follow_the_formula),
        TEST(a_differential_channel_has_a_sign),
        TEST(inputs_are_the_chips_pins_and_its_supply),
        cmocka_unit_test_setup_teardown(nrf52840_measures_a_fifth_of_vddh, setup_52840, teardown),
        TEST(a_pin_without_a_voltage_has_its_level),
        TEST(a_conversion_takes_its_acquisition_time_and_2_us),
        TEST(a_scan_takes_the_channels_in_their_order),
        TEST(pointer_and_count_are_taken_at_start),
        TEST(dma_reaches_ram_only),
        TEST(oversampling_averages),
        TEST(the_sample_rate_timer_counts_16_mhz),
        TEST(stop_ends_the_buffer),
        TEST(limits_are_compared_with_each_result),
        TEST(calibration_takes_its_time),
        TEST(nothing_works_while_it_is_off),
        TEST(faults_last_until_they_are_taken_back),
        TEST(noise_is_bounded_seeded_and_survives_a_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
