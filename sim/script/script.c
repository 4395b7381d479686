/* A case from its file to its verdict. */
#include "sim/script/script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/loader/file.h"
#include "sim/script/script_failure.h"
#include "sim/script/script_internal.h"
#include "sim/script/script_sandbox.h"

#define LIMIT_NS     INT64_C(60000000000)
#define SETTLE_NS    INT64_C(20000000)
#define OUTPUT_MAX   65536U
#define ATTEMPTS_MAX 5 /* one for each of enum script_want, and the first */

static const char again[] = "the case begins again";

void script_keep_text(char **place, const char *text)
{
    free(*place);
    *place = strdup(text == NULL ? "" : text);
}

void script_print(struct script *script, const char *text, size_t length)
{
    char **output = &script->result->output;
    size_t used = *output == NULL ? 0 : strlen(*output);
    size_t fits = used < OUTPUT_MAX ? OUTPUT_MAX - used : 0;
    fits = length < fits ? length : fits;
    char *longer = realloc(*output, used + fits + 1);
    if (longer != NULL) {
        memcpy(longer + used, text, fits);
        longer[used + fits] = '\0';
        for (size_t i = used; i < used + fits; i++) {
            longer[i] = longer[i] == '\0' ? '?' : longer[i];
        }
        *output = longer;
    }
}

/* ---- functions for the script as a whole ---- */

/* For case(): the name at index 1, checked. */
static const char *check_name(lua_State *lua)
{
    size_t length = 0;
    const char *name = luaL_checklstring(lua, 1, &length);
    bool printable = length > 0 && length < SCRIPT_NAME_BYTES;
    for (size_t i = 0; i < length; i++) {
        printable = printable && (unsigned char)name[i] >= ' ' && name[i] != 127;
    }
    if (!printable) {
        luaL_error(lua, "case: a name is 1 to %d characters, without line breaks",
                   SCRIPT_NAME_BYTES - 1);
    }
    return name;
}

static void list_case(lua_State *lua, struct script_case_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], name) == 0) {
            luaL_error(lua, "case: there is a second one called %s", name);
        }
    }
    if (list->count == SCRIPT_CASES_MAX) {
        luaL_error(lua, "case: a file has %d at most", SCRIPT_CASES_MAX);
    }
    void *longer = realloc(list->names, (list->count + 1) * sizeof *list->names);
    if (longer == NULL) {
        luaL_error(lua, "no memory");
    }
    list->names = longer;
    snprintf(list->names[list->count], sizeof list->names[0], "%s", name);
    list->count++;
}

static int add_case(lua_State *lua)
{
    struct script *script = script_of(lua);
    script_check_count(lua, "case", 2);
    const char *name = check_name(lua);
    luaL_checktype(lua, 2, LUA_TFUNCTION);
    if (script->in_case) {
        return luaL_error(lua, "case: cases are named by the file, not within a case");
    }
    if (script->has_board) {
        return luaL_error(
            lua, "case: the file has made a machine before: make machines within its cases");
    }
    script->case_count++;
    if (script->list != NULL) {
        list_case(lua, script->list, name);
    } else if (script->case_function == LUA_NOREF && strcmp(name, script->case_name) == 0) {
        lua_settop(lua, 2);
        script->case_function = luaL_ref(lua, LUA_REGISTRYINDEX);
    }
    return 0;
}

static int set_limit(lua_State *lua)
{
    script_check_count(lua, "limit", 1);
    script_of(lua)->limit_ns = script_check_time(lua, 1, "limit");
    return 0;
}

static int set_settle(lua_State *lua)
{
    script_check_count(lua, "settle", 1);
    script_of(lua)->settle_ns = script_check_time(lua, 1, "settle");
    return 0;
}

/* n times a unit of so many nanoseconds; fractions of a nanosecond are cut. */
static int make_time(lua_State *lua, const char *name, int64_t unit_ns)
{
    script_check_count(lua, name, 1);
    lua_Number count = luaL_checknumber(lua, 1);
    lua_Number most = (lua_Number)SCRIPT_NS_MAX / (lua_Number)unit_ns;
    if (!(count >= 0 && count <= most)) { /* no number is neither */
        return luaL_error(lua, "%s: a time is 0 to a million seconds", name);
    }
    lua_Integer whole = 0;
    if (lua_isinteger(lua, 1)) {
        whole = lua_tointeger(lua, 1) * unit_ns;
    } else {
        whole = (lua_Integer)(count * (lua_Number)unit_ns + 0.5);
    }
    lua_pushinteger(lua, whole);
    return 1;
}

static int make_s(lua_State *lua)
{
    return make_time(lua, "s", 1000000000);
}

static int make_ms(lua_State *lua)
{
    return make_time(lua, "ms", 1000000);
}

static int make_us(lua_State *lua)
{
    return make_time(lua, "us", 1000);
}

