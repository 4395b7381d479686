/* Files that a scenario looks into, apps that it packs, and texts line by line. Which file a name
 * means, is the host's knowledge. */
#include <string.h>

#include "sim/script/script_modules.h"
#include "sim/script/script_pool.h"
#include "sim/script/script_sandbox.h"
#include "sim/script/script_trace.h"

#define FILE_MAX (16U * 1024U * 1024U)

/* The name at index 1, of a file beside the scenario or below a folder that the user has named. */
static const char *check_name(lua_State *lua, const char *function)
{
    const char *name = lua_type(lua, 1) == LUA_TSTRING ? lua_tostring(lua, 1) : NULL;
    if (name == NULL) {
        luaL_error(lua, "%s: a file's name is a text, not a %s", function, luaL_typename(lua, 1));
        return NULL;
    }
    if (name[0] == '\0' || name[0] == '/' || strstr(name, "..") != NULL ||
        lua_rawlen(lua, 1) > 200 || strlen(name) != lua_rawlen(lua, 1)) {
        luaL_error(lua,
                   "%s: %s: a file lies beside the scenario or in a folder of --path, or below",
                   function, name);
    }
    return name;
}

/* Pushes the bytes, and frees them. */
static int push_bytes(lua_State *lua, struct file_bytes *bytes, const char *function)
{
    if (bytes->size > FILE_MAX) {
        file_free(bytes);
        return luaL_error(lua, "%s: that is more than %d MB", function, (int)(FILE_MAX >> 20));
    }
    script_charge(lua, bytes->size / 16);
    lua_pushlstring(lua, (const char *)bytes->data, bytes->size);
    file_free(bytes);
    return 1;
}

static int file(lua_State *lua)
{
    struct script *script = script_of(lua);
    struct file_bytes bytes = {0};
    struct sim_error error = {0};
    script_check_count(lua, "file", 1);
    const char *name = check_name(lua, "file");
    const struct script_host *host = script_pool_host(script->pool);
    if (!host->read(host->context, script->folder, name, &bytes, &error)) {
        return script_raise(lua, &error);
    }
    return push_bytes(lua, &bytes, "file");
}

/* ---- packing ---- */

static void add_word(lua_State *lua, struct script_pack_request *request, const char *option,
                     int index)
{
    if (request->word_count == SCRIPT_PACK_WORDS_MAX) {
        luaL_error(lua, "pack: more than %d options", SCRIPT_PACK_WORDS_MAX);
    }
    int type = lua_type(lua, index);
    if (type != LUA_TSTRING && !lua_isinteger(lua, index)) {
        luaL_error(lua, "pack: %s is a text, a number, true or a list of such, not a %s", option,
                   luaL_typename(lua, index));
    }
    struct script_pack_word *word = &request->words[request->word_count];
    *word = (struct script_pack_word){.option = option, .value = lua_tostring(lua, index)};
    request->word_count++;
}

/* The value at the top of the stack: one, or a list of them. What is pushed stays on the stack, as
 * the request's texts are. */
static void add_words(lua_State *lua, struct script_pack_request *request, const char *option)
{
    int value = lua_gettop(lua);
    if (lua_isboolean(lua, value)) {
        if (lua_toboolean(lua, value) != 0 && request->word_count < SCRIPT_PACK_WORDS_MAX) {
            request->words[request->word_count].option = option;
            request->word_count++;
        }
        return;
    }
    if (!lua_istable(lua, value)) {
        add_word(lua, request, option, value);
        return;
    }
    size_t count = lua_rawlen(lua, value);
    luaL_checkstack(lua, SCRIPT_PACK_WORDS_MAX + 8, "pack");
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(lua, value, (lua_Integer)i + 1);
        add_word(lua, request, option, lua_gettop(lua));
    }
}

/* The options at index 2, in the order of `names`, whose words on the command line have dashes. */
static void read_pack_options(lua_State *lua, struct script_pack_request *request)
{
    static const struct {
        const char *key, *option;
    } pairs[] = {
        {"name", "name"},
        {"app_heap", "app-heap"},
        {"kernel_heap", "kernel-heap"},
        {"permissions", "permissions"},
        {"write_id", "write-id"},
        {"read_ids", "read-ids"},
        {"modify_ids", "modify-ids"},
        {"short_id", "short-id"},
        {"app_version", "app-version"},
        {"disabled", "disabled"},
        {"sticky", "sticky"},
        {"power_of_two", "power-of-two"},
        {"minimum_footer_size", "minimum-footer-size"},
        {"sha256", "sha256"},
        {"sign", "sign"},
    };
    const char *keys[sizeof pairs / sizeof pairs[0] + 1] = {NULL};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        keys[i] = pairs[i].key;
    }
    script_check_options(lua, 2, "pack", keys);
    luaL_checkstack(lua, SCRIPT_PACK_WORDS_MAX + 32, "pack");
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (script_push_option(lua, 2, pairs[i].key) != LUA_TNIL) {
            add_words(lua, request, pairs[i].option);
        }
    }
}

static int pack(lua_State *lua)
{
    struct script *script = script_of(lua);
    struct file_bytes bytes = {0};
    struct sim_error error = {0};
    script_check_count(lua, "pack", 2);
    struct script_pack_request request = {.folder = script->folder, .elf = check_name(lua, "pack")};
    read_pack_options(lua, &request);
    const struct script_host *host = script_pool_host(script->pool);
    if (!host->pack(host->context, &request, &bytes, &error)) {
        return script_raise(lua, &error);
    }
    return push_bytes(lua, &bytes, "pack");
}

/* ---- lines ---- */

/* The line at the top of the stack has what is looked for: the pattern at index 2. */
static bool has_pattern(lua_State *lua)
{
    lua_getfield(lua, LUA_REGISTRYINDEX, SCRIPT_FIND);
    lua_pushvalue(lua, -2);
    lua_pushvalue(lua, 2);
    lua_call(lua, 2, 1);
    bool has = !lua_isnil(lua, -1);
    lua_pop(lua, 1);
    return has;
}

/* Those that have ended, without what ends them. */
static int lines(lua_State *lua)
{
    size_t size = 0;
    script_check_count(lua, "lines", 2);
    const char *at = luaL_checklstring(lua, 1, &size);
    bool all = lua_isnoneornil(lua, 2);
    if (!all && lua_type(lua, 2) != LUA_TSTRING) {
        return luaL_error(lua, "lines: a pattern is a text, not a %s", luaL_typename(lua, 2));
    }
    lua_settop(lua, 2);
    const char *end = at + size;
    while (end > at && end[-1] != '\n') {
        end--;
    }
    script_charge(lua, size / 4);
    lua_newtable(lua);
    struct script_line line;
    for (lua_Integer count = 0; (line = script_next_line(&at, end)).text != NULL;) {
        size_t length = line.length;
        while (length > 0 && line.text[length - 1] == '\r') {
            length--;
        }
        lua_pushlstring(lua, line.text, length);
        if (all || has_pattern(lua)) {
            count++;
            lua_rawseti(lua, 3, count);
        } else {
            lua_pop(lua, 1);
        }
    }
    return 1;
}

static const struct script_function functions[] = {
    {"file", file}, {"pack", pack}, {"tbf", script_make_tbf}, {"lines", lines}, {NULL, NULL}};

const struct script_module script_module_files = {.name = "files", .functions = functions};
