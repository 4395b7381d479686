/* Running until something happens, and what has happened so far. */
#include <string.h>

#include "sim/script/script_modules.h"
#include "sim/script/script_options.h"
#include "sim/script/script_wait.h"

/* The names of enum script_event_kind in scripts; what a note of a part or a pin is called there is
 * "pin". */
static const char *const kind_names[] = {"pin",   "uart",      "line",  "call",  "return",
                                         "fault", "interrupt", "start", "reset", NULL};
static const char *const kind_list =
    "pin, uart, line, call, return, fault, interrupt, start, reset";

static const char *const event_keys[] = {"kind",    "device",  "pin",       "level",  "on",
                                         "what",    "text",    "process",   "class",  "driver",
                                         "command", "address", "exception", "within", NULL};

static enum script_event_kind read_kind(lua_State *lua, int index)
{
    const char *word = script_option_text(lua, index, "kind");
    for (int i = 0; word != NULL && kind_names[i] != NULL; i++) {
        if (strcmp(kind_names[i], word) == 0) {
            return (enum script_event_kind)i;
        }
    }
    luaL_error(lua, "an event: kind is one of %s", kind_list);
    return SCRIPT_EVENT_KINDS;
}

/* The text of a key, or NULL. It stays on the stack: functions that are called while the machine
 * runs may change the table. */
static const char *keep_text(lua_State *lua, int index, const char *key)
{
    const char *text = script_option_text(lua, index, key);
    if (text != NULL) {
        script_push_option(lua, index, key);
    }
    return text;
}

/* A part or a pin, and what it becomes. */
static void read_note(lua_State *lua, const struct script_machine *machine, int index,
                      struct script_wait *wait)
{
    const char *key = script_has_option(lua, index, "pin") ? "pin" : "device";
    if (script_has_option(lua, index, key)) {
        script_push_option(lua, index, key);
        const struct script_signal signal = script_check_signal(lua, machine, lua_gettop(lua));
        lua_pop(lua, 1);
        wait->device = signal.name;
        if (script_has_option(lua, index, "level") || script_has_option(lua, index, "on")) {
            bool level = script_option_integer(lua, index, "level", 0, 1, 0) == 1 ||
                         script_option_bool(lua, index, "on", false);
            wait->what = script_level_word(&signal, level);
        }
    }
    if (script_has_option(lua, index, "what")) {
        wait->what = keep_text(lua, index, "what");
    }
}

static void read_call(lua_State *lua, const struct script_machine *machine, int index,
                      struct script_wait *wait)
{
    const struct script_call_filter filter = script_option_call(lua, machine, index);
    wait->has_class = filter.call_class >= 0;
    wait->call_class = (uint32_t)filter.call_class;
    wait->has_driver = filter.driver >= 0;
    wait->driver = (uint32_t)filter.driver;
    wait->has_command = filter.command >= 0;
    wait->command = (uint32_t)filter.command;
}

/* What is waited for, from the table at `index`, which must stay there while it is used. */
static struct script_wait read_event(lua_State *lua, const struct script_machine *machine,
                                     int index)
{
    struct script_wait wait = {.process = -1};
    if (!lua_istable(lua, index)) {
        luaL_error(lua, "an event is a table, { kind = \"call\", process = \"blink\" }");
    }
    script_check_options(lua, index, "an event", event_keys);
    wait.kind = read_kind(lua, index);
    if (script_has_option(lua, index, "process")) {
        script_push_option(lua, index, "process");
        wait.process = script_check_process(lua, machine, lua_gettop(lua));
        lua_pop(lua, 1);
    }
    read_note(lua, machine, index, &wait);
    read_call(lua, machine, index, &wait);
    int64_t address = script_option_integer(lua, index, "address", 0, UINT32_MAX, -1);
    int64_t exception = script_option_integer(lua, index, "exception", 1, 255, -1);
    wait.has_address = address >= 0;
    wait.address = (uint32_t)address;
    wait.has_exception = exception >= 0;
    wait.exception = (uint32_t)exception;
    wait.text = keep_text(lua, index, "text");
    wait.text_bytes = wait.text == NULL ? 0 : strlen(wait.text);
    if (wait.text != NULL) {
        const struct script_text *text = script_record_text(machine->record, wait.device);
        wait.from = text == NULL ? 0 : text->end;
    }
    return wait;
}

static void push_event(lua_State *lua, const struct script_machine *machine,
                       const struct script_event *event)
{
    const struct process_watch *watch = machine_view_processes(machine->built.machine);
    lua_newtable(lua);
    script_set_text(lua, "kind", kind_names[event->kind]);
    script_set_integer(lua, "time", script_ns(machine, event->cycle));
    script_set_integer(lua, "cycle", (int64_t)event->cycle);
    if (event->device[0] != '\0') {
        script_set_text(lua, "device", event->device);
    }
    if (event->what[0] != '\0') {
        script_set_text(lua, "what", event->what);
    }
    if (event->process >= 0) {
        script_set_text(lua, "process", watch->process[event->process].name);
    }
    if (event->address_valid) {
        script_set_integer(lua, "address", event->address);
    }
    if (event->kind == SCRIPT_EVENT_INTERRUPT) {
        script_set_integer(lua, "exception", event->exception);
    }
    if (event->kind == SCRIPT_EVENT_CALL || event->kind == SCRIPT_EVENT_RETURN) {
        lua_createtable(lua, 4, 0);
        for (int i = 0; i < 4; i++) {
            lua_pushinteger(lua, (lua_Integer)event->argument[i]);
            lua_rawseti(lua, -2, i + 1);
        }
        lua_setfield(lua, -2, event->kind == SCRIPT_EVENT_CALL ? "arguments" : "results");
    }
    if (event->kind == SCRIPT_EVENT_CALL) {
        script_set_text(lua, "class", script_class_name(event->call_class));
    }
    if (event->pc != 0) {
        script_set_integer(lua, "pc", event->pc);
    }
}

