/* The CPU's observer: turns exceptions into processes, system calls and faults, and tells the
 * machine's observers. */
#include <stdio.h>
#include <string.h>

#include "sim/loader/little_endian.h"
#include "sim/machine/machine_internal.h"
#include "sim/machine/thumb_access.h"

#define EXC_RETURN_PSP (1U << 2)

static uint32_t peek_word(const struct machine *machine, uint32_t address)
{
    uint8_t bytes[4] = {0};
    machine_peek(machine, address, bytes, sizeof bytes);
    return little_endian_u32(bytes);
}

static void watch_call(struct machine *machine, int process, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    struct machine_syscall call = {.process = process, .pc = from_pc};
    for (uint32_t i = 0; i < 4; i++) {
        call.argument[i] = peek_word(machine, regs->psp + 4 * i);
    }
    uint8_t immediate = 0;
    machine_peek(machine, (from_pc & ~1U) - 2, &immediate, 1);
    call.call_class = immediate;
    struct watched_call watched = {.call_class = immediate, .pc = from_pc};
    memcpy(watched.argument, call.argument, sizeof watched.argument);
    process_watch_called(&machine->watch, process, &watched);
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->called != NULL) {
            observer->called(observer->context, &call);
        }
    }
}

/* Compares RAM with what it was when the process was entered, except for what is open to it. (Its
 * own block above its break holds its grants: as foreign to it as its neighbour's memory.) */
static void check_isolation(struct machine *machine, int process)
{
    const struct watched_process *ran = &machine->watch.process[process];
    uint32_t base = machine->board->ram.base;
    uint32_t bytes = machine->board->ram.size_bytes;
    uint32_t own = ran->ram_bytes == 0 ? bytes : ran->ram_base - base;
    uint32_t own_end = ran->ram_bytes == 0 ? bytes : own + ran->open_bytes;
    machine->isolation_checks++;
    if (own > bytes || own_end > bytes || own_end < own) {
        own = bytes;
        own_end = bytes;
    }
    if (memcmp(machine->ram, machine->ram_shadow, own) == 0 &&
        memcmp(machine->ram + own_end, machine->ram_shadow + own_end, bytes - own_end) == 0) {
        return;
    }
    uint32_t at = 0;
    while (at < bytes &&
           (machine->ram[at] == machine->ram_shadow[at] || (at >= own && at < own_end) ||
            process_watch_is_shared(&machine->watch, base + at))) {
        at++;
    }
    if (at == bytes) {
        return;
    }
    machine->isolation_violations++;
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->trespassed != NULL) {
            observer->trespassed(observer->context, process, base + at);
        }
    }
}

static void on_entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    struct machine *machine = context;
    machine_set_asleep(machine, false);
    int left = process_watch_entered(&machine->watch, clock_now(&machine->clock));
    if (left != PROCESS_NONE && machine->ram_shadow != NULL) {
        check_isolation(machine, left);
    }
    if (left != PROCESS_NONE && exception == EXCEPTION_SVCALL && (regs->lr & EXC_RETURN_PSP) != 0) {
        watch_call(machine, left, regs, from_pc);
    }
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->entered != NULL) {
            observer->entered(observer->context, exception, regs, from_pc);
        }
    }
}

static void on_returned(void *context, uint32_t exception, const struct cpu_regs *regs)
{
    struct machine *machine = context;
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->returned != NULL) {
            observer->returned(observer->context, exception, regs);
        }
    }
}

static void on_resumed(void *context, const struct cpu_regs *regs)
{
    struct machine *machine = context;
    bool fresh = false;
    int process = process_watch_resumed(&machine->watch, regs, &cpu_core(machine->cpu)->mpu,
                                        clock_now(&machine->clock), &fresh);
    if (process != PROCESS_NONE && machine->ram_shadow != NULL) {
        memcpy(machine->ram_shadow, machine->ram, machine->board->ram.size_bytes);
    }
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (fresh && observer->started != NULL) {
            observer->started(observer->context, process);
        }
        if (observer->resumed != NULL) {
            observer->resumed(observer->context, regs);
        }
    }
}

static bool has_address(enum fault_kind kind)
{
    switch (kind) {
    case FAULT_DACCVIOL:
    case FAULT_IACCVIOL:
    case FAULT_PRECISERR:
    case FAULT_IBUSERR:
    case FAULT_MSTKERR:
    case FAULT_STKERR:
    case FAULT_MUNSTKERR:
    case FAULT_UNSTKERR:
    case FAULT_MLSPERR:
    case FAULT_LSPERR:
    case FAULT_VECTTBL:
        return true;
    case FAULT_IMPRECISERR:
    case FAULT_UNDEFINSTR:
    case FAULT_INVSTATE:
    case FAULT_INVPC:
    case FAULT_NOCP:
    case FAULT_UNALIGNED:
    case FAULT_DIVBYZERO:
    case FAULT_BKPT:
        return false;
    }
    return false;
}

