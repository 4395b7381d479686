#include "sim/cli/inject_options.h"

#include <getopt.h>
#include <string.h>

#include "kernel/abi/syscall.h"
#include "sim/cli/board_file.h"
#include "sim/cli/command.h"
#include "sim/cli/duration.h"
#include "sim/cli/number.h"
#include "sim/faults/inject_stage.h"

const char inject_options_help[] =
    "usage: sandglass inject skip --svc APP,CLASS[:DRIVER[:NUMBER]][,N] [-b BOARD] [options]\n"
    "                        [KERNEL.elf] APP...\n"
    "\n"
    "Takes one system call of an app: the N-th (1) of its class. Each instruction that runs from\n"
    "its SVC until the app goes on is skipped in turn, from the same moment, and what comes of it\n"
    "is told: no effect, changed output, hang, app fault, kernel panic, isolation breach. Without\n"
    "KERNEL the one that fits the board.\n"
    "\n"
    "  --svc APP,CLASS     the call. CLASS: yield, subscribe, command, allow-rw, allow-ro, memop,\n"
    "                      exit, allow-ur; DRIVER and NUMBER are what it has in r0 and r1\n"
    "  -b, --board BOARD   a board's name, .dts or .dtb (default: nrf52dk)\n"
    "  --for TIME          how long the machine is watched after the call (default: until the app\n"
    "                      has made three more calls, 10 ms at least, 1 s at most)\n"
    "  --within TIME       when the call must have been made (default: 10s)\n"
    "  --only INDEX        this instruction only; tells what happens meanwhile\n"
    "  --jobs N            so many processes at a time (default: 1)\n"
    "  --seed N            of all that is random (default: 1)\n"
    "  --json              for programs\n"
    "\n"
    "Exit status: 0 done, 1 there is an isolation breach, 2 wrong use, 3 trouble of the "
    "simulator.\n";

static const char *const class_names[ABI_CLASS_COUNT] = {
    [ABI_CLASS_YIELD] = "yield",
    [ABI_CLASS_SUBSCRIBE] = "subscribe",
    [ABI_CLASS_COMMAND] = "command",
    [ABI_CLASS_ALLOW_READ_WRITE] = "allow-rw",
    [ABI_CLASS_ALLOW_READ_ONLY] = "allow-ro",
    [ABI_CLASS_MEMOP] = "memop",
    [ABI_CLASS_EXIT] = "exit",
    [ABI_CLASS_ALLOW_USER_READABLE] = "allow-ur",
};

const char *inject_class_name(uint32_t call_class)
{
    return class_names[call_class];
}

/* ---- numbers ---- */

static bool take_number(const char *name, const char *text, uint64_t least, uint64_t most,
                        uint64_t *number, struct sim_error *error)
{
    return (number_parse(text, 0, number) && *number >= least && *number <= most) ||
           sim_fail(error, SIM_WRONG_USE, "%s takes a number from %llu to %llu, not '%s'", name,
                    (unsigned long long)least, (unsigned long long)most, text);
}

static bool take_time(const char *name, const char *text, uint64_t *ns, struct sim_error *error)
{
    return (duration_parse(text, ns) && *ns > 0) ||
           sim_fail(error, SIM_WRONG_USE, "%s takes a time such as 20ms, not '%s'", name, text);
}

/* ---- --svc ---- */

static bool fail_svc(const char *text, struct sim_error *error)
{
    return sim_fail(error, SIM_WRONG_USE,
                    "--svc takes APP,CLASS[:DRIVER[:NUMBER]][,N], such as blink,command or "
                    "blink,command:2:1,3, not '%s'",
                    text);
}

static bool find_class(const char *name, uint32_t *call_class, struct sim_error *error)
{
    for (uint32_t i = 0; i < ABI_CLASS_COUNT; i++) {
        if (strcmp(name, class_names[i]) == 0) {
            *call_class = i;
            return true;
        }
    }
    return sim_fail(error, SIM_WRONG_USE,
                    "there is no class '%s' of system calls: yield, subscribe, command, allow-rw, "
                    "allow-ro, memop, exit, allow-ur",
                    name);
}

