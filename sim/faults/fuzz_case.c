/* Cases at random: mostly sense with a grain of nonsense, since pure nonsense is refused at once.
 */
#include "sim/faults/fuzz_case.h"

#include <string.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"
#include "sim/machine/input_list.h"

#define PLACES 240U /* of a touch panel: most have so many, and what is none is left out */

const uint32_t fuzz_drivers[FUZZ_DRIVERS] = {
    0x00000,    0x00001, 0x00002,    0x00003, 0x00004, 0x00005, 0x00006,    0x00007,
    0x00008,    0x00009, 0x00010,    0x10000, 0x10001, 0x10002, 0x20001,    0x20002,
    0x20003,    0x20005, 0x20006,    0x30000, 0x30001, 0x30002, 0x30006,    0x40001,
    0x40002,    0x40003, 0x40004,    0x40005, 0x40006, 0x50000, 0x50001,    0x50002,
    0x50003,    0x50004, 0x60000,    0x60001, 0x60002, 0x60003, 0x60004,    0x60005,
    0x60008,    0x60009, 0x90000,    0x90001, 0x90002, 0x90003, 0x90005,    0x90007,
    0x90008,    0x90009, 0x80060000, 15,      16,      17,      0x7FFFFFFF, 0xFFFFFFFF,
    0x80000000, 0x12345, 0x90F01,    0x90F02, 0x50005, 0x90004, 0x30005,    0x70001,
};

const struct fuzz_line fuzz_lines[FUZZ_LINES] = {
    {"list\r", false},
    {"status\r", false},
    {"process fuzz_a\r", false},
    {"process fuzz_b\r", false},
    {"kernel\r", false},
    {"help\r", false},
    {"list\x1b[A\x1b[D\x08\x7f\x1b[Cx\r", false},
    {"process \x01nobody of this name, however long it is made\x05\r", false},
    {"\x03\r\n\r", false},
    {"console-stop\rconsole-start\r", false},
    {"stop fuzz_a\rstart fuzz_a\r", true},
    {"stop fuzz_b\r", true},
    {"terminate fuzz_c\rboot fuzz_c\r", true},
    {"fault fuzz_a\r", true},
    {"restart fuzz_b\r", true},
    {"terminate fuzz_a\r", true},
};

int fuzz_console(const struct board *board)
{
    for (size_t i = 0; i < board->device_count; i++) {
        if (strcmp(board->devices[i].device_class->name, "nrf52-uarte") == 0) {
            return (int)i;
        }
    }
    return -1;
}

static uint64_t random_next(struct fuzz_random *random)
{
    random->state += 0x9E3779B97F4A7C15U;
    uint64_t mixed = random->state;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBU;
    return mixed ^ mixed >> 31;
}

uint32_t fuzz_random_below(struct fuzz_random *random, uint32_t limit)
{
    return (uint32_t)(random_next(random) >> 32) % limit;
}

static bool chance(struct fuzz_random *random, uint32_t percent)
{
    return fuzz_random_below(random, 100) < percent;
}

/* ---- values ---- */

static void set_value(struct fuzz_step *step, int index, unsigned base, unsigned mode,
                      uint32_t bits)
{
    step->base[index] = (uint8_t)(base | mode << 5);
    step->bits[index] = (uint16_t)bits;
}

static void set_number(struct fuzz_step *step, int index, uint32_t bits)
{
    set_value(step, index, FUZZ_BASE_ZERO, FUZZ_MODE_PLUS, bits);
}

static uint32_t some_length(struct fuzz_random *random)
{
    static const uint16_t lengths[] = {0,   1,   2,   3,   4,   5,   6,   7,   8,   11,  12,
                                       15,  16,  17,  24,  31,  32,  33,  63,  64,  65,  100,
                                       127, 128, 129, 132, 255, 256, 257, 262, 511, 512, 513};
    return chance(random, 80)
               ? lengths[fuzz_random_below(random, sizeof lengths / sizeof lengths[0])]
               : fuzz_random_below(random, 600);
}

