/* sim/view/view_command.h - what the one in front of the window wants of the machine: plain values
 * that go from its thread to the machine's, which stamps an input with the time when it takes it.
 */
#ifndef SIM_VIEW_VIEW_COMMAND_H
#define SIM_VIEW_VIEW_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#define VIEW_COMMAND_TEXT_MAX 200

enum view_command_kind {
    VIEW_COMMAND_INPUT, /* `input` with `value` for `device`, as machine_add_input */
    VIEW_COMMAND_TEXT,  /* `text` for the console */
    VIEW_COMMAND_PAUSE,
    VIEW_COMMAND_GO,
    VIEW_COMMAND_SPEED,      /* `value`: permille of real time; 0: as fast as can be */
    VIEW_COMMAND_STEP,       /* one instruction, then pause */
    VIEW_COMMAND_STEP_EVENT, /* to the next event, then pause */
    VIEW_COMMAND_RUN_FOR,    /* `value` microseconds, then pause */
    VIEW_COMMAND_RESET,      /* as the reset pin */
    VIEW_COMMAND_QUIT,
};

struct view_command {
    enum view_command_kind kind;
    size_t device;
    const char *input; /* a constant: of a device class or of a view_control */
    int32_t value;
    size_t text_length;
    char text[VIEW_COMMAND_TEXT_MAX];
};

#endif
