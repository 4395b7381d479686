#include "tests/fuzz/device_world.h"

#include <stdlib.h>
#include <string.h>

#include "peripherals/iface/chip.h"

/* One device's event, its neighbours' and the router's: what one cycle can bring, generously. */
#define EVENTS_PER_CYCLE 1024U
#define DEVICE_BYTES_MAX 65536U

static void line_set(void *context, uint32_t irqn, bool level)
{
    struct world *world = context;
    fuzz_check(irqn < 240, "an interrupt line that no core has");
    uint64_t bit = 1ULL << irqn % 64;
    world->irq_levels[irqn / 64] =
        level ? world->irq_levels[irqn / 64] | bit : world->irq_levels[irqn / 64] & ~bit;
}

static bool ram_range(uint32_t address, uint32_t size_bytes)
{
    uint32_t offset = address - fuzz_board()->ram.base;
    return offset < WORLD_RAM_BYTES && size_bytes <= WORLD_RAM_BYTES - offset;
}

static enum bus_result dma_read(void *context, uint32_t address, void *buffer, uint32_t size_bytes)
{
    const struct world *world = context;
    if (!ram_range(address, size_bytes)) {
        return BUS_FAULT;
    }
    memcpy(buffer, world->ram + (address - fuzz_board()->ram.base), size_bytes);
    return BUS_OK;
}

static enum bus_result dma_write(void *context, uint32_t address, const void *buffer,
                                 uint32_t size_bytes)
{
    struct world *world = context;
    if (!ram_range(address, size_bytes)) {
        return BUS_FAULT;
    }
    memcpy(world->ram + (address - fuzz_board()->ram.base), buffer, size_bytes);
    return BUS_OK;
}

static void trigger_task(void *context, uint32_t task_address)
{
    struct world *world = context;
    const struct address_window *window = address_map_find(&world->map, task_address);
    world->tasks++;
    if (window != NULL && window->device_class->write != NULL && task_address % 4 == 0) {
        struct bus_access access = {
            .offset = task_address - window->origin, .size_bytes = 4, .privileged = true};
        (void)window->device_class->write(window->device, access, 1);
    }
}

static void deliver_event(void *context, uint32_t event_address)
{
    struct world *world = context;
    if (world->ppi != NULL) {
        world->ppi->device_class->event_raised(world->ppi->self, event_address);
    }
}

static void request_reset(void *context, enum reset_reason reason)
{
    struct world *world = context;
    world->reset_pending = true;
    world->reset_reasons |= (uint32_t)reason;
}

static void cut_power(void *context, uint64_t off_us, uint64_t seed)
{
    struct world *world = context;
    (void)off_us;
    (void)seed;
    world->reset_pending = true;
}

static void request_off(void *context)
{
    struct world *world = context;
    world->off = true;
}

static void wake(void *context, enum reset_reason reason)
{
    struct world *world = context;
    if (world->off) {
        request_reset(world, reason);
    }
}

static void detect(void *context)
{
    wake(context, RESET_OFF);
}

static void stall(void *context, uint64_t cycles)
{
    struct world *world = context;
    fuzz_check(cycles < 1ULL << 32, "the core is held for minutes");
    world->stall_until_cycle = clock_now(&world->clock) + cycles;
}

static void nvm_changed(void *context, uint32_t address, uint32_t size_bytes)
{
    struct world *world = context;
    const struct nvm *nvm = &world->nvm;
    world->flash_changed = true;
    bool flash = address - nvm->flash_base < nvm->flash_bytes &&
                 size_bytes <= nvm->flash_bytes - (address - nvm->flash_base);
    bool uicr = address - nvm->uicr_base < nvm->uicr_bytes &&
                size_bytes <= nvm->uicr_bytes - (address - nvm->uicr_base);
    fuzz_check(flash || uicr, "a change of memory outside of flash and UICR");
}

static struct device_env make_env(struct world *world, struct world_device *device,
                                  const struct board_device *description)
{
    struct irq_line irq = {0};
    if (description->irqn != BOARD_NO_IRQ) {
        irq = (struct irq_line){.set = line_set, .context = world, .irqn = description->irqn};
    }
    return (struct device_env){
        .name = description->name,
        .base = description->base,
        .window_bytes = description->window_bytes,
        .clock = &world->clock,
        .irq = irq,
        .dma = {.read = dma_read, .write = dma_write, .context = world},
        .diag = &world->diag,
        .events = {.raised = event_router_raise,
                   .context = &world->router,
                   .base = description->base},
        .tasks = {.trigger = trigger_task, .context = world},
        .chip = {.request_reset = request_reset,
                 .request_system_off = request_off,
                 .cut_power = cut_power,
                 .detect = detect,
                 .wake = wake,
                 .stall = stall,
                 .context = world},
        .nvm = &world->nvm,
        .pins = world->pins,
        .pin_count = fuzz_board()->pin_count,
        .nets = &world->nets,
        .props = board_props_make(&device->props, fuzz_board(), description->node, world->pins),
        .seed = description->base};
}