/* Around a bound, or anything. */
static void set_wild(struct fuzz_step *step, int index, struct fuzz_random *random)
{
    unsigned mode = fuzz_random_below(random, FUZZ_MODE_DRIVER);
    uint32_t bits =
        chance(random, 60) ? fuzz_random_below(random, 40) : fuzz_random_below(random, 0x10000);
    set_value(step, index, fuzz_random_below(random, FUZZ_BASES), mode, bits);
}

static void set_small(struct fuzz_step *step, int index, struct fuzz_random *random)
{
    uint32_t kind = fuzz_random_below(random, 100);
    if (kind < 45) {
        set_number(step, index, fuzz_random_below(random, 6));
    } else if (kind < 70) {
        set_number(step, index, some_length(random));
    } else if (kind < 80) {
        set_number(step, index, fuzz_random_below(random, 0x10000));
    } else if (kind < 88) {
        set_value(step, index, FUZZ_BASE_ZERO, FUZZ_MODE_HIGH, fuzz_random_below(random, 300));
    } else {
        set_wild(step, index, random);
    }
}

static void set_buffer(struct fuzz_step *step, struct fuzz_random *random)
{
    if (chance(random, 85)) {
        set_value(step, 2, FUZZ_BASE_PLAYGROUND, FUZZ_MODE_PLUS,
                  chance(random, 50) ? 0 : fuzz_random_below(random, 128));
        set_number(step, 3, some_length(random));
    } else {
        set_wild(step, 2, random);
        set_small(step, 3, random);
    }
}

static uint32_t some_driver(struct fuzz_random *random, const struct fuzz_ground *ground)
{
    return ground->present_count > 0 && chance(random, 97)
               ? ground->present[fuzz_random_below(random, (uint32_t)ground->present_count)]
               : fuzz_random_below(random, FUZZ_DRIVERS);
}

static void set_driver(struct fuzz_step *step, int index, uint32_t driver)
{
    set_value(step, index, FUZZ_BASE_ZERO, FUZZ_MODE_DRIVER, driver);
}

static uint32_t some_command(struct fuzz_random *random)
{
    uint32_t kind = fuzz_random_below(random, 100);
    if (kind < 75) {
        return fuzz_random_below(random, 9);
    }
    if (kind < 90) {
        return fuzz_random_below(random, 33);
    }
    return 100 * fuzz_random_below(random, 4) + fuzz_random_below(random, 3);
}

/* ---- steps ---- */

static void make_command(struct fuzz_step *step, struct fuzz_random *random, uint32_t driver)
{
    step->operation = FUZZ_COMMAND;
    set_driver(step, 0, driver);
    set_number(step, 1, some_command(random));
    set_small(step, 2, random);
    set_small(step, 3, random);
}

static void make_allow(struct fuzz_step *step, struct fuzz_random *random, uint32_t driver,
                       uint32_t number)
{
    static const uint8_t allows[] = {FUZZ_ALLOW_READ_WRITE, FUZZ_ALLOW_READ_WRITE,
                                     FUZZ_ALLOW_READ_WRITE, FUZZ_ALLOW_READ_ONLY,
                                     FUZZ_ALLOW_READ_ONLY,  FUZZ_ALLOW_USER_READABLE};
    step->operation = allows[fuzz_random_below(random, sizeof allows)];
    set_driver(step, 0, driver);
    set_number(step, 1, number);
    set_buffer(step, random);
}

static void make_subscribe(struct fuzz_step *step, struct fuzz_random *random, uint32_t driver,
                           uint32_t number)
{
    static const uint8_t functions[] = {FUZZ_BASE_UPCALL,      FUZZ_BASE_UPCALL,
                                        FUZZ_BASE_UPCALL,      FUZZ_BASE_BUSY_UPCALL,
                                        FUZZ_BASE_BUSY_UPCALL, FUZZ_BASE_ZERO};
    step->operation = FUZZ_SUBSCRIBE;
    set_driver(step, 0, driver);
    set_number(step, 1, number);
    set_value(step, 2, functions[fuzz_random_below(random, sizeof functions)], FUZZ_MODE_PLUS, 0);
    if (chance(random, 8)) {
        set_wild(step, 2, random);
    }
    set_small(step, 3, random);
}

