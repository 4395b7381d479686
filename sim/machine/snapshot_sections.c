#include "sim/machine/snapshot_sections.h"

#include <stdio.h>
#include <string.h>

#include "sim/cpu/cpu_snapshot.h"

#define FLASH_PAGE_BYTES 4096U
#define JITTER_LINES_MAX 64U /* interrupts of a chip, and SysTick */

/* Bytes of a section, as one of its records; they are aligned. */
#define RECORDS(type, from) ((const type *)(const void *)(from).bytes)

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
    const struct board_record *there = RECORDS(struct board_record, from);
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

static void save_images(struct machine *machine, struct snapshot_writer *writer)
{
    size_t size = machine->image_count * sizeof machine->images[0];
    void *images = snapshot_write(writer, size);
    if (images != NULL) {
        memcpy(images, machine->images, size);
    }
}

static bool check_images(struct machine *machine, struct snapshot_bytes from,
                         struct sim_error *error)
{
    const struct machine_image *there = RECORDS(struct machine_image, from);
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

/* ---- the machine around the core ---- */

struct machine_record {
    uint64_t now_cycles, text_free_cycle;
    uint32_t reset_reasons;
    uint32_t waiting_count; /* events of devices that the router has not delivered */
    uint32_t waiting[EVENT_ROUTER_DEPTH];
    bool asleep, off, reset_pending;
    uint8_t reserved[5];
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
        record->waiting[i] = router->waiting[(router->first + i) % EVENT_ROUTER_DEPTH];
    }
    record->asleep = machine->asleep;
    record->off = machine->off;
    record->reset_pending = machine->reset_pending;
}

uint64_t snapshot_now(struct snapshot_bytes from)
{
    return RECORDS(struct machine_record, from)->now_cycles;
}

static bool check_machine(struct machine *machine, struct snapshot_bytes from,
                          struct sim_error *error)
{
    const struct machine_record *record = RECORDS(struct machine_record, from);
    (void)machine;
    (void)error;
    return device_bool_is_sane(&record->asleep) && device_bool_is_sane(&record->off) &&
           device_bool_is_sane(&record->reset_pending) &&
           record->waiting_count <= EVENT_ROUTER_DEPTH;
}

static void restore_machine(struct machine *machine, struct snapshot_bytes from)
{
    const struct machine_record *record = RECORDS(struct machine_record, from);
    struct event_router *router = &machine->router;
    machine->text_free_cycle = record->text_free_cycle;
    machine->reset_reasons = record->reset_reasons;
    machine->asleep = record->asleep;
    machine->off = record->off;
    machine->reset_pending = record->reset_pending;
    router->first = 0;
    router->count = record->waiting_count;
    memcpy(router->waiting, record->waiting, sizeof router->waiting);
    clock_restart(&machine->clock, record->now_cycles);
}

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
    const struct jitter_record *record = RECORDS(struct jitter_record, from);
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
    const struct jitter_record *record = RECORDS(struct jitter_record, from);
    for (uint32_t i = 0; i < machine->jitter.line_count; i++) {
        machine->jitter.lines[i].state = record->lines[i];
    }
}

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
    const struct semihosting_record *record = RECORDS(struct semihosting_record, from);
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
    const struct semihosting_record *record = RECORDS(struct semihosting_record, from);
    struct semihosting *semihosting = &machine->semihosting;
    semihosting->last_error = record->last_error;
    semihosting->features_read = record->features_read;
    semihosting->exit_status = record->exit_status;
    semihosting->exited = record->exited;
}

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
    return cpu_state_is_sane(machine->cpu, RECORDS(struct cpu_state, from), from.now_cycles);
}

static void restore_cpu(struct machine *machine, struct snapshot_bytes from)
{
    cpu_restore(machine->cpu, RECORDS(struct cpu_state, from));
}

static void save_cpu_account(struct machine *machine, struct snapshot_writer *writer)
{
    struct cpu_account *account = snapshot_write(writer, sizeof *account);
    if (account != NULL) {
        cpu_save_account(machine->cpu, account);
    }
}

