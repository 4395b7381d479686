#include "sim/machine/board_pins.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine/board_tree.h"

/* An entry of psels holds a pin in its low bits and a function above. Zephyr has moved the function
 * twice: bit 16 (2.7 to 3.4), bit 17 (3.5 to 4.0), bit 24 (since). The functions kept their
 * numbers, which all lie below 64. */
#define PSEL_PIN_MASK      0x1FFU
#define PSEL_FUNCTION_MASK 0x3FU

/* "Disconnected" is the whole pin field, which has had six, seven and nine bits. */
static bool psel_is_disconnected(uint32_t psel)
{
    uint32_t pin = psel & PSEL_PIN_MASK;
    return pin == 0x3F || pin == 0x7F || pin == 0x1FF;
}

struct function_row {
    uint32_t psel;      /* the function's number in psels */
    const char *legacy; /* the property that older trees have */
    uint32_t legacy_index;
    const char *name; /* for people */
};

static const struct function_row function_rows[] = {
    [PROPS_UART_TX] = {0, "tx-pin", 0, "TX"},      [PROPS_UART_RX] = {1, "rx-pin", 0, "RX"},
    [PROPS_UART_RTS] = {2, "rts-pin", 0, "RTS"},   [PROPS_UART_CTS] = {3, "cts-pin", 0, "CTS"},
    [PROPS_SPI_SCK] = {4, "sck-pin", 0, "SCK"},    [PROPS_SPI_MOSI] = {5, "mosi-pin", 0, "MOSI"},
    [PROPS_SPI_MISO] = {6, "miso-pin", 0, "MISO"}, [PROPS_I2C_SCL] = {11, "scl-pin", 0, "SCL"},
    [PROPS_I2C_SDA] = {12, "sda-pin", 0, "SDA"},   [PROPS_PWM_OUT0] = {22, "ch0-pin", 0, "OUT0"},
    [PROPS_PWM_OUT1] = {23, "ch1-pin", 0, "OUT1"}, [PROPS_PWM_OUT2] = {24, "ch2-pin", 0, "OUT2"},
    [PROPS_PWM_OUT3] = {25, "ch3-pin", 0, "OUT3"}, [PROPS_QSPI_SCK] = {29, "sck-pin", 0, "SCK"},
    [PROPS_QSPI_CSN] = {30, "csn-pins", 0, "CSN"}, [PROPS_QSPI_IO0] = {31, "io-pins", 0, "IO0"},
    [PROPS_QSPI_IO1] = {32, "io-pins", 1, "IO1"},  [PROPS_QSPI_IO2] = {33, "io-pins", 2, "IO2"},
    [PROPS_QSPI_IO3] = {34, "io-pins", 3, "IO3"},
};

uint32_t board_pins_find_shift(const void *blob)
{
    struct tree_walk walk;
    uint32_t every = 0;
    tree_walk_init(&walk, blob);
    while (tree_walk_next(&walk)) {
        uint32_t psel = 0;
        for (uint32_t i = 0; tree_cell(blob, walk.node, "psels", i, &psel); i++) {
            every |= psel;
        }
    }
    if (every >> 24 != 0) {
        return 24;
    }
    /* With the function at bit 17, bit 16 is the inversion, which these chips do not have. */
    return (every >> 16 & 1U) == 0 && every >> 17 != 0 ? 17 : 16;
}

static enum board_pin_result check_pin(const struct board *board, uint32_t number, uint32_t flags,
                                       struct board_pin *pin, const char **why)
{
    if (number >= board->pin_count) {
        *why = "names a pin that the chip does not have";
        return BOARD_PIN_WRONG;
    }
    *pin = (struct board_pin){.number = number, .flags = flags};
    return BOARD_PIN_FOUND;
}

/* What follows a phandle in a list of pins, and whose it is. */
struct specifier {
    int controller;
    uint32_t bit, flags;
};

