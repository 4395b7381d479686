// Checks the index of one list against the count of another.
#include "kernel/hil/led.h"
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"

struct evil {
    struct hil_led_list few;
    struct hil_led_list many;
};

static void run(const struct evil *own, uint32_t number)
{
    hil_led_set(&own->few.items[index_check(number, own->many.count)], true); // REFUSED
    hil_led_set(&own->few.items[number], true); // REFUSED
}
