/* sim/script/script_modules.h - the modules that there are, each in the file of its name. */
#ifndef SIM_SCRIPT_SCRIPT_MODULES_H
#define SIM_SCRIPT_SCRIPT_MODULES_H

#include "sim/script/script_internal.h"

extern const struct script_module script_module_machine; /* script_machine.c */
extern const struct script_module script_module_inputs;  /* script_inputs.c */
extern const struct script_module script_module_expect;  /* script_expect.c */

extern const struct script_module script_module_pins;     /* script_expect_pins.c */
extern const struct script_module script_module_state;    /* script_state.c */
extern const struct script_module script_module_events;   /* script_events.c */
extern const struct script_module script_module_guest;    /* script_expect_guest.c */
extern const struct script_module script_module_golden;   /* script_golden.c */
extern const struct script_module script_module_faults;   /* script_faults.c */
extern const struct script_module script_module_snapshot; /* script_snapshot.c */
extern const struct script_module script_module_net;      /* script_net.c */
extern const struct script_module script_module_picture;  /* script_picture.c */
extern const struct script_module script_module_parts;    /* script_parts.c */
extern const struct script_module script_module_trace;    /* script_trace.c */
extern const struct script_module script_module_told;     /* script_told.c */
extern const struct script_module script_module_end;      /* script_end.c */
extern const struct script_module script_module_files;    /* script_files.c */

/* sandglass.tbf{ ... }. script_tbf.c */
int script_make_tbf(lua_State *lua);

#endif
