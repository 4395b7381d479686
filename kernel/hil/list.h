/*
 * list.h - a board's table of things with its length: struct hil_led_list and its like. Such a
 * struct has the two fields `items` (PRIVATE) and `count` (READ_ONLY) and is copied whole.
 *
 *   static const struct hil_led leds[] = {...};
 *   led_init(&led_driver, (struct hil_led_list)LIST_OF(leds));
 *
 * An index outside stops the capsule: it asks for `count` first, where an app gives the index.
 */
#ifndef KERNEL_HIL_LIST_H
#define KERNEL_HIL_LIST_H

#include <stdint.h>

/* The initialiser of a list: the whole of an array (what is no array does not compile). */
#define LIST_OF(array)                                                                             \
    {                                                                                              \
        (array), (uint32_t)(sizeof(array) / sizeof((array)[0]) + 0u * LIST_IS_ARRAY(array))        \
    }
#define LIST_IS_ARRAY(array)                                                                       \
    sizeof(struct {                                                                                \
        _Static_assert(!__builtin_types_compatible_p(__typeof__(array), __typeof__(&(array)[0])),  \
                       "a list is made of an array, not of a pointer");                            \
        int unused;                                                                                \
    })

/* The item at `index`, as an object: &LIST_AT(list, i) is its address. `list` is evaluated twice.
 */
#define LIST_AT(list, index) ((list).items[index_check((index), (list).count)])

/* The same for an array, where its item's address is wanted: the compiler's own check of subscripts
 * lets the address one past the end through. */
#define ARRAY_AT(array, index)                                                                     \
    ((array)[index_check((index), (uint32_t)(sizeof(array) / sizeof((array)[0])))])

/* `index` when it is below `count`, else a trap. */
static inline uint32_t index_check(uint32_t index, uint32_t count)
{
    if (index >= count) {
        __builtin_trap();
    }
    return index;
}

#endif
