/* sim/cpu/tests/test_fast_against_steps.c - random guests under a changing MPU, run at full speed,
 * in slices, and one instruction at a time: the same registers, memory, faults, device accesses and
 * cycles. One seed: FAST_STEPS_SEED=n; others: FAST_STEPS_FROM=n FAST_STEPS_COUNT=m. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"

#define RAM          FIXTURE_RAM_BASE
#define CHUNK_BYTES  64U
#define CHUNKS       12U
#define FLASH_CODE   0x400U
#define RAM_CODE     (RAM + 0x4000U)
#define REGION_TABLE 0xE00U
#define CYCLES       6000U
#define CHANGE_BYTES 32
#define IT_BYTES     18
#define SEEDS        30U

struct maker {
    uint64_t state;
    uint8_t *at, *end;
    uint32_t here; /* the guest's address of `at` */
};

static uint32_t dice(struct maker *m, uint32_t sides)
{
    m->state = m->state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(m->state >> 33) % sides;
}

static void put16(struct maker *m, uint32_t code)
{
    uint16_t half = (uint16_t)code;
    if (m->at + 2 <= m->end) {
        memcpy(m->at, &half, 2);
        m->at += 2;
        m->here += 2;
    }
}

static void put32(struct maker *m, uint32_t code)
{
    if (m->at + 4 <= m->end) {
        put16(m, code >> 16);
        put16(m, code);
    }
}

static void put_constant(struct maker *m, uint32_t rd, uint32_t value)
{
    for (uint32_t top = 0; top < 2; top++) {
        uint32_t half = top == 0 ? value & 0xFFFFU : value >> 16;
        put32(m, 0xF2400000U | top << 23 | (half >> 12) << 16 | (half >> 11 & 1U) << 26 |
                     (half >> 8 & 7U) << 12 | rd << 8 | (half & 0xFFU));
    }
}

/* Memory around the edges that regions make, devices, the System Control Space. */
static uint32_t pointer(struct maker *m)
{
    static const uint32_t base[] = {
        RAM,         RAM + 0x3E0,  RAM + 0x400,  RAM + 0x7E0,  RAM + 0x7F0, RAM + 0xBE0,
        RAM + 0xC00, RAM + 0x43E0, RAM + 0x4300, RAM + 0xFFE0, 0x00800400,  0x008003E0,
        0x00000600,  0x40000010,   0x400003E0,   0xE000E200,   0xE000E014,  0xE0001004,
    };
    uint32_t chosen = base[dice(m, dice(m, 4) == 0 ? sizeof(base) / sizeof(base[0]) : 12)];
    return chosen + (dice(m, 3) == 0 ? dice(m, 32) : 4 * dice(m, 8));
}

static uint32_t base_register(struct maker *m)
{
    return dice(m, 32) == 0 ? 4 + dice(m, 4) : dice(m, 4);
}

static uint32_t data_register(struct maker *m)
{
    return 4 + dice(m, 4);
}

