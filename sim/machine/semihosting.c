#include "sim/machine/semihosting.h"

#include <string.h>

#include "sim/machine/machine_internal.h"

enum operation {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITEC = 0x03,
    SYS_WRITE0 = 0x04,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_READC = 0x07,
    SYS_ISERROR = 0x08,
    SYS_ISTTY = 0x09,
    SYS_SEEK = 0x0A,
    SYS_FLEN = 0x0C,
    SYS_CLOCK = 0x10,
    SYS_TIME = 0x11,
    SYS_ERRNO = 0x13,
    SYS_GET_CMDLINE = 0x15,
    SYS_HEAPINFO = 0x16,
    SYS_EXIT = 0x18,
    SYS_EXIT_EXTENDED = 0x20,
    SYS_ELAPSED = 0x30,
    SYS_TICKFREQ = 0x31,
};

#define FAILED           UINT32_MAX
#define APPLICATION_EXIT 0x20026U /* ADP_Stopped_ApplicationExit */
#define NO_SUCH_FILE     2U
#define BAD_HANDLE       9U
#define OPEN_MODES       12U
#define CENTISECONDS     100U

enum handle { HANDLE_INPUT = 1, HANDLE_OUTPUT, HANDLE_ERROR, HANDLE_FEATURES };

/* Magic, then: SYS_EXIT_EXTENDED is there, ":tt" opened for appending is standard error. */
static const uint8_t features[SEMIHOSTING_FEATURES_BYTES] = {'S', 'H', 'F', 'B', 3};

struct call {
    struct machine *machine;
    struct semihosting *state;
    uint32_t parameter;
    uint64_t bytes; /* moved */
};

static bool load(const struct call *call, uint32_t index, uint32_t *word)
{
    return machine_peek(call->machine, call->parameter + 4 * index, word, 4) == 4;
}

static bool store(const struct call *call, uint32_t address, const void *bytes, uint32_t count)
{
    return machine_poke(call->machine, address, bytes, count) == count;
}

static uint32_t fail(const struct call *call, uint32_t error)
{
    call->state->last_error = error;
    return FAILED;
}

static void print(struct call *call, const char *bytes, size_t count)
{
    call->state->config.print(call->state->config.context, bytes, count);
    call->bytes += count;
}

/* ---- output ---- */

/* Up to `count` bytes, or up to a zero byte if `text`; stops where memory ends. How many. */
static uint32_t print_memory(struct call *call, uint32_t address, uint32_t count, bool text)
{
    char buffer[256];
    uint32_t done = 0;
    while (done < count) {
        uint32_t wanted = count - done < sizeof buffer ? count - done : (uint32_t)sizeof buffer;
        size_t got = machine_peek(call->machine, address + done, buffer, wanted);
        size_t length = text ? strnlen(buffer, got) : got;
        print(call, buffer, length);
        done += (uint32_t)length;
        if (length < wanted) {
            break;
        }
    }
    return done;
}

static uint32_t write_character(struct call *call)
{
    char byte;
    if (machine_peek(call->machine, call->parameter, &byte, 1) == 1) {
        print(call, &byte, 1);
    }
    return 0;
}

static uint32_t write_file(struct call *call)
{
    uint32_t handle, address, count;
    if (!load(call, 0, &handle) || !load(call, 1, &address) || !load(call, 2, &count)) {
        return FAILED;
    }
    if (handle != HANDLE_OUTPUT && handle != HANDLE_ERROR) {
        return fail(call, BAD_HANDLE);
    }
    return count - print_memory(call, address, count, false);
}

/* ---- handles ---- */

static uint32_t open_file(struct call *call)
{
    static const char features_name[] = ":semihosting-features";
    char name[sizeof features_name] = {0};
    uint32_t address, mode, length;
    if (!load(call, 0, &address) || !load(call, 1, &mode) || !load(call, 2, &length)) {
        return FAILED;
    }
    if (length >= sizeof name || mode >= OPEN_MODES ||
        machine_peek(call->machine, address, name, length) != length) {
        return fail(call, NO_SUCH_FILE);
    }
    if (strcmp(name, ":tt") == 0) {
        return HANDLE_INPUT + mode / 4; /* r, w, a */
    }
    if (strcmp(name, features_name) == 0 && mode < 4) {
        call->state->features_read = 0;
        return HANDLE_FEATURES;
    }
    return fail(call, NO_SUCH_FILE);
}

/* The console is at its end; the features can be read. How many bytes were not. */
static uint32_t read_file(struct call *call)
{
    uint32_t handle, address, count;
    if (!load(call, 0, &handle) || !load(call, 1, &address) || !load(call, 2, &count)) {
        return FAILED;
    }
    if (handle == HANDLE_INPUT) {
        return count;
    }
    if (handle != HANDLE_FEATURES) {
        return fail(call, BAD_HANDLE);
    }
    uint32_t at = call->state->features_read;
    uint32_t left = (uint32_t)sizeof features - at;
    uint32_t taken = count < left ? count : left;
    if (!store(call, address, features + at, taken)) {
        return FAILED;
    }
    call->state->features_read += taken;
    return count - taken;
}

