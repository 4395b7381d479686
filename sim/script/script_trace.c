/* What a machine did, event by event. */
#include "sim/script/script_trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/script/script_modules.h"
#include "sim/trace/event_trace.h"

#define TRACE_MAX  (128U * 1024U * 1024U)
#define CHOSEN_MAX (32U * 1024U * 1024U)
#define WORDS_MAX  16

static const char *const event_names[] = {"enter", "return", "resume", "start", "call",
                                          "fault", "note",   "uart",   "reset", NULL};

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

/* ---- lines ---- */

struct script_line script_next_line(const char **at, const char *end)
{
    struct script_line line = {.text = *at};
    if (*at == end) {
        return (struct script_line){0};
    }
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    line.length = (size_t)((newline == NULL ? end : newline) - *at);
    *at = newline == NULL ? end : newline + 1;
    return line;
}

/* Brings the text up to date, and counts the work of going through it. */
static void flush_trace(lua_State *lua, const struct script_machine *machine, const char *function)
{
    fflush(machine->trace->trace.stream);
    if (machine->trace->size > TRACE_MAX) {
        luaL_error(lua, "%s: the trace has more than %d MB", function,
                   (int)(TRACE_MAX / 1024 / 1024));
    }
    script_charge(lua, machine->trace->size / 16);
}

/* ---- a part of it, as text ---- */

