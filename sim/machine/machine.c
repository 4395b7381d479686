/* Building a machine: one arena, devices into it, windows into the map, then the CPU. */
#include "sim/machine/machine.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/machine/machine_internal.h"

#define ARENA_PAGE 4096U

/* Where the parts of the arena lie. The same walk sizes it and hands it out. */
struct arena {
    uint8_t *memory; /* NULL while sizing */
    size_t used;
};

static void *arena_take(struct arena *arena, size_t bytes, size_t alignment)
{
    arena->used = (arena->used + alignment - 1) / alignment * alignment;
    size_t offset = arena->used;
    arena->used += bytes;
    return arena->memory == NULL ? NULL : arena->memory + offset;
}

/* What the class of a device wants to keep of a large memory chip. The properties are asked for
 * before there are pins. */
static uint32_t memory_bytes(const struct board *board, size_t index)
{
    const struct board_device *description = &board->devices[index];
    struct board_props view;
    if (description->device_class->memory_bytes == NULL) {
        return 0;
    }
    const struct props props = board_props_make(&view, board, description->node, NULL);
    return description->device_class->memory_bytes(&props);
}

static void lay_out_memories(struct arena *arena, const struct board *board,
                             struct machine_device *devices)
{
    for (size_t i = 0; i < board->device_count; i++) {
        uint32_t size = memory_bytes(board, i);
        uint8_t *inverted = arena_take(arena, size, ARENA_PAGE);
        bool *touched = arena_take(arena, size / PART_MEMORY_PAGE_BYTES, 1);
        if (devices != NULL) {
            devices[i].memory = (struct part_memory){inverted, touched, size};
        }
    }
}

/* The machine is first, so that the arena's address is its own. */
static struct machine *lay_out(struct arena *arena, const struct machine_config *config)
{
    const struct board *board = config->board;
    const size_t alignment = _Alignof(max_align_t);
    struct machine *machine = arena_take(arena, sizeof *machine, ARENA_PAGE);
    uint8_t *flash = arena_take(arena, board->flash.size_bytes, ARENA_PAGE);
    uint8_t *loaded = arena_take(arena, board->flash.size_bytes, ARENA_PAGE);
    bool *touched = arena_take(arena, board->flash.size_bytes / board->flash_page_bytes, 1);
    uint8_t *ram = arena_take(arena, board->ram.size_bytes, ARENA_PAGE);
    uint8_t *shadow =
        config->check_isolation ? arena_take(arena, board->ram.size_bytes, ARENA_PAGE) : NULL;
    uint8_t *uicr = arena_take(arena, board->chip->uicr_bytes, ARENA_PAGE);
    struct pin *pins = arena_take(arena, board->pin_count * sizeof *pins, alignment);
    struct machine_device *devices =
        arena_take(arena, board->device_count * sizeof *devices, alignment);
    size_t windows_max = board->device_count * BOARD_WINDOWS_MAX + config->absent_count;
    struct address_window *windows = arena_take(arena, windows_max * sizeof *windows, alignment);
    struct queued_input *inputs = arena_take(arena, MACHINE_INPUTS_MAX * sizeof *inputs, alignment);
    uint32_t lines_max = machine_jitter_lines(config);
    struct irq_jitter_line *lines = arena_take(arena, lines_max * sizeof *lines, alignment);
    for (size_t i = 0; i < board->device_count; i++) {
        void *self = arena_take(arena, board->devices[i].device_class->size_bytes, alignment);
        if (devices != NULL) {
            devices[i].self = self;
        }
    }
    lay_out_memories(arena, board, devices);
    if (machine != NULL) {
        machine->flash = flash;
        machine->flash_loaded = loaded;
        machine->flash_touched = touched;
        machine->ram = ram;
        machine->ram_shadow = shadow;
        machine->uicr = uicr;
        machine->pins = pins;
        machine->devices = devices;
        machine->device_count = board->device_count;
        address_map_init(&machine->map, windows, windows_max);
        input_queue_init(&machine->inputs, &machine->clock, inputs, MACHINE_INPUTS_MAX,
                         machine_deliver_input, machine);
        irq_jitter_init(&machine->jitter, &config->jitter, &machine->clock, lines, lines_max);
    }
    return machine;
}

static struct machine *take_arena(const struct machine_config *config)
{
    struct arena arena = {0};
    lay_out(&arena, config);
    size_t bytes = (arena.used + ARENA_PAGE - 1) / ARENA_PAGE * ARENA_PAGE;
    arena = (struct arena){0};
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return NULL;
    }
    arena.memory = memory; /* all zero, and no page of it is resident before it is written */
    struct machine *machine = lay_out(&arena, config);
    machine->arena_bytes = bytes;
    return machine;
}

