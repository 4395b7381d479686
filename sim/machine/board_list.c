/* What a board says about itself in listings. */
#include <stdio.h>
#include <string.h>

#include "peripherals/iface/analog_input.h"
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

/* The chip's pin that a part hangs on which sits on no bus. */
static bool pin_of(const struct board *board, int node, struct board_pin *pin)
{
    static const char *const properties[] = {"gpios", "enable-gpios"};
    const char *why = NULL;
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        if (board_pins_gpio(board, node, properties[i], 0, pin, &why) == BOARD_PIN_FOUND) {
            return true;
        }
    }
    int pwm = tree_phandle(board->blob, node, "pwms", 0);
    uint32_t channel = 0;
    return pwm != TREE_NO_NODE && tree_cell(board->blob, node, "pwms", 1, &channel) &&
           channel <= PROPS_PWM_OUT3 - PROPS_PWM_OUT0 &&
           board_pins_function(board, pwm, (enum props_function)(PROPS_PWM_OUT0 + channel), pin,
                               &why) == BOARD_PIN_FOUND;
}

/* The analogue input that a part is wired to. */
static bool input_of(const struct board *board, int node, uint32_t *input)
{
    struct board_props view;
    struct props props = board_props_make(&view, board, node, NULL);
    return props.u32(props.node, "io-channels", 1, input);
}

void board_device_place(const struct board *board, size_t index, char *text, size_t size)
{
    const struct board_device *device = &board->devices[index];
    struct board_pin pin;
    uint32_t input = 0;
    if (device->window_count > 0) {
        snprintf(text, size, "0x%08x", device->base);
    } else if (device->bus != BOARD_NO_BUS) {
        const char *name = bus_name(board, device->bus);
        snprintf(text, size, "%.20s:0x%x", name == NULL ? "bus" : name, device->bus_address);
    } else if (pin_of(board, device->node, &pin)) {
        int length = snprintf(text, size, "P%u.%02u", pin.number / 32, pin.number % 32);
        const char *why = NULL;
        if (length > 0 && (size_t)length < size &&
            board_pins_gpio(board, device->node, "gpios", 1, &pin, &why) == BOARD_PIN_FOUND) {
            snprintf(text + length, size - (size_t)length, ", P%u.%02u", pin.number / 32,
                     pin.number % 32);
        }
    } else if (input_of(board, device->node, &input)) {
        snprintf(text, size, input < ANALOG_INPUTS ? "AIN%u" : "supply", input);
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
    sim_make_printable(text);
}
