/* Cases as text. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/faults/fuzz_case.h"
#include "sim/machine/input_list.h"

static const char *const operations[FUZZ_OPERATIONS] = {
    [FUZZ_YIELD] = "yield",
    [FUZZ_SUBSCRIBE] = "subscribe",
    [FUZZ_COMMAND] = "command",
    [FUZZ_ALLOW_READ_WRITE] = "allow-rw",
    [FUZZ_ALLOW_READ_ONLY] = "allow-ro",
    [FUZZ_ALLOW_USER_READABLE] = "allow-ur",
    [FUZZ_MEMOP] = "memop",
    [FUZZ_SLEEP] = "sleep",
    [FUZZ_WAIT] = "wait",
    [FUZZ_WAIT_FOR] = "wait-for",
    [FUZZ_EXIT] = "exit",
    [FUZZ_BAD_YIELD] = "bad-yield",
    [FUZZ_BAD_CLASS] = "bad-class",
    [FUZZ_LOAD] = "load",
    [FUZZ_STORE] = "store",
    [FUZZ_JUMP] = "jump",
    [FUZZ_STACK] = "stack",
    [FUZZ_SCRIBBLE] = "scribble",
    [FUZZ_SPIN] = "spin",
    [FUZZ_FLOAT] = "float",
};

static const char *const bases[FUZZ_BASE_CONSTANTS] = {
    [FUZZ_BASE_ZERO] = "zero",
    [FUZZ_BASE_MEMORY_START] = "memory",
    [FUZZ_BASE_MEMORY_END] = "memory-end",
    [FUZZ_BASE_GRANT_START] = "grants",
    [FUZZ_BASE_FLASH_START] = "flash",
    [FUZZ_BASE_FLASH_END] = "flash-end",
    [FUZZ_BASE_BREAK] = "break",
    [FUZZ_BASE_PLAYGROUND] = "playground",
    [FUZZ_BASE_PLAYGROUND_END] = "playground-end",
    [FUZZ_BASE_PROGRAM] = "program",
    [FUZZ_BASE_STACK] = "stack",
    [FUZZ_BASE_UPCALL] = "upcall",
    [FUZZ_BASE_BUSY_UPCALL] = "busy-upcall",
    [FUZZ_BASE_ANSWER] = "answer",
    [FUZZ_BASE_SECOND_ANSWER] = "answer2",
    [FUZZ_BASE_EVENT] = "event",
};

static const char modes[FUZZ_MODES] = {'+', '-', '^', '?', '*', '@'};

/* ---- writing ---- */

/* "playground+16", "zero@3", "c4^512" */
static void write_value(const struct fuzz_step *step, int index, FILE *file)
{
    unsigned base = step->base[index] % FUZZ_BASES;
    unsigned mode = step->base[index] / FUZZ_BASES;
    mode = mode < FUZZ_MODES ? mode : FUZZ_MODE_PLUS;
    if (base < FUZZ_BASE_CONSTANTS) {
        fprintf(file, " %s%c%u", bases[base], modes[mode], step->bits[index]);
    } else {
        fprintf(file, " c%u%c%u", base - FUZZ_BASE_CONSTANTS, modes[mode], step->bits[index]);
    }
}

static void write_step(const struct fuzz_step *step, FILE *file)
{
    fprintf(file, "  %s x%u", operations[step->operation % FUZZ_OPERATIONS], step->turns);
    for (int i = 0; i < 4; i++) {
        write_value(step, i, file);
    }
    if (step->base[0] / FUZZ_BASES == FUZZ_MODE_DRIVER) {
        fprintf(file, "  # driver 0x%05x", fuzz_drivers[step->bits[0] % FUZZ_DRIVERS]);
    }
    fputc('\n', file);
}

void fuzz_case_write(const struct fuzz_case *written, const struct board *board, FILE *file)
{
    fprintf(file, "sandglass-fuzz 1\nseed %" PRIu32 "\n", written->seed);
    for (int i = 0; i < FUZZ_APPS; i++) {
        const struct fuzz_script *script = &written->app[i];
        fprintf(file, "app %d rounds %" PRIu32 "\n", i, script->rounds);
        for (uint32_t step = 0; step < script->count; step++) {
            write_step(&script->step[step], file);
        }
    }
    for (uint32_t i = 0; i < written->input_count; i++) {
        const struct fuzz_input *input = &written->input[i];
        if (input->what[0] != '\0') {
            fprintf(file, "input %s %s %" PRId32 " @%" PRIu32 "us\n",
                    board->devices[input->device].name, input->what, input->value, input->at_us);
        }
    }
}

/* ---- reading ---- */

static bool parse_value(const char *word, struct fuzz_step *step, int index)
{
    size_t length = 0;
    char *end = NULL;
    unsigned base = FUZZ_BASES;
    for (unsigned i = 0; i < FUZZ_BASE_CONSTANTS; i++) {
        size_t known = strlen(bases[i]);
        /* A name may have a minus in it: the longest counts. */
        if (strncmp(word, bases[i], known) == 0 && memchr(modes, word[known], sizeof modes) &&
            word[known] != '\0') {
            base = i;
            length = known;
        }
    }
    if (base == FUZZ_BASES && word[0] == 'c') {
        unsigned long constant = strtoul(word + 1, &end, 10);
        base = constant < FUZZ_CONSTANTS ? FUZZ_BASE_CONSTANTS + (unsigned)constant : FUZZ_BASES;
        length = (size_t)(end - word);
    }
    const char *mode = base == FUZZ_BASES ? NULL : memchr(modes, word[length], sizeof modes);
    if (mode == NULL || word[length] == '\0') {
        return false;
    }
    unsigned long bits = strtoul(word + length + 1, &end, 10);
    step->base[index] = (uint8_t)(base | (unsigned)(mode - modes) << 5);
    step->bits[index] = (uint16_t)bits;
    return *end == '\0' && end != word + length + 1 && bits <= UINT16_MAX;
}

