/* Golden traces: what a machine did, compared with a file beside the scenario. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/loader/file.h"
#include "sim/script/script_golden.h"
#include "sim/script/script_modules.h"
#include "sim/script/script_trace.h"

#define CONTEXT_LINES 3
#define LINE_BYTES    200

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

/* ---- the comparison ---- */

static bool is_same_line(const struct script_line *one, const struct script_line *other)
{
    return (one->text == NULL) == (other->text == NULL) && one->length == other->length &&
           (one->text == NULL || memcmp(one->text, other->text, one->length) == 0);
}

static void print_line(struct script *script, const char *prefix, const struct script_line *line)
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
                            const char *seen, size_t seen_size, struct script_line pair[2],
                            int *number)
{
    struct script_line before[CONTEXT_LINES] = {{0}};
    const char *golden_at = (const char *)golden->data;
    const char *seen_at = seen;
    for (*number = 1;; (*number)++) {
        pair[0] = script_next_line(&golden_at, (const char *)golden->data + golden->size);
        pair[1] = script_next_line(&seen_at, seen + seen_size);
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

static void push_line(lua_State *lua, const struct script_line *line)
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
    struct script_line pair[2];
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

static int expect_trace(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    char path[SCRIPT_PATH_MAX];
    size_t size = 0;
    script_check_count(lua, "expect_trace", 3);
    const char *name = luaL_checkstring(lua, 2);
    lua_settop(lua, 3);
    script_golden_path(lua, name, path, sizeof path);
    const char *seen = script_push_trace(lua, machine, 3, "expect_trace", &size);
    if (script_of(lua)->options->update) {
        script_golden_write(lua, path, seen, size);
        return 0;
    }
    return compare(lua, machine, path, seen, size);
}

static const struct script_function methods[] = {{"expect_trace", expect_trace}, {NULL, NULL}};

const struct script_module script_module_golden = {.name = "golden", .methods = methods};
