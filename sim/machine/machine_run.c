/* The event loop, resets, System OFF and inputs. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine/machine_internal.h"

/* 10 bits of 115,200 baud, rounded up. */
#define SERIAL_BITS 10U
#define SERIAL_BAUD 115200U

/* From a reset or a wake-up from System OFF to the first instruction (the specification's 16.5 us
 * are those of the wake-up). */
#define RESET_US 16U

static void ask_reset(void *context, enum reset_reason reason)
{
    struct machine *machine = context;
    if (machine->supply.cut) {
        return; /* nothing is there that could be reset */
    }
    machine->reset_pending = true;
    machine->reset_reasons |= (uint32_t)reason;
    cpu_request_stop(machine->cpu);
}

static void ask_system_off(void *context)
{
    struct machine *machine = context;
    machine->off = true;
    cpu_request_stop(machine->cpu);
}

static void wake(void *context, enum reset_reason reason)
{
    struct machine *machine = context;
    if (machine->off) {
        ask_reset(machine, reason);
    }
}

static void detect_rose(void *context)
{
    wake(context, RESET_OFF);
}

static void stall(void *context, uint64_t cycles)
{
    struct machine *machine = context;
    cpu_stall(machine->cpu, cycles);
}

static void flash_cache(void *context, bool on)
{
    struct machine *machine = context;
    cpu_set_flash_cache(machine->cpu, on);
}

static void observing_changed(void *context)
{
    struct machine *machine = context;
    cpu_observing_changed(machine->cpu);
}

static void pend_nmi(void *context)
{
    struct machine *machine = context;
    cpu_pend_nmi(machine->cpu);
}

struct chip_port machine_chip_make(struct machine *machine)
{
    return (struct chip_port){.request_reset = ask_reset,
                              .request_system_off = ask_system_off,
                              .cut_power = machine_cut_power,
                              .restore_power = machine_restore_power,
                              .detect = detect_rose,
                              .wake = wake,
                              .stall = stall,
                              .flash_cache = flash_cache,
                              .observing_changed = observing_changed,
                              .nmi = pend_nmi,
                              .context = machine};
}

void machine_core_asks_reset(void *context)
{
    struct machine *machine = context;
    machine->reset_pending = true;
    machine->reset_reasons |= RESET_SREQ;
}

void machine_set_asleep(struct machine *machine, bool asleep)
{
    const struct device_input input = {.what = "sleep", .value = asleep ? 1 : 0};
    if (machine->asleep == asleep) {
        return;
    }
    machine->asleep = asleep;
    for (size_t i = 0; i < machine->sleeper_count; i++) {
        machine->sleepers[i]->device_class->input(machine->sleepers[i]->self, &input);
    }
}

void machine_reset(struct machine *machine, uint32_t reasons)
{
    machine->asleep = false; /* resets tell the devices */
    machine->reset_pending = false;
    machine->reset_reasons = 0;
    machine->off = false;
    process_watch_reset(&machine->watch);
    event_router_reset(&machine->router);
    irq_jitter_reset(&machine->jitter);
    for (size_t i = 0; i < machine->device_count; i++) {
        const struct machine_device *device = &machine->devices[i];
        if (device->device_class->reset != NULL) {
            device->device_class->reset(device->self, reasons);
        }
    }
    cpu_reset(machine->cpu);
    for (size_t i = 0; i < machine->device_count; i++) {
        const struct machine_device *device = &machine->devices[i];
        if (device->device_class->update != NULL) {
            device->device_class->update(device->self);
        }
    }
}

/* The chip needs its time, and a guest that resets itself at once does so some ten thousand times a
 * second, not millions. */
static void take_pending_reset(struct machine *machine)
{
    uint32_t reasons = machine->reset_reasons;
    uint64_t now = clock_now(&machine->clock);
    process_watch_entered(&machine->watch, now);
    machine_tell_reset(machine, reasons);
    machine->reset_count++;
    clock_set_now(&machine->clock, now + clock_us_to_cycles(&machine->clock, RESET_US));
    machine_reset(machine, reasons);
}

/* What can still happen to a chip that is off: an input, or the supply returns. */
static uint64_t next_when_off(const struct machine *machine)
{
    uint64_t input = input_queue_next(&machine->inputs);
    uint64_t power = machine_power_returns(machine);
    return input < power ? input : power;
}

