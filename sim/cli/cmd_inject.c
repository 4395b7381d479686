#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/cli/board_file.h"
#include "sim/cli/board_kernel.h"
#include "sim/cli/command.h"
#include "sim/cli/duration.h"
#include "sim/cli/fault_report.h"
#include "sim/cli/guest.h"
#include "sim/cli/inject_options.h"
#include "sim/cli/inject_report.h"
#include "sim/cli/places.h"
#include "sim/machine/machine_view.h"

struct inject_session {
    struct inject_options options;
    struct board board;
    struct guest guest;
    struct machine *machine;
    struct ownership *ownership;
    struct inject_stage *stage;
    struct symbol_map symbols;
    struct inject_report report;
    /* --only: what happens is told as it is by `sandglass run`. */
    struct uart_link link;
    struct live_lines lines;
    struct fault_report faults;
};

static const struct fault_action skip = {.kind = FAULT_ACTION_SKIP};

/* ---- the machine ---- */

static bool find_app(const struct inject_session *session, int *process, struct sim_error *error)
{
    const struct process_watch *watch = machine_view_processes(session->machine);
    char names[256] = "";
    for (size_t i = 0; i < watch->count; i++) {
        size_t used = strlen(names);
        if (strcmp(watch->process[i].name, session->options.app) == 0) {
            *process = (int)i;
            return true;
        }
        snprintf(names + used, sizeof names - used, "%s%s", i == 0 ? "" : ", ",
                 watch->process[i].name);
    }
    return sim_fail(error, SIM_WRONG_USE, "there is no app %s: %s%s", session->options.app,
                    watch->count == 0 ? "none was given" : "there is ", names);
}

static bool open_machine(struct inject_session *session, struct sim_error *error)
{
    const struct inject_options *options = &session->options;
    struct machine_config config = {.board = &session->board,
                                    .seed = options->seed,
                                    .flash_timing = session->board.flash_timing,
                                    .quirk = catalogue_find_quirk(session->board.chip->name)};
    config.absent = catalogue_absent_entries(&config.absent_count);
    for (int i = 0; i < options->file_count; i++) {
        if (!guest_add_file(&session->guest, options->files[i], error)) {
            return false;
        }
    }
    char kernel[PLACES_PATH_MAX];
    if (!guest_has_firmware(&session->guest) &&
        !(board_kernel_find(&session->board, options->board, kernel, sizeof kernel, error) &&
          guest_add_file(&session->guest, kernel, error))) {
        return false;
    }
    session->machine = machine_create(&config, error);
    return session->machine != NULL && guest_load(&session->guest, session->machine, error);
}

static bool open_stage(struct inject_session *session, struct sim_error *error)
{
    const struct inject_options *options = &session->options;
    uint32_t hz = machine_clock(session->machine)->cpu_hz;
    struct inject_target target = {.call_class = options->call_class,
                                   .driver = options->driver,
                                   .number = options->number,
                                   .count = options->count,
                                   .within_cycles = duration_to_cycles(options->within_ns, hz),
                                   .window_cycles = duration_to_cycles(options->window_ns, hz)};
    if (!find_app(session, &target.process, error)) {
        return false;
    }
    session->ownership = ownership_create(session->machine, &session->guest.firmware, error);
    if (session->ownership == NULL) {
        return false;
    }
    machine_reset(session->machine, RESET_POWER_ON);
    session->stage = inject_stage_open(session->machine, session->ownership, &target, error);
    return session->stage != NULL;
}

static void close_session(struct inject_session *session)
{
    inject_report_close(&session->report);
    inject_stage_close(session->stage);
    ownership_destroy(session->ownership);
    machine_destroy(session->machine);
    symbol_map_free(&session->symbols);
    guest_free(&session->guest);
    board_free(&session->board);
}

/* ---- all instructions ---- */

/* The share of a job: every instruction of a part of the path, its outcomes as they are to `fd`. */
static bool play_share(struct inject_session *session, size_t first, size_t last, int fd,
                       struct sim_error *error)
{
    for (size_t i = first; i < last; i++) {
        struct inject_outcome outcome;
        if (!inject_stage_play(session->stage, i, &skip, &outcome, error)) {
            return false;
        }
        const char *from = (const char *)&outcome;
        for (size_t done = 0; done < sizeof outcome;) {
            ssize_t count = write(fd, from + done, sizeof outcome - done);
            if (count <= 0) {
                return sim_fail(error, SIM_INTERNAL, "a job cannot tell what it has found");
            }
            done += (size_t)count;
        }
    }
    return true;
}

struct job {
    pid_t child;
    int fd; /* its outcomes come from there; -1: closed */
    size_t first, last;
};

static bool start_job(struct inject_session *session, struct job *job, struct sim_error *error)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return sim_fail(error, SIM_INTERNAL, "no pipe for a job");
    }
    fflush(stdout);
    job->child = fork();
    if (job->child == 0) {
        close(ends[0]);
        bool good = play_share(session, job->first, job->last, ends[1], error);
        if (!good) {
            fprintf(stderr, "sandglass inject: %s\n", error->text);
        }
        _exit(good ? 0 : SIM_INTERNAL);
    }
    close(ends[1]);
    job->fd = ends[0];
    return job->child > 0 || sim_fail(error, SIM_INTERNAL, "a job cannot be started");
}

static bool read_outcome(const struct job *job, struct inject_outcome *outcome)
{
    char *to = (char *)outcome;
    size_t done = 0;
    while (done < sizeof *outcome) {
        ssize_t count = read(job->fd, to + done, sizeof *outcome - done);
        if (count <= 0) {
            return false;
        }
        done += (size_t)count;
    }
    return true;
}

