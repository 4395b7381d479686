/* Requests that nobody waits for, on the watch: sensors, ADC, display, gestures; and what its PWM
 * says. */
#include "apps/lib/adc.h"
#include "apps/lib/heart_rate.h"
#include "apps/lib/nine_dof.h"
#include "apps/lib/pwm.h"
#include "apps/lib/screen.h"
#include "apps/lib/touch.h"
#include "apps/tests/lib_wrappers/note.h"

static struct note note;

static void test_sensors(void)
{
    struct nine_dof_acceleration now = {0};
    int status = nine_dof_read_acceleration_async(note_upcall, &note);
    int again = nine_dof_read_acceleration(&now);
    syscall_yield();
    check(status == K_OK && again == K_EBUSY && nine_dof_read_acceleration(&now) == K_OK &&
              is_noted(&note, 1, (uint32_t)now.x_mg, (uint32_t)now.y_mg, (uint32_t)now.z_mg),
          "an acceleration that nobody waits for is that which somebody does");
    struct heart_rate_sample sample;
    note = (struct note){0};
    int off = heart_rate_read_async(note_upcall, &note);
    int on = heart_rate_on();
    status = heart_rate_read_async(note_upcall, &note);
    again = heart_rate_read(&sample);
    syscall_yield();
    check(off != K_OK && on == K_OK && status == K_OK && again == K_EBUSY && note.count == 1 &&
              note.arguments[0] == 0 && heart_rate_read(&sample) == K_OK,
          "a sample of the heart rate ends in an upcall");
    (void)heart_rate_off();
    note = (struct note){0};
}

static void test_adc(void)
{
    uint32_t millivolts = 0;
    check(adc_count() == 1 && adc_resolution_bits() > 8 && adc_reference_millivolts() > 1000,
          "the ADC has a channel, a resolution and a reference");
    int status = adc_read_async(0, note_upcall, &note);
    int again = adc_read_millivolts(0, &millivolts);
    syscall_yield();
    uint32_t noted = note.arguments[2] * (uint32_t)adc_reference_millivolts() >> 16;
    check(status == K_OK && again == K_EBUSY && note.count == 1 && note.arguments[1] == 0,
          "a sample of the ADC ends in an upcall");
    check(adc_read_millivolts(0, &millivolts) == K_OK && millivolts - noted + 20 < 40,
          "with the voltage that one gets who waits");
}

static void test_screen(void)
{
    static const unsigned char pixels[32] = {0xF8};
    const struct screen_frame frame = {10, 20, 4, 4}, beyond = {238, 0, 4, 4};
    note = (struct note){0};
    int status = screen_set_frame_async(&frame, note_upcall, &note);
    int again = screen_set_frame(0, 0, 8, 8);
    syscall_yield();
    check(status == K_OK && again == K_EBUSY && is_noted(&note, 1, 0, 0, 0),
          "setting the frame ends in an upcall");
    status = screen_write_async(pixels, sizeof(pixels), note_upcall, &note);
    syscall_yield();
    int filled = screen_fill_async(pixels, 2, note_upcall, &note);
    syscall_yield();
    check(status == K_OK && filled == K_OK && is_noted(&note, 3, 0, 0, 0),
          "writing and filling do, too");
    check(screen_set_frame_async(&beyond, note_upcall, &note) == K_EINVAL &&
              screen_set_frame(0, 0, 8, 8) == K_OK,
          "what is refused is not under way");
}

static void test_screen_settings(void)
{
    static const unsigned char pixel[2] = {0xF8};
    check(screen_format() == ABI_SCREEN_RGB_565, "the screen has a format");
    check(screen_set_inverted(true) == K_OK && screen_set_inverted(false) == K_OK,
          "it can be inverted, and back");
    check(screen_set_power(false) == K_OK && screen_set_power(true) == K_OK,
          "and turned off and on");
    note = (struct note){0};
    int status = screen_fill_async(pixel, sizeof(pixel), note_upcall, &note);
    int inverted = screen_set_inverted(true);
    int off = screen_set_power(false);
    syscall_yield();
    check(status == K_OK && inverted == K_EBUSY && off == K_EBUSY && is_noted(&note, 1, 0, 0, 0),
          "neither while something else is under way");
}

static void test_touch_and_pwm(void)
{
    check(touch_count() == 1, "one finger can be told apart");
    check(pwm_count() == 1 && pwm_max_frequency_hz(0) == 160000 &&
              pwm_max_frequency_hz(1) == K_EINVAL,
          "PWM has a highest frequency");
    note = (struct note){0};
    (void)touch_subscribe_gesture(note_upcall, &note);
    (void)touch_enable();
    printf("ready\n");
    syscall_yield();
    check(is_noted(&note, 1, ABI_TOUCH_SWIPE_LEFT, 0, 0), "a swipe is an upcall");
    check(touch_wait_gesture() == ABI_TOUCH_SWIPE_UP, "or can be waited for");
}

int main(void)
{
    test_sensors();
    test_adc();
    test_screen();
    test_screen_settings();
    test_touch_and_pwm();
    printf("done\n");
    return 0;
}
