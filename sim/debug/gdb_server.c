#include "sim/debug/gdb_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long the machine runs between two looks at the socket: a millisecond of a 64 MHz chip. */
#define SLICE_CYCLES 64000U

static void close_socket(int *socket_fd)
{
    if (*socket_fd >= 0) {
        close(*socket_fd);
        *socket_fd = -1;
    }
}

static void send_to_client(void *context, const uint8_t *bytes, size_t length)
{
    struct gdb_server *server = context;
    while (server->client >= 0 && length > 0) {
        ssize_t sent = send(server->client, bytes, length, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        } else if (errno != EINTR) {
            close_socket(&server->client);
        }
    }
}

bool gdb_server_open(struct gdb_server *server, struct machine *machine, uint16_t port,
                     struct sim_error *error)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int yes = 1;
    server->client = -1;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listener < 0) {
        return sim_fail(error, SIM_INTERNAL, "--gdb: no socket: %s", strerror(errno));
    }
    setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(server->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(server->listener, 1) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &length) != 0) {
        sim_fail(error, SIM_WRONG_USE, "--gdb: port %u: %s; choose another one with --gdb=PORT",
                 (unsigned)port, strerror(errno));
        close_socket(&server->listener);
        return false;
    }
    server->port = ntohs(address.sin_port);
    gdb_machine_init(&server->adapter, machine);
    return true;
}

void gdb_server_close(struct gdb_server *server)
{
    close_socket(&server->client);
    close_socket(&server->listener);
}

/* Waits for a client. False when the listener is broken. */
static bool accept_client(struct gdb_server *server)
{
    int yes = 1;
    do {
        server->client = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
    } while (server->client < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (server->client < 0) {
        return false;
    }
    setsockopt(server->client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    const struct gdb_target target = gdb_machine_target(&server->adapter);
    gdb_session_init(&server->session, &target, send_to_client, server);
    return true;
}

/* Reads what the client sent and lets the session answer. Blocks when `wait`. On a lost client
 * closes the socket. */
static enum gdb_resume receive(struct gdb_server *server, bool wait)
{
    struct pollfd poll_fd = {.fd = server->client, .events = POLLIN};
    uint8_t bytes[4096];
    size_t used;
    if (poll(&poll_fd, 1, wait ? -1 : 0) <= 0) {
        return GDB_RESUME_NONE;
    }
    /* Look first and take only what the session used, so that what follows a resume is kept for
     * later. */
    ssize_t length = recv(server->client, bytes, sizeof(bytes), MSG_PEEK);
    if (length <= 0) {
        close_socket(&server->client);
        return GDB_RESUME_NONE;
    }
    int client = server->client;
    enum gdb_resume resume = gdb_session_receive(&server->session, bytes, (size_t)length, &used);
    if (server->client == client && recv(client, bytes, used, 0) != (ssize_t)used) {
        close_socket(&server->client);
    }
    return resume;
}

static void tell_stop(struct gdb_server *server, enum machine_stop stop)
{
    struct gdb_stop_reason reason = gdb_machine_stop_reason(&server->adapter, stop);
    gdb_session_stopped(&server->session, &reason);
}

static void tell_end(struct gdb_server *server, const struct gdb_run *run)
{
    struct gdb_stop_reason reason = {.stop = GDB_STOP_EXITED};
    if (run->exit_status != NULL) {
        reason.exit_status = run->exit_status(run->context);
    }
    gdb_session_stopped(&server->session, &reason);
}

/* Runs until the machine stops for the debugger (false) or the run is over (true, with *end). */
static bool continue_machine(struct gdb_server *server, const struct gdb_run *run,
                             enum gdb_end *end)
{
    struct machine *machine = server->adapter.machine;
    for (;;) {
        uint64_t now = clock_now(machine_clock(machine));
        uint64_t limit = run->end_cycle - now > SLICE_CYCLES ? now + SLICE_CYCLES : run->end_cycle;
        enum machine_stop stop = machine_run(machine, limit);
        bool over = (run->is_over != NULL && run->is_over(run->context)) ||
                    stop == MACHINE_STOP_OFF || clock_now(machine_clock(machine)) >= run->end_cycle;
        if (stop == MACHINE_STOP_ENGINE || over) {
            tell_end(server, run);
            *end = stop == MACHINE_STOP_ENGINE ? GDB_END_ENGINE : GDB_END_OVER;
            return true;
        }
        if (stop != MACHINE_STOP_LIMIT && stop != MACHINE_STOP_IDLE) {
            tell_stop(server, stop);
            return false;
        }
        /* A core that nothing will wake: the next thing to happen is the debugger's. */
        enum gdb_resume resume = receive(server, stop == MACHINE_STOP_IDLE);
        if (server->client < 0) {
            return false;
        }
        if (resume == GDB_RESUME_INTERRUPT) {
            tell_stop(server, MACHINE_STOP_REQUESTED);
            return false;
        }
    }
}

/* Serves the client that is connected. False when it disappeared; true with *end when the debugged
 * run has ended. */
static bool serve_client(struct gdb_server *server, const struct gdb_run *run, enum gdb_end *end)
{
    struct machine *machine = server->adapter.machine;
    while (server->client >= 0) {
        switch (receive(server, true)) {
        case GDB_RESUME_CONTINUE:
            if (continue_machine(server, run, end)) {
                return true;
            }
            break;
        case GDB_RESUME_STEP:
            tell_stop(server, machine_step(machine));
            break;
        case GDB_RESUME_DETACH:
            *end = GDB_END_DETACHED;
            return true;
        case GDB_RESUME_KILL:
            *end = GDB_END_KILLED;
            return true;
        case GDB_RESUME_NONE:
        case GDB_RESUME_INTERRUPT:
            break;
        }
    }
    return false;
}

enum gdb_end gdb_server_serve(struct gdb_server *server, const struct gdb_run *run)
{
    enum gdb_end end = GDB_END_DETACHED;
    struct cpu *cpu = machine_cpu(server->adapter.machine);
    bool ended = false;
    while (!ended && accept_client(server)) {
        cpu_set_debugger(cpu, true);
        ended = serve_client(server, run, &end);
        gdb_machine_clear_points(&server->adapter);
        cpu_set_debugger(cpu, false);
        close_socket(&server->client);
    }
    return end;
}
