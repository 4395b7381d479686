#include "sim/script/script_sandbox.h"

#include <stdlib.h>
#include <string.h>

#include "sim/loader/file.h"

#define HOOK_INSTRUCTIONS 10000

struct script *script_of(lua_State *lua)
{
    struct script *script = NULL;
    memcpy(&script, lua_getextraspace(lua), sizeof script);
    return script;
}

/* ---- memory and work ---- */

static void *allocate(void *context, void *block, size_t old_size, size_t new_size)
{
    struct script *script = context;
    size_t old = block == NULL ? 0 : old_size;
    if (new_size == 0) {
        free(block);
        script->memory_bytes -= old;
        return NULL;
    }
    if (script->memory_is_bound && new_size > old &&
        script->memory_bytes + (new_size - old) > SCRIPT_MEMORY_HARD) {
        return NULL;
    }
    void *moved = realloc(block, new_size);
    if (moved != NULL) {
        script->memory_bytes = script->memory_bytes - old + new_size;
    }
    return moved;
}

void script_sandbox_check(lua_State *lua)
{
    const struct script *script = script_of(lua);
    if (script->exhausted && script->instructions <= SCRIPT_INSTRUCTIONS) {
        luaL_error(lua, "the script uses more than %d MB of memory",
                   (int)(SCRIPT_MEMORY_SOFT / 1024 / 1024));
    }
    if (script->exhausted) {
        luaL_error(lua, "the script does not end: it has run %d million instructions of Lua",
                   (int)(SCRIPT_INSTRUCTIONS / 1000000));
    }
}

static void on_count(lua_State *lua, lua_Debug *activation)
{
    struct script *script = script_of(lua);
    (void)activation;
    script->instructions += HOOK_INSTRUCTIONS;
    if (script->memory_bytes > SCRIPT_MEMORY_SOFT || script->instructions > SCRIPT_INSTRUCTIONS) {
        /* A pcall may catch the error; the next instruction outside of it raises it again. */
        lua_sethook(lua, on_count, LUA_MASKCOUNT, 1);
        script->exhausted = true;
        script_sandbox_check(lua);
    }
}

void script_charge(lua_State *lua, uint64_t instructions)
{
    struct script *script = script_of(lua);
    script->instructions += instructions;
    if (script->instructions > SCRIPT_INSTRUCTIONS) {
        lua_sethook(lua, on_count, LUA_MASKCOUNT, 1); /* at the next instruction */
    }
}

/* ---- what differs from Lua ---- */

enum key_order { KEY_BOOLEAN, KEY_NUMBER, KEY_TEXT };

struct key {
    enum key_order order;
    bool is_integer;
    lua_Integer integer; /* of KEY_BOOLEAN, too */
    lua_Number number;
    const char *text;
    size_t length;
};

static int compare_texts(const struct key *one, const struct key *other)
{
    size_t shorter = one->length < other->length ? one->length : other->length;
    int order = memcmp(one->text, other->text, shorter);
    return order != 0 ? order : (one->length > other->length) - (one->length < other->length);
}

static int compare_keys(const void *first, const void *second)
{
    const struct key *one = first;
    const struct key *other = second;
    if (one->order != other->order) {
        return one->order < other->order ? -1 : 1;
    }
    if (one->order == KEY_TEXT) {
        return compare_texts(one, other);
    }
    if (one->is_integer && other->is_integer) {
        return (one->integer > other->integer) - (one->integer < other->integer);
    }
    return (one->number > other->number) - (one->number < other->number);
}

/* The key at the top of the stack. */
static struct key read_key(lua_State *lua)
{
    struct key key = {.order = KEY_BOOLEAN};
    switch (lua_type(lua, -1)) {
    case LUA_TBOOLEAN:
        key.is_integer = true;
        key.integer = lua_toboolean(lua, -1);
        break;
    case LUA_TNUMBER:
        key.order = KEY_NUMBER;
        key.is_integer = lua_isinteger(lua, -1) != 0;
        key.integer = key.is_integer ? lua_tointeger(lua, -1) : 0;
        key.number = lua_tonumber(lua, -1);
        break;
    case LUA_TSTRING:
        key.order = KEY_TEXT;
        key.text = lua_tolstring(lua, -1, &key.length);
        break;
    default:
        luaL_error(lua, "pairs: a key that is a %s has no order that is the same each time",
                   luaL_typename(lua, -1));
    }
    return key;
}

static void push_key(lua_State *lua, const struct key *key)
{
    if (key->order == KEY_TEXT) {
        lua_pushlstring(lua, key->text, key->length);
    } else if (key->order == KEY_BOOLEAN) {
        lua_pushboolean(lua, key->integer != 0);
    } else if (key->is_integer) {
        lua_pushinteger(lua, key->integer);
    } else {
        lua_pushnumber(lua, key->number);
    }
}

