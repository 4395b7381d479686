/* Parts that a scenario writes itself. Their functions are called from within the machine: they may
 * not use it, and not yield; an error in one ends the case after the current instruction. */
#include "sim/script/script_parts_internal.h"

#include <stdlib.h>
#include <string.h>

#include "sim/script/script_modules.h"

#define CLASS_NAME "part"

/* ---- the part as Lua has it ---- */

static struct script_part *check_part(lua_State *lua, int index)
{
    struct script_part *part = luaL_testudata(lua, index, CLASS_NAME);
    if (part == NULL) {
        luaL_error(lua, "a part is what sandglass.part(\"name\", { ... }) returns, not a %s",
                   luaL_typename(lua, index));
    }
    return part;
}

static struct script_part *check_attached(lua_State *lua, const char *function)
{
    struct script_part *part = check_part(lua, 1);
    if (part->machine == NULL) {
        luaL_error(lua, "%s: part %s is not attached to a machine: m:attach(part)", function,
                   part->name);
    }
    return part;
}

static int make_part(lua_State *lua)
{
    static const char *const keys[] = {"pins",  "i2c",     "spi",  "changed",  "start",
                                       "write", "read",    "stop", "transfer", "select",
                                       "save",  "restore", NULL};
    script_check_count(lua, "part", 2);
    size_t length = 0;
    const char *name = luaL_checklstring(lua, 1, &length);
    if (length == 0 || length >= NAME_BYTES || !lua_istable(lua, 2)) {
        return luaL_error(lua,
                          "part: sandglass.part(\"name\", { pins = { ... }, ... }), with a "
                          "name of at most %d characters",
                          NAME_BYTES - 1);
    }
    script_check_options(lua, 2, "part", keys);
    struct script_part *part = lua_newuserdatauv(lua, sizeof *part, 2);
    memset(part, 0, sizeof *part);
    strcpy(part->name, name);
    for (int i = 0; i < PART_FUNCTIONS; i++) {
        int type = script_push_option(lua, 2, script_part_functions[i]);
        part->functions[i] = LUA_NOREF;
        part->has[i] = type == LUA_TFUNCTION;
        lua_pop(lua, 1);
        if (type != LUA_TFUNCTION && type != LUA_TNIL) {
            return luaL_error(lua, "part: %s is a function", script_part_functions[i]);
        }
    }
    for (const char *const *key = keys; key < keys + 3; key++) {
        int type = script_push_option(lua, 2, *key);
        lua_pop(lua, 1);
        if (type != LUA_TTABLE && type != LUA_TNIL) {
            return luaL_error(lua, "part: %s is a table", *key);
        }
    }
    lua_newtable(lua);
    lua_setiuservalue(lua, -2, 1);
    lua_pushvalue(lua, 2);
    lua_setiuservalue(lua, -2, 2);
    luaL_setmetatable(lua, CLASS_NAME);
    return 1;
}

static struct script_parts *parts_of(lua_State *lua, struct script_machine *machine)
{
    if (machine->parts == NULL) {
        machine->parts = calloc(1, sizeof *machine->parts);
        if (machine->parts == NULL) {
            luaL_error(lua, "no memory for a part");
            return NULL;
        }
        machine->parts->thread = lua_newthread(lua);
        (void)luaL_ref(lua, LUA_REGISTRYINDEX); /* it lives as long as the state */
    }
    return machine->parts;
}

static int attach(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "attach", 2);
    struct script_part *part = check_part(lua, 2);
    if (part->machine != NULL || part->pin_count > 0) {
        return luaL_error(lua, "attach: part %s was attached before: make another", part->name);
    }
    if (script_now(machine) != 0) {
        return luaL_error(lua, "attach: part %s comes before the machine runs", part->name);
    }
    struct script_parts *parts = parts_of(lua, machine);
    if (parts->count == PARTS_MAX) {
        return luaL_error(lua, "attach: a machine takes %d parts", PARTS_MAX);
    }
    machine->spoilt = true;
    part->machine = machine;
    lua_pushvalue(lua, 2);
    part->self = luaL_ref(lua, LUA_REGISTRYINDEX); /* from here on its wires may be called */
    parts->parts[parts->count] = part;
    parts->count++;
    lua_getiuservalue(lua, 2, 2);
    int description = lua_gettop(lua);
    for (int i = 0; i < PART_FUNCTIONS; i++) {
        if (part->has[i]) {
            script_push_option(lua, description, script_part_functions[i]);
            part->functions[i] = luaL_ref(lua, LUA_REGISTRYINDEX);
        }
    }
    script_part_join(lua, part, description);
    lua_pushvalue(lua, 2);
    return 1;
}

static struct part_pin *check_pin(lua_State *lua, struct script_part *part, int index)
{
    const char *name = luaL_checkstring(lua, index);
    for (size_t i = 0; i < part->pin_count; i++) {
        if (strcmp(part->pins[i].name, name) == 0) {
            return &part->pins[i];
        }
    }
    luaL_error(lua, "part %s has no pin %s", part->name, name);
    return NULL;
}

