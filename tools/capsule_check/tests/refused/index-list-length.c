// Makes a list with more than its array has.
#include "kernel/hil/led.h"
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"

struct evil {
    struct hil_led leds[2];
    struct hil_led_list list;
};

static void run(struct evil *own, const struct hil_led *any)
{
    own->list = (struct hil_led_list){own->leds, 3}; // REFUSED
    own->list = (struct hil_led_list){any, 1}; // REFUSED
}