/* A tenth at a time, of what takes a while. */
static void tell_progress(size_t done, size_t count)
{
    if (count >= 1000 && done % (count / 10) == 0 && done < count) {
        fprintf(stderr, "sandglass inject: %zu of %zu\n", done, count);
    }
}

/* Rows in their order, whoever plays them. */
static bool collect(struct inject_session *session, const struct job *jobs, size_t count,
                    struct sim_error *error)
{
    size_t rows = inject_stage_count(session->stage);
    for (size_t i = 0; i < count; i++) {
        for (size_t at = jobs[i].first; at < jobs[i].last; at++) {
            struct inject_outcome outcome;
            if (!read_outcome(&jobs[i], &outcome)) {
                return sim_fail(error, SIM_INTERNAL, "a job ended before instruction %zu", at);
            }
            inject_report_row(&session->report, at, &outcome);
            tell_progress(at + 1, rows);
        }
    }
    return true;
}

static bool play_by_jobs(struct inject_session *session, struct sim_error *error)
{
    struct job jobs[INJECT_JOBS_MAX];
    size_t rows = inject_stage_count(session->stage);
    size_t count = (size_t)session->options.jobs;
    size_t started = 0;
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        jobs[i] = (struct job){.fd = -1, .first = rows * i / count, .last = rows * (i + 1) / count};
        good = start_job(session, &jobs[i], error);
        started += good;
    }
    good = good && collect(session, jobs, count, error);
    for (size_t i = 0; i < started; i++) {
        close(jobs[i].fd); /* one that still plays ends by it */
        (void)waitpid(jobs[i].child, NULL, 0);
    }
    return good;
}

static bool play_all(struct inject_session *session, struct sim_error *error)
{
    size_t rows = inject_stage_count(session->stage);
    if (session->options.jobs > 1) {
        return play_by_jobs(session, error);
    }
    for (size_t i = 0; i < rows; i++) {
        struct inject_outcome outcome;
        if (!inject_stage_play(session->stage, i, &skip, &outcome, error)) {
            return false;
        }
        inject_report_row(&session->report, i, &outcome);
        tell_progress(i + 1, rows);
    }
    return true;
}

/* ---- one instruction ---- */

static bool watch_closely(struct inject_session *session, struct sim_error *error)
{
    return uart_link_open(&session->link, NULL, false, error) &&
           ((live_lines_start(&session->lines, session->machine, &session->link, NULL) &&
             fault_report_start(&session->faults, session->machine, &session->lines,
                                &session->symbols)) ||
            sim_fail(error, SIM_INTERNAL, "too many observers"));
}

/* What the guest prints goes to stdout, as the row does: that is a line of its own. */
static void end_console(struct uart_link *link)
{
    if (!link->at_line_start) {
        uart_link_put(link, '\n');
    }
    uart_link_flush(link);
    uart_link_close(link);
}

static bool play_one(struct inject_session *session, struct sim_error *error)
{
    struct inject_outcome outcome;
    size_t only = (size_t)session->options.only;
    bool close = !session->options.json;
    fflush(stdout); /* the console writes there by itself */
    bool good = (!close || watch_closely(session, error)) &&
                inject_stage_play(session->stage, only, &skip, &outcome, error);
    if (close) {
        live_lines_close(&session->lines);
        end_console(&session->link);
    }
    if (good) {
        inject_report_row(&session->report, only, &outcome);
    }
    return good;
}

/* ---- the command ---- */

static bool check_only(const struct inject_session *session, struct sim_error *error)
{
    size_t rows = inject_stage_count(session->stage);
    return !session->options.has_only || session->options.only < rows ||
           sim_fail(error, SIM_WRONG_USE,
                    "--only %llu: the call has %zu instructions, the last is %zu",
                    (unsigned long long)session->options.only, rows, rows - 1);
}

static bool experiment(struct inject_session *session, struct sim_error *error)
{
    if (!open_machine(session, error)) {
        return false;
    }
    guest_open_symbols(&session->guest, &session->symbols);
    if (!open_stage(session, error) || !check_only(session, error)) {
        return false;
    }
    session->report = (struct inject_report){.options = &session->options,
                                             .stage = session->stage,
                                             .symbols = &session->symbols,
                                             .cpu_hz = machine_clock(session->machine)->cpu_hz};
    if (!inject_report_open(&session->report, error) ||
        !(session->options.has_only ? play_one(session, error) : play_all(session, error))) {
        return false;
    }
    inject_report_end(&session->report);
    return true;
}

static enum sim_status run(int argc, char **argv, struct sim_error *error)
{
    static struct inject_session session;
    session = (struct inject_session){.machine = NULL};
    if (!inject_options_parse(argc, argv, &session.options, error)) {
        return error->status;
    }
    if (session.options.help) {
        fputs(inject_options_help, stdout);
        return SIM_OK;
    }
    if (!board_file_read(session.options.board, &session.board, error)) {
        return error->status;
    }
    bool good = experiment(&session, error);
    enum sim_status status = !good                                      ? error->status
                             : session.report.totals[INJECT_BREACH] > 0 ? SIM_GUEST_FAILED
                                                                        : SIM_OK;
    close_session(&session);
    return status;
}

const struct command command_inject = {
    .name = "inject",
    .summary = "skips each instruction of a system call in turn, and judges",
    .run = run};
