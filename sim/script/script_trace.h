/* sim/script/script_trace.h - all that a machine did in its case, as the text that `sandglass run
 * --trace` writes; there once SCRIPT_WANT_TRACE is. */
#ifndef SIM_SCRIPT_SCRIPT_TRACE_H
#define SIM_SCRIPT_SCRIPT_TRACE_H

#include "sim/script/script_internal.h"

struct script_line {
    const char *text;
    size_t length; /* without its newline; 0 and NULL: there is none */
};

/* The line that begins at *at, which then is behind it. */
struct script_line script_next_line(const char **at, const char *end);

/* What is chosen of a trace by the options { events, cycles } at `index`; `function` is for
 * messages. Pushes that part of the machine's trace, which Lua keeps. */
const char *script_push_trace(lua_State *lua, struct script_machine *machine, int index,
                              const char *function, size_t *size);

#endif
