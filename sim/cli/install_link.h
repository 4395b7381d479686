/* sim/cli/install_link.h - the other end of kernel/capsules/app_install.c: frames over a serial
 * device, a pseudo-terminal or TCP. docs/installing-apps.md has the protocol. */
#ifndef SIM_CLI_INSTALL_LINK_H
#define SIM_CLI_INSTALL_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"

#define INSTALL_PAYLOAD_MAX 255U

struct install_frame {
    uint8_t type, sequence, length;
    uint8_t payload[INSTALL_PAYLOAD_MAX];
};

/* Finds frames in what a console says: text of others stands between them. Starts as zero. */
struct install_parser {
    size_t count;
    uint8_t bytes[5 + INSTALL_PAYLOAD_MAX + 4];
};

/* True when `byte` completes a frame whose check is right. Never reads or writes outside, whatever
 * comes. */
bool install_parser_put(struct install_parser *parser, uint8_t byte, struct install_frame *frame);

/* Writes the frame's bytes; returns how many. `bytes` has room for the largest. */
size_t install_frame_write(const struct install_frame *frame,
                           uint8_t bytes[5 + INSTALL_PAYLOAD_MAX + 4]);

struct install_link {
    int fd;
    bool verbose;     /* what is no frame goes to stderr */
    uint8_t sequence; /* of the latest command */
    struct install_parser parser;
};

/* `where`: the path of a serial device or pseudo-terminal, or tcp:[HOST:]PORT. */
bool install_link_open(struct install_link *link, const char *where, bool verbose,
                       struct sim_error *error);
void install_link_close(struct install_link *link);

/* Has the board listen. `piece_bytes`: the most that one write may have. */
bool install_link_greet(struct install_link *link, uint8_t *piece_bytes, struct sim_error *error);

/* Sends a command, again if need be, and waits for its answer, at most about `seconds`. False:
 * there was none, or the connection is gone. The answer's status is payload[0]. */
bool install_link_ask(struct install_link *link, const struct install_frame *command, int seconds,
                      struct install_frame *answer, struct sim_error *error);

#endif
