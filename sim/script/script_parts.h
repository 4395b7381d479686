/* sim/script/script_parts.h - parts that a scenario writes itself: what runs and snapshots have to
 * know of them. */
#ifndef SIM_SCRIPT_SCRIPT_PARTS_H
#define SIM_SCRIPT_SCRIPT_PARTS_H

#include "sim/script/script_internal.h"

/* Raises the error that a function of a part has ended with, if one has. After each stretch that a
 * machine ran. */
void script_parts_check(lua_State *lua, struct script_machine *machine);

/* Whether a function of some part of this case is being called from within a machine. */
bool script_parts_are_calling(const struct script_machine *machine);

/* The cycle of the next function that a part asked for by after(), CLOCK_NEVER for none; and calls
 * those that are due. */
uint64_t script_parts_next(const struct script_machine *machine);
void script_parts_due(lua_State *lua, struct script_machine *machine);

/* For snapshots: a reference to what the machine's parts want to keep, or LUA_NOREF where there are
 * none. Raises an error when one cannot be kept. And back. */
int script_parts_save(lua_State *lua, struct script_machine *machine);
void script_parts_restore(lua_State *lua, struct script_machine *machine, int saved);

#endif
