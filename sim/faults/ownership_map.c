#include "sim/faults/ownership_map.h"

#include <string.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"

/* Not in every kernel's list of drivers. */
#define DRIVER_APP_LOADER 0x10001U
#define APP_LOADER_LOAD   4U
#define APP_LOADER_UNLOAD 6U

static bool holds(struct ownership_range range, uint32_t address)
{
    return address >= range.start && address < range.end;
}

/* [address, +bytes) lies in the range; bytes > 0. */
static bool holds_all(struct ownership_range range, uint32_t address, uint32_t bytes)
{
    return holds(range, address) && bytes <= range.end - address;
}

void ownership_map_init(struct ownership_map *map, const struct process_watch *watch,
                        struct ownership_range flash, uint32_t apps_start,
                        struct ownership_range ram)
{
    *map = (struct ownership_map){
        .flash = flash, .ram = ram, .apps_start = apps_start, .count = watch->count};
    for (size_t i = 0; i < watch->count; i++) {
        const struct watched_process *watched = &watch->process[i];
        map->process[i] = (struct ownership_process){
            .flash = {watched->flash_base, watched->flash_base + watched->flash_bytes},
            .app_start = watched->app_start,
            .entry = watched->entry & ~1U,
        };
    }
}

void ownership_map_reset(struct ownership_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        struct ownership_process *process = &map->process[i];
        *process = (struct ownership_process){
            .flash = process->flash, .app_start = process->app_start, .entry = process->entry};
    }
    map->lives_uncertain = false;
}

/* ---- lives ---- */

static void forget_life(struct ownership_process *process)
{
    memset(process->buffer, 0, sizeof process->buffer);
    memset(process->subscription, 0, sizeof process->subscription);
    process->notified = false;
    process->buffers_lost = false;
    process->subscriptions_lost = false;
    process->call.open = false;
    process->high_water = process->ram.start;
    process->told_grants = 0;
}

void ownership_map_doubt(struct ownership_map *map)
{
    map->lives_uncertain = true;
}

void ownership_map_ended(struct ownership_map *map, int process)
{
    forget_life(&map->process[process]);
    map->process[process].alive = false;
}

bool ownership_map_is_start(const struct ownership_map *map, int process,
                            const struct cpu_regs *regs)
{
    const struct ownership_process *starting = &map->process[process];
    struct ownership_range ram = {regs->r[1], regs->r[1] + regs->r[2]};
    bool registers = regs->pc == starting->entry && regs->r[0] == starting->app_start &&
                     ram.start < ram.end && regs->psp == (regs->r[3] & ~7U);
    /* While it is alive it may have these registers by its own doing, in its own block only. */
    return registers && (!starting->alive || map->lives_uncertain ||
                         (ram.start == starting->ram.start && ram.end == starting->ram.end &&
                          regs->r[3] == starting->asked_break));
}

enum ownership_mistake ownership_map_started(struct ownership_map *map, int process,
                                             const struct cpu_regs *regs)
{
    struct ownership_process *starting = &map->process[process];
    enum ownership_mistake mistake = OWNERSHIP_FINE;
    starting->ram = (struct ownership_range){regs->r[1], regs->r[1] + regs->r[2]};
    forget_life(starting);
    starting->alive = true;
    starting->lives++;
    starting->asked_break = regs->r[3];
    if (starting->ram.start < map->ram.start || starting->ram.end > map->ram.end ||
        starting->asked_break < starting->ram.start || starting->asked_break > starting->ram.end) {
        mistake = OWNERSHIP_BAD_BOUND;
    }
    for (size_t i = 0; i < map->count; i++) {
        struct ownership_process *other = &map->process[i];
        if ((int)i == process || other->ram.start >= starting->ram.end ||
            starting->ram.start >= other->ram.end) {
            continue;
        }
        if (other->alive && !map->lives_uncertain) {
            mistake = OWNERSHIP_OVERLAP;
        } else {
            ownership_map_ended(map, (int)i);
            other->ram = (struct ownership_range){0};
        }
    }
    return mistake;
}

/* ---- calls ---- */

static bool is_allow(uint32_t call_class)
{
    return call_class == ABI_CLASS_ALLOW_READ_WRITE || call_class == ABI_CLASS_ALLOW_READ_ONLY ||
           call_class == ABI_CLASS_ALLOW_USER_READABLE;
}

/* A call that ends its maker's life, if it is obeyed. */
static bool is_fatal(uint32_t call_class, const uint32_t argument[4])
{
    return call_class >= ABI_CLASS_COUNT ||
           (call_class == ABI_CLASS_YIELD && argument[0] > ABI_YIELD_WAIT_FOR) ||
           (call_class == ABI_CLASS_EXIT && argument[0] <= ABI_EXIT_RESTART);
}

