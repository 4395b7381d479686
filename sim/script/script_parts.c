/* Parts that a scenario writes itself. Their functions are called from within the machine: they may
 * not use it, and not yield; an error in one ends the case after the current instruction. */
#include "sim/script/script_parts.h"

#include <stdlib.h>
#include <string.h>

#include "sim/machine/board_pins.h"
#include "sim/machine/machine_attach.h"
#include "sim/script/script_modules.h"

#define CLASS_NAME    "part"
#define PINS_MAX      16
#define PARTS_MAX     32 /* of a machine */
#define TIMERS_MAX    256
#define NAME_BYTES    32
#define I2C_SILENCE   0xFF
#define I2C_FIRST     0x08 /* addresses below and above are reserved */
#define I2C_LAST      0x77
#define SPI_ALL_MODES 0xFU

enum part_function {
    PART_CHANGED,
    PART_START,
    PART_WRITE,
    PART_READ,
    PART_STOP,
    PART_TRANSFER,
    PART_SELECT,
    PART_SAVE,
    PART_RESTORE,
    PART_FUNCTIONS,
};
static const char *const function_names[PART_FUNCTIONS] = {
    [PART_CHANGED] = "changed", [PART_START] = "start", [PART_WRITE] = "write",
    [PART_READ] = "read",       [PART_STOP] = "stop",   [PART_TRANSFER] = "transfer",
    [PART_SELECT] = "select",   [PART_SAVE] = "save",   [PART_RESTORE] = "restore",
};

struct script_part;

struct part_pin {
    char name[NAME_BYTES];
    struct pin *pin;
    struct wire_listener listener;
};

/* Lies in Lua's memory, which keeps it while it is attached. Its first user value are its fields,
 * its second what sandglass.part was given. */
struct script_part {
    struct script_machine *machine; /* NULL: it is not attached, or not any more */
    int self;                       /* reference, while it is attached */
    char name[NAME_BYTES];
    bool has[PART_FUNCTIONS];
    int functions[PART_FUNCTIONS]; /* references, while it is attached */
    struct part_pin pins[PINS_MAX];
    size_t pin_count;
    struct i2c_target i2c;
    bool addressed;
    struct spi_target spi;
    struct spi_pins spi_pins;
    bool selected;
};

struct part_timer {
    uint64_t cycle;
    int function; /* reference */
    struct script_part *part;
};

struct script_parts {
    struct script_part *parts[PARTS_MAX];
    size_t count;
    struct part_timer timers[TIMERS_MAX]; /* in the order of asking */
    size_t timer_count;
    lua_State *thread; /* in which their functions run */
    int thread_reference;
    int calling; /* depth */
    bool failed;
    int error; /* reference */
};

/* ---- calls into Lua ---- */

/* Keeps the error on the thread's stack, which ends the run. */
static void keep_error(struct script_part *part)
{
    struct script_parts *parts = part->machine->parts;
    lua_State *thread = parts->thread;
    if (parts->failed) {
        lua_pop(thread, 1);
        return;
    }
    parts->failed = true;
    parts->error = luaL_ref(thread, LUA_REGISTRYINDEX);
    machine_request_stop(part->machine->built.machine);
}

static bool is_silent(const struct script_part *part)
{
    return part->machine == NULL || part->machine->parts->failed ||
           part->machine->script->lua == NULL;
}

/* The function and the part are on the thread's stack, if there is such a function. */
static lua_State *begin_call(struct script_part *part, int function)
{
    if (is_silent(part) || function == LUA_NOREF) {
        return NULL;
    }
    lua_State *thread = part->machine->parts->thread;
    if (!lua_checkstack(thread, 8)) {
        return NULL;
    }
    lua_rawgeti(thread, LUA_REGISTRYINDEX, function);
    lua_rawgeti(thread, LUA_REGISTRYINDEX, part->self);
    return thread;
}

/* With the arguments behind the part. True: one result is on the stack. */
static bool end_call(struct script_part *part, lua_State *thread, int arguments)
{
    struct script_parts *parts = part->machine->parts;
    parts->calling++;
    bool good = lua_pcall(thread, arguments + 1, 1, 0) == LUA_OK;
    parts->calling--;
    if (!good) {
        keep_error(part);
    }
    return good;
}

