// Changes the list, or which list it is, while LIST_AT looks at it twice.
#include "kernel/hil/led.h"
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"

struct evil {
    struct hil_led_list lists[2];
    struct hil_led_list list;
};

static uint32_t swap(struct evil *own)
{
    own->list = own->lists[1];
    return 0;
}

static struct evil *next(struct evil *own)
{
    return own;
}

static void run(struct evil *own, uint32_t number)
{
    hil_led_set(&LIST_AT(own->list, swap(own)), true); // REFUSED
    hil_led_set(&LIST_AT(next(own)->list, number), true); // REFUSED
    hil_led_set(&LIST_AT(own->list, (own->list = own->lists[1], number)), true); // REFUSED
}