/* "command:2:1" */
static bool parse_call(char *text, struct inject_options *options, struct sim_error *error)
{
    uint32_t *const words[] = {&options->driver, &options->number};
    char *rest = strchr(text, ':');
    for (size_t i = 0; i < 2 && rest != NULL; i++) {
        uint64_t value = 0;
        char *next = strchr(rest + 1, ':');
        *rest = '\0';
        if (next != NULL) {
            *next = '\0';
        }
        if (!number_parse(rest + 1, 0, &value) || value >= INJECT_ANY) {
            return fail_svc(options->svc, error);
        }
        *words[i] = (uint32_t)value;
        rest = next;
    }
    return (rest == NULL || fail_svc(options->svc, error)) &&
           find_class(text, &options->call_class, error);
}

static bool parse_svc(struct inject_options *options, struct sim_error *error)
{
    char text[TBF_NAME_BYTES + 64];
    size_t length = strlen(options->svc);
    if (length >= sizeof text) {
        return fail_svc(options->svc, error);
    }
    memcpy(text, options->svc, length + 1);
    char *call = strchr(text, ',');
    if (call == NULL || call == text || (size_t)(call - text) >= sizeof options->app) {
        return fail_svc(options->svc, error);
    }
    *call = '\0';
    call++;
    char *count = strchr(call, ',');
    if (count != NULL) {
        *count = '\0';
        if (!number_parse(count + 1, 0, &options->count) || options->count == 0) {
            return fail_svc(options->svc, error);
        }
    }
    memcpy(options->app, text, strlen(text) + 1);
    return parse_call(call, options, error);
}

/* ---- all ---- */

enum {
    OPTION_SVC = 256,
    OPTION_FOR,
    OPTION_WITHIN,
    OPTION_ONLY,
    OPTION_JOBS,
    OPTION_SEED,
    OPTION_JSON
};

static const struct option long_options[] = {
    {"board", required_argument, NULL, 'b'},
    {"svc", required_argument, NULL, OPTION_SVC},
    {"for", required_argument, NULL, OPTION_FOR},
    {"within", required_argument, NULL, OPTION_WITHIN},
    {"only", required_argument, NULL, OPTION_ONLY},
    {"jobs", required_argument, NULL, OPTION_JOBS},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"json", no_argument, NULL, OPTION_JSON},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool take_option(int option, struct inject_options *options, struct sim_error *error)
{
    switch (option) {
    case 'b':
        options->board = optarg;
        return true;
    case 'h':
        options->help = true;
        return true;
    case OPTION_SVC:
        options->svc = optarg;
        return true;
    case OPTION_FOR:
        return take_time("--for", optarg, &options->window_ns, error);
    case OPTION_WITHIN:
        return take_time("--within", optarg, &options->within_ns, error);
    case OPTION_ONLY:
        options->has_only = true;
        return take_number("--only", optarg, 0, INJECT_POINTS_MAX - 1, &options->only, error);
    case OPTION_JOBS:
        return take_number("--jobs", optarg, 1, INJECT_JOBS_MAX, &options->jobs, error);
    case OPTION_SEED:
        return take_number("--seed", optarg, 0, UINT64_MAX, &options->seed, error);
    default: /* OPTION_JSON: there is no other */
        options->json = true;
        return true;
    }
}

bool inject_options_parse(int argc, char **argv, struct inject_options *options,
                          struct sim_error *error)
{
    int option = 0;
    *options = (struct inject_options){.board = BOARD_FILE_DEFAULT,
                                       .driver = INJECT_ANY,
                                       .number = INJECT_ANY,
                                       .count = 1,
                                       .within_ns = INJECT_WITHIN_NS,
                                       .seed = 1,
                                       .jobs = 1};
    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":b:h", long_options, NULL)) != -1) {
        if (option == '?' || option == ':') {
            return command_refuse_option(option, argv, error);
        }
        if (!take_option(option, options, error)) {
            return false;
        }
    }
    if (options->help) {
        return true;
    }
    if (optind >= argc || strcmp(argv[optind], "skip") != 0) {
        return sim_fail(error, SIM_WRONG_USE,
                        "needs an experiment, and there is one: sandglass inject skip (see "
                        "--help)");
    }
    options->files = argv + optind + 1;
    options->file_count = argc - optind - 1;
    return options->svc != NULL ? parse_svc(options, error)
                                : sim_fail(error, SIM_WRONG_USE,
                                           "needs --svc APP,CLASS: whose call, and of which class");
}
