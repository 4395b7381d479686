#include "kernel/capsules/led.h"

CAPSULE(led, .needs = {LED});

static command_return led_command(void *self, struct process_id id, uint32_t command,
                                  uint32_t index, uint32_t unused)
{
    const struct led_driver *driver = self;
    (void)id;
    (void)unused;
    if (command == ABI_LED_COUNT) {
        return command_success_u32(driver->leds.count);
    }
    if (command > ABI_LED_READ) {
        return command_error(K_ENOSUPPORT);
    }
    if (index >= driver->leds.count) {
        return command_error(K_EINVAL);
    }
    const struct hil_led *led = &LIST_AT(driver->leds, index);
    switch (command) {
    case ABI_LED_ON:
        hil_led_set(led, true);
        return command_success();
    case ABI_LED_OFF:
        hil_led_set(led, false);
        return command_success();
    case ABI_LED_TOGGLE:
        hil_led_toggle(led);
        return command_success();
    default:
        return command_success_u32(hil_led_is_lit(led));
    }
}

const struct driver_ops led_driver_ops = {
    .number = ABI_DRIVER_LED,
    .command = led_command,
    .owner = &this_capsule,
};

void led_init(struct led_driver *led, struct hil_led_list leds)
{
    *led = (struct led_driver){leds};
    for (uint32_t i = 0; i < leds.count; i++) {
        hil_led_init(&LIST_AT(leds, i));
    }
}
