/*
 * commands.h - the commands of capsule_check beside `source`, each with options of its own.
 */
#ifndef TOOLS_CAPSULE_CHECK_COMMANDS_H
#define TOOLS_CAPSULE_CHECK_COMMANDS_H

enum {
    EXIT_CLEAN = 0,
    EXIT_REFUSED = 1,
    EXIT_WRONG_USE = 2,
};

struct command {
    const char *name;
    int (*run)(int count, char **arguments); /* those behind the name; returns the exit status */
};

/* NULL when there is none of that name. */
const struct command *commands_find(const char *name);

#endif