static void call_plain(struct script_part *part, lua_State *thread, int arguments)
{
    if (end_call(part, thread, arguments)) {
        lua_pop(thread, 1);
    }
}

static void fail_result(struct script_part *part, lua_State *thread, const char *function,
                        const char *wanted)
{
    lua_pushfstring(thread, "part %s: %s returned a %s, not %s", part->name, function,
                    luaL_typename(thread, -1), wanted);
    lua_remove(thread, -2);
    keep_error(part);
}

/* An answer of yes or no; nothing is yes. */
static bool call_for_answer(struct script_part *part, lua_State *thread, int arguments,
                            enum part_function function)
{
    if (!end_call(part, thread, arguments)) {
        return false;
    }
    bool answer = lua_isnil(thread, -1) || lua_toboolean(thread, -1) != 0;
    if (!lua_isnil(thread, -1) && !lua_isboolean(thread, -1)) {
        fail_result(part, thread, function_names[function], "true or false");
        return false;
    }
    lua_pop(thread, 1);
    return answer;
}

/* A byte; `otherwise` for nil and for errors. */
static int32_t call_for_byte(struct script_part *part, lua_State *thread, int arguments,
                             enum part_function function, int32_t otherwise)
{
    int is_integer = 0;
    if (!end_call(part, thread, arguments)) {
        return otherwise;
    }
    lua_Integer value = lua_tointegerx(thread, -1, &is_integer);
    bool nothing = lua_isnil(thread, -1);
    if (!nothing && (is_integer == 0 || value < 0 || value > UINT8_MAX)) {
        fail_result(part, thread, function_names[function], "a byte from 0 to 255");
        return otherwise;
    }
    lua_pop(thread, 1);
    return nothing ? otherwise : (int32_t)value;
}

/* ---- pins ---- */

static void push_level(lua_State *lua, enum wire_level level)
{
    if (level == WIRE_FLOATING) {
        lua_pushnil(lua);
    } else {
        lua_pushinteger(lua, level == WIRE_HIGH ? 1 : 0);
    }
}

static void on_pin(void *owner, uint32_t index, enum wire_level level)
{
    struct script_part *part = owner;
    lua_State *thread = begin_call(part, part->functions[PART_CHANGED]);
    if (thread != NULL) {
        lua_pushstring(thread, part->pins[index].name);
        push_level(thread, level);
        call_plain(part, thread, 2);
    }
}

/* ---- I2C ---- */

static bool on_start(void *owner, uint8_t address, bool read)
{
    struct script_part *part = owner;
    part->addressed = address == part->i2c.address && !is_silent(part);
    lua_State *thread = part->addressed ? begin_call(part, part->functions[PART_START]) : NULL;
    if (thread != NULL) {
        lua_pushboolean(thread, read);
        part->addressed = call_for_answer(part, thread, 1, PART_START);
    }
    return part->addressed;
}

static bool on_write(void *owner, uint8_t byte)
{
    struct script_part *part = owner;
    lua_State *thread = part->addressed ? begin_call(part, part->functions[PART_WRITE]) : NULL;
    if (thread == NULL) {
        return part->addressed;
    }
    lua_pushinteger(thread, byte);
    return call_for_answer(part, thread, 1, PART_WRITE);
}

static uint8_t on_read(void *owner)
{
    struct script_part *part = owner;
    lua_State *thread = part->addressed ? begin_call(part, part->functions[PART_READ]) : NULL;
    return thread == NULL ? I2C_SILENCE
                          : (uint8_t)call_for_byte(part, thread, 0, PART_READ, I2C_SILENCE);
}

static void on_stop(void *owner)
{
    struct script_part *part = owner;
    lua_State *thread = part->addressed ? begin_call(part, part->functions[PART_STOP]) : NULL;
    part->addressed = false;
    if (thread != NULL) {
        call_plain(part, thread, 0);
    }
}

/* ---- SPI ---- */

