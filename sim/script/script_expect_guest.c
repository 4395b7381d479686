/* Expectations about processes, faults, system calls and memory. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/script/script_failure.h"
#include "sim/script/script_modules.h"
#include "sim/script/script_options.h"
#include "sim/script/script_state.h"
#include "sim/script/script_wait.h"

#define LOOK_NS 100000 /* between looks at the kernel's record of a process */

/* ---- a process ---- */

struct process_wish {
    const char *state; /* NULL: any */
    int64_t restarts;  /* -1: any */
};

static bool is_granted(const struct process_wish *wish, const struct script_process *process)
{
    return (wish->state == NULL || strcmp(wish->state, process->state) == 0) &&
           (wish->restarts < 0 || wish->restarts == (int64_t)process->restarts);
}

static int fail_process(lua_State *lua, struct script_machine *machine, const char *name,
                        const struct process_wish *wish, const struct script_process *process)
{
    char restarts[32] = "";
    if (wish->restarts >= 0) {
        snprintf(restarts, sizeof restarts, " with %d restart%s", (int)wish->restarts,
                 wish->restarts == 1 ? "" : "s");
    }
    const char *expected =
        lua_pushfstring(lua, "process %s%s%s%s", name, wish->state == NULL ? "" : " ",
                        wish->state == NULL ? "" : wish->state, restarts);
    return script_failf(lua, machine, expected, "%s with %" PRIu32 " restart%s", process->state,
                        process->restarts, process->restarts == 1 ? "" : "s");
}

