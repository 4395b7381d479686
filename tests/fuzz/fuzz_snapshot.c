/* Hostile snapshots: a machine in the middle of things is saved, bytes of it are changed and the
 * checksum is made right again.
 *
 * Input: a byte of kind; then either the snapshot itself, or changes: which chunk, where in it,
 * what to do there. A snapshot that is taken must make a machine that runs and can be saved; one
 * that is refused must leave the machine as it was.
 */
#include <stdlib.h>
#include <string.h>

#include "peripherals/catalogue.h"
#include "sim/machine/machine.h"
#include "sim/machine/machine_input.h"
#include "sim/machine/machine_snapshot.h"
#include "sim/machine/state_hash.h"
#include "tests/fuzz/fuzz_board.h"
#include "tests/fuzz/guest_writer.h"

#define LIMIT_SECONDS 4U
#define RUN_CYCLES    2000U
#define BUSY_CYCLES   20000U
#define CHANGES_MAX   32U
/* The frame, as machine_snapshot.c has it: a header with the size and the checksum at its end, then
 * chunks of two names, version and size, padded to 8. */
#define HEADER_BYTES  40U
#define SIZE_AT       24U
#define CHECKSUM_AT   32U
#define CHUNK_BYTES   72U
#define CHUNK_SIZE_AT 68U

/* Starts what can be under way: timers, RTC, UART, RNG, TEMP, PPI, SysTick, watchdog. */
static const struct {
    uint32_t address, value;
} busy[] = {
    {0x40008510, 0}, {0x40008540, 700},        {0x40008304, 0x10000},   {0x40008000, 1},
    {0x4000B540, 3}, {0x4000B344, 0x10001},    {0x4000B000, 1},         {0x40002500, 8},
    {0x4000250C, 6}, {0x40002514, 8},          {0x40002524, 0x1D7E000}, {0x40002544, 0x20000200},
    {0x40002548, 9}, {0x40002534, 0x20000100}, {0x40002538, 200},       {0x40002008, 1},
    {0x40002000, 1}, {0x4000D000, 1},          {0x4000C000, 1},         {0x4001F510, 0x40008140},
    {0x4001F504, 1}, {0x4001F514, 0x40006000}, {0x40006510, 0x31103},   {0xE000E014, 999},
    {0xE000E010, 7}, {0x40010504, 0x7FFF},     {0x40010000, 1},         {0x40000000, 1}};

/* The guest: vectors, then a store for each of `busy`, then sleep. */
static size_t write_guest(uint8_t *image)
{
    uint16_t code[sizeof busy / sizeof busy[0] * 9 + 2];
    size_t count = 0;
    for (size_t i = 0; i < sizeof busy / sizeof busy[0]; i++) {
        for (uint32_t part = 0; part < 4; part++) { /* MOVW, MOVT to r0, then to r1 */
            uint32_t value = part < 2 ? busy[i].address : busy[i].value;
            uint32_t half = (part & 1U) == 0 ? value & 0xFFFF : value >> 16;
            code[count++] =
                (uint16_t)(0xF240U | (part & 1U) << 7 | (half >> 11 & 1) << 10 | half >> 12);
            code[count++] = (uint16_t)((half >> 8 & 7) << 12 | (part / 2) << 8 | (half & 0xFF));
        }
        code[count++] = 0x6001; /* str r1, [r0] */
    }
    code[count++] = 0xBF30; /* wfi */
    code[count++] = 0xE7FD; /* b to it */
    memset(image, 0, 0x100);
    for (uint32_t i = 0; i < GUEST_VECTORS; i++) {
        uint32_t vector = i == 0 ? GUEST_STACK : i == 1 ? 0x101 : 0x101 + 2 * ((uint32_t)count - 2);
        memcpy(image + i * 4, &vector, 4);
    }
    memcpy(image + 0x100, code, count * 2);
    return 0x100 + count * 2;
}

static struct machine *make_machine(void)
{
    static uint8_t image[0x1000];
    struct sim_error error = {.status = SIM_OK};
    struct machine_config config = {.board = fuzz_board(), .seed = 1};
    config.absent = catalogue_absent_entries(&config.absent_count);
    struct machine *machine = machine_create(&config, &error);
    if (machine == NULL || !machine_load(machine, "guest", 0, image, write_guest(image), &error)) {
        fuzz_fail("%s", error.text);
    }
    machine_reset(machine, RESET_POWER_ON);
    (void)machine_add_input(machine, 3, BUSY_CYCLES * 2, "byte", 65);
    (void)machine_run(machine, BUSY_CYCLES);
    return machine;
}

struct bench {
    struct machine *machine;
    struct machine_snapshot good, now;
};

