/* What the simulator itself tells of a machine, as `sandglass run` prints it. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/script/script_modules.h"
#include "sim/script/script_pool.h"

#define REPORT_MAX (16U * 1024U * 1024U)

static const struct script_host *host_of(const struct script_machine *machine)
{
    return script_pool_host(machine->script->pool);
}

static void start_report(lua_State *lua, struct script_machine *machine)
{
    if ((machine->script->has & SCRIPT_WANT_REPORT) != 0) {
        const struct script_host *host = host_of(machine);
        machine->report = host->report_start(host->context, &machine->built);
        if (machine->report == NULL) {
            luaL_error(lua, "no memory for a report");
        }
    }
}

static void end_report(struct script_machine *machine)
{
    if (machine->report != NULL) {
        host_of(machine)->report_end(machine->report);
        machine->report = NULL;
    }
}

static int report(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "report", 1);
    script_want(lua, SCRIPT_WANT_REPORT);
    if (machine->report == NULL) { /* the machine was made in a moment without memory */
        return luaL_error(lua, "report: there is none of this machine");
    }
    lua_pushstring(lua, host_of(machine)->report_text(machine->report));
    return 1;
}

static int summary(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    char *text = NULL;
    size_t size = 0;
    script_check_count(lua, "summary", 1);
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        return luaL_error(lua, "no memory for a summary");
    }
    host_of(machine)->summary(host_of(machine)->context, &machine->built, stream);
    bool good = fclose(stream) == 0;
    if (!good || size > REPORT_MAX) {
        free(text);
        return luaL_error(lua, "no memory for a summary");
    }
    lua_pushlstring(lua, text, size);
    free(text);
    return 1;
}

static const struct script_function methods[] = {
    {"report", report}, {"summary", summary}, {NULL, NULL}};

const struct script_module script_module_told = {
    .name = "told", .methods = methods, .machine_given = start_report, .machine_taken = end_report};