static void add_device(struct world *world, size_t index)
{
    struct world_device *device = &world->devices[index];
    const struct board_device *description = &fuzz_board()->devices[index];
    device->device_class = description->device_class;
    struct device_env env = make_env(world, device, description);
    env.memory = device->memory.size_bytes != 0 ? &device->memory : NULL;
    const char *trouble = device->device_class->init(device->self, &env);
    fuzz_check(trouble == NULL, "a device of the board cannot be made");
    for (size_t i = 0; i < description->window_count; i++) {
        const struct address_window window = {.base = description->windows[i].base,
                                              .size_bytes = description->windows[i].size_bytes,
                                              .origin = description->base,
                                              .device_class = device->device_class,
                                              .device = device->self};
        (void)address_map_add(&world->map, &window);
    }
    if (device->device_class->event_raised != NULL) {
        world->ppi = device;
    }
    if (device->device_class->memory_write != NULL) {
        world->flash_controller = device;
    }
}

/* A part's own memory, erased. */
static void wipe_memory(struct world_device *device, const struct board_device *description)
{
    struct part_memory *memory = &device->memory;
    if (memory->size_bytes == 0 && description->device_class->memory_bytes != NULL) {
        struct board_props view;
        const struct props props = board_props_make(&view, fuzz_board(), description->node, NULL);
        uint32_t size = description->device_class->memory_bytes(&props);
        *memory = (struct part_memory){calloc(size, 1),
                                       calloc(size / PART_MEMORY_PAGE_BYTES, sizeof(bool)), size};
        fuzz_check(memory->inverted != NULL && memory->touched != NULL, "no memory");
    }
    part_memory_erase(memory, 0, memory->size_bytes);
}

/* Memory as an erased chip has it, and instances that are all zero. */
static void wipe(struct world *world)
{
    const struct board *board = fuzz_board();
    bool fresh = world->devices[0].self == NULL;
    if (fresh || world->flash_changed) {
        memset(world->flash, 0xFF, sizeof world->flash);
        memset(world->uicr, 0xFF, sizeof world->uicr);
    }
    for (size_t i = 0; i < board->device_count; i++) {
        size_t size = board->devices[i].device_class->size_bytes;
        if (fresh) {
            world->devices[i].self = malloc(size);
            fuzz_check(world->devices[i].self != NULL, "no memory");
        }
        memset(world->devices[i].self, 0, size);
        wipe_memory(&world->devices[i], &board->devices[i]);
    }
    world->diag = (struct diag){0};
    memset(world->irq_levels, 0, sizeof world->irq_levels);
    memset(world->ram, 0, sizeof world->ram);
    world->flash_changed = world->reset_pending = world->off = false;
    world->reset_reasons = 0;
    world->stall_until_cycle = world->fired = world->tasks = 0;
}

static void wire_up(struct world *world)
{
    const struct board *board = fuzz_board();
    clock_init(&world->clock, board->chip->cpu_hz);
    world->nvm = (struct nvm){.flash = world->flash,
                              .flash_base = board->flash.base,
                              .flash_bytes = WORLD_FLASH_BYTES,
                              .page_bytes = board->flash_page_bytes,
                              .uicr = world->uicr,
                              .uicr_base = board->chip->uicr_base,
                              .uicr_bytes = board->chip->uicr_bytes,
                              .changed = nvm_changed,
                              .context = world};
    event_router_init(&world->router, &world->clock, deliver_event, NULL, world);
    address_map_init(&world->map, world->windows, BOARD_DEVICES_MAX);
    for (uint32_t i = 0; i < BOARD_PINS_MAX; i++) {
        pin_init(&world->pins[i]);
    }
    nets_init(&world->nets);
}

struct world *world_start(void)
{
    static struct world world;
    wipe(&world);
    wire_up(&world);
    for (size_t i = 0; i < fuzz_board()->device_count; i++) {
        add_device(&world, i);
    }
    world_reset(&world, RESET_POWER_ON);
    return &world;
}

