/* What counts and what comes next, for people. */
#include <stdio.h>
#include <string.h>

#include "sim/machine/machine_internal.h"
#include "sim/machine/machine_view.h"

#define WIRED_MAX 4U

size_t machine_view_timers(const struct machine *machine, size_t device,
                           struct device_timer *timers, size_t max)
{
    if (device == MACHINE_VIEW_CORE) {
        const struct systick *systick = &cpu_core(machine->cpu)->systick;
        return max > 0 && systick_timer(systick, timers) ? 1 : 0;
    }
    if (device >= machine->device_count) {
        return 0;
    }
    const struct machine_device *found = &machine->devices[device];
    return found->device_class->timers == NULL
               ? 0
               : found->device_class->timers(found->self, timers, max);
}

static const struct machine_device *device_at(const struct machine *machine, uint32_t address)
{
    for (size_t i = 0; i < machine->device_count; i++) {
        const struct board_device *description = machine->devices[i].description;
        if (description->base != 0 && address - description->base < description->window_bytes) {
            return &machine->devices[i];
        }
    }
    return NULL;
}

/* Several devices may lie at one address (SPI and I2C): the one that knows the task is meant. */
static void name_task(const struct machine *machine, uint32_t address, char *text, size_t size)
{
    const struct machine_device *device = device_at(machine, address);
    if (device == NULL) {
        snprintf(text, size, "task 0x%08x", address);
        return;
    }
    uint32_t offset = address - device->description->base;
    const struct device_task *task = device->device_class->tasks;
    while (task != NULL && task->name != NULL && task->offset != offset) {
        task++;
    }
    if (task != NULL && task->name != NULL) {
        snprintf(text, size, "%s %s", device->description->name, task->name);
    } else {
        snprintf(text, size, "%s task 0x%03x", device->description->name, offset);
    }
}

void machine_view_wired_tasks(const struct machine *machine, size_t device, uint32_t event_offset,
                              char *text, size_t size)
{
    const struct machine_device *ppi = machine->ppi;
    uint32_t tasks[WIRED_MAX];
    text[0] = '\0';
    if (device >= machine->device_count || ppi == NULL || ppi->device_class->wired_tasks == NULL) {
        return;
    }
    uint32_t event = machine->devices[device].description->base + event_offset;
    size_t count = ppi->device_class->wired_tasks(ppi->self, event, tasks, WIRED_MAX);
    for (size_t i = 0; i < count; i++) {
        char name[64];
        name_task(machine, tasks[i], name, sizeof name);
        device_timer_add_words(text, (uint32_t)size, name);
    }
}

uint64_t machine_view_steps_due(const struct machine *machine, uint32_t counter_address,
                                uint64_t steps)
{
    const struct machine_device *device = device_at(machine, counter_address);
    return device == NULL || device->device_class->steps_due == NULL
               ? CLOCK_NEVER
               : device->device_class->steps_due(device->self, steps);
}

static bool is_in(const void *object, const void *start, size_t size)
{
    return (uintptr_t)object - (uintptr_t)start < size;
}

const char *machine_view_next_owner(const struct machine *machine)
{
    const struct event *next = machine->clock.head;
    if (next == NULL) {
        return "";
    }
    if (is_in(next, &cpu_core(machine->cpu)->systick, sizeof(struct systick))) {
        return "SysTick";
    }
    if (next == &machine->inputs.due) {
        return "input";
    }
    for (size_t i = 0; i < machine->device_count; i++) {
        const struct machine_device *device = &machine->devices[i];
        if (is_in(next, device->self, device->device_class->size_bytes)) {
            return device->description->name;
        }
    }
    return next == &machine->router.later ? "PPI" : "machine";
}
