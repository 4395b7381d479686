#include "sim/machine/board.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

static const struct board_chip board_chips[] = {
    {.name = "nrf52832",
     .irq_count = 39,
     .code_ram_base = 0x00800000,
     .uicr_base = 0x10001000,
     .uicr_bytes = 0x400,
     .cpu_hz = 64000000,
     .priority_bits = 3},
    {.name = "nrf52840",
     .irq_count = 48,
     .code_ram_base = 0x00800000,
     .uicr_base = 0x10001000,
     .uicr_bytes = 0x400,
     .cpu_hz = 64000000,
     .priority_bits = 3},
};

static const char *string_property(const void *blob, int node, const char *name)
{
    int length = 0;
    const char *text = fdt_getprop(blob, node, name, &length);
    bool terminated = text != NULL && length > 0 && text[length - 1] == '\0';
    return terminated ? text : NULL;
}

static bool cell_property(const void *blob, int node, const char *name, uint32_t index,
                          uint32_t *value)
{
    int length = 0;
    const fdt32_t *cells = fdt_getprop(blob, node, name, &length);
    if (cells == NULL || length < 0 || (uint64_t)index * 4 + 4 > (uint64_t)length) {
        return false;
    }
    *value = fdt32_ld(cells + index);
    return true;
}

static bool node_is_okay(const void *blob, int node)
{
    const char *status = string_property(blob, node, "status");
    return status == NULL || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

/* The node that a /chosen property names by path; negative when there is none. */
static int chosen_node(const void *blob, const char *name)
{
    int chosen = fdt_path_offset(blob, "/chosen");
    const char *path = chosen < 0 ? NULL : string_property(blob, chosen, name);
    if (path == NULL) {
        return -FDT_ERR_NOTFOUND;
    }
    const char *options = strchr(path, ':'); /* stdout-path = "...:115200n8" */
    return fdt_path_offset_namelen(blob, path,
                                   options == NULL ? (int)strlen(path) : (int)(options - path));
}

/* Entry `index` of the reg of a node on a 32-bit bus. */
static bool node_reg_entry(const void *blob, int node, uint32_t index, struct board_memory *memory)
{
    int parent = fdt_parent_offset(blob, node);
    return parent >= 0 && fdt_address_cells(blob, parent) == 1 &&
           fdt_size_cells(blob, parent) == 1 &&
           cell_property(blob, node, "reg", 2 * index, &memory->base) &&
           cell_property(blob, node, "reg", 2 * index + 1, &memory->size_bytes);
}

static bool node_reg(const void *blob, int node, struct board_memory *memory)
{
    return node_reg_entry(blob, node, 0, memory);
}

/* Every window of a node; false: there is none, or one that cannot be. */
static bool node_windows(const void *blob, int node, struct board_device *device)
{
    struct board_memory window = {0, 0};
    while (device->window_count < BOARD_WINDOWS_MAX &&
           node_reg_entry(blob, node, (uint32_t)device->window_count, &window)) {
        if (window.size_bytes == 0 || window.base % 4 != 0 ||
            window.size_bytes > UINT32_MAX - window.base) {
            return false;
        }
        device->windows[device->window_count] = window;
        device->window_count++;
        device->base = device->windows[0].base;
        if (window.base - device->base < BOARD_REGISTERS_BYTES) {
            device->window_bytes = window.base - device->base + window.size_bytes;
        }
    }
    return device->window_count > 0;
}

/* The label of the node at `path` from the symbol table that dtc -@ makes, or NULL. */
static const char *node_label(const void *blob, const char *path)
{
    int symbols = fdt_path_offset(blob, "/__symbols__");
    int property = 0;
    if (symbols < 0) {
        return NULL;
    }
    fdt_for_each_property_offset(property, blob, symbols)
    {
        const char *label = NULL;
        int length = 0;
        const char *value = fdt_getprop_by_offset(blob, property, &label, &length);
        if (value != NULL && length > 0 && value[length - 1] == '\0' && strcmp(value, path) == 0) {
            return label;
        }
    }
    return NULL;
}

static void copy_name(const void *blob, int node, char name[BOARD_NAME_BYTES])
{
    char path[256];
    const char *label = NULL;
    int length = 0;
    if (fdt_get_path(blob, node, path, sizeof path) == 0) {
        label = node_label(blob, path);
    }
    if (label == NULL) {
        label = fdt_get_name(blob, node, &length);
    }
    size_t count = label == NULL ? 0 : strcspn(label, "@");
    if (count > BOARD_NAME_BYTES - 1) {
        count = BOARD_NAME_BYTES - 1;
    }
    if (count > 0) {
        memcpy(name, label, count);
    }
    name[count] = '\0';
}

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
        if (board->devices[i].window_bytes != 0 && board->devices[i].base == base) {
            return true;
        }
    }
    return false;
}

