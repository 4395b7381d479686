/* The loop of a run: slices of virtual time, pacing, the keyboard, the end and what it means. */
#include "sim/cli/run_session.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "sim/cli/duration.h"
#include "sim/cli/run_debug.h"
#include "sim/cli/run_end.h"
#include "sim/cli/run_loop.h"
#include "sim/cli/run_picture.h"
#include "sim/cli/run_snapshot.h"
#include "sim/cli/summary.h"

#define UNTIL_LIMIT_NS 60000000000U /* --until without --for */
#define SLICE_NS       100000000U   /* at whose multiples a run may end by itself */
#define LOOK_NS        10000000U   /* between looks for Ctrl-C, and at what the guest has printed */
#define PANIC_NS       1000000000U /* that a panicking kernel is given to print its report */

/* Keeps a run in a terminal, or a headless one with --speed, at its pace. */
struct run_pacer {
    struct run_pace pace;
    const struct clock *clock;
};

/* Set by Ctrl-C, or when nobody reads the output any more. A signal handler can reach nothing but a
 * global; it may run on the window's thread while the machine's reads. */
static atomic_bool interrupted;
_Static_assert(ATOMIC_BOOL_LOCK_FREE == 2, "else a signal handler must not touch it");

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = true;
}

void run_loop_catch_interrupt(void)
{
    struct sigaction action = {.sa_handler = on_interrupt,
                               .sa_flags = (int)SA_RESETHAND}; /* a second Ctrl-C ends at once */
    sigemptyset(&action.sa_mask);
    interrupted = false;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_flags = 0; /* what is still written then is lost quietly, and the terminal restored */
    sigaction(SIGPIPE, &action, NULL);
}

bool run_loop_interrupted(void)
{
    return interrupted;
}

uint64_t run_loop_host_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void run_loop_pace(struct run_pace *pace, uint64_t cycle)
{
    uint64_t wait = run_pace_wait_ns(pace, run_loop_host_ns(), cycle);
    if (wait > 0) {
        struct timespec pause = {.tv_sec = (time_t)(wait / 1000000000U),
                                 .tv_nsec = (long)(wait % 1000000000U)};
        nanosleep(&pause, NULL); /* an interruption only shortens the pause */
    }
}

static void take_keyboard(struct run_session *session)
{
    char bytes[64];
    const char *console = session->board.console;
    int device = console == NULL ? -1 : machine_find_device(session->machine, console);
    size_t count = uart_link_get(&session->link, bytes, sizeof bytes);
    if (device >= 0 && count > 0) {
        machine_add_text(session->machine, device, clock_now(machine_clock(session->machine)),
                         bytes, count);
    }
}

static uint64_t end_cycle(const struct run_session *session)
{
    const struct run_options *options = &session->options;
    uint32_t hz = session->board.chip->cpu_hz;
    if (options->has_for) {
        return duration_to_cycles(options->for_ns, hz);
    }
    return options->until != NULL ? session->begun_cycle + duration_to_cycles(UNTIL_LIMIT_NS, hz)
                                  : CLOCK_NEVER - 1;
}

/* Shows the captions that are due; where to look next, at most at `cycle`. */
static uint64_t next_look(struct run_session *session, uint64_t cycle)
{
    uint32_t hz = session->board.chip->cpu_hz;
    uint64_t save = run_snapshot_next(session);
    uint64_t picture = run_picture_next(session);
    cycle = save < cycle ? save : cycle;
    cycle = picture < cycle ? picture : cycle;
    if (session->demo.tour == NULL) {
        return cycle;
    }
    uint64_t now = clock_now(machine_clock(session->machine));
    demo_show_captions(&session->demo, &session->lines, duration_from_cycles(now, hz));
    uint64_t caption_ns = demo_next_caption(&session->demo);
    uint64_t caption = caption_ns == UINT64_MAX ? UINT64_MAX : duration_to_cycles(caption_ns, hz);
    return caption < cycle ? caption : cycle;
}

