/* Hostile firmware on the nRF52-DK with all its devices.
 *
 * Input: a byte of options (struct plan), a byte that says how long it runs and how many outside
 * inputs follow (each a cycle, a device, what, a value), then the guest: raw bytes for flash, raw
 * bytes with the vectors mended, or a program for guest_writer.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peripherals/catalogue.h"
#include "sim/machine/machine.h"
#include "sim/machine/machine_input.h"
#include "sim/machine/machine_snapshot.h"
#include "tests/fuzz/fuzz_board.h"
#include "tests/fuzz/guest_writer.h"

#define SHORT_CYCLES  10000U
#define LONG_CYCLES   160000U
#define LIMIT_SECONDS 30U /* two runs; code that rewrites a long block at each turn takes 8 */
#define SLICES        4U
#define RESETS_MAX    4U /* lockups that a reset ends; then the guest has had its chance */
#define STEPS         40U
#define JITTER_CYCLES 200U
#define STEPS_CYCLES  1000U
#define BREAKPOINT    (GUEST_CODE + 0x40)
#define WATCHPOINT    (GUEST_STACK - 0x20)
/* The longest time that a guest can hold the core for: an ERASEALL (295.3 ms). */
#define STALL_CYCLES 19000000U

struct plan {
    enum { GUEST_RAW, GUEST_MENDED, GUEST_WRITTEN } kind;
    bool check_isolation; /* and semihosting */
    bool count_mpu_hits, debugger, jitter;
    bool twice; /* also in a machine of its own */
    enum cpu_flash_timing timing;
    uint64_t run_cycles;
    size_t input_count;
    struct {
        uint64_t cycle;
        struct fuzz_input input;
    } inputs[8];
    uint8_t image[GUEST_BYTES];
    size_t image_bytes;
};

static void read_plan(struct plan *plan, struct fuzz_bytes *bytes)
{
    uint8_t options = fuzz_u8(bytes);
    plan->kind = (options & 3U) < 2    ? GUEST_WRITTEN
                 : (options & 3U) == 2 ? GUEST_MENDED
                                       : GUEST_RAW;
    plan->check_isolation = (options & 4U) != 0;
    plan->count_mpu_hits = (options & 8U) != 0;
    plan->twice = (options & 0x10U) != 0;
    plan->debugger = (options & 0x20U) != 0;
    plan->timing = (enum cpu_flash_timing)(options >> 6);
    uint8_t more = fuzz_u8(bytes);
    plan->run_cycles = more >= 0xC0 ? LONG_CYCLES : SHORT_CYCLES;
    plan->jitter = (more & 0x18U) == 0x18U;
    plan->input_count = more % 8U;
    for (size_t i = 0; i < plan->input_count; i++) {
        plan->inputs[i].cycle = fuzz_u16(bytes) * 4U % plan->run_cycles;
        plan->inputs[i].input = fuzz_input(bytes);
    }
    if (plan->kind == GUEST_WRITTEN) {
        guest_write(bytes, plan->image);
        plan->image_bytes = GUEST_BYTES;
        return;
    }
    plan->image_bytes =
        bytes->size - bytes->at < GUEST_BYTES ? bytes->size - bytes->at : GUEST_BYTES;
    memcpy(plan->image, bytes->data + bytes->at, plan->image_bytes);
    if (plan->kind == GUEST_MENDED) {
        guest_patch_vectors(plan->image, plan->image_bytes);
    }
}

/* What the guest tells its host: ASan judges. */
static void print(void *context, const char *bytes, size_t count)
{
    static volatile char last;
    (void)context;
    for (size_t i = 0; i < count; i++) {
        last = bytes[i];
    }
    (void)last;
}

