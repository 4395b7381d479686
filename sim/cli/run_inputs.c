/* Puts the inputs of the command line on the machine's queue. */
#include "sim/cli/run_inputs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/duration.h"
#include "sim/machine/fault_list.h"
#include "sim/machine/input_list.h"
#include "sim/machine/machine_input.h"

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

/* The character of an escape that the options have already been checked for; *at is its letter and
 * moves to its end. */
static char unescape(const char *text, size_t *at)
{
    char letter = text[*at];
    if (letter == 'x') {
        const char digits[] = {text[*at + 1], text[*at + 2], '\0'};
        *at += 2;
        return (char)strtoul(digits, NULL, 16);
    }
    return letter == 'n' ? '\n' : letter == 'r' ? '\r' : letter == 't' ? '\t' : letter;
}

/* Resolves \n, \r, \t, \\ and \xNN and queues the text for the console. */
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
        if (character == '\\') {
            i++;
            character = unescape(input->text, &i);
        }
        if (machine_add_text(session->machine, device, cycle, &character, 1) != 1) {
            return sim_fail(error, SIM_WRONG_USE, "too many inputs are queued");
        }
    }
    return true;
}

static bool queue_fault(struct run_session *session, const struct run_input *input,
                        struct sim_error *error)
{
    uint64_t cycle = duration_to_cycles(input->at_ns, session->board.chip->cpu_hz);
    struct fault_choice choice;
    int device = -1;
    if (!find_device(session, input->device, &device, error) ||
        !fault_list_find(&session->board, (size_t)device, input->what, &choice, error)) {
        return false;
    }
    if (!fault_list_allows(&choice, input->value)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s.%s takes a value of %" PRId32 " to %" PRId32 ", or 0 to end it, not "
                        "%" PRId32,
                        input->device, input->what, choice.value_min, choice.value_max,
                        input->value);
    }
    return machine_add_input(session->machine, device, cycle, input->what, input->value) ||
           sim_fail(error, SIM_WRONG_USE, "too many inputs are queued");
}

static bool queue_input(struct run_session *session, const struct run_input *input,
                        struct sim_error *error)
{
    uint32_t hz = session->board.chip->cpu_hz;
    int device = -1;
    if (input->kind == RUN_INPUT_TEXT) {
        return queue_text(session, input, error);
    }
    if (input->kind == RUN_INPUT_FAULT) {
        return queue_fault(session, input, error);
    }
    int32_t value = input->value;
    const char *what = input->kind == RUN_INPUT_SET     ? input->what
                       : input->kind == RUN_INPUT_PRESS ? "press"
                                                        : "touch";
    if (!find_device(session, input->device, &device, error) ||
        !(input->placed
              ? input_list_check_touch(&session->board, (size_t)device, value % RUN_TOUCH_PLACES,
                                       value / RUN_TOUCH_PLACES, error)
              : input_list_check(&session->board, (size_t)device, what, value, error))) {
        return false;
    }
    uint64_t from = duration_to_cycles(input->at_ns, hz);
    bool queued;
    if (input->kind == RUN_INPUT_SET) {
        queued = machine_add_input(session->machine, device, from, what, value);
    } else {
        const char *end = input->kind == RUN_INPUT_PRESS ? "release" : "untouch";
        queued = machine_add_input(session->machine, device, from, what, value) &&
                 machine_add_input(session->machine, device, duration_to_cycles(input->to_ns, hz),
                                   end, 0);
    }
    return queued || sim_fail(error, SIM_WRONG_USE, "too many inputs are queued");
}

/* In the order of their times: a text begins behind the one that was queued before it. */
bool run_inputs_queue(struct run_session *session, struct sim_error *error)
{
    const struct run_input *sorted[RUN_INPUTS_MAX];
    size_t count = session->options.input_count;
    for (size_t i = 0; i < count; i++) {
        const struct run_input *input = &session->options.inputs[i];
        size_t place = i;
        for (; place > 0 && sorted[place - 1]->at_ns > input->at_ns; place--) {
            sorted[place] = sorted[place - 1];
        }
        sorted[place] = input;
    }
    for (size_t i = 0; i < count; i++) {
        if (!queue_input(session, sorted[i], error)) {
            return false;
        }
    }
    return true;
}
