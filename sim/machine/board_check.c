#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine/board_internal.h"
#include "sim/machine/board_pins.h"
#include "sim/machine/board_tree.h"

#define CORE_BASE       0xE0000000U /* from here on the core's own registers */
#define I2C_ADDRESS_MAX 0x7FU
#define GPIOS_MAX       64U /* entries of one property */

bool board_is_gpio_property(const char *name)
{
    size_t length = strlen(name);
    return strcmp(name, "gpios") == 0 || (length > 6 && strcmp(name + length - 6, "-gpios") == 0);
}

static bool overlap(struct board_memory a, struct board_memory b)
{
    return a.base < b.base ? b.base - a.base < a.size_bytes : a.base - b.base < b.size_bytes;
}

static bool check_window(const struct board *board, size_t index, struct board_memory window,
                         struct sim_error *error)
{
    const struct board_device *device = &board->devices[index];
    char path[TREE_PATH_BYTES];
    if (window.base + (window.size_bytes - 1) >= CORE_BASE) {
        return board_refuse(board, device->node, error,
                            "its registers (0x%x bytes at 0x%08x) reach into the core's own",
                            window.size_bytes, window.base);
    }
    if (overlap(window, board->flash) || overlap(window, board->ram)) {
        return board_refuse(board, device->node, error,
                            "its registers (0x%x bytes at 0x%08x) overlap flash or RAM",
                            window.size_bytes, window.base);
    }
    for (size_t i = 0; i < index; i++) {
        const struct board_device *other = &board->devices[i];
        for (size_t k = 0; k < other->window_count; k++) {
            if (overlap(window, other->windows[k])) {
                tree_path(board->blob, other->node, path);
                return board_refuse(board, device->node, error,
                                    "its registers (0x%x bytes at 0x%08x) overlap those of %s",
                                    window.size_bytes, window.base, path);
            }
        }
    }
    return true;
}

static bool check_windows(const struct board *board, size_t index, struct sim_error *error)
{
    const struct board_device *device = &board->devices[index];
    for (size_t i = 0; i < device->window_count; i++) {
        if (!check_window(board, index, device->windows[i], error)) {
            return false;
        }
    }
    return true;
}

static bool is_i2c(const struct board *board, int bus)
{
    return tree_is_compatible(board->blob, bus, "nordic,nrf-twi") ||
           tree_is_compatible(board->blob, bus, "nordic,nrf-twim");
}

static bool check_bus_address(const struct board *board, size_t index, struct sim_error *error)
{
    const struct board_device *device = &board->devices[index];
    char path[TREE_PATH_BYTES];
    if (device->bus == BOARD_NO_BUS) {
        return true;
    }
    bool i2c = is_i2c(board, device->bus);
    if (i2c && device->bus_address > I2C_ADDRESS_MAX) {
        return board_refuse(board, device->node, error,
                            "I2C address 0x%x: `reg` is 0 to 0x7f, without the read bit",
                            device->bus_address);
    }
    for (size_t i = 0; i < index; i++) {
        const struct board_device *other = &board->devices[i];
        if (other->bus != device->bus || other->bus_address != device->bus_address) {
            continue;
        }
        tree_path(board->blob, other->node, path);
        return board_refuse(board, device->node, error, "%s 0x%x is taken by %s on the same bus",
                            i2c ? "I2C address" : "chip select", device->bus_address, path);
    }
    struct board_pin pin;
    const char *why = NULL;
    if (!i2c && tree_has(board->blob, device->bus, "cs-gpios") &&
        board_pins_gpio(board, device->bus, "cs-gpios", device->bus_address, &pin, &why) ==
            BOARD_PIN_ABSENT) {
        return board_refuse(board, device->node, error,
                            "chip select %u: the `cs-gpios` of its bus has no such entry",
                            device->bus_address);
    }
    return true;
}

