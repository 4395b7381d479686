/* Golden traces: what a machine did, compared with a file beside the scenario. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/loader/file.h"
#include "sim/script/script_golden.h"
#include "sim/script/script_modules.h"
#include "sim/trace/event_trace.h"

#define TRACE_MAX     (128U * 1024U * 1024U)
#define CONTEXT_LINES 3
#define LINE_BYTES    200

/* All that a machine did in its case, as text. */
struct script_trace {
    struct event_trace trace;
    char *text; /* of the stream */
    size_t size;
};

static void start_trace(lua_State *lua, struct script_machine *machine)
{
    struct sim_error error = {0};
    if ((machine->script->has & SCRIPT_WANT_TRACE) == 0) {
        return;
    }
    machine->trace = calloc(1, sizeof *machine->trace);
    FILE *stream = machine->trace == NULL
                       ? NULL
                       : open_memstream(&machine->trace->text, &machine->trace->size);
    if (stream == NULL) {
        luaL_error(lua, "no memory for a trace");
        return;
    }
    if (!event_trace_start(&machine->trace->trace, stream, machine->built.machine, &error)) {
        script_raise(lua, &error);
    }
}

static void end_trace(struct script_machine *machine)
{
    struct sim_error ignored = {0};
    if (machine->trace != NULL) {
        machine_unobserve(machine->built.machine, &machine->trace->trace);
        event_trace_close(&machine->trace->trace, &ignored);
        free(machine->trace->text);
        free(machine->trace);
        machine->trace = NULL;
    }
}

/* ---- files ---- */

void script_golden_path(lua_State *lua, const char *name, char *path, size_t size)
{
    const struct script *script = script_of(lua);
    if (name[0] == '\0' || name[0] == '/' || strstr(name, "..") != NULL || strlen(name) > 200 ||
        strlen(script->folder) + strlen(name) + 2 > size) {
        luaL_error(lua, "%s: a golden file lies beside the scenario or below it", name);
    }
    script_path(script, name, path, size);
}

void script_golden_write(lua_State *lua, const char *path, const void *bytes, size_t size)
{
    struct script *script = script_of(lua);
    FILE *stream = fopen(path, "wb");
    bool good = stream != NULL && fwrite(bytes, 1, size, stream) == size;
    good = (stream == NULL || fclose(stream) == 0) && good;
    if (!good) {
        luaL_error(lua, "cannot write %s: %s", path, strerror(errno));
    }
    script_print(script, "wrote ", 6);
    script_print(script, path, strlen(path));
    script_print(script, "\n", 1);
}

/* ---- lines ---- */

struct line {
    const char *text;
    size_t length; /* without its newline; 0 and NULL: there is none */
};

static struct line next_line(const char **at, const char *end)
{
    struct line line = {.text = *at};
    if (*at == end) {
        return (struct line){0};
    }
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    line.length = (size_t)((newline == NULL ? end : newline) - *at);
    *at = newline == NULL ? end : newline + 1;
    return line;
}

static bool is_same_line(const struct line *one, const struct line *other)
{
    return (one->text == NULL) == (other->text == NULL) && one->length == other->length &&
           (one->text == NULL || memcmp(one->text, other->text, one->length) == 0);
}

/* What the script wants to compare of a trace. */
struct trace_choice {
    const char *words[16]; /* the events that count; 0 of them: all */
    size_t word_count;
    bool cycles; /* with their times */
};

static bool is_chosen(const struct trace_choice *choice, const char *word, size_t length)
{
    bool chosen = choice->word_count == 0;
    for (size_t i = 0; i < choice->word_count; i++) {
        chosen = chosen || (strlen(choice->words[i]) == length &&
                            memcmp(choice->words[i], word, length) == 0);
    }
    return chosen;
}

/* The chosen part of a trace, as text that is free()d; each line "CYCLE EVENT ...". */
static char *choose_lines(const struct trace_choice *choice, const char *trace, size_t size,
                          size_t *chosen_size)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, chosen_size);
    const char *at = trace;
    struct line line;
    while (stream != NULL && (line = next_line(&at, trace + size)).text != NULL) {
        const char *space = memchr(line.text, ' ', line.length);
        if (space == NULL) {
            continue;
        }
        size_t rest = line.length - (size_t)(space + 1 - line.text);
        const char *word_end = memchr(space + 1, ' ', rest);
        size_t word = word_end == NULL ? rest : (size_t)(word_end - space - 1);
        if (is_chosen(choice, space + 1, word)) {
            const char *from = choice->cycles ? line.text : space + 1;
            fwrite(from, 1, (size_t)(line.text + line.length - from), stream);
            fputc('\n', stream);
        }
    }
    return stream == NULL || fclose(stream) != 0 ? NULL : text;
}

/* ---- the comparison ---- */

static void print_line(struct script *script, const char *prefix, const struct line *line)
{
    script_print(script, prefix, strlen(prefix));
    if (line->text == NULL) {
        script_print(script, "(the end)", 9);
    } else {
        script_print(script, line->text, line->length < LINE_BYTES ? line->length : LINE_BYTES);
    }
    script_print(script, "\n", 1);
}

