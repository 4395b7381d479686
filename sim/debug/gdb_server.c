#include "sim/debug/gdb_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* How long the machine runs between two looks at the socket: a millisecond of a 64 MHz chip. */
#define SLICE_CYCLES 64000U

/* How often a wait for the other side looks whether the run is over: a signal that comes between
 * the look and the wait would be missed by an endless one. */
#define WAIT_MS 100

/* A client that does not read for so long has gone. */
#define SEND_WAIT_S 10

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

/* False after `wait_ms` without any. */
static bool has_input(int socket_fd, int wait_ms)
{
    struct pollfd poll_fd = {.fd = socket_fd, .events = POLLIN};
    return poll(&poll_fd, 1, wait_ms) > 0;
}

static bool is_over(const struct gdb_run *run)
{
    return run->is_over != NULL && run->is_over(run->context);
}

/* Waits for a client. False when the run is over, or the listener is broken. */
static bool accept_client(struct gdb_server *server, const struct gdb_run *run)
{
    int yes = 1;
    server->client = -1;
    while (server->client < 0) {
        if (is_over(run)) {
            return false;
        }
        if (!has_input(server->listener, WAIT_MS)) {
            continue;
        }
        server->client = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        if (server->client < 0 && errno != EINTR && errno != ECONNABORTED) {
            return false;
        }
    }
    server->heard = false;
    const struct timeval patience = {.tv_sec = SEND_WAIT_S};
    setsockopt(server->client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    setsockopt(server->client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    const struct gdb_target target = gdb_machine_target(&server->adapter);
    gdb_session_init(&server->session, &target, send_to_client, server);
    return true;
}

/* Reads what the client sent and lets the session answer; waits a little for it when `wait`. On a
 * lost client closes the socket. */
static enum gdb_resume receive(struct gdb_server *server, bool wait)
{
    uint8_t bytes[4096];
    size_t used;
    if (!has_input(server->client, wait ? WAIT_MS : 0)) {
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
    server->heard = true;
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

/* Of what the guest gave to semihosting's exit, GDB's packet has room for eight bits. */
static void tell_end(struct gdb_server *server)
{
    uint32_t status = machine_exit_status(server->adapter.machine);
    struct gdb_stop_reason reason = {.stop = GDB_STOP_EXITED, .exit_status = (uint8_t)status};
    gdb_session_stopped(&server->session, &reason);
}

static enum machine_stop drive(struct machine *machine, const struct gdb_run *run, bool step,
                               uint64_t limit)
{
    if (run->drive != NULL) {
        return run->drive(run->context, step, limit);
    }
    return step ? machine_step(machine, limit) : machine_run(machine, limit);
}

/* Runs, or makes one step, until the machine stops for the debugger (false) or the run is over
 * (true, with *end). A step of a sleeping core may take as long as a run. */
static bool resume_machine(struct gdb_server *server, const struct gdb_run *run, bool step,
                           enum gdb_end *end)
{
    struct machine *machine = server->adapter.machine;
    for (;;) {
        uint64_t now = clock_now(machine_clock(machine));
        uint64_t limit = run->end_cycle - now > SLICE_CYCLES ? now + SLICE_CYCLES : run->end_cycle;
        enum machine_stop stop = drive(machine, run, step, limit);
        bool over = is_over(run) || stop == MACHINE_STOP_OFF || stop == MACHINE_STOP_EXIT ||
                    clock_now(machine_clock(machine)) >= run->end_cycle;
        if (stop == MACHINE_STOP_ENGINE || over) {
            tell_end(server);
            *end = stop == MACHINE_STOP_ENGINE ? GDB_END_ENGINE
                   : stop == MACHINE_STOP_EXIT ? GDB_END_EXIT
                                               : GDB_END_OVER;
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

/* Serves the client that is connected, until it is gone or the run is over. */
static enum gdb_end serve_client(struct gdb_server *server, const struct gdb_run *run)
{
    enum gdb_end end = GDB_END_LOST;
    enum gdb_resume resume;
    while (server->client >= 0) {
        resume = receive(server, true);
        switch (resume) {
        case GDB_RESUME_CONTINUE:
        case GDB_RESUME_STEP:
            if (resume_machine(server, run, resume == GDB_RESUME_STEP, &end)) {
                return end;
            }
            break;
        case GDB_RESUME_DETACH:
            return GDB_END_DETACHED;
        case GDB_RESUME_KILL:
            return GDB_END_KILLED;
        case GDB_RESUME_NONE:
            if (is_over(run)) {
                tell_end(server);
                return GDB_END_OVER;
            }
            break;
        case GDB_RESUME_INTERRUPT:
            break;
        }
    }
    return GDB_END_LOST;
}

enum gdb_end gdb_server_serve(struct gdb_server *server, const struct gdb_run *run)
{
    enum gdb_end end = GDB_END_OVER;
    struct cpu *cpu = machine_cpu(server->adapter.machine);
    bool ended = false;
    while (!ended && accept_client(server, run)) {
        cpu_set_debugger(cpu, true);
        end = serve_client(server, run);
        gdb_machine_clear_points(&server->adapter);
        cpu_set_debugger(cpu, false);
        close_socket(&server->client);
        ended = end != GDB_END_LOST || server->heard;
    }
    return ended ? end : GDB_END_OVER;
}
