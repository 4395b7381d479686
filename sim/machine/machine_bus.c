/* What the CPU, DMA and PPI reach: devices, the flash controller, peripherals that are not
 * modelled. */
#include <stdio.h>
#include <string.h>

#include "sim/loader/image.h"
#include "sim/machine/machine_internal.h"
#include "sim/machine/state_hash.h"

#define PERIPHERALS_BASE  0x40000000U /* ARMv7-M ARM, B3.1: the Peripheral region */
#define PERIPHERALS_BYTES 0x20000000U

static bool in_range(uint32_t address, uint32_t size, uint32_t base, uint32_t bytes)
{
    return address - base < bytes && size <= bytes - (address - base);
}

/* An undocumented address that is answered without a word. */
static bool is_quirk(const struct machine *machine, uint32_t address, uint32_t *value)
{
    return machine->config.quirk != NULL && machine->config.quirk(address & ~3U, value);
}

static enum bus_result read_absent(struct machine *machine, const struct address_window *window,
                                   uint32_t address, uint32_t *value)
{
    uint32_t offset = address - window->origin;
    if (absent_name_once(&machine->absent, window->absent)) {
        diag_unimplemented(&machine->diag, window->name, offset,
                           "this peripheral is not modelled: its registers read as after a reset, "
                           "writes have no effect");
    }
    absent_note_read(&machine->absent, window->absent, offset & ~3U, cpu_pc(machine->cpu),
                     machine->watch.current, clock_now(&machine->clock));
    *value = absent_reset_value(window->absent, offset) >> (8 * (offset & 3U));
    return BUS_OK;
}

static void tell_access(const struct machine *machine, uint32_t address, uint32_t size_bytes,
                        bool write)
{
    const struct machine_device *observer = machine->access_observer;
    if (observer != NULL) {
        observer->device_class->accessed(observer->self, address, size_bytes, write);
    }
}

static enum bus_result bus_read(void *context, uint32_t address, uint8_t size_bytes,
                                bool privileged, uint32_t *value)
{
    struct machine *machine = context;
    machine_set_asleep(machine, false); /* the core runs: no device may see it asleep */
    const struct address_window *window = address_map_find(&machine->map, address);
    if (address % size_bytes != 0) {
        return BUS_FAULT;
    }
    if (window == NULL || window->device_class == NULL) {
        if (is_quirk(machine, address, value)) {
            *value >>= 8 * (address & 3U);
            return BUS_OK;
        }
        return window == NULL ? BUS_FAULT : read_absent(machine, window, address, value);
    }
    struct bus_access access = {
        .offset = address - window->origin, .size_bytes = size_bytes, .privileged = privileged};
    machine->jitter.guest_acts = true;
    enum bus_result result = window->device_class->read(window->device, access, value);
    tell_access(machine, address, size_bytes, false);
    machine->jitter.guest_acts = false;
    return result;
}

static enum bus_result write_absent(struct machine *machine, const struct address_window *window,
                                    uint32_t address)
{
    if (absent_name_once(&machine->absent, window->absent)) {
        diag_unimplemented(&machine->diag, window->name, address - window->origin,
                           "this peripheral is not modelled: its registers read as after a reset, "
                           "writes have no effect");
    }
    return BUS_OK;
}

static enum bus_result bus_write(void *context, uint32_t address, uint8_t size_bytes,
                                 bool privileged, uint32_t value)
{
    struct machine *machine = context;
    machine_set_asleep(machine, false);
    const struct machine_device *controller = machine->flash_controller;
    const struct nvm *nvm = &machine->nvm;
    if (in_range(address, size_bytes, nvm->flash_base, nvm->flash_bytes) ||
        in_range(address, size_bytes, nvm->uicr_base, nvm->uicr_bytes)) {
        return controller == NULL ? BUS_FAULT
                                  : controller->device_class->memory_write(
                                        controller->self, address, size_bytes, value);
    }
    const struct address_window *window = address_map_find(&machine->map, address);
    uint32_t ignored = 0;
    if (address % size_bytes != 0) {
        return BUS_FAULT;
    }
    if (window == NULL || window->device_class == NULL) {
        if (is_quirk(machine, address, &ignored)) {
            return BUS_OK;
        }
        return window == NULL ? BUS_FAULT : write_absent(machine, window, address);
    }
    if (window->device_class->write == NULL) {
        return BUS_FAULT;
    }
    struct bus_access access = {
        .offset = address - window->origin, .size_bytes = size_bytes, .privileged = privileged};
    if (in_range(address, size_bytes, PERIPHERALS_BASE, PERIPHERALS_BYTES)) {
        machine_watch_aim(machine, window->name, access.offset, value);
    }
    machine->jitter.guest_acts = true;
    enum bus_result result = window->device_class->write(window->device, access, value);
    tell_access(machine, address, size_bytes, true);
    machine->jitter.guest_acts = false;
    return result;
}

