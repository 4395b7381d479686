#include "sim/faults/inject_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/abi/syscall.h"
#include "sim/machine/machine_view.h"
#include "sim/machine/state_hash.h"

#define EVENTS_MAX       4000000U /* of one stream */
#define STREAM_DEVICES   PROCESS_WATCH_MAX
#define FRAME_BYTES      32U
#define FP_FRAME_BYTES   72U
#define FRAME_XPSR       28U
#define XPSR_PADDED      (1U << 9)
#define EXC_RETURN_BASIC (1U << 4) /* no FP words in the frame */

/* How far a run is that is compared. */
struct place {
    size_t seen; /* events that came as the reference has them */
    bool differs;
};

/* The events of one device or process, one after the other. */
struct stream {
    uint64_t *reference; /* owned */
    size_t count, capacity;
    size_t wanted; /* of them have to come */
    struct place place;
};

struct tally {
    uint64_t calls[PROCESS_WATCH_MAX];
    struct inject_seen seen;
    size_t panic_matched[2];
};

struct inject_watch {
    struct machine *machine;
    const struct board *board;
    struct stream *streams; /* owned: of each process, then of each device, then of unknown ones */
    size_t stream_count;
    bool running, recording, whole, stop_at_entry;
    struct tally tally;
};

/* For inject_watch_save: the tally, and behind it the place of each stream. */
struct saved {
    struct tally tally;
    struct place places[];
};

static const char *const panic_texts[2] = {"Kernel panic", "panicked at"};

/* ---- events ---- */

static bool add_reference(struct stream *stream, uint64_t event)
{
    if (stream->count == stream->capacity) {
        size_t capacity = stream->capacity == 0 ? 64 : 2 * stream->capacity;
        uint64_t *longer = stream->count >= EVENTS_MAX
                               ? NULL
                               : realloc(stream->reference, capacity * sizeof *longer);
        if (longer == NULL) {
            return false;
        }
        stream->reference = longer;
        stream->capacity = capacity;
    }
    stream->reference[stream->count] = event;
    stream->count++;
    return true;
}

/* True: the first difference of this stream. What comes after the reference's end is not judged:
 * the reference was not watched that long. */
static bool take_event(struct inject_watch *watch, struct stream *stream, uint64_t event)
{
    if (!watch->running) {
        return false;
    }
    if (watch->recording) {
        watch->whole = watch->whole && add_reference(stream, event);
        return false;
    }
    if (stream->place.differs || stream->place.seen == stream->count) {
        return false;
    }
    if (stream->reference[stream->place.seen] == event) {
        stream->place.seen++;
        return false;
    }
    stream->place.differs = true;
    return true;
}

static void tell_difference(struct inject_watch *watch, const char *text)
{
    if (!watch->tally.seen.differs) {
        snprintf(watch->tally.seen.difference, sizeof watch->tally.seen.difference, "%s", text);
    }
    watch->tally.seen.differs = true;
}

static struct stream *stream_of_device(struct inject_watch *watch, const char *device)
{
    int index = board_find_device(watch->board, device);
    return index < 0 ? &watch->streams[watch->stream_count - 1]
                     : &watch->streams[STREAM_DEVICES + (size_t)index];
}

/* ---- what devices do ---- */

static void on_note(void *context, const char *device, const char *what, int32_t value)
{
    struct inject_watch *watch = context;
    char text[INJECT_TEXT_BYTES];
    uint64_t event = state_hash(what, strlen(what), (uint32_t)value);
    if (take_event(watch, stream_of_device(watch, device), event)) {
        snprintf(text, sizeof text, "%s: %s", device, what);
        tell_difference(watch, text);
    }
}

static void look_for_panic(struct inject_watch *watch, uint8_t byte)
{
    for (size_t i = 0; i < 2; i++) {
        const char *text = panic_texts[i];
        size_t *matched = &watch->tally.panic_matched[i];
        *matched = byte == (uint8_t)text[*matched] ? *matched + 1 : byte == (uint8_t)text[0];
        if (text[*matched] == '\0') {
            *matched = 0;
            watch->tally.seen.panicked = true;
        }
    }
}

static bool is_alnum(uint8_t byte)
{
    uint8_t letter = byte | 0x20U;
    return (letter >= 'a' && letter <= 'z') || (byte >= '0' && byte <= '9');
}

