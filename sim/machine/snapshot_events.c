#include <string.h>

#include "peripherals/armv7m/armv7m_state.h"
#include "sim/machine/snapshot_sections.h"

/* ---- queued events: of the machine itself, of the core, of the devices ---- */

enum { OWNER_ROUTER, OWNER_INPUTS, OWNER_CORE, OWNER_JITTER, OWNER_FIRST_DEVICE };

struct event_record {
    uint32_t owner, index;
    uint64_t due_cycles;
};

/* NULL: there is no such event. */
static struct event *event_of(struct machine *machine, size_t owner, size_t index)
{
    if (owner == OWNER_ROUTER || owner == OWNER_INPUTS) {
        struct event *own = owner == OWNER_ROUTER ? &machine->router.later : &machine->inputs.due;
        return index == 0 ? own : NULL;
    }
    if (owner == OWNER_CORE) {
        return armv7m_event(cpu_core(machine->cpu), index);
    }
    if (owner == OWNER_JITTER) {
        return index < machine->jitter.line_count ? &machine->jitter.lines[index].due : NULL;
    }
    if (owner - OWNER_FIRST_DEVICE >= machine->device_count) {
        return NULL;
    }
    const struct machine_device *device = &machine->devices[owner - OWNER_FIRST_DEVICE];
    if (index >= device->device_class->event_count) {
        return NULL;
    }
    return (void *)((uint8_t *)device->self + device->device_class->event_offsets[index]);
}

static bool name_event(struct machine *machine, const struct event *event,
                       struct event_record *record)
{
    for (uint32_t owner = 0; owner < OWNER_FIRST_DEVICE + machine->device_count; owner++) {
        const struct event *found = event_of(machine, owner, 0);
        for (uint32_t index = 0; found != NULL; found = event_of(machine, owner, ++index)) {
            if (found == event) {
                *record = (struct event_record){
                    .owner = owner, .index = index, .due_cycles = event->due_cycles};
                return true;
            }
        }
    }
    return false;
}

static void save_events(struct machine *machine, struct snapshot_writer *writer)
{
    for (const struct event *event = machine->clock.head; event != NULL; event = event->next) {
        struct event_record *record = snapshot_write(writer, sizeof *record);
        if (record != NULL && !name_event(machine, event, record)) {
            writer->unlisted_event = true;
        }
    }
}

/* At most: a device may be behind by as much as the core was stalled, and would otherwise have no
 * end of things to catch up with. */
static bool is_recent(const struct machine *machine, uint64_t due_cycles, uint64_t now_cycles)
{
    return due_cycles >= now_cycles || now_cycles - due_cycles <= machine->clock.cpu_hz;
}

static bool check_events(struct machine *machine, struct snapshot_bytes from,
                         struct sim_error *error)
{
    const struct event_record *records = SNAPSHOT_RECORDS(struct event_record, from);
    (void)error;
    for (size_t i = 0; i < from.size / sizeof *records; i++) {
        if (event_of(machine, records[i].owner, records[i].index) == NULL ||
            (i > 0 && records[i].due_cycles < records[i - 1].due_cycles) ||
            !is_recent(machine, records[i].due_cycles, from.now_cycles)) {
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            if (records[j].owner == records[i].owner && records[j].index == records[i].index) {
                return false;
            }
        }
    }
    return true;
}

/* In their order, so that equals stay as they were. */
static void restore_events(struct machine *machine, struct snapshot_bytes from)
{
    const struct event_record *records = SNAPSHOT_RECORDS(struct event_record, from);
    for (size_t i = 0; i < from.size / sizeof *records; i++) {
        clock_requeue(&machine->clock, event_of(machine, records[i].owner, records[i].index),
                      records[i].due_cycles);
    }
}

const struct snapshot_section snapshot_events = {
    .name = "/events",
    .version = 1,
    .record_bytes = sizeof(struct event_record),
    .records_max = SIZE_MAX,
    .save = save_events,
    .check = check_events,
    .restore = restore_events,
};

/* ---- inputs to come ---- */

static void save_inputs(struct machine *machine, struct snapshot_writer *writer)
{
    const struct input_queue *queue = &machine->inputs;
    snapshot_write_bytes(writer, &queue->inputs[queue->first],
                         queue->count * sizeof queue->inputs[0]);
}

static bool check_inputs(struct machine *machine, struct snapshot_bytes from,
                         struct sim_error *error)
{
    const struct queued_input *inputs = SNAPSHOT_RECORDS(struct queued_input, from);
    (void)error;
    for (size_t i = 0; i < from.size / sizeof *inputs; i++) {
        if (inputs[i].device >= machine->device_count ||
            inputs[i].what[INPUT_WHAT_BYTES - 1] != '\0' ||
            (i > 0 && inputs[i].cycle < inputs[i - 1].cycle)) {
            return false;
        }
    }
    return true;
}

static void restore_inputs(struct machine *machine, struct snapshot_bytes from)
{
    struct input_queue *queue = &machine->inputs;
    queue->first = 0;
    queue->count = from.size / sizeof queue->inputs[0];
    memcpy(queue->inputs, from.bytes, from.size);
}

const struct snapshot_section snapshot_inputs = {
    .name = "/inputs",
    .version = 1,
    .record_bytes = sizeof(struct queued_input),
    .records_max = MACHINE_INPUTS_MAX,
    .save = save_inputs,
    .check = check_inputs,
    .restore = restore_inputs,
};
