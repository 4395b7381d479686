#include "sim/cli/run_options.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "sim/cli/board_file.h"
#include "sim/cli/command.h"
#include "sim/cli/duration.h"
#include "sim/cli/number.h"
#include "sim/cli/run_options_inputs.h"
#include "sim/cli/run_options_window.h"
#include "sim/machine/board.h"
#include "sim/machine/fault_list.h"

const char run_options_help[] =
    "usage: sandglass run [options] [KERNEL.elf|.hex] [APP.tbf|APP.tab|APP.elf|FOLDER ...]\n"
    "\n"
    "Runs firmware, and apps on top of it, on a simulated board. Without files: the demo. With\n"
    "apps only: the kernel that comes with the program.\n"
    "\n"
    "  -b, --board BOARD     a board's name, a .dts or a .dtb (default nrf52dk)\n"
    "      --for TIME        stop after so much virtual time: 2s, 150ms\n"
    "      --until TEXT      stop when the guest has printed TEXT; exit status 1 when it has not\n"
    "                        (within 60s, or within --for)\n"
    "      --forever         the demo goes on after its tour\n"
    "      --headless        no window, no terminal: as fast as possible, no input from the\n"
    "                        keyboard\n"
    "      --window          insists on the window, which else comes where there is a display\n"
    "      --no-window       only the terminal\n"
    "      --size WxH        of window or picture, in pixels (default 1280x800)\n"
    "      --scale N         pixels per point (default: as the display wants)\n"
    "      --theme dark|light  default dark\n"
    "      --present         large type, a caption, slow motion, for a projector\n"
    "      --screenshot FILE  writes the window's view at the end of the run as PNG; needs no\n"
    "                        display\n"
    "      --pane NAME       the picture shows one pane: board, timers, ...\n"
    "      --speed N|max     N times real time (0.001 to 1000), or as fast as possible\n"
    "                        (default: 1 with a window or on a terminal, else max)\n"
    "      --seed N          seeds every random source (default 1)\n"
    "      --jitter SEED[:CYCLES]  lets every interrupt come up to CYCLES (default 64, at most\n"
    "                        64000) late, irregularly, each SEED in its own way: finds races\n"
    "      --flash-timing MODE  cached (every fetch hits the instruction cache), uncached, ideal\n"
    "                        (no wait states), or icache (as the firmware sets ICACHECNF);\n"
    "                        default: what the board says, else cached\n"
    "      --uart WHERE      stdio, file:F, pty, or tcp:PORT (default stdio)\n"
    "      --uart-in TEXT@T  types TEXT at time T; \\n, \\r, \\t, \\\\ and \\xNN\n"
    "      --press NAME@T    presses a button at T for 100 ms; NAME@T1..T2 until T2\n"
    "      --touch NAME@T    touches a pad, likewise; NAME:X,Y@T a touch panel at pixel X, Y\n"
    "      --set NAME.WHAT=VALUE@T   a sensor's value from T on, for example "
    "temp.temperature=3050@2s\n"
    "      --fault NAME.FAULT[=VALUE]@T  makes a device misbehave from T on, for example\n"
    "                        rng.stuck=256@1s; `sandglass faults` lists what there is\n"
    "      --trace FILE      writes exceptions, system calls, output and faults with their cycle\n"
    "      --usb WHERE       tcp:PORT or unix:PATH: a socket for programs that talk to the USB\n"
    "                        device (docs/usb.md); with --net NODE:tcp:PORT\n"
    "      --pcap FILE       writes what goes over radio and USB to FILE, for Wireshark (pcapng)\n"
    "      --net FILE        runs several machines on one air, as FILE describes them\n"
    "      --save-at T=FILE  writes the whole machine to FILE at time T\n"
    "      --restore FILE    begins there; needs the same board, kernel, apps, --jitter,\n"
    "                        --flash-timing and --semihosting\n"
    "      --mpu-stats account|hits  the MPU's whole account; hits: also every access by the\n"
    "                        region that allowed it (slow)\n"
    "      --check-isolation compares all RAM around every stay in a process (always in the demo)\n"
    "      --semihosting     BKPT 0xAB calls the host: print, time, exit; no files\n"
    "      --gdb[=PORT]      waits for gdb on a TCP port (default: a free one); with --net\n"
    "                        --gdb=NODE[:PORT]\n"
    "  -h, --help            this text\n"
    "\n"
    "Exit status: 0 done, 1 the guest failed, 2 wrong use, 3 simulator error.\n";

