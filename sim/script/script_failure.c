#include "sim/script/script_failure.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/loader/file.h"
#include "sim/script/script_lab.h"
#include "sim/script/script_picture.h"
#include "sim/script/script_sandbox.h"
#include "sim/script/script_state.h"

#define UART_LINES 8
#define TEXT_BYTES 512

/* The text at the top of the stack is the failure's message. */
static void keep_failure(lua_State *lua, struct script_machine *machine, const char *expected,
                         const char *seen)
{
    struct script *script = script_of(lua);
    script_keep_text(&script->failure.message, lua_tostring(lua, -1));
    script_keep_text(&script->failure.expected, expected);
    script_keep_text(&script->failure.seen, seen);
    script->failure.machine = machine;
    script->failed = script->failure.message != NULL;
}

static bool is_allowed(const struct script_machine *machine, enum script_incident_kind kind)
{
    return (machine->allows_faults && kind != SCRIPT_INCIDENT_TRESPASS) &&
           (machine->allows_panics || kind != SCRIPT_INCIDENT_PANIC);
}

/* The first that nobody expected, or NULL. */
static const struct script_incident *find_untaken(const struct script_machine *machine)
{
    const struct script_record *record = machine->record;
    for (size_t i = 0; machine->pooled != NULL && i < record->incident_count; i++) {
        if (!record->incidents[i].taken && !is_allowed(machine, record->incidents[i].kind)) {
            return &record->incidents[i];
        }
    }
    return NULL;
}

/* Appends to the message at the top of the stack what is likely to be the cause: something that
 * nobody expected happened before, to this machine or (NULL) to any. */
static void append_incident(lua_State *lua, const struct script_machine *machine)
{
    char text[TEXT_BYTES];
    const struct script *script = script_of(lua);
    for (size_t i = 0; i < script->machine_count; i++) {
        const struct script_machine *each = script->machines[i];
        const struct script_incident *incident =
            machine == NULL || machine == each ? find_untaken(each) : NULL;
        if (incident == NULL) {
            continue;
        }
        script_incident_text(each, incident, text, sizeof text);
        if (strstr(lua_tostring(lua, -1), text) == NULL) {
            lua_pushfstring(lua, "; before that: %s", text);
            lua_concat(lua, 2);
        }
        return;
    }
}

static void push_unmet(lua_State *lua, const struct script_machine *machine, const char *expected,
                       const char *seen)
{
    script_push_where(lua);
    lua_pushfstring(lua, "expected %s; seen: %s", expected, seen);
    lua_concat(lua, 2);
    append_incident(lua, machine);
}

int script_fail_catchable(lua_State *lua, struct script_machine *machine, const char *expected,
                          const char *seen)
{
    push_unmet(lua, machine, expected, seen);
    keep_failure(lua, machine, expected, seen);
    return lua_error(lua);
}

int script_fail(lua_State *lua, struct script_machine *machine, const char *expected,
                const char *seen)
{
    struct script_failure *unmet = &script_of(lua)->unmet;
    if (unmet->message == NULL) {
        push_unmet(lua, machine, expected, seen);
        script_keep_text(&unmet->message, lua_tostring(lua, -1));
        script_keep_text(&unmet->expected, expected);
        script_keep_text(&unmet->seen, seen);
        unmet->machine = machine;
        lua_pop(lua, 1);
    }
    return script_fail_catchable(lua, machine, expected, seen);
}

int script_failf(lua_State *lua, struct script_machine *machine, const char *expected,
                 const char *seen_format, ...)
{
    char seen[TEXT_BYTES];
    va_list arguments;
    va_start(arguments, seen_format);
    vsnprintf(seen, sizeof seen, seen_format, arguments);
    va_end(arguments);
    return script_fail(lua, machine, expected, seen);
}

void script_met(lua_State *lua)
{
    script_of(lua)->result->expectations++;
}

static void free_texts(struct script_failure *failure)
{
    free(failure->message);
    free(failure->expected);
    free(failure->seen);
    *failure = (struct script_failure){0};
}

void script_failure_free(struct script *script)
{
    free_texts(&script->failure);
    free_texts(&script->unmet);
}