static void put_access(struct maker *m)
{
    uint32_t rn = base_register(m);
    uint32_t rt = data_register(m);
    uint32_t load = dice(m, 2);
    uint32_t size = dice(m, 3);
    uint32_t form = dice(m, 9);
    rn = form < 3 ? rn : rn % 4; /* written back: not one that is also loaded */
    switch (form) {
    case 0:
        put16(m, 0x6000U | load << 11 | dice(m, 8) << 6 | rn << 3 | rt);
        break;
    case 1:
        put16(m, (0x7000U + (dice(m, 2) << 12)) | load << 11 | dice(m, 8) << 6 | rn << 3 | rt);
        break;
    case 2:
        put32(m, 0xF8800000U | size << 21 | load << 20 | rn << 16 | rt << 12 | dice(m, 40));
        break;
    case 3: { /* indexed, written back or not */
        static const uint32_t kind[] = {0xB00, 0xF00, 0x900, 0xD00, 0xC00};
        put32(m, 0xF8000000U | size << 21 | load << 20 | rn << 16 | rt << 12 | kind[dice(m, 5)] |
                     dice(m, 9));
        break;
    }
    case 4: /* LDM, STM */
        put16(m, 0xC000U | load << 11 | rn << 8 | (0xF0U & ~dice(m, 128)) | 0x80U);
        break;
    case 5: /* LDMDB, LDMIA, with registers that are no bases */
        put32(m, (dice(m, 2) == 0 ? 0xE9000000U : 0xE8800000U) | dice(m, 2) << 21 | load << 20 |
                     rn << 16 | 0x00F0U | dice(m, 2) << 8);
        break;
    case 6: { /* LDRD, STRD */
        static const uint32_t kind[] = {0xE9C00000, 0xE9400000, 0xE9E00000, 0xE8E00000};
        put32(m,
              kind[dice(m, 4)] | load << 20 | rn << 16 | 0x4500U | dice(m, 2) << 13 | dice(m, 4));
        break;
    }
    case 7: /* LDRT, STRT */
        put32(m, 0xF8000E00U | size << 21 | load << 20 | rn << 16 | rt << 12 | dice(m, 40));
        break;
    default: { /* LDREX, STREX, CLREX, and a literal */
        static const uint32_t code[] = {0xE8504F00, 0xE8405600, 0xE8D04F4F,
                                        0xE8C05F46, 0xF3BF8F2F, 0xF85F4004};
        uint32_t which = dice(m, 6);
        put32(m, code[which] | (which < 4 ? rn << 16 : 0));
        break;
    }
    }
}

static void put_sum(struct maker *m)
{
    uint32_t rd = data_register(m);
    uint32_t rm = dice(m, 8);
    switch (dice(m, 6)) {
    case 0:
        put16(m, 0x3000U | dice(m, 2) << 11 | rd << 8 | dice(m, 256));
        break;
    case 1:
        put16(m, 0x4000U | dice(m, 16) << 6 | rm << 3 | rd);
        break;
    case 2:
        put16(m, 0x1800U | dice(m, 2) << 9 | rm << 6 | dice(m, 8) << 3 | rd);
        break;
    case 3:
        put32(m, 0xFB90F0F0U | dice(m, 2) << 21 | dice(m, 8) << 16 | rd << 8 | rm);
        break;
    case 4:
        put16(m, 0x2000U | rd << 8 | dice(m, 256));
        break;
    default:
        put32(m, 0xFB00F000U | rm << 16 | rd << 8 | dice(m, 8));
        break;
    }
}

static void put_float(struct maker *m)
{
    static const uint32_t code[] = {0xEE300A01, 0xEE200A21, 0xEE801A02, 0xEEF14A10, 0xEEE14A10,
                                    0xEE011A10, 0xEE114A10, 0xEEB10AC1, 0xEEB40A40, 0xEEF1FA10};
    uint32_t rn = base_register(m);
    uint32_t which = dice(m, 14);
    if (which < 10) {
        put32(m, code[which]);
    } else if (which < 12) {
        put32(m, 0xED800A00U | dice(m, 2) << 20 | rn << 16 | dice(m, 4) << 12 | dice(m, 8));
    } else {
        rn %= 4;
        put32(m, 0xEC800A04U | dice(m, 2) << 21 | dice(m, 2) << 20 | rn << 16 | dice(m, 4) << 12);
    }
}

static void put_special(struct maker *m)
{
    static const uint32_t code[] = {0xF3848810, 0xF3858811, 0xF3868812, 0xF3EF8414, 0xF3EF8503,
                                    0xF3EF8605, 0xF3EF8710, 0xF3BF8F4F, 0xF3BF8F6F, 0xF3EF8413};
    static const uint16_t narrow[] = {0xB672, 0xB662, 0xB662, 0xB662, 0xBF40, 0xBF00, 0xBF10};
    if (dice(m, 2) == 0) {
        put32(m, code[dice(m, sizeof(code) / sizeof(code[0]))]);
    } else {
        put16(m, narrow[dice(m, sizeof(narrow) / sizeof(narrow[0]))]);
    }
    if (dice(m, 2) == 0) { /* and leave them open, mostly */
        put16(m, 0x2600);
        put32(m, 0xF3868811);
        put16(m, 0xB662);
    }
}

