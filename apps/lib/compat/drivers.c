/* libtock-c's names for what apps/lib does. */
#include <libtock-sync/interface/button.h>
#include <libtock-sync/interface/console.h>
#include <libtock-sync/peripherals/rng.h>
#include <libtock-sync/sensors/ambient_light.h>
#include <libtock-sync/sensors/humidity.h>
#include <libtock-sync/sensors/ninedof.h>
#include <libtock-sync/sensors/temperature.h>
#include <libtock/interface/led.h>
#include <libtock/peripherals/gpio.h>

#include "apps/lib/button.h"
#include "apps/lib/console.h"
#include "apps/lib/gpio.h"
#include "apps/lib/led.h"
#include "apps/lib/nine_dof.h"
#include "apps/lib/rng.h"
#include "apps/lib/sensor.h"

/* A value that is not negative goes to *value. */
static returncode_t give(int result, int *value)
{
    if (result < 0) {
        return (returncode_t)result;
    }
    *value = result;
    return RETURNCODE_SUCCESS;
}

/* --- LEDs --- */

bool libtock_led_exists(void)
{
    return driver_exists(ABI_DRIVER_LED);
}

returncode_t libtock_led_count(int *count)
{
    return give(led_count(), count);
}

returncode_t libtock_led_on(int index)
{
    return (returncode_t)led_on((uint32_t)index);
}

returncode_t libtock_led_off(int index)
{
    return (returncode_t)led_off((uint32_t)index);
}

returncode_t libtock_led_toggle(int index)
{
    return (returncode_t)led_toggle((uint32_t)index);
}

/* --- Buttons --- */

static libtock_button_callback button_callback;

static void button_changed(uint32_t index, uint32_t pressed, uint32_t unused, void *userdata)
{
    (void)unused;
    (void)userdata;
    button_callback(RETURNCODE_SUCCESS, (int)index, pressed != 0);
}

bool libtock_button_exists(void)
{
    return driver_exists(ABI_DRIVER_BUTTON);
}

returncode_t libtock_button_count(int *count)
{
    return give(button_count(), count);
}

returncode_t libtock_button_read(int index, int *value)
{
    return give(button_read((uint32_t)index), value);
}

returncode_t libtock_button_notify_on_press(int index, libtock_button_callback callback)
{
    button_callback = callback;
    int status = button_subscribe(button_changed, NULL);
    return (returncode_t)(status == K_OK ? button_enable((uint32_t)index) : status);
}

returncode_t libtocksync_button_wait_for_press(int index)
{
    uint32_t pressed = 0;
    int status = button_enable((uint32_t)index);
    if (status == K_OK) {
        do {
            status = button_wait(&pressed);
        } while (status >= 0 && (status != index || pressed == 0));
        (void)button_disable((uint32_t)index);
    }
    return status < 0 ? (returncode_t)status : RETURNCODE_SUCCESS;
}

/* --- Console --- */

static libtock_console_callback_write write_callback;
static libtock_console_callback_read read_callback;

static void written(uint32_t bytes, uint32_t unused1, uint32_t unused2, void *userdata)
{
    (void)unused1;
    (void)unused2;
    (void)userdata;
    write_callback(RETURNCODE_SUCCESS, bytes);
}

static void received(uint32_t status, uint32_t bytes, uint32_t unused, void *userdata)
{
    (void)unused;
    (void)userdata;
    read_callback((returncode_t) - (int)status, bytes);
}

bool libtock_console_exists(void)
{
    return driver_exists(ABI_DRIVER_CONSOLE);
}

bool libtocksync_console_exists(void)
{
    return libtock_console_exists();
}

returncode_t libtock_console_write(const uint8_t *buffer, uint32_t bytes,
                                   libtock_console_callback_write callback)
{
    write_callback = callback;
    return (returncode_t)console_write_async(buffer, bytes, written, NULL);
}

returncode_t libtock_console_read(uint8_t *buffer, uint32_t bytes,
                                  libtock_console_callback_read callback)
{
    read_callback = callback;
    return (returncode_t)console_read_async(buffer, bytes, received, NULL);
}

returncode_t libtock_console_abort_read(void)
{
    return (returncode_t)console_read_abort();
}

static returncode_t give_bytes(int result, uint32_t *bytes)
{
    *bytes = result < 0 ? 0 : (uint32_t)result;
    return result < 0 ? (returncode_t)result : RETURNCODE_SUCCESS;
}