bool script_failure_of_caught(struct script *script)
{
    if (script->unmet.message == NULL) {
        return true;
    }
    free_texts(&script->failure);
    script->failure = script->unmet;
    script->unmet = (struct script_failure){0};
    script->failed = true;
    lua_pushstring(script->lua, script->failure.message);
    return false;
}

/* ---- assert and error ---- */

/* The line of the source that is being run, without its indentation. */
static void push_source_line(lua_State *lua)
{
    const struct script_file *file = script_of(lua)->file;
    int wanted = script_line(lua);
    const char *at = file->source;
    const char *end = file->source + file->source_bytes;
    for (int line = 1; line < wanted && at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline == NULL ? end : newline + 1;
    }
    while (at < end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    const char *newline = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
    size_t length = (size_t)((newline == NULL ? end : newline) - at);
    lua_pushlstring(lua, at, length < 160 ? length : 160);
}

static int check_assertion(lua_State *lua)
{
    luaL_checkany(lua, 1);
    if (lua_toboolean(lua, 1)) {
        script_met(lua);
        return lua_gettop(lua);
    }
    lua_settop(lua, 2);
    push_source_line(lua);
    const char *line = lua_tostring(lua, -1);
    script_push_where(lua);
    if (lua_isnil(lua, 2)) {
        lua_pushfstring(lua, "the assertion does not hold: %s", line);
    } else {
        script_push_text(lua, 2);
    }
    lua_concat(lua, 2);
    append_incident(lua, NULL);
    keep_failure(lua, NULL, line, "it is false");
    return lua_error(lua);
}

static int raise_error(lua_State *lua)
{
    lua_Integer level = luaL_optinteger(lua, 2, 1);
    lua_settop(lua, 1);
    if (lua_type(lua, 1) == LUA_TSTRING && level > 0) {
        script_push_where(lua);
        lua_insert(lua, 1);
        lua_concat(lua, 2);
    }
    if (lua_type(lua, -1) == LUA_TSTRING) {
        keep_failure(lua, NULL, NULL, NULL);
    }
    return lua_error(lua);
}

void script_failure_open(lua_State *lua)
{
    lua_pushcfunction(lua, check_assertion);
    lua_setglobal(lua, "assert");
    lua_pushcfunction(lua, raise_error);
    lua_setglobal(lua, "error");
}

void script_failure_explain_syntax(lua_State *lua)
{
    const char *path = script_of(lua)->file->path;
    const char *text = lua_tostring(lua, -1);
    size_t base_length = strlen(file_base_name(path));
    if (strncmp(text, file_base_name(path), base_length) == 0) {
        lua_pushfstring(lua, "%s%s", path, text + base_length);
    } else { /* a name that Lua has cut, or a file of bytecode */
        lua_pushfstring(lua, "%s: %s", path, text);
    }
}

/* ---- incidents ---- */

static const char *process_name(const struct script_machine *machine, int process)
{
    const struct process_watch *watch = machine_view_processes(machine->built.machine);
    return process >= 0 && (size_t)process < watch->count ? watch->process[process].name : "";
}

void script_incident_text(const struct script_machine *machine,
                          const struct script_incident *incident, char *text, size_t size)
{
    const struct script_event *event = &incident->event;
    const char *name = process_name(machine, event->process);
    char who[64], where[48] = "", time[SCRIPT_TIME_BYTES], place[128];
    script_time_text(machine, event->cycle, time);
    snprintf(who, sizeof who, "%s%s", event->process < 0 ? "the kernel" : "process ", name);
    switch (incident->kind) {
    case SCRIPT_INCIDENT_FAULT:
        if (event->address_valid) {
            snprintf(where, sizeof where, " at 0x%08" PRIx32, event->address);
        }
        snprintf(text, size, "%s faulted: %s%s in %s, at %s", who, event->what, where,
                 symbol_map_describe(machine->built.symbols, event->pc, place, sizeof place), time);
        break;
    case SCRIPT_INCIDENT_PANIC:
        snprintf(text, size, "the kernel panicked, seen at %s", time);
        break;
    case SCRIPT_INCIDENT_EXIT:
        snprintf(text, size, "%s ended itself with code %" PRIu32 ", at %s", who,
                 event->argument[1], time);
        break;
    case SCRIPT_INCIDENT_TRESPASS:
        snprintf(text, size, "0x%08" PRIx32 " changed while %s ran, whose it is not, seen at %s",
                 event->address, who, time);
        break;
    }
}

bool script_failure_of_incidents(struct script *script)
{
    for (size_t i = 0; i < script->machine_count; i++) {
        struct script_machine *machine = script->machines[i];
        char text[TEXT_BYTES];
        const struct script_incident *incident = find_untaken(machine);
        if (incident != NULL) {
            script_incident_text(machine, incident, text, sizeof text);
            lua_pushfstring(script->lua, "%s: %s", script->file->path, text);
            keep_failure(script->lua, machine,
                         "no fault, panic or failed process that no expectation names", text);
            return false;
        }
        if (machine->pooled != NULL && script_lab_unasked(machine, text, sizeof text)) {
            lua_pushfstring(script->lua, "%s: %s", script->file->path, text);
            keep_failure(script->lua, machine,
                         "no breach of isolation that breaches() is not asked for", text);
            return false;
        }
    }
    return true;
}

/* ---- what is told ---- */

static void print_uart(FILE *stream, const struct script_machine *machine)
{
    const struct script_text *text = script_record_text(machine->record, NULL);
    if (text == NULL || text->end == text->first) {
        fprintf(stream, "uart: nothing was printed\n");
        return;
    }
    size_t size = (size_t)(text->end - text->first);
    size_t from = size;
    for (int lines = 0; from > 0 && lines <= UART_LINES; from--) {
        lines += text->bytes[from - 1] == '\n' && from < size ? 1 : 0;
        if (lines == UART_LINES) {
            break;
        }
    }
    fprintf(stream, "uart, the last lines:\n  ");
    for (size_t i = from; i < size; i++) {
        char byte = text->bytes[i];
        bool plain = (byte >= ' ' && byte < 127) || byte == '\t';
        if (byte == '\n') {
            fputs(i + 1 == size ? "" : "\n  ", stream);
        } else if (byte != '\r') {
            fputc(plain ? byte : '?', stream);
        }
    }
    fputc('\n', stream);
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void print_processes(FILE *stream, const struct script_machine *machine)
{
    char cpu[SCRIPT_TIME_BYTES];
    const struct process_watch *watch = machine_view_processes(machine->built.machine);
    for (size_t i = 0; i < watch->count; i++) {
        struct script_process process;
        script_process_read(machine, (int)i, &process);
        fprintf(stream,
                "process %s: %s, %" PRIu32 " restart%s, %" PRIu64 " call%s, %" PRIu64
                " fault%s, CPU %s\n",
                watch->process[i].name, process.state, process.restarts, plural(process.restarts),
                process.calls, plural(process.calls), process.faults, plural(process.faults),
                script_time_text(machine, process.cycles, cpu));
    }
}

static void print_incidents(FILE *stream, const struct script_machine *machine)
{
    char text[TEXT_BYTES];
    const struct script_record *record = machine->record;
    for (size_t i = 0; i < record->incident_count; i++) {
        script_incident_text(machine, &record->incidents[i], text, sizeof text);
        fprintf(stream, "%s\n", text);
    }
    if (record->incidents_ever > record->incident_count) {
        fprintf(stream, "and %" PRIu64 " more\n", record->incidents_ever - record->incident_count);
    }
}

void script_failure_describe(struct script *script, struct script_machine *machine)
{
    char *text = NULL;
    size_t size = 0;
    char time[SCRIPT_TIME_BYTES];
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        return;
    }
    for (size_t i = 0; i < script->machine_count; i++) {
        const struct script_machine *each = script->machines[i];
        if (each->pooled == NULL || (machine != NULL && each != machine)) {
            continue;
        }
        if (script->machine_count > 1) {
            fprintf(stream, "machine %zu, %s:\n", i + 1, each->board_name);
        }
        fprintf(stream, "time: %s\n", script_time_text(each, script_now(each), time));
        print_incidents(stream, each);
        print_processes(stream, each);
        print_uart(stream, each);
        script_picture_of_failure(script->machines[i]);
    }
    if (fclose(stream) == 0) {
        free(script->result->state);
        script->result->state = text;
    }
}
