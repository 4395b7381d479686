#include "peripherals/iface/tests/io_bench.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void add(struct bench *bench, struct bench_log *log, uint32_t value, const char *what)
{
    if (log->count < BENCH_LOG) {
        log->entries[log->count++] =
            (struct bench_entry){.cycles = clock_now(&bench->clock), .value = value, .what = what};
    }
}

static void set_irq(void *context, uint32_t irqn, bool level)
{
    (void)irqn;
    ((struct bench *)context)->irq = level;
}

static void event_raised(void *context, uint32_t address)
{
    struct bench *bench = context;
    add(bench, &bench->events, address, NULL);
    if (bench->on_event != NULL) {
        bench->on_event(bench, address);
    }
}

static void task_triggered(void *context, uint32_t address)
{
    struct bench *bench = context;
    add(bench, &bench->tasks, address, NULL);
    if (bench->on_task != NULL) {
        bench->on_task(bench, address);
    }
}

static void byte_sent(void *context, uint8_t byte)
{
    struct bench *bench = context;
    add(bench, &bench->tx, byte, NULL);
}

static void noted(void *context, const char *device, const char *what, int32_t value)
{
    struct bench *bench = context;
    (void)device;
    add(bench, &bench->notes, (uint32_t)value, what);
}

static void detected(void *context)
{
    ((struct bench *)context)->detects++;
}

static void woken(void *context, enum reset_reason reason)
{
    struct bench *bench = context;
    bench->wakes++;
    bench->wake_reason = (uint32_t)reason;
}

static bool in_ram(uint32_t address, uint32_t size)
{
    return address >= BENCH_RAM_BASE && size <= BENCH_RAM_BYTES &&
           address - BENCH_RAM_BASE <= BENCH_RAM_BYTES - size;
}

static enum bus_result dma_read(void *context, uint32_t address, void *buffer, uint32_t size)
{
    struct bench *bench = context;
    if (!in_ram(address, size)) {
        return BUS_FAULT;
    }
    memcpy(buffer, bench->ram + (address - BENCH_RAM_BASE), size);
    return BUS_OK;
}

static enum bus_result dma_write(void *context, uint32_t address, const void *buffer, uint32_t size)
{
    struct bench *bench = context;
    if (!in_ram(address, size)) {
        return BUS_FAULT;
    }
    memcpy(bench->ram + (address - BENCH_RAM_BASE), buffer, size);
    return BUS_OK;
}

static bool prop_u32(const void *node, const char *name, uint32_t index, uint32_t *value)
{
    const struct bench *bench = node;
    for (const struct bench_prop *p = bench->props; p->name != NULL; p++) {
        if (strcmp(p->name, name) == 0 && index-- == 0) {
            *value = p->value;
            return true;
        }
    }
    return false;
}

static const char *prop_string(const void *node, const char *name)
{
    (void)node;
    (void)name;
    return NULL;
}

static struct props_gpio pin_of(const struct bench *bench, uint32_t number, uint32_t flags)
{
    return (struct props_gpio){.pin = &bench->env.pins[number], .number = number, .flags = flags};
}

static bool prop_gpio(const void *node, const char *name, uint32_t index, struct props_gpio *gpio)
{
    const struct bench *bench = node;
    for (const struct bench_gpio *g = bench->gpios; g->name != NULL; g++) {
        if (strcmp(g->name, name) == 0 && index-- == 0) {
            *gpio = pin_of(bench, g->number, g->flags);
            return true;
        }
    }
    if (strcmp(name, "gpios") != 0 || index != 0 || bench->gpio.pin == NULL) {
        return false;
    }
    *gpio = bench->gpio;
    return true;
}

static bool prop_byte(const void *node, const char *name, uint32_t index, uint8_t *value)
{
    const struct bench_bytes *bytes = &((const struct bench *)node)->bytes;
    if (bytes->name == NULL || strcmp(bytes->name, name) != 0 || index >= bytes->count) {
        return false;
    }
    *value = bytes->bytes[index];
    return true;
}

static bool prop_bus_pin(const void *node, const char *property, enum props_function function,
                         struct props_gpio *gpio)
{
    const struct bench *bench = node;
    bool known = property == NULL || strcmp(property, "pwms") == 0;
    if (!known || bench->bus_pins[function] == 0) {
        return false;
    }
    *gpio = pin_of(bench, bench->bus_pins[function] - 1, 0);
    return true;
}

