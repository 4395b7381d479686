#include "sim/cli/run_gdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/duration.h"
#include "sim/cli/places.h"
#include "sim/debug/gdb_script.h"
#include "sim/debug/gdb_server.h"
#include "sim/loader/file.h"

#define SCOUT_NS   2000000000U /* by then every process has started */
#define SCOUT_STEP 20U

/* Where each process's RAM will be: a second machine runs ahead for a moment. With the same image
 * it does the same. */
static void scout_ram(struct run_session *session, struct machine *scout,
                      struct gdb_script_app *apps)
{
    const struct process_watch *watch = machine_view_processes(scout);
    uint64_t step = duration_to_cycles(SCOUT_NS, session->board.chip->cpu_hz) / SCOUT_STEP;
    size_t known = 0;
    machine_reset(scout, RESET_POWER_ON);
    for (uint64_t i = 1; i <= SCOUT_STEP && known < watch->count; i++) {
        enum machine_stop stop = machine_run(scout, i * step);
        known = 0;
        for (size_t at = 0; at < watch->count; at++) {
            apps[at].ram_known = watch->process[at].ram_bytes != 0;
            apps[at].ram_start = watch->process[at].ram_base;
            known += apps[at].ram_known ? 1 : 0;
        }
        if (stop != MACHINE_STOP_LIMIT && stop != MACHINE_STOP_IDLE) {
            break;
        }
    }
}

static void look_ahead(struct run_session *session, struct gdb_script_app *apps)
{
    struct sim_error ignored = {.status = SIM_OK}; /* without it, data symbols have no place */
    struct machine *scout = run_session_make_machine(session, &ignored);
    if (scout != NULL && guest_load(&session->guest, scout, &ignored)) {
        scout_ram(session, scout, apps);
    }
    machine_destroy(scout);
}

static bool write_script(struct run_session *session, uint16_t port, char *path, size_t path_size,
                         struct sim_error *error)
{
    struct gdb_script_app apps[GUEST_APPS_MAX] = {0};
    char elfs[GUEST_APPS_MAX][PLACES_PATH_MAX];
    const struct guest *guest = &session->guest;
    const char *folder = getenv("TMPDIR");
    for (size_t i = 0; i < guest->app_count; i++) {
        const struct tbf_app *app = &guest->apps[i];
        file_sibling(app->path, "elf", elfs[i], sizeof elfs[i]);
        apps[i] = (struct gdb_script_app){.elf_path = elfs[i],
                                          .app_start = app->address + app->info.app_offset};
    }
    look_ahead(session, apps);
    snprintf(path, path_size, "%s/sandglass-%u.gdb", folder == NULL ? "/tmp" : folder, port);
    return gdb_script_write(path, port, guest->firmware_path, apps, guest->app_count, error);
}

static uint16_t wanted_port(const struct run_options *options)
{
    return options->gdb_port == NULL ? GDB_SERVER_DEFAULT_PORT
                                     : (uint16_t)strtoul(options->gdb_port, NULL, 10);
}

bool run_gdb(struct run_session *session, uint64_t end_cycle, bool (*look)(void *session),
             bool *detached, enum machine_stop *stop, struct sim_error *error)
{
    struct gdb_server *server = calloc(1, sizeof *server);
    char script[PLACES_PATH_MAX];
    if (server == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for the debugger's server");
    }
    if (!gdb_server_open(server, session->machine, wanted_port(&session->options), error)) {
        free(server);
        return false;
    }
    bool done = write_script(session, server->port, script, sizeof script, error);
    if (done) {
        const struct gdb_run run = {.end_cycle = end_cycle, .is_over = look, .context = session};
        fprintf(stderr, "sandglass: waiting for gdb on 127.0.0.1:%u: gdb-multiarch -x %s\n",
                server->port, script);
        enum gdb_end end = gdb_server_serve(server, &run);
        *detached = end == GDB_END_DETACHED;
        *stop = end == GDB_END_ENGINE ? MACHINE_STOP_ENGINE : MACHINE_STOP_LIMIT;
        remove(script);
    }
    gdb_server_close(server);
    free(server);
    return done;
}