/* A connector's gpio-map: rows of (pin, flags) -> (port, pin, flags), under a mask. One step only:
 * what a row names has to be a port of the chip. */
static bool map_specifier(const void *blob, struct specifier *specifier)
{
    int connector = specifier->controller;
    uint32_t mask[2] = {UINT32_MAX, UINT32_MAX};
    uint32_t pass[2] = {0, 0};
    uint32_t count = tree_cell_count(blob, connector, "gpio-map");
    for (uint32_t i = 0; i < 2; i++) {
        tree_cell(blob, connector, "gpio-map-mask", i, &mask[i]);
        tree_cell(blob, connector, "gpio-map-pass-thru", i, &pass[i]);
    }
    for (uint32_t at = 0; at + 5 <= count; at += 5) {
        uint32_t row[5] = {0};
        for (uint32_t i = 0; i < 5; i++) {
            tree_cell(blob, connector, "gpio-map", at + i, &row[i]);
        }
        if (row[0] == (specifier->bit & mask[0]) && row[1] == (specifier->flags & mask[1])) {
            specifier->controller = fdt_node_offset_by_phandle(blob, row[2]);
            specifier->bit = (row[3] & ~pass[0]) | (specifier->bit & pass[0]);
            specifier->flags = (row[4] & ~pass[1]) | (specifier->flags & pass[1]);
            return true;
        }
    }
    return false;
}

static enum board_pin_result check_specifier(const struct board *board,
                                             const struct specifier *specifier,
                                             struct board_pin *pin, const char **why)
{
    uint32_t port = 0;
    if (specifier->controller < 0 ||
        !tree_is_compatible(board->blob, specifier->controller, "nordic,nrf-gpio")) {
        *why = "names no GPIO port of the chip";
        return BOARD_PIN_WRONG;
    }
    tree_cell(board->blob, specifier->controller, "port", 0, &port);
    bool fits = port < BOARD_PINS_MAX / 32 && specifier->bit < 32;
    return check_pin(board, fits ? port * 32 + specifier->bit : BOARD_PINS_MAX, specifier->flags,
                     pin, why);
}

/* The cell at which entry `index` begins. An entry that is left free has no more than its phandle
 * of 0. At or beyond the property's end: there is no such entry. */
static uint32_t find_entry(const void *blob, int node, const char *property, uint32_t index)
{
    uint32_t at = 0;
    uint32_t phandle = 0;
    for (uint32_t entry = 0; entry < index && tree_cell(blob, node, property, at, &phandle);
         entry++) {
        at += phandle == 0 ? 1 : 3;
    }
    return at;
}

/* What stands behind the phandle at a cell; NULL: it is in order, else what is wrong. */
static const char *read_specifier(const void *blob, int node, const char *property, uint32_t at,
                                  struct specifier *specifier)
{
    uint32_t cells = 2;
    specifier->controller = tree_phandle(blob, node, property, at);
    if (specifier->controller == TREE_NO_NODE) {
        return "names no GPIO port of the chip";
    }
    tree_cell(blob, specifier->controller, "#gpio-cells", 0, &cells);
    if (cells != 2 || !tree_cell(blob, node, property, at + 1, &specifier->bit) ||
        !tree_cell(blob, node, property, at + 2, &specifier->flags)) {
        return "is no list of <&gpio PIN FLAGS>";
    }
    if (tree_has(blob, specifier->controller, "gpio-map") && !map_specifier(blob, specifier)) {
        return "names a pin that the connector's gpio-map does not have";
    }
    return NULL;
}