static void put_device(struct maker *m)
{
    static const struct {
        uint32_t offset, most;
    } use[] = {{DEVICE_VALUE, 256}, {DEVICE_EVENT, 90}, {DEVICE_EVENT, 250}, {DEVICE_STALL, 60},
               {DEVICE_PEND, 4},    {DEVICE_BAD, 4},    {DEVICE_CACHE, 2}};
    uint32_t which = dice(m, sizeof(use) / sizeof(use[0]));
    put_constant(m, 3, FIXTURE_DEVICE_BASE);
    put16(m, 0x2600U | dice(m, use[which].most));
    if (dice(m, 4) == 0) {
        put16(m, 0x681CU); /* ldr r4, [r3] */
    }
    put16(m, 0x6000U | (use[which].offset / 4) << 6 | 3U << 3 | 6U);
}

/* A new instruction over one of the RAM code, which keeps its length. */
static void put_change(struct maker *m)
{
    if (m->end - m->at < CHANGE_BYTES) {
        return; /* not without its barriers */
    }
    uint32_t alias = dice(m, 3) == 0 ? FIXTURE_CODE_RAM_BASE - RAM : 0;
    put_constant(m, 2, RAM_CODE + alias + CHUNK_BYTES * dice(m, CHUNKS) + CHUNK_BYTES - 8);
    put16(m, 0x2500U | dice(m, 256));
    put32(m, 0xF4455548U); /* orr r5, #0x3200: adds r2, #n */
    put16(m, 0x8015U);     /* strh r5, [r2] */
    put32(m, 0xF3BF8F4FU);
    put32(m, 0xF3BF8F6FU);
    put_constant(m, 2, pointer(m)); /* no other store may hit code */
}

static void put_unit(struct maker *m);

static void put_it(struct maker *m)
{
    if (m->end - m->at < IT_BYTES) {
        return; /* a whole block or none */
    }
    uint32_t count = 1 + dice(m, 4);
    uint32_t mask = (dice(m, 16) << (5 - count) | 1U << (4 - count)) & 0xFU;
    uint32_t condition = dice(m, 14);
    put16(m, 0xBF00U | condition << 4 | mask);
    while (count-- > 0) {
        switch (dice(m, 4)) {
        case 0:
            put_sum(m);
            break;
        case 1:
            put_float(m);
            break;
        default:
            put_access(m);
            break;
        }
    }
}

/* Around one or two units: a branch over them, a loop. */
static void put_around(struct maker *m)
{
    uint8_t *branch = m->at;
    bool loop = dice(m, 2) == 0;
    put16(m, loop ? 0x2700U | (2 + dice(m, 5)) : 0xD000U);
    uint8_t *start = m->at;
    put_unit(m);
    if (loop) {
        put16(m, 0x3F01);
        uint32_t back = (uint32_t)(m->at - start) + 4;
        put16(m, 0xDC00U | ((0x100U - back / 2) & 0xFFU)); /* bgt */
    } else if (m->at >= start + 4) {
        uint16_t code = (uint16_t)(0xD000U | dice(m, 14) << 8 | (uint32_t)(m->at - start - 2) / 2);
        memcpy(branch, &code, 2);
    }
}

static void put_unit(struct maker *m)
{
    switch (dice(m, 20)) {
    case 0:
    case 1:
        put_constant(m, dice(m, 4), pointer(m));
        break;
    case 2:
    case 3:
    case 4:
        put_sum(m);
        break;
    case 5:
        put_it(m);
        put_it(m);
        break;
    case 6:
        put_float(m);
        break;
    case 7:
        put_special(m);
        break;
    case 8:
        put_device(m);
        break;
    case 9:
        put_change(m);
        break;
    case 10:
        put16(m, 0xDF00U);
        break;
    case 11:
    case 12:
        put_around(m);
        break;
    case 13:
        put16(m, 0xB430U); /* push {r4, r5} */
        put_access(m);
        put16(m, 0xBC30U);
        break;
    default:
        put_access(m);
        break;
    }
}

