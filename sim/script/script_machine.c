/* board(), and how machines run. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/machine_input.h"
#include "sim/script/script_lab.h"
#include "sim/script/script_modules.h"
#include "sim/script/script_parts.h"
#include "sim/script/script_picture.h"
#include "sim/script/script_pool.h"

#define CLASS_NAME "machine"
#define JITTER_MAX 64000

/* ---- the object ---- */

struct script_machine *script_check_machine(lua_State *lua, int index)
{
    struct script_machine **object = luaL_testudata(lua, index, CLASS_NAME);
    if (object == NULL) {
        luaL_error(lua, "the machine is missing: call its functions with a colon, m:run_for(...)");
    }
    if ((*object)->script->in_feed) {
        luaL_error(lua, "a function that gives a device's value cannot act on machines");
    }
    if ((*object)->pooled == NULL) {
        luaL_error(lua, "the machine was closed before");
    }
    if (script_parts_are_calling(*object)) {
        luaL_error(lua, "a part's function is called from within the machine, and may not use it");
    }
    return *object;
}

/* Functions that begin as the wrong name does; all of them when none does. The table of functions
 * is at `table`. */
static void push_similar(lua_State *lua, const char *wrong, int table)
{
    luaL_Buffer buffer;
    const char *names[256];
    size_t count = 0;
    size_t prefix = strcspn(wrong, "_");
    for (lua_pushnil(lua); lua_next(lua, table) != 0; lua_pop(lua, 1)) {
        const char *name = lua_tostring(lua, -2); /* the table holds it */
        if (count < sizeof names / sizeof names[0] && prefix >= 2 &&
            strncmp(name, wrong, prefix) == 0) {
            names[count] = name;
            count++;
        }
    }
    for (size_t i = 1; i < count; i++) { /* in the same order each time */
        for (size_t j = i; j > 0 && strcmp(names[j - 1], names[j]) > 0; j--) {
            const char *held = names[j];
            names[j] = names[j - 1];
            names[j - 1] = held;
        }
    }
    luaL_buffinit(lua, &buffer);
    for (size_t i = 0; i < count; i++) {
        luaL_addstring(&buffer, i == 0 ? ": there are " : ", ");
        luaL_addstring(&buffer, names[i]);
    }
    luaL_addstring(&buffer, count == 0 ? ": docs/scenarios.md lists those there are" : "");
    luaL_pushresult(&buffer);
}

/* Upvalue: the table of functions. */
static int find_method(lua_State *lua)
{
    lua_settop(lua, 2);
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, lua_upvalueindex(1)) != LUA_TNIL) {
        return 1;
    }
    if (lua_type(lua, 2) != LUA_TSTRING) {
        return luaL_error(lua, "a machine has functions only, by their names");
    }
    lua_pushvalue(lua, lua_upvalueindex(1));
    push_similar(lua, lua_tostring(lua, 2), lua_gettop(lua));
    return luaL_error(lua, "a machine has no function %s%s", lua_tostring(lua, 2),
                      lua_tostring(lua, -1));
}

static int refuse_assignment(lua_State *lua)
{
    return luaL_error(lua, "a machine has no fields: keep values in variables of your own");
}

void script_open_machines(lua_State *lua)
{
    luaL_newmetatable(lua, CLASS_NAME);
    lua_newtable(lua);
    for (size_t i = 0; script_modules[i] != NULL; i++) {
        const struct script_function *method = script_modules[i]->methods;
        for (; method != NULL && method->name != NULL; method++) {
            lua_pushcfunction(lua, method->function);
            lua_setfield(lua, -2, method->name);
        }
    }
    lua_pushcclosure(lua, find_method, 1);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, refuse_assignment);
    lua_setfield(lua, -2, "__newindex");
    lua_pushliteral(lua, CLASS_NAME);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
}

static size_t count_open(const struct script *script)
{
    size_t count = 0;
    for (size_t i = 0; i < script->machine_count; i++) {
        count += script->machines[i]->pooled != NULL ? 1 : 0;
    }
    return count;
}

