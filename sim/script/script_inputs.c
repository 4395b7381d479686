/* What scenarios do to a board from outside. All of it is time-stamped inputs, the same that the
 * command line and the window queue. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/input_list.h"
#include "sim/machine/machine_input.h"
#include "sim/script/script_modules.h"

/* When `at` in the options at `index` is, counted from now. */
static uint64_t option_at(lua_State *lua, const struct script_machine *machine, int index)
{
    return script_now(machine) + script_cycles(machine, script_option_time(lua, index, "at", 0));
}

static void queue(lua_State *lua, struct script_machine *machine, int device, uint64_t cycle,
                  const char *what, int32_t value)
{
    if (!machine_add_input(machine->built.machine, device, cycle, what, value)) {
        luaL_error(lua, "too many inputs are queued: let the machine run in between");
    }
}

static void check_input(lua_State *lua, const struct script_machine *machine, int device,
                        const char *what, int32_t value)
{
    struct sim_error error = {0};
    if (!input_list_check(machine->built.board, (size_t)device, what, value, &error)) {
        luaL_error(lua, "%s", error.text);
    }
}

/* Expectations count their time from the latest input. */
static void note_stimulus(struct script_machine *machine, uint64_t cycle)
{
    machine->base_cycle = cycle > machine->base_cycle ? cycle : machine->base_cycle;
}

/* `begin` now or later, and after `hold` its end; without `hold` it stays so. */
static int hold(lua_State *lua, const char *function, const char *begin, const char *end)
{
    static const char *const keys[] = {"at", "hold", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, function, 3);
    int device = script_check_device(lua, machine, 2);
    script_check_options(lua, 3, function, keys);
    check_input(lua, machine, device, begin, 0);
    uint64_t cycle = option_at(lua, machine, 3);
    queue(lua, machine, device, cycle, begin, 0);
    if (script_has_option(lua, 3, "hold")) {
        uint64_t for_cycles = script_cycles(machine, script_option_time(lua, 3, "hold", 0));
        queue(lua, machine, device, cycle + for_cycles, end, 0);
    }
    note_stimulus(machine, cycle);
    return 0;
}

static int press(lua_State *lua)
{
    return hold(lua, "press", "press", "release");
}

static int release(lua_State *lua)
{
    static const char *const keys[] = {"at", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "release", 3);
    int device = script_check_device(lua, machine, 2);
    script_check_options(lua, 3, "release", keys);
    const struct device_class *device_class = machine->built.board->devices[device].device_class;
    const char *what = "release";
    for (const struct device_input_kind *kind = device_class->inputs;
         kind != NULL && kind->name != NULL; kind++) {
        what = strcmp(kind->name, "untouch") == 0 ? kind->name : what;
    }
    check_input(lua, machine, device, what, 0);
    uint64_t cycle = option_at(lua, machine, 3);
    queue(lua, machine, device, cycle, what, 0);
    note_stimulus(machine, cycle);
    return 0;
}

static int32_t check_place(lua_State *lua, const struct script_machine *machine, int device,
                           int index)
{
    struct sim_error error = {0};
    int32_t x = (int32_t)script_option_integer(lua, index, "x", 0, DEVICE_TOUCH_PLACES - 1, 0);
    int32_t y = (int32_t)script_option_integer(lua, index, "y", 0, DEVICE_TOUCH_PLACES - 1, 0);
    if (!input_list_check_touch(machine->built.board, (size_t)device, x, y, &error)) {
        luaL_error(lua, "%s", error.text);
    }
    return x + DEVICE_TOUCH_PLACES * y;
}