/* True when the run is over because the kernel panicked and has had the time to say why. */
static bool is_over_by_panic(struct run_session *session)
{
    uint64_t now = clock_now(machine_clock(session->machine));
    if (!kernel_view_panicking(&session->kernel)) {
        session->panic_end_cycle = 0;
    } else if (session->panic_end_cycle == 0) {
        session->panic_end_cycle = now + duration_to_cycles(PANIC_NS, session->board.chip->cpu_hz);
    }
    return session->panic_end_cycle != 0 && now >= session->panic_end_cycle;
}

/* Runs to slice->until, unless something else ends the run. */
static enum machine_stop run_slice(struct run_session *session, const struct run_slice *slice)
{
    const struct clock *clock = machine_clock(session->machine);
    uint64_t look = duration_to_cycles(LOOK_NS, clock->cpu_hz);
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    bool goes_on = true;
    while (goes_on && !interrupted && clock_now(clock) < slice->until) {
        uint64_t next = clock_now(clock) + look;
        stop = machine_run(session->machine, next < slice->until ? next : slice->until);
        goes_on = stop == MACHINE_STOP_LIMIT || stop == MACHINE_STOP_IDLE;
        uart_link_flush(&session->link); /* the first words are there at once */
    }
    return stop;
}

/* Runs as the driver has decided. */
static enum machine_stop drive_slice(struct run_session *session, const struct run_slice *slice)
{
    uint64_t before = run_loop_host_ns();
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    switch (slice->kind) {
    case RUN_SLICE_RUN:
        stop = run_slice(session, slice);
        break;
    case RUN_SLICE_EVENT:
        stop = machine_run_event(session->machine, slice->until);
        break;
    case RUN_SLICE_STEP:
        stop = machine_step(session->machine, slice->until);
        break;
    case RUN_SLICE_NONE:
        break;
    }
    session->run_ns += run_loop_host_ns() - before;
    return stop;
}

/* What the slice that ended at `stop` means for the run; `cut`: before the edge of its 100 ms, at
 * which a run may end. What cuts a slice short, such as --save-at, must not end a run sooner. */
static bool is_over(struct run_session *session, enum machine_stop stop, bool cut)
{
    bool sleeps = stop == MACHINE_STOP_IDLE || stop == MACHINE_STOP_OFF;
    if (stop != MACHINE_STOP_LIMIT && stop != MACHINE_STOP_STEP && !sleeps) {
        return true;
    }
    return !cut && (run_end_is_quiet(session, stop) || is_over_by_panic(session));
}

static enum machine_stop loop(struct run_session *session, struct sim_error *error)
{
    uint64_t slice_cycles = duration_to_cycles(SLICE_NS, session->board.chip->cpu_hz);
    uint64_t end = end_cycle(session);
    uint64_t start = run_loop_host_ns();
    const struct run_driver *driver = session->driver;
    const struct clock *clock = machine_clock(session->machine);
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    bool over = false;
    while (!over && !interrupted && clock_now(clock) < end) {
        /* Slices have places in virtual time: a restored run ends where the whole one does, and a
         * run in real time where one at full speed does. */
        uint64_t edge = (clock_now(clock) / slice_cycles + 1) * slice_cycles;
        uint64_t next = next_look(session, edge);
        struct run_slice slice = {.kind = RUN_SLICE_RUN, .until = next < end ? next : end};
        if (driver != NULL && !driver->before(driver->context, &slice)) {
            break;
        }
        stop = drive_slice(session, &slice);
        live_lines_settle(&session->lines, false);
        uart_link_flush(&session->link);
        run_picture_take_due(session);
        bool cut = clock_now(clock) < edge && clock_now(clock) < end;
        over = !run_snapshot_save_due(session, error) || is_over(session, stop, cut);
        if (!over) {
            take_keyboard(session);
            usb_link_exchange(&session->usb);
            if (driver != NULL && driver->after != NULL) {
                driver->after(driver->context, stop);
            }
        }
    }
    session->wall_ns += run_loop_host_ns() - start;
    return stop;
}

bool run_loop_look(void *context)
{
    struct run_session *session = context;
    live_lines_settle(&session->lines, true);
    uart_link_flush(&session->link);
    take_keyboard(session);
    usb_link_exchange(&session->usb);
    return interrupted || session->lines.until_found;
}