struct script_machine *script_push_machine(lua_State *lua,
                                           const struct script_board_request *request)
{
    struct script *script = script_of(lua);
    struct sim_error error = {0};
    if (count_open(script) == SCRIPT_MACHINES_MAX ||
        script->machine_count == SCRIPT_MACHINES_EVER) {
        luaL_error(lua, "board: a case has %d machines at most at a time, and %d in all",
                   SCRIPT_MACHINES_MAX, SCRIPT_MACHINES_EVER);
    }
    struct script_machine **object = lua_newuserdatauv(lua, sizeof(struct script_machine *), 0);
    struct script_machine *machine = calloc(1, sizeof *machine);
    struct script_pooled *pooled =
        machine == NULL ? NULL : script_pool_take(script->pool, request, &error);
    if (pooled == NULL) {
        free(machine);
        sim_fail(&error, SIM_INTERNAL, "no memory for a machine");
        script_raise(lua, &error);
        return NULL;
    }
    machine->script = script;
    machine->pooled = pooled;
    machine->built = pooled->built;
    machine->record = pooled->record;
    machine->seed = request->seed;
    machine->cpu_hz = pooled->built.board->chip->cpu_hz;
    snprintf(machine->board_name, sizeof machine->board_name, "%s", request->board);
    script->machines[script->machine_count] = machine;
    script->machine_count++;
    *object = machine;
    luaL_setmetatable(lua, CLASS_NAME);
    for (size_t i = 0; script_modules[i] != NULL; i++) {
        if (script_modules[i]->machine_given != NULL) {
            script_modules[i]->machine_given(lua, machine);
        }
    }
    return machine;
}

static void close_machine(struct script_machine *machine)
{
    for (size_t i = 0; machine->pooled != NULL && script_modules[i] != NULL; i++) {
        if (script_modules[i]->machine_taken != NULL) {
            script_modules[i]->machine_taken(machine);
        }
    }
    if (machine->pooled != NULL) {
        (machine->spoilt ? script_pool_drop : script_pool_give)(machine->script->pool,
                                                                machine->pooled);
        machine->pooled = NULL;
    }
}

void script_close_machines(struct script *script)
{
    for (size_t i = 0; i < script->machine_count; i++) {
        close_machine(script->machines[i]);
        free(script->machines[i]);
    }
    script->machine_count = 0;
}

/* ---- board() ---- */

/* A text at the top of the stack, which something holds: a file's name, or, when no name can be
 * like it, what the file would contain. A TBF and an ELF have zeros in them, and Intel HEX colons.
 */
static struct script_source read_source(lua_State *lua)
{
    size_t size = 0;
    const char *text = lua_tolstring(lua, -1, &size);
    bool is_content = memchr(text, '\0', size) != NULL || text[0] == ':';
    return is_content ? (struct script_source){.bytes = (const uint8_t *)text, .size = size}
                      : (struct script_source){.name = text};
}