static bool add_device(struct board *board, const struct device_class *device_class, int node,
                       const struct board_device *windows, struct sim_error *error)
{
    if (board->device_count == BOARD_DEVICES_MAX) {
        return sim_fail(error, SIM_WRONG_USE, "board %s has more than %d devices", board->model,
                        BOARD_DEVICES_MAX);
    }
    struct board_device *device = &board->devices[board->device_count];
    *device = *windows;
    device->device_class = device_class;
    device->node = node;
    copy_name(board->blob, node, device->name);
    if (!cell_property(board->blob, node, "interrupts", 0, &device->irqn)) {
        device->irqn = BOARD_NO_IRQ;
    } else if (device->irqn >= board->chip->irq_count) {
        return sim_fail(error, SIM_WRONG_USE, "board %s: %s has interrupt %u, the chip has 0 to %u",
                        board->model, device->name, device->irqn, board->chip->irq_count - 1);
    }
    board->device_count++;
    return true;
}

static bool add_part(struct board *board, const struct device_class *device_class, int node,
                     struct sim_error *error)
{
    const struct board_device no_window = {.window_count = 0};
    bool has_children = false;
    int child = 0;
    fdt_for_each_subnode(child, board->blob, node)
    {
        if (fdt_getprop(board->blob, child, "gpios", NULL) != NULL) {
            has_children = true;
            if (node_is_okay(board->blob, child) &&
                !add_device(board, device_class, child, &no_window, error)) {
                return false;
            }
        }
    }
    return has_children || add_device(board, device_class, node, &no_window, error);
}

/* One pass over the tree; `okay`: the nodes that are, else the on-chip ones that are not. */
static bool add_devices(struct board *board, board_find_class *find_class, bool okay,
                        struct sim_error *error)
{
    for (int node = fdt_next_node(board->blob, -1, NULL); node >= 0;
         node = fdt_next_node(board->blob, node, NULL)) {
        const struct device_class *found = node_class(board->blob, node, find_class);
        struct board_device windows = {.window_count = 0};
        if (found == NULL || node_is_okay(board->blob, node) != okay) {
            continue;
        }
        bool on_chip = found->read != NULL;
        if (!on_chip) {
            if (okay && !add_part(board, found, node, error)) {
                return false;
            }
            continue;
        }
        if (!node_windows(board->blob, node, &windows)) {
            return sim_fail(error, SIM_WRONG_USE, "board %s: node %s has no usable `reg`",
                            board->model, fdt_get_name(board->blob, node, NULL));
        }
        if (!base_taken(board, windows.base) && !add_device(board, found, node, &windows, error)) {
            return false;
        }
    }
    return true;
}

static bool find_chip(const char *name, struct board *board, struct sim_error *error)
{
    int soc = fdt_path_offset(board->blob, "/soc");
    for (size_t i = 0; soc >= 0 && i < sizeof board_chips / sizeof board_chips[0]; i++) {
        char compatible[64] = "nordic,";
        strcat(compatible, board_chips[i].name);
        if (fdt_stringlist_search(board->blob, soc, "compatible", compatible) >= 0) {
            board->chip = &board_chips[i];
            return true;
        }
    }
    return sim_fail(error, SIM_WRONG_USE,
                    "%s: node /soc is not compatible with a chip that is modelled "
                    "(nordic,nrf52832 or nordic,nrf52840)",
                    name);
}

/* Memory is mapped in pages, and the engine's pages are 1 kB: 4 kB multiples, in a sane place. */
static bool check_memory(const char *name, const char *what, const struct board_memory *memory,
                         struct sim_error *error)
{
    if (memory->size_bytes == 0 || memory->size_bytes > (16U << 20) ||
        memory->size_bytes % 4096 != 0 || memory->base % 4096 != 0 ||
        memory->base > 0x40000000U - memory->size_bytes) {
        return sim_fail(error, SIM_WRONG_USE, "%s: no usable %s (0x%x bytes at 0x%x)", name, what,
                        memory->size_bytes, memory->base);
    }
    return true;
}

bool board_find_flash_timing(const char *name, enum cpu_flash_timing *timing)
{
    static const char *const names[] = {[CPU_FLASH_CACHED] = "cached",
                                        [CPU_FLASH_UNCACHED] = "uncached",
                                        [CPU_FLASH_IDEAL] = "ideal",
                                        [CPU_FLASH_ICACHE] = "icache"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            *timing = (enum cpu_flash_timing)i;
            return true;
        }
    }
    return false;
}

static bool find_flash_timing(const char *name, int flash, struct board *board,
                              struct sim_error *error)
{
    int bytes = 0;
    const char *wanted = fdt_getprop(board->blob, flash, "sandglass,timing", &bytes);
    board->flash_timing = CPU_FLASH_CACHED;
    if (wanted == NULL) {
        return true;
    }
    bool text = bytes > 0 && strnlen(wanted, (size_t)bytes) == (size_t)bytes - 1;
    if (text && board_find_flash_timing(wanted, &board->flash_timing)) {
        return true;
    }
    return sim_fail(error, SIM_WRONG_USE,
                    "%s: sandglass,timing of the flash is cached, uncached, ideal or icache", name);
}

