/* The loop of a run: slices of virtual time, pacing, the keyboard, the end and what it means. */
#include "sim/cli/run_session.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "sim/cli/duration.h"
#include "sim/cli/run_debug.h"
#include "sim/cli/run_loop.h"
#include "sim/cli/run_snapshot.h"
#include "sim/cli/summary.h"

#define UNTIL_LIMIT_NS 60000000000U /* --until without --for */
#define SLICE_REAL_NS  10000000U    /* how often the host is looked at */
#define SLICE_MAX_NS   100000000U
#define LOOK_NS        10000000U   /* between looks for Ctrl-C, and at what the guest has printed */
#define START_LIMIT_NS 1000000000U /* a kernel has started its apps by then */
#define PANIC_NS       1000000000U /* that a panicking kernel is given to print its report */

/* Set by Ctrl-C, or when nobody reads the output any more. A signal handler can reach nothing but a
 * global. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

void run_loop_catch_interrupt(void)
{
    struct sigaction action = {.sa_handler = on_interrupt,
                               .sa_flags = (int)SA_RESETHAND}; /* a second Ctrl-C ends at once */
    sigemptyset(&action.sa_mask);
    interrupted = 0;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_flags = 0; /* what is still written then is lost quietly, and the terminal restored */
    sigaction(SIGPIPE, &action, NULL);
}

bool run_loop_interrupted(void)
{
    return interrupted != 0;
}

