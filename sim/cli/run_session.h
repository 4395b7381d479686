/* sim/cli/run_session.h - one run of a guest: from options to a machine, the loop, and the end. */
#ifndef SIM_CLI_RUN_SESSION_H
#define SIM_CLI_RUN_SESSION_H

#include "sim/cli/demo.h"
#include "sim/cli/dma_report.h"
#include "sim/cli/fault_report.h"
#include "sim/cli/guest.h"
#include "sim/view/kernel_view.h"
#include "sim/cli/live_lines.h"
#include "sim/cli/run_driver.h"
#include "sim/cli/run_options.h"
#include "sim/cli/run_picture.h"
#include "sim/cli/uart_link.h"
#include "sim/cli/usb_link.h"
#include "sim/machine/machine.h"
#include "sim/machine/machine_input.h"
#include "sim/machine/machine_view.h"
#include "sim/trace/event_trace.h"
#include "sim/trace/pcap_trace.h"

struct run_session {
    struct run_options options;
    struct demo demo; /* when no files were given */
    struct board board;
    struct guest guest;
    struct machine *machine;
    struct uart_link link;
    struct usb_link usb;
    struct live_lines lines;
    struct symbol_map symbols;
    struct kernel_view kernel;
    uint64_t panic_end_cycle; /* the run ends then, because the kernel panicked; 0: it has not */
    struct fault_report faults;
    struct dma_report dma;
    struct event_trace trace;
    struct pcap_trace pcap;          /* with several machines, it is theirs together and not here */
    uint64_t begun_cycle;            /* 0, or where --restore put the machine */
    struct machine_totals begun;     /* what it had done by then */
    bool saved;                      /* --save-at is done */
    const struct run_driver *driver; /* borrowed; NULL: as fast as can be */
    struct run_picture picture;      /* of --screenshot */
    char end_text[160];              /* why the run has ended, when not as it was asked; "" */
    uint64_t wall_ns;                /* that the loop took */
    uint64_t run_ns;                 /* of which the machine ran: without pacing */
};

/* Reads the files, builds and loads the machine, queues the inputs, powers it on. On failure call
 * run_session_close all the same. */
bool run_session_open(struct run_session *session, const struct run_options *options,
                      struct sim_error *error);

/* Runs to the end, and prints the summary. The exit status of the program. */
enum sim_status run_session_run(struct run_session *session, struct sim_error *error);

/* A machine as the options want it, empty; NULL on failure. The caller destroys it. */
struct machine *run_session_build_machine(const struct run_session *session,
                                          struct sim_error *error);

void run_session_close(struct run_session *session);

#endif