static enum wire_level check_level(lua_State *lua, int index)
{
    if (lua_isnoneornil(lua, index)) {
        return WIRE_FLOATING;
    }
    if (lua_isboolean(lua, index)) {
        return lua_toboolean(lua, index) != 0 ? WIRE_HIGH : WIRE_LOW;
    }
    lua_Integer level = luaL_checkinteger(lua, index);
    if (level != 0 && level != 1) {
        luaL_error(lua, "a level is 0, 1, or nil for none");
    }
    return level == 1 ? WIRE_HIGH : WIRE_LOW;
}

static int drive(lua_State *lua)
{
    struct script_part *part = check_attached(lua, "drive");
    script_check_count(lua, "drive", 3);
    struct part_pin *pin = check_pin(lua, part, 2);
    wire_drive(&pin->pin->in, check_level(lua, 3));
    if (part->machine->parts->calling == 0) {
        script_parts_check(lua, part->machine);
    }
    return 0;
}

static int level(lua_State *lua)
{
    struct script_part *part = check_attached(lua, "level");
    script_check_count(lua, "level", 2);
    script_part_push_level(lua, check_pin(lua, part, 2)->pin->out.level);
    return 1;
}

static int after(lua_State *lua)
{
    struct script_part *part = check_attached(lua, "after");
    struct script_parts *parts = part->machine->parts;
    script_check_count(lua, "after", 3);
    int64_t ns = script_check_time(lua, 2, "after");
    luaL_checktype(lua, 3, LUA_TFUNCTION);
    if (parts->timer_count == TIMERS_MAX) {
        return luaL_error(lua, "after: %d functions wait already", TIMERS_MAX);
    }
    lua_settop(lua, 3);
    struct part_timer *timer = &parts->timers[parts->timer_count];
    timer->cycle = script_now(part->machine) + script_cycles(part->machine, ns);
    timer->part = part;
    timer->function = luaL_ref(lua, LUA_REGISTRYINDEX);
    parts->timer_count++;
    machine_request_stop(part->machine->built.machine); /* it may come before the run's end */
    return 0;
}

static int now(lua_State *lua)
{
    struct script_part *part = check_attached(lua, "now");
    lua_pushinteger(lua, script_ns(part->machine, script_now(part->machine)));
    return 1;
}

/* ---- runs ---- */

void script_parts_check(lua_State *lua, struct script_machine *machine)
{
    struct script *script = machine->script;
    for (size_t i = 0; i < script->machine_count; i++) { /* those of its net, too */
        struct script_parts *parts = script->machines[i]->parts;
        if (parts != NULL && parts->failed) {
            lua_rawgeti(lua, LUA_REGISTRYINDEX, parts->error);
            lua_error(lua);
        }
    }
}

bool script_parts_are_calling(const struct script_machine *machine)
{
    const struct script *script = machine->script;
    for (size_t i = 0; i < script->machine_count; i++) {
        if (script->machines[i]->parts != NULL && script->machines[i]->parts->calling > 0) {
            return true;
        }
    }
    return false;
}

static bool runs_with(const struct script_machine *machine, const struct script_machine *other)
{
    return other == machine || (machine->net != NULL && other->net == machine->net);
}

uint64_t script_parts_next(const struct script_machine *machine)
{
    uint64_t next = CLOCK_NEVER;
    for (size_t i = 0; i < machine->script->machine_count; i++) {
        const struct script_machine *other = machine->script->machines[i];
        const struct script_parts *parts = runs_with(machine, other) ? other->parts : NULL;
        for (size_t j = 0; parts != NULL && j < parts->timer_count; j++) {
            next = parts->timers[j].cycle < next ? parts->timers[j].cycle : next;
        }
    }
    return next;
}

/* The earliest that is due, first asked first; false: none. */
static bool take_timer(struct script_parts *parts, uint64_t cycle, struct part_timer *taken)
{
    size_t best = parts->timer_count;
    for (size_t i = 0; i < parts->timer_count; i++) {
        uint64_t due = parts->timers[i].cycle;
        if (due <= cycle && (best == parts->timer_count || due < parts->timers[best].cycle)) {
            best = i;
        }
    }
    if (best == parts->timer_count) {
        return false;
    }
    *taken = parts->timers[best];
    parts->timer_count--;
    memmove(&parts->timers[best], &parts->timers[best + 1],
            (parts->timer_count - best) * sizeof parts->timers[0]);
    return true;
}

void script_parts_due(lua_State *lua, struct script_machine *machine)
{
    struct part_timer timer;
    for (size_t i = 0; i < machine->script->machine_count; i++) {
        struct script_machine *other = machine->script->machines[i];
        struct script_parts *parts = runs_with(machine, other) ? other->parts : NULL;
        while (parts != NULL && !parts->failed && take_timer(parts, script_now(other), &timer)) {
            script_charge(lua, 1);
            lua_State *thread = script_part_begin(timer.part, timer.function);
            if (thread != NULL) {
                script_part_call(timer.part, thread, 0);
            }
            luaL_unref(lua, LUA_REGISTRYINDEX, timer.function);
        }
    }
    script_parts_check(lua, machine);
}

