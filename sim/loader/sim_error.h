/* sim/loader/sim_error.h - how set-up code of the simulator says what went wrong.
 *
 * A function that can fail returns false and has filled in a struct sim_error; the first error
 * wins, and it is printed in one place, by the command. The values of enum sim_status are the exit
 * statuses of the program.
 */
#ifndef SIM_LOADER_SIM_ERROR_H
#define SIM_LOADER_SIM_ERROR_H

#include <stdbool.h>

enum sim_status {
    SIM_OK = 0,
    SIM_GUEST_FAILED = 1, /* panic, lockup, an expectation not met */
    SIM_WRONG_USE = 2,    /* the user's input: a file, a value, an option */
    SIM_INTERNAL = 3,     /* the simulator's or the host's own trouble */
};

struct sim_error {
    enum sim_status status;
    char text[512]; /* one line without a full stop or newline: what, where, what to do */
};

/* Replaces by '?' what a terminal could take for a command, or for the end of the line: control
 * characters and bytes that are no UTF-8. In place. */
void sim_make_printable(char *text);

/* Fills in *error unless it already holds one. The text is made printable: it may quote
 * what a hostile file holds. Always returns false, for `return sim_fail(...)`. */
bool sim_fail(struct sim_error *error, enum sim_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
