/* The options that are inputs: --press, --touch, --uart-in, --set, --fault. */
#include "sim/cli/run_options_inputs.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/duration.h"
#include "sim/cli/number.h"
#include "sim/machine/fault_list.h"

#define PRESS_NS 100000000U /* a press without an end lasts 100 ms */

/* NAME@T or NAME@T1..T2. */
static bool parse_press(const char *text, struct run_input *input)
{
    const char *at = strrchr(text, '@');
    if (at == NULL || at == text || (size_t)(at - text) >= sizeof input->device) {
        return false;
    }
    memcpy(input->device, text, (size_t)(at - text));
    const char *times = at + 1;
    const char *range = strstr(times, "..");
    if (range == NULL) {
        input->to_ns = PRESS_NS;
        if (!duration_parse(times, &input->at_ns)) {
            return false;
        }
        input->to_ns += input->at_ns;
        return true;
    }
    return duration_parse_part(times, (uint64_t)(range - times), &input->at_ns) &&
           duration_parse(range + 2, &input->to_ns) && input->to_ns > input->at_ns;
}

/* NAME:X,Y@... of a touch: takes :X,Y out of the name. True also when it is not there; NODE:NAME
 * (run --net) is a name. */
static bool parse_place(struct run_input *input)
{
    char *colon = strrchr(input->device, ':');
    uint64_t x = 0;
    uint64_t y = 0;
    const char *end = NULL;
    if (colon == NULL || strchr("-0123456789", colon[1]) == NULL) {
        return true;
    }
    if (!number_parse_part(colon + 1, 0, &x, &end) || *end != ',' ||
        !number_parse_part(end + 1, 0, &y, &end) || *end != '\0' || x >= RUN_TOUCH_PLACES ||
        y >= RUN_TOUCH_PLACES) {
        return false;
    }
    input->value = RUN_TOUCH_AT((int32_t)x, (int32_t)y);
    input->placed = true;
    *colon = '\0';
    return true;
}

/* The first backslash in [text, end) that begins no escape; NULL: none. */
static const char *find_bad_escape(const char *text, const char *end)
{
    for (const char *at = text; at < end; at++) {
        if (*at == '\\') {
            at++;
            if (at < end && *at == 'x') {
                bool is_byte = end - at > 2 && isxdigit((unsigned char)at[1]) &&
                               isxdigit((unsigned char)at[2]);
                if (!is_byte) {
                    return at - 1;
                }
            } else if (at == end || strchr("nrt\\", *at) == NULL) {
                return at - 1;
            }
        }
    }
    return NULL;
}

/* TEXT@T: the last @ counts. */
static bool parse_text(const char *text, struct run_input *input)
{
    const char *at = strrchr(text, '@');
    if (at == NULL || !duration_parse(at + 1, &input->at_ns)) {
        return false;
    }
    input->text = text;
    input->text_length = (size_t)(at - text);
    return true;
}

/* NAME.WHAT in [text, end). */
static bool parse_name(const char *text, const char *end, struct run_input *input)
{
    const char *dot = strchr(text, '.');
    if (dot == NULL || dot == text || end <= dot + 1 ||
        (size_t)(dot - text) >= sizeof input->device ||
        (size_t)(end - dot - 1) >= sizeof input->what) {
        return false;
    }
    memcpy(input->device, text, (size_t)(dot - text));
    memcpy(input->what, dot + 1, (size_t)(end - dot - 1));
    return true;
}

/* NAME.WHAT=VALUE@T; without =VALUE where `fallback` is not NULL. */
static bool parse_set(const char *text, const int32_t *fallback, struct run_input *input)
{
    const char *equals = strchr(text, '=');
    const char *at = strrchr(text, '@');
    if (at == NULL || (equals == NULL && fallback == NULL) ||
        !parse_name(text, equals != NULL ? equals : at, input)) {
        return false;
    }
    long value = fallback != NULL ? *fallback : 0;
    if (equals != NULL) {
        char *end = NULL;
        errno = 0;
        value = strtol(equals + 1, &end, 0);
        if (equals + 1 == at || end != at || errno != 0) {
            return false;
        }
    }
    input->value = (int32_t)value;
    return value >= INT32_MIN && value <= INT32_MAX && duration_parse(at + 1, &input->at_ns);
}

bool run_options_add_input(struct run_options *options, enum run_input_kind kind, const char *text,
                           struct sim_error *error)
{
    struct run_input input = {.kind = kind};
    bool good = false;
    const char *form = "";
    if (options->input_count == RUN_INPUTS_MAX) {
        return sim_fail(error, SIM_WRONG_USE, "more than %d inputs", RUN_INPUTS_MAX);
    }
    if (kind == RUN_INPUT_TEXT) {
        form = "--uart-in 'list\\n'@1s";
        good = parse_text(text, &input);
        const char *bad = good ? find_bad_escape(text, text + input.text_length) : NULL;
        if (bad != NULL) {
            return sim_fail(
                error, SIM_WRONG_USE,
                "--uart-in '%s': '%.*s' is no escape: \\n, \\r, \\t, \\\\ and \\xNN are", text,
                bad + 1 == text + input.text_length ? 1 : 2, bad);
        }
    } else if (kind == RUN_INPUT_SET) {
        form = "--set temp.temperature=3050@2s";
        good = parse_set(text, NULL, &input);
    } else if (kind == RUN_INPUT_FAULT) {
        static const int32_t fallback = FAULT_DEFAULT_VALUE;
        form = "--fault rng.stuck@1s or rng.stuck=256@1s";
        good = parse_set(text, &fallback, &input);
    } else {
        form = kind == RUN_INPUT_PRESS ? "--press button0@1.5s or button0@1.5s..2s"
                                       : "--touch pad0@2s, pad0@2s..3s or NAME:X,Y@2s";
        good = parse_press(text, &input) && (kind == RUN_INPUT_PRESS || parse_place(&input));
    }
    if (!good) {
        return sim_fail(error, SIM_WRONG_USE, "cannot understand '%s': write %s", text, form);
    }
    options->inputs[options->input_count] = input;
    options->input_count++;
    return true;
}