struct trace_choice {
    const char *words[WORDS_MAX]; /* the events that count; 0 of them: all */
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
    struct script_line line;
    while (stream != NULL && (line = script_next_line(&at, trace + size)).text != NULL) {
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

static struct trace_choice read_choice(lua_State *lua, int index, const char *function)
{
    static const char *const keys[] = {"events", "cycles", NULL};
    struct trace_choice choice = {0};
    script_check_options(lua, index, function, keys);
    choice.cycles = script_option_bool(lua, index, "cycles", true);
    if (script_has_option(lua, index, "events")) {
        script_push_option(lua, index, "events");
        if (!lua_istable(lua, -1) || lua_rawlen(lua, -1) == 0 || lua_rawlen(lua, -1) > 9) {
            luaL_error(lua, "%s: events is a list, such as { \"note\", \"uart\" }", function);
        }
        choice.word_count = lua_rawlen(lua, -1);
        for (size_t i = 0; i < choice.word_count; i++) {
            lua_rawgeti(lua, -1, (lua_Integer)i + 1);
            choice.words[i] = event_names[script_check_word(lua, lua_gettop(lua),
                                                            "events: an event", event_names)];
            lua_pop(lua, 1);
        }
        lua_pop(lua, 1);
    }
    return choice;
}

/* Lua raises errors by leaving the function: the text is kept by Lua, too. */
const char *script_push_trace(lua_State *lua, struct script_machine *machine, int index,
                              const char *function, size_t *size)
{
    size_t chosen_size = 0;
    const struct trace_choice choice = read_choice(lua, index, function);
    script_want(lua, SCRIPT_WANT_TRACE);
    flush_trace(lua, machine, function);
    char *chosen = choose_lines(&choice, machine->trace->text, machine->trace->size, &chosen_size);
    if (chosen == NULL || chosen_size > CHOSEN_MAX) {
        free(chosen);
        luaL_error(lua, "%s: the trace is too large: choose some of its events", function);
    }
    lua_pushlstring(lua, chosen, chosen_size);
    free(chosen);
    return lua_tolstring(lua, -1, size);
}

static int trace(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    size_t size = 0;
    script_check_count(lua, "trace", 2);
    lua_settop(lua, 2);
    script_push_trace(lua, machine, 2, "trace", &size);
    return 1;
}

/* ---- single events ---- */

/* The event is of this kind, and its fields begin with these words. */
struct event_filter {
    const char *words[WORDS_MAX]; /* the first is the kind */
    size_t count;
};

/* The word that begins at *at, which then is behind it and the blank. */
static struct script_line next_word(const char **at, const char *end)
{
    struct script_line word = {.text = *at};
    if (*at >= end) {
        return (struct script_line){0};
    }
    const char *space = memchr(*at, ' ', (size_t)(end - *at));
    word.length = (size_t)((space == NULL ? end : space) - *at);
    *at = space == NULL ? end : space + 1;
    return word;
}

static bool fits(const struct event_filter *filter, const char *at, const char *end)
{
    bool same = true;
    for (size_t i = 0; same && i < filter->count; i++) {
        const struct script_line word = next_word(&at, end);
        same = word.text != NULL && word.length == strlen(filter->words[i]) &&
               memcmp(word.text, filter->words[i], word.length) == 0;
    }
    return same;
}

/* "pc=00030120": the table at the top of the stack has the number, too. */
static void set_number(lua_State *lua, const struct script_line *word, const char *name)
{
    size_t length = strlen(name);
    if (word->length == length + 9 && memcmp(word->text, name, length) == 0 &&
        word->text[length] == '=') {
        script_set_integer(lua, name, (int64_t)strtoul(word->text + length + 1, NULL, 16));
    }
}

/* The table of an event: its words as a list, its times, and what is an address. */
static void push_event(lua_State *lua, const struct script_machine *machine,
                       const struct script_line *line)
{
    const char *end = line->text + line->length;
    const char *at = line->text;
    const struct script_line time = next_word(&at, end);
    const struct script_line kind = next_word(&at, end);
    uint64_t cycle = strtoull(time.text, NULL, 10);
    lua_newtable(lua);
    struct script_line word;
    for (lua_Integer i = 1; (word = next_word(&at, end)).text != NULL; i++) {
        lua_pushlstring(lua, word.text, word.length);
        lua_rawseti(lua, -2, i);
        set_number(lua, &word, "pc");
        set_number(lua, &word, "address");
    }
    script_set_integer(lua, "cycle", (int64_t)cycle);
    script_set_integer(lua, "at", script_ns(machine, cycle));
    lua_pushlstring(lua, kind.text, kind.length);
    lua_setfield(lua, -2, "kind");
}

/* Of the arguments from 2 on. The stack holds the texts. */
static struct event_filter read_filter(lua_State *lua, const char *function)
{
    struct event_filter filter = {0};
    int count = lua_gettop(lua) - 1;
    if (count > WORDS_MAX) {
        luaL_error(lua, "%s takes at most %d words", function, WORDS_MAX);
    }
    script_check_word(lua, 2, "events: an event", event_names);
    for (int i = 0; i < count; i++) {
        if (lua_type(lua, i + 2) != LUA_TSTRING) {
            luaL_error(lua, "%s: the words of an event are texts, not a %s", function,
                       luaL_typename(lua, i + 2));
        }
        filter.words[i] = lua_tostring(lua, i + 2);
        filter.count++;
    }
    return filter;
}

/* All that fit, as a list at the top of the stack when `list`; how many there are. */
static lua_Integer find_events(lua_State *lua, const char *function, bool list)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    const struct event_filter filter = read_filter(lua, function);
    script_want(lua, SCRIPT_WANT_TRACE);
    flush_trace(lua, machine, function);
    lua_newtable(lua);
    lua_Integer count = 0;
    const char *at = machine->trace->text;
    const char *end = machine->trace->text + machine->trace->size;
    struct script_line line;
    while ((line = script_next_line(&at, end)).text != NULL) {
        const char *fields = line.text;
        next_word(&fields, line.text + line.length);
        if (!fits(&filter, fields, line.text + line.length)) {
            continue;
        }
        count++;
        if (list) {
            script_charge(lua, 50);
            push_event(lua, machine, &line);
            lua_rawseti(lua, -2, count);
        }
    }
    return count;
}

static int events(lua_State *lua)
{
    find_events(lua, "events", true);
    return 1;
}

static int count_events(lua_State *lua)
{
    lua_pushinteger(lua, find_events(lua, "count_events", false));
    return 1;
}

static const struct script_function methods[] = {
    {"trace", trace}, {"events", events}, {"count_events", count_events}, {NULL, NULL}};

const struct script_module script_module_trace = {
    .name = "trace", .methods = methods, .machine_given = start_trace, .machine_taken = end_trace};