struct cpu_bus machine_bus_make(struct machine *machine)
{
    return (struct cpu_bus){.read = bus_read, .write = bus_write, .context = machine};
}

/* Flash that its controller lets nobody read. */
static bool is_unreadable(void *context, uint32_t address, uint32_t size_bytes)
{
    const struct machine *machine = context;
    const struct machine_device *controller = machine->flash_controller;
    return controller != NULL && controller->device_class->forbids_read != NULL &&
           controller->device_class->forbids_read(controller->self, address, size_bytes);
}

static bool observes_memory(void *context, uint32_t address, uint32_t size_bytes)
{
    const struct machine *machine = context;
    const struct machine_device *observer = machine->access_observer;
    return is_unreadable(context, address, size_bytes) ||
           (observer != NULL &&
            observer->device_class->observes(observer->self, address, size_bytes));
}

bool machine_observes_memory(const struct machine *machine)
{
    return observes_memory((void *)machine, 0, UINT32_MAX); /* which changes nothing */
}

static enum bus_result memory_accessed(void *context, uint32_t address, uint32_t size_bytes,
                                       bool write)
{
    struct machine *machine = context;
    if (!write && is_unreadable(context, address, size_bytes)) {
        return BUS_FAULT;
    }
    machine->jitter.guest_acts = true;
    tell_access(machine, address, size_bytes, write);
    machine->jitter.guest_acts = false;
    return BUS_OK;
}

struct cpu_observe machine_observe_make(struct machine *machine)
{
    return (struct cpu_observe){.watches = observes_memory,
                                .accessed = memory_accessed,
                                .forbids_fetch = is_unreadable,
                                .context = machine};
}

static enum bus_result dma_read(void *context, uint32_t address, void *buffer, uint32_t size_bytes)
{
    struct machine_device *device = context;
    const struct machine *machine = device->machine;
    const struct board_memory *ram = &machine->board->ram;
    if (!in_range(address, size_bytes, ram->base, ram->size_bytes)) {
        return BUS_FAULT;
    }
    machine_watch_dma(device, address, size_bytes, false);
    memcpy(buffer, machine->ram + (address - ram->base), size_bytes);
    return BUS_OK;
}

static enum bus_result dma_write(void *context, uint32_t address, const void *buffer,
                                 uint32_t size_bytes)
{
    struct machine_device *device = context;
    struct machine *machine = device->machine;
    const struct board_memory *ram = &machine->board->ram;
    if (!in_range(address, size_bytes, ram->base, ram->size_bytes)) {
        return BUS_FAULT;
    }
    machine_watch_dma(device, address, size_bytes, true);
    memcpy(machine->ram + (address - ram->base), buffer, size_bytes);
    if (machine->ram_shadow != NULL) {
        memcpy(machine->ram_shadow + (address - ram->base), buffer, size_bytes);
    }
    cpu_memory_changed(machine->cpu, address, size_bytes);
    return BUS_OK;
}

struct dma_port machine_dma_make(struct machine_device *device)
{
    return (struct dma_port){.read = dma_read, .write = dma_write, .context = device};
}

void machine_trigger_task(void *context, uint32_t task_address)
{
    struct machine *machine = context;
    const struct address_window *window = address_map_find(&machine->map, task_address);
    if (window != NULL && window->device_class != NULL && window->device_class->write != NULL &&
        task_address % 4 == 0) {
        struct bus_access access = {
            .offset = task_address - window->origin, .size_bytes = 4, .privileged = true};
        window->device_class->write(window->device, access, 1);
    }
}

void machine_deliver_event(void *context, uint32_t event_address)
{
    struct machine *machine = context;
    if (machine->ppi != NULL) {
        machine->ppi->device_class->event_raised(machine->ppi->self, event_address);
    }
}

void machine_tell_endless(void *context)
{
    struct machine *machine = context;
    const char *name = machine->ppi == NULL ? "events" : machine->ppi->description->name;
    diag_guest_error(&machine->diag, name, 0,
                     "events trigger each other without end: one round each 16 MHz tick from here");
}

/* The bytes of memory that a debugger may touch directly from `address` on, or NULL. */
static uint8_t *memory_at(const struct machine *machine, uint32_t address, size_t *room)
{
    const struct {
        uint32_t base, bytes;
        uint8_t *host;
    } memories[] = {
        {machine->nvm.flash_base, machine->nvm.flash_bytes, machine->flash},
        {machine->board->ram.base, machine->board->ram.size_bytes, machine->ram},
        {machine->board->chip->code_ram_base, machine->board->ram.size_bytes, machine->ram},
        {machine->nvm.uicr_base, machine->nvm.uicr_bytes, machine->uicr},
    };
    for (size_t i = 0; i < sizeof memories / sizeof memories[0]; i++) {
        if (address - memories[i].base < memories[i].bytes) {
            *room = memories[i].bytes - (address - memories[i].base);
            return memories[i].host + (address - memories[i].base);
        }
    }
    return NULL;
}

