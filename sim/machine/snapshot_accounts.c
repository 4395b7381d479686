#include <string.h>

#include "sim/cpu/cpu_snapshot.h"
#include "sim/machine/snapshot_sections.h"

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
    return cpu_account_is_sane(SNAPSHOT_RECORDS(struct cpu_account, from));
}

static void restore_cpu_account(struct machine *machine, struct snapshot_bytes from)
{
    cpu_restore_account(machine->cpu, SNAPSHOT_RECORDS(struct cpu_account, from));
}

const struct snapshot_section snapshot_cpu_account = {
    .name = "+cpu",
    .version = 1,
    .record_bytes = sizeof(struct cpu_account),
    .records_min = 1,
    .records_max = 1,
    .save = save_cpu_account,
    .check = check_cpu_account,
    .restore = restore_cpu_account,
};

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
    const struct totals_record *record = SNAPSHOT_RECORDS(struct totals_record, from);
    machine->refused_inputs = record->refused_inputs;
    machine->reset_count = record->resets;
    machine->router.dropped = record->dropped_events;
    machine->isolation_checks = record->isolation_checks;
    machine->isolation_violations = record->isolation_violations;
    memcpy(machine->diag.count, record->diag_count, sizeof record->diag_count);
}

const struct snapshot_section snapshot_totals = {
    .name = "+totals",
    .version = 1,
    .record_bytes = sizeof(struct totals_record),
    .records_min = 1,
    .records_max = 1,
    .save = save_totals,
    .restore = restore_totals,
};

static void save_messages(struct machine *machine, struct snapshot_writer *writer)
{
    snapshot_write_bytes(writer, &machine->diag_log, sizeof machine->diag_log);
}

static bool check_messages(struct machine *machine, struct snapshot_bytes from,
                           struct sim_error *error)
{
    (void)machine;
    (void)error;
    return SNAPSHOT_RECORDS(struct diag_log, from)->count <= DIAG_LOG_MAX;
}

static void restore_messages(struct machine *machine, struct snapshot_bytes from)
{
    memcpy(&machine->diag_log, from.bytes, sizeof machine->diag_log);
}

const struct snapshot_section snapshot_messages = {
    .name = "+messages",
    .version = 1,
    .record_bytes = sizeof(struct diag_log),
    .records_min = 1,
    .records_max = 1,
    .save = save_messages,
    .check = check_messages,
    .restore = restore_messages,
};

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
    const struct process_watch *watch = SNAPSHOT_RECORDS(struct process_watch, from);
    if (watch->count != machine->watch.count) {
        return sim_fail(error, SIM_WRONG_USE, "%s: has %zu apps, this machine has %zu", from.name,
                        watch->count, machine->watch.count);
    }
    for (size_t i = 0; i < PROCESS_WATCH_MAX; i++) {
        if (!device_bool_is_sane(&watch->call_open[i]) ||
            !device_bool_is_sane(&watch->process[i].offers_lost)) {
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

const struct snapshot_section snapshot_processes = {
    .name = "+processes",
    .version = 2,
    .record_bytes = sizeof(struct process_watch),
    .records_min = 1,
    .records_max = 1,
    .save = save_processes,
    .check = check_processes,
    .restore = restore_processes,
};

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
    const struct absent_record *record = SNAPSHOT_RECORDS(struct absent_record, from);
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
    const struct absent_record *record = SNAPSHOT_RECORDS(struct absent_record, from);
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

const struct snapshot_section snapshot_absent = {
    .name = "+absent",
    .version = 1,
    .record_bytes = sizeof(struct absent_record),
    .records_min = 1,
    .records_max = 1,
    .save = save_absent,
    .check = check_absent,
    .restore = restore_absent,
};