void bench_clear_nets(struct bench *bench)
{
    for (uint32_t i = 0; i < BENCH_PINS; i++) {
        pin_init(&bench->pins[i]);
    }
    nets_init(&bench->nets);
}

struct bench *bench_new(void)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert(bench != NULL);
    clock_init(&bench->clock, BENCH_CPU_HZ);
    bench_clear_nets(bench);
    return bench;
}

void bench_free(struct bench *bench)
{
    free(bench->device);
    free(bench->memory.inverted);
    free(bench->memory.touched);
    free(bench);
}

/* Once for a bench, whatever is started in it. */
static struct part_memory *make_memory(struct bench *bench, const struct device_class *device_class)
{
    uint32_t size =
        device_class->memory_bytes != NULL ? device_class->memory_bytes(&bench->env.props) : 0;
    if (size == 0) {
        return NULL;
    }
    bench->memory = (struct part_memory){calloc(size, 1),
                                         calloc(size / PART_MEMORY_PAGE_BYTES, sizeof(bool)), size};
    assert(bench->memory.inverted != NULL && bench->memory.touched != NULL);
    return &bench->memory;
}

const char *bench_start(struct bench *bench, const struct device_class *device_class, uint32_t base)
{
    bench->env = (struct device_env){
        .name = "dut",
        .base = base,
        .window_bytes = 0x1000,
        .clock = &bench->clock,
        .irq = {.set = set_irq, .context = bench, .irqn = 7},
        .dma = {.read = dma_read, .write = dma_write, .context = bench},
        .diag = &bench->diag,
        .events = {.raised = event_raised, .context = bench, .base = base},
        .tasks = {.trigger = task_triggered, .context = bench},
        .chip = {.detect = detected, .wake = woken, .context = bench},
        .pins = bench->pins,
        .nets = &bench->nets,
        .pin_count = BENCH_PINS,
        .tx = {.put = byte_sent, .context = bench},
        .observer = {.note = noted, .context = bench},
        .props = {.u32 = prop_u32,
                  .string = prop_string,
                  .gpio = prop_gpio,
                  .bus_gpio = prop_gpio,
                  .bus_pin = prop_bus_pin,
                  .byte = prop_byte,
                  .node = bench},
        .seed = 1,
    };
    bench->device_class = device_class;
    bench->env.memory = make_memory(bench, device_class);
    bench->device = calloc(1, device_class->size_bytes);
    assert(bench->device != NULL);
    const char *message = device_class->init(bench->device, &bench->env);
    if (message == NULL) {
        bench_reset(bench, RESET_POWER_ON);
    }
    return message;
}

void bench_reset(struct bench *bench, uint32_t reasons)
{
    if (bench->device_class->reset != NULL) {
        bench->device_class->reset(bench->device, reasons);
    }
    if (bench->device_class->update != NULL) {
        bench->device_class->update(bench->device);
    }
}

uint32_t bench_read(struct bench *bench, uint32_t offset)
{
    uint32_t value = 0xA5A5A5A5;
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    (void)bench->device_class->read(bench->device, access, &value);
    return value;
}

void bench_write(struct bench *bench, uint32_t offset, uint32_t value)
{
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    (void)bench->device_class->write(bench->device, access, value);
}

bool bench_input(struct bench *bench, const char *what, int32_t value)
{
    struct device_input input = {.what = what, .value = value};
    return bench->device_class->input(bench->device, &input);
}

void bench_run_to(struct bench *bench, uint64_t cycles)
{
    while (clock_next_due(&bench->clock) <= cycles) {
        clock_set_now(&bench->clock, clock_next_due(&bench->clock));
        clock_fire_due(&bench->clock);
    }
    clock_set_now(&bench->clock, cycles);
}

uint32_t bench_event_count(const struct bench *bench, uint32_t offset)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < bench->events.count; i++) {
        count += bench->events.entries[i].value == bench->env.base + offset;
    }
    return count;
}

uint64_t bench_event_cycle(const struct bench *bench, uint32_t offset)
{
    uint64_t cycles = 0;
    for (uint32_t i = 0; i < bench->events.count; i++) {
        if (bench->events.entries[i].value == bench->env.base + offset) {
            cycles = bench->events.entries[i].cycles;
        }
    }
    return cycles;
}
