/* Disturbances of a run, and who owns each byte meanwhile. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/fault_list.h"
#include "sim/script/script_lab.h"
#include "sim/script/script_modules.h"
#include "sim/script/script_options.h"
#include "sim/script/script_state.h"

#define TEXT_BYTES       256
#define LASTS_NS         INT64_C(100000000) /* of a power cut */
#define EXCEPTION_MAX    255
#define INSTRUCTIONS_MAX INT64_C(1000000000000)

/* ---- what a machine keeps ---- */

struct script_lab *script_lab_of(lua_State *lua, struct script_machine *machine)
{
    if (machine->lab == NULL) {
        machine->lab = calloc(1, sizeof *machine->lab);
        if (machine->lab == NULL) {
            luaL_error(lua, "no memory for an experiment");
        }
    }
    return machine->lab;
}

struct fault_plan *script_lab_plan(lua_State *lua, struct script_machine *machine)
{
    struct script_lab *lab = script_lab_of(lua, machine);
    struct sim_error error = {0};
    if (lab->plan == NULL) {
        machine->spoilt = true;
        lab->plan = fault_plan_create(machine->built.machine, &error);
        if (lab->plan == NULL) {
            script_raise(lua, &error);
        }
        fault_plan_set_ownership(lab->plan, lab->ownership);
        if (machine->net != NULL) {
            script_net_lead(machine);
        }
        machine->run = script_net_run;
        machine->run_context = machine;
    }
    return lab->plan;
}

static void machine_given(lua_State *lua, struct script_machine *machine)
{
    struct sim_error error = {0};
    if ((script_of(lua)->has & SCRIPT_WANT_OWNERS) != 0) {
        struct script_lab *lab = script_lab_of(lua, machine);
        machine->spoilt = true;
        lab->ownership = ownership_create(machine->built.machine, machine->built.firmware, &error);
        if (lab->ownership == NULL) {
            script_raise(lua, &error);
        }
    }
}

static void machine_taken(struct script_machine *machine)
{
    struct script_lab *lab = machine->lab;
    machine->lab = NULL;
    if (lab != NULL) {
        script_lab_forget_saved(lab);
        fault_plan_destroy(lab->plan);
        ownership_destroy(lab->ownership);
        free(lab);
    }
}

/* ---- fault{} ---- */

static bool is_given(lua_State *lua, int table, const char *key)
{
    return script_has_option(lua, table, key);
}

static uint32_t option_address(lua_State *lua, int table, const char *function)
{
    if (!is_given(lua, table, "address")) {
        luaL_error(lua, "%s: an address is missing, such as address = 0x20002000", function);
    }
    script_push_option(lua, table, "address");
    uint32_t address = script_check_address(lua, lua_gettop(lua));
    lua_pop(lua, 1);
    return address;
}

static int option_process(lua_State *lua, const struct script_machine *machine, int table)
{
    if (!is_given(lua, table, "process")) {
        return FAULT_ANY_PROCESS;
    }
    script_push_option(lua, table, "process");
    int process = script_check_process(lua, machine, lua_gettop(lua));
    lua_pop(lua, 1);
    return process;
}

/* A class by its name, or true for any. */
static uint32_t option_class(lua_State *lua, int table)
{
    script_push_option(lua, table, "call");
    int index = lua_gettop(lua);
    uint32_t found = FAULT_ANY_NUMBER;
    if (lua_type(lua, index) == LUA_TSTRING) {
        for (uint32_t i = 0; i < PROCESS_WATCH_CLASSES; i++) {
            found = strcmp(script_class_name(i), lua_tostring(lua, index)) == 0 ? i : found;
        }
        if (found == FAULT_ANY_NUMBER) {
            luaL_error(lua, "fault: there is no class %s of system calls",
                       lua_tostring(lua, index));
        }
    } else if (!lua_isboolean(lua, index) || lua_toboolean(lua, index) == 0) {
        luaL_error(lua, "fault: call is a class, such as \"command\", or true for any");
    }
    lua_pop(lua, 1);
    return found;
}