static uint32_t seek(struct call *call)
{
    uint32_t handle, at;
    if (!load(call, 0, &handle) || !load(call, 1, &at)) {
        return FAILED;
    }
    if (handle != HANDLE_FEATURES || at > sizeof features) {
        return fail(call, BAD_HANDLE);
    }
    call->state->features_read = at;
    return 0;
}

/* SYS_CLOSE, SYS_ISTTY, SYS_FLEN. */
static uint32_t about_handle(struct call *call, uint32_t operation)
{
    uint32_t handle;
    if (!load(call, 0, &handle) || handle < HANDLE_INPUT || handle > HANDLE_FEATURES) {
        return fail(call, BAD_HANDLE);
    }
    bool console = handle != HANDLE_FEATURES;
    if (operation == SYS_ISTTY) {
        return console ? 1 : 0;
    }
    if (operation == SYS_FLEN) {
        return console ? FAILED : (uint32_t)sizeof features;
    }
    return 0;
}

/* ---- the rest ---- */

static uint32_t get_command_line(struct call *call)
{
    const char *line = call->state->config.command_line;
    line = line != NULL ? line : "";
    uint32_t length = (uint32_t)strlen(line);
    uint32_t address, room;
    bool good = load(call, 0, &address) && load(call, 1, &room) && room > length &&
                store(call, address, line, length + 1) &&
                store(call, call->parameter + 4, &length, 4);
    call->bytes += length;
    return good ? 0 : FAILED;
}

/* Zeros: the guest's own linker script knows. */
static uint32_t get_heap(const struct call *call)
{
    static const uint32_t unknown[4];
    uint32_t address;
    return load(call, 0, &address) && store(call, address, unknown, sizeof unknown) ? 0 : FAILED;
}

static uint32_t get_elapsed(const struct call *call)
{
    uint64_t now = clock_now(&call->machine->clock);
    return store(call, call->parameter, &now, sizeof now) ? 0 : FAILED;
}

static uint32_t is_error(const struct call *call)
{
    uint32_t status;
    return load(call, 0, &status) && (status & 0x80000000U) == 0 ? 0 : 1;
}

static void leave(const struct call *call, uint32_t reason, uint32_t status)
{
    call->state->exited = true;
    call->state->exit_status = reason == APPLICATION_EXIT ? status : 1;
}

static void leave_extended(const struct call *call)
{
    uint32_t reason = 0, status = 0;
    bool good = load(call, 0, &reason) && load(call, 1, &status);
    leave(call, good ? reason : 0, status);
}

static uint32_t perform(struct call *call, uint32_t operation)
{
    const struct clock *clock = &call->machine->clock;
    switch ((enum operation)operation) {
    case SYS_OPEN:
        return open_file(call);
    case SYS_CLOSE:
    case SYS_ISTTY:
    case SYS_FLEN:
        return about_handle(call, operation);
    case SYS_WRITEC:
        return write_character(call);
    case SYS_WRITE0:
        (void)print_memory(call, call->parameter, UINT32_MAX, true);
        return 0;
    case SYS_WRITE:
        return write_file(call);
    case SYS_READ:
        return read_file(call);
    case SYS_READC:
        return FAILED; /* no input */
    case SYS_ISERROR:
        return is_error(call);
    case SYS_SEEK:
        return seek(call);
    case SYS_CLOCK:
        return (uint32_t)(clock_now(clock) / (clock->cpu_hz / CENTISECONDS));
    case SYS_TIME:
        return (uint32_t)(clock_now(clock) / clock->cpu_hz);
    case SYS_ERRNO:
        return call->state->last_error;
    case SYS_GET_CMDLINE:
        return get_command_line(call);
    case SYS_HEAPINFO:
        return get_heap(call);
    case SYS_ELAPSED:
        return get_elapsed(call);
    case SYS_TICKFREQ:
        return clock->cpu_hz;
    case SYS_EXIT:
        leave(call, call->parameter, 0);
        return 0;
    case SYS_EXIT_EXTENDED:
        leave_extended(call);
        return 0;
    }
    return FAILED;
}

void semihosting_call(struct machine *machine)
{
    struct cpu_regs regs;
    cpu_get_regs(machine->cpu, &regs);
    struct call call = {.machine = machine, .state = &machine->semihosting, .parameter = regs.r[1]};
    uint32_t result = perform(&call, regs.r[0]);
    if (!machine->semihosting.exited) {
        cpu_answer_semihosting(machine->cpu, result, call.bytes);
    }
}
