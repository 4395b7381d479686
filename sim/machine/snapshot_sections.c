#include "sim/machine/snapshot_sections.h"

#include <string.h>

#include "sim/cpu/cpu_snapshot.h"

#define JITTER_LINES_MAX 64U /* interrupts of a chip, and SysTick */

/* ---- which machine it is of ---- */

struct board_record {
    char model[64], chip[16];
    uint32_t flash_base, flash_bytes, flash_page_bytes, ram_base, ram_bytes;
    uint32_t cpu_hz, flash_timing, pin_count;
};

static struct board_record describe_board(const struct machine *machine)
{
    const struct board *board = machine->board;
    struct board_record record = {.flash_base = board->flash.base,
                                  .flash_bytes = board->flash.size_bytes,
                                  .flash_page_bytes = board->flash_page_bytes,
                                  .ram_base = board->ram.base,
                                  .ram_bytes = board->ram.size_bytes,
                                  .cpu_hz = board->chip->cpu_hz,
                                  .flash_timing = (uint32_t)machine->config.flash_timing,
                                  .pin_count = board->pin_count};
    snapshot_copy_text(record.model, board->model, sizeof record.model);
    snapshot_copy_text(record.chip, board->chip->name, sizeof record.chip);
    return record;
}

static void save_board(struct machine *machine, struct snapshot_writer *writer)
{
    struct board_record *record = snapshot_write(writer, sizeof *record);
    if (record != NULL) {
        *record = describe_board(machine);
    }
}

/* A text of the file that goes into a message. */
static const char *printable(const char *text, size_t size, char *copy)
{
    size_t i = 0;
    for (; i < size - 1 && text[i] != '\0'; i++) {
        copy[i] = '?';
        if (text[i] >= ' ' && text[i] <= '~') {
            copy[i] = text[i];
        }
    }
    copy[i] = '\0';
    return copy;
}

static bool check_board(struct machine *machine, struct snapshot_bytes from,
                        struct sim_error *error)
{
    const struct board_record here = describe_board(machine);
    const struct board_record *there = SNAPSHOT_RECORDS(struct board_record, from);
    char model[sizeof there->model];
    if (strncmp(there->model, here.model, sizeof here.model) != 0) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s: the snapshot is of board %s, this machine is %s: choose the board "
                        "with -b",
                        from.name, printable(there->model, sizeof model, model), here.model);
    }
    if (there->flash_timing != here.flash_timing) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s: the snapshot was made with another --flash-timing: give the same",
                        from.name);
    }
    return memcmp(there, &here, sizeof here) == 0 ||
           sim_fail(error, SIM_WRONG_USE,
                    "%s: the snapshot is of another version of board %s: save it again", from.name,
                    here.model);
}

static const struct snapshot_section board_section = {
    .name = "/board",
    .version = 1,
    .record_bytes = sizeof(struct board_record),
    .records_min = 1,
    .records_max = 1,
    .save = save_board,
    .check = check_board,
};

static void save_images(struct machine *machine, struct snapshot_writer *writer)
{
    snapshot_write_bytes(writer, machine->images, machine->image_count * sizeof machine->images[0]);
}

static bool check_images(struct machine *machine, struct snapshot_bytes from,
                         struct sim_error *error)
{
    const struct machine_image *there = SNAPSHOT_RECORDS(struct machine_image, from);
    size_t count = from.size / sizeof *there;
    char name[sizeof there->name];
    for (size_t i = 0; i < count && i < machine->image_count; i++) {
        if (there[i].hash != machine->images[i].hash) {
            return sim_fail(error, SIM_WRONG_USE,
                            "%s: the snapshot was made with %s, this machine has %s there, which "
                            "is not the same: give the same kernel and apps",
                            from.name, printable(there[i].name, sizeof name, name),
                            machine->images[i].name);
        }
    }
    return count == machine->image_count ||
           sim_fail(error, SIM_WRONG_USE,
                    "%s: the snapshot was made with %zu images, this machine has %zu: give the "
                    "same kernel and apps",
                    from.name, count, machine->image_count);
}

static const struct snapshot_section images_section = {
    .name = "/images",
    .version = 1,
    .record_bytes = sizeof(struct machine_image),
    .records_max = MACHINE_IMAGES_MAX,
    .save = save_images,
    .check = check_images,
};

/* ---- the machine around the core ---- */

struct machine_record {
    uint64_t now_cycles, text_free_cycle;
    uint64_t supply_back_cycle, supply_off_us, supply_seed;
    uint32_t reset_reasons;
    uint32_t waiting_count; /* events of devices that the router has not delivered */
    uint32_t waiting[EVENT_ROUTER_DEPTH];
    bool asleep, off, reset_pending, supply_cut, supply_cut_pending;
    uint8_t reserved[3];
};