static int make_ns(lua_State *lua)
{
    return make_time(lua, "ns", 1);
}

/* Rounded up, so that it is so many cycles again when it is used. */
static int make_cycles(lua_State *lua)
{
    script_check_count(lua, "cycles", 1);
    lua_Integer count = luaL_checkinteger(lua, 1);
    if (count < 0 || count > SCRIPT_NS_MAX / 1000 * 64) {
        return luaL_error(lua, "cycles: a time is 0 to a million seconds");
    }
    lua_pushinteger(lua, (count * 125 + 7) / 8); /* of 64 MHz */
    return 1;
}

static const struct script_function core_functions[] = {
    {"case", add_case},      {"limit", set_limit}, {"settle", set_settle},
    {"s", make_s},           {"ms", make_ms},      {"us", make_us},
    {"cycles", make_cycles}, {"ns", make_ns},      {NULL, NULL},
};

/* sandglass.NAME and NAME; the table is at the top. */
static void add_functions(lua_State *lua, const struct script_function *functions)
{
    for (; functions != NULL && functions->name != NULL; functions++) {
        lua_pushcfunction(lua, functions->function);
        lua_pushvalue(lua, -1);
        lua_setglobal(lua, functions->name);
        lua_setfield(lua, -2, functions->name);
    }
}

static int open_script(lua_State *lua)
{
    lua_newtable(lua);
    add_functions(lua, core_functions);
    for (size_t i = 0; script_modules[i] != NULL; i++) {
        add_functions(lua, script_modules[i]->functions);
    }
    lua_setglobal(lua, "sandglass");
    script_failure_open(lua);
    script_open_machines(lua);
    for (size_t i = 0; script_modules[i] != NULL; i++) {
        if (script_modules[i]->open != NULL) {
            script_modules[i]->open(lua);
            lua_settop(lua, 0);
        }
    }
    return 0;
}

/* ---- running ---- */

int script_raise(lua_State *lua, const struct sim_error *error)
{
    struct script *script = script_of(lua);
    if (error->status == SIM_INTERNAL) {
        script->trouble = true;
    }
    script_push_where(lua);
    lua_pushstring(lua, error->text);
    lua_concat(lua, 2);
    return lua_error(lua);
}

void script_want(lua_State *lua, enum script_want want)
{
    struct script *script = script_of(lua);
    if ((script->has & (uint32_t)want) == 0) {
        script->wants |= (uint32_t)want;
        script->wants_again = true;
        lua_pushstring(lua, again);
        lua_error(lua);
    }
}

static int settle(lua_State *lua)
{
    struct script *script = script_of(lua);
    script_sandbox_check(lua);
    if (script->trouble) {
        luaL_error(lua, "the simulator failed, and the script went on");
    }
    for (size_t i = 0; i < script->machine_count; i++) {
        struct script_machine *machine = script->machines[i];
        if (machine->pooled != NULL && !machine->ended) {
            script_run(lua, machine,
                       script_now(machine) + script_cycles(machine, script->settle_ns));
        }
    }
    return 0;
}

/* The case's own function, or nothing: the file was it. False: an error is on the stack. */
static bool run_case(struct script *script)
{
    lua_State *lua = script->lua;
    if (script->case_count > 0 && script->case_function == LUA_NOREF) {
        lua_pushfstring(lua, "%s: there is no case called %s", script->file->path,
                        script->case_name);
        return false;
    }
    if (script->case_count > 0) {
        script->in_case = true;
        lua_rawgeti(lua, LUA_REGISTRYINDEX, script->case_function);
        if (script_sandbox_call(lua, 0) != LUA_OK) {
            return false;
        }
    }
    lua_pushcfunction(lua, settle);
    if (script_sandbox_call(lua, 0) != LUA_OK) {
        return false;
    }
    return script_failure_of_caught(script) && script_failure_of_incidents(script);
}

static bool run_file(struct script *script)
{
    lua_State *lua = script->lua;
    const struct script_file *file = script->file;
    char name[SCRIPT_PATH_MAX];
    snprintf(name, sizeof name, "@%s", file_base_name(file->path));
    lua_pushcfunction(lua, open_script);
    if (script_sandbox_call(lua, 0) != LUA_OK) {
        return false;
    }
    script->memory_is_bound = true; /* Lua catches its own errors there */
    int status = luaL_loadbufferx(lua, file->source, file->source_bytes, name, "t");
    script->memory_is_bound = false;
    if (status != LUA_OK) {
        script_failure_explain_syntax(lua);
        return false;
    }
    return script_sandbox_call(lua, 0) == LUA_OK && (script->list != NULL || run_case(script));
}

/* What the text on the stack, which ended the case, says about it. With a folder for pictures the
 * case is run once more, watched from its beginning. */
