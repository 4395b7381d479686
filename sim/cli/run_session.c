#include "sim/cli/run_session.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernel/abi/tbf.h"
#include "peripherals/catalogue.h"
#include "sim/cli/board_file.h"
#include "sim/cli/duration.h"
#include "sim/cli/places.h"
#include "sim/cli/run_gdb.h"
#include "sim/cli/run_debug.h"
#include "sim/cli/summary.h"
#include "sim/loader/file.h"

#define UNTIL_LIMIT_NS 60000000000U /* --until without --for */
#define SLICE_REAL_NS  10000000U    /* how often the host is looked at */
#define SLICE_MAX_NS   100000000U
#define PANIC_NS       1000000000U /* that a panicking kernel is given to print its report */

/* Set by Ctrl-C. A signal handler can reach nothing but a global. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static void catch_interrupt(void)
{
    struct sigaction action = {.sa_handler = on_interrupt,
                               .sa_flags = (int)SA_RESETHAND}; /* a second Ctrl-C ends at once */
    sigemptyset(&action.sa_mask);
    interrupted = 0;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static bool add_default_firmware(struct run_session *session, struct sim_error *error)
{
    char relative[128];
    char path[PLACES_PATH_MAX];
    snprintf(relative, sizeof relative, "firmware/kernel/%s.elf", BOARD_FILE_DEFAULT);
    if (strcmp(session->options.board, BOARD_FILE_DEFAULT) != 0) {
        return sim_fail(error, SIM_WRONG_USE,
                        "there is no kernel for board %s: give its .elf before the apps",
                        session->options.board);
    }
    if (!places_find(relative, path, sizeof path)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s is not there: build it (cmake --build), or name a firmware .elf", path);
    }
    return guest_add_file(&session->guest, path, error);
}

static bool add_files(struct run_session *session, struct sim_error *error)
{
    const struct run_options *options = &session->options;
    for (size_t i = 0; i < options->file_count; i++) {
        if (!guest_add_file(&session->guest, options->files[i], error)) {
            return false;
        }
    }
    return guest_has_firmware(&session->guest) || add_default_firmware(session, error);
}

static bool add_demo(struct run_session *session, struct sim_error *error)
{
    char path[PLACES_PATH_MAX];
    for (size_t i = 0; i < demo_app_count; i++) {
        if (!places_find(demo_apps[i], path, sizeof path)) {
            return sim_fail(error, SIM_WRONG_USE,
                            "%s is not there: build the demo's apps (cmake --build)", path);
        }
        if (!guest_add_file(&session->guest, path, error)) {
            return false;
        }
    }
    demo_set_options(&session->options);
    return add_default_firmware(session, error);
}

/* Says which devices there are: the usual mistake is a name. */
static bool find_device(struct run_session *session, const char *name, int *device,
                        struct sim_error *error)
{
    *device = machine_find_device(session->machine, name);
    return *device >= 0 ||
           sim_fail(error, SIM_WRONG_USE,
                    "board %s has no device %s: `sandglass devices -b %s` lists them",
                    session->options.board, name, session->options.board);
}

/* Resolves \n, \r, \t and \\ and queues the text for the console. */
static bool queue_text(struct run_session *session, const struct run_input *input,
                       struct sim_error *error)
{
    const char *console = session->board.console;
    int device = console == NULL ? -1 : machine_find_device(session->machine, console);
    uint64_t cycle = duration_to_cycles(input->at_ns, session->board.chip->cpu_hz);
    if (device < 0) {
        return sim_fail(error, SIM_WRONG_USE, "board %s has no console for --uart-in",
                        session->options.board);
    }
    for (size_t i = 0; i < input->text_length; i++) {
        char character = input->text[i];
        if (character == '\\' && i + 1 < input->text_length) {
            i++;
            character = input->text[i] == 'n'   ? '\n'
                        : input->text[i] == 'r' ? '\r'
                        : input->text[i] == 't' ? '\t'
                                                : input->text[i];
        }
        if (machine_add_text(session->machine, device, cycle, &character, 1) != 1) {
            return sim_fail(error, SIM_WRONG_USE, "too many inputs are queued");
        }
    }
    return true;
}

static bool queue_input(struct run_session *session, const struct run_input *input,
                        struct sim_error *error)
{
    uint32_t hz = session->board.chip->cpu_hz;
    int device = -1;
    if (input->kind == RUN_INPUT_TEXT) {
        return queue_text(session, input, error);
    }
    if (!find_device(session, input->device, &device, error)) {
        return false;
    }
    uint64_t from = duration_to_cycles(input->at_ns, hz);
    bool queued;
    if (input->kind == RUN_INPUT_SET) {
        queued = machine_add_input(session->machine, device, from, input->what, input->value);
    } else {
        const char *what = input->kind == RUN_INPUT_PRESS ? "press" : "touch";
        queued = machine_add_input(session->machine, device, from, what, 1) &&
                 machine_add_input(session->machine, device, duration_to_cycles(input->to_ns, hz),
                                   "release", 0);
    }
    return queued || sim_fail(error, SIM_WRONG_USE, "too many inputs are queued");
}

