/* sim/script/script_parts_internal.h - private to script_parts.c (parts as Lua has them) and
 * script_part_wires.c (how they hang on a machine, and how it calls them). */
#ifndef SIM_SCRIPT_SCRIPT_PARTS_INTERNAL_H
#define SIM_SCRIPT_SCRIPT_PARTS_INTERNAL_H

#include "peripherals/iface/i2c.h"
#include "peripherals/iface/spi.h"
#include "peripherals/iface/wire.h"
#include "sim/script/script_parts.h"

#define PINS_MAX   16
#define PARTS_MAX  32 /* of a machine */
#define TIMERS_MAX 256
#define NAME_BYTES 32

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
extern const char *const script_part_functions[PART_FUNCTIONS]; /* their names */

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
    int calling;       /* depth */
    bool failed;
    int error; /* reference */
};

/* The function (a reference) and the part are on the stack of the thread that comes back; NULL:
 * nothing is to be called. Push arguments, then script_part_call. */
lua_State *script_part_begin(struct script_part *part, int function);
/* A call whose result does not matter. */
void script_part_call(struct script_part *part, lua_State *thread, int arguments);

void script_part_push_level(lua_State *lua, enum wire_level level);

/* Hangs an attached part on its machine as its description, a table at that index, says. */
void script_part_join(lua_State *lua, struct script_part *part, int description);

#endif