/* One that may end or begin lives of others. */
static bool moves_lives(uint32_t call_class, const uint32_t argument[4])
{
    bool loads = argument[0] == DRIVER_APP_LOADER &&
                 (argument[1] == APP_LOADER_LOAD || argument[1] == APP_LOADER_UNLOAD);
    bool sets = argument[0] == ABI_DRIVER_PROCESS_INFO && argument[1] == ABI_PROCESS_INFO_SET_STATE;
    return call_class == ABI_CLASS_COMMAND && (loads || sets);
}

void ownership_map_called(struct ownership_map *map, int process, uint32_t call_class,
                          const uint32_t argument[4], uint32_t after)
{
    struct ownership_process *caller = &map->process[process];
    if (is_fatal(call_class, argument)) {
        ownership_map_ended(map, process);
        return;
    }
    caller->call =
        (struct ownership_call){.open = true, .call_class = call_class, .after = after & ~1U};
    memcpy(caller->call.argument, argument, sizeof caller->call.argument);
    caller->call.was_uncertain = map->lives_uncertain;
    if (moves_lives(call_class, argument)) {
        map->lives_uncertain = true;
    }
    caller->notified |=
        call_class == ABI_CLASS_COMMAND && argument[0] == ABI_DRIVER_IPC &&
        (argument[1] == ABI_IPC_NOTIFY_SERVICE || argument[1] == ABI_IPC_NOTIFY_CLIENT);
}

/* ---- answers ---- */

/* How many of r1-r3 the shape of the answer has; -1: no shape of the ABI's. */
static int values_of(uint32_t variant)
{
    switch (variant) {
    case ABI_SUCCESS:
        return 0;
    case ABI_FAILURE:
    case ABI_SUCCESS_U32:
        return 1;
    case ABI_FAILURE_U32:
    case ABI_SUCCESS_U32_U32:
    case ABI_SUCCESS_U64:
        return 2;
    case ABI_FAILURE_U32_U32:
    case ABI_FAILURE_U64:
    case ABI_SUCCESS_U32_U32_U32:
    case ABI_SUCCESS_U32_U64:
        return 3;
    default:
        return -1;
    }
}

/* Registers that the shape does not name keep what they were. */
static enum ownership_mistake judge_shape(const struct ownership_call *call,
                                          const struct cpu_regs *regs)
{
    int values = values_of(regs->r[0]);
    if (values < 0) {
        return OWNERSHIP_BAD_ANSWER;
    }
    bool failed = regs->r[0] < ABI_SUCCESS;
    if (failed && (regs->r[1] < ABI_FAIL || regs->r[1] > ABI_NOACK)) {
        return OWNERSHIP_BAD_ANSWER;
    }
    for (int i = values + 1; i < 4; i++) {
        if (regs->r[i] != call->argument[i]) {
            return OWNERSHIP_BAD_ANSWER;
        }
    }
    return OWNERSHIP_FINE;
}

static struct ownership_subscription *find_subscription(struct ownership_process *process,
                                                        uint32_t driver, uint32_t number)
{
    struct ownership_subscription *place = NULL;
    for (size_t i = 0; i < OWNERSHIP_SUBSCRIPTIONS; i++) {
        struct ownership_subscription *here = &process->subscription[i];
        if (here->used && here->driver == driver && here->number == number) {
            return here;
        }
        if (!here->used && place == NULL) {
            place = here;
        }
    }
    if (place == NULL) {
        process->subscriptions_lost = true;
        return NULL;
    }
    *place = (struct ownership_subscription){.driver = driver, .number = number};
    return place;
}

static enum ownership_mistake take_subscription(struct ownership_process *process,
                                                const struct cpu_regs *regs)
{
    const uint32_t *argument = process->call.argument;
    struct ownership_subscription *place = find_subscription(process, argument[0], argument[1]);
    if (place == NULL) {
        return OWNERSHIP_FINE;
    }
    bool swapped = regs->r[1] == place->function && regs->r[2] == place->userdata;
    *place = (struct ownership_subscription){.used = true,
                                             .driver = argument[0],
                                             .number = argument[1],
                                             .function = argument[2],
                                             .userdata = argument[3]};
    return swapped || process->subscriptions_lost ? OWNERSHIP_FINE : OWNERSHIP_BAD_SWAP;
}

static struct ownership_range app_memory(const struct ownership_process *process)
{
    return (struct ownership_range){process->ram.start, process->asked_break};
}

static bool may_lend(const struct ownership_process *process, uint32_t call_class, uint32_t address,
                     uint32_t bytes)
{
    return bytes == 0 || holds_all(app_memory(process), address, bytes) ||
           (call_class == ABI_CLASS_ALLOW_READ_ONLY && holds_all(process->flash, address, bytes));
}