static void put_chunk(struct maker *m, bool last, uint32_t first)
{
    uint8_t *start = m->at;
    m->end = start + CHUNK_BYTES - 8;
    while (m->at < m->end) {
        uint8_t *before = m->at;
        put_unit(m);
        if (m->at == before) {
            put16(m, 0xBF00);
        }
    }
    m->end = start + CHUNK_BYTES;
    put16(m, 0x3101); /* adds r1, #1: what put_change changes */
    if (last || dice(m, 4) == 0) {
        /* B.W back or on; the other memory is reached by the end of it only. */
        uint32_t to = last ? first : first + CHUNK_BYTES * dice(m, CHUNKS);
        int32_t offset = (int32_t)(to - (m->here + 4));
        put32(m, 0xF0009000U | ((uint32_t)offset >> 12 & 0x3FFU) << 16 |
                     ((uint32_t)offset >> 1 & 0x7FFU) | (offset < 0 ? 0x04002800U : 0x2800U));
        put16(m, 0xBF00);
    } else {
        put16(m, 0xBF00);
        put16(m, 0xBF00);
        put16(m, 0xBF00);
    }
}

static void make_code(struct maker *m, uint8_t *bytes, uint32_t address)
{
    m->at = bytes;
    m->here = address;
    for (uint32_t i = 0; i < CHUNKS; i++) {
        put_chunk(m, i + 1 == CHUNKS, address);
    }
}

static void make_region(struct maker *m, uint32_t number, uint32_t *rbar, uint32_t *rasr)
{
    static const uint8_t rights[] = {3, 3, 3, 1, 2, 5, 6, 0};
    uint32_t size = 4 + dice(m, 7); /* 32 bytes to 2 KiB */
    uint32_t base = RAM + 32 * dice(m, 0x60);
    uint32_t disabled = dice(m, 2) == 0 ? dice(m, 256) << 8 : 0;
    if (dice(m, 6) == 0) {
        base = RAM_CODE + 32 * dice(m, 0x20);
    }
    *rbar = (base & ~((2U << size) - 1U)) | 0x10U | number;
    *rasr = (uint32_t)rights[dice(m, 8)] << 24 | (dice(m, 5) == 0 ? 1U << 28 : 0) | disabled |
            size << 1 | (dice(m, 4) != 0 ? 1U : 0U);
}

static void write_ppb(struct fixture *f, uint32_t offset, uint32_t value)
{
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    (void)armv7m_write(cpu_core(f->cpu), access, value);
}

/* Flash may be executed and read by all, RAM and the device be used; five more regions cut RAM. */
static void make_mpu(struct fixture *f, struct maker *m)
{
    static const uint32_t fixed[][2] = {
        {0x00000010, 0x0600001F},
        {RAM | 0x11, 0x0300001F},
        {FIXTURE_DEVICE_BASE | 0x12, 0x13000013},
    };
    for (uint32_t i = 0; i < 3; i++) {
        write_ppb(f, 0xED9C, fixed[i][0]);
        write_ppb(f, 0xEDA0, fixed[i][1]);
    }
    for (uint32_t i = 0; i < 32; i++) {
        uint32_t pair[2];
        make_region(m, 3 + i % 5, &pair[0], &pair[1]);
        memcpy(f->flash + REGION_TABLE + 8 * i, pair, 8);
        write_ppb(f, 0xED9C, pair[0]);
        write_ppb(f, 0xEDA0, pair[1]);
    }
    write_ppb(f, 0xED94, dice(m, 4) == 0 ? 5 : 7);
}