static bool check_cpu_account(struct machine *machine, struct snapshot_bytes from,
                              struct sim_error *error)
{
    (void)machine;
    (void)error;
    return cpu_account_is_sane(RECORDS(struct cpu_account, from));
}

static void restore_cpu_account(struct machine *machine, struct snapshot_bytes from)
{
    cpu_restore_account(machine->cpu, RECORDS(struct cpu_account, from));
}

/* ---- pins ---- */

struct pin_record {
    uint8_t out, in, claim, pad, detect; /* enum wire_level */
    uint8_t reserved[3];
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
                                         .detect = (uint8_t)pin->detect.level};
    }
}

static bool check_pins(struct machine *machine, struct snapshot_bytes from, struct sim_error *error)
{
    const struct pin_record *records = RECORDS(struct pin_record, from);
    (void)error;
    for (uint32_t i = 0; i < machine->board->pin_count; i++) {
        if (records[i].out > WIRE_FLOATING || records[i].in > WIRE_FLOATING ||
            records[i].claim > WIRE_FLOATING || records[i].pad > WIRE_FLOATING ||
            records[i].detect > WIRE_FLOATING) {
            return false;
        }
    }
    return from.size == machine->board->pin_count * sizeof *records;
}

/* Nobody is told: what listeners made of the levels is in their own state. */
static void restore_pins(struct machine *machine, struct snapshot_bytes from)
{
    const struct pin_record *records = RECORDS(struct pin_record, from);
    for (uint32_t i = 0; i < machine->board->pin_count; i++) {
        struct pin *pin = &machine->pins[i];
        pin->out.level = (enum wire_level)records[i].out;
        pin->in.level = (enum wire_level)records[i].in;
        pin->claim.level = (enum wire_level)records[i].claim;
        pin->pad.level = (enum wire_level)records[i].pad;
        pin->detect.level = (enum wire_level)records[i].detect;
    }
}

/* ---- memories ---- */

static void save_bytes(struct snapshot_writer *writer, const uint8_t *bytes, size_t size)
{
    void *copy = snapshot_write(writer, size);
    if (copy != NULL) {
        memcpy(copy, bytes, size);
    }
}

static void save_uicr(struct machine *machine, struct snapshot_writer *writer)
{
    save_bytes(writer, machine->uicr, machine->nvm.uicr_bytes);
}

static bool check_uicr(struct machine *machine, struct snapshot_bytes from, struct sim_error *error)
{
    (void)error;
    return from.size == machine->nvm.uicr_bytes;
}

static void restore_uicr(struct machine *machine, struct snapshot_bytes from)
{
    memcpy(machine->uicr, from.bytes, from.size);
}

static void save_ram(struct machine *machine, struct snapshot_writer *writer)
{
    save_bytes(writer, machine->ram, machine->board->ram.size_bytes);
}

static bool check_ram(struct machine *machine, struct snapshot_bytes from, struct sim_error *error)
{
    (void)error;
    return from.size == machine->board->ram.size_bytes;
}

static void restore_ram(struct machine *machine, struct snapshot_bytes from)
{
    cpu_memory_replace(machine->cpu, machine->board->ram.base, from.bytes, (uint32_t)from.size);
}

/* A page of flash that is not as it was loaded. */
struct flash_record {
    uint32_t page, reserved;
    uint8_t bytes[FLASH_PAGE_BYTES];
};

static bool page_differs(struct machine *machine, uint32_t page)
{
    size_t offset = (size_t)page * FLASH_PAGE_BYTES;
    machine->flash_touched[page] =
        machine->flash_touched[page] &&
        memcmp(machine->flash + offset, machine->flash_loaded + offset, FLASH_PAGE_BYTES) != 0;
    return machine->flash_touched[page];
}

static uint32_t flash_pages(const struct machine *machine)
{
    return machine->nvm.flash_bytes / FLASH_PAGE_BYTES;
}

static void save_flash(struct machine *machine, struct snapshot_writer *writer)
{
    for (uint32_t page = 0; page < flash_pages(machine); page++) {
        struct flash_record *record =
            page_differs(machine, page) ? snapshot_write(writer, sizeof *record) : NULL;
        if (record != NULL) {
            record->page = page;
            memcpy(record->bytes, machine->flash + (size_t)page * FLASH_PAGE_BYTES,
                   FLASH_PAGE_BYTES);
        }
    }
}

