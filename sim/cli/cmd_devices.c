#include <inttypes.h>
#include <stdio.h>

#include "peripherals/catalogue.h"
#include "sim/cli/board_file.h"
#include "sim/cli/command.h"
#include "sim/cli/text_format.h"
#include "sim/machine/board_picture.h"

static const char help[] =
    "usage: sandglass devices [-b BOARD] [--json | --all]\n"
    "\n"
    "Lists the devices of a board: name, class, place (address, bus and address there, pin,\n"
    "or analogue input), interrupt, and the inputs it takes (--press, --touch, --set of\n"
    "`sandglass run`). With --all, the classes that there are; with --json an object with what\n"
    "the board looks like, too: lengths in micrometres from the upper left corner.\n";

static void print_inputs(const struct device_input_kind *inputs)
{
    printf("  %s", inputs == NULL ? "-" : inputs[0].name);
    for (size_t i = 1; inputs != NULL && inputs[i].name != NULL; i++) {
        printf(", %s", inputs[i].name);
    }
    printf("\n");
}

static void print_board(const struct board *board)
{
    printf("%-18s %-22s %-14s %4s  %s\n", "name", "class", "place", "irq", "inputs");
    for (size_t i = 0; i < board->device_count; i++) {
        const struct board_device *device = &board->devices[i];
        char place[48];
        board_device_place(board, i, place, sizeof place);
        printf("%-18s %-22s %-14s ", device->name, device->device_class->name, place);
        if (device->irqn != BOARD_NO_IRQ) {
            printf("%4u", device->irqn);
        } else {
            printf("%4s", "-");
        }
        print_inputs(device->device_class->inputs);
    }
    board_file_print_notes(board, stdout, "");
}

static void print_json_names(const struct device_input_kind *inputs)
{
    printf(", \"inputs\": [");
    for (size_t i = 0; inputs != NULL && inputs[i].name != NULL; i++) {
        fputs(i == 0 ? "" : ", ", stdout);
        text_format_json(stdout, inputs[i].name);
    }
    fputs("]", stdout);
}

static void print_json_place(const struct board_picture_item *item)
{
    printf(", \"at_um\": [%" PRId32 ", %" PRId32 "], \"size_um\": [%" PRId32 ", %" PRId32 "]",
           item->centre.x_um, item->centre.y_um, item->width_um, item->height_um);
    if (item->silk != NULL) {
        fputs(", \"silk\": ", stdout);
        text_format_json(stdout, item->silk);
    }
    if (item->color != BOARD_PICTURE_NO_COLOR) {
        printf(", \"color\": %" PRIu32, item->color);
    }
}

static void print_json_device(const struct board *board, size_t index,
                              const struct board_picture *picture)
{
    const struct board_device *device = &board->devices[index];
    char place[48];
    board_device_place(board, index, place, sizeof place);
    printf("%s\n  {\"name\": ", index == 0 ? "" : ",");
    text_format_json(stdout, device->name);
    fputs(", \"class\": ", stdout);
    text_format_json(stdout, device->device_class->name);
    fputs(", \"place\": ", stdout);
    text_format_json(stdout, place);
    if (device->irqn != BOARD_NO_IRQ) {
        printf(", \"irq\": %" PRIu32, device->irqn);
    }
    print_json_names(device->device_class->inputs);
    for (size_t i = 0; i < picture->item_count; i++) {
        if (picture->items[i].device == index) {
            print_json_place(&picture->items[i]);
        }
    }
    fputs("}", stdout);
}

static bool print_json(const struct board *board, struct sim_error *error)
{
    static struct board_picture picture;
    if (!board_picture_read(board, &picture, error)) {
        return false;
    }
    fputs("{\"board\": ", stdout);
    text_format_json(stdout, board->model);
    fputs(", \"outline_um\": [", stdout);
    for (size_t i = 0; i < picture.corner_count; i++) {
        printf("%s[%" PRId32 ", %" PRId32 "]", i == 0 ? "" : ", ", picture.corners[i].x_um,
               picture.corners[i].y_um);
    }
    fputs("],\n \"devices\": [", stdout);
    for (size_t i = 0; i < board->device_count; i++) {
        print_json_device(board, i, &picture);
    }
    fputs("\n]}\n", stdout);
    return true;
}

static void print_classes(void)
{
    size_t count = 0;
    const struct catalogue_entry *entries = catalogue_entries(&count);
    for (size_t i = 0; i < count; i++) {
        printf("%-32s %s\n", entries[i].compatible, entries[i].device_class->name);
    }
}

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    struct command_listing listing;
    struct board board;
    if (!command_read_listing(argc, argv, true, help, &listing, error)) {
        return error->status;
    }
    if (listing.all) {
        print_classes();
        return SIM_OK;
    }
    if (board_file_read(listing.board, &board, error)) {
        if (listing.json) {
            print_json(&board, error);
        } else {
            print_board(&board);
        }
        board_free(&board);
    }
    return error->status;
}

const struct command command_devices = {
    .name = "devices", .summary = "lists a board's devices", .run = run};