/* One byte of a register. */
static bool peek_register(const struct machine *machine, uint32_t address, uint8_t *byte)
{
    uint32_t word = 0;
    struct address_map map = machine->map; /* find remembers its last hit: not in a const machine */
    const struct address_window *window = address_map_find(&map, address);
    if (address - ARMV7M_PPB_BASE < ARMV7M_PPB_BYTES) {
        word = armv7m_peek(cpu_core(machine->cpu), (address - ARMV7M_PPB_BASE) & ~3U);
    } else if (window == NULL) {
        return false;
    } else if (window->device_class == NULL) {
        word = absent_reset_value(window->absent, address - window->origin);
    } else if (window->device_class->peek != NULL) {
        word = window->device_class->peek(window->device, (address - window->origin) & ~3U);
    }
    *byte = (uint8_t)(word >> (8 * (address & 3U)));
    return true;
}

size_t machine_peek(const struct machine *machine, uint32_t address, void *buffer, size_t size)
{
    uint8_t *bytes = buffer;
    size_t done = 0;
    while (done < size) {
        size_t room = 0;
        const uint8_t *memory = memory_at(machine, address + (uint32_t)done, &room);
        if (memory != NULL) {
            size_t count = room < size - done ? room : size - done;
            memcpy(bytes + done, memory, count);
            done += count;
        } else if (peek_register(machine, address + (uint32_t)done, &bytes[done])) {
            done++;
        } else {
            break;
        }
    }
    return done;
}

void machine_touch_flash(struct machine *machine, uint32_t address, uint32_t size_bytes)
{
    const struct nvm *nvm = &machine->nvm;
    uint32_t page_bytes = nvm->page_bytes;
    if (size_bytes == 0 || !in_range(address, size_bytes, nvm->flash_base, nvm->flash_bytes)) {
        return;
    }
    uint32_t first = (address - nvm->flash_base) / page_bytes;
    uint32_t last = (address - nvm->flash_base + size_bytes - 1) / page_bytes;
    memset(&machine->flash_touched[first], true, last - first + 1);
}

size_t machine_poke(struct machine *machine, uint32_t address, const void *bytes, size_t size)
{
    const uint8_t *source = bytes;
    size_t done = 0;
    while (done < size) {
        size_t room = 0;
        uint8_t *memory = memory_at(machine, address + (uint32_t)done, &room);
        if (memory == NULL) {
            break;
        }
        size_t count = room < size - done ? room : size - done;
        memcpy(memory, source + done, count);
        machine_touch_flash(machine, address + (uint32_t)done, (uint32_t)count);
        cpu_memory_changed(machine->cpu, address + (uint32_t)done, (uint32_t)count);
        done += count;
    }
    return done;
}

/* The image that these bytes belong to. */
static struct machine_image *image_of(struct machine *machine, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t count = machine->image_count;
    struct machine_image *last = count == 0 ? NULL : &machine->images[count - 1];
    if (count == MACHINE_IMAGES_MAX ||
        (last != NULL && strncmp(last->name, name, sizeof last->name - 1) == 0)) {
        return last;
    }
    struct machine_image *image = &machine->images[machine->image_count];
    machine->image_count++;
    snprintf(image->name, sizeof image->name, "%s", name);
    return image;
}

/* What a snapshot may take for given: only what differs from it is saved. */
static void note_loaded(struct machine *machine, const char *path, uint32_t address,
                        const uint8_t *bytes, size_t size)
{
    struct machine_image *image = image_of(machine, path);
    image->hash = state_hash(bytes, size, image->hash + address);
    for (size_t done = 0; done < size;) {
        size_t room = 0;
        const uint8_t *memory = memory_at(machine, address + (uint32_t)done, &room);
        size_t count = room < size - done ? room : size - done;
        if (memory >= machine->flash && memory < machine->flash + machine->nvm.flash_bytes) {
            memcpy(machine->flash_loaded + (memory - machine->flash), bytes + done, count);
        }
        done += count;
    }
}

bool machine_load(struct machine *machine, const char *name, uint32_t address, const void *bytes,
                  size_t size, struct sim_error *error)
{
    size_t done = machine_poke(machine, address, bytes, size);
    if (done != size) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s does not fit the board: it has %zu bytes at 0x%08x, and %s has no "
                        "memory at 0x%08x",
                        name, size, address, machine->board->model, address + (uint32_t)done);
    }
    note_loaded(machine, name, address, bytes, size);
    return true;
}

bool machine_load_image(struct machine *machine, const char *name, const struct image *image,
                        struct sim_error *error)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *segment = &image->segments[i];
        if (!machine_load(machine, name, segment->address, image->bytes + segment->offset,
                          segment->size_bytes, error)) {
            return false;
        }
    }
    return true;
}
