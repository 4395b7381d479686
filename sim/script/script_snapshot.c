/* Moments of a machine to which a scenario goes back, as often as it likes. */
#include <stdlib.h>

#include "sim/script/script_lab.h"
#include "sim/script/script_modules.h"
#include "sim/script/script_parts.h"

#define CLASS_NAME "snapshot"
#define SAVED_MAX  64 /* of all machines of a case: they are megabytes */

/* A machine's memory is kept outside of Lua's: it ends with the machine. */
struct script_saved {
    struct script_saved *next;
    struct machine_snapshot machine;
    void *record, *owners, *plan; /* owned; the last two may be NULL */
    uint64_t base_cycle, told;
    int parts; /* reference to what parts keep, or LUA_NOREF; Lua's own */
};

/* What Lua has. */
struct snapshot {
    struct script_machine *machine;
    struct script_saved *saved;
};

static void free_saved(struct script_saved *saved)
{
    machine_snapshot_free(&saved->machine);
    free(saved->record);
    free(saved->owners);
    free(saved->plan);
    free(saved);
}

void script_lab_forget_saved(struct script_lab *lab)
{
    while (lab->saved != NULL) {
        struct script_saved *saved = lab->saved;
        lab->saved = saved->next;
        free_saved(saved);
    }
}

/* What goes on outside of the machine does not go back with it. */
static void check_outside(lua_State *lua, const struct script_machine *machine,
                          const char *function)
{
    if (machine->net != NULL) {
        luaL_error(lua, "%s: the machine is in a net: what the others do would not go back",
                   function);
    }
    if (script_feeds_next(machine) != CLOCK_NEVER) {
        luaL_error(lua,
                   "%s: a value follows a function of time, or a reset is to come: give the value "
                   "a number first",
                   function);
    }
}

static struct script_saved *save(struct script_machine *machine, struct script_lab *lab,
                                 struct sim_error *error)
{
    struct script_saved *saved = calloc(1, sizeof *saved);
    bool good = saved != NULL;
    if (good) {
        saved->base_cycle = machine->base_cycle;
        saved->told = lab->told;
        saved->record = script_record_save(machine->record);
        saved->owners = lab->ownership == NULL ? NULL : ownership_save(lab->ownership);
        saved->plan = fault_plan_save(lab->plan);
        good = saved->record != NULL && saved->plan != NULL &&
               (lab->ownership == NULL || saved->owners != NULL) &&
               machine_snapshot_save(machine->built.machine, &saved->machine, error);
    }
    if (!good && saved != NULL) {
        free_saved(saved);
    }
    if (!good) {
        sim_fail(error, SIM_INTERNAL, "no memory for a snapshot");
        return NULL;
    }
    saved->next = lab->saved;
    lab->saved = saved;
    lab->saved_count++;
    return saved;
}

static size_t count_saved(const struct script *script)
{
    size_t count = 0;
    for (size_t i = 0; i < script->machine_count; i++) {
        const struct script_lab *lab = script->machines[i]->lab;
        count += lab == NULL ? 0 : lab->saved_count;
    }
    return count;
}

static int snapshot(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    struct sim_error error = {0};
    script_check_count(lua, "snapshot", 1);
    check_outside(lua, machine, "snapshot");
    (void)script_lab_plan(lua, machine); /* faults that come later go back, too */
    struct script_lab *lab = script_lab_of(lua, machine);
    if (count_saved(machine->script) == SAVED_MAX) {
        return luaL_error(lua, "snapshot: a case takes at most %d", SAVED_MAX);
    }
    int parts = script_parts_save(lua, machine);
    struct snapshot *object = lua_newuserdatauv(lua, sizeof *object, 0);
    *object = (struct snapshot){.machine = machine};
    luaL_setmetatable(lua, CLASS_NAME);
    object->saved = save(machine, lab, &error);
    if (object->saved == NULL) {
        return script_raise(lua, &error);
    }
    object->saved->parts = parts;
    return 1;
}

static int restore(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    struct sim_error error = {0};
    script_check_count(lua, "restore", 2);
    const struct snapshot *object = luaL_testudata(lua, 2, CLASS_NAME);
    if (object == NULL || object->machine != machine) {
        return luaL_error(lua, "restore: takes what this machine's snapshot() returned, not %s",
                          object == NULL ? luaL_typename(lua, 2) : "another machine's");
    }
    check_outside(lua, machine, "restore");
    const struct script_saved *saved = object->saved;
    if (!machine_snapshot_restore(machine->built.machine, &saved->machine, "the snapshot",
                                  &error)) {
        return script_raise(lua, &error);
    }
    script_record_restore(machine->record, saved->record);
    fault_plan_restore(machine->lab->plan, saved->plan);
    if (saved->owners != NULL) {
        ownership_restore(machine->lab->ownership, saved->owners);
    }
    machine->base_cycle = saved->base_cycle;
    machine->lab->told = saved->told;
    script_parts_restore(lua, machine, saved->parts);
    return 0;
}

static void open(lua_State *lua)
{
    luaL_newmetatable(lua, CLASS_NAME);
    lua_pushliteral(lua, CLASS_NAME);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
}

static const struct script_function methods[] = {
    {"snapshot", snapshot}, {"restore", restore}, {NULL, NULL}};

const struct script_module script_module_snapshot = {
    .name = "snapshot", .methods = methods, .open = open};
