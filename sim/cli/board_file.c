#include "sim/cli/board_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peripherals/catalogue.h"
#include "sim/cli/places.h"
#include "sim/loader/file.h"

/* `name`: what the user calls it, and messages too. A board without a model keeps it. */
static bool read_blob(const char *path, const char *name, struct board *board,
                      struct sim_error *error)
{
    struct file_bytes bytes;
    if (!file_read(path, &bytes, error)) {
        return false;
    }
    bool done = board_parse(name, bytes.data, bytes.size, catalogue_find, board, error);
    file_free(&bytes);
    return done;
}

/* Runs dtc; its messages go to stderr, where they name the line. The chip files that a board
 * includes lie where the boards are. */
static bool run_dtc(const char *source, const char *blob, struct sim_error *error)
{
    char includes[PLACES_PATH_MAX];
    board_file_folder(includes, sizeof includes);
    pid_t child = fork();
    if (child == 0) {
        execlp("dtc", "dtc", "-q", "-@", "-I", "dts", "-O", "dtb", "-i", includes, "-o", blob,
               source, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return sim_fail(error, SIM_INTERNAL, "cannot run dtc");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        return sim_fail(error, SIM_WRONG_USE,
                        "cannot compile %s: dtc is not installed (apt install "
                        "device-tree-compiler), or give a .dtb",
                        source);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return sim_fail(error, SIM_WRONG_USE, "dtc refuses %s: see its message above", source);
    }
    return true;
}

static bool compile_and_read(const char *path, struct board *board, struct sim_error *error)
{
    char blob[] = "/tmp/sandglass-board-XXXXXX";
    if (!file_exists(path)) {
        return sim_fail(error, SIM_WRONG_USE, "cannot open %s: no such file", path);
    }
    int descriptor = mkstemp(blob);
    if (descriptor < 0) {
        return sim_fail(error, SIM_INTERNAL, "cannot make a file in /tmp for dtc");
    }
    close(descriptor);
    bool done = run_dtc(path, blob, error) && read_blob(blob, path, board, error);
    unlink(blob);
    return done;
}

bool board_file_read(const char *name, struct board *board, struct sim_error *error)
{
    char relative[128];
    char path[PLACES_PATH_MAX];
    *board = (struct board){0};
    if (file_has_ending(name, ".dts")) {
        return compile_and_read(name, board, error);
    }
    if (file_has_ending(name, ".dtb") || strchr(name, '/') != NULL) {
        return read_blob(name, name, board, error);
    }
    int length = snprintf(relative, sizeof relative, "boards/%s.dtb", name);
    if (length < 0 || (size_t)length >= sizeof relative ||
        !places_find(relative, path, sizeof path)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "there is no board %s: `sandglass boards` lists them, or give a .dts or "
                        ".dtb file",
                        name);
    }
    return read_blob(path, name, board, error);
}

void board_file_print_notes(const struct board *board, FILE *out, const char *prefix)
{
    char text[256];
    for (size_t i = 0; i < board->note_count; i++) {
        board_note_text(board, i, text, sizeof text);
        fprintf(out, "%s%s\n", prefix, text);
    }
}

bool board_file_folder(char *buffer, size_t size)
{
    return places_find_folder("boards", buffer, size);
}
