#include "peripherals/parts/jumper.h"

static void out_changed(void *owner, uint32_t index, enum wire_level level)
{
    struct jumper *jumper = owner;
    wire_drive(&jumper->ends[1 - index]->in, level);
}

static const char *jumper_init(void *self, const struct device_env *env)
{
    struct jumper *jumper = self;
    struct props_gpio gpio[2];
    jumper->env = *env;
    for (uint32_t i = 0; i < 2; i++) {
        if (env->props.gpio == NULL || !env->props.gpio(env->props.node, "gpios", i, &gpio[i])) {
            return "a jumper needs the property gpios with two entries";
        }
        jumper->ends[i] = gpio[i].pin;
    }
    if (gpio[0].number == gpio[1].number) {
        return "a jumper joins a pin with itself";
    }
    for (uint32_t i = 0; i < 2; i++) {
        wire_listen(&gpio[i].pin->out, &jumper->listeners[i], out_changed, jumper, i);
    }
    jumper->joint = (struct spi_joint){.first = gpio[0].number, .second = gpio[1].number};
    spi_bus_add_joint(&env->nets->spi, &jumper->joint);
    jumper->i2c_joint = (struct i2c_joint){.first = gpio[0].number, .second = gpio[1].number};
    i2c_join(&env->nets->i2c, &jumper->i2c_joint);
    return NULL;
}

const struct device_class part_jumper_class = {
    .name = "jumper",
    .size_bytes = sizeof(struct jumper),
    .state_version = 1,
    .init = jumper_init,
};
