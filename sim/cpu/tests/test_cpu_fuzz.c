/* sim/cpu/tests/test_cpu_fuzz.c - hostile guests: random code, registers, vectors and MPU. Nothing
 * may crash, hang or fail the engine. A seed re-runs one group: CPU_FUZZ_SEED=n test_cpu_fuzz. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"

#define RAM             FIXTURE_RAM_BASE
#define CASES_PER_GROUP 40
#define CYCLES_PER_CASE 3000
#define GROUPS          100000
#define SECONDS         4

static uint32_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(*state >> 32);
}

/* Instructions that get somewhere: registers are random, so most of them fault sooner or later. */
static const uint16_t seeds16[] = {
    0xDF00, 0xBF20, 0xBF30, 0xBF40, 0xB672, 0xB662, 0xB671, 0xB661, 0x4770, 0x4708, 0x4780, 0xB5FF,
    0xBDFF, 0xC8FF, 0xC0FF, 0x6800, 0x6001, 0x7809, 0x8012, 0x4685, 0x468D, 0xBF08, 0xBF0C, 0xBF01,
    0xBE00, 0xE7FE, 0xD0FC, 0x4687, 0xDE00, 0x9800, 0x9001, 0xB082, 0xB002, 0x46C0, 0xBF10, 0x4718,
};
static const uint32_t seeds32[] = {
    0xF3808808, 0xF3808809, 0xF3808810, 0xF3808811, 0xF3808813, 0xF3808814, 0xF3EF8008, 0xF3EF8014,
    0xE8503F00, 0xE8411300, 0xF3BF8F2F, 0xF3BF8F4F, 0xF3BF8F6F, 0xE8BD8FFF, 0xE92D4FFF, 0xE9C01200,
    0xED900A00, 0xED810B02, 0xECB00A20, 0xEE300A00, 0xFB90F0F1, 0xE8D0F001, 0xF8500E04, 0xF8400E04,
    0xF8DF0004, 0xE890C000, 0xF3808814, 0xF85D0B04, 0xEEF10A10, 0xF3AF8002,
};

static void fill_code(uint8_t *memory, uint32_t bytes, uint64_t *state)
{
    for (uint32_t at = 0; at + 4 <= bytes;) {
        uint32_t dice = next(state) % 8;
        if (dice < 3) {
            uint16_t code = (uint16_t)next(state);
            memcpy(memory + at, &code, 2);
            at += 2;
        } else if (dice < 6) {
            uint16_t code = seeds16[next(state) % (sizeof(seeds16) / sizeof(seeds16[0]))];
            memcpy(memory + at, &code, 2);
            at += 2;
        } else {
            uint32_t code = seeds32[next(state) % (sizeof(seeds32) / sizeof(seeds32[0]))];
            code ^= dice == 7 ? next(state) & 0x000F000FU : 0;
            uint16_t halves[2] = {(uint16_t)(code >> 16), (uint16_t)code};
            memcpy(memory + at, halves, 4);
            at += 4;
        }
    }
}

static uint32_t some_address(uint64_t *state)
{
    static const uint32_t bases[] = {0,          0x100,      0x8000,     0xFFF0,     RAM,
                                     RAM + 0x40, 0x2000FFF0, 0x40000000, 0x400003F0, 0xE000E000,
                                     0xE000ED90, 0xE000ED00, 0xFFFFFFE0, 0x60000000, 0xE0001000};
    uint32_t base = bases[next(state) % (sizeof(bases) / sizeof(bases[0]))];
    return base + next(state) % 0x40;
}

static void randomise(struct fixture *f, uint64_t *state)
{
    fill_code(f->flash + 0x100, FIXTURE_FLASH_BYTES - 0x100, state);
    fill_code(f->ram, FIXTURE_RAM_BYTES, state);
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t vector = next(state) % 16 == 0  ? next(state)
                          : next(state) % 4 == 0 ? RAM + 2 * (next(state) % 0x4000) + 1
                                                 : (0x100 + 2 * (next(state) % 0x7000)) | 1U;
        memcpy(f->flash + 4 * i, &vector, 4);
    }
    cpu_memory_changed(f->cpu, 0, FIXTURE_FLASH_BYTES);
    cpu_memory_changed(f->cpu, RAM, FIXTURE_RAM_BYTES);
}

static void write_ppb(struct fixture *f, uint32_t offset, uint32_t value)
{
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    (void)armv7m_write(cpu_core(f->cpu), access, value);
}

static void randomise_core(struct fixture *f, uint64_t *state)
{
    cpu_reset(f->cpu);
    write_ppb(f, 0xED88, next(state) % 2 == 0 ? 0xF00000 : 0);
    write_ppb(f, 0xED24, next(state) & 0x70000);
    write_ppb(f, 0xED14, 0x200 | (next(state) % 4 == 0 ? next(state) & 0x11B : 0));
    write_ppb(f, 0xE100, next(state));
    write_ppb(f, 0xE014, next(state) % 500);
    write_ppb(f, 0xE018, 0);
    write_ppb(f, 0xE010, next(state) & 7);
    for (uint32_t region = 0; region < 8; region++) {
        write_ppb(f, 0xED9C, (some_address(state) & ~0x1FU) | 0x10 | region);
        uint32_t size = 4 + next(state) % 16;
        write_ppb(f, 0xEDA0, (next(state) & 0x1700FF00U) | size << 1 | (next(state) & 1));
    }
    write_ppb(f, 0xED94, next(state) & 7);
    struct cpu_regs regs = fixture_regs(f);
    for (uint32_t i = 0; i < 13; i++) {
        regs.r[i] = next(state) % 3 == 0 ? next(state) : some_address(state);
    }
    regs.msp = next(state) % 4 == 0 ? next(state) & ~3U : some_address(state) & ~3U;
    regs.psp = next(state) % 4 == 0 ? 0xFFFFFFFCU : RAM + 0x4000 + (next(state) & 0xFFC);
    regs.msp = next(state) % 2 == 0 ? RAM + 0x8000 : regs.msp;
    regs.control = next(state) & 3;
    regs.lr = next(state) % 2 == 0 ? 0xFFFFFFE1U | (next(state) & 0x1C) : some_address(state);
    regs.pc = (next(state) % 2 == 0 ? 0x100 : RAM) + 2 * (next(state) % 0x4000);
    regs.xpsr = XPSR_T | (next(state) & 0xF0000000U);
    cpu_set_regs(f->cpu, &regs);
}

