#include "tools/capsule_check/commands.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/board.h"
#include "tools/capsule_check/findings.h"
#include "tools/capsule_check/object.h"
#include "tools/capsule_check/stack.h"
#include "tools/capsule_check/trusted.h"

/* What the commands below have in common. */
struct options {
    const char *root; /* as given; `real_root` is without links */
    char real_root[PATH_MAX];
    const char *text;
    const char *facts;
    bool entries;
    bool as_json;
    char **files; /* what is no option, to the end */
    int file_count;
};

static int wrong_use(const char *what, const char *which)
{
    (void)fprintf(stderr, "capsule_check: %s%s; see capsule_check --help\n", what, which);
    return EXIT_WRONG_USE;
}

static bool read_options(struct options *options, int count, char **arguments)
{
    *options = (struct options){.root = "."};
    int i = 0;
    for (; i < count && strncmp(arguments[i], "--", 2) == 0; i++) {
        const char **value = strcmp(arguments[i], "--root") == 0    ? &options->root
                             : strcmp(arguments[i], "--text") == 0  ? &options->text
                             : strcmp(arguments[i], "--facts") == 0 ? &options->facts
                                                                    : NULL;
        if (strcmp(arguments[i], "--json") == 0) {
            options->as_json = true;
        } else if (strcmp(arguments[i], "--entries") == 0) {
            options->entries = true;
        } else if (value != NULL && i + 1 < count) {
            i++;
            *value = arguments[i];
        } else {
            (void)wrong_use("no such option, or it lacks its value: ", arguments[i]);
            return false;
        }
    }
    options->files = arguments + i;
    options->file_count = count - i;
    if (realpath(options->root, options->real_root) == NULL) {
        (void)wrong_use("no such directory (--root): ", options->root);
        return false;
    }
    return true;
}

/* Prints and frees. */
static int end_with(struct findings *findings, bool as_json)
{
    bool refused = findings->count > 0;
    findings_print(findings, stdout, as_json);
    findings_free(findings);
    return refused ? EXIT_REFUSED : EXIT_CLEAN;
}

static int run_object(int count, char **arguments)
{
    struct options options;
    if (!read_options(&options, count, arguments)) {
        return EXIT_WRONG_USE;
    }
    if (options.file_count != 1 || options.text == NULL) {
        return wrong_use("object: wants --text FILE.i and one object", "");
    }
    struct findings findings = {.count = 0};
    struct object_names names;
    if (object_names_read(&names, options.text, options.root, &findings)) {
        object_check(options.files[0], &names, &findings);
    }
    object_names_free(&names);
    return end_with(&findings, options.as_json);
}

static int run_board(int count, char **arguments)
{
    struct options options;
    if (!read_options(&options, count, arguments)) {
        return EXIT_WRONG_USE;
    }
    if (options.file_count < 2) {
        return wrong_use("board: wants a kernel and the files of its grants", "");
    }
    struct findings findings = {.count = 0};
    board_check(options.files[0], (const char *const *)options.files + 1,
                (size_t)options.file_count - 1, &findings);
    return end_with(&findings, options.as_json);
}

static int run_stack(int count, char **arguments)
{
    struct options options;
    if (!read_options(&options, count, arguments)) {
        return EXIT_WRONG_USE;
    }
    if (options.file_count != 2) {
        return wrong_use("stack: wants a kernel and the list of its inputs", "");
    }
    struct findings findings = {.count = 0};
    stack_check(options.files[0], options.files[1], options.real_root, options.entries,
                options.facts, stdout, &findings);
    return end_with(&findings, false);
}

static int run_trusted(int count, char **arguments)
{
    struct options options;
    if (!read_options(&options, count, arguments)) {
        return EXIT_WRONG_USE;
    }
    if (options.file_count != 1) {
        return wrong_use("trusted: wants the list of a kernel's inputs", "");
    }
    struct findings findings = {.count = 0};
    trusted_print(options.files[0], options.real_root, stdout, &findings);
    return end_with(&findings, false);
}

static const struct command commands[] = {
    {"object", run_object},
    {"board", run_board},
    {"stack", run_stack},
    {"trusted", run_trusted},
};

const struct command *commands_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}
