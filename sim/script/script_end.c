/* How a machine ends, where that is what a scenario expects: a lock-up, an exit, a panic, silence.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/script/script_modules.h"
#include "sim/script/script_wait.h"

#define LOOK_NS 10000000 /* between looks at whether the kernel panics */

enum end { END_LOCKUP, END_EXIT, END_BKPT, END_OFF, END_ASLEEP, END_PANIC, END_NONE };

static const char *const words[] = {"lockup", "exit", "bkpt", "off", "asleep", "panic", NULL};

/* How the machine has ended by now. The last stretch was to the end, or until the deadline, where a
 * machine that nothing but an input can wake says so. */
static enum end end_of(struct script_machine *machine, bool panic)
{
    switch (machine->last_stop) {
    case MACHINE_STOP_LOCKUP:
        return END_LOCKUP;
    case MACHINE_STOP_EXIT:
        return END_EXIT;
    case MACHINE_STOP_BKPT:
        return END_BKPT;
    case MACHINE_STOP_OFF:
        return END_OFF;
    case MACHINE_STOP_IDLE:
        return panic ? END_PANIC : END_ASLEEP;
    case MACHINE_STOP_LIMIT:
    case MACHINE_STOP_REQUESTED:
    case MACHINE_STOP_STEP:
    case MACHINE_STOP_BREAKPOINT:
    case MACHINE_STOP_WATCHPOINT:
    case MACHINE_STOP_ENGINE:
        break;
    }
    return panic ? END_PANIC : END_NONE;
}

/* The panic is expected, and so no failure any more. */
static void take_panic(struct script_record *record)
{
    for (size_t i = 0; i < record->incident_count; i++) {
        record->incidents[i].taken |= record->incidents[i].kind == SCRIPT_INCIDENT_PANIC;
    }
}

/* Runs until the machine has ended, or for a panic in short stretches, at most to the deadline. */
static enum end run_to_end(lua_State *lua, struct script_machine *machine, bool panic,
                           uint64_t deadline)
{
    bool is_end = false;
    while (!is_end && script_now(machine) < deadline && !(panic && machine->record->panicked)) {
        uint64_t next = script_now(machine) + script_cycles(machine, LOOK_NS);
        is_end = script_run_to_end(lua, machine, panic && next < deadline ? next : deadline);
    }
    machine->ended = is_end;
    return end_of(machine, machine->record->panicked);
}

static int fail_end(lua_State *lua, struct script_machine *machine, const char *wanted,
                    enum end seen, uint64_t deadline)
{
    char time[SCRIPT_TIME_BYTES];
    const char *expected = lua_pushfstring(lua, "the machine's end by %s, by %s", wanted,
                                           script_time_text(machine, deadline, time));
    return script_failf(lua, machine, expected, "%s at %s",
                        seen == END_NONE ? "it runs" : words[seen],
                        script_time_text(machine, script_now(machine), time));
}

static int expect_end(lua_State *lua)
{
    static const char *const keys[] = {"within", "status", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "expect_end", 3);
    enum end wanted = (enum end)script_check_word(lua, 2, "expect_end: an end", words);
    script_check_options(lua, 3, "expect_end", keys);
    int64_t status = script_option_integer(lua, 3, "status", 0, UINT32_MAX, -1);
    uint64_t deadline =
        script_deadline(machine, script_option_time(lua, 3, "within", SCRIPT_WITHIN_NS));
    enum end seen = run_to_end(lua, machine, wanted == END_PANIC, deadline);
    if (seen != wanted) {
        return fail_end(lua, machine, words[wanted], seen, deadline);
    }
    uint32_t given = machine_exit_status(machine->built.machine);
    if (wanted == END_EXIT && status >= 0 && status != (int64_t)given) {
        const char *expected = lua_pushfstring(lua, "an exit with status %I", (LUAI_UACINT)status);
        return script_failf(lua, machine, expected, "%" PRIu32, given);
    }
    if (wanted == END_PANIC) {
        take_panic(machine->record);
    }
    script_met(lua);
    lua_pushinteger(lua, wanted == END_EXIT ? (lua_Integer)given : 0);
    return 1;
}

static const struct script_function methods[] = {{"expect_end", expect_end}, {NULL, NULL}};

const struct script_module script_module_end = {.name = "end", .methods = methods};