static void run_case(struct fixture *f, uint64_t *state, uint64_t seed)
{
    randomise_core(f, state);
    f->log_count = 0;
    uint64_t end = clock_now(&f->clock) + CYCLES_PER_CASE;
    uint32_t turns = 0;
    while (clock_now(&f->clock) < end) {
        f->log_count = 0;
        enum cpu_stop stop =
            next(state) % 64 == 0 ? cpu_step(f->cpu) : cpu_run(f->cpu, clock_now(&f->clock) + 100);
        clock_fire_due(&f->clock);
        if (stop == CPU_STOP_ENGINE) {
            fail_msg("seed %llu: the engine failed at 0x%x: %s", (unsigned long long)seed,
                     (unsigned)cpu_pc(f->cpu), cpu_error(f->cpu));
        }
        if (stop == CPU_STOP_LOCKUP || stop == CPU_STOP_RESET) {
            return;
        }
        if (stop == CPU_STOP_SLEEP) {
            clock_set_now(&f->clock, clock_now(&f->clock) + 100);
        }
        if (turns++ > 10 * CYCLES_PER_CASE) {
            fail_msg("seed %llu: time stands still at 0x%x", (unsigned long long)seed,
                     (unsigned)cpu_pc(f->cpu));
        }
    }
}

static void run_group(uint64_t seed)
{
    uint64_t state = seed;
    struct fixture *f = fixture_create(NULL, NULL);
    f->event_pends = true;
    for (unsigned i = 0; i < CASES_PER_GROUP; i++) {
        if (i % 8 == 0) {
            randomise(f, &state);
        }
        run_case(f, &state, seed);
    }
    fixture_destroy(f);
}

static void test_random_guests(void **state)
{
    (void)state;
    const char *chosen = getenv("CPU_FUZZ_SEED");
    if (chosen != NULL) {
        run_group(strtoull(chosen, NULL, 10));
        return;
    }
    /* The number of groups depends on the host's speed, what each does does not. */
    time_t until = time(NULL) + SECONDS;
    uint64_t seed = 1;
    for (; seed <= GROUPS && time(NULL) < until; seed++) {
        (void)fprintf(stderr, "seed %llu\r", (unsigned long long)seed);
        run_group(seed);
    }
    print_message("%llu groups of %u guests\n", (unsigned long long)(seed - 1), CASES_PER_GROUP);
}

/* What a guest has come to, as one number. */
static uint64_t digest(const struct fixture *f)
{
    uint64_t hash = 14695981039346656037ULL;
    struct cpu_regs regs = fixture_regs(f);
    const struct cpu_counters *counters = cpu_counters(f->cpu);
    uint64_t numbers[3] = {clock_now(&f->clock), counters->instructions, counters->exceptions};
    const struct {
        const void *bytes;
        size_t count;
    } parts[3] = {{&regs, sizeof(regs)}, {numbers, sizeof(numbers)}, {f->ram, FIXTURE_RAM_BYTES}};
    for (unsigned part = 0; part < 3; part++) {
        const uint8_t *bytes = parts[part].bytes;
        for (size_t i = 0; i < parts[part].count; i++) {
            hash = (hash ^ bytes[i]) * 1099511628211ULL;
        }
    }
    return hash;
}

/* Runs the guest of `seed` for so many cycles, in slices, and gives its digest. */
static uint64_t run_sliced(uint64_t seed, uint64_t slice)
{
    uint64_t state = seed;
    struct fixture *f = fixture_create(NULL, NULL);
    randomise(f, &state);
    randomise_core(f, &state);
    write_ppb(f, 0xED94,
              0); /* when an MPU write takes effect depends on the blocks: leave it off */
    enum cpu_stop stop = CPU_STOP_LIMIT;
    while (clock_now(&f->clock) < CYCLES_PER_CASE &&
           (stop == CPU_STOP_LIMIT || stop == CPU_STOP_STEP)) {
        uint64_t limit = clock_now(&f->clock) + slice;
        stop = slice == 0 ? cpu_step(f->cpu)
                          : cpu_run(f->cpu, limit < CYCLES_PER_CASE ? limit : CYCLES_PER_CASE);
        clock_fire_due(&f->clock);
    }
    uint64_t hash = digest(f);
    fixture_destroy(f);
    return hash;
}

/* However a run is cut - by the fast engine, the close one, step by step - the guest gets to the
 * same place at the same time. */
static void test_slices_agree(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        uint64_t whole = run_sliced(seed, CYCLES_PER_CASE);
        static const uint64_t slices[] = {1, 17, 400};
        for (unsigned i = 0; i < sizeof(slices) / sizeof(slices[0]); i++) {
            if (run_sliced(seed, slices[i]) != whole) {
                fail_msg("seed %llu: slices of %llu cycles", (unsigned long long)seed,
                         (unsigned long long)slices[i]);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_guests),
        cmocka_unit_test(test_slices_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