/* Upvalues: the table, its keys, how many were given out. */
static int next_pair(lua_State *lua)
{
    lua_Integer at = lua_tointeger(lua, lua_upvalueindex(3));
    for (;;) {
        at++;
        if (lua_rawgeti(lua, lua_upvalueindex(2), at) == LUA_TNIL) {
            return 1;
        }
        lua_pushinteger(lua, at);
        lua_replace(lua, lua_upvalueindex(3));
        lua_pushvalue(lua, -1);
        if (lua_rawget(lua, lua_upvalueindex(1)) != LUA_TNIL) {
            return 2;
        }
        lua_pop(lua, 2); /* it has gone meanwhile */
    }
}

static int sorted_pairs(lua_State *lua)
{
    luaL_checkany(lua, 1);
    if (luaL_getmetafield(lua, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(lua, 1);
        lua_call(lua, 1, 3);
        return 3;
    }
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    size_t count = 0;
    for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
        count++;
    }
    script_charge(lua, count);
    struct key *keys = lua_newuserdatauv(lua, (count + 1) * sizeof *keys, 0);
    size_t filled = 0;
    for (lua_pushnil(lua); lua_next(lua, 1) != 0;) {
        lua_pop(lua, 1);
        keys[filled] = read_key(lua);
        filled++;
    }
    qsort(keys, filled, sizeof *keys, compare_keys);
    lua_pushvalue(lua, 1);
    lua_createtable(lua, (int)filled, 0);
    for (size_t i = 0; i < filled; i++) {
        push_key(lua, &keys[i]);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, next_pair, 3);
    return 1;
}

static int refuse_next(lua_State *lua)
{
    return luaL_error(lua, "next has no order that is the same each time: use pairs");
}

/* Upvalue: Lua's own. */
static int safe_setmetatable(lua_State *lua)
{
    if (lua_istable(lua, 2)) {
        lua_pushliteral(lua, "__gc");
        if (lua_rawget(lua, 2) != LUA_TNIL) {
            return luaL_error(lua, "setmetatable: scenarios have no __gc");
        }
        lua_pop(lua, 1);
    }
    lua_settop(lua, 2);
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, 2, 1);
    return 1;
}

static int seeded_only(lua_State *lua)
{
    luaL_checkinteger(lua, 1);
    lua_settop(lua, 1);
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, 1, 0);
    return 0;
}

void script_push_text(lua_State *lua, int index)
{
    int type = lua_type(lua, index);
    bool plain = type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA ||
                 type == LUA_TTHREAD || type == LUA_TLIGHTUSERDATA;
    if (plain && luaL_getmetafield(lua, index, "__tostring") == LUA_TNIL) {
        lua_pushstring(lua, lua_typename(lua, type));
        return;
    }
    if (plain) {
        lua_pop(lua, 1);
    }
    luaL_tolstring(lua, index, NULL);
}

static int plain_tostring(lua_State *lua)
{
    luaL_checkany(lua, 1);
    script_push_text(lua, 1);
    return 1;
}

static int print(lua_State *lua)
{
    struct script *script = script_of(lua);
    int count = lua_gettop(lua);
    for (int i = 1; i <= count; i++) {
        size_t length = 0;
        script_push_text(lua, i);
        const char *text = lua_tolstring(lua, -1, &length);
        script_print(script, i == 1 ? "" : "\t", i == 1 ? 0 : 1);
        script_print(script, text, length);
        lua_pop(lua, 1);
    }
    script_print(script, "\n", 1);
    return 0;
}

/* Upvalue: Lua's own. Texts of tables and functions are made here, without their addresses. */
static int plain_format(lua_State *lua)
{
    int argument = 1;
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    const char *at = luaL_checkstring(lua, 2);
    while ((at = strchr(at, '%')) != NULL) {
        at += 1 + strspn(at + 1, "-+ #0123456789.");
        if (*at == 'p') {
            return luaL_error(lua, "format: %%p is another text each time");
        }
        argument += *at == '%' ? 0 : 1;
        if (*at == 's' && argument + 1 <= lua_gettop(lua)) {
            script_push_text(lua, argument + 1);
            lua_replace(lua, argument + 1);
        }
        at += *at == '\0' ? 0 : 1;
    }
    lua_call(lua, lua_gettop(lua) - 1, 1);
    return 1;
}

static void remove_fields(lua_State *lua, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        lua_pushnil(lua);
        lua_setfield(lua, -2, names[i]);
    }
}

/* Replaces the field `name` of the table at the top by `function`, whose upvalue it becomes. */
static void wrap_field(lua_State *lua, const char *name, lua_CFunction function)
{
    lua_getfield(lua, -1, name);
    lua_pushcclosure(lua, function, 1);
    lua_setfield(lua, -2, name);
}