static void save(struct bench *bench, struct machine_snapshot *snapshot)
{
    struct sim_error error = {.status = SIM_OK};
    if (!machine_snapshot_save(bench->machine, snapshot, &error)) {
        fuzz_fail("%s", error.text);
    }
}

static struct bench *start(void)
{
    static struct bench bench;
    struct sim_error error = {.status = SIM_OK};
    if (bench.machine == NULL) {
        bench.machine = make_machine();
        fuzz_keep_machine(bench.machine);
        save(&bench, &bench.good);
    }
    if (!machine_snapshot_restore(bench.machine, &bench.good, "good", &error)) {
        fuzz_fail("%s", error.text);
    }
    return &bench;
}

/* The bytes of one chunk. False: there are not so many. */
static bool find_chunk(uint8_t *bytes, size_t size, uint32_t index, uint8_t **start,
                       uint32_t *length)
{
    size_t at = HEADER_BYTES;
    for (; at + CHUNK_BYTES <= size; index--) {
        memcpy(length, bytes + at + CHUNK_SIZE_AT, 4);
        *start = bytes + at + CHUNK_BYTES;
        if (index == 0) {
            return true;
        }
        at += CHUNK_BYTES + (*length + 7U) / 8U * 8U;
    }
    return false;
}

static void change(uint8_t *bytes, size_t size, struct fuzz_bytes *from)
{
    static const uint8_t widths[] = {1, 4, 8};
    uint8_t *chunk = NULL;
    uint32_t length = 0;
    uint8_t kind = fuzz_u8(from);
    if (!find_chunk(bytes, size, fuzz_u8(from) % 64U, &chunk, &length) || length == 0) {
        return;
    }
    uint32_t width = widths[kind % 3];
    uint32_t at = (kind & 0x10) != 0 ? fuzz_u16(from) % length : fuzz_u8(from) * width % length;
    uint64_t value = fuzz_value(from);
    value = (kind & 0x20) != 0 ? ~value : (kind & 0x40) != 0 ? value << 32 : value;
    memcpy(chunk + at, &value, width <= length - at ? width : length - at);
}

static void mend(uint8_t *bytes, size_t size)
{
    uint64_t checksum =
        size > HEADER_BYTES ? state_hash(bytes + HEADER_BYTES, size - HEADER_BYTES, 0) : 0;
    uint64_t total = size;
    if (size >= HEADER_BYTES) {
        memcpy(bytes + SIZE_AT, &total, 8);
        memcpy(bytes + CHECKSUM_AT, &checksum, 8);
    }
}

static void try_bytes(struct bench *bench, const uint8_t *bytes, size_t size)
{
    struct machine_snapshot hostile = {0};
    struct sim_error error = {.status = SIM_OK};
    if (machine_snapshot_read(&hostile, "hostile", bytes, size, &error) &&
        machine_snapshot_restore(bench->machine, &hostile, "hostile", &error)) {
        uint64_t now = clock_now(machine_clock(bench->machine));
        uint64_t limit = now > UINT64_MAX - RUN_CYCLES - 1 ? UINT64_MAX - 1 : now + RUN_CYCLES;
        if (machine_run(bench->machine, limit) == MACHINE_STOP_ENGINE) {
            fuzz_fail("the engine failed: %s", cpu_error(machine_cpu(bench->machine)));
        }
        save(bench, &bench->now);
    } else {
        fuzz_check(error.status == SIM_WRONG_USE && error.text[0] != '\0',
                   "a refusal without a reason");
        save(bench, &bench->now);
        fuzz_check(bench->now.size == bench->good.size &&
                       memcmp(bench->now.bytes, bench->good.bytes, bench->good.size) == 0,
                   "a snapshot that was refused has changed the machine");
    }
    machine_snapshot_free(&hostile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes from = {.data = data, .size = size};
    fuzz_prepare();
    struct bench *bench = start();
    fuzz_limit_seconds(LIMIT_SECONDS);
    if ((fuzz_u8(&from) & 1U) != 0) {
        uint8_t *copy = malloc(size);
        fuzz_check(copy != NULL, "no memory");
        memcpy(copy, data + 1, size - 1);
        mend(copy, size - 1);
        try_bytes(bench, copy, size - 1);
        free(copy);
    } else {
        uint8_t *copy = malloc(bench->good.size);
        fuzz_check(copy != NULL, "no memory");
        memcpy(copy, bench->good.bytes, bench->good.size);
        for (uint32_t i = 0; i < CHANGES_MAX && fuzz_more(&from); i++) {
            change(copy, bench->good.size, &from);
        }
        mend(copy, bench->good.size);
        try_bytes(bench, copy, bench->good.size);
        free(copy);
    }
    fuzz_limit_seconds(0);
    return 0;
}