void world_reset(struct world *world, uint32_t reasons)
{
    world->reset_pending = false;
    world->reset_reasons = 0;
    world->off = false;
    event_router_reset(&world->router);
    for (size_t i = 0; i < fuzz_board()->device_count; i++) {
        struct world_device *device = &world->devices[i];
        if (device->device_class->reset != NULL) {
            device->device_class->reset(device->self, reasons);
        }
    }
    for (size_t i = 0; i < fuzz_board()->device_count; i++) {
        struct world_device *device = &world->devices[i];
        if (device->device_class->update != NULL) {
            device->device_class->update(device->self);
        }
    }
}

bool world_read(struct world *world, uint32_t address, uint8_t size_bytes, uint32_t *value)
{
    const struct address_window *window = address_map_find(&world->map, address);
    if (window == NULL || address % size_bytes != 0) {
        return false;
    }
    struct bus_access access = {
        .offset = address - window->origin, .size_bytes = size_bytes, .privileged = true};
    return window->device_class->read(window->device, access, value) == BUS_OK;
}

bool world_write(struct world *world, uint32_t address, uint8_t size_bytes, uint32_t value)
{
    const struct nvm *nvm = &world->nvm;
    if (address - nvm->flash_base < nvm->flash_bytes ||
        address - nvm->uicr_base < nvm->uicr_bytes) {
        struct world_device *controller = world->flash_controller;
        return controller->device_class->memory_write(controller->self, address, size_bytes,
                                                      value) == BUS_OK;
    }
    const struct address_window *window = address_map_find(&world->map, address);
    if (window == NULL || window->device_class->write == NULL || address % size_bytes != 0) {
        return false;
    }
    struct bus_access access = {
        .offset = address - window->origin, .size_bytes = size_bytes, .privileged = true};
    return window->device_class->write(window->device, access, value) == BUS_OK;
}

uint32_t world_peek(struct world *world, uint32_t address)
{
    const struct address_window *window = address_map_find(&world->map, address);
    if (window == NULL || window->device_class->peek == NULL) {
        return 0;
    }
    return window->device_class->peek(window->device, (address - window->origin) & ~3U);
}

void world_input(struct world *world, const struct fuzz_input *input)
{
    struct world_device *device = &world->devices[input->device];
    const struct device_input given = {.what = input->what, .value = input->value};
    if (device->device_class->input != NULL) {
        (void)device->device_class->input(device->self, &given);
    }
}

/* clock_fire_due, one event at a time, so that a cycle that never ends is seen. */
static void fire_due(struct world *world)
{
    struct clock *clock = &world->clock;
    uint32_t count = 0;
    while (clock->head != NULL && clock->head->due_cycles <= clock->now_cycles) {
        struct event *event = clock->head;
        fuzz_check(count++ < EVENTS_PER_CYCLE, "one cycle never ends");
        clock->head = event->next;
        event->next = NULL;
        event->queued = false;
        event->fire(event->owner, clock->now_cycles - event->due_cycles);
        world->fired++;
    }
}

static void settle(struct world *world)
{
    do {
        if (world->reset_pending) {
            world_reset(world, world->reset_reasons);
        }
        if (!world->off) {
            fire_due(world);
        }
    } while (world->reset_pending);
}

void world_run_to(struct world *world, uint64_t cycle)
{
    struct clock *clock = &world->clock;
    settle(world);
    while (!world->off && clock_next_due(clock) <= cycle) {
        fuzz_check(clock_next_due(clock) > clock_now(clock), "an event is left in the past");
        clock_set_now(clock, clock_next_due(clock));
        settle(world);
    }
    clock_set_now(clock, cycle);
}

uint32_t world_peek_checked(struct world *world, uint32_t address)
{
    static uint8_t before[DEVICE_BYTES_MAX];
    const struct address_window *window = address_map_find(&world->map, address);
    if (window == NULL) {
        return 0;
    }
    size_t size = window->device_class->size_bytes;
    struct clock clock = world->clock;
    fuzz_check(size <= sizeof before, "DEVICE_BYTES_MAX is too small");
    memcpy(before, window->device, size);
    uint32_t word = world_peek(world, address);
    fuzz_check(world_peek(world, address) == word, "two peeks differ");
    fuzz_check(memcmp(before, window->device, size) == 0, "a peek changes the device");
    fuzz_check(memcmp(&clock, &world->clock, sizeof clock) == 0, "a peek changes the queue");
    return word;
}