static void make_sleep(struct fuzz_step *step, struct fuzz_random *random)
{
    step->operation = FUZZ_SLEEP;
    set_number(step, 0, 0);
    set_number(step, 1, fuzz_random_below(random, chance(random, 80) ? 3000 : 0x10000));
}

/* Calls that only ask, or end a life at worst. */
static void make_rare(struct fuzz_step *step, struct fuzz_random *random,
                      const struct fuzz_ground *ground)
{
    static const uint8_t rare[] = {FUZZ_WAIT_FOR,  FUZZ_WAIT_FOR,  FUZZ_WAIT, FUZZ_EXIT,
                                   FUZZ_BAD_YIELD, FUZZ_BAD_CLASS, FUZZ_LOAD, FUZZ_STORE,
                                   FUZZ_JUMP,      FUZZ_STACK,     FUZZ_SPIN, FUZZ_FLOAT};
    step->operation = rare[fuzz_random_below(random, sizeof rare)];
    for (int i = 0; i < 4; i++) {
        set_wild(step, i, random);
    }
    if (step->operation == FUZZ_WAIT_FOR) {
        set_driver(step, 0, some_driver(random, ground));
        set_number(step, 1, fuzz_random_below(random, 3));
    } else if (step->operation == FUZZ_EXIT || step->operation == FUZZ_BAD_YIELD) {
        set_number(step, 0, fuzz_random_below(random, 4));
    } else if (step->operation == FUZZ_STACK) {
        set_number(step, 1, fuzz_random_below(random, 4));
    }
}

static void make_memop(struct fuzz_step *step, struct fuzz_random *random)
{
    static const uint8_t bounds[] = {FUZZ_BASE_BREAK,          FUZZ_BASE_BREAK,
                                     FUZZ_BASE_GRANT_START,    FUZZ_BASE_MEMORY_END,
                                     FUZZ_BASE_PLAYGROUND_END, FUZZ_BASE_STACK};
    uint32_t operation =
        chance(random, 60) ? fuzz_random_below(random, 2) : fuzz_random_below(random, 13);
    step->operation = FUZZ_MEMOP;
    set_number(step, 0, operation);
    if (operation == ABI_MEMOP_BRK) {
        set_value(step, 1, bounds[fuzz_random_below(random, sizeof bounds)],
                  fuzz_random_below(random, 2), fuzz_random_below(random, 300));
    } else if (chance(random, 80)) {
        set_value(step, 1, FUZZ_BASE_ZERO, fuzz_random_below(random, 2),
                  fuzz_random_below(random, 200));
    } else {
        set_wild(step, 1, random);
    }
}

static void make_step(struct fuzz_step *step, struct fuzz_random *random,
                      const struct fuzz_ground *ground)
{
    uint32_t kind = fuzz_random_below(random, 100);
    uint32_t number =
        chance(random, 92) ? fuzz_random_below(random, 3) : fuzz_random_below(random, 20);
    *step = (struct fuzz_step){.operation = FUZZ_YIELD};
    if (kind < 42) {
        make_command(step, random, some_driver(random, ground));
    } else if (kind < 60) {
        make_allow(step, random, some_driver(random, ground), number);
    } else if (kind < 70) {
        make_subscribe(step, random, some_driver(random, ground), number);
    } else if (kind < 80) {
        make_sleep(step, random);
    } else if (kind < 86) {
        make_memop(step, random);
    } else if (kind < 93) {
        set_value(step, 1, chance(random, 60) ? FUZZ_BASE_PLAYGROUND : FUZZ_BASE_BREAK,
                  fuzz_random_below(random, 2), fuzz_random_below(random, 8));
    } else if (kind < 98) {
        step->operation = FUZZ_SCRIBBLE;
        set_number(step, 0, fuzz_random_below(random, 128));
        set_small(step, 1, random);
    } else {
        make_rare(step, random, ground);
    }
    step->turns = chance(random, 70) ? 1 : (uint8_t)(1 + fuzz_random_below(random, 20));
}

/* ---- programs ---- */

static struct fuzz_step *append(struct fuzz_script *script)
{
    struct fuzz_step *step = &script->step[script->count];
    *step = (struct fuzz_step){.turns = 1};
    script->count++;
    return step;
}