struct machine *run_session_build_machine(const struct run_session *session,
                                          struct sim_error *error)
{
    const struct run_options *options = &session->options;
    struct machine_config config = {.board = &session->board,
                                    .seed = options->seed,
                                    .count_mpu_hits = options->mpu_hits,
                                    .check_isolation = options->check_isolation,
                                    .quirk = catalogue_find_quirk(session->board.chip->name)};
    config.absent = catalogue_absent_entries(&config.absent_count);
    return machine_create(&config, error);
}

struct machine *run_session_make_machine(const struct run_session *session, struct sim_error *error)
{
    const struct run_options *options = &session->options;
    struct machine_config config = {.board = &session->board,
                                    .seed = options->seed,
                                    .count_mpu_hits = options->mpu_hits,
                                    .check_isolation = options->check_isolation,
                                    .quirk = catalogue_find_quirk(session->board.chip->name)};
    config.absent = catalogue_absent_entries(&config.absent_count);
    return machine_create(&config, error);
}

static bool build_machine(struct run_session *session, struct sim_error *error)
{
    session->machine = run_session_make_machine(session, error);
    return session->machine != NULL;
}

/* The symbols of all that runs: an app's are in the ELF beside its TBF. */
static void open_symbols(struct run_session *session)
{
    const struct guest *guest = &session->guest;
    char elf[PLACES_PATH_MAX];
    for (size_t i = 0; i < guest->app_count; i++) {
        const struct tbf_app *app = &guest->apps[i];
        if (file_sibling(app->path, "elf", elf, sizeof elf)) {
            symbol_map_add(&session->symbols, elf, app->address + app->info.app_offset,
                           app->info.total_bytes - app->info.app_offset, TBF_LINK_FLASH);
        }
    }
    /* Last: an app lies inside of what the firmware may call its own. */
    symbol_map_add(&session->symbols, guest->firmware_path, 0, UINT32_MAX, 0);
    kernel_view_open(&session->kernel, session->machine, guest->firmware_path);
}

static bool start_observers(struct run_session *session, struct sim_error *error)
{
    const struct run_options *options = &session->options;
    open_symbols(session);
    return (live_lines_start(&session->lines, session->machine, &session->link, options->until) &&
            fault_report_start(&session->faults, session->machine, &session->lines,
                               &session->symbols) &&
            (options->trace == NULL ||
             event_trace_open(&session->trace, options->trace, session->machine, error))) ||
           sim_fail(error, SIM_INTERNAL, "too many observers");
}

static bool queue_inputs(struct run_session *session, struct sim_error *error)
{
    for (size_t i = 0; i < session->options.input_count; i++) {
        if (!queue_input(session, &session->options.inputs[i], error)) {
            return false;
        }
    }
    return true;
}

bool run_session_open(struct run_session *session, const struct run_options *options,
                      struct sim_error *error)
{
    *session = (struct run_session){.options = *options, .demo = options->file_count == 0};
    session->link.out_fd = -1;
    session->link.in_fd = -1;
    session->link.listen_fd = -1;
    if (!board_file_read(options->board, &session->board, error) ||
        !(session->demo ? add_demo(session, error) : add_files(session, error)) ||
        !build_machine(session, error) || !guest_load(&session->guest, session->machine, error) ||
        !uart_link_open(&session->link, options->uart, !options->headless, error) ||
        !start_observers(session, error) || !queue_inputs(session, error)) {
        return false;
    }
    machine_reset(session->machine, RESET_POWER_ON);
    return true;
}

static uint64_t host_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void pace(uint64_t start_ns, uint64_t virtual_ns)
{
    uint64_t wanted = start_ns + virtual_ns;
    uint64_t now = host_now_ns();
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
    return options->until != NULL ? duration_to_cycles(UNTIL_LIMIT_NS, hz) : CLOCK_NEVER - 1;
}

/* Nothing can happen any more, and nobody sits at a keyboard. */
static bool is_over(const struct run_session *session, enum machine_stop stop)
{
    bool quiet = stop == MACHINE_STOP_IDLE || stop == MACHINE_STOP_OFF;
    return quiet && session->link.in_fd < 0 && session->link.listen_fd < 0;
}

/* Shows the captions that are due; where to look next, at most at `cycle`. */
static uint64_t next_look(struct run_session *session, uint64_t cycle)
{
    uint32_t hz = session->board.chip->cpu_hz;
    if (!session->demo) {
        return cycle;
    }
    uint64_t now = clock_now(machine_clock(session->machine));
    demo_show_captions(&session->captions, &session->lines, duration_from_cycles(now, hz));
    uint64_t caption_ns = demo_next_caption(&session->captions);
    uint64_t caption = caption_ns == UINT64_MAX ? UINT64_MAX : duration_to_cycles(caption_ns, hz);
    return caption < cycle ? caption : cycle;
}

