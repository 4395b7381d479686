/* A hostile debugger, on a machine that runs.
 *
 * Input: pieces, each a byte of kind, a byte of length, and bytes: a payload that is framed as GDB
 * would, or bytes as they are. What the debugger asks for is done as gdb_server.c does it, in short
 * runs.
 */
#include <string.h>

#include "peripherals/catalogue.h"
#include "sim/debug/gdb_session.h"
#include "sim/debug/gdb_target.h"
#include "sim/machine/machine.h"
#include "tests/fuzz/fuzz_board.h"

#define LIMIT_SECONDS 4U
#define RUN_CYCLES    1000U
#define RESUMES_MAX   40U

/* Counts, calls, stores and sleeps: something to stop. */
static const uint16_t program[] = {
    0x2000, /* 40 movs r0, #0 */
    0x4902, /* 42 ldr r1, [pc, #8] -> 4C */
    0x3001, /* 44 adds r0, #1 */
    0x6008, /* 46 str r0, [r1] */
    0xBF20, /* 48 wfe */
    0xE7FB, /* 4A b 44 */
    0x0100, 0x2000,
};

struct bench {
    struct machine *machine;
    struct gdb_machine adapter;
    struct gdb_session session;
    uint32_t resumes;
    size_t sent;
    bool over;
};

static void send_away(void *context, const uint8_t *bytes, size_t length)
{
    struct bench *bench = context;
    for (size_t i = 0; i < length; i++) {
        bench->sent += bytes[i]; /* ASan judges */
    }
}

static struct machine *make_machine(void)
{
    uint32_t vectors[16] = {0x20001000, 0x41};
    struct sim_error error = {.status = SIM_OK};
    struct machine_config config = {.board = fuzz_board(), .seed = 1};
    config.absent = catalogue_absent_entries(&config.absent_count);
    struct machine *machine = machine_create(&config, &error);
    if (machine == NULL || !machine_load(machine, "guest", 0, vectors, sizeof vectors, &error) ||
        !machine_load(machine, "guest", 0x40, program, sizeof program, &error)) {
        fuzz_fail("%s", error.text);
    }
    machine_reset(machine, RESET_POWER_ON);
    cpu_set_debugger(machine_cpu(machine), true);
    return machine;
}

static void resume(struct bench *bench, enum gdb_resume how)
{
    struct machine *machine = bench->machine;
    uint64_t limit = clock_now(machine_clock(machine)) + RUN_CYCLES;
    enum machine_stop stop =
        how == GDB_RESUME_STEP ? machine_step(machine, limit) : machine_run(machine, limit);
    if (stop == MACHINE_STOP_ENGINE) {
        fuzz_fail("the engine failed: %s", cpu_error(machine_cpu(machine)));
    }
    if (stop == MACHINE_STOP_LIMIT || stop == MACHINE_STOP_IDLE) {
        stop = MACHINE_STOP_REQUESTED;
    }
    struct gdb_stop_reason reason = gdb_machine_stop_reason(&bench->adapter, stop);
    gdb_session_stopped(&bench->session, &reason);
    bench->resumes++;
    bench->over = bench->resumes >= RESUMES_MAX;
}

static void receive(struct bench *bench, const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    while (at < length && !bench->over) {
        size_t used = 0;
        enum gdb_resume how = gdb_session_receive(&bench->session, bytes + at, length - at, &used);
        fuzz_check(used > 0 && used <= length - at, "the session takes nothing, or too much");
        at += used;
        switch (how) {
        case GDB_RESUME_CONTINUE:
        case GDB_RESUME_STEP:
            resume(bench, how);
            break;
        case GDB_RESUME_DETACH:
        case GDB_RESUME_KILL:
            bench->over = true;
            break;
        case GDB_RESUME_NONE:
        case GDB_RESUME_INTERRUPT:
            break;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct bench bench;
    struct fuzz_bytes bytes = {.data = data, .size = size};
    bench = (struct bench){.machine = make_machine()};
    gdb_machine_init(&bench.adapter, bench.machine);
    const struct gdb_target target = gdb_machine_target(&bench.adapter);
    gdb_session_init(&bench.session, &target, send_away, &bench);
    fuzz_limit_seconds(LIMIT_SECONDS);
    while (fuzz_more(&bytes) && !bench.over) {
        uint8_t kind = fuzz_u8(&bytes);
        size_t length = fuzz_u8(&bytes);
        static struct gdb_reply payload;
        static uint8_t frame[GDB_FRAME_BYTES];
        length = length < bytes.size - bytes.at ? length : bytes.size - bytes.at;
        const uint8_t *piece = bytes.data + bytes.at;
        bytes.at += length;
        if (kind % 8 == 7) {
            receive(&bench, piece, length);
        } else {
            gdb_reply_clear(&payload);
            gdb_reply_bytes(&payload, piece, length);
            receive(&bench, frame, gdb_frame(&payload, frame));
        }
    }
    gdb_machine_clear_points(&bench.adapter);
    fuzz_limit_seconds(0);
    machine_destroy(bench.machine);
    return 0;
}
