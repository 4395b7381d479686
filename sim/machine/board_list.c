/* What a board says about itself in listings. */
#include <stdio.h>
#include <string.h>

#include "sim/machine/board.h"
#include "sim/machine/board_pins.h"
#include "sim/machine/board_tree.h"

static const char *bus_name(const struct board *board, int bus)
{
    for (size_t i = 0; i < board->device_count; i++) {
        if (board->devices[i].node == bus) {
            return board->devices[i].name;
        }
    }
    return tree_label(board->blob, bus);
}

void board_device_place(const struct board *board, size_t index, char *text, size_t size)
{
    const struct board_device *device = &board->devices[index];
    struct board_pin pin;
    const char *why = NULL;
    if (device->window_count > 0) {
        snprintf(text, size, "0x%08x", device->base);
    } else if (device->bus != BOARD_NO_BUS) {
        const char *name = bus_name(board, device->bus);
        snprintf(text, size, "%.20s:0x%x", name == NULL ? "bus" : name, device->bus_address);
    } else if (board_pins_gpio(board, device->node, "gpios", 0, &pin, &why) == BOARD_PIN_FOUND) {
        snprintf(text, size, "P%u.%02u", pin.number / 32, pin.number % 32);
    } else {
        snprintf(text, size, "-");
    }
}

void board_note_text(const struct board *board, size_t index, char *text, size_t size)
{
    char path[TREE_PATH_BYTES];
    int node = board->notes[index].node;
    const char *compatible = tree_string(board->blob, node, "compatible");
    tree_path(board->blob, node, path);
    if (board->notes[index].bus_disabled) {
        snprintf(text, size, "%s: its bus is disabled: give that status = \"okay\"", path);
    } else {
        snprintf(text, size, "%s: no model of \"%.64s\": nothing is there", path,
                 compatible == NULL ? "?" : compatible);
    }
    tree_make_printable(text);
}
