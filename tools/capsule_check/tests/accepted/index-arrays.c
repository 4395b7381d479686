// Indexes arrays with what a guest gives (the compiler's check traps), tables, texts, lists.
#include "kernel/hil/led.h"
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"

struct good_item {
    uint32_t value;
    uint8_t name[4];
};
struct good {
    struct hil_led_list leds;
    struct good_item items[4];
    uint8_t rows[2][4];
    struct slice all;
};

static const uint32_t table[3] = {1, 2, 3};

static uint32_t run(struct good *own, uint32_t number)
{
    struct good_item *item = &own->items[index_check(number, 4)];
    struct good_item *last = &own->items[3];
    const struct good_item *const items = &own->items[0];
    uint32_t sum = items->value + table[number] + (uint8_t) "0123456789abcdef"[number & 15u];
    item->value = own->rows[number][number + 1] + last->value;
    own->items[number].value++;
    own->items[number] = *item;
    own->all = SLICE_OF(own->rows[1]);
    for (uint32_t i = 0; i < own->leds.count; i++) {
        const struct hil_led *led = &LIST_AT(own->leds, i);
        hil_led_set(led, i == number);
    }
    return sum;
}

static void set_up(struct good *own, struct hil_led_list leds)
{
    static const struct const_slice names[2] = {SLICE_OF_TEXT("one"), SLICE_OF_TEXT("two")};
    *own = (struct good){.leds = leds, .all = {NULL, 0}};
    own->all = SLICE_OF(own->items[index_check(names[1].length, 4)].name);
}
