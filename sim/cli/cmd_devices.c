#include <stdio.h>

#include "peripherals/catalogue.h"
#include "sim/cli/board_file.h"
#include "sim/cli/command.h"

static const char help[] =
    "usage: sandglass devices [-b BOARD]\n"
    "\n"
    "Lists the devices of a board: name, class, place (address, bus and address there, or pin),\n"
    "interrupt, and the inputs it takes (--press, --touch, --set of `sandglass run`). With --all,\n"
    "the classes that there are.\n";

static void print_inputs(const char *const *names)
{
    printf("  %s", names == NULL ? "-" : names[0]);
    for (size_t i = 1; names != NULL && names[i] != NULL; i++) {
        printf(", %s", names[i]);
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
        print_inputs(device->device_class->input_names);
    }
    board_file_print_notes(board, stdout, "");
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
    if (!command_read_listing(argc, argv, "all", help, &listing, error)) {
        return error->status;
    }
    if (listing.flag) {
        print_classes();
        return SIM_OK;
    }
    if (board_file_read(listing.board, &board, error)) {
        print_board(&board);
        board_free(&board);
    }
    return error->status;
}

const struct command command_devices = {
    .name = "devices", .summary = "lists a board's devices", .run = run};
