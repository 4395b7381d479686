/* sim/script/script_sandbox.h - a Lua state for hostile programs: no files, no processes, no
 * clocks, a bounded amount of memory and work, and the same every time.
 *
 * Left out of Lua 5.4: os, io, debug, package, require, dofile, loadfile, load, string.dump,
 * collectgarbage, warn, next. Changed: pairs goes by sorted keys, setmetatable refuses __gc (Lua
 * does not count instructions in finalizers), math.random begins with the case's seed, tostring,
 * print and string.format tell no addresses.
 */
#ifndef SIM_SCRIPT_SCRIPT_SANDBOX_H
#define SIM_SCRIPT_SCRIPT_SANDBOX_H

#include "sim/script/script_internal.h"

#define SCRIPT_MEMORY_SOFT  (64U * 1024U * 1024U)
#define SCRIPT_MEMORY_HARD  (192U * 1024U * 1024U)
#define SCRIPT_INSTRUCTIONS 100000000U

/* In the registry: string.find as Lua has it, whatever the script has made of it. */
#define SCRIPT_FIND "string.find"

/* NULL: no memory. */
lua_State *script_sandbox_create(struct script *script);
void script_sandbox_destroy(struct script *script);

/* Raises the error again of a script that has used up what it may, should it have caught it. */
void script_sandbox_check(lua_State *lua);

/* Calls the function that lies below its `arguments` on the stack; no results. LUA_OK, or an error
 * whose message, with the line where it began, is on the stack as a text. */
int script_sandbox_call(lua_State *lua, int arguments);

/* "FILE:LINE: " of the innermost Lua code that is being run, on the stack; "FILE: " when there is
 * none. */
void script_push_where(lua_State *lua);

#endif
