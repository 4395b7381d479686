#include "sim/cli/run_net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/duration.h"
#include "sim/cli/net_file.h"
#include "sim/cli/run_debug.h"
#include "sim/cli/run_end.h"
#include "sim/cli/run_loop.h"
#include "sim/cli/run_session.h"
#include "sim/trace/pcap_trace.h"

#define SLICE_NS       10000000U
#define UNTIL_LIMIT_NS 60000000000U /* --until without --for */
#define SEED_STEP      1000003U     /* nodes are seeded alike, and yet each in its own way */
#define PATH_BYTES     4096U

struct net_run {
    const struct run_options *options;
    struct net_file file;
    struct run_session *sessions; /* owned; `opened` of them are to be closed */
    size_t opened;
    char traces[NET_FILE_NODES][PATH_BYTES];
    struct machine_net net;
    struct pcap_trace pcap;
    size_t debugged;        /* the node that --gdb names */
    bool found;             /* what --until waits for */
    bool ended;             /* by another node than the one that is debugged */
    size_t who;             /* the node that has stopped, */
    enum machine_stop stop; /* and why; MACHINE_STOP_LIMIT: none has */
};

static bool check_options(const struct run_options *options, struct sim_error *error)
{
    const char *bad = options->file_count > 0    ? "files beside --net: name them in its file"
                      : options->save != NULL    ? "--save-at: --net makes no snapshots"
                      : options->restore != NULL ? "--restore: --net makes no snapshots"
                      : options->uart != NULL    ? "--uart: --net prints what all nodes say"
                      : options->gdb && options->gdb_node[0] == '\0'
                          ? "--gdb without a node: with --net write --gdb=NODE[:PORT]"
                      : options->usb != NULL && options->usb_node[0] == '\0'
                          ? "--usb without a node: with --net write --usb NODE:tcp:PORT"
                          : NULL;
    return bad == NULL || sim_fail(error, SIM_WRONG_USE, "cannot take %s", bad);
}

/* The node with this name; run->file.count: none. */
static size_t find_node(const struct net_run *run, const char *name)
{
    size_t index = 0;
    while (index < run->file.count && strcmp(run->file.nodes[index].name, name) != 0) {
        index++;
    }
    return index;
}

static bool check_nodes(const struct net_run *run, struct sim_error *error)
{
    const char *const named[] = {run->options->gdb_node, run->options->usb_node};
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        if (named[i][0] != '\0' && find_node(run, named[i]) == run->file.count) {
            return sim_fail(error, SIM_WRONG_USE, "%s has no node '%s' for --%s", run->options->net,
                            named[i], i == 0 ? "gdb" : "usb");
        }
    }
    return true;
}

/* The inputs that are for this node: NODE:DEVICE. */
static void take_inputs(const struct run_options *from, const struct net_node *node,
                        struct run_options *to)
{
    size_t length = strlen(node->name);
    to->input_count = 0;
    for (size_t i = 0; i < from->input_count; i++) {
        const struct run_input *input = &from->inputs[i];
        if (strncmp(input->device, node->name, length) == 0 && input->device[length] == ':') {
            struct run_input *taken = &to->inputs[to->input_count++];
            *taken = *input;
            memmove(taken->device, taken->device + length + 1,
                    strlen(taken->device + length + 1) + 1);
        }
    }
}

static bool check_inputs(const struct net_run *run, struct sim_error *error)
{
    for (size_t i = 0; i < run->options->input_count; i++) {
        const char *device = run->options->inputs[i].device;
        bool known = false;
        for (size_t k = 0; k < run->file.count; k++) {
            size_t length = strlen(run->file.nodes[k].name);
            known = known || (strncmp(device, run->file.nodes[k].name, length) == 0 &&
                              device[length] == ':');
        }
        if (!known) {
            return device[0] == '\0'
                       ? sim_fail(error, SIM_WRONG_USE,
                                  "cannot take --uart-in: --net types nothing on any console")
                       : sim_fail(error, SIM_WRONG_USE,
                                  "with --net an input names one of the nodes, NODE:DEVICE; '%s' "
                                  "does not",
                                  device);
        }
    }
    return true;
}

