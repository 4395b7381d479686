/* Several machines on one air, and how a machine runs that has a plan of faults. */
#include <stdlib.h>
#include <string.h>

#include "sim/machine/machine_net.h"
#include "sim/script/script_lab.h"
#include "sim/script/script_modules.h"

#define FREE_SPACE_TENTHS 20
#define EXPONENT_MAX      60
#define PLACE_MM_MAX      100000000 /* 100 km */

struct script_net {
    struct machine_net net;
    struct script_machine *members[MACHINE_NET_MAX];
    size_t in_use; /* members whose machine has not been taken back */
};

static struct fault_plan *plan_of(const struct script_machine *machine)
{
    return machine->lab == NULL ? NULL : machine->lab->plan;
}

/* ---- running ---- */

static enum machine_stop run_alone(struct script_machine *machine, uint64_t cycle)
{
    struct fault_plan *plan = plan_of(machine);
    return plan == NULL ? machine_run(machine->built.machine, cycle) : fault_plan_run(plan, cycle);
}

static uint64_t limit_of(const struct script_net *net, uint64_t cycle)
{
    uint64_t limit = cycle;
    for (size_t i = 0; i < net->net.count; i++) {
        const struct fault_plan *plan = plan_of(net->members[i]);
        uint64_t own = plan == NULL ? cycle : fault_plan_limit(plan, cycle);
        limit = own < limit ? own : limit;
    }
    return limit;
}

/* What all plans have to do now; `*stop` is why machine `who` has stopped. True: go on. */
static bool settle(struct script_net *net, size_t who, uint64_t cycle, enum machine_stop *stop)
{
    bool goes_on = *stop == MACHINE_STOP_LIMIT;
    for (size_t i = 0; i < net->net.count; i++) {
        struct fault_plan *plan = plan_of(net->members[i]);
        enum machine_stop own = i == who ? *stop : MACHINE_STOP_LIMIT;
        bool on = plan != NULL && fault_plan_settle(plan, cycle, &own);
        if (plan != NULL && i == who && *stop != MACHINE_STOP_LIMIT) {
            goes_on = on;
            *stop = own;
        }
    }
    return goes_on;
}

enum machine_stop script_net_run(void *context, uint64_t cycle)
{
    struct script_machine *machine = context;
    struct script_net *net = machine->net;
    enum machine_stop stop = MACHINE_STOP_LIMIT;
    size_t who = 0;
    if (net == NULL) {
        return run_alone(machine, cycle);
    }
    uint64_t limit = 0;
    while (settle(net, who, cycle, &stop) && limit < cycle) {
        limit = limit_of(net, cycle);
        stop = machine_net_run(&net->net, limit, &who);
    }
    return stop;
}

static size_t index_of(const struct script_machine *machine)
{
    size_t index = 0;
    while (machine->net->members[index] != machine) {
        index++;
    }
    return index;
}

static enum machine_stop step_in_net(void *context, uint64_t cycle)
{
    struct script_machine *machine = context;
    size_t who = 0;
    return machine_net_step(&machine->net->net, index_of(machine), cycle, &who);
}

enum machine_stop script_net_step(void *context, uint64_t cycle)
{
    struct script_machine *machine = context;
    struct fault_plan *plan = plan_of(machine);
    enum machine_stop stop = machine->net != NULL ? step_in_net(machine, cycle)
                                                  : machine_step(machine->built.machine, cycle);
    if (plan != NULL) {
        enum machine_stop own = stop;
        (void)fault_plan_settle(plan, script_now(machine), &own);
    }
    return stop;
}

void script_net_lead(struct script_machine *machine)
{
    fault_plan_set_step(plan_of(machine), step_in_net, machine);
}

/* ---- net{} ---- */

