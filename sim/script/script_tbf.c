/* Apps made byte by byte, for what no packer makes: any code, any element, any length. */
#include <stdlib.h>
#include <string.h>

#include "kernel/abi/tbf.h"
#include "sim/loader/little_endian.h"
#include "sim/script/script_modules.h"

#define SMALLEST     512U
#define TOTAL_MAX    (8U * 1024U * 1024U)
#define ELEMENTS_MAX 64
#define RAM_DEFAULT  1024

/* Bytes that grow at their end, in Lua's memory: the buffer is at the top of the stack while it is
 * written. */
static void put_number(luaL_Buffer *buffer, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        luaL_addchar(buffer, (char)(value >> (8 * i)));
    }
}

static void put_zeros(luaL_Buffer *buffer, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        luaL_addchar(buffer, '\0');
    }
}

static void put_element(luaL_Buffer *buffer, uint32_t type, const char *payload, size_t length)
{
    put_number(buffer, type, 2);
    put_number(buffer, length, 2);
    luaL_addlstring(buffer, payload, length);
    put_zeros(buffer, (TBF_ALIGNMENT - length % TBF_ALIGNMENT) % TBF_ALIGNMENT);
}

/* ---- the script's elements: { { type, payload }, ... } ---- */

/* Pushes them as bytes: nothing when there are none. */
static void push_elements(lua_State *lua)
{
    luaL_Buffer buffer;
    int list = 0;
    script_push_option(lua, 1, "elements");
    list = lua_gettop(lua);
    size_t count = lua_istable(lua, list) ? lua_rawlen(lua, list) : 0;
    if ((!lua_isnil(lua, list) && !lua_istable(lua, list)) || count > ELEMENTS_MAX) {
        luaL_error(lua, "tbf: elements is a list of at most %d, { { type, payload }, ... }",
                   ELEMENTS_MAX);
    }
    for (size_t i = 0; i < count; i++) { /* type, payload, type, payload, ... */
        lua_rawgeti(lua, list, (lua_Integer)i + 1);
        int element = lua_gettop(lua);
        luaL_checkstack(lua, 8, "tbf");
        bool good = lua_istable(lua, element) && lua_rawgeti(lua, element, 1) == LUA_TNUMBER &&
                    lua_isinteger(lua, -1) && lua_tointeger(lua, -1) >= 0 &&
                    lua_tointeger(lua, -1) <= UINT16_MAX &&
                    lua_rawgeti(lua, element, 2) == LUA_TSTRING &&
                    lua_rawlen(lua, -1) <= TBF_HEADER_BYTES_MAX;
        if (!good) {
            luaL_error(lua,
                       "tbf: element %d is not { type, payload }: a number of 16 bits, and a "
                       "text of at most %d bytes",
                       (int)i + 1, (int)TBF_HEADER_BYTES_MAX);
        }
        lua_remove(lua, element);
    }
    luaL_buffinit(lua, &buffer);
    for (size_t i = 0; i < count; i++) {
        int at = list + 1 + 2 * (int)i;
        size_t length = 0;
        const char *payload = lua_tolstring(lua, at + 1, &length);
        put_element(&buffer, (uint32_t)lua_tointeger(lua, at), payload, length);
    }
    luaL_pushresult(&buffer);
    lua_replace(lua, list);
    lua_settop(lua, list);
}

/* ---- the header ---- */

/* Of as many words as it says it has, and the image has. */
static uint32_t checksum_of(const uint8_t *image, size_t size)
{
    uint32_t sum = 0;
    size_t header = size < 16 ? 0 : little_endian_u16(image + 2);
    header = header < size ? header : size;
    for (size_t i = 0; i + 4 <= header; i += 4) {
        sum ^= i == 12 ? 0 : little_endian_u32(image + i);
    }
    return sum;
}

/* Replaces the image at the top of the stack by the same with a right checksum. */
static void seal(lua_State *lua)
{
    size_t size = 0;
    luaL_Buffer buffer;
    const char *image = lua_tolstring(lua, -1, &size);
    uint32_t sum = checksum_of((const uint8_t *)image, size);
    luaL_buffinit(lua, &buffer);
    luaL_addlstring(&buffer, image, 12);
    put_number(&buffer, sum, 4);
    luaL_addlstring(&buffer, image + 16, size - 16);
    luaL_pushresult(&buffer);
    lua_remove(lua, -2);
}

/* ---- a new app ---- */

/* The smallest power of two that holds so many bytes. */
static size_t round_up_total(size_t bytes)
{
    size_t total = SMALLEST;
    while (total < bytes) {
        total *= 2;
    }
    return total;
}