enum board_pin_result board_pins_gpio(const struct board *board, int node, const char *property,
                                      uint32_t index, struct board_pin *pin, const char **why)
{
    const void *blob = board->blob;
    uint32_t count = tree_cell_count(blob, node, property);
    uint32_t at = find_entry(blob, node, property, index);
    uint32_t phandle = 0;
    struct specifier specifier;
    if (at >= count) {
        bool wrong = at > count || (count == 0 && index == 0 && tree_has(blob, node, property));
        *why = "is no list of <&gpio PIN FLAGS>";
        return wrong ? BOARD_PIN_WRONG : BOARD_PIN_ABSENT;
    }
    tree_cell(blob, node, property, at, &phandle);
    if (phandle == 0) {
        return BOARD_PIN_ABSENT;
    }
    *why = read_specifier(blob, node, property, at, &specifier);
    return *why == NULL ? check_specifier(board, &specifier, pin, why) : BOARD_PIN_WRONG;
}

/* The pin of a function in one group; the last entry for it counts. */
static enum board_pin_result find_in_group(const struct board *board, int group, uint32_t function,
                                           struct board_pin *pin, const char **why)
{
    enum board_pin_result result = BOARD_PIN_ABSENT;
    uint32_t psel = 0;
    for (uint32_t i = 0; tree_cell(board->blob, group, "psels", i, &psel); i++) {
        if ((psel >> board->psel_shift & PSEL_FUNCTION_MASK) != function ||
            psel_is_disconnected(psel)) {
            continue;
        }
        result = check_pin(board, psel & PSEL_PIN_MASK, 0, pin, why);
    }
    return result;
}

static enum board_pin_result find_legacy(const struct board *board, int node,
                                         const struct function_row *row, struct board_pin *pin,
                                         const char **why)
{
    uint32_t number = 0;
    return tree_cell(board->blob, node, row->legacy, row->legacy_index, &number)
               ? check_pin(board, number, 0, pin, why)
               : BOARD_PIN_ABSENT;
}

enum board_pin_result board_pins_function(const struct board *board, int node,
                                          enum props_function function, struct board_pin *pin,
                                          const char **why)
{
    const struct function_row *row = &function_rows[function];
    enum board_pin_result result = BOARD_PIN_ABSENT;
    if (!tree_has(board->blob, node, "pinctrl-0")) {
        return find_legacy(board, node, row, pin, why);
    }
    uint32_t count = tree_cell_count(board->blob, node, "pinctrl-0");
    for (uint32_t i = 0; i < count && result == BOARD_PIN_ABSENT; i++) {
        int state = tree_phandle(board->blob, node, "pinctrl-0", i);
        int group = 0;
        if (state == TREE_NO_NODE) {
            continue;
        }
        fdt_for_each_subnode(group, board->blob, state)
        {
            if (result == BOARD_PIN_ABSENT) {
                result = find_in_group(board, group, row->psel, pin, why);
            }
        }
    }
    return result;
}

static void visit_list(const struct board *board, int node, const char *property,
                       void (*visit)(void *context, uint32_t pin, const char *role), void *context)
{
    char role[32] = "";
    size_t length = strlen(property);
    size_t ending = strlen("-gpios");
    if (length > ending && length - ending < sizeof role) {
        memcpy(role, property, length - ending);
    }
    enum board_pin_result result = BOARD_PIN_FOUND;
    for (uint32_t i = 0; i < BOARD_PINS_MAX && result == BOARD_PIN_FOUND; i++) {
        struct board_pin pin;
        const char *why = NULL;
        result = board_pins_gpio(board, node, property, i, &pin, &why);
        if (result == BOARD_PIN_FOUND) {
            visit(context, pin.number, role);
        }
    }
}

void board_pins_visit(const struct board *board, int node,
                      void (*visit)(void *context, uint32_t pin, const char *role), void *context)
{
    int property = 0;
    fdt_for_each_property_offset(property, board->blob, node)
    {
        const char *name = NULL;
        if (fdt_getprop_by_offset(board->blob, property, &name, NULL) != NULL &&
            board_is_gpio_property(name)) {
            visit_list(board, node, name, visit, context);
        }
    }
    for (uint32_t i = 0; i < sizeof function_rows / sizeof function_rows[0]; i++) {
        struct board_pin pin;
        const char *why = NULL;
        if (tree_has(board->blob, node, "pinctrl-0") &&
            board_pins_function(board, node, (enum props_function)i, &pin, &why) ==
                BOARD_PIN_FOUND) {
            visit(context, pin.number, function_rows[i].name);
        }
    }
}

