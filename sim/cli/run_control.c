#include "sim/cli/run_control.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/cli/duration.h"
#include "sim/cli/run_loop.h"
#include "sim/machine/machine_input.h"

#define FRAME_NS    15000000U /* between two frames, a little less than a 60th of a second */
#define LOOK_NS     20000000U /* a paused run looks for Ctrl-C so often */
#define RETRY_NS    2000000U  /* for a window that has not taken its frame yet */
#define FINGER_US   20000U    /* that a finger stays at least */
#define TYPE_BYTES  64U       /* for the console in one go */
#define TYPE_BAUD   115200U
#define BITS_A_BYTE 10U

static uint64_t now_cycle(const struct run_control *control)
{
    return clock_now(machine_clock(control->session->machine));
}

/* Into the status line, until the demo has another caption or something else is to be said. */
__attribute__((format(printf, 2, 3))) static void say(struct run_control *control,
                                                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(control->said, sizeof control->said, format, arguments);
    va_end(arguments);
    control->caption = demo_caption(&control->session->demo);
}

/* ---- frames ---- */

static const char *message(const struct run_control *control)
{
    const struct run_session *session = control->session;
    const char *caption = demo_caption(&session->demo);
    if (control->mode == RUN_CONTROL_OVER) {
        return session->end_text[0] != '\0' ? session->end_text
               : session->lines.until_found ? "the guest has printed what --until waits for"
               : session->options.has_for   ? "the time of --for is over"
                                            : "the run was ended";
    }
    if (control->said[0] != '\0' && caption == control->caption) {
        return control->said;
    }
    uint64_t now_ns = duration_from_cycles(now_cycle(control), control->pace.cpu_hz);
    return demo_is_over(&session->demo, now_ns)
               ? "That was the tour. The board goes on: press a button; F1 lists the keys"
               : caption;
}

static void fill_clock(const struct run_control *control, uint64_t host_ns,
                       struct view_clock *clock)
{
    bool stands = control->mode != RUN_CONTROL_GOING;
    clock->speed_wanted_permille = control->pace.speed_permille;
    clock->speed_permille =
        stands ? 0 : run_pace_measured_permille(&control->pace, host_ns, clock->now_cycles);
    clock->behind = !stands && run_pace_is_behind(&control->pace, host_ns);
    clock->run = control->mode == RUN_CONTROL_OVER     ? VIEW_RUN_FINISHED
                 : control->mode == RUN_CONTROL_PAUSED ? VIEW_RUN_PAUSED
                                                       : clock->run;
    snprintf(clock->message, sizeof clock->message, "%s", message(control));
}

/* False: the window has not taken the last one yet. */
static bool give_frame(struct run_control *control, uint64_t host_ns)
{
    struct view_frame *frame = window_link_free_frame(control->link);
    if (frame == NULL) {
        return false;
    }
    view_builder_fill(control->builder, frame);
    fill_clock(control, host_ns, &frame->clock);
    window_link_give_frame(control->link);
    control->changed = false;
    control->frame_ns = host_ns;
    return true;
}

/* ---- commands ---- */

/* Time begins to count anew: what the pause took is nobody's delay. */
static void go(struct run_control *control, uint64_t pause_cycle)
{
    run_pace_start(&control->pace, control->pace.cpu_hz, control->pace.speed_permille,
                   run_loop_host_ns(), now_cycle(control));
    control->pause_cycle = pause_cycle;
    control->mode = RUN_CONTROL_GOING;
}

static void set_speed(struct run_control *control, int32_t permille)
{
    control->pace.speed_permille = permille < 0 ? RUN_PACE_REAL : (uint32_t)permille;
    run_pace_start(&control->pace, control->pace.cpu_hz, control->pace.speed_permille,
                   run_loop_host_ns(), now_cycle(control));
}

static void run_for(struct run_control *control, int32_t microseconds)
{
    if (microseconds > 0) {
        const struct clock *clock = machine_clock(control->session->machine);
        go(control, clock_now(clock) + clock_us_to_cycles(clock, (uint64_t)(uint32_t)microseconds));
    }
}

