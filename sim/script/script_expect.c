/* Expectations about what a serial device prints. */
#include <string.h>

#include "sim/script/script_modules.h"
#include "sim/script/script_sandbox.h"
#include "sim/script/script_wait.h"

#define SEEN_BYTES 256

/* The device of the options at index 3, the console without it; its name lives with the board. */
static const char *check_serial(lua_State *lua, const struct script_machine *machine,
                                const char *function)
{
    const char *name = machine->built.board->console;
    if (script_has_option(lua, 3, "device")) {
        script_push_option(lua, 3, "device");
        int device = script_check_device(lua, machine, lua_gettop(lua));
        name = machine->built.board->devices[device].name;
        lua_pop(lua, 1);
    }
    if (name == NULL) {
        luaL_error(lua, "%s: board %s has no console: say which device", function,
                   machine->board_name);
    }
    return name;
}

/* What came from `cursor` on and is still kept; *from is where it begins. */
static const char *rest_of(const struct script_machine *machine, const char *device,
                           uint64_t cursor, size_t *size, uint64_t *from)
{
    const struct script_text *text = script_record_text(machine->record, device);
    *size = 0;
    *from = cursor;
    if (text == NULL || cursor > text->end) {
        return "";
    }
    *from = cursor > text->first ? cursor : text->first;
    *size = (size_t)(text->end - *from);
    return text->bytes + (*from - text->first);
}

/* What expectations have not passed yet begins there. */
static uint64_t cursor_of(const struct script_machine *machine, const char *device)
{
    const struct script_text *text = script_record_text(machine->record, device);
    return text == NULL ? 0 : text->cursor;
}

static void move_cursor(struct script_machine *machine, const char *device, uint64_t cursor)
{
    struct script_text *text = script_record_text(machine->record, device);
    if (text != NULL) {
        text->cursor = cursor;
    }
}

/* The end of what came, as one line. */
static const char *describe_rest(const struct script_machine *machine, const char *device,
                                 uint64_t cursor, char *line)
{
    size_t size = 0;
    uint64_t from = 0;
    const char *rest = rest_of(machine, device, cursor, &size, &from);
    size_t shown = size < SEEN_BYTES / 3 ? size : SEEN_BYTES / 3;
    size_t used = 0;
    if (size == 0) {
        strcpy(line, "nothing was printed");
        return line;
    }
    strcpy(line, size > shown ? "... \"" : "\"");
    used = strlen(line);
    for (size_t i = size - shown; i < size; i++) {
        char byte = rest[i];
        if (byte == '\n' || byte == '\r') {
            line[used++] = '\\';
            byte = byte == '\n' ? 'n' : 'r';
        }
        line[used++] = byte;
    }
    line[used++] = '"';
    line[used] = '\0';
    return line;
}

/* string.find(text, pattern). Results: start, end,
 * captures. */
static int find_pattern(lua_State *lua, const char *text, size_t size, int pattern)
{
    int base = lua_gettop(lua);
    lua_getfield(lua, LUA_REGISTRYINDEX, SCRIPT_FIND);
    lua_pushlstring(lua, text, size);
    lua_pushvalue(lua, pattern);
    script_charge(lua, size / 16 + 1);
    lua_call(lua, 2, LUA_MULTRET);
    return lua_gettop(lua) - base;
}

struct uart_search {
    const char *device;
    bool is_pattern;
    const char *text; /* not a pattern */
    size_t length;
    int pattern; /* index on the stack */
};

/* What is to be found: a text at index 2, or { pattern = } in it or in the options. */
static struct uart_search read_search(lua_State *lua, const struct script_machine *machine,
                                      const char *function)
{
    static const char *const keys[] = {"within", "device", "over", "pattern", NULL};
    struct uart_search search = {0};
    script_check_count(lua, function, 3);
    if (lua_istable(lua, 2) && lua_isnoneornil(lua, 3)) { /* expect_uart{ pattern = ... } */
        lua_settop(lua, 2);
        lua_pushvalue(lua, 2);
    }
    lua_settop(lua, 3);
    script_check_options(lua, 3, function, keys);
    search.is_pattern = script_has_option(lua, 3, "pattern");
    if (search.is_pattern) {
        search.text = script_option_text(lua, 3, "pattern");
        lua_pushstring(lua, search.text);
        search.pattern = lua_gettop(lua);
        lua_pop(lua, find_pattern(lua, "", 0, search.pattern)); /* is it well formed? */
    } else if (lua_type(lua, 2) == LUA_TSTRING) {
        search.text = lua_tolstring(lua, 2, &search.length);
    } else {
        luaL_error(lua, "%s: a text, or { pattern = \"...\" }, not a %s", function,
                   luaL_typename(lua, 2));
    }
    if (!search.is_pattern && (search.length == 0 || search.length > 4096)) {
        luaL_error(lua, "%s: a text of 1 to 4096 characters", function);
    }
    search.device = check_serial(lua, machine, function);
    return search;
}