static enum machine_access access_of(const struct machine *machine, const struct fault *fault,
                                     uint32_t pc)
{
    if (fault->kind == FAULT_IACCVIOL || fault->kind == FAULT_IBUSERR) {
        return MACHINE_ACCESS_FETCH;
    }
    if (fault->kind == FAULT_MSTKERR || fault->kind == FAULT_STKERR ||
        fault->kind == FAULT_MLSPERR || fault->kind == FAULT_LSPERR) {
        return MACHINE_ACCESS_WRITE;
    }
    if (fault->kind == FAULT_MUNSTKERR || fault->kind == FAULT_UNSTKERR ||
        fault->kind == FAULT_VECTTBL) {
        return MACHINE_ACCESS_READ;
    }
    bool store = thumb_access_is_store((uint16_t)peek_word(machine, pc & ~1U));
    return store ? MACHINE_ACCESS_WRITE : MACHINE_ACCESS_READ;
}

static void on_faulted(void *context, const struct fault *fault, const struct cpu_regs *regs,
                       const struct mpu_verdict *verdict)
{
    struct machine *machine = context;
    struct machine_fault told = {.process = machine->watch.current,
                                 .kind = fault->kind,
                                 .address_valid = has_address(fault->kind),
                                 .address = fault->address,
                                 .access = access_of(machine, fault, regs->pc),
                                 .pc = regs->pc,
                                 .sp = cpu_regs_sp(regs),
                                 .lr = regs->lr,
                                 .verdict = verdict};
    if (fault->kind == FAULT_IACCVIOL || fault->kind == FAULT_IBUSERR) {
        told.address = regs->pc; /* a fetch fault has no address register: it is where the PC is */
    }
    if (told.process != PROCESS_NONE) {
        machine->watch.process[told.process].faults++;
        if (verdict != NULL) {
            machine->watch.process[told.process].refusals++;
        }
    }
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->faulted != NULL) {
            observer->faulted(observer->context, &told);
        }
    }
}

void machine_watch_dma(struct machine_device *device, uint32_t address, uint32_t size_bytes,
                       bool is_write)
{
    const struct machine *machine = device->machine;
    struct machine_dma told = {.device = device->description->name,
                               .process =
                                   process_watch_intimate(&machine->watch, address, size_bytes),
                               .address = address,
                               .size_bytes = size_bytes,
                               .is_write = is_write};
    for (size_t i = 0; told.process != PROCESS_NONE && i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->dma_trespassed != NULL) {
            observer->dma_trespassed(observer->context, &told);
        }
    }
}

void machine_watch_aim(const struct machine *machine, const char *device, uint32_t offset,
                       uint32_t address)
{
    struct machine_aim told = {.device = device,
                               .process = process_watch_intimate(&machine->watch, address, 1),
                               .offset = offset,
                               .address = address};
    for (size_t i = 0; told.process != PROCESS_NONE && i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->aimed != NULL) {
            observer->aimed(observer->context, &told);
        }
    }
}

struct exception_observer machine_watch_make(struct machine *machine)
{
    return (struct exception_observer){.entered = on_entered,
                                       .returned = on_returned,
                                       .resumed = on_resumed,
                                       .faulted = on_faulted,
                                       .context = machine};
}

void machine_report_diag(void *context, enum diag_kind kind, const char *device, uint32_t offset,
                         const char *what)
{
    struct machine *machine = context;
    const struct diag_log_entry entry = {
        .kind = kind, .device = device, .offset = offset, .what = what};
    if (!diag_log_is_new(&machine->diag_log, &entry)) {
        return;
    }
    const struct machine_diag told = {.kind = kind,
                                      .device = device,
                                      .offset = offset,
                                      .what = what,
                                      .pc = machine->cpu == NULL ? 0 : cpu_pc(machine->cpu)};
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->diag != NULL) {
            observer->diag(observer->context, &told);
        }
    }
}

void machine_note(void *context, const char *device, const char *what, int32_t value)
{
    struct machine *machine = context;
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->note != NULL) {
            observer->note(observer->context, device, what, value);
        }
    }
}

void machine_tell_pin(void *context, uint32_t pin, enum wire_level level)
{
    const struct machine *machine = context;
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->pin_changed != NULL) {
            observer->pin_changed(observer->context, pin, level == WIRE_HIGH);
        }
    }
}

void machine_packet(void *context, const char *device, uint32_t link_type, const uint8_t *bytes,
                    uint32_t count)
{
    struct machine *machine = context;
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->packet != NULL) {
            observer->packet(observer->context, device, link_type, bytes, count);
        }
    }
}

void machine_sent(void *context, uint8_t byte)
{
    const struct machine_device *device = context;
    struct machine *machine = device->machine;
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->sent != NULL) {
            observer->sent(observer->context, device->description->name, byte);
        }
    }
}

void machine_tell_refused(struct machine *machine, const struct queued_input *input)
{
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->refused != NULL) {
            observer->refused(observer->context, machine->devices[input->device].description->name,
                              input->what);
        }
    }
}

void machine_tell_reset(struct machine *machine, uint32_t reasons)
{
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->reset != NULL) {
            observer->reset(observer->context, reasons);
        }
    }
}
