#include "sim/script/script_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/abi/syscall.h"
#include "sim/machine/machine_view.h"

#define BOOT_CYCLES 64000U /* a millisecond */

static void copy_word(char *to, const char *from)
{
    snprintf(to, SCRIPT_WORD_BYTES, "%s", from);
}

static struct script_event make_event(const struct script_record *record,
                                      enum script_event_kind kind)
{
    return (struct script_event){
        .kind = kind, .cycle = clock_now(machine_clock(record->machine)), .process = -1};
}

/* ---- what is waited for ---- */

static bool is_same(const char *wanted, const char *seen)
{
    return wanted == NULL || strcmp(wanted, seen) == 0;
}

static bool call_fits(const struct script_wait *wait, const struct script_event *event)
{
    return (!wait->has_class || wait->call_class == event->call_class) &&
           (!wait->has_driver || wait->driver == event->argument[0]) &&
           (!wait->has_command || wait->command == event->argument[1]);
}

static bool event_fits(const struct script_wait *wait, const struct script_event *event)
{
    return wait->kind == event->kind && event->cycle >= wait->not_before &&
           is_same(wait->device, event->device) && is_same(wait->what, event->what) &&
           (wait->process < 0 || wait->process == event->process) && call_fits(wait, event) &&
           (!wait->has_exception || wait->exception == event->exception) &&
           (!wait->has_address || wait->address == event->address) &&
           (!wait->has_fault || wait->fault == event->fault);
}

static void offer(struct script_record *record, const struct script_event *event)
{
    struct script_wait *wait = &record->wait;
    if (wait->active && !wait->happened && event_fits(wait, event)) {
        wait->happened = true;
        wait->event = *event;
        machine_request_stop(record->machine);
    }
}

/* Whether something of this kind is worth making an event of. */
static bool is_awaited(const struct script_record *record, enum script_event_kind kind)
{
    return record->wait.active && !record->wait.happened && record->wait.kind == kind;
}

/* When there are too many, the last gives way to what is worse than what processes do to
 * themselves.
 */
static void add_incident(struct script_record *record, enum script_incident_kind kind,
                         const struct script_event *event)
{
    const struct script_incident incident = {.kind = kind, .event = *event};
    record->incidents_ever++;
    if (record->incident_count < SCRIPT_INCIDENTS_MAX) {
        record->incidents[record->incident_count] = incident;
        record->incident_count++;
    } else if (kind == SCRIPT_INCIDENT_PANIC || kind == SCRIPT_INCIDENT_TRESPASS) {
        record->incidents[SCRIPT_INCIDENTS_MAX - 1] = incident;
    }
}

/* ---- observers ---- */

static void add_note(struct script_record *record, const char *device, const char *what,
                     int32_t value)
{
    struct script_event event = make_event(record, SCRIPT_EVENT_NOTE);
    struct script_note *note = &record->notes[record->note_count % SCRIPT_NOTES_MAX];
    *note = (struct script_note){.cycle = event.cycle, .device = device, .value = value};
    copy_word(note->what, what);
    record->note_count++;
    copy_word(event.device, device);
    copy_word(event.what, what);
    event.value = value;
    offer(record, &event);
}

static void on_note(void *context, const char *device, const char *what, int32_t value)
{
    struct script_record *record = context;
    if (!record->recording) {
        return;
    }
    int index = board_find_device(record->board, device);
    if (index >= 0) {
        const char *own = record->board->devices[index].name; /* lives as long as the board */
        record->lit[index] = strcmp(what, "on") == 0    ? 1
                             : strcmp(what, "off") == 0 ? 0
                                                        : record->lit[index];
        add_note(record, own, what, value);
    }
}

static void on_pin(void *context, uint32_t pin, bool high)
{
    struct script_record *record = context;
    if (record->recording && pin < BOARD_PINS_MAX) {
        add_note(record, record->pin_names[pin], high ? "high" : "low", high);
    }
}

static struct script_text *text_of(struct script_record *record, const char *device)
{
    for (size_t i = 0; i < record->text_count; i++) {
        if (strcmp(record->texts[i].device, device) == 0) {
            return &record->texts[i];
        }
    }
    int index = board_find_device(record->board, device);
    if (record->text_count == SCRIPT_TEXTS_MAX || index < 0) {
        return NULL;
    }
    struct script_text *text = &record->texts[record->text_count];
    text->bytes = text->bytes == NULL ? malloc(SCRIPT_TEXT_MAX) : text->bytes;
    if (text->bytes == NULL) {
        return NULL;
    }
    text->device = record->board->devices[index].name;
    text->first = 0;
    text->end = 0;
    text->cursor = 0;
    record->text_count++;
    return text;
}