static void save_machine(struct machine *machine, struct snapshot_writer *writer)
{
    const struct event_router *router = &machine->router;
    struct machine_record *record = snapshot_write(writer, sizeof *record);
    if (record == NULL) {
        return;
    }
    record->now_cycles = machine->clock.now_cycles;
    record->text_free_cycle = machine->text_free_cycle;
    record->reset_reasons = machine->reset_reasons;
    record->waiting_count = (uint32_t)router->count;
    for (size_t i = 0; i < router->count; i++) {
        record->waiting[i] = event_router_waiting(router, i);
    }
    record->asleep = machine->asleep;
    record->off = machine->off;
    record->reset_pending = machine->reset_pending;
    record->supply_back_cycle = machine->supply.back_cycle;
    record->supply_off_us = machine->supply.off_us;
    record->supply_seed = machine->supply.seed;
    record->supply_cut = machine->supply.cut;
    record->supply_cut_pending = machine->supply.cut_pending;
}

uint64_t snapshot_now(struct snapshot_bytes from)
{
    return SNAPSHOT_RECORDS(struct machine_record, from)->now_cycles;
}

static bool check_machine(struct machine *machine, struct snapshot_bytes from,
                          struct sim_error *error)
{
    const struct machine_record *record = SNAPSHOT_RECORDS(struct machine_record, from);
    (void)machine;
    (void)error;
    return device_bool_is_sane(&record->asleep) && device_bool_is_sane(&record->off) &&
           device_bool_is_sane(&record->reset_pending) &&
           device_bool_is_sane(&record->supply_cut) &&
           device_bool_is_sane(&record->supply_cut_pending) &&
           (!record->supply_cut || record->off) && record->waiting_count <= EVENT_ROUTER_DEPTH;
}

static void restore_machine(struct machine *machine, struct snapshot_bytes from)
{
    const struct machine_record *record = SNAPSHOT_RECORDS(struct machine_record, from);
    struct event_router *router = &machine->router;
    machine->text_free_cycle = record->text_free_cycle;
    machine->reset_reasons = record->reset_reasons;
    machine->asleep = record->asleep;
    machine->told_asleep = record->asleep || record->off; /* who watches looks anew */
    machine->off = record->off;
    machine->reset_pending = record->reset_pending;
    machine->supply = (struct machine_supply){.back_cycle = record->supply_back_cycle,
                                              .off_us = record->supply_off_us,
                                              .seed = record->supply_seed,
                                              .cut = record->supply_cut,
                                              .cut_pending = record->supply_cut_pending};
    router->first = 0;
    router->count = record->waiting_count;
    memcpy(router->waiting, record->waiting, sizeof router->waiting);
    clock_restart(&machine->clock, record->now_cycles);
}

static const struct snapshot_section machine_section = {
    .name = "/machine",
    .version = 4,
    .record_bytes = sizeof(struct machine_record),
    .records_min = 1,
    .records_max = 1,
    .save = save_machine,
    .check = check_machine,
    .restore = restore_machine,
    .holds_time = true,
};

/* ---- interrupts on their way ---- */

struct jitter_record {
    uint64_t seed, bound_cycles;
    uint32_t line_count, reserved;
    struct irq_jitter_state lines[JITTER_LINES_MAX];
};

static void save_jitter(struct machine *machine, struct snapshot_writer *writer)
{
    const struct irq_jitter *jitter = &machine->jitter;
    struct jitter_record *record = snapshot_write(writer, sizeof *record);
    if (record == NULL || jitter->line_count > JITTER_LINES_MAX) {
        return;
    }
    record->line_count = jitter->line_count;
    record->seed = jitter->line_count == 0 ? 0 : jitter->config.seed;
    record->bound_cycles = jitter->config.bound_cycles;
    for (uint32_t i = 0; i < jitter->line_count; i++) {
        record->lines[i] = jitter->lines[i].state;
    }
}

static bool check_jitter(struct machine *machine, struct snapshot_bytes from,
                         struct sim_error *error)
{
    const struct irq_jitter *jitter = &machine->jitter;
    const struct jitter_record *record = SNAPSHOT_RECORDS(struct jitter_record, from);
    if (record->line_count != jitter->line_count ||
        record->bound_cycles != jitter->config.bound_cycles ||
        (jitter->line_count > 0 && record->seed != jitter->config.seed)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s: the snapshot was made with another --jitter: give the same",
                        from.name);
    }
    for (uint32_t i = 0; i < JITTER_LINES_MAX; i++) {
        if (!device_bool_is_sane(&record->lines[i].level) ||
            !device_bool_is_sane(&record->lines[i].waiting) ||
            !device_bool_is_sane(&record->lines[i].pulse)) {
            return false;
        }
    }
    return true;
}