static struct machine *make_machine(const struct plan *plan)
{
    struct sim_error error = {.status = SIM_OK};
    struct machine_config config = {.board = fuzz_board(),
                                    .seed = 1,
                                    .flash_timing = plan->timing,
                                    .count_mpu_hits = plan->count_mpu_hits,
                                    .check_isolation = plan->check_isolation,
                                    .quirk = catalogue_find_quirk(fuzz_board()->chip->name)};
    config.absent = catalogue_absent_entries(&config.absent_count);
    if (plan->jitter) {
        config.jitter = (struct irq_jitter_config){.seed = 1, .bound_cycles = JITTER_CYCLES};
    }
    struct machine *machine = machine_create(&config, &error);
    if (machine == NULL) {
        fuzz_fail("%s", error.text);
    }
    if (plan->check_isolation) {
        const struct semihosting_config host = {.print = print, .command_line = "a guest"};
        machine_set_semihosting(machine, &host);
    }
    return machine;
}

/* A machine as it was made, erased: one for each configuration lives as long as the process and
 * goes back to its beginning, since making one takes longer than most guests run. */
static struct machine *used_machine(const struct plan *plan)
{
    static struct used {
        struct machine *machine;
        struct machine_snapshot start;
    } machines[32];
    struct used *used =
        &machines[(plan->jitter ? 16U : 0U) + (size_t)plan->timing * 4 +
                  (plan->count_mpu_hits ? 2U : 0U) + (plan->check_isolation ? 1U : 0U)];
    struct sim_error error = {.status = SIM_OK};
    if (used->machine == NULL) {
        used->machine = make_machine(plan);
        fuzz_keep_machine(used->machine);
        if (!machine_snapshot_save(used->machine, &used->start, &error)) {
            fuzz_fail("%s", error.text);
        }
    }
    if (!machine_snapshot_restore(used->machine, &used->start, "start", &error)) {
        fuzz_fail("%s", error.text);
    }
    return used->machine;
}

static void set_up(struct machine *machine, const struct plan *plan)
{
    fuzz_check(machine_poke(machine, 0, plan->image, plan->image_bytes) == plan->image_bytes,
               "the image does not fit");
    for (size_t i = 0; i < plan->input_count; i++) {
        const struct fuzz_input *input = &plan->inputs[i].input;
        fuzz_check(machine_add_input(machine, (int)input->device, plan->inputs[i].cycle,
                                     input->what, input->value),
                   "the input queue is full");
    }
    if (plan->debugger) {
        cpu_set_debugger(machine_cpu(machine), true);
        cpu_breakpoint_add(machine_cpu(machine), BREAKPOINT);
        cpu_watchpoint_add(machine_cpu(machine), WATCHPOINT, 4, CPU_WATCH_ACCESS);
    }
    machine_reset(machine, RESET_POWER_ON);
}

static void take_down(struct machine *machine)
{
    cpu_set_debugger(machine_cpu(machine), false);
    (void)cpu_breakpoint_remove(machine_cpu(machine), BREAKPOINT);
    (void)cpu_watchpoint_remove(machine_cpu(machine), WATCHPOINT, 4, CPU_WATCH_ACCESS);
}

/* Words all over the address space, as a debugger reads them: reading must not change them. */
static void peek_everywhere(const struct machine *machine)
{
    static const uint32_t bases[] = {0x10000000, 0x10001000, 0xE000E000, 0xE000ED00, 0xE0001000,
                                     0xE0002000, 0xF0000FE0, 0x00007FF0, 0x2000FFE0, 0xFFFFFFF0};
    const struct board *board = fuzz_board();
    uint8_t first[8];
    uint8_t second[8];
    for (size_t i = 0; i < board->device_count + sizeof bases / sizeof bases[0]; i++) {
        uint32_t base = i < board->device_count ? board->devices[i].base + 0x500
                                                : bases[i - board->device_count];
        size_t count = machine_peek(machine, base, first, sizeof first);
        fuzz_check(machine_peek(machine, base, second, sizeof second) == count &&
                       memcmp(first, second, count) == 0,
                   "a peek changed what the next one sees");
    }
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ at[i]) * 1099511628211ULL;
    }
    return hash;
}