static int32_t on_exchange(void *owner, uint8_t out, const struct spi_frame *frame)
{
    struct script_part *part = owner;
    lua_State *thread = begin_call(part, part->functions[PART_TRANSFER]);
    (void)frame;
    if (thread == NULL) {
        return SPI_FLOATS;
    }
    lua_pushinteger(thread, out);
    return call_for_byte(part, thread, 1, PART_TRANSFER, SPI_FLOATS);
}

static void on_select(void *owner, bool selected)
{
    struct script_part *part = owner;
    lua_State *thread = begin_call(part, part->functions[PART_SELECT]);
    if (thread != NULL) {
        lua_pushboolean(thread, selected);
        call_plain(part, thread, 1);
    }
}

/* ---- joining ---- */

/* "P0.13" of the text at the top of the stack, which is popped. */
static uint32_t take_pin(lua_State *lua, const struct script_machine *machine, const char *what)
{
    const char *name = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "";
    uint32_t count = machine->built.board->pin_count;
    for (uint32_t i = 0; i < count && i < BOARD_PINS_MAX; i++) {
        if (strcmp(machine->record->pin_names[i], name) == 0) {
            lua_pop(lua, 1);
            return i;
        }
    }
    luaL_error(lua, "attach: %s is a pin of the chip, P0.00 to %s, not %s", what,
               machine->record->pin_names[count - 1],
               name[0] == '\0' ? luaL_typename(lua, -1) : name);
    return 0;
}

/* The pin of a bus: named itself, or that of the board's bus. */
static uint32_t bus_pin(lua_State *lua, const struct script_machine *machine, int table,
                        const char *key, enum props_function function)
{
    const struct board *board = machine->built.board;
    struct board_pin pin;
    const char *why = NULL;
    if (script_has_option(lua, table, key)) {
        lua_getfield(lua, table, key);
        return take_pin(lua, machine, key);
    }
    const char *bus = script_option_text(lua, table, "bus");
    if (bus == NULL) {
        luaL_error(lua, "attach: which bus? bus = \"i2c0\", or its pins one by one");
        return 0;
    }
    lua_pushstring(lua, bus);
    int device = script_check_device(lua, machine, lua_gettop(lua));
    lua_pop(lua, 1);
    if (board_pins_function(board, board->devices[device].node, function, &pin, &why) !=
        BOARD_PIN_FOUND) {
        luaL_error(lua, "attach: %s has no pin for %s on this board: give %s = \"P0.13\"", bus, key,
                   key);
    }
    return pin.number;
}

static void join_pins(lua_State *lua, struct script_part *part, int pins)
{
    struct script_machine *machine = part->machine;
    for (lua_pushnil(lua); lua_next(lua, pins) != 0;) {
        struct part_pin *pin = &part->pins[part->pin_count];
        const char *name = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "";
        if (part->pin_count == PINS_MAX || name[0] == '\0' || strlen(name) >= NAME_BYTES) {
            luaL_error(lua, "attach: pins are { name = \"P0.13\", ... }, %d at most", PINS_MAX);
        }
        strcpy(pin->name, name);
        pin->pin = machine_pin(machine->built.machine, take_pin(lua, machine, pin->name));
        wire_listen(&pin->pin->out, &pin->listener, on_pin, part, (uint32_t)part->pin_count);
        part->pin_count++;
    }
}

static void join_i2c(lua_State *lua, struct script_part *part, int table)
{
    static const char *const keys[] = {"bus", "scl", "sda", "address", NULL};
    struct i2c *i2c = &machine_nets(part->machine->built.machine)->i2c;
    script_check_options(lua, table, "part: i2c", keys);
    int64_t address = script_option_integer(lua, table, "address", I2C_FIRST, I2C_LAST, -1);
    if (address < 0) {
        luaL_error(lua, "attach: an I2C part has an address, such as address = 0x44");
    }
    part->i2c = (struct i2c_target){
        .name = part->name,
        .pins = {.scl = bus_pin(lua, part->machine, table, "scl", PROPS_I2C_SCL),
                 .sda = bus_pin(lua, part->machine, table, "sda", PROPS_I2C_SDA)},
        .address = (uint8_t)address,
        .owner = part,
        .start = on_start,
        .write = on_write,
        .read = on_read,
        .stop = on_stop};
    const struct i2c_target *there = i2c_find(i2c, part->i2c.pins, part->i2c.address);
    if (there != NULL) {
        luaL_error(lua, "attach: address %d is %s's on this bus", (int)address, there->name);
    }
    i2c_attach(i2c, &part->i2c);
}