/* ---- snapshots ---- */

/* The function and its arguments, the part first, are on the stack: it may not use the machine, as
 * little as one that is called from within it. */
static void call_apart(lua_State *lua, struct script_parts *parts, int arguments, int results)
{
    parts->calling++;
    int status = lua_pcall(lua, arguments, results, 0);
    parts->calling--;
    if (status != LUA_OK) {
        lua_error(lua);
    }
}

int script_parts_save(lua_State *lua, struct script_machine *machine)
{
    struct script_parts *parts = machine->parts;
    if (parts == NULL || parts->count == 0) {
        return LUA_NOREF;
    }
    if (parts->timer_count > 0) {
        luaL_error(lua, "snapshot: part %s waits for a function of after()",
                   parts->timers[0].part->name);
    }
    lua_createtable(lua, (int)parts->count, 0);
    for (size_t i = 0; i < parts->count; i++) {
        struct script_part *part = parts->parts[i];
        if (!part->has[PART_SAVE] || !part->has[PART_RESTORE]) {
            luaL_error(lua, "snapshot: part %s has no functions save and restore", part->name);
        }
        lua_createtable(lua, 0, 3);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, part->functions[PART_SAVE]);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, part->self);
        call_apart(lua, parts, 1, 1);
        lua_setfield(lua, -2, "value");
        lua_pushboolean(lua, part->addressed);
        lua_setfield(lua, -2, "addressed");
        lua_pushboolean(lua, part->selected);
        lua_setfield(lua, -2, "selected");
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    return luaL_ref(lua, LUA_REGISTRYINDEX);
}

void script_parts_restore(lua_State *lua, struct script_machine *machine, int saved)
{
    struct script_parts *parts = machine->parts;
    if (saved == LUA_NOREF || parts == NULL) {
        return;
    }
    for (size_t i = 0; i < parts->timer_count; i++) {
        luaL_unref(lua, LUA_REGISTRYINDEX, parts->timers[i].function);
    }
    parts->timer_count = 0;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, saved);
    for (size_t i = 0; i < parts->count; i++) {
        struct script_part *part = parts->parts[i];
        lua_rawgeti(lua, -1, (lua_Integer)i + 1);
        lua_getfield(lua, -1, "addressed");
        part->addressed = lua_toboolean(lua, -1) != 0;
        lua_getfield(lua, -2, "selected");
        part->selected = lua_toboolean(lua, -1) != 0;
        lua_pop(lua, 2);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, part->functions[PART_RESTORE]);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, part->self);
        lua_getfield(lua, -3, "value");
        call_apart(lua, parts, 2, 0);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
}

/* ---- the module ---- */

/* Functions first, then the part's own fields. Upvalue: the functions. */
static int find_field(lua_State *lua)
{
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, lua_upvalueindex(1)) == LUA_TNIL) {
        lua_getiuservalue(lua, 1, 1);
        lua_pushvalue(lua, 2);
        lua_rawget(lua, -2);
    }
    return 1;
}

static int set_field(lua_State *lua)
{
    if (lua_isnil(lua, 2) || (lua_isnumber(lua, 2) && !lua_isinteger(lua, 2))) {
        return luaL_error(lua, "a field of a part has a name");
    }
    lua_getiuservalue(lua, 1, 1);
    lua_insert(lua, 2);
    lua_rawset(lua, 2);
    return 0;
}

static void open(lua_State *lua)
{
    static const struct luaL_Reg of_a_part[] = {
        {"drive", drive}, {"level", level}, {"after", after}, {"now", now}, {NULL, NULL}};
    luaL_newmetatable(lua, CLASS_NAME);
    luaL_newlib(lua, of_a_part);
    lua_pushcclosure(lua, find_field, 1);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, set_field);
    lua_setfield(lua, -2, "__newindex");
    lua_pushliteral(lua, CLASS_NAME);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
}

/* Without Lua its memory is gone, and so are the parts; the machine is not run again. */
static void machine_taken(struct script_machine *machine)
{
    struct script_parts *parts = machine->parts;
    lua_State *lua = machine->script->lua;
    for (size_t i = 0; parts != NULL && lua != NULL && i < parts->count; i++) {
        parts->parts[i]->machine = NULL;
        luaL_unref(lua, LUA_REGISTRYINDEX, parts->parts[i]->self);
    }
    free(parts);
    machine->parts = NULL;
}

static const struct script_function functions[] = {{"part", make_part}, {NULL, NULL}};
static const struct script_function methods[] = {{"attach", attach}, {NULL, NULL}};

const struct script_module script_module_parts = {.name = "parts",
                                                  .functions = functions,
                                                  .methods = methods,
                                                  .open = open,
                                                  .machine_taken = machine_taken};
