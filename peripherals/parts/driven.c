#include "peripherals/parts/driven.h"

#define PWMS_CHANNEL  1U /* cells after the phandle: channel, period, flags */
#define PWMS_FLAGS    3U
#define PWMS_INVERTED 1U
#define PWM_CHANNELS  4U

static bool find_pwm_pin(const struct props *props, struct props_gpio *gpio)
{
    uint32_t channel = 0, flags = 0;
    if (props->u32 == NULL || !props->u32(props->node, "pwms", PWMS_CHANNEL, &channel) ||
        channel >= PWM_CHANNELS) {
        return false;
    }
    enum props_function function = (enum props_function)(PROPS_PWM_OUT0 + channel);
    if (!props_bus_pin(props, "pwms", function, gpio)) {
        return false;
    }
    (void)props->u32(props->node, "pwms", PWMS_FLAGS, &flags);
    gpio->flags = (flags & PWMS_INVERTED) != 0 ? PROPS_GPIO_ACTIVE_LOW : 0;
    return true;
}

bool driven_init(struct driven *driven, const struct device_env *env, const char *gpio_property,
                 void (*changed)(void *owner, uint32_t index, enum wire_level level), void *owner)
{
    const struct props *props = &env->props;
    struct props_gpio gpio;
    driven->by_pwm = false;
    if (props->gpio == NULL || !props->gpio(props->node, gpio_property, 0, &gpio)) {
        driven->by_pwm = true;
        if (!find_pwm_pin(props, &gpio)) {
            return false;
        }
    }
    driven->pin = gpio.pin;
    driven->active_low = (gpio.flags & PROPS_GPIO_ACTIVE_LOW) != 0;
    wire_listen(&gpio.pin->out, &driven->listener, changed, owner, 0);
    return true;
}
