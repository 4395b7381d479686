#include "sim/script/script_options.h"

#include <stdio.h>
#include <string.h>

static const char *const class_names[] = {
    "yield", "subscribe",           "command", "allow_read_write", "allow_read_only", "memop",
    "exit",  "allow_user_readable", NULL};

#define CLASSES 8U

struct script_signal script_check_signal(lua_State *lua, const struct script_machine *machine,
                                         int index)
{
    const struct script_record *record = machine->record;
    struct script_signal signal = {.device = -1};
    const char *name = lua_type(lua, index) == LUA_TSTRING ? lua_tostring(lua, index) : "";
    for (uint32_t i = 0; i < machine->built.board->pin_count && i < BOARD_PINS_MAX; i++) {
        if (strcmp(record->pin_names[i], name) == 0) {
            signal.pin = i;
            signal.name = record->pin_names[i];
            return signal;
        }
    }
    if (name[0] == 'P' && name[1] >= '0' && name[1] <= '9' && machine->built.board->pin_count > 0 &&
        machine->built.board->pin_count <= BOARD_PINS_MAX) {
        luaL_error(lua, "the chip has no pin %s: they are P0.00 to %s", name,
                   record->pin_names[machine->built.board->pin_count - 1]);
    }
    signal.device = script_check_device(lua, machine, index);
    signal.name = machine->built.board->devices[signal.device].name;
    return signal;
}

bool script_level_now(const struct script_machine *machine, const struct script_signal *signal)
{
    return signal->device >= 0
               ? machine->record->lit[signal->device] != 0
               : machine_view_pins(machine->built.machine)[signal->pin].pad.level == WIRE_HIGH;
}

const char *script_level_word(const struct script_signal *signal, bool level)
{
    return signal->device >= 0 ? (level ? "on" : "off") : (level ? "high" : "low");
}

const char *script_class_name(uint32_t call_class)
{
    return call_class < CLASSES ? class_names[call_class] : "?";
}

/* Refuses a name that the kernel's records do not have, and says which there are. */
static void refuse_name(lua_State *lua, const struct kernel_info *info, const char *key,
                        const char *name, const char *prefix)
{
    luaL_Buffer names;
    luaL_buffinit(lua, &names);
    for (size_t i = 0; i < info->count; i++) {
        const char *record = info->records[i].name;
        if (strncmp(record, prefix, strlen(prefix)) == 0) {
            luaL_addstring(&names, ", ");
            luaL_addstring(&names, record + strlen(prefix));
        }
    }
    luaL_pushresult(&names);
    luaL_error(lua, "%s: the kernel knows none called %s: give its number%s%s", key, name,
               lua_rawlen(lua, -1) == 0 ? "" : ", or one of ",
               lua_rawlen(lua, -1) == 0 ? "" : lua_tostring(lua, -1) + strlen(", "));
}

/* A name of the kernel's own records, "driver.led", or a number; -1: it is not there. */
static int64_t option_number(lua_State *lua, const struct script_machine *machine, int index,
                             const char *key, const char *prefix)
{
    char name[KERNEL_INFO_NAME_BYTES];
    script_push_option(lua, index, key);
    if (lua_type(lua, -1) != LUA_TSTRING) {
        lua_pop(lua, 1);
        return script_option_integer(lua, index, key, 0, UINT32_MAX, -1);
    }
    snprintf(name, sizeof name, "%s%s", prefix, lua_tostring(lua, -1));
    const struct kernel_info_record *record = kernel_info_find(&machine->built.kernel->info, name);
    if (record == NULL) {
        refuse_name(lua, &machine->built.kernel->info, key, lua_tostring(lua, -1), prefix);
        return -1;
    }
    lua_pop(lua, 1);
    return (int64_t)record->value;
}

struct script_call_filter script_option_call(lua_State *lua, const struct script_machine *machine,
                                             int index)
{
    struct script_call_filter filter = {-1, -1, -1};
    char prefix[KERNEL_INFO_NAME_BYTES];
    if (!lua_istable(lua, index)) {
        return filter;
    }
    script_push_option(lua, index, "class");
    if (!lua_isnil(lua, -1)) {
        filter.call_class =
            script_check_word(lua, lua_gettop(lua), "class: a system call", class_names);
    }
    lua_pop(lua, 1);
    filter.driver = option_number(lua, machine, index, "driver", "driver.");
    script_push_option(lua, index, "driver");
    snprintf(prefix, sizeof prefix, "command.%s.",
             lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "");
    lua_pop(lua, 1);
    filter.command = option_number(lua, machine, index, "command", prefix);
    if (filter.call_class < 0 && filter.command >= 0) {
        filter.call_class = 2; /* only those have one */
    }
    return filter;
}