uint64_t run_loop_host_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void run_loop_pace(uint64_t start_ns, uint64_t virtual_ns)
{
    uint64_t wanted = start_ns + virtual_ns;
    uint64_t now = run_loop_host_ns();
    if (wanted > now) {
        uint64_t wait = wanted - now;
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

static bool is_real_time(const struct run_session *session)
{
    const struct run_options *options = &session->options;
    if (options->speed != RUN_SPEED_DEFAULT) {
        return options->speed == RUN_SPEED_REAL;
    }
    return !options->headless && isatty(STDOUT_FILENO);
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

/* Nothing can happen any more, and nobody sits at a keyboard. */
static bool is_over(const struct run_session *session, enum machine_stop stop)
{
    bool quiet = stop == MACHINE_STOP_IDLE || stop == MACHINE_STOP_OFF;
    return quiet && session->link.in_fd < 0 && session->link.listen_fd < 0 &&
           session->options.usb == NULL;
}

/* Shows the captions that are due; where to look next, at most at `cycle`. */
static uint64_t next_look(struct run_session *session, uint64_t cycle)
{
    uint32_t hz = session->board.chip->cpu_hz;
    uint64_t save = run_snapshot_next(session);
    cycle = save < cycle ? save : cycle;
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

/* Runs to `end`, unless something else ends the run. */
static enum machine_stop run_slice(struct run_session *session, uint64_t end)
{
    const struct clock *clock = machine_clock(session->machine);
    uint64_t look = duration_to_cycles(LOOK_NS, clock->cpu_hz);
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    bool goes_on = true;
    while (goes_on && !interrupted && clock_now(clock) < end) {
        uint64_t next = clock_now(clock) + look;
        stop = machine_run(session->machine, next < end ? next : end);
        goes_on = stop == MACHINE_STOP_LIMIT || stop == MACHINE_STOP_IDLE;
        uart_link_flush(&session->link); /* the first words are there at once */
    }
    return stop;
}

static enum machine_stop loop(struct run_session *session, struct sim_error *error)
{
    bool real_time = is_real_time(session);
    uint32_t hz = session->board.chip->cpu_hz;
    uint64_t slice = duration_to_cycles(real_time ? SLICE_REAL_NS : SLICE_MAX_NS, hz);
    uint64_t end = end_cycle(session);
    uint64_t start = run_loop_host_ns();
    const struct clock *clock = machine_clock(session->machine);
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    while (!interrupted && clock_now(clock) < end) {
        /* Slices have places in virtual time: a restored run ends where the whole one does. */
        uint64_t edge = (clock_now(clock) / slice + 1) * slice;
        uint64_t next = next_look(session, edge);
        uint64_t before = run_loop_host_ns();
        stop = run_slice(session, next < end ? next : end);
        session->run_ns += run_loop_host_ns() - before;
        live_lines_settle(&session->lines, false);
        uart_link_flush(&session->link);
        if (!run_snapshot_save_due(session, error)) {
            break;
        }
        /* What cuts a slice short, such as --save-at, must not end a run sooner. */
        bool cut = clock_now(clock) < edge && clock_now(clock) < end;
        bool waits = cut && (stop == MACHINE_STOP_IDLE || stop == MACHINE_STOP_OFF);
        if (stop != MACHINE_STOP_LIMIT && !waits &&
            (is_over(session, stop) || (stop != MACHINE_STOP_IDLE && stop != MACHINE_STOP_OFF))) {
            break;
        }
        if (!cut && is_over_by_panic(session)) {
            break;
        }
        take_keyboard(session);
        usb_link_exchange(&session->usb);
        if (real_time) {
            run_loop_pace(start, duration_from_cycles(clock_now(clock) - session->begun_cycle, hz));
        }
    }
    session->wall_ns += run_loop_host_ns() - start;
    return stop;
}

/* Apps that the kernel has not started although it had the time, or never will (`over`): a silent
 * failure to load costs people hours. Says so for each. */
static bool all_apps_started(struct run_session *session, bool over)
{
    const struct clock *clock = machine_clock(session->machine);
    const struct process_watch *watch = machine_view_processes(session->machine);
    bool all = true;
    if (!over && clock_now(clock) < duration_to_cycles(START_LIMIT_NS, clock->cpu_hz)) {
        return true;
    }
    for (size_t i = 0; i < watch->count; i++) {
        if (watch->process[i].starts == 0) {
            all = false;
            fprintf(live_lines_begin(&session->lines),
                    "the kernel has not started app %s (%s): its console says why\n",
                    watch->process[i].name, watch->process[i].path);
        }
    }
    return all;
}

/* The guest has ended the run itself, by semihosting. */
static enum sim_status judge_exit(struct run_session *session)
{
    uint32_t status = machine_exit_status(session->machine);
    if (status == 0) {
        return SIM_OK;
    }
    fprintf(live_lines_begin(&session->lines), "the guest exits with status %d\n", (int)status);
    return SIM_GUEST_FAILED;
}

/* What the end means; says it on stderr when it is not the one that was asked for. */
enum sim_status run_loop_judge(struct run_session *session, enum machine_stop stop,
                               struct sim_error *error)
{
    dma_report_finish(&session->dma);
    const struct run_options *options = &session->options;
    struct cpu_regs regs;
    cpu_get_regs(machine_cpu(session->machine), &regs);
    if (stop == MACHINE_STOP_ENGINE) {
        sim_fail(error, SIM_INTERNAL, "the CPU engine failed at pc 0x%08x: %s", regs.pc,
                 cpu_error(machine_cpu(session->machine)));
        return SIM_INTERNAL;
    }
    if (stop == MACHINE_STOP_LOCKUP) {
        fprintf(live_lines_begin(&session->lines),
                "the core is locked up (a fault while handling a fault); lr 0x%08x, msp "
                "0x%08x\n",
                regs.lr, regs.msp);
        return SIM_GUEST_FAILED;
    }
    if (stop == MACHINE_STOP_EXIT) {
        return judge_exit(session);
    }
    if (kernel_view_panicking(&session->kernel)) {
        fprintf(live_lines_begin(&session->lines), "the kernel has panicked\n");
        return SIM_GUEST_FAILED;
    }
    bool over = !interrupted && is_over(session, stop);
    if (over) {
        fprintf(live_lines_begin(&session->lines),
                "%s, and nothing is left that could wake it: the run ends here\n",
                stop == MACHINE_STOP_OFF ? "the chip is off" : "the core sleeps");
    }
    if (options->until != NULL && !session->lines.until_found) {
        fprintf(live_lines_begin(&session->lines), "the guest has not printed '%s'\n",
                options->until);
        return SIM_GUEST_FAILED;
    }
    return all_apps_started(session, over) ? SIM_OK : SIM_GUEST_FAILED;
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
    summary_print(&sources);
}

enum sim_status run_session_run(struct run_session *session, struct sim_error *error)
{
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    run_loop_catch_interrupt();
    if (!run_all(session, &stop, error)) {
        return error->status;
    }
    enum sim_status status = run_loop_judge(session, stop, error);
    live_lines_settle(&session->lines, true);
    uart_link_start_line(&session->link);
    run_loop_print_summary(session);
    bool written = event_trace_close(&session->trace, error);
    written = pcap_trace_close(&session->pcap, error) && written;
    return written ? status : error->status;
}
