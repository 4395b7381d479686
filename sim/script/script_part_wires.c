#include <stdlib.h>
#include <string.h>

#include "sim/machine/board_pins.h"
#include "sim/machine/machine_attach.h"
#include "sim/script/script_parts_internal.h"

#define I2C_SILENCE   0xFF
#define I2C_FIRST     0x08 /* addresses below and above are reserved */
#define I2C_LAST      0x77
#define SPI_ALL_MODES 0xFU

const char *const script_part_functions[PART_FUNCTIONS] = {
    [PART_CHANGED] = "changed", [PART_START] = "start", [PART_WRITE] = "write",
    [PART_READ] = "read",       [PART_STOP] = "stop",   [PART_TRANSFER] = "transfer",
    [PART_SELECT] = "select",   [PART_SAVE] = "save",   [PART_RESTORE] = "restore",
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
    part->machine->script->memory_is_bound = false; /* here nobody catches errors */
    parts->error = luaL_ref(thread, LUA_REGISTRYINDEX);
    part->machine->script->memory_is_bound = true;
    machine_request_stop(part->machine->built.machine);
}

static bool is_silent(const struct script_part *part)
{
    return part->machine == NULL || part->machine->parts->failed ||
           part->machine->script->lua == NULL;
}

/* The function and the part are on the thread's stack, if there is such a function. */
lua_State *script_part_begin(struct script_part *part, int function)
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

void script_part_call(struct script_part *part, lua_State *thread, int arguments)
{
    if (end_call(part, thread, arguments)) {
        lua_pop(thread, 1);
    }
}

static void fail_result(struct script_part *part, lua_State *thread, const char *function,
                        const char *wanted)
{
    part->machine->script->memory_is_bound = false;
    lua_pushfstring(thread, "part %s: %s returned a %s, not %s", part->name, function,
                    luaL_typename(thread, -1), wanted);
    part->machine->script->memory_is_bound = true;
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
        fail_result(part, thread, script_part_functions[function], "true or false");
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
        fail_result(part, thread, script_part_functions[function], "a byte from 0 to 255");
        return otherwise;
    }
    lua_pop(thread, 1);
    return nothing ? otherwise : (int32_t)value;
}

/* ---- pins ---- */

void script_part_push_level(lua_State *lua, enum wire_level level)
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
    lua_State *thread = script_part_begin(part, part->functions[PART_CHANGED]);
    if (thread != NULL) {
        part->machine->script->memory_is_bound = false;
        lua_pushstring(thread, part->pins[index].name);
        part->machine->script->memory_is_bound = true;
        script_part_push_level(thread, level);
        script_part_call(part, thread, 2);
    }
}

/* ---- I2C ---- */

static bool on_start(void *owner, uint8_t address, bool read)
{
    struct script_part *part = owner;
    part->addressed = address == part->i2c.address && !is_silent(part);
    lua_State *thread =
        part->addressed ? script_part_begin(part, part->functions[PART_START]) : NULL;
    if (thread != NULL) {
        lua_pushboolean(thread, read);
        part->addressed = call_for_answer(part, thread, 1, PART_START);
    }
    return part->addressed;
}

static bool on_write(void *owner, uint8_t byte)
{
    struct script_part *part = owner;
    lua_State *thread =
        part->addressed ? script_part_begin(part, part->functions[PART_WRITE]) : NULL;
    if (thread == NULL) {
        return part->addressed;
    }
    lua_pushinteger(thread, byte);
    return call_for_answer(part, thread, 1, PART_WRITE);
}

static uint8_t on_read(void *owner)
{
    struct script_part *part = owner;
    lua_State *thread =
        part->addressed ? script_part_begin(part, part->functions[PART_READ]) : NULL;
    return thread == NULL ? I2C_SILENCE
                          : (uint8_t)call_for_byte(part, thread, 0, PART_READ, I2C_SILENCE);
}

static void on_stop(void *owner)
{
    struct script_part *part = owner;
    lua_State *thread =
        part->addressed ? script_part_begin(part, part->functions[PART_STOP]) : NULL;
    part->addressed = false;
    if (thread != NULL) {
        script_part_call(part, thread, 0);
    }
}

/* ---- SPI ---- */

static int32_t on_exchange(void *owner, uint8_t out, const struct spi_frame *frame)
{
    struct script_part *part = owner;
    lua_State *thread = script_part_begin(part, part->functions[PART_TRANSFER]);
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
    lua_State *thread = script_part_begin(part, part->functions[PART_SELECT]);
    if (thread != NULL) {
        lua_pushboolean(thread, selected);
        script_part_call(part, thread, 1);
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
        script_push_option(lua, table, key);
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
        luaL_error(lua,
                   "attach: %s has no pin for %s in the devicetree: say which one of the chip it "
                   "is, %s = \"P0.NN\"",
                   bus, key, key);
    }
    return pin.number;
}

static int compare_names(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* By name, so that parts hear of a pin in the same order each time. */
static void join_pins(lua_State *lua, struct script_part *part, int pins)
{
    struct script_machine *machine = part->machine;
    const char *names[PINS_MAX]; /* the table holds them */
    size_t count = 0;
    for (lua_pushnil(lua); lua_next(lua, pins) != 0; lua_pop(lua, 1)) {
        const char *name = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "";
        if (count == PINS_MAX || name[0] == '\0' || strlen(name) >= NAME_BYTES) {
            luaL_error(lua, "attach: pins are { name = \"P0.13\", ... }, %d at most", PINS_MAX);
        }
        names[count] = name;
        count++;
    }
    qsort(names, count, sizeof names[0], compare_names);
    for (size_t i = 0; i < count; i++) {
        struct part_pin *pin = &part->pins[part->pin_count];
        strcpy(pin->name, names[i]);
        script_push_option(lua, pins, pin->name);
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
        script_push_option(lua, table, "cs");
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
    script_push_option(lua, description, key);
    if (lua_istable(lua, -1)) {
        join(lua, part, lua_gettop(lua));
    }
    lua_pop(lua, 1);
}

void script_part_join(lua_State *lua, struct script_part *part, int description)
{
    join_by(lua, part, description, "pins", join_pins);
    join_by(lua, part, description, "i2c", join_i2c);
    join_by(lua, part, description, "spi", join_spi);
}