static void nvm_changed(void *context, uint32_t address, uint32_t size_bytes)
{
    struct machine *machine = context;
    machine_touch_flash(machine, address, size_bytes);
    cpu_memory_changed(machine->cpu, address, size_bytes);
}

static void init_values(struct machine *machine, const struct machine_config *config)
{
    const struct board *board = config->board;
    machine->config = *config;
    machine->board = board;
    clock_init(&machine->clock, board->chip->cpu_hz);
    machine->diag = (struct diag){.report = machine_report_diag, .context = machine};
    machine->nvm = (struct nvm){.flash = machine->flash,
                                .flash_base = board->flash.base,
                                .flash_bytes = board->flash.size_bytes,
                                .page_bytes = board->flash_page_bytes,
                                .uicr = machine->uicr,
                                .uicr_base = board->chip->uicr_base,
                                .uicr_bytes = board->chip->uicr_bytes,
                                .changed = nvm_changed,
                                .context = machine};
    memset(machine->flash, 0xFF, board->flash.size_bytes);
    memset(machine->flash_loaded, 0xFF, board->flash.size_bytes);
    memset(machine->uicr, 0xFF, board->chip->uicr_bytes);
    event_router_init(&machine->router, &machine->clock, machine_deliver_event,
                      machine_tell_endless, machine);
    process_watch_init(&machine->watch);
    for (uint32_t i = 0; i < board->pin_count; i++) {
        pin_init(&machine->pins[i]);
        wire_listen(&machine->pins[i].pad, &machine->pin_listeners[i], machine_tell_pin, machine,
                    i);
    }
    nets_init(&machine->nets);
}

static bool create_cpu(struct machine *machine, struct sim_error *error)
{
    const struct board *board = machine->board;
    const char *message = "unknown reason";
    struct cpu_config config = {
        .clock = &machine->clock,
        .diag = &machine->diag,
        .memory = {{board->flash.base, board->flash.size_bytes, machine->flash, CPU_MEMORY_FLASH},
                   {board->ram.base, board->ram.size_bytes, machine->ram, CPU_MEMORY_RAM},
                   {board->chip->code_ram_base, board->ram.size_bytes, machine->ram,
                    CPU_MEMORY_RAM}},
        .memory_count = 3,
        .bus = machine_bus_make(machine),
        .observe = machine_observe_make(machine),
        .irq_count = board->chip->irq_count,
        .priority_bits = board->chip->priority_bits,
        .fp_present = true,
        .flash_timing = machine->config.flash_timing,
        .count_mpu_hits = machine->config.count_mpu_hits,
        .observer = machine_watch_make(machine),
        .reset_requested = machine_core_asks_reset,
        .context = machine,
        .gate = machine_jitter_gate(machine)};
    machine->cpu = cpu_create(&config, &message);
    if (machine->cpu == NULL) {
        return sim_fail(error, SIM_INTERNAL, "cannot start the CPU engine: %s", message);
    }
    return true;
}

/* FNV-1a over the name, mixed with the seed: every device has its own reproducible randomness. */
static uint64_t device_seed(uint64_t seed, const char *name)
{
    uint64_t hash = 14695981039346656037U ^ seed;
    for (const char *at = name; *at != '\0'; at++) {
        hash = (hash ^ (uint8_t)*at) * 1099511628211U;
    }
    return hash;
}

static struct device_env make_env(struct machine *machine, struct machine_device *device)
{
    const struct board_device *description = device->description;
    struct irq_line irq = {0};
    if (description->irqn != BOARD_NO_IRQ) {
        irq = machine_jitter_irq(machine, description->irqn);
    }
    return (struct device_env){
        .name = description->name,
        .base = description->base,
        .window_bytes = description->window_bytes,
        .clock = &machine->clock,
        .irq = irq,
        .dma = machine_dma_make(device),
        .diag = &machine->diag,
        .events = {.raised = event_router_raise,
                   .context = &machine->router,
                   .base = description->base},
        .tasks = {.trigger = machine_trigger_task, .context = machine},
        .chip = machine_chip_make(machine),
        .nvm = &machine->nvm,
        .pins = machine->pins,
        .pin_count = machine->board->pin_count,
        .nets = &machine->nets,
        .memory = device->memory.size_bytes != 0 ? &device->memory : NULL,
        .tx = {.put = machine_sent, .context = device},
        .observer = {.note = machine_note, .packet = machine_packet, .context = machine},
        .props = board_props_make(&device->props, machine->board, description->node, machine->pins),
        .seed = device_seed(machine->config.seed, description->name)};
}