static bool check_flash(struct machine *machine, struct snapshot_bytes from,
                        struct sim_error *error)
{
    const struct flash_record *records = RECORDS(struct flash_record, from);
    (void)error;
    for (size_t i = 0; i < from.size / sizeof *records; i++) {
        if (records[i].page >= flash_pages(machine) ||
            (i > 0 && records[i].page <= records[i - 1].page)) {
            return false;
        }
    }
    return true;
}

static void restore_flash(struct machine *machine, struct snapshot_bytes from)
{
    const struct flash_record *record = RECORDS(struct flash_record, from);
    const struct flash_record *end = record + from.size / sizeof *record;
    for (uint32_t page = 0; page < flash_pages(machine); page++) {
        size_t offset = (size_t)page * FLASH_PAGE_BYTES;
        bool saved = record < end && record->page == page;
        if (saved || machine->flash_touched[page]) {
            cpu_memory_replace(machine->cpu, machine->nvm.flash_base + (uint32_t)offset,
                               saved ? record->bytes : machine->flash_loaded + offset,
                               FLASH_PAGE_BYTES);
        }
        machine->flash_touched[page] = saved;
        record += saved ? 1 : 0;
    }
}

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
    const struct event_record *records = RECORDS(struct event_record, from);
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
    const struct event_record *records = RECORDS(struct event_record, from);
    for (size_t i = 0; i < from.size / sizeof *records; i++) {
        clock_requeue(&machine->clock, event_of(machine, records[i].owner, records[i].index),
                      records[i].due_cycles);
    }
}

/* ---- inputs to come ---- */

static void save_inputs(struct machine *machine, struct snapshot_writer *writer)
{
    const struct input_queue *queue = &machine->inputs;
    size_t size = queue->count * sizeof queue->inputs[0];
    void *inputs = snapshot_write(writer, size);
    if (inputs != NULL) {
        memcpy(inputs, &queue->inputs[queue->first], size);
    }
}

