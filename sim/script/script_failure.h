/* sim/script/script_failure.h - expectations that are not met, incidents, and what is told about
 * them. */
#ifndef SIM_SCRIPT_SCRIPT_FAILURE_H
#define SIM_SCRIPT_SCRIPT_FAILURE_H

#include "sim/script/script_internal.h"

/* assert and error of a script are expectations. */
void script_failure_open(lua_State *lua);

/* A syntax error is on the stack: gives it the whole path. */
void script_failure_explain_syntax(lua_State *lua);

/* False, with a message on the stack and the failure filled in: an expectation was not met, and the
 * script has caught the error. */
bool script_failure_of_caught(struct script *script);

/* False, with a message on the stack and the failure filled in: something happened that nobody
 * expected. */
bool script_failure_of_incidents(struct script *script);

/* Fills in the result's `state`, and takes the picture: of this machine, or of all. */
void script_failure_describe(struct script *script, struct script_machine *machine);

void script_failure_free(struct script *script);

/* "process blink faulted: DACCVIOL at 0x20001234, pc 0x00030123, at 1.234567 s" */
void script_incident_text(const struct script_machine *machine,
                          const struct script_incident *incident, char *text, size_t size);

#endif
