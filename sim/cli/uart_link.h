/* sim/cli/uart_link.h - the host's end of the guest's console: stdio, a file, a pseudo-terminal or
 * a TCP port. Nothing here blocks; what a slow reader does not take is dropped, except on stdio and
 * files. */
#ifndef SIM_CLI_UART_LINK_H
#define SIM_CLI_UART_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#include "sim/loader/sim_error.h"

struct uart_link {
    int out_fd, in_fd; /* -1: none */
    int listen_fd;     /* tcp: waiting for a client */
    bool close_out;    /* out_fd is ours */
    bool raw;          /* stdin was put into raw mode; `saved` is what it was */
    struct termios saved;
    const char
        *prefix; /* of each line, with several machines, whose lines stay whole; NULL: none */
    bool at_line_start; /* nothing printed since the last newline */
    bool on_terminal;   /* out_fd is the terminal that stderr is, too */
    uint8_t pending[4096];
    size_t pending_count;
};

/* `where` as --uart has it; NULL: stdio. `keyboard`: stdin may be read: when it and
 * stdout are the terminal, or when it is a pipe and `where` asks for stdio by name. */
bool uart_link_open(struct uart_link *link, const char *where, bool keyboard,
                    struct sim_error *error);
void uart_link_close(struct uart_link *link);

void uart_link_put(struct uart_link *link, uint8_t byte);
void uart_link_flush(struct uart_link *link);

/* Bytes that have come in, at most `size`; 0: none now. */
size_t uart_link_get(struct uart_link *link, char *buffer, size_t size);

/* Before a line of our own goes to stderr: ends the guest's line when both share a terminal. With a
 * prefix there are only whole lines, and nothing is to do. */
void uart_link_start_line(struct uart_link *link);

#endif
