// Calls an op of a handle past its function.
#include "kernel/hil/gpio.h"

static void evil(const struct hil_gpio *pin, uint32_t *other)
{
    pin->ops->toggle(other); // REFUSED
}