/* { time = } or { address = } or { call = } or { exception = }, and `instructions` later. */
static struct fault_point read_place(lua_State *lua, const struct script_machine *machine,
                                     int table)
{
    static const char *const keys[] = {"time",    "address", "call",         "exception",
                                       "process", "count",   "instructions", NULL};
    script_check_options(lua, table, "fault: at", keys);
    struct fault_point point = {
        .process = option_process(lua, machine, table),
        .number = FAULT_ANY_NUMBER,
        .count = (uint64_t)script_option_integer(lua, table, "count", 1, INSTRUCTIONS_MAX, 1),
        .instructions =
            (uint64_t)script_option_integer(lua, table, "instructions", 0, INSTRUCTIONS_MAX, 0)};
    int kinds = is_given(lua, table, "time") + is_given(lua, table, "address") +
                is_given(lua, table, "call") + is_given(lua, table, "exception");
    if (kinds > 1) {
        luaL_error(lua, "fault: at has one of time, address, call, exception, not several");
    }
    if (is_given(lua, table, "address")) {
        point.at = FAULT_AT_ADDRESS;
        point.address = option_address(lua, table, "fault: at");
    } else if (is_given(lua, table, "call")) {
        point.at = FAULT_AT_CALL;
        point.number = option_class(lua, table);
    } else if (is_given(lua, table, "exception")) {
        point.at = FAULT_AT_EXCEPTION;
        point.number =
            (uint32_t)script_option_integer(lua, table, "exception", 1, EXCEPTION_MAX, 1);
    } else {
        point.at = FAULT_AT_CYCLE;
        point.cycle =
            script_now(machine) + script_cycles(machine, script_option_time(lua, table, "time", 0));
    }
    return point;
}

static struct fault_point read_point(lua_State *lua, struct script_machine *machine)
{
    struct fault_point point = {.at = FAULT_AT_CYCLE};
    script_push_option(lua, 2, "at");
    if (lua_istable(lua, -1)) {
        point = read_place(lua, machine, lua_gettop(lua));
    } else {
        int64_t ns = lua_isnil(lua, -1) ? 0 : script_check_time(lua, lua_gettop(lua), "fault: at");
        point.cycle = script_now(machine) + script_cycles(machine, ns);
    }
    lua_pop(lua, 1);
    if (point.at == FAULT_AT_CYCLE && point.cycle > machine->base_cycle) {
        machine->base_cycle = point.cycle; /* expectations count from there */
    }
    return point;
}

/* "rng.stuck", or the fault's name with device = "rng". The name is put where the plan copies it
 * from. */
static void read_device_fault(lua_State *lua, const struct script_machine *machine,
                              const char *kind, struct fault_action *action)
{
    char name[TEXT_BYTES];
    const char *dot = strchr(kind, '.');
    bool has_device = is_given(lua, 2, "device");
    size_t length = dot == NULL ? 0 : (size_t)(dot - kind);
    if (!has_device && (dot == NULL || length >= sizeof name)) {
        luaL_error(lua,
                   "fault: there is no kind '%s': skip, reg.flip, ram.flip, flash.flip, mpu.flip, "
                   "power.cut, or DEVICE.FAULT as `sandglass faults` lists them",
                   kind);
        return;
    }
    if (has_device) {
        script_push_option(lua, 2, "device");
    } else {
        lua_pushlstring(lua, kind, length);
    }
    action->kind = FAULT_ACTION_DEVICE;
    action->device = (size_t)script_check_device(lua, machine, lua_gettop(lua));
    action->name = has_device ? kind : dot + 1;
    action->value =
        (int32_t)script_option_integer(lua, 2, "value", INT32_MIN, INT32_MAX, FAULT_DEFAULT_VALUE);
    lua_pop(lua, 1); /* `kind` is in the table still */
}