/* The kernel writes its record without telling anybody: it is looked at. */
static int expect_process(lua_State *lua)
{
    static const char *const keys[] = {"state", "restarts", "within", NULL};
    static const char *const states[] = {"running", "yielded",    "yielded-for", "stopped",
                                         "faulted", "terminated", "not started", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    struct script_process process;
    script_check_count(lua, "expect_process", 3);
    int index = script_check_process(lua, machine, 2);
    script_check_options(lua, 3, "expect_process", keys);
    struct process_wish wish = {.state = script_option_text(lua, 3, "state")};
    if (wish.state != NULL) {
        script_push_option(lua, 3, "state");
        script_check_word(lua, lua_gettop(lua), "state", states);
        lua_pop(lua, 1);
    }
    wish.restarts = script_option_integer(lua, 3, "restarts", 0, INT32_MAX, -1);
    uint64_t deadline = script_deadline(machine, script_option_time(lua, 3, "within", 0));
    script_process_read(machine, index, &process);
    while (!is_granted(&wish, &process) && script_now(machine) < deadline) {
        uint64_t next = script_now(machine) + script_cycles(machine, LOOK_NS);
        script_run(lua, machine, next < deadline ? next : deadline);
        script_process_read(machine, index, &process);
    }
    if (!is_granted(&wish, &process)) {
        return fail_process(lua, machine,
                            machine_view_processes(machine->built.machine)->process[index].name,
                            &wish, &process);
    }
    script_met(lua);
    return 0;
}

/* ---- faults ---- */

/* The first incident that fits and is not taken yet, which it then is. */
static struct script_incident *take_fault(struct script_machine *machine,
                                          const struct script_wait *wait)
{
    struct script_record *record = machine->record;
    for (size_t i = 0; i < record->incident_count; i++) {
        struct script_incident *incident = &record->incidents[i];
        const struct script_event *event = &incident->event;
        if (!incident->taken && incident->kind == SCRIPT_INCIDENT_FAULT &&
            (wait->process < 0 || wait->process == event->process) &&
            (!wait->has_address || (event->address_valid && wait->address == event->address)) &&
            (!wait->has_fault || wait->fault == event->fault)) {
            incident->taken = true;
            return incident;
        }
    }
    return NULL;
}

static void read_fault(lua_State *lua, const struct script_machine *machine,
                       struct script_wait *wait)
{
    if (script_has_option(lua, 2, "process")) {
        script_push_option(lua, 2, "process");
        wait->process = script_check_process(lua, machine, lua_gettop(lua));
        lua_pop(lua, 1);
    }
    int64_t address = script_option_integer(lua, 2, "address", 0, UINT32_MAX, -1);
    wait->has_address = address >= 0;
    wait->address = (uint32_t)address;
    const char *kind = script_option_text(lua, 2, "kind");
    wait->has_fault = kind != NULL;
    if (kind != NULL && !script_fault_find(kind, &wait->fault)) {
        luaL_error(lua,
                   "kind: %s is no fault; DACCVIOL, IACCVIOL, PRECISERR, UNDEFINSTR and so on "
                   "are, as the datasheet names them",
                   kind);
    }
}

static int fail_fault(lua_State *lua, struct script_machine *machine,
                      const struct script_wait *wait)
{
    char expected[160], address[32] = "";
    const struct script_record *record = machine->record;
    if (wait->has_address) {
        snprintf(address, sizeof address, " at 0x%08" PRIx32, wait->address);
    }
    snprintf(expected, sizeof expected, "a fault%s%s%s%s%s", wait->has_fault ? " " : "",
             wait->has_fault ? script_fault_name(wait->fault) : "",
             wait->process < 0 ? "" : " of process ",
             wait->process < 0
                 ? ""
                 : machine_view_processes(machine->built.machine)->process[wait->process].name,
             address);
    if (record->incident_count == 0) {
        return script_fail(lua, machine, expected, "no fault");
    }
    char seen[256];
    script_incident_text(machine, &record->incidents[record->incident_count - 1], seen,
                         sizeof seen);
    return script_fail(lua, machine, expected, seen);
}

static int expect_fault(lua_State *lua)
{
    static const char *const keys[] = {"process", "address", "kind", "within", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    struct script_wait wait = {.kind = SCRIPT_EVENT_FAULT, .process = -1};
    script_check_count(lua, "expect_fault", 2);
    script_check_options(lua, 2, "expect_fault", keys);
    read_fault(lua, machine, &wait);
    uint64_t deadline =
        script_deadline(machine, script_option_time(lua, 2, "within", SCRIPT_WITHIN_NS));
    struct script_incident *taken = take_fault(machine, &wait);
    if (taken == NULL && script_wait(lua, machine, &wait, deadline, NULL)) {
        taken = take_fault(machine, &wait);
    }
    if (taken == NULL) {
        return fail_fault(lua, machine, &wait);
    }
    script_met(lua);
    lua_newtable(lua);
    lua_pushstring(lua, taken->event.what);
    lua_setfield(lua, -2, "kind");
    lua_pushinteger(lua, (lua_Integer)taken->event.pc);
    lua_setfield(lua, -2, "pc");
    lua_pushinteger(lua, script_ns(machine, taken->event.cycle));
    lua_setfield(lua, -2, "time");
    if (taken->event.address_valid) {
        lua_pushinteger(lua, (lua_Integer)taken->event.address);
        lua_setfield(lua, -2, "address");
    }
    return 1;
}

static int allow_faults(lua_State *lua)
{
    static const char *const keys[] = {"panics", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "allow_faults", 2);
    script_check_options(lua, 2, "allow_faults", keys);
    machine->allows_faults = true;
    machine->allows_panics = script_option_bool(lua, 2, "panics", true);
    return 0;
}

/* ---- system calls ---- */

static int expect_calls(lua_State *lua)
{
    static const char *const keys[] = {"class", "driver", "command", "at_least", "at_most", NULL};
    char wanted[64];
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "expect_calls", 4);
    int index = script_check_process(lua, machine, 2);
    script_check_options(lua, 3, "expect_calls", keys);
    int64_t low = script_option_integer(lua, 3, "at_least", 0, INT64_MAX, 0);
    int64_t high = script_option_integer(lua, 3, "at_most", 0, INT64_MAX, INT64_MAX);
    if (!lua_isnoneornil(lua, 4)) {
        low = luaL_checkinteger(lua, 4);
        high = low;
        snprintf(wanted, sizeof wanted, "%" PRId64, low);
    } else if (high == INT64_MAX) {
        snprintf(wanted, sizeof wanted, "at least %" PRId64, low == 0 ? 1 : low);
        low = low == 0 ? 1 : low;
    } else {
        snprintf(wanted, sizeof wanted, "%" PRId64 " to %" PRId64, low, high);
    }
    const struct script_call_filter filter = script_option_call(lua, machine, 3);
    uint64_t count = script_record_calls(machine->record, index, filter.call_class, filter.driver,
                                         filter.command);
    if (machine->record->counts_lost) {
        return luaL_error(lua, "expect_calls: the machine made more kinds of calls than are kept");
    }
    if ((int64_t)count < low || (int64_t)count > high) {
        const char *expected =
            lua_pushfstring(lua, "%s such calls of process %s", wanted,
                            machine_view_processes(machine->built.machine)->process[index].name);
        return script_failf(lua, machine, expected, "%" PRIu64, count);
    }
    script_met(lua);
    lua_pushinteger(lua, (lua_Integer)count);
    return 1;
}

/* ---- memory ---- */

/* The bytes at an address are those of a text, or a number of `width` bytes. */
static int expect_memory(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    uint8_t number[4], seen[256];
    const uint8_t *wanted = number;
    size_t size = 0;
    script_check_count(lua, "expect_memory", 4);
    uint32_t address = script_check_address(lua, 2);
    if (lua_type(lua, 3) == LUA_TSTRING) {
        wanted = (const uint8_t *)lua_tolstring(lua, 3, &size);
    } else {
        uint64_t value = (uint64_t)luaL_checkinteger(lua, 3);
        size = script_check_width(lua, 4);
        for (size_t i = 0; i < sizeof number; i++) {
            number[i] = (uint8_t)(value >> (8 * i));
        }
    }
    if (size > sizeof seen) {
        return luaL_error(lua, "expect_memory: %d bytes at most", (int)sizeof seen);
    }
    if (machine_peek(machine->built.machine, address, seen, size) != size) {
        return luaL_error(lua, "expect_memory: not all of these bytes can be read");
    }
    for (size_t i = 0; i < size; i++) {
        if (seen[i] != wanted[i]) {
            char expected[64];
            snprintf(expected, sizeof expected, "0x%02x at 0x%08" PRIx32, wanted[i],
                     address + (uint32_t)i);
            return script_failf(lua, machine, expected, "0x%02x", seen[i]);
        }
    }
    script_met(lua);
    return 0;
}

static const struct script_function methods[] = {
    {"expect_process", expect_process}, {"expect_fault", expect_fault},
    {"allow_faults", allow_faults},     {"expect_calls", expect_calls},
    {"expect_memory", expect_memory},   {NULL, NULL},
};

const struct script_module script_module_guest = {.name = "guest", .methods = methods};