static enum ownership_mistake take_buffer(struct ownership_process *process,
                                          const struct cpu_regs *regs)
{
    const uint32_t *argument = process->call.argument;
    uint32_t call_class = process->call.call_class;
    struct ownership_buffer *place = NULL, *old = NULL;
    for (size_t i = 0; i < OWNERSHIP_BUFFERS; i++) {
        struct ownership_buffer *here = &process->buffer[i];
        bool empty = here->range.start == here->range.end;
        if (!empty && here->call_class == call_class && here->driver == argument[0] &&
            here->number == argument[1]) {
            old = here;
        } else if (empty && place == NULL) {
            place = here;
        }
    }
    uint32_t had = old == NULL ? 0 : old->range.end - old->range.start;
    bool swapped = regs->r[2] == had && (had == 0 || regs->r[1] == old->range.start);
    bool lost = process->buffers_lost;
    place = old != NULL ? old : place;
    if (place == NULL) {
        process->buffers_lost = true;
        return OWNERSHIP_FINE;
    }
    if (!may_lend(process, call_class, argument[2], argument[3])) {
        return OWNERSHIP_BAD_ACCEPTED;
    }
    uint32_t end = argument[2] + argument[3];
    *place = (struct ownership_buffer){.call_class = call_class,
                                       .driver = argument[0],
                                       .number = argument[1],
                                       .range = {argument[2], end}};
    if (argument[3] == 0) {
        place->range = (struct ownership_range){0};
    } else if (holds(process->ram, argument[2]) && end > process->high_water) {
        process->high_water = end;
    }
    return swapped || lost ? OWNERSHIP_FINE : OWNERSHIP_BAD_SWAP;
}

static enum ownership_mistake judge_break(const struct ownership_process *process)
{
    bool ordered = process->asked_break >= process->high_water &&
                   process->asked_break >= process->ram.start &&
                   process->asked_break <= process->ram.end &&
                   (process->told_grants == 0 || (process->told_grants >= process->asked_break &&
                                                  process->told_grants <= process->ram.end));
    return ordered ? OWNERSHIP_FINE : OWNERSHIP_BAD_BREAK;
}

static enum ownership_mistake take_memop(struct ownership_process *process,
                                         const struct cpu_regs *regs)
{
    const uint32_t *argument = process->call.argument;
    bool value = regs->r[0] == ABI_SUCCESS_U32;
    switch (argument[0]) {
    case ABI_MEMOP_BRK:
        process->asked_break = argument[1];
        return judge_break(process);
    case ABI_MEMOP_SBRK:
        if (regs->r[1] != process->asked_break) { /* of before */
            return OWNERSHIP_BAD_BREAK;
        }
        process->asked_break += argument[1];
        return judge_break(process);
    case ABI_MEMOP_MEMORY_START:
        return value && regs->r[1] == process->ram.start ? OWNERSHIP_FINE : OWNERSHIP_BAD_BOUND;
    case ABI_MEMOP_MEMORY_END:
        return value && regs->r[1] == process->ram.end ? OWNERSHIP_FINE : OWNERSHIP_BAD_BOUND;
    case ABI_MEMOP_FLASH_START:
        return value && regs->r[1] == process->flash.start ? OWNERSHIP_FINE : OWNERSHIP_BAD_BOUND;
    case ABI_MEMOP_FLASH_END:
        return value && regs->r[1] == process->flash.end ? OWNERSHIP_FINE : OWNERSHIP_BAD_BOUND;
    case ABI_MEMOP_GRANT_START:
        process->told_grants = regs->r[1];
        return judge_break(process);
    default:
        return OWNERSHIP_FINE;
    }
}

/* The process goes on somewhere else than after its yield. */
static enum ownership_mistake judge_upcall(const struct ownership_process *process,
                                           const struct cpu_regs *regs)
{
    if (process->call.call_class != ABI_CLASS_YIELD ||
        process->call.argument[0] == ABI_YIELD_WAIT_FOR) {
        return OWNERSHIP_BAD_UPCALL;
    }
    if (process->subscriptions_lost) {
        return OWNERSHIP_FINE;
    }
    for (size_t i = 0; i < OWNERSHIP_SUBSCRIPTIONS; i++) {
        const struct ownership_subscription *here = &process->subscription[i];
        if (here->used && here->function != 0 && (here->function & ~1U) == regs->pc &&
            here->userdata == regs->r[3] && regs->lr == (process->call.after | 1U)) {
            return OWNERSHIP_FINE;
        }
    }
    return OWNERSHIP_BAD_UPCALL;
}

