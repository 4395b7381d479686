// Offers a handle that nobody guards: only a chip's driver does.
#include "kernel/capsule/manifest.h"
#include "kernel/hil/gpio.h"

CAPSULE(pair);

struct good {
    struct hil_gpio pin;
    bool high;
};

static void good_write(void *self, bool high)
{
    struct good *good = self;
    good->high = high;
}

static const struct hil_gpio_ops ops = {.write = good_write}; // REFUSED

static void start(struct good *good)
{
    good->pin = (struct hil_gpio){&ops, good}; // REFUSED
}