static void restore_jitter(struct machine *machine, struct snapshot_bytes from)
{
    const struct jitter_record *record = SNAPSHOT_RECORDS(struct jitter_record, from);
    for (uint32_t i = 0; i < machine->jitter.line_count; i++) {
        machine->jitter.lines[i].state = record->lines[i];
    }
}

static const struct snapshot_section jitter_section = {
    .name = "/jitter",
    .version = 1,
    .record_bytes = sizeof(struct jitter_record),
    .records_min = 1,
    .records_max = 1,
    .save = save_jitter,
    .check = check_jitter,
    .restore = restore_jitter,
};

/* ---- calls to the host ---- */

struct semihosting_record {
    uint32_t last_error, features_read, exit_status;
    bool on, exited;
    uint8_t reserved[2];
};

static bool has_semihosting(const struct machine *machine)
{
    return machine->semihosting.config.print != NULL;
}

static void save_semihosting(struct machine *machine, struct snapshot_writer *writer)
{
    const struct semihosting *semihosting = &machine->semihosting;
    struct semihosting_record *record = snapshot_write(writer, sizeof *record);
    if (record != NULL) {
        *record = (struct semihosting_record){.last_error = semihosting->last_error,
                                              .features_read = semihosting->features_read,
                                              .exit_status = semihosting->exit_status,
                                              .on = has_semihosting(machine),
                                              .exited = semihosting->exited};
    }
}

static bool check_semihosting(struct machine *machine, struct snapshot_bytes from,
                              struct sim_error *error)
{
    const struct semihosting_record *record = SNAPSHOT_RECORDS(struct semihosting_record, from);
    if (record->features_read > SEMIHOSTING_FEATURES_BYTES || !device_bool_is_sane(&record->on) ||
        !device_bool_is_sane(&record->exited)) {
        return false;
    }
    return record->on == has_semihosting(machine) ||
           sim_fail(error, SIM_WRONG_USE, "%s: the snapshot was made %s --semihosting: do the same",
                    from.name, record->on ? "with" : "without");
}

static void restore_semihosting(struct machine *machine, struct snapshot_bytes from)
{
    const struct semihosting_record *record = SNAPSHOT_RECORDS(struct semihosting_record, from);
    struct semihosting *semihosting = &machine->semihosting;
    semihosting->last_error = record->last_error;
    semihosting->features_read = record->features_read;
    semihosting->exit_status = record->exit_status;
    semihosting->exited = record->exited;
}

static const struct snapshot_section semihosting_section = {
    .name = "/semihosting",
    .version = 2,
    .record_bytes = sizeof(struct semihosting_record),
    .records_min = 1,
    .records_max = 1,
    .save = save_semihosting,
    .check = check_semihosting,
    .restore = restore_semihosting,
};

/* ---- the core ---- */

static void save_cpu(struct machine *machine, struct snapshot_writer *writer)
{
    struct cpu_state *state = snapshot_write(writer, sizeof *state);
    if (state != NULL) {
        cpu_save(machine->cpu, state);
    }
}

static bool check_cpu(struct machine *machine, struct snapshot_bytes from, struct sim_error *error)
{
    (void)error;
    return cpu_state_is_sane(machine->cpu, SNAPSHOT_RECORDS(struct cpu_state, from),
                             from.now_cycles);
}

static void restore_cpu(struct machine *machine, struct snapshot_bytes from)
{
    cpu_restore(machine->cpu, SNAPSHOT_RECORDS(struct cpu_state, from));
}

static const struct snapshot_section cpu_section = {
    .name = "/cpu",
    .version = 2,
    .record_bytes = sizeof(struct cpu_state),
    .records_min = 1,
    .records_max = 1,
    .save = save_cpu,
    .check = check_cpu,
    .restore = restore_cpu,
};

/* ---- pins ---- */

struct pin_record {
    uint8_t out, in, claim, pad, detect; /* enum wire_level */
    uint8_t analog_driven;
    uint8_t reserved[2];
    int32_t analog_microvolts;
};

static void save_pins(struct machine *machine, struct snapshot_writer *writer)
{
    struct pin_record *records =
        snapshot_write(writer, machine->board->pin_count * sizeof *records);
    for (uint32_t i = 0; records != NULL && i < machine->board->pin_count; i++) {
        const struct pin *pin = &machine->pins[i];
        records[i] = (struct pin_record){.out = (uint8_t)pin->out.level,
                                         .in = (uint8_t)pin->in.level,
                                         .claim = (uint8_t)pin->claim.level,
                                         .pad = (uint8_t)pin->pad.level,
                                         .detect = (uint8_t)pin->detect.level,
                                         .analog_driven = pin->analog.driven,
                                         .analog_microvolts = pin->analog.microvolts};
    }
}

