#include "sim/machine/machine_view.h"

#include <stdio.h>

#include "sim/machine/machine_internal.h"

void machine_view_totals(const struct machine *machine, struct machine_totals *totals)
{
    const struct cpu_counters *counters = cpu_counters(machine->cpu);
    *totals = (struct machine_totals){.now_cycles = clock_now(&machine->clock),
                                      .cpu_hz = machine->clock.cpu_hz,
                                      .instructions = counters->instructions,
                                      .busy_cycles = counters->busy_cycles,
                                      .exceptions = counters->exceptions,
                                      .interrupts = counters->interrupts,
                                      .resets = machine->reset_count,
                                      .guest_errors = machine->diag.count[DIAG_GUEST_ERROR],
                                      .unimplemented = machine->diag.count[DIAG_UNIMPLEMENTED],
                                      .suppressed_messages = machine->diag_log.suppressed,
                                      .refused_inputs = machine->refused_inputs,
                                      .isolation_checks = machine->isolation_checks,
                                      .isolation_violations = machine->isolation_violations};
}

const struct process_watch *machine_view_processes(const struct machine *machine)
{
    return &machine->watch;
}

bool machine_view_powered(const struct machine *machine)
{
    return !machine->supply.cut;
}

const struct absent *machine_view_absent(const struct machine *machine)
{
    return &machine->absent;
}

const struct board *machine_view_board(const struct machine *machine)
{
    return machine->board;
}

const uint8_t *machine_view_ram(const struct machine *machine)
{
    return machine->ram;
}

const uint8_t *machine_view_flash(const struct machine *machine)
{
    return machine->flash;
}

const struct pin *machine_view_pins(const struct machine *machine)
{
    return machine->pins;
}

int32_t machine_view_supply_microvolts(const struct machine *machine)
{
    return machine->nets.vdd.microvolts;
}

const void *machine_view_device(const struct machine *machine, size_t index)
{
    return machine->devices[index].self;
}

struct owner machine_view_owner(const struct machine *machine, uint32_t address)
{
    const struct board *board = machine->board;
    struct owner owner = process_watch_owner(&machine->watch, address);
    struct address_map map = machine->map; /* a copy: find remembers its last hit */
    if (owner.kind != OWNER_NOBODY) {
        return owner;
    }
    if (address - board->flash.base < board->flash.size_bytes) {
        bool in_apps = address - board->apps.base < board->apps.size_bytes;
        owner.kind = in_apps ? OWNER_NOBODY : OWNER_KERNEL_FLASH;
    } else if (address - board->ram.base < board->ram.size_bytes ||
               address - board->chip->code_ram_base < board->ram.size_bytes) {
        owner.kind = OWNER_KERNEL_RAM;
    } else if (address - ARMV7M_PPB_BASE < ARMV7M_PPB_BYTES) {
        owner.kind = OWNER_SYSTEM;
    } else if (address_map_find(&map, address) != NULL) {
        owner.kind = OWNER_DEVICE;
    }
    return owner;
}

static const char *device_name(const struct machine *machine, uint32_t address)
{
    struct address_map map = machine->map;
    const struct address_window *window = address_map_find(&map, address);
    return window == NULL ? "?" : window->name;
}

const char *machine_view_owner_text(const struct machine *machine, uint32_t address, char *buffer,
                                    size_t size)
{
    struct owner owner = machine_view_owner(machine, address);
    /* Without apps nobody knows that it is a kernel. */
    const char *firmware = machine->watch.count == 0 ? "the firmware" : "the kernel";
    const char *process =
        owner.process == PROCESS_NONE ? "" : machine->watch.process[owner.process].name;
    switch (owner.kind) {
    case OWNER_NOBODY:
        snprintf(buffer, size, "nobody");
        break;
    case OWNER_KERNEL_RAM:
        snprintf(buffer, size, "%s, RAM", firmware);
        break;
    case OWNER_KERNEL_FLASH:
        snprintf(buffer, size, "%s, flash", firmware);
        break;
    case OWNER_PROCESS_FLASH:
        snprintf(buffer, size, "process %s, flash", process);
        break;
    case OWNER_PROCESS_OPEN:
        snprintf(buffer, size, "process %s, RAM (its stack, data and heap)", process);
        break;
    case OWNER_PROCESS_CLOSED:
        snprintf(buffer, size, "process %s, RAM (above its break: its grants, kept by the kernel)",
                 process);
        break;
    case OWNER_DEVICE:
        snprintf(buffer, size, "device %s", device_name(machine, address));
        break;
    case OWNER_SYSTEM:
        snprintf(buffer, size, "the core (System Control Space)");
        break;
    }
    return buffer;
}
