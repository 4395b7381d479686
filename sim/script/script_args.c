/* How functions for Lua read their arguments. Whatever is wrong becomes one line that says where,
 * what, and what would be right. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/script/script_internal.h"

void script_check_count(lua_State *lua, const char *function, int count)
{
    int given = lua_gettop(lua);
    if (given > count) {
        luaL_error(lua, "%s takes %d argument%s, not %d", function, count, count == 1 ? "" : "s",
                   given);
    }
}

void script_set_text(lua_State *lua, const char *name, const char *text)
{
    lua_pushstring(lua, text);
    lua_setfield(lua, -2, name);
}

void script_set_integer(lua_State *lua, const char *name, int64_t value)
{
    lua_pushinteger(lua, value);
    lua_setfield(lua, -2, name);
}

static const char *list_words(lua_State *lua, const char *const *words)
{
    luaL_Buffer buffer;
    luaL_buffinit(lua, &buffer);
    for (size_t i = 0; words[i] != NULL; i++) {
        luaL_addstring(&buffer, i == 0 ? "" : ", ");
        luaL_addstring(&buffer, words[i]);
    }
    luaL_pushresult(&buffer);
    return lua_tostring(lua, -1);
}

static bool is_word(const char *word, const char *const *words)
{
    size_t i = 0;
    while (words[i] != NULL && strcmp(words[i], word) != 0) {
        i++;
    }
    return words[i] != NULL;
}

void script_check_options(lua_State *lua, int index, const char *function, const char *const *keys)
{
    if (lua_isnoneornil(lua, index)) {
        return;
    }
    if (!lua_istable(lua, index)) {
        luaL_error(lua, "%s: its options are a table, { ... }, not a %s", function,
                   luaL_typename(lua, index));
    }
    const char *wrong = NULL; /* the first by name: their order in a table is another each time */
    bool has_nameless = false;
    for (lua_pushnil(lua); lua_next(lua, index) != 0;) {
        lua_pop(lua, 1);
        const char *name = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : NULL;
        has_nameless = has_nameless || name == NULL;
        if (name != NULL && !is_word(name, keys) && (wrong == NULL || strcmp(name, wrong) < 0)) {
            wrong = name;
        }
    }
    if (has_nameless) {
        luaL_error(lua, "%s: its options have names, { name = value }; it takes %s", function,
                   list_words(lua, keys));
    }
    if (wrong != NULL) {
        luaL_error(lua, "%s: there is no option '%s'; it takes %s", function, wrong,
                   list_words(lua, keys));
    }
}

static int64_t check_time_value(lua_State *lua, int index, const char *what)
{
    lua_Integer value = 0;
    if (lua_isinteger(lua, index)) {
        value = lua_tointeger(lua, index);
    } else {
        luaL_error(lua, "%s is a time, such as ms(20), not %s", what,
                   lua_type(lua, index) == LUA_TNUMBER ? "a number with a fraction"
                                                       : luaL_typename(lua, index));
    }
    if (value < 0 || value > SCRIPT_NS_MAX) {
        luaL_error(lua, "%s is a time from 0 to %d s", what, (int)(SCRIPT_NS_MAX / 1000000000));
    }
    return value;
}

int64_t script_check_time(lua_State *lua, int index, const char *what)
{
    return check_time_value(lua, index, what);
}

int script_push_option(lua_State *lua, int index, const char *key)
{
    if (!lua_istable(lua, index)) {
        lua_pushnil(lua);
        return LUA_TNIL;
    }
    lua_pushstring(lua, key);
    return lua_rawget(lua, index);
}

bool script_has_option(lua_State *lua, int index, const char *key)
{
    bool has = script_push_option(lua, index, key) != LUA_TNIL;
    lua_pop(lua, 1);
    return has;
}

/* Pushes the value of a key; false (and nothing pushed) when it is not there. */
static bool push_if_there(lua_State *lua, int index, const char *key)
{
    if (script_push_option(lua, index, key) == LUA_TNIL) {
        lua_pop(lua, 1);
        return false;
    }
    return true;
}

int64_t script_option_time(lua_State *lua, int index, const char *key, int64_t otherwise)
{
    if (!push_if_there(lua, index, key)) {
        return otherwise;
    }
    int64_t value = check_time_value(lua, lua_gettop(lua), key);
    lua_pop(lua, 1);
    return value;
}

int64_t script_option_integer(lua_State *lua, int index, const char *key, int64_t low, int64_t high,
                              int64_t otherwise)
{
    int is_integer = 0;
    if (!push_if_there(lua, index, key)) {
        return otherwise;
    }
    lua_Integer value = lua_tointegerx(lua, -1, &is_integer);
    if (is_integer == 0 || lua_type(lua, -1) != LUA_TNUMBER || value < low || value > high) {
        luaL_error(lua, "%s is a whole number from %I to %I", key, (LUAI_UACINT)low,
                   (LUAI_UACINT)high);
    }
    lua_pop(lua, 1);
    return value;
}