static bool find_memories(const char *name, struct board *board, struct sim_error *error)
{
    const void *blob = board->blob;
    int flash = chosen_node(blob, "zephyr,flash");
    int ram = chosen_node(blob, "zephyr,sram");
    if (flash < 0) {
        flash = fdt_node_offset_by_compatible(blob, -1, "soc-nv-flash");
    }
    if (ram < 0) {
        ram = fdt_node_offset_by_compatible(blob, -1, "mmio-sram");
    }
    if (flash < 0 || ram < 0 || !node_reg(blob, flash, &board->flash) ||
        !node_reg(blob, ram, &board->ram)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s: no flash (soc-nv-flash) or no RAM (mmio-sram) node", name);
    }
    board->flash_page_bytes = BOARD_FLASH_PAGE_BYTES;
    return find_flash_timing(name, flash, board, error) &&
           check_memory(name, "flash", &board->flash, error) &&
           check_memory(name, "RAM", &board->ram, error);
}

static bool find_apps(const char *name, struct board *board, struct sim_error *error)
{
    int partition = chosen_node(board->blob, "sandglass,apps");
    if (partition < 0) {
        return true;
    }
    struct board_memory apps;
    if (!node_reg(board->blob, partition, &apps) || apps.size_bytes > board->flash.size_bytes ||
        apps.base > board->flash.size_bytes - apps.size_bytes) {
        return sim_fail(error, SIM_WRONG_USE, "%s: the app partition lies outside of the flash",
                        name);
    }
    /* A partition's reg counts from the start of the flash. */
    board->apps =
        (struct board_memory){.base = board->flash.base + apps.base, .size_bytes = apps.size_bytes};
    return true;
}

static void find_console(struct board *board)
{
    int node = chosen_node(board->blob, "zephyr,console");
    if (node < 0) {
        node = chosen_node(board->blob, "stdout-path");
    }
    for (size_t i = 0; node >= 0 && i < board->device_count; i++) {
        if (board->devices[i].node == node) {
            board->console = board->devices[i].name;
        }
    }
}

static void count_pins(struct board *board)
{
    int node = -1;
    while ((node = fdt_node_offset_by_compatible(board->blob, node, "nordic,nrf-gpio")) >= 0) {
        uint32_t port = 0;
        uint32_t end = 32;
        cell_property(board->blob, node, "port", 0, &port);
        cell_property(board->blob, node, "ngpios", 0, &end);
        end = end > 32 ? 32 : end;
        end = port < BOARD_PINS_MAX / 32 ? port * 32 + end : 0;
        board->pin_count = end > board->pin_count ? end : board->pin_count;
    }
}

static bool read_tree(const char *name, struct board *board, board_find_class *find_class,
                      struct sim_error *error)
{
    board->model = string_property(board->blob, 0, "model");
    board->model = board->model == NULL ? name : board->model;
    if (!find_chip(name, board, error) || !find_memories(name, board, error) ||
        !find_apps(name, board, error) || !add_devices(board, find_class, true, error) ||
        !add_devices(board, find_class, false, error)) {
        return false;
    }
    find_console(board);
    count_pins(board);
    return true;
}

bool board_parse(const char *name, const void *blob, size_t size, board_find_class *find_class,
                 struct board *board, struct sim_error *error)
{
    *board = (struct board){0};
    if (fdt_check_full(blob, size) != 0) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s is no devicetree blob or a damaged one: compile the .dts with dtc -@",
                        name);
    }
    board->blob = malloc(size);
    if (board->blob == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for board %s", name);
    }
    memcpy(board->blob, blob, size);
    if (!read_tree(name, board, find_class, error)) {
        board_free(board);
        return false;
    }
    return true;
}

void board_free(struct board *board)
{
    free(board->blob);
    *board = (struct board){0};
}

static bool props_u32(const void *self, const char *name, uint32_t index, uint32_t *value)
{
    const struct board_props *view = self;
    return cell_property(view->board->blob, view->node, name, index, value);
}

static const char *props_string(const void *self, const char *name)
{
    const struct board_props *view = self;
    return string_property(view->board->blob, view->node, name);
}

static bool props_gpio(const void *self, const char *name, uint32_t index, struct props_gpio *gpio)
{
    const struct board_props *view = self;
    const void *blob = view->board->blob;
    uint32_t cells[3];
    for (uint32_t i = 0; i < 3; i++) {
        if (!cell_property(blob, view->node, name, index * 3 + i, &cells[i])) {
            return false;
        }
    }
    int controller = fdt_node_offset_by_phandle(blob, cells[0]);
    uint32_t port = 0;
    if (controller < 0) {
        return false;
    }
    cell_property(blob, controller, "port", 0, &port);
    if (port >= BOARD_PINS_MAX / 32 || cells[1] >= 32 ||
        port * 32 + cells[1] >= view->board->pin_count) {
        return false;
    }
    gpio->number = port * 32 + cells[1];
    gpio->pin = &view->pins[gpio->number];
    gpio->flags = cells[2];
    return true;
}

struct props board_props_make(struct board_props *view, const struct board *board, int node,
                              struct pin *pins)
{
    *view = (struct board_props){.board = board, .pins = pins, .node = node};
    return (struct props){.u32 = props_u32,
                          .string = props_string,
                          .gpio = props_gpio,
                          .node = view,
                          .context = view};
}