/* A half is dropped at a time: moving it costs nothing to speak of. */
static void add_byte(struct script_text *text, uint8_t byte)
{
    if (text->end - text->first == SCRIPT_TEXT_MAX) {
        memmove(text->bytes, text->bytes + SCRIPT_TEXT_MAX / 2, SCRIPT_TEXT_MAX / 2);
        text->first += SCRIPT_TEXT_MAX / 2;
    }
    text->bytes[text->end - text->first] = (char)byte;
    text->end++;
}

static bool text_fits(const struct script_wait *wait, const struct script_text *text)
{
    uint64_t from = wait->from > text->first ? wait->from : text->first;
    return text->end >= from + wait->text_bytes &&
           memcmp(text->bytes + (text->end - text->first - wait->text_bytes), wait->text,
                  wait->text_bytes) == 0;
}

static void take_byte(struct script_record *record, const char *device, uint8_t byte)
{
    struct script_text *text = record->recording ? text_of(record, device) : NULL;
    if (text == NULL) {
        return;
    }
    add_byte(text, byte);
    if (is_awaited(record, SCRIPT_EVENT_UART) &&
        (record->wait.text == NULL || text_fits(&record->wait, text))) {
        struct script_event event = make_event(record, SCRIPT_EVENT_UART);
        copy_word(event.device, device);
        offer(record, &event);
    }
    if (byte == '\n' && is_awaited(record, SCRIPT_EVENT_LINE)) {
        struct script_event event = make_event(record, SCRIPT_EVENT_LINE);
        copy_word(event.device, device);
        offer(record, &event);
    }
}

static void on_sent(void *context, const char *device, uint8_t byte)
{
    take_byte(context, device, byte);
}

void script_record_print(void *context, const char *bytes, size_t count)
{
    struct script_record *record = context;
    for (size_t i = 0; record->board->console != NULL && i < count; i++) {
        take_byte(record, record->board->console, (uint8_t)bytes[i]);
    }
}

static void on_entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    struct script_record *record = context;
    (void)regs;
    if (record->recording && is_awaited(record, SCRIPT_EVENT_INTERRUPT)) {
        struct script_event event = make_event(record, SCRIPT_EVENT_INTERRUPT);
        event.exception = exception;
        event.pc = from_pc;
        offer(record, &event);
    }
}

static void on_resumed(void *context, const struct cpu_regs *regs)
{
    struct script_record *record = context;
    if (record->recording && is_awaited(record, SCRIPT_EVENT_RETURN)) {
        struct script_event event = make_event(record, SCRIPT_EVENT_RETURN);
        event.process = machine_view_processes(record->machine)->current;
        event.pc = regs->pc;
        memcpy(event.argument, regs->r, sizeof event.argument);
        if (event.process >= 0) {
            offer(record, &event);
        }
    }
}

static void on_faulted(void *context, const struct machine_fault *fault)
{
    struct script_record *record = context;
    if (!record->recording) {
        return;
    }
    struct script_event event = make_event(record, SCRIPT_EVENT_FAULT);
    event.process = fault->process;
    event.fault = fault->kind;
    event.address_valid = fault->address_valid;
    event.address = fault->address_valid ? fault->address : 0;
    event.access = fault->access;
    event.pc = fault->pc;
    copy_word(event.what, script_fault_name(fault->kind));
    add_incident(record, SCRIPT_INCIDENT_FAULT, &event);
    offer(record, &event);
}

/* Counted by class, driver and command where the class has them, else by what its r0 says. */
static void count_call(struct script_record *record, const struct machine_syscall *call)
{
    bool has_number = call->call_class != ABI_CLASS_YIELD && call->call_class != ABI_CLASS_MEMOP &&
                      call->call_class != ABI_CLASS_EXIT;
    struct script_count key = {.process = call->process,
                               .call_class = call->call_class,
                               .driver = call->argument[0],
                               .command = has_number ? call->argument[1] : 0};
    uint32_t hash = key.call_class * 31U + key.driver * 2654435761U + key.command * 40503U +
                    (uint32_t)key.process * 97U;
    for (uint32_t i = 0; i < SCRIPT_COUNTS_MAX; i++) {
        struct script_count *place = &record->counts[(hash + i) % SCRIPT_COUNTS_MAX];
        if (place->calls == 0) {
            *place = key;
        }
        if (place->process == key.process && place->call_class == key.call_class &&
            place->driver == key.driver && place->command == key.command) {
            place->calls++;
            return;
        }
    }
    record->counts_lost = true;
}