static struct fixture *make(uint64_t seed)
{
    struct maker m = {.state = seed * 0x9E3779B97F4A7C15ULL};
    static const enum cpu_flash_timing timing[] = {CPU_FLASH_ICACHE, CPU_FLASH_UNCACHED};
    struct fixture_options options = {.flash_timing = dice(&m, 3) == 0 ? timing[dice(&m, 2)]
                                                                       : (enum cpu_flash_timing)0};
    struct fixture *f = fixture_create("random", &options);
    f->event_pends = true;
    make_code(&m, f->flash + FLASH_CODE, FLASH_CODE);
    make_code(&m, f->ram + (RAM_CODE - RAM), RAM_CODE);
    for (uint32_t i = 0; i < 0x1000; i++) {
        f->ram[i] = (uint8_t)dice(&m, 256);
    }
    cpu_reset(f->cpu);
    write_ppb(f, 0xED88, dice(&m, 6) == 0 ? 0 : 0xF00000);
    write_ppb(f, 0xED24, dice(&m, 8) == 0 ? 0 : 0x70000);
    write_ppb(f, 0xED14, 0x200U | (dice(&m, 4) == 0 ? dice(&m, 2) << 3 | dice(&m, 2) << 4 : 0));
    write_ppb(f, 0xEF34, dice(&m, 3) << 30);
    write_ppb(f, 0xE100, 0xFF);
    write_ppb(f, 0xE400, 0x4020E000 & (0x01010101U * dice(&m, 256)));
    write_ppb(f, 0xED1C, dice(&m, 2) == 0 ? 0x80000000U : 0);
    write_ppb(f, 0xE014, 60 + dice(&m, 900));
    write_ppb(f, 0xE018, 0);
    write_ppb(f, 0xE010, dice(&m, 2) == 0 ? 7 : 0);
    make_mpu(f, &m);
    struct cpu_regs regs = fixture_regs(f);
    for (uint32_t i = 0; i < 13; i++) {
        regs.r[i] = i < 4 ? pointer(&m) : dice(&m, 0x80000000U);
    }
    regs.psp = RAM + 0x7000;
    regs.control = dice(&m, 4);
    regs.pc = dice(&m, 2) == 0 ? FLASH_CODE : RAM_CODE;
    regs.pc += dice(&m, 4) == 0 && regs.pc == RAM_CODE ? FIXTURE_CODE_RAM_BASE - RAM : 0;
    cpu_set_regs(f->cpu, &regs);
    return f;
}

static uint64_t mix(uint64_t hash, const void *from, size_t count)
{
    const uint8_t *bytes = from;
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ bytes[i]) * 1099511628211ULL;
    }
    return hash;
}

/* What a guest has come to. */
struct outcome {
    struct cpu_regs regs;
    uint64_t cycle, instructions, exceptions, memory, accesses, entries;
    uint32_t faults, fault_kind, fault_pc, cfsr, hfsr, mmfar, bfar;
};

static uint32_t read_ppb(struct fixture *f, uint32_t offset)
{
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    uint32_t value = 0;
    (void)armv7m_read(cpu_core(f->cpu), access, &value);
    return value;
}

static struct outcome look(struct fixture *f)
{
    struct outcome outcome;
    memset(&outcome, 0, sizeof(outcome));
    outcome.regs = fixture_regs(f);
    outcome.cycle = clock_now(&f->clock);
    outcome.instructions = cpu_counters(f->cpu)->instructions;
    outcome.exceptions = cpu_counters(f->cpu)->exceptions;
    outcome.memory = mix(mix(0, f->ram, FIXTURE_RAM_BYTES), f->flash, FIXTURE_FLASH_BYTES);
    for (uint32_t i = 0; i < FIXTURE_LOG; i++) {
        const struct fixture_access *access = &f->log[i];
        uint64_t all[] = {access->cycle,      access->pc,    access->address,   access->value,
                          access->size_bytes, access->write, access->privileged};
        outcome.accesses = mix(outcome.accesses, all, sizeof(all));
        const struct fixture_exception *entry = &f->exception[i];
        uint64_t entered[] = {entry->cycle, entry->exception, entry->from_pc, entry->returned};
        outcome.entries = mix(outcome.entries, entered, sizeof(entered));
    }
    outcome.faults = f->fault_count;
    outcome.fault_kind = f->last_fault.kind;
    outcome.fault_pc = f->last_fault_pc;
    outcome.cfsr = read_ppb(f, 0xED28);
    outcome.hfsr = read_ppb(f, 0xED2C);
    outcome.mmfar = read_ppb(f, 0xED34);
    outcome.bfar = read_ppb(f, 0xED38);
    return outcome;
}