static void join_spi(lua_State *lua, struct script_part *part, int table)
{
    static const char *const keys[] = {"bus", "sck", "mosi", "miso", "cs", "cs_active_high", NULL};
    struct machine *machine = part->machine->built.machine;
    struct pin *cs = NULL;
    script_check_options(lua, table, "part: spi", keys);
    part->spi_pins =
        (struct spi_pins){.sck = bus_pin(lua, part->machine, table, "sck", PROPS_SPI_SCK),
                          .mosi = bus_pin(lua, part->machine, table, "mosi", PROPS_SPI_MOSI),
                          .miso = bus_pin(lua, part->machine, table, "miso", PROPS_SPI_MISO)};
    if (script_has_option(lua, table, "cs")) {
        lua_getfield(lua, table, "cs");
        cs = machine_pin(machine, take_pin(lua, part->machine, "cs"));
    }
    part->spi = (struct spi_target){.owner = part,
                                    .pins = &part->spi_pins,
                                    .selected = &part->selected,
                                    .modes = SPI_ALL_MODES,
                                    .exchange = on_exchange,
                                    .select_changed = on_select};
    spi_bus_add_target(&machine_nets(machine)->spi, &part->spi);
    spi_target_listen(&part->spi, cs, script_option_bool(lua, table, "cs_active_high", false));
}

/* Calls `join` with the index of the table at `key` of the part's description, if there is one. */
static void join_by(lua_State *lua, struct script_part *part, int description, const char *key,
                    void (*join)(lua_State *lua, struct script_part *part, int table))
{
    lua_getfield(lua, description, key);
    if (lua_istable(lua, -1)) {
        join(lua, part, lua_gettop(lua));
    }
    lua_pop(lua, 1);
}

/* ---- the part as Lua has it ---- */

static struct script_part *check_part(lua_State *lua, int index)
{
    struct script_part *part = luaL_testudata(lua, index, CLASS_NAME);
    if (part == NULL) {
        luaL_error(lua, "a part is what sandglass.part(\"name\", { ... }) returns, not a %s",
                   luaL_typename(lua, index));
    }
    return part;
}

static struct script_part *check_attached(lua_State *lua, const char *function)
{
    struct script_part *part = check_part(lua, 1);
    if (part->machine == NULL) {
        luaL_error(lua, "%s: part %s is not attached to a machine: m:attach(part)", function,
                   part->name);
    }
    return part;
}

static int make_part(lua_State *lua)
{
    static const char *const keys[] = {"pins",  "i2c",     "spi",  "changed",  "start",
                                       "write", "read",    "stop", "transfer", "select",
                                       "save",  "restore", NULL};
    script_check_count(lua, "part", 2);
    size_t length = 0;
    const char *name = luaL_checklstring(lua, 1, &length);
    if (length == 0 || length >= NAME_BYTES || !lua_istable(lua, 2)) {
        return luaL_error(lua,
                          "part: sandglass.part(\"name\", { pins = { ... }, ... }), with a "
                          "name of at most %d characters",
                          NAME_BYTES - 1);
    }
    script_check_options(lua, 2, "part", keys);
    struct script_part *part = lua_newuserdatauv(lua, sizeof *part, 2);
    memset(part, 0, sizeof *part);
    strcpy(part->name, name);
    for (int i = 0; i < PART_FUNCTIONS; i++) {
        int type = lua_getfield(lua, 2, function_names[i]);
        part->functions[i] = LUA_NOREF;
        part->has[i] = type == LUA_TFUNCTION;
        lua_pop(lua, 1);
        if (type != LUA_TFUNCTION && type != LUA_TNIL) {
            return luaL_error(lua, "part: %s is a function", function_names[i]);
        }
    }
    for (const char *const *key = keys; key < keys + 3; key++) {
        int type = lua_getfield(lua, 2, *key);
        lua_pop(lua, 1);
        if (type != LUA_TTABLE && type != LUA_TNIL) {
            return luaL_error(lua, "part: %s is a table", *key);
        }
    }
    lua_newtable(lua);
    lua_setiuservalue(lua, -2, 1);
    lua_pushvalue(lua, 2);
    lua_setiuservalue(lua, -2, 2);
    luaL_setmetatable(lua, CLASS_NAME);
    return 1;
}