static int run_until_event(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    struct script_event event;
    script_check_count(lua, "run_until_event", 2);
    const struct script_wait wait = read_event(lua, machine, 2);
    uint64_t deadline =
        script_deadline(machine, script_option_time(lua, 2, "within", SCRIPT_WITHIN_NS));
    if (!script_wait(lua, machine, &wait, deadline, &event)) {
        char time[SCRIPT_TIME_BYTES];
        const char *expected =
            lua_pushfstring(lua, "an event of kind %s by %s", kind_names[wait.kind],
                            script_time_text(machine, deadline, time));
        return script_fail(lua, machine, expected, "it did not come");
    }
    push_event(lua, machine, &event);
    return 1;
}

/* From the first event to the first of the second kind after it. */
static int cycles_between(lua_State *lua)
{
    static const char *const keys[] = {"within", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    struct script_event events[2];
    script_check_count(lua, "cycles_between", 4);
    script_check_options(lua, 4, "cycles_between", keys);
    uint64_t deadline =
        script_deadline(machine, script_option_time(lua, 4, "within", SCRIPT_WITHIN_NS));
    const struct script_wait second_first = read_event(lua, machine, 3); /* is it one? */
    (void)second_first;
    for (int i = 0; i < 2; i++) {
        const struct script_wait wait = read_event(lua, machine, 2 + i);
        if (!script_wait(lua, machine, &wait, deadline, &events[i])) {
            char time[SCRIPT_TIME_BYTES];
            const char *expected =
                lua_pushfstring(lua, "an event of kind %s by %s", kind_names[wait.kind],
                                script_time_text(machine, deadline, time));
            return script_fail(lua, machine, expected,
                               i == 0 ? "the first event did not come"
                                      : "the second event did not come");
        }
    }
    lua_pushinteger(lua, (lua_Integer)(events[1].cycle - events[0].cycle));
    return 1;
}

/* Until a function of the script says so; asked every so often. */
static int run_until(lua_State *lua)
{
    static const char *const keys[] = {"within", "every", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "run_until", 3);
    if (!lua_isfunction(lua, 2)) {
        return luaL_error(lua, "run_until: a function that returns true in the end, not a %s",
                          luaL_typename(lua, 2));
    }
    script_check_options(lua, 3, "run_until", keys);
    int64_t every = script_option_time(lua, 3, "every", 1000000);
    if (every < 1000) {
        return luaL_error(lua, "run_until: every is at least 1 us");
    }
    uint64_t step = script_cycles(machine, every);
    uint64_t deadline =
        script_deadline(machine, script_option_time(lua, 3, "within", SCRIPT_WITHIN_NS));
    for (;;) {
        lua_pushvalue(lua, 2);
        lua_call(lua, 0, 1);
        bool done = lua_toboolean(lua, -1) != 0;
        lua_pop(lua, 1);
        machine = script_check_machine(lua, 1); /* the function may have closed it */
        uint64_t now = script_now(machine);
        if (done) {
            script_met(lua);
            return 0;
        }
        if (now >= deadline) {
            char time[SCRIPT_TIME_BYTES];
            const char *expected = lua_pushfstring(lua, "the condition of run_until to hold by %s",
                                                   script_time_text(machine, deadline, time));
            return script_fail(lua, machine, expected, "it does not");
        }
        script_run(lua, machine, now + step < deadline ? now + step : deadline);
    }
}

/* What parts and pins did: { {time=, device=, what=, value=}, ... }, of one device or of all. */
static int notes(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    const struct script_record *record = machine->record;
    const char *device = NULL;
    lua_Integer count = 0;
    script_check_count(lua, "notes", 2);
    if (!lua_isnoneornil(lua, 2)) {
        device = script_check_signal(lua, machine, 2).name;
    }
    lua_newtable(lua);
    script_charge(lua, script_record_kept(record));
    for (uint64_t i = 0; i < script_record_kept(record); i++) {
        const struct script_note *note = script_record_note(record, i);
        if (device != NULL && strcmp(device, note->device) != 0) {
            continue;
        }
        lua_newtable(lua);
        script_set_integer(lua, "time", script_ns(machine, note->cycle));
        script_set_integer(lua, "value", note->value);
        script_set_text(lua, "device", note->device);
        script_set_text(lua, "what", note->what);
        count++;
        lua_rawseti(lua, -2, count);
    }
    return 1;
}

static int guest_errors(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    const struct script_record *record = machine->record;
    script_check_count(lua, "guest_errors", 1);
    lua_createtable(lua, (int)record->error_count, 0);
    for (size_t i = 0; i < record->error_count; i++) {
        const struct script_error *error = &record->errors[i];
        lua_newtable(lua);
        script_set_integer(lua, "time", script_ns(machine, error->cycle));
        script_set_text(lua, "device", error->device);
        script_set_integer(lua, "register", error->offset);
        script_set_text(lua, "text", error->text);
        script_set_integer(lua, "pc", error->pc);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static const struct script_function methods[] = {
    {"run_until", run_until},           {"run_until_event", run_until_event},
    {"cycles_between", cycles_between}, {"notes", notes},
    {"guest_errors", guest_errors},     {NULL, NULL},
};

const struct script_module script_module_events = {.name = "events", .methods = methods};
