/* The properties of a device's node, as devices ask for them. */
#include <libfdt.h>
#include <string.h>

#include "sim/machine/board.h"
#include "sim/machine/board_pins.h"
#include "sim/machine/board_tree.h"

/* An ADC's channel may have a node of its own that says which input it measures: 1 is AIN0. */
static uint32_t channel_input(const void *blob, int adc, uint32_t channel)
{
    int child = 0;
    fdt_for_each_subnode(child, blob, adc)
    {
        uint32_t number = 0;
        uint32_t input = 0;
        if (tree_cell(blob, child, "reg", 0, &number) && number == channel &&
            tree_cell(blob, child, "zephyr,input-positive", 0, &input) && input > 0) {
            return input - 1;
        }
    }
    return channel;
}

static bool view_u32(const void *self, const char *name, uint32_t index, uint32_t *value)
{
    const struct board_props *view = self;
    const void *blob = view->board->blob;
    if (!tree_cell(blob, view->node, name, index, value)) {
        return false;
    }
    if (strcmp(name, "io-channels") == 0 && index % 2 == 1) {
        int adc = tree_phandle(blob, view->node, name, index - 1);
        *value = adc == TREE_NO_NODE ? *value : channel_input(blob, adc, *value);
    }
    return true;
}

static const char *view_string(const void *self, const char *name)
{
    const struct board_props *view = self;
    return tree_string(view->board->blob, view->node, name);
}

static bool view_flag(const void *self, const char *name)
{
    const struct board_props *view = self;
    return tree_has(view->board->blob, view->node, name);
}

static bool view_byte(const void *self, const char *name, uint32_t index, uint8_t *value)
{
    const struct board_props *view = self;
    return tree_byte(view->board->blob, view->node, name, index, value);
}

static bool give(const struct board_props *view, enum board_pin_result result,
                 const struct board_pin *pin, struct props_gpio *gpio)
{
    if (result == BOARD_PIN_FOUND) {
        *gpio = (struct props_gpio){
            .pin = &view->pins[pin->number], .number = pin->number, .flags = pin->flags};
    }
    return result == BOARD_PIN_FOUND;
}

static bool node_gpio(const struct board_props *view, int node, const char *name, uint32_t index,
                      struct props_gpio *gpio)
{
    struct board_pin pin;
    const char *why = NULL;
    return give(view, board_pins_gpio(view->board, node, name, index, &pin, &why), &pin, gpio);
}

static bool view_gpio(const void *self, const char *name, uint32_t index, struct props_gpio *gpio)
{
    const struct board_props *view = self;
    return node_gpio(view, view->node, name, index, gpio);
}

static bool view_bus_gpio(const void *self, const char *name, uint32_t index,
                          struct props_gpio *gpio)
{
    const struct board_props *view = self;
    int parent = fdt_parent_offset(view->board->blob, view->node);
    if (parent < 0 || tree_has(view->board->blob, parent, name)) {
        return parent >= 0 && node_gpio(view, parent, name, index, gpio);
    }
    int bus = board_pins_bus(view->board, parent);
    return bus != TREE_NO_NODE && node_gpio(view, bus, name, index, gpio);
}

static bool view_bus_pin(const void *self, const char *property, enum props_function function,
                         struct props_gpio *gpio)
{
    const struct board_props *view = self;
    const void *blob = view->board->blob;
    int node = TREE_NO_NODE;
    struct board_pin pin;
    const char *why = NULL;
    if (property != NULL) {
        node = tree_phandle(blob, view->node, property, 0);
    } else {
        int parent = fdt_parent_offset(blob, view->node);
        node = parent < 0 ? TREE_NO_NODE : board_pins_bus(view->board, parent);
    }
    return node != TREE_NO_NODE &&
           give(view, board_pins_function(view->board, node, function, &pin, &why), &pin, gpio);
}

struct props board_props_make(struct board_props *view, const struct board *board, int node,
                              struct pin *pins)
{
    *view = (struct board_props){.board = board, .pins = pins, .node = node};
    return (struct props){.u32 = view_u32,
                          .string = view_string,
                          .gpio = view_gpio,
                          .node = view,
                          .context = view,
                          .flag = view_flag,
                          .bus_gpio = view_bus_gpio,
                          .bus_pin = view_bus_pin,
                          .byte = view_byte};
}
