#include "sim/cli/run_snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/cli/duration.h"
#include "sim/loader/file.h"
#include "sim/machine/machine_snapshot.h"

static bool is_before(const struct run_session *session, const char *option, uint64_t at_ns,
                      uint64_t now_ns, struct sim_error *error)
{
    return sim_fail(error, SIM_WRONG_USE,
                    "%s at %.6f s is before %.6f s, when %s was saved: leave it out; all times "
                    "count from the machine's power-on",
                    option, (double)at_ns / 1e9, (double)now_ns / 1e9, session->options.restore);
}

/* Nothing that the command line wants may lie before the restored machine's time. */
static bool check_times(const struct run_session *session, struct sim_error *error)
{
    static const char *const names[] = {[RUN_INPUT_PRESS] = "--press",
                                        [RUN_INPUT_TOUCH] = "--touch",
                                        [RUN_INPUT_TEXT] = "--uart-in",
                                        [RUN_INPUT_SET] = "--set",
                                        [RUN_INPUT_FAULT] = "--fault"};
    const struct run_options *options = &session->options;
    uint64_t now_ns = duration_from_cycles(session->begun_cycle, session->board.chip->cpu_hz);
    /* To the microsecond, as it is shown: what is saved at 1 s may be some cycles later. */
    uint64_t begun_ns = now_ns - now_ns % 1000;
    for (size_t i = 0; i < options->input_count; i++) {
        const struct run_input *input = &options->inputs[i];
        if (input->at_ns < begun_ns) {
            return is_before(session, names[input->kind], input->at_ns, now_ns, error);
        }
    }
    if (options->save != NULL && options->save_ns < begun_ns) {
        return is_before(session, "--save-at", options->save_ns, now_ns, error);
    }
    if (options->has_for && options->for_ns <= now_ns) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s was saved at %.6f s, and --for ends the run at %.6f s: all times count "
                        "from the machine's power-on",
                        options->restore, (double)now_ns / 1e9, (double)options->for_ns / 1e9);
    }
    return true;
}

bool run_snapshot_restore(struct run_session *session, struct sim_error *error)
{
    const char *path = session->options.restore;
    struct machine_snapshot snapshot = {0};
    struct file_bytes bytes;
    if (path == NULL) {
        return true;
    }
    if (!file_read(path, &bytes, error)) {
        return false;
    }
    bool good = machine_snapshot_read(&snapshot, path, bytes.data, bytes.size, error) &&
                machine_snapshot_restore(session->machine, &snapshot, path, error);
    machine_snapshot_free(&snapshot);
    file_free(&bytes);
    if (good) {
        session->begun_cycle = clock_now(machine_clock(session->machine));
        machine_view_totals(session->machine, &session->begun);
    }
    return good && check_times(session, error);
}

uint64_t run_snapshot_next(const struct run_session *session)
{
    const struct run_options *options = &session->options;
    return options->save == NULL || session->saved
               ? CLOCK_NEVER
               : duration_to_cycles(options->save_ns, session->board.chip->cpu_hz);
}

static bool write_file(const char *path, const struct machine_snapshot *snapshot,
                       struct sim_error *error)
{
    FILE *stream = fopen(path, "wb");
    if (stream == NULL) {
        return sim_fail(error, SIM_WRONG_USE, "cannot write %s: %s", path, strerror(errno));
    }
    bool good = fwrite(snapshot->bytes, 1, snapshot->size, stream) == snapshot->size;
    good = fclose(stream) == 0 && good;
    return good || sim_fail(error, SIM_INTERNAL, "%s is not complete: %s", path, strerror(errno));
}

bool run_snapshot_save_due(struct run_session *session, struct sim_error *error)
{
    struct machine_snapshot snapshot = {0};
    if (clock_now(machine_clock(session->machine)) < run_snapshot_next(session)) {
        return true;
    }
    session->saved = true;
    bool good = machine_snapshot_save(session->machine, &snapshot, error) &&
                write_file(session->options.save, &snapshot, error);
    if (good) {
        fprintf(live_lines_begin(&session->lines), "saved to %s: %zu bytes, state %016llx\n",
                session->options.save, snapshot.size,
                (unsigned long long)machine_snapshot_hash(&snapshot));
    }
    machine_snapshot_free(&snapshot);
    return good;
}