/* `slice`: 0 steps. */
static struct outcome run(uint64_t seed, uint64_t limit, uint64_t slice)
{
    struct fixture *f = make(seed);
    for (;;) {
        uint64_t now = clock_now(&f->clock);
        if (now >= limit) {
            break;
        }
        uint64_t until = slice < limit - now ? now + slice : limit;
        enum cpu_stop stop = slice == 0 ? cpu_step(f->cpu) : cpu_run(f->cpu, until);
        if (stop == CPU_STOP_SLEEP) {
            uint64_t due = clock_next_due(&f->clock);
            clock_set_now(&f->clock, due < limit ? due : limit);
        } else if (stop != CPU_STOP_LIMIT && stop != CPU_STOP_STEP) {
            break;
        }
        clock_fire_due(&f->clock);
    }
    struct outcome outcome = look(f);
    fixture_destroy(f);
    return outcome;
}

/* A step ends where its instruction does, a run before: the steps come first. */
static bool same(uint64_t seed, uint64_t limit, uint64_t slice, struct outcome *whole,
                 struct outcome *cut)
{
    *cut = run(seed, limit, slice);
    *whole = run(seed, cut->cycle > limit ? cut->cycle : limit, UINT64_MAX);
    return memcmp(whole, cut, sizeof(*whole)) == 0;
}

/* Says at which cycle the two part. */
static void explain(uint64_t seed, uint64_t slice)
{
    struct outcome a;
    struct outcome b;
    uint64_t low = 0;
    uint64_t high = CYCLES;
    while (high - low > 1) {
        uint64_t middle = (low + high) / 2;
        *(same(seed, middle, slice, &a, &b) ? &low : &high) = middle;
    }
    (void)same(seed, high, slice, &a, &b);
    const uint32_t *x = (const uint32_t *)&a;
    const uint32_t *y = (const uint32_t *)&b;
    for (size_t i = 0; i < sizeof(a) / 4; i++) {
        if (x[i] != y[i]) {
            print_message("word %zu: whole 0x%x, cut 0x%x\n", i, (unsigned)x[i], (unsigned)y[i]);
        }
    }
    struct outcome before = run(seed, low, 0);
    struct fixture *f = make(seed);
    uint32_t where = before.regs.pc - 8;
    for (unsigned i = 0; i < 8 && (where < 0x10000 || where - RAM < 0x10000); i++) {
        print_message("%08x%c", (unsigned)fixture_word(f, (where & ~3U) + 4 * i), i == 7 ? 10 : 32);
    }
    fixture_destroy(f);
    print_message("seed %llu: slices of %llu part at cycle %llu after pc 0x%x; pc 0x%x and 0x%x\n",
                  (unsigned long long)seed, (unsigned long long)slice, (unsigned long long)high,
                  (unsigned)before.regs.pc, (unsigned)a.regs.pc, (unsigned)b.regs.pc);
}

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static void test_fast_against_steps(void **state)
{
    (void)state;
    uint64_t only = number("FAST_STEPS_SEED", 0);
    uint64_t from = only != 0 ? only : number("FAST_STEPS_FROM", 1);
    uint64_t count = only != 0 ? 1 : number("FAST_STEPS_COUNT", SEEDS);
    uint64_t failed = 0;
    uint64_t instructions = 0;
    uint64_t faults = 0;
    for (uint64_t seed = from; seed < from + count; seed++) {
        uint64_t slices[] = {0, 1 + seed % 97};
        for (unsigned i = 0; i < 2; i++) {
            struct outcome whole;
            struct outcome cut;
            if (!same(seed, CYCLES, slices[i], &whole, &cut)) {
                explain(seed, slices[i]);
                failed++;
            }
            instructions += whole.instructions;
            faults += whole.faults;
        }
    }
    print_message("%llu guests, %llu instructions, %llu faults\n", (unsigned long long)count,
                  (unsigned long long)instructions, (unsigned long long)faults);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fast_against_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
