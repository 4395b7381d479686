/* Hostile command lines: options, durations, inputs of `sandglass run`. No file is opened.
 *
 * Input: the arguments, one a line.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/cli/duration.h"
#include "sim/cli/run_options.h"
#include "tests/fuzz/fuzz_bytes.h"

#define LIMIT_SECONDS 2U
#define ARGUMENTS_MAX 64
#define CPU_HZ        64000000U
#define LONGEST_NS    (1000000ULL * 1000000000ULL)

/* Splits text at newlines; returns how many parts. */
static int split(char *text, char *argv[ARGUMENTS_MAX + 2])
{
    int argc = 1;
    argv[0] = (char *)"run";
    while (text != NULL && argc <= ARGUMENTS_MAX) {
        char *end = strchr(text, '\n');
        if (end != NULL) {
            *end = '\0';
        }
        argv[argc++] = text;
        text = end == NULL ? NULL : end + 1;
    }
    argv[argc] = NULL;
    return argc;
}

static void check_duration(const char *text)
{
    uint64_t ns = 0;
    if (duration_parse(text, &ns)) {
        fuzz_check(ns <= LONGEST_NS, "a duration longer than the longest");
        uint64_t cycles = duration_to_cycles(ns, CPU_HZ);
        fuzz_check(duration_from_cycles(cycles, CPU_HZ) <= ns, "cycles are rounded up");
        fuzz_check(ns - duration_from_cycles(cycles, CPU_HZ) < 1000, "cycles are far off");
    }
}

static void check_options(const struct run_options *options)
{
    fuzz_check(options->input_count <= RUN_INPUTS_MAX && options->file_count <= RUN_FILES_MAX,
               "more than fits");
    fuzz_check(options->for_ns <= LONGEST_NS, "--for is longer than the longest");
    for (size_t i = 0; i < options->input_count; i++) {
        const struct run_input *input = &options->inputs[i];
        fuzz_check(memchr(input->device, 0, sizeof input->device) != NULL &&
                       memchr(input->what, 0, sizeof input->what) != NULL,
                   "a name without an end");
        fuzz_check(input->kind != RUN_INPUT_TEXT || strlen(input->text) >= input->text_length,
                   "a text longer than its argument");
        fuzz_check(input->at_ns <= LONGEST_NS, "an input after the end of time");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *argv[ARGUMENTS_MAX + 2];
    char *text = malloc(size + 1);
    fuzz_check(text != NULL, "no memory");
    memcpy(text, data, size);
    text[size] = '\0';
    fuzz_limit_seconds(LIMIT_SECONDS);
    int argc = split(text, argv);
    for (int i = 1; i < argc; i++) {
        check_duration(argv[i]);
    }
    struct run_options options;
    struct sim_error error = {.status = SIM_OK};
    if (run_options_parse(argc, argv, &options, &error)) {
        check_options(&options);
    } else {
        fuzz_check(error.status == SIM_WRONG_USE && error.text[0] != '\0',
                   "a refusal without a reason");
    }
    fuzz_limit_seconds(0);
    free(text);
    return 0;
}