static void push_new(lua_State *lua)
{
    size_t code_size = 0, extra_size = 0, name_size = 0;
    luaL_Buffer buffer;
    const char *name = script_option_text(lua, 1, "name");
    name = name == NULL ? "made" : name;
    name_size = strlen(name);
    if (script_push_option(lua, 1, "code") != LUA_TSTRING) {
        luaL_error(lua, "tbf: code is the app's instructions, a text, not a %s",
                   luaL_typename(lua, -1));
    }
    const char *code = lua_tolstring(lua, -1, &code_size);
    push_elements(lua);
    const char *extra = lua_tolstring(lua, -1, &extra_size);
    size_t header = 16 + 4 + 12 + 4 + (name_size + 3) / 4 * 4 + 4 + 4 + extra_size;
    uint32_t ram =
        (uint32_t)script_option_integer(lua, 1, "minimum_ram", 0, UINT32_MAX, RAM_DEFAULT);
    uint32_t entry = (uint32_t)script_option_integer(lua, 1, "entry", 0, UINT32_MAX, 0);
    size_t least = header + code_size;
    if (name_size > 1000 || header > UINT16_MAX || least > TOTAL_MAX) {
        luaL_error(lua, "tbf: the app is too large");
    }
    size_t total = (size_t)script_option_integer(lua, 1, "total", (int64_t)least, TOTAL_MAX,
                                                 (int64_t)round_up_total(least));
    luaL_buffinit(lua, &buffer);
    put_number(&buffer, TBF_VERSION, 2);
    put_number(&buffer, header, 2);
    put_number(&buffer, total, 4);
    put_number(&buffer, TBF_FLAG_ENABLED, 4);
    put_number(&buffer, 0, 4);
    put_number(&buffer, TBF_TYPE_MAIN, 2);
    put_number(&buffer, 12, 2);
    put_number(&buffer, entry, 4);
    put_number(&buffer, 0, 4);
    put_number(&buffer, ram, 4);
    put_element(&buffer, TBF_TYPE_PACKAGE_NAME, name, name_size);
    put_element(&buffer, TBF_TYPE_KERNEL_VERSION, "\2\0\0\0", 4);
    luaL_addlstring(&buffer, extra, extra_size);
    luaL_addlstring(&buffer, code, code_size);
    put_zeros(&buffer, total - least);
    luaL_pushresult(&buffer);
}

/* ---- a changed one ---- */

/* Where the end of the binary stands, which moves with the header's length; 0: there is none. */
static size_t find_binary_end(const uint8_t *image, size_t header)
{
    for (size_t at = 16; at + 4 <= header;) {
        size_t length = little_endian_u16(image + at + 2);
        if (little_endian_u16(image + at) == TBF_TYPE_PROGRAM && at + 4 + 16 <= header) {
            return at + 4 + 12;
        }
        at += 4 + (length + 3) / 4 * 4;
    }
    return 0;
}

/* The image with more elements at its header's end, and twice as large, as apps are of sizes that
 * fit beside others. */
static void push_extended(lua_State *lua, const char *image, size_t size)
{
    const uint8_t *bytes = (const uint8_t *)image;
    size_t extra_size = 0;
    luaL_Buffer buffer;
    push_elements(lua);
    const char *extra = lua_tolstring(lua, -1, &extra_size);
    size_t header = little_endian_u16(bytes + 2);
    if (extra_size == 0) {
        lua_pushlstring(lua, image, size);
        return;
    }
    if (header < 16 || header + extra_size > UINT16_MAX || header > size ||
        size + extra_size > TOTAL_MAX / 2) {
        luaL_error(lua, "tbf: the image has no header that elements could be added to");
    }
    size_t end = find_binary_end(bytes, header);
    luaL_buffinit(lua, &buffer);
    luaL_addlstring(&buffer, image, 2);
    put_number(&buffer, header + extra_size, 2);
    put_number(&buffer, 2 * size, 4);
    if (end == 0) {
        luaL_addlstring(&buffer, image + 8, header - 8);
    } else {
        luaL_addlstring(&buffer, image + 8, end - 8);
        put_number(&buffer, little_endian_u32(bytes + end) + extra_size, 4);
        luaL_addlstring(&buffer, image + end + 4, header - end - 4);
    }
    luaL_addlstring(&buffer, extra, extra_size);
    luaL_addlstring(&buffer, image + header, size - header);
    put_zeros(&buffer, size > extra_size ? size - extra_size : 0);
    luaL_pushresult(&buffer);
}

int script_make_tbf(lua_State *lua)
{
    static const char *const keys[] = {"code",  "name",     "minimum_ram", "entry",
                                       "total", "elements", "image",       NULL};
    size_t size = 0;
    script_check_count(lua, "tbf", 1);
    if (!lua_istable(lua, 1)) {
        return luaL_error(lua, "tbf: takes a table, { code = ... } or { image = ... }, not a %s",
                          luaL_typename(lua, 1));
    }
    script_check_options(lua, 1, "tbf", keys);
    if (script_push_option(lua, 1, "image") == LUA_TNIL) {
        push_new(lua);
    } else {
        const char *image = lua_type(lua, -1) == LUA_TSTRING ? lua_tolstring(lua, -1, &size) : "";
        if (size < 16) {
            return luaL_error(lua, "tbf: image is the text of a TBF, of 16 bytes or more");
        }
        push_extended(lua, image, size);
    }
    script_charge(lua, lua_rawlen(lua, -1) / 4);
    seal(lua);
    return 1;
}
