/* sim/script/script_golden.h - files that scenarios compare with, which lie beside them. */
#ifndef SIM_SCRIPT_SCRIPT_GOLDEN_H
#define SIM_SCRIPT_SCRIPT_GOLDEN_H

#include "sim/script/script_internal.h"

/* The path of a golden file; an error when it would lie elsewhere than beside the scenario or below
 * it: with --update it is written. */
void script_golden_path(lua_State *lua, const char *name, char *path, size_t size);

/* Writes one, and says so in the case's output. */
void script_golden_write(lua_State *lua, const char *path, const void *bytes, size_t size);

#endif