/* In System OFF and without a supply no clock of the chip runs: only inputs happen. False: nothing
 * can wake it before `cycle`. */
static bool sleep_off(struct machine *machine, uint64_t cycle)
{
    uint64_t next = next_when_off(machine);
    if (next > cycle) {
        clock_set_now(&machine->clock, cycle);
        return false;
    }
    clock_set_now(&machine->clock, next);
    input_queue_deliver_due(&machine->inputs);
    if (machine_power_returns(machine) <= clock_now(&machine->clock)) {
        machine_regain_power(machine);
    }
    return true;
}

/* False: no event will ever wake the core. */
static bool sleep_to_event(struct machine *machine, uint64_t cycle)
{
    uint64_t next = clock_next_due(&machine->clock);
    clock_set_now(&machine->clock, next < cycle ? next : cycle);
    return next != CLOCK_NEVER;
}

/* To the cycle: sleep ends where something wakes the core, before it runs. */
static void tell_sleep(struct machine *machine, bool asleep)
{
    if (machine->told_asleep == asleep) {
        return;
    }
    machine->told_asleep = asleep;
    for (size_t i = 0; i < machine->observer_count; i++) {
        const struct machine_observer *observer = &machine->observers[i];
        if (observer->slept != NULL) {
            observer->slept(observer->context, asleep);
        }
    }
}

static void tell_awake(struct machine *machine)
{
    if (machine->told_asleep && !cpu_is_asleep(machine->cpu)) {
        tell_sleep(machine, false);
    }
}

/* What a CPU stop means for the loop; true: the loop goes on. */
static bool handle_stop(struct machine *machine, enum cpu_stop stop, uint64_t cycle,
                        enum machine_stop *result)
{
    machine_set_asleep(machine, stop == CPU_STOP_SLEEP);
    switch (stop) {
    case CPU_STOP_LIMIT:
    case CPU_STOP_RESET:
    case CPU_STOP_REQUESTED:
        return true;
    case CPU_STOP_SLEEP:
        tell_sleep(machine, true);
        *result = MACHINE_STOP_IDLE;
        return sleep_to_event(machine, cycle);
    case CPU_STOP_STEP:
        *result = MACHINE_STOP_STEP;
        return false;
    case CPU_STOP_BREAKPOINT:
        *result = MACHINE_STOP_BREAKPOINT;
        return false;
    case CPU_STOP_WATCHPOINT:
        *result = MACHINE_STOP_WATCHPOINT;
        return false;
    case CPU_STOP_BKPT:
        *result = MACHINE_STOP_BKPT;
        return false;
    case CPU_STOP_SEMIHOSTING:
        semihosting_call(machine);
        *result = MACHINE_STOP_EXIT;
        return !machine->semihosting.exited;
    case CPU_STOP_LOCKUP:
        *result = MACHINE_STOP_LOCKUP;
        return machine->reset_pending || machine->supply.cut_pending;
    case CPU_STOP_ENGINE:
        *result = MACHINE_STOP_ENGINE;
        return false;
    }
    return true;
}

/* Everything that happens between two runs of the CPU. False: the machine is off for good. */
static bool settle(struct machine *machine, uint64_t cycle)
{
    bool alive = true;
    do {
        if (machine->supply.cut_pending) {
            machine_lose_power(machine);
        }
        if (machine->reset_pending) {
            take_pending_reset(machine);
        }
        if (machine->off) {
            tell_sleep(machine, true);
            alive = sleep_off(machine, cycle);
        } else {
            clock_fire_due(&machine->clock);
        }
    } while (alive && (machine->reset_pending || machine->off || machine->supply.cut_pending));
    return alive;
}

void machine_set_semihosting(struct machine *machine, const struct semihosting_config *config)
{
    machine->semihosting = (struct semihosting){.config = *config};
    cpu_set_semihosting(machine->cpu, true);
}

uint32_t machine_exit_status(const struct machine *machine)
{
    return machine->semihosting.exit_status;
}

void machine_pull_reset(struct machine *machine)
{
    ask_reset(machine, RESET_PIN);
}

/* settle() is about to let something happen. */
static bool something_is_due(const struct machine *machine)
{
    return machine->off || machine->reset_pending || machine->supply.cut_pending ||
           clock_next_due(&machine->clock) <= clock_now(&machine->clock);
}