static void on_called(void *context, const struct machine_syscall *call)
{
    struct script_record *record = context;
    if (!record->recording) {
        return;
    }
    count_call(record, call);
    bool ends_badly = call->call_class == ABI_CLASS_EXIT && call->argument[1] != 0;
    if (!ends_badly && !is_awaited(record, SCRIPT_EVENT_CALL)) {
        return;
    }
    struct script_event event = make_event(record, SCRIPT_EVENT_CALL);
    event.process = call->process;
    event.call_class = call->call_class;
    memcpy(event.argument, call->argument, sizeof event.argument);
    event.pc = call->pc;
    if (ends_badly) {
        add_incident(record, SCRIPT_INCIDENT_EXIT, &event);
    }
    offer(record, &event);
}

static void on_started(void *context, int process)
{
    struct script_record *record = context;
    if (record->recording && is_awaited(record, SCRIPT_EVENT_START)) {
        struct script_event event = make_event(record, SCRIPT_EVENT_START);
        event.process = process;
        offer(record, &event);
    }
}

static void on_trespassed(void *context, int process, uint32_t address)
{
    struct script_record *record = context;
    if (record->recording) {
        struct script_event event = make_event(record, SCRIPT_EVENT_KINDS);
        event.process = process;
        event.address_valid = true;
        event.address = address;
        add_incident(record, SCRIPT_INCIDENT_TRESPASS, &event);
    }
}

static void on_diag(void *context, const struct machine_diag *diag)
{
    struct script_record *record = context;
    if (record->recording && diag->kind == DIAG_GUEST_ERROR &&
        record->error_count < SCRIPT_ERRORS_MAX) {
        struct script_error *error = &record->errors[record->error_count];
        error->cycle = clock_now(machine_clock(record->machine));
        error->offset = diag->offset;
        error->pc = diag->pc;
        copy_word(error->device, diag->device);
        snprintf(error->text, sizeof error->text, "%s", diag->what);
        record->error_count++;
    }
}

static void on_reset(void *context, uint32_t reasons)
{
    struct script_record *record = context;
    (void)reasons;
    if (record->recording) {
        struct script_event event = make_event(record, SCRIPT_EVENT_RESET);
        record->resets++;
        record->reset_cycle = event.cycle;
        record->panicked = false;
        offer(record, &event);
    }
}

/* ---- life ---- */

struct script_record *script_record_create(struct machine *machine, const struct board *board,
                                           const struct kernel_view *kernel,
                                           struct sim_error *error)
{
    struct script_record *record = calloc(1, sizeof *record);
    struct script_note *notes = calloc(SCRIPT_NOTES_MAX, sizeof *notes);
    if (record == NULL || notes == NULL) {
        free(record);
        free(notes);
        sim_fail(error, SIM_INTERNAL, "no memory for what a machine does");
        return NULL;
    }
    record->machine = machine;
    record->board = board;
    record->kernel = kernel;
    record->notes = notes;
    const struct machine_observer observer = {.note = on_note,
                                              .pin_changed = on_pin,
                                              .sent = on_sent,
                                              .entered = on_entered,
                                              .resumed = on_resumed,
                                              .faulted = on_faulted,
                                              .called = on_called,
                                              .started = on_started,
                                              .trespassed = on_trespassed,
                                              .reset = on_reset,
                                              .diag = on_diag,
                                              .context = record};
    if (!machine_observe(machine, &observer)) {
        sim_fail(error, SIM_INTERNAL, "too many observers");
        script_record_destroy(record);
        return NULL;
    }
    for (uint32_t i = 0; i < BOARD_PINS_MAX; i++) {
        snprintf(record->pin_names[i], sizeof record->pin_names[i], "P%u.%02u",
                 (unsigned)(i / 32) % 10U, (unsigned)(i % 32));
    }
    return record;
}

void script_record_destroy(struct script_record *record)
{
    if (record != NULL) {
        for (size_t i = 0; i < SCRIPT_TEXTS_MAX; i++) {
            free(record->texts[i].bytes);
        }
        free(record->notes);
        free(record);
    }
}

void script_record_begin(struct script_record *record)
{
    record->wait = (struct script_wait){0};
    record->note_count = 0;
    record->text_count = 0;
    memset(record->counts, 0, sizeof record->counts);
    record->counts_lost = false;
    record->incident_count = 0;
    record->incidents_ever = 0;
    record->error_count = 0;
    record->panicked = false;
    record->resets = 0;
    record->reset_cycle = 0;
    memset(record->lit, 0, sizeof record->lit);
    record->recording = true;
}

void script_record_end(struct script_record *record)
{
    record->recording = false;
}

/* ---- the kernel's end ---- */

bool script_record_check_panic(struct script_record *record)
{
    struct script_event event = make_event(record, SCRIPT_EVENT_KINDS);
    /* The kernel has to have written its flag since power-on. */
    bool booted = event.cycle - record->reset_cycle > BOOT_CYCLES;
    if (booted && !record->panicked && kernel_view_panicking(record->kernel)) {
        record->panicked = true;
        add_incident(record, SCRIPT_INCIDENT_PANIC, &event);
    }
    return record->panicked;
}
