#include "sim/script/script_wait.h"

bool script_wait(lua_State *lua, struct script_machine *machine, const struct script_wait *wait,
                 uint64_t deadline, struct script_event *event)
{
    struct script_wait *own = &machine->record->wait;
    *own = *wait;
    own->active = true;
    own->happened = false;
    bool happened = script_run(lua, machine, deadline) && own->event.cycle <= deadline;
    if (happened && event != NULL) {
        *event = own->event;
    }
    *own = (struct script_wait){0};
    return happened;
}
