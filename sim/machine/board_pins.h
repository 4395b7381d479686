/* sim/machine/board_pins.h - which of the chip's pins a devicetree node means: GPIO specifiers,
 * pinctrl groups, and the bus that a part sits on. Zephyr's encodings; see board_pins.c. */
#ifndef SIM_MACHINE_BOARD_PINS_H
#define SIM_MACHINE_BOARD_PINS_H

#include "peripherals/iface/props.h"
#include "sim/machine/board.h"

enum board_pin_result {
    BOARD_PIN_FOUND,
    BOARD_PIN_ABSENT, /* no such property, entry or function; or an entry left free (<0>) */
    BOARD_PIN_WRONG,  /* there is one that cannot be: *why is a constant sentence */
};

struct board_pin {
    uint32_t number; /* port * 32 + pin, below board->pin_count */
    uint32_t flags;  /* devicetree flags */
};

/* Entry `index` of a phandle array such as `gpios` or `cs-gpios`. */
enum board_pin_result board_pins_gpio(const struct board *board, int node, const char *property,
                                      uint32_t index, struct board_pin *pin, const char **why);

/* The pin that the pinctrl-0 of a peripheral's node gives a function; without a pinctrl-0, the
 * properties of older Zephyr trees (`sck-pin`, `sda-pin`, ...). */
enum board_pin_result board_pins_function(const struct board *board, int node,
                                          enum props_function function, struct board_pin *pin,
                                          const char **why);

/* Whether everything that pinctrl-0 of a node says can be; *why as above. */
bool board_pins_check_groups(const struct board *board, int node, const char **why);

/* Whether each signal that pinctrl-0 of a node, or the properties of older trees, names has a pin
 * of its own. */
bool board_pins_are_distinct(const struct board *board, int node);

/* Tells `visit` of each pin that a node names, in its lists of pins ("gpios", "...-gpios") and in
 * its pinctrl-0. `role`: what for ("reset", "TX"; "": its only purpose), valid during the call.
 * What cannot be is passed over. */
void board_pins_visit(const struct board *board, int node,
                      void (*visit)(void *context, uint32_t pin, const char *role), void *context);

/* The node of the bus that a node of this parent sits on: what the parent's `spi-dev` names
 * (zephyr,mipi-dbi-spi), else the parent. TREE_NO_NODE when spi-dev names no node. */
int board_pins_bus(const struct board *board, int parent);

/* Which bit the function begins at in this tree's psels: call once the blob is there. */
uint32_t board_pins_find_shift(const void *blob);

#endif