static struct script_parts *parts_of(lua_State *lua, struct script_machine *machine)
{
    if (machine->parts == NULL) {
        machine->parts = calloc(1, sizeof *machine->parts);
        if (machine->parts == NULL) {
            luaL_error(lua, "no memory for a part");
            return NULL;
        }
        machine->parts->thread = lua_newthread(lua);
        machine->parts->thread_reference = luaL_ref(lua, LUA_REGISTRYINDEX);
    }
    return machine->parts;
}

static int attach(lua_State *lua)
{
    struct script_machine *machine = script_check_machine(lua, 1);
    script_check_count(lua, "attach", 2);
    struct script_part *part = check_part(lua, 2);
    if (part->machine != NULL || part->pin_count > 0) {
        return luaL_error(lua, "attach: part %s was attached before: make another", part->name);
    }
    if (script_now(machine) != 0) {
        return luaL_error(lua, "attach: part %s comes before the machine runs", part->name);
    }
    struct script_parts *parts = parts_of(lua, machine);
    if (parts->count == PARTS_MAX) {
        return luaL_error(lua, "attach: a machine takes %d parts", PARTS_MAX);
    }
    machine->spoilt = true;
    part->machine = machine;
    lua_pushvalue(lua, 2);
    part->self = luaL_ref(lua, LUA_REGISTRYINDEX); /* from here on its wires may be called */
    parts->parts[parts->count] = part;
    parts->count++;
    lua_getiuservalue(lua, 2, 2);
    int description = lua_gettop(lua);
    for (int i = 0; i < PART_FUNCTIONS; i++) {
        if (part->has[i]) {
            lua_getfield(lua, description, function_names[i]);
            part->functions[i] = luaL_ref(lua, LUA_REGISTRYINDEX);
        }
    }
    join_by(lua, part, description, "pins", join_pins);
    join_by(lua, part, description, "i2c", join_i2c);
    join_by(lua, part, description, "spi", join_spi);
    lua_pushvalue(lua, 2);
    return 1;
}

static struct part_pin *check_pin(lua_State *lua, struct script_part *part, int index)
{
    const char *name = luaL_checkstring(lua, index);
    for (size_t i = 0; i < part->pin_count; i++) {
        if (strcmp(part->pins[i].name, name) == 0) {
            return &part->pins[i];
        }
    }
    luaL_error(lua, "part %s has no pin %s", part->name, name);
    return NULL;
}

static enum wire_level check_level(lua_State *lua, int index)
{
    if (lua_isnoneornil(lua, index)) {
        return WIRE_FLOATING;
    }
    if (lua_isboolean(lua, index)) {
        return lua_toboolean(lua, index) != 0 ? WIRE_HIGH : WIRE_LOW;
    }
    lua_Integer level = luaL_checkinteger(lua, index);
    if (level != 0 && level != 1) {
        luaL_error(lua, "a level is 0, 1, or nil for none");
    }
    return level == 1 ? WIRE_HIGH : WIRE_LOW;
}

static int drive(lua_State *lua)
{
    struct script_part *part = check_attached(lua, "drive");
    script_check_count(lua, "drive", 3);
    struct part_pin *pin = check_pin(lua, part, 2);
    wire_drive(&pin->pin->in, check_level(lua, 3));
    if (part->machine->parts->calling == 0) {
        script_parts_check(lua, part->machine);
    }
    return 0;
}

static int level(lua_State *lua)
{
    struct script_part *part = check_attached(lua, "level");
    script_check_count(lua, "level", 2);
    push_level(lua, check_pin(lua, part, 2)->pin->out.level);
    return 1;
}

