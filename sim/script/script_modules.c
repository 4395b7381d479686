/* The one list of all that scripts can call. A new file with functions: a line in each half. */
#include "sim/script/script_modules.h"

const struct script_module *const script_modules[] = {
    &script_module_machine,  &script_module_inputs, &script_module_expect,
    &script_module_pins,     &script_module_state,  &script_module_events,
    &script_module_guest,    &script_module_golden, &script_module_faults,
    &script_module_snapshot, &script_module_net,    &script_module_picture,
    &script_module_parts,    &script_module_trace,  &script_module_told,
    &script_module_end,      &script_module_files,  NULL,
};
