// Takes a handle apart, and makes one of its parts.
#include "kernel/hil/gpio.h"

static uint32_t get(const struct hil_gpio *pin, const struct hil_gpio_list *pins)
{
    const struct hil_gpio_ops *ops = pin->ops;         // REFUSED
    const struct hil_gpio copy = {.ops = ops};         // REFUSED by pair
    return hil_gpio_is_there(&copy) + pins->count
           + (pins->items == NULL ? 1u : 0u);          // REFUSED
}