/* Which node it was that could not be. */
static bool blame(struct sim_error *error, const char *file, const struct net_node *node)
{
    char text[sizeof error->text];
    snprintf(text, sizeof text, "%s", error->text);
    snprintf(error->text, sizeof error->text, "%.100s, node %.32s: %.360s", file, node->name, text);
    return false;
}

static bool open_node(struct net_run *run, size_t index, struct sim_error *error)
{
    const struct net_node *node = &run->file.nodes[index];
    struct run_options options = *run->options;
    options.name = node->name;
    options.headless = true;
    options.board = node->board != NULL ? node->board : options.board;
    options.file_count = node->file_count;
    for (size_t i = 0; i < node->file_count; i++) {
        options.files[i] = node->files[i];
    }
    options.usb = strcmp(node->name, options.usb_node) == 0 ? options.usb : NULL;
    options.seed = node->has_seed ? node->seed : options.seed + SEED_STEP * index;
    take_inputs(run->options, node, &options);
    if (options.trace != NULL) {
        snprintf(run->traces[index], PATH_BYTES, "%s.%s", options.trace, node->name);
        options.trace = run->traces[index];
    }
    run->opened = index + 1;
    if (!run_session_open(&run->sessions[index], &options, error)) {
        return blame(error, options.net, node);
    }
    struct machine *machine = run->sessions[index].machine;
    machine_set_position(machine, node->position_mm);
    if (index == 0) {
        machine_net_init(&run->net, machine);
    } else if (!machine_net_add(&run->net, machine)) {
        return sim_fail(error, SIM_INTERNAL, "node %s cannot join the others", node->name);
    }
    return options.pcap == NULL || pcap_trace_watch(&run->pcap, machine, node->name, error);
}

static bool open_all(struct net_run *run, struct sim_error *error)
{
    const struct run_options *options = run->options;
    run->sessions = calloc(run->file.count, sizeof *run->sessions);
    if (run->sessions == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for %zu nodes", run->file.count);
    }
    if (options->pcap != NULL && !pcap_trace_open(&run->pcap, options->pcap, error)) {
        return false;
    }
    for (size_t i = 0; i < run->file.count; i++) {
        if (!open_node(run, i, error)) {
            return false;
        }
    }
    machine_net_set_air(&run->net, &run->file.air);
    return true;
}

/* Brings the consoles and sockets of all up to date. True: what --until waits for was seen. */
static bool settle(struct net_run *run)
{
    bool found = false;
    for (size_t i = 0; i < run->file.count; i++) {
        live_lines_settle(&run->sessions[i].lines, false);
        usb_link_exchange(&run->sessions[i].usb);
        found = found || run->sessions[i].lines.until_found;
    }
    return found;
}

static uint64_t end_cycle(const struct net_run *run)
{
    const struct run_options *options = run->options;
    uint32_t hz = machine_clock(run->sessions[0].machine)->cpu_hz;
    return options->has_for         ? duration_to_cycles(options->for_ns, hz)
           : options->until != NULL ? duration_to_cycles(UNTIL_LIMIT_NS, hz)
                                    : CLOCK_NEVER - 1;
}

/* The debugger's node runs or makes a step, and the others with it. Where another one ends the run,
 * net_is_over says so. */
static enum machine_stop net_drive(void *context, bool step, uint64_t limit)
{
    struct net_run *run = context;
    size_t who = 0;
    enum machine_stop stop = step ? machine_net_step(&run->net, run->debugged, limit, &who)
                                  : machine_net_run(&run->net, limit, &who);
    if (who == run->debugged || stop == MACHINE_STOP_LIMIT) {
        return stop;
    }
    run->ended = true;
    run->who = who;
    run->stop = stop;
    return MACHINE_STOP_LIMIT;
}

static bool net_is_over(void *context)
{
    struct net_run *run = context;
    run->found = settle(run) || run->found;
    return run->ended || run->found || run_loop_interrupted();
}