/* A finger that moves: path = { {x=, y=, at=}, ... }, `at` counted from the first. */
static uint64_t queue_path(lua_State *lua, struct script_machine *machine, int device,
                           uint64_t cycle)
{
    uint64_t last = cycle;
    script_push_option(lua, 3, "path");
    if (!lua_istable(lua, -1)) {
        luaL_error(lua, "touch: path is a list of places, { { x = 1, y = 2, at = ms(0) }, ... }");
    }
    int path = lua_gettop(lua);
    size_t count = lua_rawlen(lua, path);
    static const char *const keys[] = {"x", "y", "at", NULL};
    for (size_t i = 0; i < count && i < 4096; i++) {
        lua_rawgeti(lua, path, (lua_Integer)i + 1);
        int place = lua_gettop(lua);
        if (!lua_istable(lua, place)) {
            luaL_error(lua, "touch: number %d of path is no place, { x = 1, y = 2, at = ms(0) }",
                       (int)i + 1);
        }
        script_check_options(lua, place, "touch", keys);
        int32_t value = check_place(lua, machine, device, place);
        last = cycle + script_cycles(machine, script_option_time(lua, place, "at", 0));
        queue(lua, machine, device, last, "touch", value);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
    return last;
}

static int touch(lua_State *lua)
{
    static const char *const keys[] = {"at", "hold", "x", "y", "path", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "touch", 3);
    int device = script_check_device(lua, machine, 2);
    script_check_options(lua, 3, "touch", keys);
    bool placed = script_has_option(lua, 3, "x") || script_has_option(lua, 3, "y");
    bool moving = script_has_option(lua, 3, "path");
    int32_t value = placed ? check_place(lua, machine, device, 3) : 0;
    uint64_t cycle = option_at(lua, machine, 3);
    uint64_t last = cycle;
    if (moving) {
        last = queue_path(lua, machine, device, cycle);
    } else {
        check_input(lua, machine, device, "touch", value);
        queue(lua, machine, device, cycle, "touch", value);
    }
    if (script_has_option(lua, 3, "hold") || moving) {
        int64_t for_ns = script_option_time(lua, 3, "hold", 0);
        queue(lua, machine, device, last + script_cycles(machine, for_ns), "untouch", 0);
    }
    note_stimulus(machine, last);
    return 0;
}

/* Text for the console, or another serial device. */
static int uart(lua_State *lua)
{
    static const char *const keys[] = {"at", "device", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    size_t length = 0;
    script_check_count(lua, "uart", 3);
    if (lua_type(lua, 2) != LUA_TSTRING) {
        return luaL_error(lua, "uart: what is to be typed is a text, not a %s",
                          luaL_typename(lua, 2));
    }
    const char *text = lua_tolstring(lua, 2, &length);
    script_check_options(lua, 3, "uart", keys);
    int device = -1;
    if (script_has_option(lua, 3, "device")) {
        script_push_option(lua, 3, "device");
        device = script_check_device(lua, machine, lua_gettop(lua));
        check_input(lua, machine, device, "byte", 0);
    } else if (machine->built.board->console != NULL) {
        device = board_find_device(machine->built.board, machine->built.board->console);
    }
    if (device < 0) {
        return luaL_error(lua, "uart: board %s has no console", machine->board_name);
    }
    uint64_t cycle = option_at(lua, machine, 3);
    if (machine_add_text(machine->built.machine, device, cycle, text, length) != length) {
        return luaL_error(lua, "uart: too many inputs are queued: let the machine run in between");
    }
    note_stimulus(machine, cycle);
    return 0;
}

/* ---- pins ---- */

/* "P0.11": port and number; else the pin of a part or a connector is not known here. */
static bool read_pin(const char *name, uint32_t *port, uint32_t *number)
{
    char rest = '\0';
    return sscanf(name, "P%1" SCNu32 ".%2" SCNu32 "%c", port, number, &rest) == 2 && *port < 2 &&
           *number < 32;
}

static int pin(lua_State *lua)
{
    static const char *const keys[] = {"at", NULL};
    static const char *const levels[] = {"low", "high", "float", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    uint32_t port = 0, number = 0;
    char device_name[16];
    script_check_count(lua, "pin", 4);
    if (lua_type(lua, 2) != LUA_TSTRING || !read_pin(lua_tostring(lua, 2), &port, &number) ||
        port * 32 + number >= machine->built.board->pin_count) {
        return luaL_error(lua, "pin: which one? \"P0.00\" to \"P%d.%d\" are there",
                          (int)(machine->built.board->pin_count - 1) / 32,
                          (int)(machine->built.board->pin_count - 1) % 32);
    }
    int level = lua_isinteger(lua, 3) && lua_tointeger(lua, 3) >= 0 && lua_tointeger(lua, 3) <= 1
                    ? (int)lua_tointeger(lua, 3)
                    : script_check_word(lua, 3, "pin: a level", levels);
    script_check_options(lua, 4, "pin", keys);
    snprintf(device_name, sizeof device_name, "gpio%u", (unsigned)port % 10U);
    int device = machine_find_device(machine->built.machine, device_name);
    if (device < 0) {
        return luaL_error(lua, "pin: board %s has no %s", machine->board_name, device_name);
    }
    uint64_t cycle = option_at(lua, machine, 4);
    check_input(lua, machine, device, levels[level], (int32_t)number);
    queue(lua, machine, device, cycle, levels[level], (int32_t)number);
    note_stimulus(machine, cycle);
    return 0;
}

/* ---- values that change ---- */

#define FEEDS_MAX 256

/* A value that follows a function of time, or a reset that is to come. */
struct script_feed {
    struct script_feed *next;
    bool pulls_reset; /* once; the rest is not used */
    int device;
    char what[24];
    int function; /* reference */
    int line;     /* where the script has set it */
    uint64_t begin_cycle, every_cycles, next_cycle;
};

uint64_t script_feeds_next(const struct script_machine *machine)
{
    uint64_t next = CLOCK_NEVER;
    for (const struct script_feed *feed = machine->feeds; feed != NULL; feed = feed->next) {
        next = feed->next_cycle < next ? feed->next_cycle : next;
    }
    return next;
}

static void give_value(lua_State *lua, struct script_machine *machine, struct script_feed *feed)
{
    int is_number = 0;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, feed->function);
    lua_pushinteger(lua, script_ns(machine, feed->next_cycle - feed->begin_cycle));
    machine->script->in_feed = true;
    int status = lua_pcall(lua, 1, 1, 0);
    machine->script->in_feed = false;
    if (status != LUA_OK) {
        lua_error(lua);
    }
    lua_Number number = lua_tonumberx(lua, -1, &is_number);
    if (is_number == 0 || !(number >= INT32_MIN && number <= INT32_MAX)) {
        lua_pushfstring(lua, "%s:%d: set: the function for %s.%s gave %s, not a number of 32 bits",
                        script_of(lua)->file->path, feed->line,
                        machine->built.board->devices[feed->device].name, feed->what,
                        luaL_typename(lua, -1));
        lua_error(lua);
    }
    lua_pop(lua, 1);
    int32_t value = (int32_t)(number < 0 ? number - 0.5 : number + 0.5);
    check_input(lua, machine, feed->device, feed->what, value);
    queue(lua, machine, feed->device, feed->next_cycle, feed->what, value);
    feed->next_cycle += feed->every_cycles;
}

void script_feeds_due(lua_State *lua, struct script_machine *machine)
{
    uint64_t now = script_now(machine);
    for (struct script_feed **place = &machine->feeds; *place != NULL;) {
        struct script_feed *feed = *place;
        if (feed->pulls_reset && feed->next_cycle <= now) {
            *place = feed->next;
            free(feed);
            machine_pull_reset(machine->built.machine);
            continue;
        }
        while (feed->next_cycle <= now) {
            give_value(lua, machine, feed);
        }
        place = &feed->next;
    }
}

/* In the list, which is no memory of Lua's and so is bounded; nothing is due yet. */
static struct script_feed *make_feed(lua_State *lua, struct script_machine *machine)
{
    size_t count = 0;
    for (const struct script_feed *feed = machine->feeds; feed != NULL; feed = feed->next) {
        count++;
    }
    struct script_feed *feed = count == FEEDS_MAX ? NULL : calloc(1, sizeof *feed);
    if (feed == NULL) {
        luaL_error(lua, "too many resets and functions of time wait: let the machine run in "
                        "between");
        return NULL;
    }
    feed->function = LUA_NOREF;
    feed->next_cycle = CLOCK_NEVER;
    feed->next = machine->feeds;
    machine->feeds = feed;
    return feed;
}

/* A constant, or another function, takes the place of what there was. */
static void forget_feed(lua_State *lua, struct script_machine *machine, int device,
                        const char *what)
{
    for (struct script_feed **place = &machine->feeds; *place != NULL;) {
        struct script_feed *feed = *place;
        if (!feed->pulls_reset && feed->device == device && strcmp(feed->what, what) == 0) {
            *place = feed->next;
            luaL_unref(lua, LUA_REGISTRYINDEX, feed->function);
            free(feed);
        } else {
            place = &feed->next;
        }
    }
}

static void add_feed(lua_State *lua, struct script_machine *machine, int device, const char *what)
{
    int64_t every_ns = script_option_time(lua, 5, "every", 10000000);
    if (every_ns < 1000) {
        luaL_error(lua, "set: every is at least 1 us");
    }
    struct script_feed *feed = make_feed(lua, machine);
    feed->device = device;
    snprintf(feed->what, sizeof feed->what, "%s", what);
    feed->begin_cycle = option_at(lua, machine, 5);
    feed->next_cycle = feed->begin_cycle;
    feed->every_cycles = script_cycles(machine, every_ns);
    feed->line = script_line(lua);
    lua_pushvalue(lua, 4);
    feed->function = luaL_ref(lua, LUA_REGISTRYINDEX);
}

static int set(lua_State *lua)
{
    static const char *const keys[] = {"at", "every", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "set", 5);
    int device = script_check_device(lua, machine, 2);
    const char *what = luaL_checkstring(lua, 3);
    script_check_options(lua, 5, "set", keys);
    uint64_t cycle = option_at(lua, machine, 5);
    if (lua_isfunction(lua, 4)) {
        forget_feed(lua, machine, device, what);
        add_feed(lua, machine, device, what);
    } else {
        int is_integer = 0;
        lua_Integer value = lua_tointegerx(lua, 4, &is_integer);
        if (is_integer == 0 || value < INT32_MIN || value > INT32_MAX) {
            return luaL_error(lua,
                              "set: the value is a whole number of 32 bits, or a function of "
                              "the time that gives one, not %s",
                              lua_type(lua, 4) == LUA_TNUMBER ? "that number"
                                                              : luaL_typename(lua, 4));
        }
        check_input(lua, machine, device, what, (int32_t)value);
        forget_feed(lua, machine, device, what);
        queue(lua, machine, device, cycle, what, (int32_t)value);
    }
    note_stimulus(machine, cycle);
    return 0;
}

/* ---- reset and supply ---- */

static int reset(lua_State *lua)
{
    static const char *const keys[] = {"at", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "reset", 2);
    script_check_options(lua, 2, "reset", keys);
    uint64_t cycle = option_at(lua, machine, 2);
    struct script_feed *feed = make_feed(lua, machine);
    feed->pulls_reset = true;
    feed->next_cycle = cycle;
    note_stimulus(machine, cycle);
    return 0;
}

/* The supply is told its millivolts; below 1.7 V the chip stops, and 0 stands for the usual ones.
 */
static void set_supply(lua_State *lua, struct script_machine *machine, uint64_t cycle,
                       int32_t millivolts)
{
    int device = machine_find_device(machine->built.machine, "power");
    if (device < 0) {
        luaL_error(lua, "board %s has no device called power", machine->board_name);
    }
    queue(lua, machine, device, cycle, "supply-mv", millivolts);
}

static int power_off(lua_State *lua)
{
    static const char *const keys[] = {"at", "hold", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "power_off", 2);
    script_check_options(lua, 2, "power_off", keys);
    uint64_t cycle = option_at(lua, machine, 2);
    set_supply(lua, machine, cycle, 1);
    if (script_has_option(lua, 2, "hold")) {
        set_supply(lua, machine,
                   cycle + script_cycles(machine, script_option_time(lua, 2, "hold", 0)), 0);
    }
    note_stimulus(machine, cycle);
    return 0;
}

static int power_on(lua_State *lua)
{
    static const char *const keys[] = {"at", NULL};
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "power_on", 2);
    script_check_options(lua, 2, "power_on", keys);
    uint64_t cycle = option_at(lua, machine, 2);
    set_supply(lua, machine, cycle, 0);
    note_stimulus(machine, cycle);
    return 0;
}

static void free_feeds(struct script_machine *machine)
{
    while (machine->feeds != NULL) { /* the references go with the state */
        struct script_feed *next = machine->feeds->next;
        free(machine->feeds);
        machine->feeds = next;
    }
}

static const struct script_function methods[] = {
    {"press", press},       {"release", release}, {"touch", touch}, {"uart", uart},
    {"pin", pin},           {"set", set},         {"reset", reset}, {"power_off", power_off},
    {"power_on", power_on}, {NULL, NULL},
};

const struct script_module script_module_inputs = {
    .name = "inputs", .methods = methods, .machine_taken = free_feeds};