/* The first line that differs, with those before it: expected and seen. False: none does. */
static bool find_difference(struct script *script, const struct file_bytes *golden,
                            const char *seen, size_t seen_size, struct line pair[2], int *number)
{
    struct line before[CONTEXT_LINES] = {{0}};
    const char *golden_at = (const char *)golden->data;
    const char *seen_at = seen;
    for (*number = 1;; (*number)++) {
        pair[0] = next_line(&golden_at, (const char *)golden->data + golden->size);
        pair[1] = next_line(&seen_at, seen + seen_size);
        if (!is_same_line(&pair[0], &pair[1])) {
            break;
        }
        if (pair[0].text == NULL) {
            return false;
        }
        memmove(before, before + 1, sizeof before - sizeof before[0]);
        before[CONTEXT_LINES - 1] = pair[0];
    }
    for (size_t i = 0; i < CONTEXT_LINES; i++) {
        if (before[i].text != NULL) {
            print_line(script, "  ", &before[i]);
        }
    }
    print_line(script, "- ", &pair[0]);
    print_line(script, "+ ", &pair[1]);
    return true;
}

static void push_line(lua_State *lua, const struct line *line)
{
    if (line->text == NULL) {
        lua_pushliteral(lua, "(the end)");
    } else {
        lua_pushlstring(lua, line->text, line->length < LINE_BYTES ? line->length : LINE_BYTES);
    }
}

static int compare(lua_State *lua, struct script_machine *machine, const char *path,
                   const char *seen, size_t seen_size)
{
    struct file_bytes golden;
    struct sim_error error = {0};
    struct line pair[2];
    int number = 0;
    if (!file_read(path, &golden, &error)) {
        const char *expected = lua_pushfstring(lua, "the golden trace %s", path);
        return script_fail(lua, machine, expected,
                           "there is no such file: --update writes it, to be looked at");
    }
    bool differs = find_difference(script_of(lua), &golden, seen, seen_size, pair, &number);
    push_line(lua, &pair[0]);
    push_line(lua, &pair[1]);
    file_free(&golden);
    if (differs) {
        const char *expected =
            lua_pushfstring(lua, "line %d of %s: %s", number, path, lua_tostring(lua, -2));
        return script_fail(lua, machine, expected, lua_tostring(lua, -2));
    }
    script_met(lua);
    return 0;
}

static struct trace_choice read_choice(lua_State *lua)
{
    static const char *const keys[] = {"events", "cycles", NULL};
    static const char *const events[] = {"enter", "return", "resume", "start", "call",
                                         "fault", "note",   "uart",   "reset", NULL};
    struct trace_choice choice = {0};
    script_check_options(lua, 3, "expect_trace", keys);
    choice.cycles = script_option_bool(lua, 3, "cycles", true);
    if (script_has_option(lua, 3, "events")) {
        script_push_option(lua, 3, "events");
        if (!lua_istable(lua, -1) || lua_rawlen(lua, -1) == 0 || lua_rawlen(lua, -1) > 9) {
            luaL_error(lua, "expect_trace: events is a list, such as { \"note\", \"uart\" }");
        }
        choice.word_count = lua_rawlen(lua, -1);
        for (size_t i = 0; i < choice.word_count; i++) {
            lua_rawgeti(lua, -1, (lua_Integer)i + 1);
            choice.words[i] =
                events[script_check_word(lua, lua_gettop(lua), "events: an event", events)];
            lua_pop(lua, 1);
        }
        lua_pop(lua, 1);
    }
    return choice;
}

/* Lua raises errors by leaving the function: the text is kept by Lua, too. */
static const char *push_chosen(lua_State *lua, struct script_machine *machine,
                               const struct trace_choice *choice, size_t *size)
{
    size_t chosen_size = 0;
    fflush(machine->trace->trace.stream);
    if (machine->trace->size > TRACE_MAX) {
        luaL_error(lua, "expect_trace: the trace has more than %d MB",
                   (int)(TRACE_MAX / 1024 / 1024));
    }
    script_charge(lua, machine->trace->size / 16);
    char *chosen = choose_lines(choice, machine->trace->text, machine->trace->size, &chosen_size);
    if (chosen == NULL || chosen_size > 32U * 1024U * 1024U) {
        free(chosen);
        luaL_error(lua, "expect_trace: the trace is too large: choose some of its events");
    }
    lua_pushlstring(lua, chosen, chosen_size);
    free(chosen);
    return lua_tolstring(lua, -1, size);
}

static int expect_trace(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    char path[SCRIPT_PATH_MAX];
    size_t size = 0;
    script_check_count(lua, "expect_trace", 3);
    const char *name = luaL_checkstring(lua, 2);
    lua_settop(lua, 3);
    script_golden_path(lua, name, path, sizeof path);
    const struct trace_choice choice = read_choice(lua);
    script_want(lua, SCRIPT_WANT_TRACE);
    const char *seen = push_chosen(lua, machine, &choice, &size);
    if (script_of(lua)->options->update) {
        script_golden_write(lua, path, seen, size);
        return 0;
    }
    return compare(lua, machine, path, seen, size);
}

static const struct script_function methods[] = {{"expect_trace", expect_trace}, {NULL, NULL}};

const struct script_module script_module_golden = {
    .name = "golden", .methods = methods, .machine_given = start_trace, .machine_taken = end_trace};