static bool check_group(const struct board *board, int group, const char **why)
{
    uint32_t psel = 0;
    for (uint32_t i = 0; tree_cell(board->blob, group, "psels", i, &psel); i++) {
        struct board_pin pin;
        if (!psel_is_disconnected(psel) &&
            check_pin(board, psel & PSEL_PIN_MASK, 0, &pin, why) == BOARD_PIN_WRONG) {
            return false;
        }
    }
    return true;
}

/* Signals of one peripheral, each of which needs a pin of its own. */
struct used_pins {
    uint64_t pins;
    uint8_t function[BOARD_PINS_MAX]; /* of each that is in `pins` */
};

static bool is_clash(struct used_pins *used, uint32_t pin, uint32_t function)
{
    bool clash = (used->pins >> pin & 1U) != 0 && used->function[pin] != function;
    used->pins |= 1ULL << pin;
    used->function[pin] = (uint8_t)function;
    return clash;
}

static bool is_clash_in_group(const struct board *board, int group, struct used_pins *used)
{
    uint32_t psel = 0;
    for (uint32_t i = 0; tree_cell(board->blob, group, "psels", i, &psel); i++) {
        uint32_t pin = psel & PSEL_PIN_MASK;
        if (!psel_is_disconnected(psel) && pin < board->pin_count &&
            is_clash(used, pin, psel >> board->psel_shift & PSEL_FUNCTION_MASK)) {
            return true;
        }
    }
    return false;
}

static bool is_legacy_clash(const struct board *board, int node)
{
    struct used_pins used = {0};
    for (size_t i = 0; i < sizeof function_rows / sizeof function_rows[0]; i++) {
        const struct function_row *row = &function_rows[i];
        bool again = i == PROPS_QSPI_SCK; /* `sck-pin`, as of SPI */
        uint32_t pin = 0;
        if (!again && tree_cell(board->blob, node, row->legacy, row->legacy_index, &pin) &&
            pin < board->pin_count && is_clash(&used, pin, row->psel)) {
            return true;
        }
    }
    return false;
}

bool board_pins_are_distinct(const struct board *board, int node)
{
    struct used_pins used = {0};
    uint32_t count = tree_cell_count(board->blob, node, "pinctrl-0");
    if (!tree_has(board->blob, node, "pinctrl-0")) {
        return !is_legacy_clash(board, node);
    }
    for (uint32_t i = 0; i < count; i++) {
        int state = tree_phandle(board->blob, node, "pinctrl-0", i);
        int group = 0;
        if (state == TREE_NO_NODE) {
            continue;
        }
        fdt_for_each_subnode(group, board->blob, state)
        {
            if (is_clash_in_group(board, group, &used)) {
                return false;
            }
        }
    }
    return true;
}

bool board_pins_check_groups(const struct board *board, int node, const char **why)
{
    uint32_t count = tree_cell_count(board->blob, node, "pinctrl-0");
    for (uint32_t i = 0; i < count; i++) {
        int state = tree_phandle(board->blob, node, "pinctrl-0", i);
        int group = 0;
        bool any = false;
        if (state == TREE_NO_NODE) {
            *why = "names no node";
            return false;
        }
        fdt_for_each_subnode(group, board->blob, state)
        {
            any = any || tree_cell_count(board->blob, group, "psels") > 0;
            if (!check_group(board, group, why)) {
                return false;
            }
        }
        if (!any) {
            *why = "names a node without a group of psels";
            return false;
        }
    }
    return true;
}

int board_pins_bus(const struct board *board, int parent)
{
    return tree_has(board->blob, parent, "spi-dev")
               ? tree_phandle(board->blob, parent, "spi-dev", 0)
               : parent;
}