static void read_kind(lua_State *lua, const struct script_machine *machine,
                      struct fault_action *action)
{
    const char *kind = script_option_text(lua, 2, "kind");
    if (kind == NULL) {
        luaL_error(lua, "fault: which kind? m:fault{ at = ms(10), kind = \"skip\" }");
        return;
    }
    action->bit = (uint32_t)script_option_integer(lua, 2, "bit", 0, 31, 0);
    action->region = (uint32_t)script_option_integer(lua, 2, "region", 0, INT32_MAX, 0);
    action->name = script_option_text(lua, 2, "register");
    if (!fault_action_find(kind, &action->kind)) {
        read_device_fault(lua, machine, kind, action);
    } else if (action->kind == FAULT_ACTION_RAM_FLIP || action->kind == FAULT_ACTION_FLASH_FLIP) {
        action->address = option_address(lua, 2, kind);
    } else if (action->kind == FAULT_ACTION_POWER_CUT) {
        int64_t ms = script_option_time(lua, 2, "lasts", LASTS_NS) / 1000000;
        action->value = ms > INT32_MAX ? INT32_MAX : (int32_t)ms;
    }
}

static int fault(lua_State *lua)
{
    static const char *const keys[] = {"at",     "kind",   "register", "bit",   "address",
                                       "region", "device", "value",    "lasts", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    struct fault_action action = {.kind = FAULT_ACTION_SKIP};
    struct sim_error error = {0};
    size_t index = 0;
    script_check_count(lua, "fault", 2);
    if (!lua_istable(lua, 2)) {
        return luaL_error(lua, "fault: m:fault{ at = ms(10), kind = \"skip\" }, not a %s",
                          luaL_typename(lua, 2));
    }
    script_check_options(lua, 2, "fault", keys);
    read_kind(lua, machine, &action);
    action.point = read_point(lua, machine);
    if (!fault_plan_add(script_lab_plan(lua, machine), &action, &index, &error)) {
        return luaL_error(lua, "fault: %s", error.text);
    }
    lua_pushinteger(lua, (lua_Integer)index + 1);
    return 1;
}

static int fault_state(lua_State *lua)
{
    static const char *const words[] = {
        [FAULT_WAITS] = "waits", [FAULT_DONE] = "done", [FAULT_IN_VAIN] = "in vain"};
    struct script_machine *machine = script_check_machine(lua, 1);
    char text[TEXT_BYTES];
    script_check_count(lua, "fault_state", 2);
    const struct fault_plan *plan = machine->lab == NULL ? NULL : machine->lab->plan;
    lua_Integer count = plan == NULL ? 0 : (lua_Integer)fault_plan_count(plan);
    lua_Integer index = luaL_checkinteger(lua, 2);
    if (plan == NULL || index < 1 || index > count) {
        return luaL_error(lua, "fault_state: takes what fault() returned, 1 to %I",
                          (LUAI_UACINT)count);
    }
    const struct fault_effect *effect = fault_plan_effect(plan, (size_t)index - 1);
    fault_plan_describe(plan, (size_t)index - 1, text, sizeof text);
    lua_newtable(lua);
    script_set_text(lua, "state", words[effect->progress]);
    script_set_text(lua, "text", text);
    if (effect->progress != FAULT_WAITS) {
        script_set_integer(lua, "at", script_ns(machine, effect->cycle));
        script_set_integer(lua, "pc", effect->pc);
    }
    if (effect->before != effect->after) {
        script_set_integer(lua, "before", effect->before);
        script_set_integer(lua, "after", effect->after);
    }
    return 1;
}

/* ---- owners ---- */

static struct ownership *owners(lua_State *lua, struct script_machine *machine)
{
    script_want(lua, SCRIPT_WANT_OWNERS);
    return machine->lab->ownership;
}

static void set_process(lua_State *lua, const struct script_machine *machine, const char *name,
                        int process)
{
    if (process >= 0) {
        script_set_text(lua, name,
                        machine_view_processes(machine->built.machine)->process[process].name);
    }
}

static int owner(lua_State *lua)
{
    static const char *const kinds[] = {
        [OWNERSHIP_FREE] = "free",
        [OWNERSHIP_KERNEL_FLASH] = "kernel flash",
        [OWNERSHIP_KERNEL_RAM] = "kernel memory",
        [OWNERSHIP_APP_FLASH] = "app flash",
        [OWNERSHIP_APP_MEMORY] = "app memory",
        [OWNERSHIP_GRANT_MEMORY] = "grants",
        [OWNERSHIP_NO_MEMORY] = "no memory",
    };
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "owner", 2);
    uint32_t address = script_check_address(lua, 2);
    struct ownership_answer answer = ownership_of(owners(lua, machine), address);
    lua_newtable(lua);
    script_set_text(lua, "kind", kinds[answer.kind]);
    set_process(lua, machine, "process", answer.process);
    lua_pushboolean(lua, answer.shared);
    lua_setfield(lua, -2, "shared");
    if (answer.buffer != NULL) {
        lua_newtable(lua);
        script_set_text(lua, "class", script_class_name(answer.buffer->call_class));
        script_set_integer(lua, "driver", answer.buffer->driver);
        script_set_integer(lua, "number", answer.buffer->number);
        script_set_integer(lua, "address", answer.buffer->range.start);
        script_set_integer(lua, "bytes", answer.buffer->range.end - answer.buffer->range.start);
        lua_setfield(lua, -2, "lent");
    }
    return 1;
}

