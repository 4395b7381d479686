/* sim/debug/gdb_server.h - a GDB server for one machine on a local TCP port.
 *
 * While a debugger is attached the server drives the machine: it runs when GDB says so, in slices
 * between which it looks for Ctrl-C. A client that disappears has let go of the machine: its break-
 * and watchpoints are gone, the run goes on without it. One that never said a word (a port scan)
 * does not count; the server waits for another, the machine halted.
 */
#ifndef SIM_DEBUG_GDB_SERVER_H
#define SIM_DEBUG_GDB_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/debug/gdb_session.h"
#include "sim/debug/gdb_target.h"
#include "sim/loader/sim_error.h"
#include "sim/machine/machine.h"

struct gdb_server {
    int listener, client; /* sockets; -1: none */
    uint16_t port;        /* the one it listens on */
    struct gdb_machine adapter;
    struct gdb_session session;
    bool heard; /* the client has said something */
};

/* How a debugged run ended. */
enum gdb_end {
    GDB_END_DETACHED, /* the debugger left in good order: run on without it */
    GDB_END_LOST,     /* the debugger disappeared: run on without it */
    GDB_END_KILLED,   /* the debugger wants it over */
    GDB_END_OVER,     /* the run reached its own end (limit, System OFF, is_over) */
    GDB_END_EXIT,     /* MACHINE_STOP_EXIT */
    GDB_END_ENGINE,   /* MACHINE_STOP_ENGINE */
};

/* What the run itself wants. */
struct gdb_run {
    uint64_t end_cycle; /* the run is over there; UINT64_MAX: never */
    /* Asked after every slice, and while the server waits: true when the run is over (e.g. what
     * --until waits for was seen). May be NULL. */
    bool (*is_over)(void *context);
    /* Runs the machine to `limit`, or makes one step, where it is not alone: as machine_run and
     * machine_step, which NULL stands for. */
    enum machine_stop (*drive)(void *context, bool step, uint64_t limit);
    void *context;
};

/* Listens on 127.0.0.1:port (0: any free port, see server->port). SIM_WRONG_USE when the port is
 * taken. */
bool gdb_server_open(struct gdb_server *server, struct machine *machine, uint16_t port,
                     struct sim_error *error);

/* Waits for a debugger, and serves it until it or the run is over. */
enum gdb_end gdb_server_serve(struct gdb_server *server, const struct gdb_run *run);

void gdb_server_close(struct gdb_server *server);

#endif