/* The rest of the line tells why, or the next line that says anything. */
static void follow_panic(struct inject_watch *watch, uint8_t byte)
{
    struct inject_seen *seen = &watch->tally.seen;
    bool begun = seen->reason_count > 0;
    if (seen->told) {
        return;
    }
    if ((begun && byte == '\n') || seen->reason_count + 1 == sizeof seen->reason) {
        seen->told = true;
        machine_request_stop(watch->machine);
    } else if (is_alnum(byte) || (begun && byte >= ' ' && byte < 0x7F)) {
        seen->reason[seen->reason_count] = (char)byte;
        seen->reason_count++;
    }
}

static void on_sent(void *context, const char *device, uint8_t byte)
{
    struct inject_watch *watch = context;
    char text[INJECT_TEXT_BYTES];
    if (!watch->running) {
        return;
    }
    if (watch->tally.seen.panicked) {
        follow_panic(watch, byte);
    } else {
        look_for_panic(watch, byte);
    }
    if (take_event(watch, stream_of_device(watch, device), byte)) {
        snprintf(text, sizeof text, "%s sends something else", device);
        tell_difference(watch, text);
    }
}

static void on_packet(void *context, const char *device, uint32_t link_type, const uint8_t *bytes,
                      uint32_t count)
{
    struct inject_watch *watch = context;
    char text[INJECT_TEXT_BYTES];
    if (take_event(watch, stream_of_device(watch, device), state_hash(bytes, count, link_type))) {
        snprintf(text, sizeof text, "%s carries another packet", device);
        tell_difference(watch, text);
    }
}

/* ---- what processes do ---- */

static uint32_t peek_word(const struct inject_watch *watch, uint32_t address)
{
    uint32_t word = 0;
    (void)machine_peek(watch->machine, address, &word, sizeof word);
    return word;
}

/* Its stack from the frame of the call on, its data and heap. What lies below the stack pointer is
 * left over from interrupts, and says nothing. */
static uint64_t hash_memory(const struct inject_watch *watch, int process,
                            const struct cpu_regs *regs, uint64_t hash)
{
    const struct watched_process *watched =
        &machine_view_processes(watch->machine)->process[process];
    const struct board_memory *ram = &watch->board->ram;
    uint32_t psp = regs->psp;
    uint32_t end = watched->ram_base + watched->open_bytes;
    uint32_t start =
        psp + ((regs->lr & EXC_RETURN_BASIC) != 0 ? FRAME_BYTES : FRAME_BYTES + FP_FRAME_BYTES);
    start += (peek_word(watch, psp + FRAME_XPSR) & XPSR_PADDED) != 0 ? 4 : 0;
    if (start < watched->ram_base || start >= end || end > ram->base + ram->size_bytes) {
        return hash;
    }
    return state_hash(machine_view_ram(watch->machine) + (start - ram->base), end - start, hash);
}

static void on_called(void *context, const struct machine_syscall *call)
{
    struct inject_watch *watch = context;
    char text[INJECT_TEXT_BYTES];
    struct cpu_regs regs;
    if (!watch->running || call->process < 0 || call->process >= PROCESS_WATCH_MAX) {
        return;
    }
    const struct watched_process *process =
        &machine_view_processes(watch->machine)->process[call->process];
    watch->tally.calls[call->process]++;
    cpu_get_regs(machine_cpu(watch->machine), &regs);
    uint64_t event = state_hash(call->argument, sizeof call->argument, call->call_class);
    event = state_hash(&regs.r[4], 8 * sizeof regs.r[4], event ^ call->pc);
    event = hash_memory(watch, call->process, &regs, event);
    if (take_event(watch, &watch->streams[call->process], event)) {
        snprintf(text, sizeof text, "%s: another call or other data at its call %u", process->name,
                 (unsigned)watch->tally.calls[call->process]);
        tell_difference(watch, text);
    }
}

static void on_faulted(void *context, const struct machine_fault *fault)
{
    struct inject_watch *watch = context;
    if (!watch->running || fault->process == MACHINE_NO_PROCESS) {
        return; /* the kernel's own are the map of owners' affair */
    }
    if (watch->tally.seen.app_faults == 0) {
        watch->tally.seen.fault = *fault;
        watch->tally.seen.fault.verdict = NULL; /* not to be kept */
        watch->tally.seen.faulty = fault->process;
    }
    watch->tally.seen.app_faults++;
}

