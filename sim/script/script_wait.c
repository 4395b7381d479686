#include "sim/script/script_wait.h"

/* What script_run is given and returns, through lua_pcall. */
struct stretch {
    struct script_machine *machine;
    uint64_t deadline;
    bool happened;
};

static int run_stretch(lua_State *lua)
{
    struct stretch *stretch = lua_touserdata(lua, 1);
    stretch->happened = script_run(lua, stretch->machine, stretch->deadline);
    return 0;
}

bool script_wait(lua_State *lua, struct script_machine *machine, const struct script_wait *wait,
                 uint64_t deadline, struct script_event *event)
{
    struct script_wait *own = &machine->record->wait;
    *own = *wait;
    own->active = true;
    own->happened = false;
    /* Whoever catches an error of the run goes on without what was waited for, whose texts are
     * Lua's. */
    struct stretch stretch = {.machine = machine, .deadline = deadline};
    lua_pushcfunction(lua, run_stretch);
    lua_pushlightuserdata(lua, &stretch);
    if (lua_pcall(lua, 1, 0, 0) != LUA_OK) {
        *own = (struct script_wait){0};
        lua_error(lua);
    }
    bool happened = stretch.happened && own->event.cycle <= deadline;
    if (happened && event != NULL) {
        *event = own->event;
    }
    *own = (struct script_wait){0};
    return happened;
}