void run_loop_tell_lost(struct run_session *session)
{
    fprintf(live_lines_begin(&session->lines),
            "gdb: the connection is gone without a detach: the run goes on without it\n");
    live_lines_settle(&session->lines, true);
}

/* The debugger's part of the run; *goes_on: it let go, and the rest is as usual. */
static bool run_debugged(struct run_session *session, bool *goes_on, enum machine_stop *stop,
                         struct sim_error *error)
{
    enum gdb_end end = GDB_END_OVER;
    uint64_t start = run_loop_host_ns();
    const struct gdb_run run = {
        .end_cycle = end_cycle(session), .is_over = run_loop_look, .context = session};
    if (!run_debug(session, &run, &end, error)) {
        return false;
    }
    /* Also while it waited for commands: nobody here can tell the two apart. */
    session->wall_ns = run_loop_host_ns() - start;
    session->run_ns = session->wall_ns;
    *goes_on = end == GDB_END_DETACHED || end == GDB_END_LOST;
    if (end == GDB_END_LOST) {
        run_loop_tell_lost(session);
    }
    *stop = end == GDB_END_ENGINE ? MACHINE_STOP_ENGINE
            : end == GDB_END_EXIT ? MACHINE_STOP_EXIT
                                  : MACHINE_STOP_LIMIT;
    return true;
}

/* With --gdb the debugger has the run first, and may leave the rest of it to the usual loop. */
static bool run_all(struct run_session *session, enum machine_stop *stop, struct sim_error *error)
{
    bool goes_on = true;
    if (session->options.gdb && !run_debugged(session, &goes_on, stop, error)) {
        return false;
    }
    if (goes_on) {
        *stop = loop(session, error);
    }
    if (run_snapshot_next(session) != CLOCK_NEVER) {
        fprintf(live_lines_begin(&session->lines),
                "%s is not written: the run has ended before its time\n", session->options.save);
    }
    return error->status == SIM_OK;
}

void run_loop_print_summary(const struct run_session *session)
{
    const struct summary_sources sources = {.machine = session->machine,
                                            .firmware = &session->guest.firmware,
                                            .symbols = &session->symbols,
                                            .kernel = &session->kernel,
                                            .mpu_account = session->options.mpu_account,
                                            .begun = session->begun,
                                            .wall_ns = session->wall_ns,
                                            .run_ns = session->run_ns};
    summary_print(stderr, &sources);
}

/* Real time when somebody looks: in a terminal. A window sees to that itself. */
static bool is_paced(const struct run_options *options)
{
    if (options->has_speed) {
        return options->speed_permille != RUN_SPEED_MAX;
    }
    return !options->headless && isatty(STDOUT_FILENO);
}

static bool pace_slice(void *context, struct run_slice *slice)
{
    struct run_pacer *pacer = context;
    uint64_t now = clock_now(pacer->clock);
    run_loop_pace(&pacer->pace, now);
    uint64_t limit = run_pace_limit(&pacer->pace, now);
    slice->until = limit < slice->until ? limit : slice->until;
    return true;
}

enum sim_status run_session_run(struct run_session *session, struct sim_error *error)
{
    const struct run_options *options = &session->options;
    struct run_pacer pacer = {.clock = machine_clock(session->machine)};
    const struct run_driver driver = {.before = pace_slice, .context = &pacer};
    if (session->driver == NULL && is_paced(options)) {
        run_pace_start(&pacer.pace, pacer.clock->cpu_hz,
                       options->has_speed ? options->speed_permille : RUN_SPEED_REAL,
                       run_loop_host_ns(), clock_now(pacer.clock));
        session->driver = &driver;
    }
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    bool run = run_all(session, &stop, error);
    enum sim_status status = run ? run_end_judge(session, stop, error) : error->status;
    if (session->driver == &driver) {
        session->driver = NULL; /* it ends here */
    }
    if (!run) {
        return status;
    }
    live_lines_settle(&session->lines, true);
    uart_link_start_line(&session->link);
    run_loop_print_summary(session);
    bool written = event_trace_close(&session->trace, error);
    written = pcap_trace_close(&session->pcap, error) && written;
    return written ? status : error->status;
}