enum run_option {
    OPTION_BOARD = 'b',
    OPTION_HELP = 'h',
    OPTION_FOR = 256,
    OPTION_UNTIL,
    OPTION_FOREVER,
    OPTION_HEADLESS,
    OPTION_WINDOW,
    OPTION_NO_WINDOW,
    OPTION_SIZE,
    OPTION_SCALE,
    OPTION_THEME,
    OPTION_PRESENT,
    OPTION_SCREENSHOT,
    OPTION_PANE,
    OPTION_SPEED,
    OPTION_SEED,
    OPTION_JITTER,
    OPTION_FLASH_TIMING,
    OPTION_UART,
    OPTION_UART_IN,
    OPTION_PRESS,
    OPTION_TOUCH,
    OPTION_SET,
    OPTION_FAULT,
    OPTION_TRACE,
    OPTION_USB,
    OPTION_PCAP,
    OPTION_NET,
    OPTION_SAVE_AT,
    OPTION_RESTORE,
    OPTION_MPU_STATS,
    OPTION_CHECK_ISOLATION,
    OPTION_SEMIHOSTING,
    OPTION_GDB,
};

static const struct option long_options[] = {
    {"board", required_argument, NULL, OPTION_BOARD},
    {"help", no_argument, NULL, OPTION_HELP},
    {"for", required_argument, NULL, OPTION_FOR},
    {"until", required_argument, NULL, OPTION_UNTIL},
    {"forever", no_argument, NULL, OPTION_FOREVER},
    {"headless", no_argument, NULL, OPTION_HEADLESS},
    {"window", no_argument, NULL, OPTION_WINDOW},
    {"no-window", no_argument, NULL, OPTION_NO_WINDOW},
    {"size", required_argument, NULL, OPTION_SIZE},
    {"scale", required_argument, NULL, OPTION_SCALE},
    {"theme", required_argument, NULL, OPTION_THEME},
    {"present", no_argument, NULL, OPTION_PRESENT},
    {"screenshot", required_argument, NULL, OPTION_SCREENSHOT},
    {"pane", required_argument, NULL, OPTION_PANE},
    {"speed", required_argument, NULL, OPTION_SPEED},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"jitter", required_argument, NULL, OPTION_JITTER},
    {"flash-timing", required_argument, NULL, OPTION_FLASH_TIMING},
    {"uart", required_argument, NULL, OPTION_UART},
    {"uart-in", required_argument, NULL, OPTION_UART_IN},
    {"press", required_argument, NULL, OPTION_PRESS},
    {"touch", required_argument, NULL, OPTION_TOUCH},
    {"set", required_argument, NULL, OPTION_SET},
    {"fault", required_argument, NULL, OPTION_FAULT},
    {"trace", required_argument, NULL, OPTION_TRACE},
    {"usb", required_argument, NULL, OPTION_USB},
    {"pcap", required_argument, NULL, OPTION_PCAP},
    {"net", required_argument, NULL, OPTION_NET},
    {"save-at", required_argument, NULL, OPTION_SAVE_AT},
    {"restore", required_argument, NULL, OPTION_RESTORE},
    {"mpu-stats", required_argument, NULL, OPTION_MPU_STATS},
    {"check-isolation", no_argument, NULL, OPTION_CHECK_ISOLATION},
    {"semihosting", no_argument, NULL, OPTION_SEMIHOSTING},
    {"gdb", optional_argument, NULL, OPTION_GDB},
    {NULL, 0, NULL, 0}};

/* A TCP port, in decimal: those who open it read it so. */
static bool parse_port(const char *text, uint64_t least)
{
    uint64_t port = 0;
    return strspn(text, "0123456789") == strlen(text) && (text[0] != '0' || text[1] == '\0') &&
           number_parse(text, 0, &port) && port >= least && port <= 65535;
}

/* SEED or SEED:CYCLES. */
static bool take_jitter(const char *text, struct run_options *options, struct sim_error *error)
{
    struct irq_jitter_config *jitter = &options->jitter;
    const char *end = NULL;
    bool good = number_parse_part(text, 0, &jitter->seed, &end);
    jitter->bound_cycles = RUN_JITTER_DEFAULT_CYCLES;
    if (good && *end == ':') {
        good = number_parse(end + 1, 0, &jitter->bound_cycles);
    } else {
        good = good && *end == '\0';
    }
    good = good && jitter->bound_cycles >= 1 && jitter->bound_cycles <= RUN_JITTER_MAX_CYCLES;
    return good ||
           sim_fail(error, SIM_WRONG_USE,
                    "--jitter takes SEED or SEED:CYCLES with 1 to %u cycles, for example 1 or "
                    "1:%u, not '%s'",
                    RUN_JITTER_MAX_CYCLES, RUN_JITTER_DEFAULT_CYCLES, text);
}

static bool take_flash_timing(const char *text, struct run_options *options,
                              struct sim_error *error)
{
    options->has_flash_timing = true;
    if (board_find_flash_timing(text, &options->flash_timing)) {
        return true;
    }
    return sim_fail(error, SIM_WRONG_USE,
                    "--flash-timing is cached, uncached, ideal or icache, not '%s'", text);
}