/* As an app would use one driver: buffers, functions, a command, and time for it to work. */
static void add_session(struct fuzz_script *script, struct fuzz_random *random,
                        const struct fuzz_ground *ground)
{
    uint32_t driver = some_driver(random, ground);
    uint32_t parts = 3 + fuzz_random_below(random, 7);
    for (uint32_t i = 0; i < parts && script->count < FUZZ_STEPS_MAX; i++) {
        uint32_t kind = fuzz_random_below(random, 10);
        uint32_t number = fuzz_random_below(random, 3);
        struct fuzz_step *step = append(script);
        if (kind < 4) {
            make_command(step, random, driver);
        } else if (kind < 7) {
            make_allow(step, random, driver, number);
        } else if (kind < 9) {
            make_subscribe(step, random, driver, number);
        } else {
            make_sleep(step, random);
        }
    }
    if (script->count + 1 < FUZZ_STEPS_MAX) {
        make_command(append(script), random, driver);
        make_sleep(append(script), random);
    }
}

static uint32_t find_driver(uint32_t number)
{
    uint32_t index = 0;
    while (fuzz_drivers[index] != number) {
        index++;
    }
    return index;
}

/* A peer, and pieces of the playground that the MPU can share. */
static void add_peer_session(struct fuzz_script *script, struct fuzz_random *random)
{
    uint32_t ipc = find_driver(ABI_DRIVER_IPC);
    uint32_t peer = fuzz_random_below(random, FUZZ_APPS + 1);
    uint32_t parts = 3 + fuzz_random_below(random, 6);
    for (uint32_t i = 0; i < parts && script->count < FUZZ_STEPS_MAX; i++) {
        uint32_t kind = fuzz_random_below(random, 10);
        struct fuzz_step *step = append(script);
        if (kind < 3) {
            make_allow(step, random, ipc, peer);
            step->operation = FUZZ_ALLOW_READ_WRITE;
            set_value(step, 2, FUZZ_BASE_PLAYGROUND, FUZZ_MODE_PLUS,
                      32 * fuzz_random_below(random, 16));
            set_number(step, 3, 32 * fuzz_random_below(random, 9));
        } else if (kind < 5) {
            make_subscribe(step, random, ipc, fuzz_random_below(random, FUZZ_APPS + 1));
        } else if (kind < 8) {
            make_command(step, random, ipc);
            set_number(step, 1, 2 + fuzz_random_below(random, 2));
            set_number(step, 2, chance(random, 70) ? peer : fuzz_random_below(random, 5));
        } else if (kind == 8) {
            step->operation = chance(random, 50) ? FUZZ_LOAD : FUZZ_STORE;
            set_value(step, 0, FUZZ_BASE_CONSTANTS + 8, FUZZ_MODE_PLUS,
                      4 * fuzz_random_below(random, 128));
        } else if (chance(random, 30)) { /* what becomes of what was shared? */
            step->operation = chance(random, 70) ? FUZZ_EXIT : FUZZ_BAD_CLASS;
            set_number(step, 0, fuzz_random_below(random, 2));
        } else {
            make_sleep(step, random);
        }
    }
}

/* All that a driver may want to have, of one size, and then its commands one after the other. */
static void add_full_session(struct fuzz_script *script, struct fuzz_random *random,
                             const struct fuzz_ground *ground)
{
    static const uint8_t sizes[] = {8, 16, 16, 16, 32, 32, 64, 64, 128};
    uint32_t driver = some_driver(random, ground);
    uint32_t size = sizes[fuzz_random_below(random, sizeof sizes)];
    uint32_t choice = fuzz_random_below(random, 4);
    for (uint32_t i = 0; i < 6 && script->count < FUZZ_STEPS_MAX; i++) {
        struct fuzz_step *step = append(script);
        make_allow(step, random, driver, i % 3);
        step->operation = i < 3 ? FUZZ_ALLOW_READ_ONLY : FUZZ_ALLOW_READ_WRITE;
        set_value(step, 2, FUZZ_BASE_PLAYGROUND, FUZZ_MODE_PLUS, 32 * i);
        set_number(step, 3, chance(random, 85) ? size : some_length(random));
    }
    if (script->count < FUZZ_STEPS_MAX) {
        make_subscribe(append(script), random, driver, fuzz_random_below(random, 2));
    }
    for (uint32_t i = 0; i < 9 && script->count + 1 < FUZZ_STEPS_MAX; i++) {
        struct fuzz_step *step = append(script);
        make_command(step, random, driver);
        set_number(step, 1, i);
        set_number(step, 2, chance(random, 70) ? choice : fuzz_random_below(random, 6));
        set_number(step, 3, chance(random, 60) ? fuzz_random_below(random, 3) : size);
        if (i > 1 && chance(random, 60)) {
            make_sleep(append(script), random);
        }
    }
}

