#include <inttypes.h>
#include <stdio.h>

#include "sim/cli/board_file.h"
#include "sim/cli/command.h"
#include "sim/cli/text_format.h"
#include "sim/machine/fault_list.h"

static const char help[] =
    "usage: sandglass faults [-b BOARD] [--json]\n"
    "\n"
    "Lists how the devices and parts of a board can be told to misbehave: device, fault, the "
    "values\n"
    "it takes, and what happens. `sandglass run --fault DEVICE.FAULT[=VALUE]@TIME` does it; VALUE "
    "is\n"
    "1 when it is not given, and 0 ends a fault that lasts. With --json: an array of objects.\n";

static void print_table(const struct board *board)
{
    struct fault_choice choice;
    printf("%-16s %-19s %-23s %s\n", "device", "fault", "value", "what happens");
    for (size_t i = 0; fault_list_at(board, i, &choice); i++) {
        char range[32];
        snprintf(range, sizeof range, "%" PRId32 "..%" PRId32, choice.value_min, choice.value_max);
        printf("%-16s %-19s %-23s %s\n", board->devices[choice.device].name, choice.fault->name,
               range, choice.fault->help);
    }
}

static void print_json(const struct board *board)
{
    struct fault_choice choice;
    printf("[");
    for (size_t i = 0; fault_list_at(board, i, &choice); i++) {
        const struct board_device *device = &board->devices[choice.device];
        printf("%s\n {\"device\": ", i == 0 ? "" : ",");
        text_format_json(stdout, device->name);
        printf(", \"class\": ");
        text_format_json(stdout, device->device_class->name);
        printf(", \"fault\": ");
        text_format_json(stdout, choice.fault->name);
        printf(", \"min\": %" PRId32 ", \"max\": %" PRId32 ", \"help\": ", choice.value_min,
               choice.value_max);
        text_format_json(stdout, choice.fault->help);
        printf("}");
    }
    printf("\n]\n");
}

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    struct command_listing listing;
    struct board board;
    if (!command_read_listing(argc, argv, false, help, &listing, error)) {
        return error->status;
    }
    if (board_file_read(listing.board, &board, error)) {
        if (listing.json) {
            print_json(&board);
        } else {
            print_table(&board);
        }
        board_free(&board);
    }
    return error->status;
}

const struct command command_faults = {
    .name = "faults", .summary = "lists how a board's devices can misbehave", .run = run};