static bool take_uart(const char *text, struct run_options *options, struct sim_error *error)
{
    bool good = strcmp(text, "stdio") == 0 || strcmp(text, "pty") == 0 ||
                (strncmp(text, "file:", 5) == 0 && text[5] != '\0') ||
                (strncmp(text, "tcp:", 4) == 0 && parse_port(text + 4, 0));
    options->uart = text;
    return good || sim_fail(error, SIM_WRONG_USE,
                            "--uart is stdio, file:F, pty or tcp:PORT, not '%s'", text);
}

/* NODE:REST: takes the node's name off; the rest, NULL when the name is none. */
static const char *take_node(const char *text, char node[RUN_NODE_BYTES])
{
    size_t length = strcspn(text, ":");
    if (length == 0 || length >= RUN_NODE_BYTES) {
        return NULL;
    }
    memcpy(node, text, length);
    node[length] = '\0';
    return text[length] == ':' ? text + length + 1 : text + length;
}

static bool is_usb_place(const char *text)
{
    return (strncmp(text, "unix:", 5) == 0 && text[5] != '\0') ||
           (strncmp(text, "tcp:", 4) == 0 && parse_port(text + 4, 0));
}

static bool take_usb(const char *text, struct run_options *options, struct sim_error *error)
{
    options->usb = text;
    if (!is_usb_place(text)) {
        options->usb = take_node(text, options->usb_node);
    }
    return (options->usb != NULL && is_usb_place(options->usb)) ||
           sim_fail(error, SIM_WRONG_USE,
                    "--usb is tcp:PORT or unix:PATH, with --net NODE:tcp:PORT, not '%s'", text);
}

static bool take_save(const char *text, struct run_options *options, struct sim_error *error)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals[1] == '\0' ||
        !duration_parse_part(text, (uint64_t)(equals - text), &options->save_ns)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "--save-at takes TIME=FILE, for example 1.5s=x.snap, not '%s'", text);
    }
    if (options->save != NULL) {
        return sim_fail(error, SIM_WRONG_USE, "--save-at can be given once");
    }
    options->save = equals + 1;
    return true;
}

/* What only all options together tell. */
static bool check_nodes(const struct run_options *options, struct sim_error *error)
{
    bool gdb = options->gdb_node[0] != '\0';
    const char *node = gdb ? options->gdb_node : options->usb_node;
    return options->net != NULL || node[0] == '\0' ||
           sim_fail(
               error, SIM_WRONG_USE, "%s: '%s' would be a node, and only with --net are there any",
               gdb ? "--gdb=PORT takes a port of 1 to 65535" : "--usb is tcp:PORT or unix:PATH",
               node);
}

static bool check_snapshots(const struct run_options *options, struct sim_error *error)
{
    if ((options->save != NULL || options->restore != NULL) && options->file_count == 0 &&
        options->net == NULL) {
        return sim_fail(error, SIM_WRONG_USE,
                        "--save-at and --restore need the files of the run: the demo has none");
    }
    if (options->save != NULL && options->gdb) {
        return sim_fail(error, SIM_WRONG_USE,
                        "--save-at does not go with --gdb: save in a run without a debugger, then "
                        "--restore with --gdb");
    }
    if (options->save != NULL && options->has_for && options->save_ns > options->for_ns) {
        return sim_fail(error, SIM_WRONG_USE, "--save-at is later than the end of the run (--for)");
    }
    return true;
}

static bool take_gdb(const char *text, struct run_options *options, struct sim_error *error)
{
    options->gdb = true;
    options->gdb_port = text;
    if (text == NULL || parse_port(text, 1)) {
        return true;
    }
    /* A node of --net; a name that is all digits is a port that cannot be. */
    const char *port =
        text[strspn(text, "0123456789")] != '\0' ? take_node(text, options->gdb_node) : NULL;
    options->gdb_port = port == NULL || port[0] == '\0' ? NULL : port;
    return (port != NULL && (options->gdb_port == NULL || parse_port(port, 1))) ||
           sim_fail(error, SIM_WRONG_USE,
                    "--gdb=PORT takes a port of 1 to 65535, with --net --gdb=NODE[:PORT], not '%s'",
                    text);
}

