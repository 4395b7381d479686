/* sim/cli/net_file.h - a file that describes several machines of one run (`run --net FILE`).
 *
 * One line each, words separated by blanks; # begins a comment:
 *
 *   air exponent=2.7 loss=5
 *   node NAME board=BOARD at=X,Y,Z seed=N FILE...
 *
 * All of `air` and, of a node, all but its name may be left out. X, Y and Z are metres, with up to
 * three decimals. Boards and files are named as for `run`; relative paths begin at the folder of
 * this file.
 */
#ifndef SIM_CLI_NET_FILE_H
#define SIM_CLI_NET_FILE_H

#include "sim/cli/run_options.h"
#include "sim/loader/sim_error.h"
#include "sim/machine/machine_net.h"

#define NET_FILE_NODES MACHINE_NET_MAX

struct net_node {
    char *name;  /* owned, as the next two */
    char *board; /* NULL: the default */
    char *files[RUN_FILES_MAX];
    size_t file_count;
    int32_t position_mm[3];
    bool has_seed;
    uint64_t seed;
};

struct net_file {
    struct net_node nodes[NET_FILE_NODES];
    size_t count; /* at least 1 */
    struct machine_net_air air;
};

/* False with SIM_WRONG_USE and a line with file and line number. Call net_file_free in any case. */
bool net_file_read(const char *path, struct net_file *net, struct sim_error *error);
void net_file_free(struct net_file *net);

#endif
