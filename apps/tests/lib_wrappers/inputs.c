/* The wrappers of LED, button, touch, alarm, random numbers and temperature. Wants presses of
 * button1 at 500 ms, button3 at 700 ms, button2 at 900, 1200 and 1500 ms; touches of pad0 at 2000,
 * 2300 and 2600 ms; each for 100 ms. */
#include "apps/tests/lib_wrappers/note.h"

#include "apps/lib/button.h"
#include "apps/lib/led.h"
#include "apps/lib/rng.h"
#include "apps/lib/temperature.h"
#include "apps/lib/touch.h"

static void test_led(void)
{
    check(led_count() == 4, "led_count");
    bool on = led_on(1) == K_OK && led_read(1) == 1;
    bool off = led_toggle(1) == K_OK && led_read(1) == 0;
    bool again = led_toggle(1) == K_OK && led_read(1) == 1;
    check(on && off && again && led_off(1) == K_OK && led_read(1) == 0,
          "led_on, led_off, led_toggle, led_read");
    check(led_on(4) == K_EINVAL && led_off(4) == K_EINVAL && led_toggle(4) == K_EINVAL &&
              led_read(4) == K_EINVAL,
          "LED 4: K_EINVAL");
}

static void test_button_wait(void)
{
    uint32_t pressed = 2;
    check(button_count() == 4 && button_read(1) == 0, "button_count; button_read of a free one");
    check(button_enable(4) == K_EINVAL && button_disable(4) == K_EINVAL &&
              button_read(4) == K_EINVAL,
          "button 4: K_EINVAL");
    check(button_enable(1) == K_OK && button_enable(2) == K_OK, "button_enable");
    check(button_wait(&pressed) == 1 && pressed == 1 && button_read(1) == 1 && is_about_ms(500),
          "button_wait: pressed");
    check(button_wait(&pressed) == 1 && pressed == 0 && button_read(1) == 0 && is_about_ms(600),
          "button_wait: released");
}

static void test_button_subscribe(void)
{
    static struct note note;
    check(button_subscribe(note_upcall, &note) == K_OK, "button_subscribe");
    syscall_yield();
    check(is_noted(&note, 1, 2, 1, 0) && is_about_ms(900),
          "its upcall: pressed, button 3 left out");
    syscall_yield();
    check(is_noted(&note, 2, 2, 0, 0) && is_about_ms(1000), "its upcall: released");
    bool disabled = button_disable(2) == K_OK;
    sleep_until_ms(1250);
    bool reads = button_read(2) == 1;
    sleep_until_ms(1400);
    check(disabled && reads && syscall_yield_no_wait() == 0, "button_disable: no more upcalls");
    bool enabled = button_enable(2) == K_OK;
    sleep_until_ms(1700);
    bool two = syscall_yield_no_wait() == 1 && syscall_yield_no_wait() == 1;
    check(enabled && two && syscall_yield_no_wait() == 0 && note.count == 4,
          "enabled again: upcalls again");
}

static void test_touch(void)
{
    static struct note note;
    struct touch_event event = {ABI_TOUCH_MOVED, 1, 1};
    check(touch_enable() == K_OK, "touch_enable");
    check(touch_wait(&event) == K_OK && event.status == ABI_TOUCH_PRESSED && event.x == 0 &&
              event.y == 0 && is_about_ms(2000),
          "touch_wait: pressed");
    check(touch_wait(&event) == K_OK && event.status == ABI_TOUCH_RELEASED && is_about_ms(2100),
          "touch_wait: released");
    check(touch_subscribe(note_upcall, &note) == K_OK, "touch_subscribe");
    syscall_yield();
    check(is_noted(&note, 1, ABI_TOUCH_PRESSED, 0, 0) && is_about_ms(2300), "its upcall: pressed");
    syscall_yield();
    check(is_noted(&note, 2, ABI_TOUCH_RELEASED, 0, 0) && is_about_ms(2400),
          "its upcall: released");
    bool disabled = touch_disable() == K_OK;
    sleep_until_ms(2800);
    check(disabled && syscall_yield_no_wait() == 0, "touch_disable: no more upcalls");
}

static void test_alarm(void)
{
    static struct note note;
    uint32_t dt = alarm_ms_to_ticks(20);
    check(alarm_frequency_hz() == 8388608u && alarm_ms_to_ticks(1500) == 12582912u,
          "alarm_frequency_hz, alarm_ms_to_ticks");
    uint32_t start = alarm_now_ticks();
    check(alarm_sleep_ms(20) == K_OK && alarm_now_ticks() - start >= dt &&
              alarm_now_ticks() - start < dt + alarm_ms_to_ticks(1),
          "alarm_sleep_ms");
    check(alarm_subscribe(note_upcall, &note) == K_OK, "alarm_subscribe");
    start = alarm_now_ticks();
    bool set = alarm_set_relative(dt) == K_OK;
    syscall_yield();
    check(set && note.count == 1 && note.arguments[0] - start >= dt &&
              note.arguments[0] - note.arguments[1] < alarm_ms_to_ticks(1) &&
              note.arguments[2] == 0,
          "alarm_set_relative");
    start = alarm_now_ticks();
    set = alarm_set_absolute(start - 512, 1u << 16) == K_OK;
    syscall_yield();
    check(set && note.count == 2 && note.arguments[1] == start - 512 + (1u << 16),
          "alarm_set_absolute");
    set = alarm_set_relative(dt) == K_OK;
    bool stopped = alarm_stop() == K_OK && alarm_stop() == K_EALREADY;
    spin_ms(30);
    check(set && stopped && syscall_yield_no_wait() == 0, "alarm_stop");
}

static void test_rng(void)
{
    static struct note note;
    static uint8_t bytes[24];
    unsigned zeros = 0;
    bool asked = rng_get_async(bytes, 20, note_upcall, &note) == K_OK;
    syscall_yield();
    for (unsigned i = 0; i < 20; i++) {
        zeros += bytes[i] == 0;
    }
    check(asked && is_noted(&note, 1, 0, 20, 0) && zeros < 5 && bytes[20] == 0 && bytes[21] == 0,
          "rng_get_async");
    check(rng_get(bytes, 0) == 0, "rng_get of nothing");
    /* The upcall of the first request is waiting when the second comes. */
    static uint8_t more[16];
    asked = rng_get_async(bytes, 4, note_upcall, &note) == K_OK;
    spin_ms(20);
    int status = rng_get(more, sizeof(more));
    bool untouched = true;
    for (unsigned i = 0; i < sizeof(more); i++) {
        untouched = untouched && more[i] == 0;
    }
    check(asked && status == K_EBUSY && untouched, "rng_get before its upcall: K_EBUSY");
    check(syscall_yield_no_wait() == 1 && is_noted(&note, 2, 0, 4, 0), "which it still gets");
    check(rng_get(more, sizeof(more)) == (int)sizeof(more), "and then rng_get works");
}

static void test_temperature(void)
{
    static struct note note;
    int32_t centidegrees = 0;
    bool asked = temperature_read_async(note_upcall, &note) == K_OK;
    check(temperature_read(&centidegrees) == K_EBUSY, "temperature_read while one waits: K_EBUSY");
    syscall_yield();
    check(asked && is_noted(&note, 1, (uint32_t)-550, 0, 0), "temperature_read_async");
    check(temperature_read(&centidegrees) == K_OK && centidegrees == -550, "temperature_read");
}

int main(void)
{
    test_led();
    test_button_wait();
    test_button_subscribe();
    test_touch();
    test_alarm();
    test_rng();
    test_temperature();
    printf("done\n");
    return 0;
}
