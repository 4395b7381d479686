#include "sim/cli/run_debug.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/duration.h"
#include "sim/cli/places.h"
#include "sim/cli/run_session.h"
#include "sim/debug/gdb_script.h"
#include "sim/loader/file.h"

/* How far the scout runs ahead at most: long enough for a kernel to start its apps. */
#define SCOUT_NS      2000000000U
#define SCOUT_STEP_NS 10000000U

static bool all_started(const struct process_watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        if (watch->process[i].ram_bytes == 0) {
            return false;
        }
    }
    return true;
}

/* Runs the same guest on a machine of its own until every app has run, and keeps where they are. */
static bool scout(struct run_session *session, struct process_watch *found, struct sim_error *error)
{
    uint32_t hz = session->board.chip->cpu_hz;
    struct machine *machine = run_session_build_machine(session, error);
    bool loaded = machine != NULL && guest_load(&session->guest, machine, error);
    if (loaded) {
        const struct process_watch *watch = machine_view_processes(machine);
        enum machine_stop stop = MACHINE_STOP_LIMIT;
        machine_reset(machine, RESET_POWER_ON);
        for (uint64_t ns = SCOUT_STEP_NS;
             ns <= SCOUT_NS && stop == MACHINE_STOP_LIMIT && !all_started(watch);
             ns += SCOUT_STEP_NS) {
            stop = machine_run(machine, duration_to_cycles(ns, hz));
        }
        *found = *watch;
    }
    machine_destroy(machine);
    return loaded;
}

/* GDB may be started in another folder. A path that leads nowhere stays as it is. */
static void make_absolute(char path[PLACES_PATH_MAX])
{
    char absolute[PLACES_PATH_MAX];
    if (places_resolve(path, absolute, sizeof absolute)) {
        strcpy(path, absolute);
    }
}

static bool write_script(struct run_session *session, const struct process_watch *watch,
                         uint16_t port, const char *path, struct sim_error *error)
{
    struct gdb_script_app apps[PROCESS_WATCH_MAX];
    char elf[PROCESS_WATCH_MAX][PLACES_PATH_MAX];
    size_t count = 0;
    for (size_t i = 0; i < watch->count; i++) {
        const struct watched_process *process = &watch->process[i];
        if (file_sibling(process->path, "elf", elf[count], sizeof elf[count])) {
            make_absolute(elf[count]);
            apps[count] = (struct gdb_script_app){.elf_path = elf[count],
                                                  .app_start = process->app_start,
                                                  .ram_start = process->ram_base,
                                                  .ram_known = process->ram_bytes > 0};
            count++;
        }
    }
    char firmware[PLACES_PATH_MAX];
    snprintf(firmware, sizeof firmware, "%s", session->guest.firmware_path);
    make_absolute(firmware);
    return gdb_script_write(path, port, SANDGLASS_SOURCE_FOLDER, firmware, apps, count, error);
}

bool run_debug(struct run_session *session, const struct gdb_run *run, enum gdb_end *end,
               struct sim_error *error)
{
    const struct run_options *options = &session->options;
    const char *folder = getenv("TMPDIR");
    char path[PLACES_PATH_MAX];
    struct process_watch watch;
    struct gdb_server server;
    uint16_t port = options->gdb_port == NULL ? 0 : (uint16_t)strtoul(options->gdb_port, NULL, 10);
    if (!scout(session, &watch, error) ||
        !gdb_server_open(&server, session->machine, port, error)) {
        return false;
    }
    snprintf(path, sizeof path, "%s/sandglass-%u.gdb", folder == NULL ? "/tmp" : folder,
             (unsigned)server.port);
    bool written = write_script(session, &watch, server.port, path, error);
    if (written) {
        fprintf(stderr,
                "gdb: waiting on 127.0.0.1:%u, at the first instruction; in another terminal:\n"
                "     gdb-multiarch -x %s\n",
                (unsigned)server.port, path);
        *end = gdb_server_serve(&server, run);
        remove(path);
    }
    gdb_server_close(&server);
    return written;
}
