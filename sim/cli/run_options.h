/* sim/cli/run_options.h - the options of `sandglass run`, as the user wrote them. */
#ifndef SIM_CLI_RUN_OPTIONS_H
#define SIM_CLI_RUN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/cpu/cpu.h"
#include "sim/loader/sim_error.h"
#include "sim/machine/irq_jitter.h"
#include "sim/ui/theme.h"

#define RUN_FILES_MAX  17
#define RUN_INPUTS_MAX 64
#define RUN_NODE_BYTES 32

#define RUN_JITTER_DEFAULT_CYCLES 64U    /* a microsecond of the nRF52 */
#define RUN_JITTER_MAX_CYCLES     64000U /* a millisecond */

/* What a touch panel takes as the value of a touch; coordinates are below RUN_TOUCH_PLACES. */
#define RUN_TOUCH_PLACES   4096
#define RUN_TOUCH_AT(x, y) ((x) + RUN_TOUCH_PLACES * (y))

#define RUN_SPEED_MAX  0U /* permille of real time: as fast as can be */
#define RUN_SPEED_REAL 1000U
#define RUN_SPEED_SLOW 100U /* of --present: what happens can be seen */

enum run_window_wish {
    RUN_WINDOW_DEFAULT, /* where there is a display */
    RUN_WINDOW_YES,
    RUN_WINDOW_NO
};

struct run_window_options {
    enum run_window_wish wish;
    const char *screenshot;  /* file that gets a picture at the end of the run; NULL: none */
    const char *pane;        /* that it shows; NULL: the whole window */
    uint32_t width, height;  /* pixels; 0: what suits */
    uint32_t scale_permille; /* pixels per 1000 points; 0: as the display wants */
    bool has_theme;
    enum theme_kind theme;
    bool presenting;
};

enum run_input_kind {
    RUN_INPUT_PRESS,
    RUN_INPUT_TOUCH,
    RUN_INPUT_TEXT,
    RUN_INPUT_SET,
    RUN_INPUT_FAULT
};

/* --press, --touch, --uart-in, --set, --fault: one time-stamped input. */
struct run_input {
    enum run_input_kind kind;
    char device[32];  /* empty for text: the console */
    char what[32];    /* RUN_INPUT_SET: what is set; RUN_INPUT_FAULT: the fault */
    const char *text; /* RUN_INPUT_TEXT; not terminated */
    size_t text_length;
    bool placed;           /* RUN_INPUT_TOUCH: `value` is a place */
    int32_t value;         /* RUN_INPUT_SET, RUN_INPUT_FAULT; RUN_INPUT_TOUCH: where */
    uint64_t at_ns, to_ns; /* pressed from .. to; the others use at_ns only */
};

struct run_options {
    const char *board;
    const char *files[RUN_FILES_MAX]; /* as given; 0 of them: the demo */
    size_t file_count;
    bool has_for, headless, forever, mpu_hits, mpu_account, check_isolation, gdb, help;
    bool semihosting;
    uint64_t for_ns;
    const char *until; /* NULL: none */
    uint64_t seed;
    struct irq_jitter_config jitter; /* bound 0: none */
    bool has_speed;
    uint32_t speed_permille; /* with has_speed; RUN_SPEED_MAX: as fast as can be */
    bool has_flash_timing;   /* false: what the board says */
    enum cpu_flash_timing flash_timing;
    const char *uart;              /* "stdio", "pty", "tcp:PORT", "file:F"; NULL: stdio */
    const char *gdb_port;          /* NULL: any free one */
    char gdb_node[RUN_NODE_BYTES]; /* of --net, that the debugger is for; "": none is named */
    char usb_node[RUN_NODE_BYTES]; /* of --net, whose USB host has the socket; likewise */
    const char *trace;             /* file of the event trace; NULL: none */
    const char *usb;               /* "tcp:PORT", "unix:PATH"; NULL: none */
    const char *pcap;              /* file of what goes over radio and USB; NULL: none */
    const char *net;               /* file with several machines; NULL: one machine */
    const char *name;              /* of this machine among several; NULL: there is one */
    const char *restore;           /* file of a snapshot; NULL: none */
    const char *save;              /* file that gets one at save_ns; NULL: none */
    uint64_t save_ns;
    struct run_window_options window;
    struct run_input inputs[RUN_INPUTS_MAX];
    size_t input_count;
};

/* Reads argv[1..argc). False with SIM_WRONG_USE and one line on a mistake. Texts stay in argv. */
bool run_options_parse(int argc, char **argv, struct run_options *options, struct sim_error *error);

/* What --help prints. */
extern const char run_options_help[];

#endif
