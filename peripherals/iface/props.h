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

/* What a pin of the chip is wired for, as the devicetree's pinctrl groups say (`psels`). */
enum props_function {
    PROPS_SPI_SCK,
    PROPS_SPI_MOSI,
    PROPS_SPI_MISO,
    PROPS_I2C_SCL,
    PROPS_I2C_SDA,
    PROPS_QSPI_SCK,
    PROPS_QSPI_CSN,
    PROPS_QSPI_IO0,
    PROPS_QSPI_IO1,
    PROPS_QSPI_IO2,
    PROPS_QSPI_IO3,
    PROPS_PWM_OUT0,
    PROPS_PWM_OUT1,
    PROPS_PWM_OUT2,
    PROPS_PWM_OUT3,
    PROPS_UART_TX,
    PROPS_UART_RX,
    PROPS_UART_RTS,
    PROPS_UART_CTS,
};

/* The last four may be NULL; the functions below see to that. */
struct props {
    /* Cell `index` of a u32 property; false when absent or too short. */
    bool (*u32)(const void *node, const char *name, uint32_t index, uint32_t *value);
    /* A string property, NULL when absent; lives as long as the machine. */
    const char *(*string)(const void *node, const char *name);
    /* Entry `index` of a phandle-array such as `gpios`; false when absent. */
    bool (*gpio)(const void *node, const char *name, uint32_t index, struct props_gpio *gpio);
    const void *node;
    void *context;
    /* Whether the node has a property without a value. */
    bool (*flag)(const void *node, const char *name);
    /* As gpio, of the bus node that the part sits on (`cs-gpios`): its parent, or what the parent's
     * spi-dev names. */
    bool (*bus_gpio)(const void *node, const char *name, uint32_t index, struct props_gpio *gpio);
    /* The pin that a node's pinctrl-0 gives a function. The node: the first phandle of `property`
     * ("pwms"), or with NULL the bus node. */
    bool (*bus_pin)(const void *node, const char *property, enum props_function function,
                    struct props_gpio *gpio);
    /* Byte `index` of a byte array ([c2 28 17]); false when absent or too short. */
    bool (*byte)(const void *node, const char *name, uint32_t index, uint8_t *value);
};

static inline bool props_flag(const struct props *props, const char *name)
{
    return props->flag != NULL && props->flag(props->node, name);
}

static inline bool props_bus_gpio(const struct props *props, const char *name, uint32_t index,
                                  struct props_gpio *gpio)
{
    return props->bus_gpio != NULL && props->bus_gpio(props->node, name, index, gpio);
}

static inline bool props_bus_pin(const struct props *props, const char *property,
                                 enum props_function function, struct props_gpio *gpio)
{
    return props->bus_pin != NULL && props->bus_pin(props->node, property, function, gpio);
}

static inline bool props_byte(const struct props *props, const char *name, uint32_t index,
                              uint8_t *value)
{
    return props->byte != NULL && props->byte(props->node, name, index, value);
}

static inline uint32_t props_u32_or(const struct props *props, const char *name, uint32_t otherwise)
{
    uint32_t value;
    return props->u32 != NULL && props->u32(props->node, name, 0, &value) ? value : otherwise;
}

#endif