static void make_script(struct fuzz_script *script, struct fuzz_random *random,
                        const struct fuzz_ground *ground)
{
    uint32_t wanted = 4 + fuzz_random_below(random, FUZZ_STEPS_MAX - 4);
    script->count = 0;
    script->rounds = 1 + fuzz_random_below(random, 4);
    while (script->count < wanted) {
        uint32_t kind = fuzz_random_below(random, 100);
        if (kind < 38) {
            add_session(script, random, ground);
        } else if (kind < 42) {
            add_peer_session(script, random);
        } else if (kind < 47) {
            add_full_session(script, random, ground);
        } else {
            make_step(append(script), random, ground);
        }
    }
}

/* ---- what comes from outside ---- */

/* A battery that is empty ends everything. */
static bool is_usable(const struct board_device *device)
{
    return device->device_class->inputs != NULL &&
           strcmp(device->device_class->name, "battery") != 0;
}

static void make_input(struct fuzz_input *input, struct fuzz_random *random,
                       const struct fuzz_ground *ground)
{
    const struct board *board = ground->board;
    size_t device = fuzz_random_below(random, (uint32_t)board->device_count);
    for (size_t i = 0; i < board->device_count && !is_usable(&board->devices[device]); i++) {
        device = (device + 1) % board->device_count;
    }
    *input = (struct fuzz_input){.what = ""};
    if (fuzz_console(board) >= 0 && chance(random, 25)) {
        bool any = chance(random, 20); /* after a line that moves lives less is judged */
        uint32_t line = fuzz_random_below(random, any ? FUZZ_LINES : 10);
        *input = (struct fuzz_input){.device = (uint32_t)fuzz_console(board),
                                     .what = FUZZ_TYPED,
                                     .value = (int32_t)line,
                                     .at_us = fuzz_random_below(random, 10000)};
        return;
    }
    if (!is_usable(&board->devices[device])) {
        return;
    }
    const struct device_input_kind *kinds = board->devices[device].device_class->inputs;
    uint32_t count = 0;
    while (kinds[count].name != NULL) {
        count++;
    }
    const struct device_input_kind *kind = &kinds[fuzz_random_below(random, count)];
    uint64_t values = (uint64_t)((int64_t)kind->value_max - kind->value_min) + 1;
    int32_t value = (int32_t)(kind->value_min + (int64_t)(random_next(random) % values));
    if (board->devices[device].device_class->touch_size != NULL &&
        strcmp(kind->name, "touch") == 0) {
        value = (int32_t)(fuzz_random_below(random, PLACES) +
                          DEVICE_TOUCH_PLACES * fuzz_random_below(random, PLACES));
    }
    struct sim_error refused = {.status = SIM_OK};
    if (input_list_check(board, device, kind->name, value, &refused)) {
        *input = (struct fuzz_input){.device = (uint32_t)device,
                                     .what = kind->name,
                                     .value = value,
                                     .at_us = fuzz_random_below(random, 10000)};
    }
}

static void make_inputs(struct fuzz_case *made, struct fuzz_random *random,
                        const struct fuzz_ground *ground)
{
    made->input_count = chance(random, 60) ? 0 : fuzz_random_below(random, FUZZ_INPUTS_MAX + 1);
    for (uint32_t i = 0; i < made->input_count; i++) {
        make_input(&made->input[i], random, ground);
    }
}

