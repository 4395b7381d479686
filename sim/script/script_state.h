/* sim/script/script_state.h - what scenarios ask about processes. */
#ifndef SIM_SCRIPT_SCRIPT_STATE_H
#define SIM_SCRIPT_SCRIPT_STATE_H

#include "sim/script/script_internal.h"

/* What is known of a process, from outside and from what the kernel tells about itself. */
struct script_process {
    char state[24]; /* "running", "yielded", "yielded-for", "stopped", "faulted", "terminated";
                       "not started"; "unknown" with a kernel that tells nothing */
    uint32_t restarts;
    uint64_t calls, faults, cycles;
    bool has_record;
    struct kernel_view_process record;
};
void script_process_read(const struct script_machine *machine, int index,
                         struct script_process *process);

/* An address, and the width of a value (1, 2, 4; 4 without one), at `index`. */
uint32_t script_check_address(lua_State *lua, int index);
uint32_t script_check_width(lua_State *lua, int index);

#endif
