/*
 * gpio.h - one pin. Levels are electrical: true = high.
 */
#ifndef KERNEL_HIL_GPIO_H
#define KERNEL_HIL_GPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/list.h"
#include "kernel/hil/marks.h"

enum hil_gpio_pull { HIL_GPIO_PULL_NONE, HIL_GPIO_PULL_UP, HIL_GPIO_PULL_DOWN };
enum hil_gpio_edge { HIL_GPIO_EDGE_BOTH, HIL_GPIO_EDGE_RISING, HIL_GPIO_EDGE_FALLING };

/* Whom to call after an edge, from the kernel's main loop. `index` is what was given with the
 * client: it tells its pins apart. Edges that follow each other faster than the kernel looks are
 * one call. */
struct hil_gpio_client {
    PRIVATE void (*changed)(void *self, uint32_t index);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

/* Of a chip's driver; what they do is said at the functions below. */
struct hil_gpio_ops {
    PRIVATE void (*make_output)(void *self);
    PRIVATE void (*make_input)(void *self, enum hil_gpio_pull pull);
    PRIVATE void (*disable)(void *self);
    PRIVATE void (*write)(void *self, bool high);
    PRIVATE void (*toggle)(void *self);
    PRIVATE bool (*read)(void *self);
    PRIVATE int (*enable_interrupt)(void *self, enum hil_gpio_edge edge);
    PRIVATE void (*disable_interrupt)(void *self);
    PRIVATE void (*set_client)(void *self, const struct hil_gpio_client *client, uint32_t index);
};

struct hil_gpio {
    PRIVATE const struct hil_gpio_ops *ops; /* NULL: no pin, a gap in a list */
    PRIVATE void *self;
};

struct hil_gpio_list {
    PRIVATE const struct hil_gpio *items;
    READ_ONLY uint32_t count;
};

/* False for a gap in a list, with which nothing else may be done. */
static inline bool hil_gpio_is_there(BORROWED const struct hil_gpio *pin)
{
    return pin->ops != NULL;
}

static inline void hil_gpio_make_output(BORROWED const struct hil_gpio *pin)
{
    HIL_CALL(pin, make_output);
}

static inline void hil_gpio_make_input(BORROWED const struct hil_gpio *pin, enum hil_gpio_pull pull)
{
    HIL_CALL(pin, make_input, pull);
}

/* Neither input nor output, no interrupt, no current. */
static inline void hil_gpio_disable(BORROWED const struct hil_gpio *pin)
{
    HIL_CALL(pin, disable);
}

static inline void hil_gpio_write(BORROWED const struct hil_gpio *pin, bool high)
{
    HIL_CALL(pin, write, high);
}

static inline void hil_gpio_toggle(BORROWED const struct hil_gpio *pin)
{
    HIL_CALL(pin, toggle);
}

/* An output reads as what it drives. */
static inline bool hil_gpio_read(BORROWED const struct hil_gpio *pin)
{
    return HIL_CALL(pin, read);
}

/* The pin must be an input. K_EBUSY when the chip has no detector left. */
static inline int hil_gpio_enable_interrupt(BORROWED const struct hil_gpio *pin,
                                            enum hil_gpio_edge edge)
{
    return HIL_CALL(pin, enable_interrupt, edge);
}

static inline void hil_gpio_disable_interrupt(BORROWED const struct hil_gpio *pin)
{
    HIL_CALL(pin, disable_interrupt);
}

/* `client` (borrowed for ever) gets the calls from now on, with `index`, which is below 256. */
static inline void hil_gpio_set_client(BORROWED const struct hil_gpio *pin,
                                       const struct hil_gpio_client *client, uint32_t index)
{
    HIL_CALL(pin, set_client, client, index);
}

/* For drivers. NULL: nobody is told. */
static inline void hil_gpio_client_changed(BORROWED const struct hil_gpio_client *client,
                                           uint32_t index)
{
    GUARD_TELL(client, changed, index);
}

#endif