bool script_option_bool(lua_State *lua, int index, const char *key, bool otherwise)
{
    if (!push_if_there(lua, index, key)) {
        return otherwise;
    }
    if (!lua_isboolean(lua, -1)) {
        luaL_error(lua, "%s is true or false, not a %s", key, luaL_typename(lua, -1));
    }
    bool value = lua_toboolean(lua, -1) != 0;
    lua_pop(lua, 1);
    return value;
}

const char *script_option_text(lua_State *lua, int index, const char *key)
{
    if (!push_if_there(lua, index, key)) {
        return NULL;
    }
    if (lua_type(lua, -1) != LUA_TSTRING) {
        luaL_error(lua, "%s is a text, not a %s", key, luaL_typename(lua, -1));
    }
    const char *text = lua_tostring(lua, -1);
    lua_pop(lua, 1); /* the table still holds it */
    return text;
}

int script_check_word(lua_State *lua, int index, const char *what, const char *const *names)
{
    const char *word = lua_type(lua, index) == LUA_TSTRING ? lua_tostring(lua, index) : NULL;
    for (int i = 0; word != NULL && names[i] != NULL; i++) {
        if (strcmp(names[i], word) == 0) {
            return i;
        }
    }
    return luaL_error(lua, "%s is one of %s, not %s", what, list_words(lua, names),
                      word == NULL ? luaL_typename(lua, index) : word);
}

int script_check_device(lua_State *lua, const struct script_machine *machine, int index)
{
    const struct board *board = machine->built.board;
    if (lua_type(lua, index) != LUA_TSTRING) {
        return luaL_error(lua, "a device is named by a text, such as \"led0\", not a %s",
                          luaL_typename(lua, index));
    }
    const char *name = lua_tostring(lua, index);
    int device = board_find_device(board, name);
    if (device >= 0) {
        return device;
    }
    luaL_Buffer buffer;
    luaL_buffinit(lua, &buffer);
    bool first = true;
    for (size_t i = 0; i < board->device_count; i++) {
        if (board->devices[i].base == 0) { /* parts: what people act on */
            luaL_addstring(&buffer, first ? "" : ", ");
            luaL_addstring(&buffer, board->devices[i].name);
            first = false;
        }
    }
    luaL_pushresult(&buffer);
    return luaL_error(lua,
                      "board %s has no device %s; its parts are %s (`sandglass devices -b %s` "
                      "lists all)",
                      machine->board_name, name, lua_tostring(lua, -1), machine->board_name);
}

int script_find_process(const struct script_machine *machine, const char *name)
{
    const struct process_watch *watch = machine_view_processes(machine->built.machine);
    for (size_t i = 0; i < watch->count; i++) {
        if (strcmp(watch->process[i].name, name) == 0) {
            return (int)i;
        }
    }
    return PROCESS_NONE;
}

int script_check_process(lua_State *lua, const struct script_machine *machine, int index)
{
    const struct process_watch *watch = machine_view_processes(machine->built.machine);
    const char *name = NULL;
    if (lua_istable(lua, index)) {
        lua_pushliteral(lua, "name");
        if (lua_rawget(lua, index) == LUA_TSTRING) {
            name = lua_tostring(lua, -1);
        }
        lua_pop(lua, 1); /* the table still holds it */
    } else if (lua_type(lua, index) == LUA_TSTRING) {
        name = lua_tostring(lua, index);
    }
    if (name == NULL) {
        return luaL_error(lua, "a process is its name, or what process() returned, not a %s",
                          luaL_typename(lua, index));
    }
    int process = script_find_process(machine, name);
    if (process != PROCESS_NONE) {
        return process;
    }
    luaL_Buffer buffer;
    luaL_buffinit(lua, &buffer);
    for (size_t i = 0; i < watch->count; i++) {
        luaL_addstring(&buffer, i == 0 ? "" : ", ");
        luaL_addstring(&buffer, watch->process[i].name);
    }
    luaL_pushresult(&buffer);
    const char *all = lua_tostring(lua, -1);
    return luaL_error(lua, "there is no process %s; there are %s", name,
                      all[0] == '\0' ? "none: the board was made without apps" : all);
}

void script_path(const struct script *script, const char *name, char *path, size_t size)
{
    if (name[0] == '/' || strcmp(script->folder, ".") == 0) {
        snprintf(path, size, "%s", name);
    } else {
        snprintf(path, size, "%s/%s", script->folder, name);
    }
}