/* The debugger's part of the run. False: there is none, or nothing is left of the run after it. */
static bool debug(struct net_run *run, struct sim_error *error)
{
    enum gdb_end end = GDB_END_OVER;
    const struct gdb_run wanted = {
        .end_cycle = end_cycle(run), .is_over = net_is_over, .drive = net_drive, .context = run};
    struct run_session *session = &run->sessions[run->debugged];
    if (!run_debug(session, &wanted, &end, error)) {
        return false;
    }
    if (end == GDB_END_LOST) {
        run_loop_tell_lost(session);
    }
    if (end == GDB_END_ENGINE || end == GDB_END_EXIT) {
        run->who = run->debugged;
        run->stop = end == GDB_END_ENGINE ? MACHINE_STOP_ENGINE : MACHINE_STOP_EXIT;
    }
    return end == GDB_END_DETACHED || end == GDB_END_LOST;
}

/* Runs to the end of the run; run->who is the node that ended it with run->stop. */
static void loop(struct net_run *run)
{
    const struct clock *clock = machine_clock(run->sessions[0].machine);
    uint64_t end = end_cycle(run);
    uint64_t slice = duration_to_cycles(SLICE_NS, clock->cpu_hz);
    uint64_t at = clock_now(clock);
    bool paced = run->options->has_speed && run->options->speed_permille != RUN_SPEED_MAX;
    struct run_pace pace;
    run_pace_start(&pace, clock->cpu_hz, run->options->speed_permille, run_loop_host_ns(), at);
    while (!run->found && run->stop == MACHINE_STOP_LIMIT && at < end && !run_loop_interrupted()) {
        at = at + slice < end ? at + slice : end;
        run->stop = machine_net_run(&run->net, at, &run->who);
        run->found = settle(run);
        if (paced) {
            run_loop_pace(&pace, at);
        }
    }
}

static bool run_all(struct net_run *run, struct sim_error *error)
{
    uint64_t begun_ns = run_loop_host_ns();
    run->debugged = find_node(run, run->options->gdb_node);
    if (!run->options->gdb || debug(run, error)) {
        loop(run);
    }
    for (size_t i = 0; i < run->file.count; i++) {
        run->sessions[i].wall_ns = run_loop_host_ns() - begun_ns; /* of all together */
        run->sessions[i].run_ns = run->sessions[i].wall_ns;
    }
    return error->status == SIM_OK;
}

static enum sim_status judge(struct net_run *run, struct sim_error *error)
{
    enum sim_status status = SIM_OK;
    for (size_t i = 0; i < run->file.count; i++) {
        struct run_session *session = &run->sessions[i];
        session->options.until = NULL; /* one of them is enough */
        enum machine_stop own =
            i == run->who && run->stop != MACHINE_STOP_REQUESTED ? run->stop : MACHINE_STOP_LIMIT;
        enum sim_status one = run_end_judge(session, own, error);
        status = one > status ? one : status;
        live_lines_settle(&session->lines, true);
        uart_link_flush(&session->link);
    }
    if (run->options->until != NULL && !run->found && status == SIM_OK) {
        fprintf(stderr, "no node has printed '%s'\n", run->options->until);
        status = SIM_GUEST_FAILED;
    }
    return status;
}

static void print_summaries(const struct net_run *run)
{
    for (size_t i = 0; i < run->file.count; i++) {
        fprintf(stderr, "-- %s\n", run->file.nodes[i].name);
        run_loop_print_summary(&run->sessions[i]);
    }
}

static bool close_all(struct net_run *run, struct sim_error *error)
{
    bool good = pcap_trace_close(&run->pcap, error);
    for (size_t i = 0; i < run->opened; i++) {
        good = event_trace_close(&run->sessions[i].trace, error) && good;
        run_session_close(&run->sessions[i]);
    }
    free(run->sessions);
    net_file_free(&run->file);
    return good;
}

enum sim_status run_net(const struct run_options *options, struct sim_error *error)
{
    static const struct net_run nothing;
    struct net_run *run = malloc(sizeof *run);
    enum sim_status status = SIM_OK;
    if (run == NULL) {
        sim_fail(error, SIM_INTERNAL, "no memory");
        return error->status;
    }
    *run = nothing;
    run->options = options;
    if (check_options(options, error) && net_file_read(options->net, &run->file, error) &&
        check_inputs(run, error) && check_nodes(run, error) && open_all(run, error)) {
        run_loop_catch_interrupt();
        if (run_all(run, error)) {
            status = judge(run, error);
            print_summaries(run);
        }
    }
    close_all(run, error);
    free(run);
    return error->status != SIM_OK ? error->status : status;
}
