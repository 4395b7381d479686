/* Which nodes of the tree become devices, and what they are called. */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine/board_internal.h"
#include "sim/machine/board_pins.h"
#include "sim/machine/board_tree.h"

/* The class of the first of the node's compatible strings that has one. */
static const struct device_class *node_class(const void *blob, int node,
                                             board_find_class *find_class)
{
    int count = fdt_stringlist_count(blob, node, "compatible");
    for (int i = 0; i < count; i++) {
        const char *compatible = fdt_stringlist_get(blob, node, "compatible", i, NULL);
        const struct device_class *found = compatible == NULL ? NULL : find_class(compatible);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static bool base_taken(const struct board *board, uint32_t base)
{
    for (size_t i = 0; i < board->device_count; i++) {
        if (board->devices[i].window_count > 0 && board->devices[i].base == base) {
            return true;
        }
    }
    return false;
}

/* Only what an option's value may hold, whatever the blob says. */
static void copy_name(char name[BOARD_NAME_BYTES], const char *from)
{
    size_t count = 0;
    for (; from[count] != '\0' && count < BOARD_NAME_BYTES - 1; count++) {
        bool letter = (from[count] >= 'a' && from[count] <= 'z') ||
                      (from[count] >= 'A' && from[count] <= 'Z') ||
                      (from[count] >= '0' && from[count] <= '9') || strchr("_-", from[count]);
        name[count] = letter ? from[count] : '_';
    }
    name[count] = '\0';
}

/* Without a label the node's name has to do: alone where that is enough, else with the address. */
static void name_device(const struct board *board, int node, char name[BOARD_NAME_BYTES])
{
    char short_name[BOARD_NAME_BYTES];
    char numbered[BOARD_NAME_BYTES];
    const char *label = tree_label(board->blob, node);
    const char *whole = fdt_get_name(board->blob, node, NULL);
    whole = whole == NULL ? "" : whole;
    snprintf(short_name, sizeof short_name, "%.*s", (int)strcspn(whole, "@"), whole);
    copy_name(name, label == NULL ? short_name : label);
    if (board_find_device(board, name) >= 0) {
        copy_name(name, whole);
    }
    copy_name(short_name, name);
    for (unsigned number = 2; board_find_device(board, name) >= 0; number++) {
        snprintf(numbered, sizeof numbered, "%.24s_%u", short_name, number);
        copy_name(name, numbered);
    }
}

/* Every window of an on-chip device. */
static bool read_windows(const struct board *board, int node, struct board_device *device,
                         struct sim_error *error)
{
    struct board_memory window = {0, 0};
    uint32_t cells = tree_cell_count(board->blob, node, "reg");
    if (cells == 0 || cells % 2 != 0 || cells / 2 > BOARD_WINDOWS_MAX) {
        return board_refuse(board, node, error,
                            "`reg` is one to %d pairs of address and size in a node of a chip's "
                            "peripheral",
                            BOARD_WINDOWS_MAX);
    }
    for (uint32_t i = 0; i < cells / 2; i++) {
        if (!tree_reg(board->blob, node, i, &window.base, &window.size_bytes)) {
            return board_refuse(board, node, error,
                                "`reg` cannot be read: the parent's #address-cells and "
                                "#size-cells are 1 on these chips");
        }
        if (window.size_bytes == 0 || window.base % 4 != 0 ||
            window.size_bytes > UINT32_MAX - window.base) {
            return board_refuse(board, node, error,
                                "`reg` is no usable window (0x%x bytes at 0x%08x)",
                                window.size_bytes, window.base);
        }
        device->windows[i] = window;
        device->window_count++;
        device->base = device->windows[0].base;
        if (window.base - device->base < BOARD_REGISTERS_BYTES) {
            device->window_bytes = window.base - device->base + window.size_bytes;
        }
    }
    return true;
}

static bool read_interrupt(const struct board *board, int node, struct board_device *device,
                           struct sim_error *error)
{
    device->irqn = BOARD_NO_IRQ;
    if (tree_has(board->blob, node, "interrupts") &&
        !tree_cell(board->blob, node, "interrupts", 0, &device->irqn)) {
        return board_refuse(board, node, error, "`interrupts` is no <NUMBER PRIORITY>");
    }
    if (device->irqn != BOARD_NO_IRQ && device->irqn >= board->chip->irq_count) {
        return board_refuse(board, node, error, "interrupt %u: the chip has 0 to %u", device->irqn,
                            board->chip->irq_count - 1);
    }
    return true;
}

static bool add(struct board *board, struct board_device *device, struct sim_error *error)
{
    if (board->device_count == BOARD_DEVICES_MAX) {
        return board_refuse(board, device->node, error, "one device too many: a board has up to %d",
                            BOARD_DEVICES_MAX);
    }
    name_device(board, device->node, device->name);
    board->devices[board->device_count] = *device;
    board->device_count++;
    return true;
}

static bool add_on_chip(struct board *board, const struct device_class *device_class, int node,
                        struct sim_error *error)
{
    struct board_device device = {.device_class = device_class, .node = node, .bus = BOARD_NO_BUS};
    if (!read_windows(board, node, &device, error) ||
        !read_interrupt(board, node, &device, error)) {
        return false;
    }
    return base_taken(board, device.base) || add(board, &device, error);
}

/* The chip's serial buses: what hangs below them has an address there. */
static bool is_bus(const void *blob, int node)
{
    static const char *const buses[] = {"nordic,nrf-twi", "nordic,nrf-twim", "nordic,nrf-spi",
                                        "nordic,nrf-spim", "nordic,nrf-qspi"};
    for (size_t i = 0; i < sizeof buses / sizeof buses[0]; i++) {
        if (tree_is_compatible(blob, node, buses[i])) {
            return true;
        }
    }
    return false;
}

/* The bus that a node below `parent` sits on; false when `spi-dev` is there and names none. */
static bool find_bus(const struct board *board, int parent, int *bus, struct sim_error *error)
{
    *bus = board_pins_bus(board, parent);
    if (*bus != TREE_NO_NODE && is_bus(board->blob, *bus)) {
        if (*bus != parent && !tree_is_okay(board->blob, *bus)) {
            return board_refuse(board, parent, error, "`spi-dev` names a bus that is disabled");
        }
        return true;
    }
    if (tree_has(board->blob, parent, "spi-dev")) {
        return board_refuse(board, parent, error, "`spi-dev` names no SPI bus of the chip");
    }
    *bus = BOARD_NO_BUS;
    return true;
}

static bool is_wired(const void *blob, int node)
{
    int property = 0;
    fdt_for_each_property_offset(property, blob, node)
    {
        const char *name = NULL;
        if (fdt_getprop_by_offset(blob, property, &name, NULL) != NULL &&
            (board_is_gpio_property(name) || strcmp(name, "pwms") == 0 ||
             strcmp(name, "io-channels") == 0)) {
            return true;
        }
    }
    return false;
}

/* gpio-leds, gpio-keys and their like are not wired themselves: their children are the parts. */
static bool add_children(struct board *board, struct board_device *device, bool *any,
                         struct sim_error *error)
{
    int parent = device->node;
    int child = 0;
    *any = false;
    fdt_for_each_subnode(child, board->blob, parent)
    {
        *any = true;
        device->node = child;
        if (tree_is_okay(board->blob, child) && !add(board, device, error)) {
            return false;
        }
    }
    return true;
}

static bool add_part(struct board *board, const struct device_class *device_class,
                     const struct tree_walk *walk, struct sim_error *error)
{
    struct board_device device = {.device_class = device_class,
                                  .node = walk->node,
                                  .bus = BOARD_NO_BUS,
                                  .irqn = BOARD_NO_IRQ};
    bool has_children = false;
    if (walk->depth > 0 && !find_bus(board, walk->line[walk->depth - 1], &device.bus, error)) {
        return false;
    }
    if (device.bus != BOARD_NO_BUS &&
        !tree_cell(board->blob, walk->node, "reg", 0, &device.bus_address)) {
        return board_refuse(board, walk->node, error,
                            "it sits on a bus and has no `reg`: its address or chip select");
    }
    if (device.bus == BOARD_NO_BUS && !is_wired(board->blob, walk->node) &&
        !add_children(board, &device, &has_children, error)) {
        return false;
    }
    return has_children || add(board, &device, error);
}

static void add_note(struct board *board, int node, bool bus_disabled)
{
    if (board->note_count < BOARD_NOTES_MAX) {
        board->notes[board->note_count] =
            (struct board_note){.node = node, .bus_disabled = bus_disabled};
        board->note_count++;
    }
}

/* A part that somebody has put on a bus, and forgot the bus. */
static void look_at_disabled(struct board *board, const struct tree_walk *walk)
{
    int parent = walk->depth > 0 ? walk->line[walk->depth - 1] : TREE_NO_NODE;
    if (parent != TREE_NO_NODE && is_bus(board->blob, parent) &&
        tree_is_okay(board->blob, walk->node) && tree_has(board->blob, walk->node, "compatible")) {
        add_note(board, walk->node, true);
    }
}

/* A node that nobody here knows. Our own vendor prefix is a slip of the pen; of others' parts,
 * those that are wired to the chip are worth a note; the rest of a tree (partitions, connectors,
 * software devices) is none of a board's business. */
static bool look_at_unknown(struct board *board, const struct tree_walk *walk,
                            struct sim_error *error)
{
    const void *blob = board->blob;
    int bus = BOARD_NO_BUS;
    int child = 0;
    const char *compatible = fdt_stringlist_get(blob, walk->node, "compatible", 0, NULL);
    if (compatible == NULL || walk->depth == 0 ||
        tree_is_compatible(blob, walk->node, "simple-bus")) {
        return true;
    }
    if (strncmp(compatible, "sandglass,", 10) == 0) {
        return board_refuse(board, walk->node, error,
                            "there is no part \"%.64s\": `sandglass devices --all` lists them",
                            compatible);
    }
    int parent = walk->line[walk->depth - 1];
    if (!find_bus(board, parent, &bus, error)) {
        return false;
    }
    bool noted =
        (bus != BOARD_NO_BUS && tree_has(blob, walk->node, "reg")) || is_wired(blob, walk->node);
    fdt_for_each_subnode(child, blob, walk->node)
    {
        noted = noted || is_wired(blob, child);
    }
    /* A bus of the chip has pins of its own; a display's interface is part of the display. */
    if (noted && !is_bus(blob, walk->node) && !tree_has(blob, walk->node, "spi-dev")) {
        add_note(board, walk->node, false);
    }
    return true;
}

/* One pass over the tree; `okay`: the nodes that are, else the on-chip ones that are not. */
static bool add_pass(struct board *board, board_find_class *find_class, bool okay,
                     struct sim_error *error)
{
    struct tree_walk walk;
    tree_walk_init(&walk, board->blob);
    while (tree_walk_next(&walk)) {
        const struct device_class *found = node_class(board->blob, walk.node, find_class);
        bool on_chip = found != NULL && found->read != NULL;
        bool done = true;
        if (walk.okay[walk.depth] != okay) {
            if (okay) {
                look_at_disabled(board, &walk);
            }
            continue;
        }
        if (on_chip) {
            done = add_on_chip(board, found, walk.node, error);
        } else if (okay) {
            done = found != NULL ? add_part(board, found, &walk, error)
                                 : look_at_unknown(board, &walk, error);
        }
        if (!done) {
            return false;
        }
    }
    return !walk.too_deep || sim_fail(error, SIM_WRONG_USE, "%s: nodes lie more than %d deep",
                                      board->file, TREE_DEPTH_MAX);
}

bool board_add_devices(struct board *board, board_find_class *find_class, struct sim_error *error)
{
    return add_pass(board, find_class, true, error) && add_pass(board, find_class, false, error);
}