/* "app wrote": the kind of a breach. */
static const char *breach_word(enum ownership_breach_kind kind)
{
    static const char *const words[OWNERSHIP_BREACH_KINDS] = {
        [OWNERSHIP_BREACH_APP_WROTE] = "app wrote",
        [OWNERSHIP_BREACH_KERNEL_WROTE] = "kernel wrote",
        [OWNERSHIP_BREACH_DEAD_WRITTEN] = "dead written",
        [OWNERSHIP_BREACH_FLASH] = "flash",
        [OWNERSHIP_BREACH_OPEN] = "open",
        [OWNERSHIP_BREACH_CLOSED] = "closed",
        [OWNERSHIP_BREACH_NOT_ZERO] = "not zero",
        [OWNERSHIP_BREACH_REGISTERS] = "registers",
        [OWNERSHIP_BREACH_DMA] = "dma",
        [OWNERSHIP_BREACH_PRIVILEGED] = "privileged",
        [OWNERSHIP_BREACH_KERNEL_FAULT] = "kernel fault",
        [OWNERSHIP_BREACH_ANSWER] = "answer",
        [OWNERSHIP_BREACH_SWAP] = "swap",
        [OWNERSHIP_BREACH_BREAK] = "break",
        [OWNERSHIP_BREACH_BOUND] = "bound",
        [OWNERSHIP_BREACH_ACCEPTED] = "accepted",
        [OWNERSHIP_BREACH_OVERLAP] = "overlap",
        [OWNERSHIP_BREACH_DEAD_RUNS] = "dead runs",
        [OWNERSHIP_BREACH_UPCALL] = "upcall",
    };
    return words[kind];
}

static int breaches(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "breaches", 1);
    struct ownership *ownership = owners(lua, machine);
    size_t count = 0;
    ownership_check_flash(ownership);
    const struct ownership_breach *breach = ownership_breaches(ownership, &count);
    machine->lab->told = ownership_breach_total(ownership);
    lua_createtable(lua, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        char text[TEXT_BYTES];
        ownership_describe(ownership, &breach[i], text, sizeof text);
        lua_newtable(lua);
        script_set_text(lua, "kind", breach_word(breach[i].kind));
        script_set_text(lua, "text", text);
        script_set_integer(lua, "address", breach[i].address);
        script_set_integer(lua, "pc", breach[i].pc);
        script_set_integer(lua, "at", script_ns(machine, breach[i].cycle));
        set_process(lua, machine, "who", breach[i].who);
        set_process(lua, machine, "whose", breach[i].whose);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    return 1;
}

bool script_lab_unasked(const struct script_machine *machine, char *text, size_t size)
{
    size_t count = 0;
    const struct ownership *ownership = machine->lab == NULL ? NULL : machine->lab->ownership;
    if (ownership == NULL || ownership_breach_total(ownership) <= machine->lab->told) {
        return false;
    }
    const struct ownership_breach *breach = ownership_breaches(ownership, &count);
    size_t first = machine->lab->told < count ? (size_t)machine->lab->told : count - 1;
    ownership_describe(ownership, &breach[first], text, size);
    return true;
}

static const struct script_function methods[] = {
    {"fault", fault}, {"fault_state", fault_state}, {"owner", owner}, {"breaches", breaches},
    {NULL, NULL},
};

const struct script_module script_module_faults = {.name = "faults",
                                                   .methods = methods,
                                                   .machine_given = machine_given,
                                                   .machine_taken = machine_taken};
