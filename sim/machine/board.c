#include "sim/machine/board.h"

#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/board_internal.h"
#include "sim/machine/board_pins.h"
#include "sim/machine/board_tree.h"

static const struct board_chip board_chips[] = {
    {.name = "nrf52832",
     .irq_count = 39,
     .code_ram_base = 0x00800000,
     .uicr_base = 0x10001000,
     .uicr_bytes = 0x400,
     .cpu_hz = 64000000,
     .priority_bits = 3,
     .apps_base = 0x30000},
    {.name = "nrf52840",
     .irq_count = 48,
     .code_ram_base = 0x00800000,
     .uicr_base = 0x10001000,
     .uicr_bytes = 0x400,
     .cpu_hz = 64000000,
     .priority_bits = 3,
     .apps_base = 0x40000},
};

bool board_refuse(const struct board *board, int node, struct sim_error *error, const char *format,
                  ...)
{
    char path[TREE_PATH_BYTES];
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    tree_path(board->blob, node, path);
    return sim_fail(error, SIM_WRONG_USE, "%s: %s: %s", board->file, path, what);
}

static bool node_memory(const struct board *board, int node, struct board_memory *memory)
{
    return tree_reg(board->blob, node, 0, &memory->base, &memory->size_bytes);
}

static bool find_chip(struct board *board, struct sim_error *error)
{
    int soc = fdt_path_offset(board->blob, "/soc");
    for (size_t i = 0; soc >= 0 && i < sizeof board_chips / sizeof board_chips[0]; i++) {
        char compatible[64] = "nordic,";
        strcat(compatible, board_chips[i].name);
        if (tree_is_compatible(board->blob, soc, compatible)) {
            board->chip = &board_chips[i];
            return true;
        }
    }
    return sim_fail(error, SIM_WRONG_USE,
                    "%s: /soc: %s not compatible with a chip that is modelled (nordic,nrf52832 or "
                    "nordic,nrf52840)",
                    board->file, soc < 0 ? "there is no such node: the board is" : "it is");
}