/* The machines of the list at 1, each once, none in a net, all at the same cycle. */
static size_t read_members(lua_State *lua, struct script_machine **members)
{
    size_t count = lua_rawlen(lua, 1);
    if (count < 2 || count > MACHINE_NET_MAX) {
        luaL_error(lua, "net: 2 to %d machines, sandglass.net{ m1, m2 }", (int)MACHINE_NET_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(lua, 1, (lua_Integer)i + 1);
        members[i] = script_check_machine(lua, lua_gettop(lua));
        lua_pop(lua, 1);
        if (members[i]->net != NULL) {
            luaL_error(lua, "net: machine %d is in a net already", (int)i + 1);
        }
        for (size_t j = 0; j < i; j++) {
            if (members[j] == members[i]) {
                luaL_error(lua, "net: machine %d is there twice", (int)i + 1);
            }
        }
        if (script_now(members[i]) != 0) {
            luaL_error(lua, "net: machine %d has run already: make the net first", (int)i + 1);
        }
    }
    return count;
}

/* positions = { {x, y}, {x, y, z} }, in metres, for each machine. */
static void read_positions(lua_State *lua, struct script_machine *const *members, size_t count)
{
    script_push_option(lua, 1, "positions");
    if (lua_isnil(lua, -1)) {
        lua_pop(lua, 1);
        return;
    }
    if (!lua_istable(lua, -1) || lua_rawlen(lua, -1) != count) {
        luaL_error(lua, "net: positions is a list of places in metres, { 0, 0 }, one for each "
                        "machine");
    }
    for (size_t i = 0; i < count; i++) {
        int32_t place[3] = {0};
        lua_rawgeti(lua, -1, (lua_Integer)i + 1);
        for (int j = 0; j < 3 && lua_istable(lua, -1); j++) {
            lua_rawgeti(lua, -1, j + 1);
            lua_Number metres = lua_isnil(lua, -1) && j > 0 ? 0 : luaL_checknumber(lua, -1);
            if (!(metres * 1000 <= PLACE_MM_MAX && metres * 1000 >= -PLACE_MM_MAX)) {
                luaL_error(lua, "net: a place is within 100 km");
            }
            place[j] = (int32_t)(metres * 1000);
            lua_pop(lua, 1);
        }
        if (!lua_istable(lua, -1)) {
            luaL_error(lua, "net: place %d is { x, y } or { x, y, z } in metres", (int)i + 1);
        }
        machine_set_position(members[i]->built.machine, place);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
}

static void check_keys(lua_State *lua)
{
    for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
        const char *name = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "loss";
        if (strcmp(name, "loss") != 0 && strcmp(name, "exponent") != 0 &&
            strcmp(name, "positions") != 0) {
            luaL_error(lua, "net: there is no option '%s'; it takes positions, loss, exponent",
                       name);
        }
    }
}

/* From here on all of them run together. */
static void join(struct script_net *net, struct script_machine *const *members, size_t count)
{
    machine_net_init(&net->net, members[0]->built.machine);
    for (size_t i = 0; i < count; i++) {
        struct script_machine *machine = members[i];
        machine->spoilt = true; /* its air is the others', too */
        machine->net = net;
        machine->run = script_net_run;
        machine->run_context = machine;
        net->members[i] = machine;
        net->in_use++;
        if (plan_of(machine) != NULL) {
            script_net_lead(machine);
        }
    }
}

static int make_net(lua_State *lua)
{
    struct script_machine *members[MACHINE_NET_MAX];
    script_check_count(lua, "net", 1);
    if (!lua_istable(lua, 1)) {
        return luaL_error(lua, "net: sandglass.net{ m1, m2, positions = { { 0, 0 }, { 10, 0 } } }");
    }
    check_keys(lua);
    size_t count = read_members(lua, members);
    int64_t tenths = script_option_integer(lua, 1, "exponent", FREE_SPACE_TENTHS, EXPONENT_MAX,
                                           FREE_SPACE_TENTHS);
    int64_t loss = script_option_integer(lua, 1, "loss", 0, 100, 0);
    for (size_t i = 1; i < count; i++) {
        if (members[i]->cpu_hz != members[0]->cpu_hz) {
            return luaL_error(lua, "net: machine %d has a clock of another rate", (int)i + 1);
        }
    }
    read_positions(lua, members, count);
    struct script_net *net = calloc(1, sizeof *net);
    if (net == NULL) {
        return luaL_error(lua, "no memory for a net");
    }
    join(net, members, count);
    for (size_t i = 1; i < count; i++) {
        (void)machine_net_add(&net->net, members[i]->built.machine);
    }
    machine_net_set_air(&net->net, &(struct machine_net_air){.exponent_tenths = (uint32_t)tenths,
                                                             .loss_percent = (uint32_t)loss});
    return 0;
}

/* The net goes with the last of its machines: none of them runs any more. */
static void machine_taken(struct script_machine *machine)
{
    struct script_net *net = machine->net;
    machine->net = NULL;
    if (net != NULL) {
        net->in_use--;
        if (net->in_use == 0) {
            free(net);
        }
    }
}

static const struct script_function functions[] = {{"net", make_net}, {NULL, NULL}};

const struct script_module script_module_net = {
    .name = "net", .functions = functions, .machine_taken = machine_taken};