/* Every entry of a `gpios` or `...-gpios` property. */
static bool check_gpios(const struct board *board, int node, const char *name,
                        struct sim_error *error)
{
    struct board_pin pin;
    const char *why = NULL;
    uint32_t cells = tree_cell_count(board->blob, node, name);
    if (cells > 3 * GPIOS_MAX) {
        return board_refuse(board, node, error, "`%.64s` has more than %u entries", name,
                            GPIOS_MAX);
    }
    uint64_t selects = 0; /* two targets on one chip select would answer together */
    for (uint32_t i = 0; i <= cells; i++) {
        enum board_pin_result result = board_pins_gpio(board, node, name, i, &pin, &why);
        if (result == BOARD_PIN_WRONG) {
            return board_refuse(board, node, error, "`%.64s` %s", name, why);
        }
        if (result == BOARD_PIN_FOUND && strcmp(name, "cs-gpios") == 0) {
            if ((selects >> pin.number & 1U) != 0) {
                return board_refuse(board, node, error,
                                    "`cs-gpios` names P%u.%02u twice: give each target its own",
                                    pin.number / 32, pin.number % 32);
            }
            selects |= 1ULL << pin.number;
        }
    }
    return true;
}

/* A node that is named must be of the kind that the property is for: it says so itself. */
static bool check_provider(const struct board *board, int node, const char *name,
                           struct sim_error *error)
{
    static const char *const kinds[][2] = {{"pwms", "#pwm-cells"},
                                           {"io-channels", "#io-channel-cells"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(name, kinds[i][0]) != 0) {
            continue;
        }
        int provider = tree_phandle(board->blob, node, name, 0);
        if (provider == TREE_NO_NODE) {
            return board_refuse(board, node, error, "`%s` names no node", name);
        }
        if (!tree_has(board->blob, provider, kinds[i][1])) {
            return board_refuse(board, node, error, "`%s` names a node without `%s`", name,
                                kinds[i][1]);
        }
    }
    return true;
}

static bool check_pins(const struct board *board, int node, struct sim_error *error)
{
    const char *why = NULL;
    int property = 0;
    fdt_for_each_property_offset(property, board->blob, node)
    {
        const char *name = NULL;
        if (fdt_getprop_by_offset(board->blob, property, &name, NULL) == NULL) {
            continue;
        }
        if (board_is_gpio_property(name) && !check_gpios(board, node, name, error)) {
            return false;
        }
        if (!check_provider(board, node, name, error)) {
            return false;
        }
    }
    if (!board_pins_check_groups(board, node, &why)) {
        return board_refuse(board, node, error, "`pinctrl-0` %s", why);
    }
    return board_pins_are_distinct(board, node) ||
           board_refuse(board, node, error,
                        "two of its signals are on one pin: give each a pin of its own");
}

/* Of the bus, and of what lies between it and the part. */
static bool check_bus_pins(const struct board *board, const struct board_device *device,
                           struct sim_error *error)
{
    if (device->bus == BOARD_NO_BUS) {
        return true;
    }
    int parent = fdt_parent_offset(board->blob, device->node);
    return check_pins(board, device->bus, error) && check_pins(board, parent, error);
}

static bool check_memories(const struct board *board, struct sim_error *error)
{
    const struct board_memory code_ram = {board->chip->code_ram_base, board->ram.size_bytes};
    if (overlap(board->flash, board->ram) || overlap(board->flash, code_ram) ||
        overlap(board->ram, code_ram)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s: flash (0x%x bytes at 0x%x) and RAM (0x%x at 0x%x, seen at 0x%x, too) "
                        "overlap",
                        board->file, board->flash.size_bytes, board->flash.base,
                        board->ram.size_bytes, board->ram.base, code_ram.base);
    }
    return true;
}

bool board_check(const struct board *board, struct sim_error *error)
{
    if (!check_memories(board, error)) {
        return false;
    }
    for (size_t i = 0; i < board->device_count; i++) {
        const struct board_device *device = &board->devices[i];
        if (!check_windows(board, i, error) || !check_bus_address(board, i, error)) {
            return false;
        }
        /* What is wired to a peripheral that is disabled does not count. */
        if ((tree_is_okay(board->blob, device->node) && !check_pins(board, device->node, error)) ||
            !check_bus_pins(board, device, error)) {
            return false;
        }
    }
    return true;
}