static void on_reset(void *context, uint32_t reasons)
{
    struct inject_watch *watch = context;
    (void)reasons;
    if (watch->running) {
        watch->tally.seen.resets++;
        machine_request_stop(watch->machine);
    }
}

static void on_entered(void *context, uint32_t exception, const struct cpu_regs *regs,
                       uint32_t from_pc)
{
    struct inject_watch *watch = context;
    (void)exception;
    (void)regs;
    (void)from_pc;
    if (watch->stop_at_entry) {
        machine_request_stop(watch->machine);
    }
}

/* ---- its life ---- */

struct inject_watch *inject_watch_create(struct machine *machine, struct sim_error *error)
{
    struct inject_watch *watch = calloc(1, sizeof *watch);
    const struct board *board = machine_view_board(machine);
    size_t count = STREAM_DEVICES + board->device_count + 1;
    struct stream *streams = calloc(count, sizeof *streams);
    const struct machine_observer observer = {.note = on_note,
                                              .sent = on_sent,
                                              .packet = on_packet,
                                              .called = on_called,
                                              .faulted = on_faulted,
                                              .entered = on_entered,
                                              .reset = on_reset,
                                              .context = watch};
    if (watch == NULL || streams == NULL || !machine_observe(machine, &observer)) {
        free(watch);
        free(streams);
        sim_fail(error, SIM_INTERNAL, "no memory, or too many observers, for an experiment");
        return NULL;
    }
    *watch = (struct inject_watch){
        .machine = machine, .board = board, .streams = streams, .stream_count = count};
    return watch;
}

void inject_watch_destroy(struct inject_watch *watch)
{
    for (size_t i = 0; watch != NULL && i < watch->stream_count; i++) {
        free(watch->streams[i].reference);
    }
    if (watch != NULL) {
        free(watch->streams);
    }
    free(watch);
}

void inject_watch_begin(struct inject_watch *watch, bool recording)
{
    for (size_t i = 0; i < watch->stream_count; i++) {
        struct stream *stream = &watch->streams[i];
        stream->count = recording ? 0 : stream->count;
        stream->wanted = recording ? 0 : stream->wanted;
        stream->place = (struct place){.seen = 0};
    }
    watch->running = true;
    watch->recording = recording;
    watch->whole = recording || watch->whole;
    watch->tally = (struct tally){.seen.faulty = MACHINE_NO_PROCESS};
}

void *inject_watch_save(const struct inject_watch *watch)
{
    struct saved *saved = malloc(sizeof *saved + watch->stream_count * sizeof saved->places[0]);
    if (saved != NULL) {
        saved->tally = watch->tally;
        for (size_t i = 0; i < watch->stream_count; i++) {
            saved->places[i] = watch->streams[i].place;
        }
    }
    return saved;
}

void inject_watch_restore(struct inject_watch *watch, const void *from)
{
    const struct saved *saved = from;
    watch->tally = saved->tally;
    for (size_t i = 0; i < watch->stream_count; i++) {
        watch->streams[i].place = saved->places[i];
    }
}

bool inject_watch_is_whole(const struct inject_watch *watch)
{
    return watch->whole;
}

void inject_watch_mark(struct inject_watch *watch)
{
    for (size_t i = 0; i < watch->stream_count; i++) {
        watch->streams[i].wanted = watch->streams[i].count;
    }
}

uint64_t inject_watch_calls(const struct inject_watch *watch, int process)
{
    return watch->tally.calls[process];
}

const struct inject_seen *inject_watch_seen(const struct inject_watch *watch)
{
    return &watch->tally.seen;
}

static bool lags(const struct stream *stream)
{
    return !stream->place.differs && stream->place.seen < stream->wanted;
}

bool inject_watch_is_complete(const struct inject_watch *watch)
{
    for (size_t i = 0; i < watch->stream_count; i++) {
        if (lags(&watch->streams[i])) {
            return false;
        }
    }
    return true;
}

int inject_watch_laggard(const struct inject_watch *watch)
{
    for (int i = 0; i < PROCESS_WATCH_MAX; i++) {
        if (lags(&watch->streams[i])) {
            return i;
        }
    }
    return -1;
}

void inject_watch_stop_at_entry(struct inject_watch *watch, bool stop)
{
    watch->stop_at_entry = stop;
}
