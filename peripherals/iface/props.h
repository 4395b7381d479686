/* peripherals/iface/props.h - the devicetree properties of a device's node, without libfdt. */
#ifndef PERIPHERALS_IFACE_PROPS_H
#define PERIPHERALS_IFACE_PROPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peripherals/iface/wire.h"

#define PROPS_GPIO_ACTIVE_LOW 1U

struct props_gpio {
    struct pin *pin; /* owned by the machine */
    uint32_t number; /* port * 32 + pin */
    uint32_t flags;  /* devicetree flags: bit 0 active low, bit 4 pull-up, bit 5 pull-down */
};

struct props {
    /* Cell `index` of a u32 property; false when absent or too short. */
    bool (*u32)(const void *node, const char *name, uint32_t index, uint32_t *value);
    /* A string property, NULL when absent; lives as long as the machine. */
    const char *(*string)(const void *node, const char *name);
    /* Entry `index` of a phandle-array such as `gpios`; false when absent. */
    bool (*gpio)(const void *node, const char *name, uint32_t index, struct props_gpio *gpio);
    const void *node;
    void *context;
};

static inline uint32_t props_u32_or(const struct props *props, const char *name, uint32_t otherwise)
{
    uint32_t value;
    return props->u32 != NULL && props->u32(props->node, name, 0, &value) ? value : otherwise;
}

#endif