/* When an input comes: now, but not before the device's last one. A finger that has come and gone
 * while the run was paused, or between two slices of it, stays for a moment all the same: firmware
 * can see it then. */
static uint64_t stamp(struct run_control *control, const struct view_command *command)
{
    const struct clock *clock = machine_clock(control->session->machine);
    uint64_t *last = &control->input_cycle[command->device];
    bool goes = strcmp(command->input, "release") == 0 || strcmp(command->input, "untouch") == 0;
    uint64_t earliest = *last + (goes ? clock_us_to_cycles(clock, FINGER_US) : 0);
    *last = clock_now(clock) > earliest ? clock_now(clock) : earliest;
    return *last;
}

static void take_input(struct run_control *control, const struct view_command *command)
{
    const struct board *board = &control->session->board;
    if (command->device >= board->device_count) {
        return;
    }
    if (!machine_add_input(control->session->machine, (int)command->device, stamp(control, command),
                           command->input, command->value)) {
        say(control, "%s: too many inputs wait, this one is lost",
            board->devices[command->device].name);
    }
}

static void take_text(struct run_control *control, const struct view_command *command)
{
    size_t length =
        command->text_length < sizeof command->text ? command->text_length : sizeof command->text;
    if (control->session->board.console == NULL) {
        say(control, "the board has no console that could take what is typed");
    } else if (length > sizeof control->typed - control->typed_count) {
        say(control, "the console takes 11,520 characters a second: what is more is lost");
    } else {
        memcpy(control->typed + control->typed_count, command->text, length);
        control->typed_count += length;
    }
}

static void obey(struct run_control *control, const struct view_command *command)
{
    control->said[0] = '\0';
    control->changed = true;
    switch (command->kind) {
    case VIEW_COMMAND_INPUT:
        take_input(control, command);
        break;
    case VIEW_COMMAND_TEXT:
        take_text(control, command);
        break;
    case VIEW_COMMAND_PAUSE:
        control->mode = RUN_CONTROL_PAUSED;
        break;
    case VIEW_COMMAND_GO:
        go(control, CLOCK_NEVER);
        break;
    case VIEW_COMMAND_SPEED:
        set_speed(control, command->value);
        break;
    case VIEW_COMMAND_STEP:
        control->mode = RUN_CONTROL_STEP;
        break;
    case VIEW_COMMAND_STEP_EVENT:
        control->mode = RUN_CONTROL_EVENT;
        break;
    case VIEW_COMMAND_RUN_FOR:
        run_for(control, command->value);
        break;
    case VIEW_COMMAND_RESET:
        machine_pull_reset(control->session->machine);
        break;
    case VIEW_COMMAND_QUIT: /* never comes through the queue */
        break;
    }
}

/* As much as the console can take before it is looked at again: a queue that is full of text has no
 * room for a button. */
static void type(struct run_control *control)
{
    struct machine *machine = control->session->machine;
    const struct clock *clock = machine_clock(machine);
    if (control->typed_count == 0 || clock_now(clock) < control->typed_until_cycle) {
        return;
    }
    int device = machine_find_device(machine, control->session->board.console);
    size_t count = control->typed_count < TYPE_BYTES ? control->typed_count : TYPE_BYTES;
    size_t done = machine_add_text(machine, device, clock_now(clock), control->typed, count);
    control->typed_count -= done;
    memmove(control->typed, control->typed + done, control->typed_count);
    control->typed_until_cycle =
        clock_now(clock) + clock_scale_up(done * BITS_A_BYTE, clock->cpu_hz, TYPE_BAUD);
}

/* ---- the driver ---- */

/* A stopped machine is shown at once, as soon as the window takes it. */
static void stand(struct run_control *control, struct run_slice *slice)
{
    bool shown = !control->changed || give_frame(control, run_loop_host_ns());
    window_link_wait(control->link, shown ? LOOK_NS : RETRY_NS);
    slice->kind = RUN_SLICE_NONE;
}