static bool check_pins(struct machine *machine, struct snapshot_bytes from, struct sim_error *error)
{
    const struct pin_record *records = SNAPSHOT_RECORDS(struct pin_record, from);
    (void)error;
    for (uint32_t i = 0; i < machine->board->pin_count; i++) {
        if (records[i].out > WIRE_FLOATING || records[i].in > WIRE_FLOATING ||
            records[i].claim > WIRE_FLOATING || records[i].pad > WIRE_FLOATING ||
            records[i].detect > WIRE_FLOATING || records[i].analog_driven > 1) {
            return false;
        }
    }
    return from.size == machine->board->pin_count * sizeof *records;
}

/* Nobody is told: what listeners made of the levels is in their own state. */
static void restore_pins(struct machine *machine, struct snapshot_bytes from)
{
    const struct pin_record *records = SNAPSHOT_RECORDS(struct pin_record, from);
    for (uint32_t i = 0; i < machine->board->pin_count; i++) {
        struct pin *pin = &machine->pins[i];
        pin->out.level = (enum wire_level)records[i].out;
        pin->in.level = (enum wire_level)records[i].in;
        pin->claim.level = (enum wire_level)records[i].claim;
        pin->pad.level = (enum wire_level)records[i].pad;
        pin->detect.level = (enum wire_level)records[i].detect;
        pin->analog.driven = records[i].analog_driven != 0;
        pin->analog.microvolts = records[i].analog_microvolts;
    }
}

static const struct snapshot_section pins_section = {
    .name = "/pins",
    .version = 2,
    .record_bytes = sizeof(struct pin_record),
    .records_max = BOARD_PINS_MAX,
    .save = save_pins,
    .check = check_pins,
    .restore = restore_pins,
};

/* ---- voltages and wires that are no pin's ---- */

struct nets_record {
    int32_t vdd_microvolts;
    uint8_t usb_vbus, usb_pull_up, usb_wake; /* enum wire_level */
    uint8_t reserved;
};

static void save_nets(struct machine *machine, struct snapshot_writer *writer)
{
    struct nets_record *record = snapshot_write(writer, sizeof *record);
    if (record != NULL) {
        const struct usb_port *usb = &machine->nets.usb;
        *record = (struct nets_record){.vdd_microvolts = machine->nets.vdd.microvolts,
                                       .usb_vbus = (uint8_t)usb->vbus.level,
                                       .usb_pull_up = (uint8_t)usb->pull_up.level,
                                       .usb_wake = (uint8_t)usb->wake.level};
    }
}

static bool check_nets(struct machine *machine, struct snapshot_bytes from, struct sim_error *error)
{
    const struct nets_record *record = SNAPSHOT_RECORDS(struct nets_record, from);
    (void)machine;
    (void)error;
    return record->usb_vbus <= WIRE_FLOATING && record->usb_pull_up <= WIRE_FLOATING &&
           record->usb_wake <= WIRE_FLOATING;
}

static void restore_nets(struct machine *machine, struct snapshot_bytes from)
{
    const struct nets_record *record = SNAPSHOT_RECORDS(struct nets_record, from);
    struct usb_port *usb = &machine->nets.usb;
    machine->nets.vdd.microvolts = record->vdd_microvolts;
    usb->vbus.level = (enum wire_level)record->usb_vbus;
    usb->pull_up.level = (enum wire_level)record->usb_pull_up;
    usb->wake.level = (enum wire_level)record->usb_wake;
}

static const struct snapshot_section nets_section = {
    .name = "/nets",
    .version = 1,
    .record_bytes = sizeof(struct nets_record),
    .records_min = 1,
    .records_max = 1,
    .save = save_nets,
    .check = check_nets,
    .restore = restore_nets,
};

const struct snapshot_section *const snapshot_sections[] = {
    &board_section,        &images_section,  &machine_section,   &jitter_section,
    &semihosting_section,  &cpu_section,     &snapshot_events,   &snapshot_inputs,
    &pins_section,         &snapshot_uicr,   &snapshot_flash,    &snapshot_ram,
    &snapshot_cpu_account, &snapshot_totals, &snapshot_messages, &snapshot_processes,
    &snapshot_absent,      &snapshot_shadow, &nets_section,      &snapshot_parts,
};
const size_t snapshot_section_count = sizeof snapshot_sections / sizeof snapshot_sections[0];
