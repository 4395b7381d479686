/* sim/script/script_wait.h - running until something happens. */
#ifndef SIM_SCRIPT_SCRIPT_WAIT_H
#define SIM_SCRIPT_SCRIPT_WAIT_H

#include "sim/script/script_internal.h"

#define SCRIPT_WITHIN_NS INT64_C(1000000000) /* where a call says no other limit */

/* Runs until what `wait` says happens or the deadline comes. `wait` is copied; its texts must live
 * on. *event, which may be NULL, is what happened. The machine then stands at or shortly after the
 * event's cycle: where the instruction ends in which it happened, or the next one. */
bool script_wait(lua_State *lua, struct script_machine *machine, const struct script_wait *wait,
                 uint64_t deadline, struct script_event *event);

#endif