/* True when the run is over because the kernel panicked and has had the time to say why. */
static bool is_over_by_panic(struct run_session *session)
{
    uint64_t now = clock_now(machine_clock(session->machine));
    if (session->panic_end_cycle == 0 && kernel_view_panicking(&session->kernel)) {
        session->panic_end_cycle = now + duration_to_cycles(PANIC_NS, session->board.chip->cpu_hz);
    }
    return session->panic_end_cycle != 0 && now >= session->panic_end_cycle;
}

static enum machine_stop run_loop(struct run_session *session)
{
    bool real_time = is_real_time(session);
    uint32_t hz = session->board.chip->cpu_hz;
    uint64_t slice = duration_to_cycles(real_time ? SLICE_REAL_NS : SLICE_MAX_NS, hz);
    uint64_t end = end_cycle(session);
    uint64_t start = host_now_ns();
    const struct clock *clock = machine_clock(session->machine);
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    while (!interrupted && clock_now(clock) < end) {
        uint64_t next = next_look(session, clock_now(clock) + slice);
        stop = machine_run(session->machine, next < end ? next : end);
        uart_link_flush(&session->link);
        if (stop != MACHINE_STOP_LIMIT &&
            (is_over(session, stop) || (stop != MACHINE_STOP_IDLE && stop != MACHINE_STOP_OFF))) {
            break;
        }
        if (is_over_by_panic(session)) {
            break;
        }
        take_keyboard(session);
        if (real_time) {
            pace(start, duration_from_cycles(clock_now(clock), hz));
        }
    }
    session->wall_ns = host_now_ns() - start;
    return stop;
}

/* What the end means; says it on stderr when it is not the one that was asked for. */
static enum sim_status judge(struct run_session *session, enum machine_stop stop,
                             struct sim_error *error)
{
    const struct run_options *options = &session->options;
    struct cpu_regs regs;
    cpu_get_regs(machine_cpu(session->machine), &regs);
    if (stop == MACHINE_STOP_ENGINE) {
        sim_fail(error, SIM_INTERNAL, "the CPU engine failed at pc 0x%08x: %s", regs.pc,
                 cpu_error(machine_cpu(session->machine)));
        return SIM_INTERNAL;
    }
    if (stop == MACHINE_STOP_LOCKUP) {
        live_lines_begin(&session->lines);
        fprintf(stderr,
                "the core is locked up (a fault while handling a fault); lr 0x%08x, msp "
                "0x%08x\n",
                regs.lr, regs.msp);
        return SIM_GUEST_FAILED;
    }
    if (kernel_view_panicking(&session->kernel)) {
        live_lines_begin(&session->lines);
        fprintf(stderr, "the kernel has panicked\n");
        return SIM_GUEST_FAILED;
    }
    if (options->until != NULL && !session->lines.until_found) {
        live_lines_begin(&session->lines);
        fprintf(stderr, "the guest has not printed '%s'\n", options->until);
        return SIM_GUEST_FAILED;
    }
    return SIM_OK;
}

/* Between the slices of a debugged run; true: the run is over. */
static bool look_while_debugged(void *context)
{
    struct run_session *session = context;
    uart_link_flush(&session->link);
    take_keyboard(session);
    return interrupted || session->lines.until_found;
}

/* With --gdb the debugger has the run first, and may leave the rest of it to the usual loop. */
static bool run_all(struct run_session *session, enum machine_stop *stop, struct sim_error *error)
{
    bool goes_on = true;
    if (session->options.gdb &&
        !run_gdb(session, end_cycle(session), look_while_debugged, &goes_on, stop, error)) {
        return false;
    }
    if (goes_on) {
        *stop = run_loop(session);
    }
    return true;
}

enum sim_status run_session_run(struct run_session *session, struct sim_error *error)
{
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    catch_interrupt();
    if (!run_all(session, &stop, error)) {
        return error->status;
    }
    enum sim_status status = judge(session, stop, error);
    uart_link_start_line(&session->link);
    const struct summary_sources sources = {.machine = session->machine,
                                            .firmware = &session->guest.firmware,
                                            .symbols = &session->symbols,
                                            .kernel = &session->kernel,
                                            .wall_ns = session->wall_ns};
    summary_print(&sources);
    return event_trace_close(&session->trace, error) ? status : error->status;
}

void run_session_close(struct run_session *session)
{
    struct sim_error ignored = {.status = SIM_OK}; /* an earlier error is already told */
    event_trace_close(&session->trace, &ignored);
    uart_link_close(&session->link);
    symbol_map_free(&session->symbols);
    kernel_view_close(&session->kernel);
    machine_destroy(session->machine);
    guest_free(&session->guest);
    board_free(&session->board);
}