static bool check_inputs(struct machine *machine, struct snapshot_bytes from,
                         struct sim_error *error)
{
    const struct queued_input *inputs = RECORDS(struct queued_input, from);
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

/* ---- accounts ---- */

struct totals_record {
    uint64_t refused_inputs, resets, dropped_events, isolation_checks, isolation_violations;
    uint32_t diag_count[DIAG_KIND_COUNT];
};

static void save_totals(struct machine *machine, struct snapshot_writer *writer)
{
    struct totals_record *record = snapshot_write(writer, sizeof *record);
    if (record != NULL) {
        *record = (struct totals_record){.refused_inputs = machine->refused_inputs,
                                         .resets = machine->reset_count,
                                         .dropped_events = machine->router.dropped,
                                         .isolation_checks = machine->isolation_checks,
                                         .isolation_violations = machine->isolation_violations};
        memcpy(record->diag_count, machine->diag.count, sizeof record->diag_count);
    }
}

static void restore_totals(struct machine *machine, struct snapshot_bytes from)
{
    const struct totals_record *record = RECORDS(struct totals_record, from);
    machine->refused_inputs = record->refused_inputs;
    machine->reset_count = record->resets;
    machine->router.dropped = record->dropped_events;
    machine->isolation_checks = record->isolation_checks;
    machine->isolation_violations = record->isolation_violations;
    memcpy(machine->diag.count, record->diag_count, sizeof record->diag_count);
}

static void save_messages(struct machine *machine, struct snapshot_writer *writer)
{
    save_bytes(writer, (const uint8_t *)&machine->diag_log, sizeof machine->diag_log);
}

static bool check_messages(struct machine *machine, struct snapshot_bytes from,
                           struct sim_error *error)
{
    (void)machine;
    (void)error;
    return RECORDS(struct diag_log, from)->count <= DIAG_LOG_MAX;
}

static void restore_messages(struct machine *machine, struct snapshot_bytes from)
{
    memcpy(&machine->diag_log, from.bytes, sizeof machine->diag_log);
}

static void save_processes(struct machine *machine, struct snapshot_writer *writer)
{
    struct process_watch *watch = snapshot_write(writer, sizeof *watch);
    if (watch != NULL) {
        memcpy(watch, &machine->watch, sizeof *watch);
        for (size_t i = 0; i < watch->count; i++) {
            watch->process[i].path = NULL;
        }
    }
}

static bool is_process(const struct process_watch *watch, int process)
{
    return process == PROCESS_NONE || (process >= 0 && (size_t)process < watch->count);
}

static bool check_processes(struct machine *machine, struct snapshot_bytes from,
                            struct sim_error *error)
{
    const struct process_watch *watch = RECORDS(struct process_watch, from);
    if (watch->count != machine->watch.count) {
        return sim_fail(error, SIM_WRONG_USE, "%s: has %zu apps, this machine has %zu", from.name,
                        watch->count, machine->watch.count);
    }
    for (size_t i = 0; i < PROCESS_WATCH_MAX; i++) {
        if (!device_bool_is_sane(&watch->call_open[i])) {
            return false;
        }
    }
    return is_process(watch, watch->current) && is_process(watch, watch->last);
}

/* What is known of an app from its file stays. */
static void restore_processes(struct machine *machine, struct snapshot_bytes from)
{
    struct process_watch *watch = &machine->watch;
    const struct process_watch before = *watch;
    memcpy(watch, from.bytes, sizeof *watch);
    for (size_t i = 0; i < watch->count; i++) {
        struct watched_process *process = &watch->process[i];
        process->path = before.process[i].path;
        memcpy(process->name, before.process[i].name, sizeof process->name);
        process->flash_base = before.process[i].flash_base;
        process->flash_bytes = before.process[i].flash_bytes;
        process->app_start = before.process[i].app_start;
        process->entry = before.process[i].entry;
    }
}

struct poll_record {
    uint32_t peripheral, offset, pc; /* the first: index in machine_config.absent */
    int32_t process;
    uint64_t reads, first_cycle, last_cycle;
};

struct absent_record {
    uint32_t poll_count, named_count;
    struct poll_record polls[ABSENT_POLLS_MAX];
    uint32_t named[ABSENT_NAMED_MAX];
};

static void save_absent(struct machine *machine, struct snapshot_writer *writer)
{
    const struct absent *absent = &machine->absent;
    const struct catalogue_absent *first = machine->config.absent;
    struct absent_record *record = snapshot_write(writer, sizeof *record);
    if (record == NULL) {
        return;
    }
    record->poll_count = (uint32_t)absent->poll_count;
    record->named_count = (uint32_t)absent->named_count;
    for (size_t i = 0; i < absent->poll_count; i++) {
        const struct absent_poll *poll = &absent->polls[i];
        record->polls[i] = (struct poll_record){.peripheral = (uint32_t)(poll->peripheral - first),
                                                .offset = poll->offset,
                                                .pc = poll->pc,
                                                .process = poll->process,
                                                .reads = poll->reads,
                                                .first_cycle = poll->first_cycle,
                                                .last_cycle = poll->last_cycle};
    }
    for (size_t i = 0; i < absent->named_count; i++) {
        record->named[i] = (uint32_t)(absent->named[i] - first);
    }
}

static bool check_absent(struct machine *machine, struct snapshot_bytes from,
                         struct sim_error *error)
{
    const struct absent_record *record = RECORDS(struct absent_record, from);
    (void)error;
    if (record->poll_count > ABSENT_POLLS_MAX || record->named_count > ABSENT_NAMED_MAX) {
        return false;
    }
    for (size_t i = 0; i < record->poll_count; i++) {
        if (record->polls[i].peripheral >= machine->config.absent_count ||
            !is_process(&machine->watch, record->polls[i].process)) {
            return false;
        }
    }
    for (size_t i = 0; i < record->named_count; i++) {
        if (record->named[i] >= machine->config.absent_count) {
            return false;
        }
    }
    return true;
}

static void restore_absent(struct machine *machine, struct snapshot_bytes from)
{
    const struct absent_record *record = RECORDS(struct absent_record, from);
    const struct catalogue_absent *first = machine->config.absent;
    struct absent *absent = &machine->absent;
    *absent = (struct absent){.poll_count = record->poll_count, .named_count = record->named_count};
    for (size_t i = 0; i < record->poll_count; i++) {
        const struct poll_record *poll = &record->polls[i];
        absent->polls[i] = (struct absent_poll){.peripheral = first + poll->peripheral,
                                                .offset = poll->offset,
                                                .pc = poll->pc,
                                                .process = poll->process,
                                                .reads = poll->reads,
                                                .first_cycle = poll->first_cycle,
                                                .last_cycle = poll->last_cycle};
    }
    for (size_t i = 0; i < record->named_count; i++) {
        absent->named[i] = first + record->named[i];
    }
}

/* RAM when the process that runs was entered; kept by machines that check isolation only. */
static void save_shadow(struct machine *machine, struct snapshot_writer *writer)
{
    if (machine->ram_shadow != NULL) {
        save_bytes(writer, machine->ram_shadow, machine->board->ram.size_bytes);
    }
}

static bool check_shadow(struct machine *machine, struct snapshot_bytes from,
                         struct sim_error *error)
{
    (void)error;
    return from.size == 0 || from.size == machine->board->ram.size_bytes;
}

/* Without one, what the process did before the snapshot was taken is not checked. */
static void restore_shadow(struct machine *machine, struct snapshot_bytes from)
{
    if (machine->ram_shadow != NULL) {
        memcpy(machine->ram_shadow, from.size == 0 ? machine->ram : from.bytes,
               machine->board->ram.size_bytes);
    }
}

/* ---- all of them, in the order of the file ---- */

#define ONE(type) sizeof(type), 1, 1

const struct snapshot_section snapshot_sections[] = {
    {"/board", 1, ONE(struct board_record), save_board, check_board, NULL, false},
    {"/images", 1, sizeof(struct machine_image), 0, MACHINE_IMAGES_MAX, save_images, check_images,
     NULL, false},
    {"/machine", 3, ONE(struct machine_record), save_machine, check_machine, restore_machine, true},
    {"/jitter", 1, ONE(struct jitter_record), save_jitter, check_jitter, restore_jitter, false},
    {"/semihosting", 2, ONE(struct semihosting_record), save_semihosting, check_semihosting,
     restore_semihosting, false},
    {"/cpu", 2, ONE(struct cpu_state), save_cpu, check_cpu, restore_cpu, false},
    {"/events", 1, sizeof(struct event_record), 0, SIZE_MAX, save_events, check_events,
     restore_events, false},
    {"/inputs", 1, sizeof(struct queued_input), 0, MACHINE_INPUTS_MAX, save_inputs, check_inputs,
     restore_inputs, false},
    {"/pins", 1, sizeof(struct pin_record), 0, BOARD_PINS_MAX, save_pins, check_pins, restore_pins,
     false},
    {"/uicr", 1, 1, 0, SIZE_MAX, save_uicr, check_uicr, restore_uicr, false},
    {"/flash", 1, sizeof(struct flash_record), 0, SIZE_MAX, save_flash, check_flash, restore_flash,
     false},
    {"/ram", 1, 1, 0, SIZE_MAX, save_ram, check_ram, restore_ram, false},
    {"+cpu", 1, ONE(struct cpu_account), save_cpu_account, check_cpu_account, restore_cpu_account,
     false},
    {"+totals", 1, ONE(struct totals_record), save_totals, NULL, restore_totals, false},
    {"+messages", 1, ONE(struct diag_log), save_messages, check_messages, restore_messages, false},
    {"+processes", 1, ONE(struct process_watch), save_processes, check_processes, restore_processes,
     false},
    {"+absent", 1, ONE(struct absent_record), save_absent, check_absent, restore_absent, false},
    {"+shadow", 1, 1, 0, SIZE_MAX, save_shadow, check_shadow, restore_shadow, false},
};
const size_t snapshot_section_count = sizeof snapshot_sections / sizeof snapshot_sections[0];