static void judge(struct script *script)
{
    if (script->options->screenshots != NULL && (script->has & SCRIPT_WANT_VIEW) == 0 &&
        script->machine_count > 0) {
        script->wants |= SCRIPT_WANT_VIEW;
        script->wants_again = true;
        return;
    }
    struct script_result *result = script->result;
    const char *message = lua_tostring(script->lua, -1);
    message = message == NULL ? "an error without a message" : message;
    const struct script_failure *failure = &script->failure;
    bool failed = script->failed && strcmp(message, failure->message) == 0;
    result->verdict = script->trouble ? SCRIPT_TROUBLE : failed ? SCRIPT_FAILED : SCRIPT_BROKEN;
    script_keep_text(&result->message, message);
    sim_make_printable(result->message);
    if (failed) {
        script_keep_text(&result->expected, failure->expected);
        script_keep_text(&result->seen, failure->seen);
    }
    script_failure_describe(script, failed ? failure->machine : NULL);
}

static void set_folder(struct script *script)
{
    const char *path = script->file->path;
    size_t length = (size_t)(file_base_name(path) - path);
    if (length == 0) {
        strcpy(script->folder, ".");
    } else {
        length = length == 1 ? 1 : length - 1; /* without the slash, but for the root */
        snprintf(script->folder, sizeof script->folder, "%.*s", (int)length, path);
    }
}

static void end_attempt(struct script *script)
{
    struct script_result *result = script->result;
    for (size_t i = 0; i < script->machine_count; i++) {
        const struct script_machine *machine = script->machines[i];
        if (machine->pooled != NULL) {
            uint64_t ns = (uint64_t)script_ns(machine, script_now(machine));
            result->virtual_ns = ns > result->virtual_ns ? ns : result->virtual_ns;
        }
    }
    script_sandbox_destroy(script);
    script_close_machines(script);
    script_failure_free(script);
}

static void attempt(struct script *script)
{
    set_folder(script);
    script->case_function = LUA_NOREF;
    script->limit_ns = LIMIT_NS;
    script->settle_ns = SETTLE_NS;
    script->lua = script_sandbox_create(script);
    if (script->lua == NULL) {
        script->result->verdict = SCRIPT_TROUBLE;
        script_keep_text(&script->result->message, "no memory for a Lua state");
    } else if (!run_file(script) && !script->wants_again) {
        judge(script);
    }
    end_attempt(script);
}

void script_run_case(struct script_pool *pool, const struct script_file *file, const char *name,
                     const struct script_options *options, struct script_result *result)
{
    uint32_t has = 0;
    bool goes_on = true;
    *result = (struct script_result){0};
    for (int i = 0; goes_on && i < ATTEMPTS_MAX; i++) {
        struct script script = {.pool = pool,
                                .file = file,
                                .options = options,
                                .result = result,
                                .case_name = name,
                                .has = has};
        script_free_result(result);
        attempt(&script);
        goes_on = script.wants_again;
        has |= script.wants;
    }
    char **const texts[] = {&result->message, &result->expected, &result->seen,
                            &result->state,   &result->output,   &result->screenshot};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (*texts[i] == NULL) {
            script_keep_text(texts[i], "");
        }
    }
}

void script_free_result(struct script_result *result)
{
    free(result->message);
    free(result->expected);
    free(result->seen);
    free(result->state);
    free(result->output);
    free(result->screenshot);
    *result = (struct script_result){0};
}

/* ---- the names ---- */

static bool name_the_file(const struct script_file *file, struct script_case_list *list,
                          struct sim_error *error)
{
    const char *base = file_base_name(file->path);
    size_t length = strlen(base);
    length = file_has_ending(base, ".lua") ? length - 4 : length;
    list->names = malloc(sizeof *list->names);
    if (list->names == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory");
    }
    snprintf(list->names[0], sizeof list->names[0], "%.*s", (int)length, base);
    list->count = 1;
    return true;
}

bool script_list_cases(struct script_pool *pool, const struct script_file *file,
                       struct script_case_list *list, struct sim_error *error)
{
    const struct script_options options = {0};
    struct script_result result = {0};
    *list = (struct script_case_list){0};
    struct script script = {
        .pool = pool, .file = file, .options = &options, .result = &result, .list = list};
    attempt(&script);
    bool good = result.verdict == SCRIPT_PASSED;
    /* A file that makes a machine, or expects something, before it names a case is one: its run
     * will say what is wrong. */
    if (!good && (script.has_board || result.verdict == SCRIPT_FAILED) && list->count == 0) {
        good = true;
    }
    if (!good) {
        sim_fail(error, result.verdict == SCRIPT_TROUBLE ? SIM_INTERNAL : SIM_WRONG_USE, "%s",
                 result.message);
        script_free_cases(list);
    } else if (list->count == 0) {
        good = name_the_file(file, list, error);
    }
    script_free_result(&result);
    return good;
}

void script_free_cases(struct script_case_list *list)
{
    free(list->names);
    *list = (struct script_case_list){0};
}