static void open_base(lua_State *lua)
{
    static const char *const gone[] = {"dofile",         "loadfile", "load",
                                       "collectgarbage", "warn",     NULL};
    static const luaL_Reg changed[] = {{"pairs", sorted_pairs},
                                       {"next", refuse_next},
                                       {"tostring", plain_tostring},
                                       {"print", print},
                                       {NULL, NULL}};
    luaL_requiref(lua, LUA_GNAME, luaopen_base, 1);
    remove_fields(lua, gone);
    luaL_setfuncs(lua, changed, 0);
    wrap_field(lua, "setmetatable", safe_setmetatable);
    lua_pop(lua, 1);
}

static void open_libraries(lua_State *lua)
{
    static const char *const gone[] = {"dump", NULL};
    luaL_requiref(lua, LUA_TABLIBNAME, luaopen_table, 1);
    luaL_requiref(lua, LUA_UTF8LIBNAME, luaopen_utf8, 1);
    luaL_requiref(lua, LUA_COLIBNAME, luaopen_coroutine, 1);
    luaL_requiref(lua, LUA_STRLIBNAME, luaopen_string, 1);
    remove_fields(lua, gone);
    lua_getfield(lua, -1, "find");
    lua_setfield(lua, LUA_REGISTRYINDEX, SCRIPT_FIND);
    wrap_field(lua, "format", plain_format);
    luaL_requiref(lua, LUA_MATHLIBNAME, luaopen_math, 1);
    lua_getfield(lua, -1, "randomseed");
    lua_pushinteger(lua, (lua_Integer)script_of(lua)->options->seed);
    lua_call(lua, 1, 0);
    wrap_field(lua, "randomseed", seeded_only);
    lua_settop(lua, 0);
}

static int open_state(lua_State *lua)
{
    open_base(lua);
    open_libraries(lua);
    /* luaL_requiref leaves them there, and nothing else uses it. */
    lua_pushnil(lua);
    lua_setfield(lua, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    return 0;
}

lua_State *script_sandbox_create(struct script *script)
{
    lua_State *lua = lua_newstate(allocate, script);
    if (lua == NULL) {
        return NULL;
    }
    memcpy(lua_getextraspace(lua), &script, sizeof script);
    lua_pushcfunction(lua, open_state);
    if (lua_pcall(lua, 0, 0, 0) != LUA_OK) {
        lua_close(lua);
        return NULL;
    }
    lua_sethook(lua, on_count, LUA_MASKCOUNT, HOOK_INSTRUCTIONS);
    return lua;
}

void script_sandbox_destroy(struct script *script)
{
    if (script->lua != NULL) {
        lua_close(script->lua);
        script->lua = NULL;
    }
}

int script_line(lua_State *lua)
{
    lua_Debug activation;
    for (int level = 0; lua_getstack(lua, level, &activation) != 0; level++) {
        lua_getinfo(lua, "l", &activation);
        if (activation.currentline > 0) {
            return activation.currentline;
        }
    }
    return 0;
}

void script_push_where(lua_State *lua)
{
    int line = script_line(lua);
    if (line > 0) {
        lua_pushfstring(lua, "%s:%d: ", script_of(lua)->file->path, line);
    } else {
        lua_pushfstring(lua, "%s: ", script_of(lua)->file->path);
    }
}

/* Gives every error the place where it began, with the whole path, and makes a text of it. The
 * chunk is called as the file without its folder (Lua cuts long names). */
static int explain(lua_State *lua)
{
    const char *path = script_of(lua)->file->path;
    const char *base = file_base_name(path);
    size_t length = strlen(path), base_length = strlen(base);
    script_push_text(lua, 1);
    const char *text = lua_tostring(lua, -1);
    if (strncmp(text, path, length) == 0 && text[length] == ':') {
        return 1;
    }
    if (strncmp(text, base, base_length) == 0 && text[base_length] == ':') {
        lua_pushfstring(lua, "%s%s", path, text + base_length);
        return 1;
    }
    script_push_where(lua);
    lua_insert(lua, -2);
    lua_concat(lua, 2);
    return 1;
}

int script_sandbox_call(lua_State *lua, int arguments)
{
    int function = lua_gettop(lua) - arguments;
    lua_pushcfunction(lua, explain);
    lua_insert(lua, function);
    script_of(lua)->memory_is_bound = true;
    int status = lua_pcall(lua, arguments, 0, function);
    script_of(lua)->memory_is_bound = false;
    lua_remove(lua, function);
    if (status == LUA_ERRMEM) { /* Lua asks nobody then */
        lua_settop(lua, function - 1);
        lua_pushfstring(lua, "%s: the script uses more than %d MB of memory",
                        script_of(lua)->file->path, (int)(SCRIPT_MEMORY_SOFT / 1024 / 1024));
    }
    return status;
}
