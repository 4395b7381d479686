/* sim/cli/live_lines.h - what a run tells while it runs: the guest's console on its link, LEDs,
 * pins, messages and resets as a line each on stderr. */
#ifndef SIM_CLI_LIVE_LINES_H
#define SIM_CLI_LIVE_LINES_H

#include <stdio.h>

#include "sim/cli/uart_link.h"
#include "sim/machine/machine.h"
#include "sim/machine/machine_view.h"

struct live_lines {
    struct machine *machine;
    struct uart_link *link;
    FILE *out;            /* where lines go: stderr, if nothing else was said */
    const char *until;    /* text to look for in the console's output; NULL: none */
    size_t until_matched; /* characters of it matched so far */
    bool until_found;
    uint32_t resets;
    uint64_t note_second; /* of virtual time, in which there were so many notes: */
    uint32_t notes;
    uint64_t sent_cycle; /* when the console's last byte was sent */
    FILE *waiting;       /* lines that have not been printed yet, in `text` */
    char *text;
    size_t text_bytes;
};

/* Starts to observe; false when the machine has too many observers. Both must outlive the machine.
 */
bool live_lines_start(struct live_lines *lines, struct machine *machine, struct uart_link *link,
                      const char *until);
/* The same, but the lines go to `out`. */
bool live_lines_start_into(struct live_lines *lines, struct machine *machine,
                           struct uart_link *link, FILE *out);

/* Begins a line with the virtual time, "[   1.500000] ". Write the rest, and the newline, to the
 * stream; then call live_lines_end, after which the stream is not the caller's any more. */
FILE *live_lines_begin(struct live_lines *lines);
void live_lines_end(struct live_lines *lines);

/* More of the console's output: what the guest prints by semihosting. `context`: struct live_lines.
 */
void live_lines_console(void *context, const char *bytes, size_t count);

/* Between slices: prints what waits when the guest has paused in its line; `all`: in any case. */
void live_lines_settle(struct live_lines *lines, bool all);

/* Prints what waits and frees what is held. */
void live_lines_close(struct live_lines *lines);

#endif