void fuzz_case_make(struct fuzz_case *made, struct fuzz_random *random,
                    const struct fuzz_ground *ground)
{
    *made = (struct fuzz_case){.seed = (uint32_t)random_next(random)};
    for (int i = 0; i < FUZZ_APPS; i++) {
        make_script(&made->app[i], random, ground);
    }
    make_inputs(made, random, ground);
}

/* ---- changes ---- */

static void insert_step(struct fuzz_script *script, uint32_t at, struct fuzz_step step)
{
    if (script->count == FUZZ_STEPS_MAX) {
        script->step[at % FUZZ_STEPS_MAX] = step;
        return;
    }
    memmove(&script->step[at + 1], &script->step[at],
            (script->count - at) * sizeof script->step[0]);
    script->step[at] = step;
    script->count++;
}

static void remove_step(struct fuzz_script *script, uint32_t at)
{
    if (script->count > 1) {
        script->count--;
        memmove(&script->step[at], &script->step[at + 1],
                (script->count - at) * sizeof script->step[0]);
    }
}

/* A run of steps of another program comes in. */
static void splice(struct fuzz_script *script, const struct fuzz_script *other,
                   struct fuzz_random *random)
{
    if (other->count == 0) {
        return;
    }
    uint32_t from = fuzz_random_below(random, other->count);
    uint32_t length = 1 + fuzz_random_below(random, other->count - from);
    uint32_t at = fuzz_random_below(random, script->count + 1);
    for (uint32_t i = 0; i < length && script->count < FUZZ_STEPS_MAX; i++) {
        insert_step(script, at + i, other->step[from + i]);
    }
}

static void change_step(struct fuzz_step *step, struct fuzz_random *random,
                        const struct fuzz_ground *ground)
{
    int index = (int)fuzz_random_below(random, 4);
    switch (fuzz_random_below(random, 6)) {
    case 0:
        make_step(step, random, ground);
        break;
    case 1:
        set_wild(step, index, random);
        break;
    case 2:
        set_small(step, index, random);
        break;
    case 3:
        step->bits[index] = (uint16_t)(step->bits[index] + fuzz_random_below(random, 9) - 4);
        break;
    case 4:
        step->turns = (uint8_t)(1 + fuzz_random_below(random, 40));
        break;
    default:
        set_driver(step, 0, some_driver(random, ground));
        break;
    }
}

static void change_script(struct fuzz_script *script, const struct fuzz_case *other,
                          struct fuzz_random *random, const struct fuzz_ground *ground)
{
    uint32_t at = fuzz_random_below(random, script->count);
    struct fuzz_step step;
    switch (fuzz_random_below(random, 8)) {
    case 0:
        remove_step(script, at);
        break;
    case 1:
        make_step(&step, random, ground);
        insert_step(script, at, step);
        break;
    case 2:
        splice(script, &other->app[fuzz_random_below(random, FUZZ_APPS)], random);
        break;
    case 3:
        script->rounds = 1 + fuzz_random_below(random, 6);
        break;
    case 4:
        if (chance(random, 15)) {
            add_peer_session(script, random);
        } else if (chance(random, 40)) {
            add_full_session(script, random, ground);
        } else {
            add_session(script, random, ground);
        }
        break;
    default:
        change_step(&script->step[at], random, ground);
        break;
    }
    if (script->count > FUZZ_STEPS_MAX) {
        script->count = FUZZ_STEPS_MAX;
    }
}

void fuzz_case_change(struct fuzz_case *changed, const struct fuzz_case *other,
                      struct fuzz_random *random, const struct fuzz_ground *ground)
{
    uint32_t changes = 1 + fuzz_random_below(random, 8);
    for (uint32_t i = 0; i < changes; i++) {
        uint32_t what = fuzz_random_below(random, 20);
        struct fuzz_script *script = &changed->app[fuzz_random_below(random, FUZZ_APPS)];
        if (what == 0) {
            make_inputs(changed, random, ground);
        } else if (what == 1) {
            changed->seed = (uint32_t)random_next(random);
        } else if (script->count == 0) {
            make_script(script, random, ground);
        } else {
            change_script(script, other, random, ground);
        }
    }
}