static int after(lua_State *lua)
{
    struct script_part *part = check_attached(lua, "after");
    struct script_parts *parts = part->machine->parts;
    script_check_count(lua, "after", 3);
    int64_t ns = script_check_time(lua, 2, "after");
    luaL_checktype(lua, 3, LUA_TFUNCTION);
    if (parts->timer_count == TIMERS_MAX) {
        return luaL_error(lua, "after: %d functions wait already", TIMERS_MAX);
    }
    lua_settop(lua, 3);
    struct part_timer *timer = &parts->timers[parts->timer_count];
    timer->cycle = script_now(part->machine) + script_cycles(part->machine, ns);
    timer->part = part;
    timer->function = luaL_ref(lua, LUA_REGISTRYINDEX);
    parts->timer_count++;
    machine_request_stop(part->machine->built.machine); /* it may come before the run's end */
    return 0;
}

static int now(lua_State *lua)
{
    struct script_part *part = check_attached(lua, "now");
    lua_pushinteger(lua, script_ns(part->machine, script_now(part->machine)));
    return 1;
}

/* ---- runs ---- */

void script_parts_check(lua_State *lua, struct script_machine *machine)
{
    struct script *script = machine->script;
    for (size_t i = 0; i < script->machine_count; i++) { /* those of its net, too */
        struct script_parts *parts = script->machines[i]->parts;
        if (parts != NULL && parts->failed) {
            lua_rawgeti(lua, LUA_REGISTRYINDEX, parts->error);
            lua_error(lua);
        }
    }
}

bool script_parts_are_calling(const struct script_machine *machine)
{
    const struct script *script = machine->script;
    for (size_t i = 0; i < script->machine_count; i++) {
        if (script->machines[i]->parts != NULL && script->machines[i]->parts->calling > 0) {
            return true;
        }
    }
    return false;
}

static bool runs_with(const struct script_machine *machine, const struct script_machine *other)
{
    return other == machine || (machine->net != NULL && other->net == machine->net);
}

uint64_t script_parts_next(const struct script_machine *machine)
{
    uint64_t next = CLOCK_NEVER;
    for (size_t i = 0; i < machine->script->machine_count; i++) {
        const struct script_machine *other = machine->script->machines[i];
        const struct script_parts *parts = runs_with(machine, other) ? other->parts : NULL;
        for (size_t j = 0; parts != NULL && j < parts->timer_count; j++) {
            next = parts->timers[j].cycle < next ? parts->timers[j].cycle : next;
        }
    }
    return next;
}

/* The earliest that is due, first asked first; false: none. */
static bool take_timer(struct script_parts *parts, uint64_t cycle, struct part_timer *taken)
{
    size_t best = parts->timer_count;
    for (size_t i = 0; i < parts->timer_count; i++) {
        uint64_t due = parts->timers[i].cycle;
        if (due <= cycle && (best == parts->timer_count || due < parts->timers[best].cycle)) {
            best = i;
        }
    }
    if (best == parts->timer_count) {
        return false;
    }
    *taken = parts->timers[best];
    parts->timer_count--;
    memmove(&parts->timers[best], &parts->timers[best + 1],
            (parts->timer_count - best) * sizeof parts->timers[0]);
    return true;
}

void script_parts_due(lua_State *lua, struct script_machine *machine)
{
    struct part_timer timer;
    for (size_t i = 0; i < machine->script->machine_count; i++) {
        struct script_machine *other = machine->script->machines[i];
        struct script_parts *parts = runs_with(machine, other) ? other->parts : NULL;
        while (parts != NULL && !parts->failed && take_timer(parts, script_now(other), &timer)) {
            script_charge(lua, 1);
            lua_State *thread = begin_call(timer.part, timer.function);
            if (thread != NULL) {
                call_plain(timer.part, thread, 0);
            }
            luaL_unref(lua, LUA_REGISTRYINDEX, timer.function);
        }
    }
    script_parts_check(lua, machine);
}

/* ---- snapshots ---- */

