#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/board_file.h"
#include "sim/cli/command.h"
#include "sim/cli/places.h"
#include "sim/loader/file.h"

static int is_blob(const struct dirent *entry)
{
    return file_has_ending(entry->d_name, ".dtb");
}

/* The parts by class, in the order of the tree: "4 led, 4 button, touch-key". */
static void print_parts(const struct board *board)
{
    const struct device_class *told[BOARD_DEVICES_MAX];
    size_t told_count = 0;
    for (size_t i = 0; i < board->device_count; i++) {
        const struct device_class *part = board->devices[i].device_class;
        size_t count = 0;
        bool known = board->devices[i].window_count > 0;
        for (size_t k = 0; k < told_count; k++) {
            known = known || told[k] == part;
        }
        for (size_t k = i; k < board->device_count && !known; k++) {
            count += board->devices[k].device_class == part ? 1 : 0;
        }
        if (count > 0) {
            printf("%s", told_count == 0 ? "                 " : ", ");
            count > 1 ? printf("%zu %s", count, part->name) : printf("%s", part->name);
            told[told_count] = part;
            told_count++;
        }
    }
    printf(told_count == 0 ? "" : "\n");
    board_file_print_notes(board, stdout, "                 ");
}

static bool print_board(const char *folder, const char *file, struct sim_error *error)
{
    char path[PLACES_PATH_MAX + 256];
    struct board board;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    if (!board_file_read(path, &board, error)) {
        return false;
    }
    printf("%-16.*s %s: %u kB flash, %u kB RAM, %zu devices\n", (int)(strlen(file) - 4), file,
           board.model, board.flash.size_bytes / 1024, board.ram.size_bytes / 1024,
           board.device_count);
    print_parts(&board);
    board_free(&board);
    return true;
}

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    char folder[PLACES_PATH_MAX];
    struct dirent **entries = NULL;
    if (command_wants_help(argc, argv)) {
        puts("usage: sandglass boards\n\n"
             "Lists the boards that come with the program and the parts on them. Any .dts or .dtb\n"
             "file is a board, too: `sandglass run -b my_board.dts ...`.");
        return SIM_OK;
    }
    if (!command_no_arguments(argc, argv, error)) {
        return error->status;
    }
    int count = board_file_folder(folder, sizeof folder)
                    ? scandir(folder, &entries, is_blob, alphasort)
                    : -1;
    if (count < 0) {
        sim_fail(error, SIM_INTERNAL, "the boards are not there: %s", folder);
        return SIM_INTERNAL;
    }
    for (int i = 0; i < count; i++) {
        print_board(folder, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    return error->status;
}

const struct command command_boards = {.name = "boards", .summary = "lists the boards", .run = run};