static enum machine_stop run(struct machine *machine, uint64_t cycle, bool to_event)
{
    enum machine_stop result = MACHINE_STOP_LIMIT;
    for (;;) {
        bool happens = something_is_due(machine);
        if (!settle(machine, cycle)) {
            return next_when_off(machine) == CLOCK_NEVER ? MACHINE_STOP_OFF : MACHINE_STOP_LIMIT;
        }
        if (machine->stop_requested) {
            machine->stop_requested = false;
            return MACHINE_STOP_REQUESTED;
        }
        if (to_event && happens) {
            return MACHINE_STOP_STEP;
        }
        if (clock_now(&machine->clock) >= cycle) {
            return MACHINE_STOP_LIMIT;
        }
        tell_awake(machine);
        if (!handle_stop(machine, cpu_run(machine->cpu, cycle), cycle, &result)) {
            return result;
        }
    }
}

enum machine_stop machine_run(struct machine *machine, uint64_t cycle)
{
    return run(machine, cycle, false);
}

enum machine_stop machine_run_event(struct machine *machine, uint64_t cycle)
{
    return run(machine, cycle, true);
}

enum machine_stop machine_step(struct machine *machine, uint64_t cycle)
{
    enum machine_stop result = MACHINE_STOP_STEP;
    while (settle(machine, cycle)) {
        if (machine->stop_requested) {
            machine->stop_requested = false;
            return MACHINE_STOP_REQUESTED;
        }
        if (clock_now(&machine->clock) >= cycle) {
            return MACHINE_STOP_LIMIT;
        }
        tell_awake(machine);
        if (!handle_stop(machine, cpu_step(machine->cpu), cycle, &result)) {
            (void)settle(machine, cycle);
            return result;
        }
    }
    return next_when_off(machine) == CLOCK_NEVER ? MACHINE_STOP_OFF : MACHINE_STOP_LIMIT;
}

void machine_request_stop(struct machine *machine)
{
    machine->stop_requested = true;
    cpu_request_stop(machine->cpu);
}

/* Observers learn of faults: what follows is not the guest's doing. */
static void note_fault(struct machine *machine, const struct queued_input *input)
{
    const struct machine_device *device = &machine->devices[input->device];
    const struct device_fault *fault = device->device_class->faults;
    char text[INPUT_WHAT_BYTES + 32];
    while (fault != NULL && fault->name != NULL && strcmp(fault->name, input->what) != 0) {
        fault++;
    }
    if (fault == NULL || fault->name == NULL) {
        return;
    }
    if (input->value == 0) {
        snprintf(text, sizeof text, "fault %s ends", input->what);
    } else {
        snprintf(text, sizeof text, "fault %s=%" PRId32, input->what, input->value);
    }
    machine_note(machine, device->description->name, text, input->value);
}

void machine_deliver_input(void *context, const struct queued_input *input)
{
    struct machine *machine = context;
    const struct machine_device *device = &machine->devices[input->device];
    const struct device_input given = {.what = input->what, .value = input->value};
    note_fault(machine, input);
    if (device->device_class->input == NULL || !device->device_class->input(device->self, &given)) {
        machine->refused_inputs++;
        machine_tell_refused(machine, input);
    }
}

int machine_find_device(const struct machine *machine, const char *name)
{
    return board_find_device(machine->board, name);
}

bool machine_add_input(struct machine *machine, int device, uint64_t cycle, const char *what,
                       int32_t value)
{
    uint64_t now = clock_now(&machine->clock);
    struct queued_input input = {
        .cycle = cycle < now ? now : cycle, .device = (uint64_t)device, .value = value};
    if (device < 0 || (size_t)device >= machine->device_count ||
        strlen(what) >= sizeof input.what) {
        return false;
    }
    strcpy(input.what, what);
    return input_queue_add(&machine->inputs, &input);
}

size_t machine_add_text(struct machine *machine, int device, uint64_t cycle, const char *text,
                        size_t length)
{
    uint64_t byte_cycles =
        ((uint64_t)machine->clock.cpu_hz * SERIAL_BITS + SERIAL_BAUD - 1) / SERIAL_BAUD;
    uint64_t now = clock_now(&machine->clock);
    uint64_t at = cycle < now ? now : cycle;
    at = at < machine->text_free_cycle ? machine->text_free_cycle : at;
    size_t done = 0;
    while (done < length && machine_add_input(machine, device, at, "byte", (uint8_t)text[done])) {
        at += byte_cycles;
        done++;
    }
    machine->text_free_cycle = at;
    return done;
}
