// Subscripts a list without its check, and with another list's.
#include "kernel/hil/gpio.h"

static bool get(const struct hil_gpio_list *pins, const struct hil_gpio_list *more, uint32_t index)
{
    const struct hil_gpio *one = &pins->items[index];                           // REFUSED
    const struct hil_gpio *two = &(pins->items[index_check(index, more->count)]); // REFUSED
    return hil_gpio_read(one) && hil_gpio_read(two);
}