/* Looks at what there is from the cursor on. Found: how many results it has pushed, at least one;
 * the cursor is then behind it. */
static int look(lua_State *lua, struct script_machine *machine, const struct uart_search *search)
{
    size_t size = 0;
    uint64_t from = 0;
    const char *rest =
        rest_of(machine, search->device, cursor_of(machine, search->device), &size, &from);
    if (!search->is_pattern) {
        const char *at = memmem(rest, size, search->text, search->length);
        if (at == NULL) {
            return 0;
        }
        move_cursor(machine, search->device, from + (uint64_t)(at - rest) + search->length);
        lua_pushlstring(lua, search->text, search->length);
        return 1;
    }
    int results = find_pattern(lua, rest, size, search->pattern);
    if (results < 2) {
        lua_pop(lua, results);
        return 0;
    }
    lua_Integer start = lua_tointeger(lua, -results);
    lua_Integer end = lua_tointeger(lua, -results + 1);
    move_cursor(machine, search->device, from + (uint64_t)end);
    if (results > 2) {
        return results - 2; /* the captures */
    }
    lua_pop(lua, results);
    lua_pushlstring(lua, rest + start - 1, (size_t)(end - start + 1));
    return 1;
}

/* A text is found at its last byte. A pattern is tried at the end of each line, and in the end: one
 * such as "%d+" fits the first digit, too. */
static int look_until(lua_State *lua, struct script_machine *machine,
                      const struct uart_search *search, uint64_t deadline)
{
    struct script_wait wait = {.kind = search->is_pattern ? SCRIPT_EVENT_LINE : SCRIPT_EVENT_UART,
                               .device = search->device,
                               .process = -1,
                               .text = search->is_pattern ? NULL : search->text,
                               .text_bytes = search->length,
                               .from = cursor_of(machine, search->device)};
    int results = look(lua, machine, search);
    bool goes_on = true;
    while (results == 0 && goes_on) {
        goes_on = script_wait(lua, machine, &wait, deadline, NULL);
        results = look(lua, machine, search);
    }
    return results;
}

static const char *name_search(lua_State *lua, const struct uart_search *search,
                               const char *negation)
{
    char time[SCRIPT_TIME_BYTES];
    struct script_machine *machine = script_check_machine(lua, 1);
    return lua_pushfstring(lua, "%s%s\"%s\" from %s by %s", negation,
                           search->is_pattern ? "what matches " : "", search->text, search->device,
                           script_time_text(machine, script_now(machine), time));
}

static int expect_uart(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    struct uart_search search = read_search(lua, machine, "expect_uart");
    int64_t within = script_option_time(lua, 3, "within", SCRIPT_WITHIN_NS);
    uint64_t cursor = cursor_of(machine, search.device);
    int results = look_until(lua, machine, &search, script_deadline(machine, within));
    if (results == 0) {
        char seen[SEEN_BYTES];
        return script_fail(lua, machine, name_search(lua, &search, ""),
                           describe_rest(machine, search.device, cursor, seen));
    }
    script_met(lua);
    return results;
}

static int expect_no_uart(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    struct uart_search search = read_search(lua, machine, "expect_no_uart");
    int64_t over = script_option_time(lua, 3, "over", SCRIPT_WITHIN_NS);
    uint64_t cursor = cursor_of(machine, search.device);
    int results = look_until(lua, machine, &search, script_deadline(machine, over));
    if (results != 0) {
        char seen[SEEN_BYTES];
        return script_fail(lua, machine, name_search(lua, &search, "no "),
                           describe_rest(machine, search.device, cursor, seen));
    }
    script_met(lua);
    return 0;
}

static int uart_text(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    size_t size = 0;
    uint64_t from = 0;
    script_check_count(lua, "uart_text", 2);
    const char *device = machine->built.board->console;
    if (!lua_isnoneornil(lua, 2)) {
        int index = script_check_device(lua, machine, 2);
        device = machine->built.board->devices[index].name;
    }
    const char *text = device == NULL ? "" : rest_of(machine, device, 0, &size, &from);
    lua_pushlstring(lua, text, size);
    return 1;
}

static const struct script_function methods[] = {
    {"expect_uart", expect_uart},
    {"expect_no_uart", expect_no_uart},
    {"uart_text", uart_text},
    {NULL, NULL},
};

const struct script_module script_module_expect = {.name = "expect", .methods = methods};