static bool parse_step(char *const word[], size_t count, struct fuzz_step *step)
{
    unsigned operation = 0;
    char *end = NULL;
    while (operation < FUZZ_OPERATIONS && strcmp(word[0], operations[operation]) != 0) {
        operation++;
    }
    if (operation == FUZZ_OPERATIONS || count != 6 || word[1][0] != 'x') {
        return false;
    }
    unsigned long turns = strtoul(word[1] + 1, &end, 10);
    *step = (struct fuzz_step){.operation = (uint8_t)operation, .turns = (uint8_t)turns};
    bool good = *end == '\0' && turns <= UINT8_MAX;
    for (int i = 0; i < 4; i++) {
        good = good && parse_value(word[2 + i], step, i);
    }
    return good;
}

static bool parse_input(char *const word[], size_t count, const struct board *board,
                        struct fuzz_input *input, struct sim_error *error)
{
    char *end = NULL;
    if (count != 5 || word[4][0] != '@') {
        return false;
    }
    int device = board_find_device(board, word[1]);
    long value = strtol(word[3], &end, 10);
    if (device < 0 || *end != '\0' || value < INT32_MIN || value > INT32_MAX) {
        return false;
    }
    unsigned long at = strtoul(word[4] + 1, &end, 10);
    if (strcmp(end, "us") != 0 || at > UINT32_MAX / 64) {
        return false;
    }
    if (strcmp(word[2], FUZZ_TYPED) == 0) {
        *input = (struct fuzz_input){.device = (uint32_t)device,
                                     .what = FUZZ_TYPED,
                                     .value = (int32_t)value,
                                     .at_us = (uint32_t)at};
        return device == fuzz_console(board) && value >= 0 && value < FUZZ_LINES;
    }
    if (!input_list_check(board, (size_t)device, word[2], (int32_t)value, error)) {
        return false;
    }
    const struct device_input_kind *kind = board->devices[device].device_class->inputs;
    while (strcmp(kind->name, word[2]) != 0) {
        kind++;
    }
    *input = (struct fuzz_input){.device = (uint32_t)device,
                                 .what = kind->name,
                                 .value = (int32_t)value,
                                 .at_us = (uint32_t)at};
    return true;
}

#define WORDS_MAX 8

static size_t split(char *line, char *word[WORDS_MAX])
{
    size_t count = 0;
    char *rest = NULL;
    line[strcspn(line, "#\r")] = '\0';
    for (char *at = strtok_r(line, " \t", &rest); at != NULL && count < WORDS_MAX;
         at = strtok_r(NULL, " \t", &rest)) {
        word[count] = at;
        count++;
    }
    return count;
}

struct reader {
    struct fuzz_case *read;
    const struct board *board;
    struct fuzz_script *script; /* that steps go to; NULL: none yet */
};

static bool read_app(struct reader *reader, char *const word[], size_t count)
{
    char *end = NULL;
    if (count != 4 || word[1][1] != '\0' || word[1][0] < '0' || word[1][0] >= '0' + FUZZ_APPS) {
        return false;
    }
    reader->script = &reader->read->app[word[1][0] - '0'];
    unsigned long rounds = strtoul(word[3], &end, 10);
    reader->script->rounds = (uint32_t)rounds;
    reader->script->count = 0;
    return *end == '\0' && rounds <= 1000;
}

static bool read_line(struct reader *reader, char *line, struct sim_error *error)
{
    char *word[WORDS_MAX];
    char *end = NULL;
    size_t count = split(line, word);
    struct fuzz_case *read = reader->read;
    if (count == 0) {
        return true;
    }
    if (strcmp(word[0], "sandglass-fuzz") == 0) {
        return count == 2 && strcmp(word[1], "1") == 0;
    }
    if (strcmp(word[0], "seed") == 0 && count == 2) {
        read->seed = (uint32_t)strtoul(word[1], &end, 10);
        return *end == '\0';
    }
    if (strcmp(word[0], "app") == 0) {
        return read_app(reader, word, count);
    }
    if (strcmp(word[0], "input") == 0) {
        bool good = read->input_count < FUZZ_INPUTS_MAX &&
                    parse_input(word, count, reader->board, &read->input[read->input_count], error);
        read->input_count += good;
        return good;
    }
    struct fuzz_script *script = reader->script;
    bool good = script != NULL && script->count < FUZZ_STEPS_MAX &&
                parse_step(word, count, &script->step[script->count]);
    if (good) {
        script->count++;
    }
    return good;
}

bool fuzz_case_read(struct fuzz_case *read, const struct board *board, const char *name,
                    const char *text, struct sim_error *error)
{
    *read = (struct fuzz_case){.seed = 0};
    struct reader reader = {.read = read, .board = board};
    unsigned number = 0;
    while (*text != '\0') {
        char line[256];
        size_t length = strcspn(text, "\n");
        number++;
        bool fits = length < sizeof line;
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        if (!fits || !read_line(&reader, line, error)) {
            return sim_fail(error, SIM_WRONG_USE,
                            "%s, line %u: no line of a fuzz case for this board (see "
                            "docs/security.md)",
                            name, number);
        }
        text += length + (text[length] == '\n');
    }
    return reader.script != NULL ||
           sim_fail(error, SIM_WRONG_USE, "%s is no fuzz case: it has no app", name);
}