returncode_t libtocksync_console_write(const uint8_t *buffer, uint32_t bytes, uint32_t *written_)
{
    return give_bytes(console_write(buffer, bytes), written_);
}

returncode_t libtocksync_console_read(uint8_t *buffer, uint32_t bytes, uint32_t *read)
{
    return give_bytes(console_read(buffer, bytes), read);
}

/* --- GPIO --- */

static libtock_gpio_callback_interrupt gpio_callback;

static void gpio_changed(uint32_t pin, uint32_t level, uint32_t unused, void *userdata)
{
    (void)unused;
    (void)userdata;
    gpio_callback(pin, level != 0);
}

bool libtock_gpio_exists(void)
{
    return driver_exists(ABI_DRIVER_GPIO);
}

returncode_t libtock_gpio_count(int *count)
{
    return give(gpio_count(), count);
}

returncode_t libtock_gpio_set_interrupt_callback(libtock_gpio_callback_interrupt callback)
{
    gpio_callback = callback;
    return (returncode_t)gpio_subscribe(gpio_changed, NULL);
}

returncode_t libtock_gpio_enable_input(uint32_t pin, libtock_gpio_input_mode_t mode)
{
    return (returncode_t)gpio_enable_input(pin, (enum abi_gpio_pull)mode);
}

returncode_t libtock_gpio_enable_output(uint32_t pin)
{
    return (returncode_t)gpio_enable_output(pin);
}

returncode_t libtock_gpio_set(uint32_t pin)
{
    return (returncode_t)gpio_set(pin);
}

returncode_t libtock_gpio_clear(uint32_t pin)
{
    return (returncode_t)gpio_clear(pin);
}

returncode_t libtock_gpio_toggle(uint32_t pin)
{
    return (returncode_t)gpio_toggle(pin);
}

returncode_t libtock_gpio_read(uint32_t pin, int *value)
{
    return give(gpio_read(pin), value);
}

returncode_t libtock_gpio_enable_interrupt(uint32_t pin, libtock_gpio_interrupt_mode_t mode)
{
    return (returncode_t)gpio_enable_interrupt(pin, (enum abi_gpio_edge)mode);
}

returncode_t libtock_gpio_disable_interrupt(uint32_t pin)
{
    return (returncode_t)gpio_disable_interrupt(pin);
}

returncode_t libtock_gpio_disable(uint32_t pin)
{
    return (returncode_t)gpio_disable(pin);
}

/* --- Random numbers and sensors --- */

bool libtocksync_rng_exists(void)
{
    return driver_exists(ABI_DRIVER_RNG);
}

returncode_t libtocksync_rng_get_random_bytes(uint8_t *buffer, uint32_t bytes, uint32_t wanted,
                                              int *count)
{
    return give(rng_get(buffer, wanted < bytes ? wanted : bytes), count);
}

static returncode_t read_sensor(uint32_t driver, int *value)
{
    int32_t read = 0;
    int status = sensor_read(driver, &read);
    if (status == K_OK) {
        *value = (int)read;
    }
    return (returncode_t)status;
}

bool libtocksync_temperature_exists(void)
{
    return driver_exists(ABI_DRIVER_TEMPERATURE);
}

returncode_t libtocksync_temperature_read(int *value)
{
    return read_sensor(ABI_DRIVER_TEMPERATURE, value);
}

bool libtocksync_humidity_exists(void)
{
    return driver_exists(ABI_DRIVER_HUMIDITY);
}

returncode_t libtocksync_humidity_read(int *value)
{
    return read_sensor(ABI_DRIVER_HUMIDITY, value);
}

bool libtocksync_ambient_light_exists(void)
{
    return driver_exists(ABI_DRIVER_AMBIENT_LIGHT);
}

returncode_t libtocksync_ambient_light_read_intensity(int *value)
{
    return read_sensor(ABI_DRIVER_AMBIENT_LIGHT, value);
}

bool libtocksync_ninedof_exists(void)
{
    return driver_exists(ABI_DRIVER_NINE_DOF);
}

returncode_t libtocksync_ninedof_read_accelerometer(int *x, int *y, int *z)
{
    struct nine_dof_acceleration a;
    int status = nine_dof_read_acceleration(&a);
    if (status == K_OK) {
        *x = (int)a.x_mg;
        *y = (int)a.y_mg;
        *z = (int)a.z_mg;
    }
    return (returncode_t)status;
}