/* What the guest has come to, as one number. */
static uint64_t digest(struct machine *machine)
{
    static uint8_t memory[0x10000];
    struct cpu_regs regs;
    memset(&regs, 0, sizeof regs);
    cpu_get_regs(machine_cpu(machine), &regs);
    uint64_t now = clock_now(machine_clock(machine));
    uint64_t hash = hash_bytes(14695981039346656037ULL, regs.r, sizeof regs.r);
    hash = hash_bytes(hash, &regs.pc, sizeof regs.pc);
    hash = hash_bytes(hash, &now, sizeof now);
    size_t count = machine_peek(machine, 0x20000000, memory, sizeof memory);
    return hash_bytes(hash, memory, count);
}

static void check_stop(const struct machine *machine, enum machine_stop stop, uint64_t limit)
{
    struct machine *whole = (struct machine *)(uintptr_t)machine;
    uint64_t now = clock_now(machine_clock(whole));
    if (stop == MACHINE_STOP_ENGINE) {
        fuzz_fail("the engine failed: %s", cpu_error(machine_cpu(whole)));
    }
    if (stop == MACHINE_STOP_LIMIT || stop == MACHINE_STOP_IDLE || stop == MACHINE_STOP_OFF) {
        fuzz_check(now >= limit, "the run ended before its limit");
    }
    fuzz_check(now <= limit + STALL_CYCLES, "the run went past its limit");
}

/* To `limit`, whatever happens on the way. */
static void run_slice(struct machine *machine, uint64_t limit)
{
    for (uint32_t resets = 0; clock_now(machine_clock(machine)) < limit && resets < RESETS_MAX;
         resets++) {
        enum machine_stop stop = machine_run(machine, limit);
        check_stop(machine, stop, limit);
        if (stop == MACHINE_STOP_EXIT) {
            return;
        }
        if (stop == MACHINE_STOP_LOCKUP) {
            machine_reset(machine, RESET_LOCKUP);
        } else if (stop == MACHINE_STOP_BREAKPOINT || stop == MACHINE_STOP_WATCHPOINT ||
                   stop == MACHINE_STOP_BKPT) {
            (void)machine_step(machine, limit);
        }
    }
}

static void step_some(struct machine *machine)
{
    uint64_t limit = clock_now(machine_clock(machine)) + STEPS_CYCLES;
    for (uint32_t i = 0; i < STEPS; i++) {
        enum machine_stop stop = machine_step(machine, limit);
        fuzz_check(clock_now(machine_clock(machine)) <= limit + STALL_CYCLES,
                   "a step went past its limit");
        if (stop == MACHINE_STOP_ENGINE) {
            fuzz_fail("the engine failed in a step: %s", cpu_error(machine_cpu(machine)));
        }
        if (stop != MACHINE_STOP_STEP) {
            return;
        }
    }
}

static uint64_t run_plan(struct machine *machine, const struct plan *plan)
{
    set_up(machine, plan);
    for (uint64_t i = 1; i <= SLICES; i++) {
        run_slice(machine, plan->run_cycles / SLICES * i);
        if (plan->debugger) {
            step_some(machine);
        }
    }
    peek_everywhere(machine);
    take_down(machine);
    return plan->twice ? digest(machine) : 0;
}

/* A machine that has run other guests, and a new one: both must do the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct plan plan;
    struct fuzz_bytes bytes = {.data = data, .size = size};
    fuzz_prepare();
    read_plan(&plan, &bytes);
    fuzz_limit_seconds(LIMIT_SECONDS);
    uint64_t hash = run_plan(used_machine(&plan), &plan);
    if (plan.twice) {
        struct machine *machine = make_machine(&plan);
        if (run_plan(machine, &plan) != hash) {
            fuzz_fail("the guest does something else in a machine that was used before");
        }
        machine_destroy(machine);
    }
    fuzz_limit_seconds(0);
    return 0;
}
