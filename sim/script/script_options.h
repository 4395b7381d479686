/* sim/script/script_options.h - what several functions of scripts take: parts and pins, system
 * calls. All raise an error with the line of the call. */
#ifndef SIM_SCRIPT_SCRIPT_OPTIONS_H
#define SIM_SCRIPT_SCRIPT_OPTIONS_H

#include "sim/script/script_internal.h"

/* Something that has two levels: a part ("on", "off"), or a pin ("high", "low"). */
struct script_signal {
    const char *name; /* as notes have it; lives as long as the machine */
    int device;       /* of a part; -1: a pin */
    uint32_t pin;
};
struct script_signal script_check_signal(lua_State *lua, const struct script_machine *machine,
                                         int index);
bool script_level_now(const struct script_machine *machine, const struct script_signal *signal);
const char *script_level_word(const struct script_signal *signal, bool level);

/* class, driver and command of the options at `index`; -1: any. Drivers and commands are numbers,
 * or names that the kernel tells. */
struct script_call_filter {
    int64_t call_class, driver, command;
};
struct script_call_filter script_option_call(lua_State *lua, const struct script_machine *machine,
                                             int index);
/* "command"; "?" for a class that is none. */
const char *script_class_name(uint32_t call_class);

#endif