/* The call is answered, at the instruction after it. */
static enum ownership_mistake take_answer(struct ownership_process *process,
                                          const struct cpu_regs *regs)
{
    uint32_t call_class = process->call.call_class;
    if (call_class == ABI_CLASS_YIELD) {
        return OWNERSHIP_FINE;
    }
    enum ownership_mistake mistake = judge_shape(&process->call, regs);
    if (mistake != OWNERSHIP_FINE || regs->r[0] < ABI_SUCCESS) {
        return mistake;
    }
    if (call_class == ABI_CLASS_SUBSCRIBE) {
        return take_subscription(process, regs);
    }
    if (is_allow(call_class)) {
        return take_buffer(process, regs);
    }
    return call_class == ABI_CLASS_MEMOP ? take_memop(process, regs) : OWNERSHIP_FINE;
}

enum ownership_mistake ownership_map_answered(struct ownership_map *map, int process,
                                              const struct cpu_regs *regs)
{
    struct ownership_process *caller = &map->process[process];
    if (!caller->alive) {
        return OWNERSHIP_DEAD_RUNS;
    }
    if (!caller->call.open) {
        return OWNERSHIP_FINE; /* it was interrupted, or goes on from there */
    }
    enum ownership_mistake mistake =
        regs->pc == caller->call.after ? take_answer(caller, regs) : judge_upcall(caller, regs);
    if (moves_lives(caller->call.call_class, caller->call.argument) && regs->r[0] < ABI_SUCCESS) {
        map->lives_uncertain = caller->call.was_uncertain; /* refused: nothing has moved */
    }
    caller->call.open = false;
    return mistake;
}

/* ---- questions ---- */

/* The break that its call asks for; as it is, when that asks for none. */
static uint32_t wanted_break(const struct ownership_process *process)
{
    const uint32_t *argument = process->call.argument;
    if (process->call.call_class == ABI_CLASS_MEMOP && argument[0] == ABI_MEMOP_BRK) {
        return argument[1];
    }
    bool moves = process->call.call_class == ABI_CLASS_MEMOP && argument[0] == ABI_MEMOP_SBRK;
    return moves ? process->asked_break + argument[1] : process->asked_break;
}

uint32_t ownership_map_lent_until(const struct ownership_map *map, int process, uint32_t address)
{
    const struct ownership_process *owner = &map->process[process];
    const struct ownership_call *call = &owner->call;
    if (owner->buffers_lost) {
        return owner->ram.end;
    }
    for (size_t i = 0; i < OWNERSHIP_BUFFERS; i++) {
        const struct ownership_buffer *buffer = &owner->buffer[i];
        if (holds(buffer->range, address) && buffer->call_class != ABI_CLASS_ALLOW_READ_ONLY) {
            return buffer->range.end;
        }
    }
    if (!call->open) {
        return address;
    }
    bool writes = is_allow(call->call_class) && call->call_class != ABI_CLASS_ALLOW_READ_ONLY;
    if (writes && address - call->argument[2] < call->argument[3]) {
        uint32_t end = call->argument[2] + call->argument[3]; /* it may be in use by now */
        return end > address ? end : address + 1;             /* it wraps: no good buffer */
    }
    uint32_t wanted = wanted_break(owner);
    if (address >= owner->asked_break && address < wanted) {
        return wanted; /* it is cleared */
    }
    bool flag = call->call_class == ABI_CLASS_YIELD && call->argument[0] == ABI_YIELD_NO_WAIT &&
                call->argument[1] == address;
    return flag ? address + 1 : address;
}

/* What the process has asked to share, and may have shared by now. */
static struct ownership_range asked_share(const struct ownership_process *process)
{
    const struct ownership_call *call = &process->call;
    uint32_t start = call->argument[2], end = start + call->argument[3];
    bool shares = call->open && process->notified && call->argument[0] == ABI_DRIVER_IPC &&
                  call->call_class == ABI_CLASS_ALLOW_READ_WRITE && start >= process->ram.start &&
                  start < end && end <= process->asked_break;
    return shares ? (struct ownership_range){start, end} : (struct ownership_range){0};
}

struct ownership_range ownership_map_shared(const struct ownership_map *map, int owner,
                                            size_t index)
{
    if (index == OWNERSHIP_BUFFERS) {
        return asked_share(&map->process[owner]);
    }
    const struct ownership_buffer *buffer = &map->process[owner].buffer[index];
    bool shared = buffer->driver == ABI_DRIVER_IPC && map->process[owner].notified &&
                  buffer->call_class == ABI_CLASS_ALLOW_READ_WRITE;
    return shared ? buffer->range : (struct ownership_range){0};
}