static void follow_pace(struct run_control *control, struct run_slice *slice)
{
    uint64_t now = now_cycle(control);
    uint64_t wait = run_pace_wait_ns(&control->pace, run_loop_host_ns(), now);
    if (wait > 0) {
        window_link_wait(control->link, wait);
        slice->kind = RUN_SLICE_NONE; /* it may have been a command that ended the wait */
        return;
    }
    uint64_t limit = run_pace_limit(&control->pace, now);
    limit = control->pause_cycle < limit ? control->pause_cycle : limit;
    slice->until = limit < slice->until ? limit : slice->until;
}

static bool before_slice(void *context, struct run_slice *slice)
{
    struct run_control *control = context;
    struct view_command command;
    while (window_link_take_command(control->link, &command)) {
        obey(control, &command);
    }
    type(control);
    switch (control->mode) {
    case RUN_CONTROL_PAUSED:
        stand(control, slice);
        break;
    case RUN_CONTROL_STEP:
        slice->kind = RUN_SLICE_STEP;
        break;
    case RUN_CONTROL_EVENT:
        slice->kind = RUN_SLICE_EVENT;
        break;
    case RUN_CONTROL_GOING:
    case RUN_CONTROL_OVER:
        follow_pace(control, slice);
        break;
    }
    return !window_link_is_quitting(control->link);
}

/* Steps and runs for a time end in a pause. */
static void look_for_pause(struct run_control *control, enum machine_stop stop)
{
    bool steps = control->mode == RUN_CONTROL_STEP || control->mode == RUN_CONTROL_EVENT;
    if (steps && (stop == MACHINE_STOP_IDLE || stop == MACHINE_STOP_OFF)) {
        say(control, "%s, and nothing is set that could wake it: only an input can",
            stop == MACHINE_STOP_OFF ? "the chip is off" : "the core sleeps");
        control->mode = RUN_CONTROL_PAUSED;
    } else if ((steps && stop == MACHINE_STOP_STEP) ||
               (control->mode == RUN_CONTROL_GOING && now_cycle(control) >= control->pause_cycle)) {
        control->mode = RUN_CONTROL_PAUSED;
    }
}

static void after_slice(void *context, enum machine_stop stop)
{
    struct run_control *control = context;
    if (control->mode == RUN_CONTROL_PAUSED) {
        return; /* nothing was run */
    }
    control->changed = true;
    look_for_pause(control, stop);
    uint64_t host_ns = run_loop_host_ns();
    if (host_ns - control->frame_ns >= FRAME_NS) {
        give_frame(control, host_ns);
    }
}

bool run_control_start(struct run_control *control, struct run_session *session,
                       struct window_link *link, struct sim_error *error)
{
    const struct run_options *options = &session->options;
    const struct view_sources sources = {
        .machine = session->machine, .kernel = &session->kernel, .symbols = &session->symbols};
    const struct clock *clock = machine_clock(session->machine);
    *control = (struct run_control){.driver = {.before = before_slice,
                                               .after = after_slice,
                                               .context = control,
                                               .attended = true},
                                    .session = session,
                                    .link = link,
                                    .pause_cycle = CLOCK_NEVER,
                                    .changed = true};
    run_pace_start(&control->pace, clock->cpu_hz,
                   options->has_speed           ? options->speed_permille
                   : options->window.presenting ? RUN_SPEED_SLOW
                                                : RUN_SPEED_REAL,
                   run_loop_host_ns(), clock_now(clock));
    control->builder = view_builder_create(&sources, error);
    return control->builder != NULL && give_frame(control, run_loop_host_ns());
}

void run_control_finish(struct run_control *control)
{
    control->mode = RUN_CONTROL_OVER;
    while (!give_frame(control, run_loop_host_ns()) && !run_loop_interrupted() &&
           !window_link_is_quitting(control->link)) {
        window_link_wait_taken(control->link, LOOK_NS);
    }
}

void run_control_close(struct run_control *control)
{
    view_builder_destroy(control->builder);
    control->builder = NULL;
}