static bool take_option(int option, struct run_options *options, struct sim_error *error)
{
    switch (option) {
    case OPTION_BOARD:
        options->board = optarg;
        return true;
    case OPTION_HELP:
        options->help = true;
        return true;
    case OPTION_FOR:
        options->has_for = true;
        return duration_parse(optarg, &options->for_ns) ||
               sim_fail(error, SIM_WRONG_USE, "--for takes a time such as 2s or 150ms, not '%s'",
                        optarg);
    case OPTION_UNTIL:
        options->until = optarg;
        return optarg[0] != '\0' || sim_fail(error, SIM_WRONG_USE, "--until takes a text");
    case OPTION_FOREVER:
        options->forever = true;
        return true;
    case OPTION_HEADLESS:
        options->headless = true;
        return true;
    case OPTION_WINDOW:
        options->window.wish = RUN_WINDOW_YES;
        return true;
    case OPTION_NO_WINDOW:
        options->window.wish = RUN_WINDOW_NO;
        return true;
    case OPTION_SIZE:
        return run_options_take_size(options, optarg, error);
    case OPTION_SCALE:
        return run_options_take_scale(options, optarg, error);
    case OPTION_THEME:
        return run_options_take_theme(options, optarg, error);
    case OPTION_PRESENT:
        options->window.presenting = true;
        return true;
    case OPTION_SCREENSHOT:
        options->window.screenshot = optarg;
        return optarg[0] != '\0' || sim_fail(error, SIM_WRONG_USE, "--screenshot takes a file");
    case OPTION_PANE:
        options->window.pane = optarg;
        return true;
    case OPTION_SPEED:
        return run_options_take_speed(options, optarg, error);
    case OPTION_SEED:
        return number_parse(optarg, 0, &options->seed) ||
               sim_fail(error, SIM_WRONG_USE, "--seed takes a number, not '%s'", optarg);
    case OPTION_JITTER:
        return take_jitter(optarg, options, error);
    case OPTION_FLASH_TIMING:
        return take_flash_timing(optarg, options, error);
    case OPTION_UART:
        return take_uart(optarg, options, error);
    case OPTION_TRACE:
        options->trace = optarg;
        return optarg[0] != '\0' || sim_fail(error, SIM_WRONG_USE, "--trace takes a file");
    case OPTION_USB:
        return take_usb(optarg, options, error);
    case OPTION_PCAP:
        options->pcap = optarg;
        return optarg[0] != '\0' || sim_fail(error, SIM_WRONG_USE, "--pcap takes a file");
    case OPTION_NET:
        options->net = optarg;
        return optarg[0] != '\0' || sim_fail(error, SIM_WRONG_USE, "--net takes a file");
    case OPTION_SAVE_AT:
        return take_save(optarg, options, error);
    case OPTION_RESTORE:
        options->restore = optarg;
        return optarg[0] != '\0' || sim_fail(error, SIM_WRONG_USE, "--restore takes a file");
    case OPTION_MPU_STATS:
        options->mpu_account = true;
        options->mpu_hits = strcmp(optarg, "hits") == 0;
        return options->mpu_hits || strcmp(optarg, "account") == 0 ||
               sim_fail(error, SIM_WRONG_USE, "--mpu-stats is account or hits, not '%s'", optarg);
    case OPTION_SEMIHOSTING:
        options->semihosting = true;
        return true;
    case OPTION_CHECK_ISOLATION:
        options->check_isolation = true;
        return true;
    case OPTION_GDB:
        return take_gdb(optarg, options, error);
    case OPTION_PRESS:
        return run_options_add_input(options, RUN_INPUT_PRESS, optarg, error);
    case OPTION_TOUCH:
        return run_options_add_input(options, RUN_INPUT_TOUCH, optarg, error);
    case OPTION_UART_IN:
        return run_options_add_input(options, RUN_INPUT_TEXT, optarg, error);
    case OPTION_SET:
        return run_options_add_input(options, RUN_INPUT_SET, optarg, error);
    default: /* OPTION_FAULT: there is no other */
        return run_options_add_input(options, RUN_INPUT_FAULT, optarg, error);
    }
}

bool run_options_parse(int argc, char **argv, struct run_options *options, struct sim_error *error)
{
    int option = 0;
    *options = (struct run_options){.board = BOARD_FILE_DEFAULT, .seed = 1};
    optind = 0; /* start over: a program may parse more than once */
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":b:h", long_options, NULL)) != -1) {
        if (option == '?' || option == ':') {
            return command_refuse_option(option, argv, error);
        }
        if (!take_option(option, options, error)) {
            return false;
        }
    }
    for (; optind < argc; optind++) {
        if (argv[optind][0] == '\0') {
            return sim_fail(error, SIM_WRONG_USE,
                            "a file name is empty: is a variable of the shell not set?");
        }
        if (options->file_count == RUN_FILES_MAX) {
            return sim_fail(error, SIM_WRONG_USE, "more than %d files", RUN_FILES_MAX);
        }
        options->files[options->file_count] = argv[optind];
        options->file_count++;
    }
    return options->help || (check_snapshots(options, error) && check_nodes(options, error) &&
                             run_options_check_window(options, error));
}