int script_parts_save(lua_State *lua, struct script_machine *machine)
{
    const struct script_parts *parts = machine->parts;
    if (parts == NULL || parts->count == 0) {
        return LUA_NOREF;
    }
    if (parts->timer_count > 0) {
        luaL_error(lua, "snapshot: part %s waits for a function of after()",
                   parts->timers[0].part->name);
    }
    lua_createtable(lua, (int)parts->count, 0);
    for (size_t i = 0; i < parts->count; i++) {
        struct script_part *part = parts->parts[i];
        if (!part->has[PART_SAVE] || !part->has[PART_RESTORE]) {
            luaL_error(lua, "snapshot: part %s has no functions save and restore", part->name);
        }
        lua_createtable(lua, 0, 3);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, part->functions[PART_SAVE]);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, part->self);
        lua_call(lua, 1, 1);
        lua_setfield(lua, -2, "value");
        lua_pushboolean(lua, part->addressed);
        lua_setfield(lua, -2, "addressed");
        lua_pushboolean(lua, part->selected);
        lua_setfield(lua, -2, "selected");
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    return luaL_ref(lua, LUA_REGISTRYINDEX);
}

void script_parts_restore(lua_State *lua, struct script_machine *machine, int saved)
{
    struct script_parts *parts = machine->parts;
    if (saved == LUA_NOREF || parts == NULL) {
        return;
    }
    for (size_t i = 0; i < parts->timer_count; i++) {
        luaL_unref(lua, LUA_REGISTRYINDEX, parts->timers[i].function);
    }
    parts->timer_count = 0;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, saved);
    for (size_t i = 0; i < parts->count; i++) {
        struct script_part *part = parts->parts[i];
        lua_rawgeti(lua, -1, (lua_Integer)i + 1);
        lua_getfield(lua, -1, "addressed");
        part->addressed = lua_toboolean(lua, -1) != 0;
        lua_getfield(lua, -2, "selected");
        part->selected = lua_toboolean(lua, -1) != 0;
        lua_pop(lua, 2);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, part->functions[PART_RESTORE]);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, part->self);
        lua_getfield(lua, -3, "value");
        lua_call(lua, 2, 0);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
}

/* ---- the module ---- */

/* Functions first, then the part's own fields. Upvalue: the functions. */
static int find_field(lua_State *lua)
{
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, lua_upvalueindex(1)) == LUA_TNIL) {
        lua_getiuservalue(lua, 1, 1);
        lua_pushvalue(lua, 2);
        lua_rawget(lua, -2);
    }
    return 1;
}

static int set_field(lua_State *lua)
{
    if (lua_isnil(lua, 2) || (lua_isnumber(lua, 2) && !lua_isinteger(lua, 2))) {
        return luaL_error(lua, "a field of a part has a name");
    }
    lua_getiuservalue(lua, 1, 1);
    lua_insert(lua, 2);
    lua_rawset(lua, 2);
    return 0;
}

static void open(lua_State *lua)
{
    static const struct luaL_Reg of_a_part[] = {
        {"drive", drive}, {"level", level}, {"after", after}, {"now", now}, {NULL, NULL}};
    luaL_newmetatable(lua, CLASS_NAME);
    luaL_newlib(lua, of_a_part);
    lua_pushcclosure(lua, find_field, 1);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, set_field);
    lua_setfield(lua, -2, "__newindex");
    lua_pushliteral(lua, CLASS_NAME);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
}

/* Without Lua its memory is gone, and so are the parts; the machine is not run again. */
static void machine_taken(struct script_machine *machine)
{
    struct script_parts *parts = machine->parts;
    lua_State *lua = machine->script->lua;
    for (size_t i = 0; parts != NULL && lua != NULL && i < parts->count; i++) {
        parts->parts[i]->machine = NULL;
        luaL_unref(lua, LUA_REGISTRYINDEX, parts->parts[i]->self);
    }
    free(parts);
    machine->parts = NULL;
}

static const struct script_function functions[] = {{"part", make_part}, {NULL, NULL}};
static const struct script_function methods[] = {{"attach", attach}, {NULL, NULL}};

const struct script_module script_module_parts = {.name = "parts",
                                                  .functions = functions,
                                                  .methods = methods,
                                                  .open = open,
                                                  .machine_taken = machine_taken};