static void read_apps(lua_State *lua, struct script_board_request *request)
{
    lua_pushliteral(lua, "apps");
    if (lua_rawget(lua, 2) == LUA_TNIL) {
        lua_pop(lua, 1);
        return;
    }
    if (!lua_istable(lua, -1)) {
        luaL_error(lua, "board: apps is a list of files or names, { \"blink\", ... }, not a %s",
                   luaL_typename(lua, -1));
    }
    size_t count = lua_rawlen(lua, -1);
    if (count > SCRIPT_APPS_MAX) {
        luaL_error(lua, "board: %d apps can be given at most", SCRIPT_APPS_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        if (lua_rawgeti(lua, -1, (lua_Integer)i + 1) != LUA_TSTRING) {
            luaL_error(lua, "board: apps is a list of texts; number %d is a %s", (int)i + 1,
                       luaL_typename(lua, -1));
        }
        request->apps[i] = read_source(lua);
        lua_pop(lua, 1);
    }
    request->app_count = count;
    lua_pop(lua, 1);
}

static void read_flash_timing(lua_State *lua, struct script_board_request *request)
{
    const char *name = script_option_text(lua, 2, "flash_timing");
    request->has_flash_timing = name != NULL;
    if (name != NULL && !board_find_flash_timing(name, &request->flash_timing)) {
        luaL_error(lua, "board: flash_timing is cached, uncached, ideal or icache, not %s", name);
    }
}

static void read_kernel(lua_State *lua, struct script_board_request *request)
{
    if (script_option_text(lua, 2, "kernel") != NULL) {
        script_push_option(lua, 2, "kernel");
        request->kernel = read_source(lua);
        lua_pop(lua, 1); /* the table holds it */
    }
}

/* What the case would have to begin again for, when it is asked for later. */
static void want_early(lua_State *lua)
{
    if (script_option_bool(lua, 2, "trace", false)) {
        script_want(lua, SCRIPT_WANT_TRACE);
    }
    if (script_option_bool(lua, 2, "report", false)) {
        script_want(lua, SCRIPT_WANT_REPORT);
    }
}

static void check_in_case(lua_State *lua)
{
    struct script *script = script_of(lua);
    if (!script->in_case) {
        script->has_board = true; /* the file is the case, or it is wrong */
        if (script->case_count > 0) {
            luaL_error(lua, "board: the file names cases: make machines within them");
        }
        if (script->list != NULL) {
            luaL_error(lua, "board: called while the cases are counted");
        }
    }
}

static int board(lua_State *lua)
{
    static const char *const keys[] = {"apps",   "kernel",    "seed",     "flash_timing",
                                       "jitter", "isolation", "mpu_hits", "semihosting",
                                       "trace",  "report",    NULL};
    struct script *script = script_of(lua);
    check_in_case(lua);
    script_check_count(lua, "board", 2);
    if (lua_type(lua, 1) != LUA_TSTRING) {
        return luaL_error(lua, "board: which one? sandglass.board(\"nrf52dk\", { ... })");
    }
    script_check_options(lua, 2, "board", keys);
    struct script_board_request request = {.folder = script->folder, .board = lua_tostring(lua, 1)};
    if (lua_istable(lua, 2)) {
        read_apps(lua, &request);
        read_flash_timing(lua, &request);
        read_kernel(lua, &request);
    }
    request.check_isolation = script_option_bool(lua, 2, "isolation", false);
    request.count_mpu_hits = script_option_bool(lua, 2, "mpu_hits", false);
    request.semihosting = script_option_bool(lua, 2, "semihosting", false);
    want_early(lua);
    request.seed = (uint64_t)script_option_integer(lua, 2, "seed", 0, INT64_MAX,
                                                   (int64_t)script->options->seed);
    request.jitter_cycles = (uint32_t)script_option_integer(lua, 2, "jitter", 0, JITTER_MAX, 0);
    script_push_machine(lua, &request);
    return 1;
}

/* ---- time ---- */

/* cpu_hz is a whole number of MHz, and times are at most SCRIPT_NS_MAX: nothing overflows. */
uint64_t script_cycles(const struct script_machine *machine, int64_t ns)
{
    return (uint64_t)ns / 1000 * (machine->cpu_hz / 1000000) +
           (uint64_t)ns % 1000 * (machine->cpu_hz / 1000000) / 1000;
}

int64_t script_ns(const struct script_machine *machine, uint64_t cycles)
{
    uint64_t mhz = machine->cpu_hz / 1000000;
    return (int64_t)(cycles / mhz * 1000 + cycles % mhz * 1000 / mhz);
}

uint64_t script_now(const struct script_machine *machine)
{
    return clock_now(machine_clock(machine->built.machine));
}

uint64_t script_deadline(const struct script_machine *machine, int64_t within_ns)
{
    uint64_t now = script_now(machine);
    uint64_t base = machine->base_cycle > now ? machine->base_cycle : now;
    return base + script_cycles(machine, within_ns);
}

const char *script_time_text(const struct script_machine *machine, uint64_t cycle, char *text)
{
    uint64_t us = (uint64_t)script_ns(machine, cycle) / 1000;
    snprintf(text, SCRIPT_TIME_BYTES, "%" PRIu64 ".%06u s", us / 1000000, (unsigned)(us % 1000000));
    return text;
}

static void fail_at_end(lua_State *lua, struct script_machine *machine, const char *what)
{
    char time[SCRIPT_TIME_BYTES], seen[160];
    snprintf(seen, sizeof seen, "%s, at %s", what,
             script_time_text(machine, script_now(machine), time));
    (machine->allows_faults ? script_fail_catchable : script_fail)(lua, machine,
                                                                   "a machine that runs", seen);
}

/* What ended a stretch, when it is the end of the machine. `is_end`: that is looked for, and here
 * it is; NULL: it is an error. */
static void check_stop(lua_State *lua, struct script_machine *machine, enum machine_stop stop,
                       bool *is_end)
{
    script_record_check_panic(machine->record);
    machine->last_stop = stop;
    if (is_end != NULL &&
        (stop == MACHINE_STOP_LOCKUP || stop == MACHINE_STOP_BKPT || stop == MACHINE_STOP_EXIT)) {
        *is_end = true;
        return;
    }
    switch (stop) {
    case MACHINE_STOP_LIMIT:
    case MACHINE_STOP_REQUESTED:
    case MACHINE_STOP_STEP:
    case MACHINE_STOP_IDLE:
    case MACHINE_STOP_OFF:
    case MACHINE_STOP_BREAKPOINT:
    case MACHINE_STOP_WATCHPOINT:
        return;
    case MACHINE_STOP_LOCKUP:
        fail_at_end(lua, machine, "the core is locked up (a fault while handling a fault)");
        return;
    case MACHINE_STOP_BKPT:
        fail_at_end(lua, machine, "the core has stopped at a BKPT");
        return;
    case MACHINE_STOP_EXIT:
        fail_at_end(lua, machine, "the guest has ended the run by semihosting");
        return;
    case MACHINE_STOP_ENGINE:
        script_of(lua)->trouble = true;
        luaL_error(lua, "the CPU engine failed: %s",
                   cpu_error(machine_cpu(machine->built.machine)));
    }
}

static void check_limit(lua_State *lua, const struct script_machine *machine, uint64_t limit)
{
    if (script_now(machine) >= limit) {
        char time[SCRIPT_TIME_BYTES];
        luaL_error(
            lua, "the case has used up its virtual time of %s: limit(s(N)) gives it another limit",
            script_time_text(machine, limit, time));
    }
}

static bool run(lua_State *lua, struct script_machine *machine, uint64_t cycle, bool *is_end)
{
    uint64_t limit = script_cycles(machine, machine->script->limit_ns);
    for (;;) {
        script_feeds_due(lua, machine);
        script_picture_take_due(machine);
        script_parts_due(lua, machine);
        if (machine->record->wait.happened) {
            return true;
        }
        if (script_now(machine) >= cycle) {
            return false;
        }
        check_limit(lua, machine, limit);
        uint64_t next = script_feeds_next(machine);
        uint64_t frame = script_picture_next(machine);
        next = frame < next ? frame : next;
        uint64_t timer = script_parts_next(machine);
        next = timer < next ? timer : next;
        next = next < cycle ? next : cycle;
        next = next < limit ? next : limit;
        check_stop(lua, machine,
                   machine->run != NULL ? machine->run(machine->run_context, next)
                                        : machine_run(machine->built.machine, next),
                   is_end);
        script_parts_check(lua, machine);
        if (is_end != NULL && *is_end) {
            return true;
        }
    }
}

bool script_run(lua_State *lua, struct script_machine *machine, uint64_t cycle)
{
    return run(lua, machine, cycle, NULL);
}

bool script_run_to_end(lua_State *lua, struct script_machine *machine, uint64_t cycle)
{
    bool is_end = false;
    run(lua, machine, cycle, &is_end);
    return is_end;
}

void script_step(lua_State *lua, struct script_machine *machine, uint64_t count)
{
    uint64_t limit = script_cycles(machine, machine->script->limit_ns);
    script_charge(lua, count);
    for (uint64_t i = 0; i < count; i++) {
        check_limit(lua, machine, limit);
        script_feeds_due(lua, machine);
        script_parts_due(lua, machine);
        check_stop(lua, machine, script_net_step(machine, limit), NULL);
        script_parts_check(lua, machine);
    }
}

static int run_for(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "run_for", 2);
    int64_t ns = script_check_time(lua, 2, "run_for");
    script_run(lua, machine, script_now(machine) + script_cycles(machine, ns));
    return 0;
}

static int step(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "step", 2);
    lua_Integer count = luaL_optinteger(lua, 2, 1);
    if (count < 1 || count > 100000000) {
        return luaL_error(lua, "step: 1 to 100000000 steps");
    }
    script_step(lua, machine, (uint64_t)count);
    return 0;
}

static int now(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "now", 1);
    lua_pushinteger(lua, script_ns(machine, script_now(machine)));
    return 1;
}

static int now_cycles(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "now_cycles", 1);
    lua_pushinteger(lua, (lua_Integer)script_now(machine));
    return 1;
}

static int close(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "close", 1);
    if (machine->net != NULL) {
        return luaL_error(lua, "close: the machine is in a net, which ends with the case");
    }
    script_parts_check(lua, machine);
    close_machine(machine);
    return 0;
}

static const struct script_function functions[] = {{"board", board}, {NULL, NULL}};
static const struct script_function methods[] = {
    {"run_for", run_for},       {"step", step},   {"now", now},
    {"now_cycles", now_cycles}, {"close", close}, {NULL, NULL},
};

const struct script_module script_module_machine = {
    .name = "machine", .functions = functions, .methods = methods};
