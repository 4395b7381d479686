/* An app by the names of Tock's C library, and a driver written as that library's are, on the calls
 * of libtock/tock.h alone. */
#include <libtock-sync/interface/button.h>
#include <libtock-sync/interface/console.h>
#include <libtock-sync/peripherals/rng.h>
#include <libtock-sync/sensors/humidity.h>
#include <libtock-sync/sensors/temperature.h>
#include <libtock-sync/services/alarm.h>
#include <libtock/interface/led.h>
#include <libtock/peripherals/gpio.h>
#include <stdio.h>
#include <string.h>

#define DRIVER_NUM_TEMPERATURE 0x60000

static void check(bool holds, const char *rule)
{
    printf("%s %s\n", holds ? "PASS" : "FAIL", rule);
}

/* The driver: its upcall ends a wait. */
struct reading {
    bool fired;
    int value;
};

static void temperature_upcall(int value, int unused0, int unused1, void *opaque)
{
    struct reading *reading = opaque;
    (void)unused0;
    (void)unused1;
    reading->value = value;
    reading->fired = true;
}

static returncode_t read_by_hand(int *value)
{
    struct reading reading = {false, 0};
    subscribe_return_t subscribed =
        subscribe(DRIVER_NUM_TEMPERATURE, 0, temperature_upcall, &reading);
    if (!subscribed.success) {
        return (returncode_t)tock_subscribe_return_to_returncode(subscribed);
    }
    syscall_return_t answer = command(DRIVER_NUM_TEMPERATURE, 1, 0, 0);
    int status = tock_command_return_novalue_to_returncode(answer);
    if (status == RETURNCODE_SUCCESS) {
        yield_for(&reading.fired);
        *value = reading.value;
    }
    subscribed = subscribe(DRIVER_NUM_TEMPERATURE, 0, TOCK_NULL_UPCALL, NULL);
    check(subscribed.success && subscribed.callback == temperature_upcall &&
              subscribed.userdata == &reading,
          "subscribe gives back what was there");
    return (returncode_t)status;
}

static char order[16];

static void on_alarm(uint32_t now, uint32_t scheduled, void *opaque)
{
    (void)now;
    (void)scheduled;
    strncat(order, opaque, sizeof(order) - strlen(order) - 1);
}

static void test_alarms(void)
{
    static libtock_alarm_t first, second, third, often;
    libtock_alarm_in_ms(60, on_alarm, "c", &third);
    libtock_alarm_in_ms(20, on_alarm, "a", &first);
    libtock_alarm_in_ms(40, on_alarm, "b", &second);
    libtocksync_alarm_delay_ms(50);
    libtock_alarm_ms_cancel(&third);
    libtocksync_alarm_delay_ms(50);
    check(strcmp(order, "ab") == 0, "several alarms at once, one of them cancelled");
    order[0] = '\0';
    libtock_alarm_repeating_every_ms(20, on_alarm, "r", &often);
    libtocksync_alarm_delay_ms(90);
    libtock_alarm_ms_cancel(&often);
    libtocksync_alarm_delay_ms(90);
    check(strcmp(order, "rrrr") == 0, "an alarm that repeats, until it is cancelled");
    bool never = false;
    check(libtocksync_alarm_yield_for_with_timeout(&never, 10) == RETURNCODE_FAIL,
          "a wait with a limit");
}

static void on_task(int a, int b, int c, void *opaque)
{
    *(int *)opaque = a + b + c;
}

static void test_calls(void)
{
    uint32_t frequency = 0;
    int sum = 0;
    check(tock_command_return_u32_to_returncode(command(0, 1, 0, 0), &frequency) ==
                  RETURNCODE_SUCCESS &&
              frequency > 0 && driver_exists(0) && !driver_exists(0x12345),
          "commands and their shapes");
    uint8_t buffer[4];
    allow_rw_return_t lent = allow_readwrite(0x40001, 0, buffer, sizeof(buffer));
    allow_rw_return_t back = allow_readwrite(0x40001, 0, NULL, 0);
    check(lent.success && back.ptr == buffer && back.size == sizeof(buffer) &&
              allow_readonly(0x12345, 0, buffer, 4).status == TOCK_STATUSCODE_NODEVICE,
          "allow gives back what was there, or says why not");
    check(tock_enqueue(on_task, 1, 2, 3, &sum) == 0 && yield_no_wait() == 1 && sum == 6,
          "a task runs at the next yield");
    check(tock_app_memory_begins_at() < (void *)buffer &&
              (void *)buffer < tock_app_memory_ends_at(),
          "memory is where memop says");
}

static void test_drivers(void)
{
    int count = 0, value = 0, again = 0;
    check(libtock_led_count(&count) == RETURNCODE_SUCCESS && count == 4 &&
              libtock_led_on(0) == RETURNCODE_SUCCESS && libtock_led_on(count) == RETURNCODE_EINVAL,
          "LEDs");
    check(libtock_gpio_count(&count) == RETURNCODE_SUCCESS && count == 8 &&
              libtock_gpio_enable_input(0, libtock_pull_up) == RETURNCODE_SUCCESS &&
              libtock_gpio_read(0, &value) == RETURNCODE_SUCCESS && value == 1,
          "GPIO");
    check(libtocksync_temperature_read(&value) == RETURNCODE_SUCCESS &&
              read_by_hand(&again) == RETURNCODE_SUCCESS && value == again && value == 2500,
          "a sensor, by its function and by hand");
    check(!libtocksync_humidity_exists() &&
              libtocksync_humidity_read(&value) == RETURNCODE_ENODEVICE,
          "a sensor that the board lacks");
    uint8_t bytes[8] = {0};
    check(libtocksync_rng_get_random_bytes(bytes, sizeof(bytes), 8, &count) == RETURNCODE_SUCCESS &&
              count == 8,
          "random numbers");
    uint32_t written = 0;
    check(libtocksync_console_write((const uint8_t *)"text\n", 5, &written) == RETURNCODE_SUCCESS &&
              written == 5,
          "the console");
}

int main(void)
{
    test_calls();
    test_drivers();
    test_alarms();
    printf("ready\n");
    check(libtocksync_button_wait_for_press(2) == RETURNCODE_SUCCESS, "a button");
    printf("done\n");
    return 0;
}