static bool add_device(struct machine *machine, size_t index, struct sim_error *error)
{
    struct machine_device *device = &machine->devices[index];
    const struct board_device *description = &machine->board->devices[index];
    device->machine = machine;
    device->description = description;
    device->device_class = description->device_class;
    struct device_env env = make_env(machine, device);
    const char *trouble = device->device_class->init(device->self, &env);
    if (trouble != NULL) {
        return board_refuse(machine->board, description->node, error, "%s", trouble);
    }
    for (size_t i = 0; i < description->window_count; i++) {
        const struct address_window window = {.base = description->windows[i].base,
                                              .size_bytes = description->windows[i].size_bytes,
                                              .origin = description->base,
                                              .name = description->name,
                                              .device_class = device->device_class,
                                              .device = device->self};
        if (!address_map_add(&machine->map, &window)) {
            return board_refuse(machine->board, description->node, error,
                                "its registers overlap another device's at 0x%08x", window.base);
        }
    }
    if (device->device_class->memory_write != NULL) {
        machine->flash_controller = device;
    }
    if (device->device_class->accessed != NULL) {
        machine->access_observer = device;
    }
    if (device->device_class->event_raised != NULL) {
        machine->ppi = device;
    }
    return true;
}

/* Which devices want to know whether the core sleeps: those that know the input. The core is awake
 * now, so asking changes nothing. */
static void find_sleepers(struct machine *machine)
{
    const struct device_input awake = {.what = "sleep", .value = 0};
    for (size_t i = 0; i < machine->device_count; i++) {
        struct machine_device *device = &machine->devices[i];
        if (machine->sleeper_count < MACHINE_SLEEPERS_MAX && device->device_class->read != NULL &&
            device->device_class->input != NULL &&
            device->device_class->input(device->self, &awake)) {
            machine->sleepers[machine->sleeper_count] = device;
            machine->sleeper_count++;
        }
    }
}

/* Peripherals of this chip that no device took the place of. */
static void add_absent(struct machine *machine)
{
    for (size_t i = 0; i < machine->config.absent_count; i++) {
        const struct catalogue_absent *absent = &machine->config.absent[i];
        const struct address_window window = {.base = absent->base,
                                              .size_bytes = absent->window_bytes,
                                              .origin = absent->base,
                                              .name = absent->name,
                                              .absent = absent};
        if (strcmp(absent->chip, machine->board->chip->name) == 0) {
            address_map_add(&machine->map,
                            &window); /* refused where a device is: that one counts */
        }
    }
}

static bool build(struct machine *machine, struct sim_error *error)
{
    if (!create_cpu(machine, error)) {
        return false;
    }
    for (size_t i = 0; i < machine->device_count; i++) {
        if (!add_device(machine, i, error)) {
            return false;
        }
    }
    add_absent(machine);
    find_sleepers(machine);
    return true;
}

struct machine *machine_create(const struct machine_config *config, struct sim_error *error)
{
    struct machine *machine = take_arena(config);
    if (machine == NULL) {
        sim_fail(error, SIM_INTERNAL, "no memory for the machine");
        return NULL;
    }
    init_values(machine, config);
    if (!build(machine, error)) {
        machine_destroy(machine);
        return NULL;
    }
    return machine;
}

void machine_destroy(struct machine *machine)
{
    if (machine != NULL) {
        if (machine->cpu != NULL) {
            cpu_destroy(machine->cpu);
        }
        (void)munmap(machine, machine->arena_bytes);
    }
}

void machine_add_app(struct machine *machine, const struct tbf_app *app)
{
    process_watch_add(&machine->watch, app);
}

bool machine_observe(struct machine *machine, const struct machine_observer *observer)
{
    if (machine->observer_count == MACHINE_OBSERVERS_MAX) {
        return false;
    }
    machine->observers[machine->observer_count] = *observer;
    machine->observer_count++;
    return true;
}

void machine_unobserve(struct machine *machine, const void *context)
{
    size_t kept = 0;
    for (size_t i = 0; i < machine->observer_count; i++) {
        if (machine->observers[i].context != context) {
            machine->observers[kept] = machine->observers[i];
            kept++;
        }
    }
    machine->observer_count = kept;
}

struct cpu *machine_cpu(struct machine *machine)
{
    return machine->cpu;
}

struct clock *machine_clock(struct machine *machine)
{
    return &machine->clock;
}