/* Memory is mapped in pages, and the engine's pages are 1 kB: 4 kB multiples, in a sane place. */
static bool check_memory(const struct board *board, int node, const struct board_memory *memory,
                         struct sim_error *error)
{
    if (memory->size_bytes == 0 || memory->size_bytes > (16U << 20) ||
        memory->size_bytes % 4096 != 0 || memory->base % 4096 != 0 ||
        memory->base > 0x40000000U - memory->size_bytes) {
        return board_refuse(board, node, error,
                            "no usable memory (0x%x bytes at 0x%x): whole 4 kB pages, up to 16 MB, "
                            "below 0x40000000",
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

static bool find_flash_timing(int flash, struct board *board, struct sim_error *error)
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
    return board_refuse(board, flash, error,
                        "sandglass,timing of the flash is cached, uncached, ideal or icache");
}

/* The chosen node for a memory, else the first that is compatible. */
static bool find_memory(const struct board *board, const char *chosen, const char *compatible,
                        struct board_memory *memory, int *node, struct sim_error *error)
{
    *node = tree_chosen(board->blob, chosen);
    if (*node == TREE_NO_NODE) {
        *node = fdt_node_offset_by_compatible(board->blob, -1, compatible);
    }
    if (*node < 0) {
        return sim_fail(error, SIM_WRONG_USE, "%s: there is no memory node compatible with \"%s\"",
                        board->file, compatible);
    }
    if (!node_memory(board, *node, memory)) {
        return board_refuse(board, *node, error, "`reg` is no <ADDRESS SIZE>");
    }
    return check_memory(board, *node, memory, error);
}

static bool find_memories(struct board *board, struct sim_error *error)
{
    int flash = TREE_NO_NODE;
    int ram = TREE_NO_NODE;
    board->flash_page_bytes = BOARD_FLASH_PAGE_BYTES;
    return find_memory(board, "zephyr,flash", "soc-nv-flash", &board->flash, &flash, error) &&
           find_memory(board, "zephyr,sram", "mmio-sram", &board->ram, &ram, error) &&
           find_flash_timing(flash, board, error);
}

/* Without a word from the board, apps lie where Tock's boards have them. */
static bool find_apps(struct board *board, struct sim_error *error)
{
    int partition = tree_chosen(board->blob, "sandglass,apps");
    struct board_memory apps = {board->chip->apps_base, 0};
    if (partition == TREE_NO_NODE) {
        if (apps.base < board->flash.size_bytes) {
            board->apps.base = board->flash.base + apps.base;
            board->apps.size_bytes = board->flash.size_bytes - apps.base;
        }
        return true;
    }
    if (!node_memory(board, partition, &apps) || apps.size_bytes > board->flash.size_bytes ||
        apps.base > board->flash.size_bytes - apps.size_bytes) {
        return board_refuse(board, partition, error, "the app partition lies outside of the flash");
    }
    /* A partition's reg counts from the start of the flash. */
    board->apps =
        (struct board_memory){.base = board->flash.base + apps.base, .size_bytes = apps.size_bytes};
    return true;
}

static void find_console(struct board *board)
{
    int node = tree_chosen(board->blob, "zephyr,console");
    if (node == TREE_NO_NODE) {
        node = tree_chosen(board->blob, "stdout-path");
    }
    for (size_t i = 0; node >= 0 && i < board->device_count; i++) {
        if (board->devices[i].node == node) {
            board->console = board->devices[i].name;
        }
    }
}

static bool count_pins(struct board *board, struct sim_error *error)
{
    int node = -1;
    while ((node = fdt_node_offset_by_compatible(board->blob, node, "nordic,nrf-gpio")) >= 0) {
        uint32_t port = 0;
        uint32_t pins = 32;
        tree_cell(board->blob, node, "port", 0, &port);
        tree_cell(board->blob, node, "ngpios", 0, &pins);
        if (port >= BOARD_PINS_MAX / 32 || pins > 32) {
            return board_refuse(board, node, error, "`port` is 0 or 1, `ngpios` up to 32");
        }
        uint32_t end = port * 32 + pins;
        board->pin_count = end > board->pin_count ? end : board->pin_count;
    }
    return true;
}

static bool read_tree(struct board *board, board_find_class *find_class, struct sim_error *error)
{
    board->model = tree_string(board->blob, 0, "model");
    if (board->model != NULL) {
        sim_make_printable((char *)board->blob + (board->model - (const char *)board->blob));
    }
    board->model = board->model == NULL ? board->file : board->model;
    board->psel_shift = board_pins_find_shift(board->blob);
    if (!find_chip(board, error) || !find_memories(board, error) || !find_apps(board, error) ||
        !count_pins(board, error) || !board_add_devices(board, find_class, error) ||
        !board_check(board, error)) {
        return false;
    }
    find_console(board);
    return true;
}

bool board_parse(const char *name, const void *blob, size_t size, board_find_class *find_class,
                 struct board *board, struct sim_error *error)
{
    *board = (struct board){0};
    if (size > BOARD_BLOB_MAX) {
        return sim_fail(error, SIM_WRONG_USE, "%s is no board: it has %zu bytes, a board up to %d",
                        name, size, BOARD_BLOB_MAX);
    }
    if (fdt_check_full(blob, size) != 0) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s is no devicetree blob or a damaged one: compile the .dts with dtc -@",
                        name);
    }
    board->blob = malloc(size);
    board->file = strdup(name);
    if (board->blob == NULL || board->file == NULL) {
        board_free(board);
        return sim_fail(error, SIM_INTERNAL, "no memory for board %s", name);
    }
    memcpy(board->blob, blob, size);
    if (!read_tree(board, find_class, error)) {
        board_free(board);
        return false;
    }
    return true;
}

int board_find_device(const struct board *board, const char *name)
{
    for (size_t i = 0; i < board->device_count; i++) {
        if (strcmp(board->devices[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

void board_free(struct board *board)
{
    free(board->blob);
    free(board->file);
    *board = (struct board){0};
}
