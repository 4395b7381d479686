/* sim/cpu/tests/test_cpu_alignment.c - LDM, LDRD, VLDR and their kin fault when unaligned, however
 * their base came about. Random code, run at full speed and twice over, against a walk that looks
 * at each instruction with the registers before it. A seed re-runs one case:
 * CPU_ALIGNMENT_SEED=n test_cpu_alignment. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/cpu/access_decode.h"
#include "sim/cpu/alignment.h"
#include "sim/cpu/cycle_model.h"
#include "sim/cpu/tests/cpu_fixture.h"
#include "sim/cpu/unicorn_align.h"

#define RAM    FIXTURE_RAM_BASE
#define CODE   0x400U
#define POOL   0x480U /* literals */
#define CASES  250
#define LENGTH 14
#define ROUNDS 3
#define CYCLES 3000

static uint32_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(*state >> 32);
}

/* ---- code ---- */

struct code {
    uint8_t bytes[0x80];
    uint32_t size_bytes;
    uint64_t *random;
};

static void emit16(struct code *c, uint32_t halfword)
{
    uint16_t value = (uint16_t)halfword;
    memcpy(c->bytes + c->size_bytes, &value, 2);
    c->size_bytes += 2;
}

static void emit32(struct code *c, uint32_t first, uint32_t second)
{
    emit16(c, first);
    emit16(c, second);
}

static uint32_t reg(struct code *c)
{
    return next(c->random) % 6;
}

static void emit_multiple(struct code *c)
{
    uint32_t rn = reg(c);
    uint32_t list = next(c->random) & 0x3FU & ~(1U << rn);
    list |= rn == 0 ? 2U : 1U;
    switch (next(c->random) % 8) {
    case 0:
        emit16(c, 0xC800 | rn << 8 | list); /* ldmia rn! */
        break;
    case 1:
        emit16(c, 0xC000 | rn << 8 | list); /* stmia rn! */
        break;
    case 2:
        emit32(c, 0xE910 | (next(c->random) & 1) << 5 | rn, list | 0x40); /* ldmdb */
        break;
    case 3:
        emit32(c, 0xE9D0 | rn, ((rn + 1) % 6) << 12 | ((rn + 2) % 6) << 8 | (next(c->random) & 7));
        break;
    case 4:
        emit32(c, 0xE9C0 | rn, reg(c) << 12 | reg(c) << 8 | (next(c->random) & 7)); /* strd */
        break;
    case 5:
        emit32(c, 0xE8E0 | rn, ((rn + 1) % 6) << 12 | ((rn + 2) % 6) << 8 | 2); /* strd post */
        break;
    case 6:
        emit32(c, 0xED80 | (next(c->random) & 1) << 4 | rn, /* vldr, vstr of s0 or d0 */
               0x0A00 | (next(c->random) & 0x107));
        break;
    default:
        emit32(c, 0xECA0 | rn, 0x0A02); /* vstmia rn!, {s0, s1} */
        break;
    }
}

static void emit_single(struct code *c)
{
    uint32_t rn = reg(c);
    uint32_t rt = (rn + 1 + next(c->random) % 5) % 6;
    switch (next(c->random) % 6) {
    case 0:
        emit16(c, 0x6800 | (next(c->random) & 7) << 6 | rn << 3 | rt); /* ldr */
        break;
    case 1:
        emit16(c, 0x6000 | (next(c->random) & 7) << 6 | rn << 3 | rt); /* str */
        break;
    case 2:
        emit32(c, 0xF850 | rn, rt << 12 | 0xB00 | (next(c->random) & 7)); /* ldr post */
        break;
    case 3:
        emit32(c, 0xF840 | rn, rt << 12 | 0xD00 | (next(c->random) & 7)); /* str pre, down */
        break;
    case 4: {
        uint32_t at = CODE + c->size_bytes;
        uint32_t offset = POOL + 4 * (next(c->random) % 8) - ((at + 4) & ~3U);
        emit16(c, 0x4800 | rt << 8 | offset / 4);
        break;
    }
    default:
        emit16(c, 0x9800 | rt << 8 | (next(c->random) & 7)); /* ldr sp */
        break;
    }
}

static void emit_arithmetic(struct code *c)
{
    uint32_t rd = reg(c);
    uint32_t rn = reg(c);
    uint32_t small = next(c->random) % 4 == 0 ? next(c->random) & 7 : 4 * (next(c->random) & 1);
    switch (next(c->random) % 12) {
    case 0:
        emit16(c, 0x1C00 | small << 6 | rn << 3 | rd); /* adds imm3 */
        break;
    case 1:
        emit16(c, 0x3800 | rd << 8 | small * 4); /* subs imm8 */
        break;
    case 2:
        emit16(c, 0x4600 | rn << 3 | rd); /* mov */
        break;
    case 3:
        emit32(c, 0xF200 | rn, rd << 8 | small); /* addw */
        break;
    case 4:
        emit32(c, 0xF1A0 | rn, rd << 8 | small); /* sub.w */
        break;
    case 5:
        emit16(c, 0xA800 | rd << 8 | small); /* add rd, sp */
        break;
    case 6:
        emit32(c, 0xF020 | rn, rd << 8 | 3); /* bic #3 */
        break;
    case 7: /* movw, movt: RAM + 0x1800 and something */
        emit32(c, 0xF641, rd << 8 | small);
        emit32(c, 0xF2C2, rd << 8);
        break;
    case 8:
        emit32(c, 0xF000 | rn, 1U << 12 | rd << 8 | 0xFC); /* and #0x00FC00FC */
        break;
    case 9:
        emit32(c, 0xF100 | rn, rd << 8 | small);       /* add.w, then the same again by register */
        emit32(c, 0xEB00 | rd, 2U << 6 | rd << 8 | 7); /* add rd, rd, r7, lsl #2 */
        break;
    case 10:
        emit16(c, 0x1800 | 7U << 6 | rn << 3 | rd); /* adds rd, rn, r7 */
        break;
    default:
        emit32(c, 0xFA90 | rn, 0xF080 | rd << 8 | rn); /* rev: anything */
        break;
    }
}

static void emit_any(struct code *c)
{
    uint32_t dice = next(c->random) % 10;
    if (dice < 4) {
        emit_multiple(c);
    } else if (dice < 7) {
        emit_single(c);
    } else {
        emit_arithmetic(c);
    }
}

static void generate(struct code *c)
{
    c->size_bytes = 0;
    for (int i = 0; i < LENGTH && c->size_bytes < 0x60; i++) {
        if (next(c->random) % 6 == 0) {
            emit16(c, 0xBF08 | (next(c->random) % 14) << 4); /* it */
            if (next(c->random) % 2 == 0) {
                emit_multiple(c);
            } else {
                emit_single(c);
            }
        } else {
            emit_any(c);
        }
    }
    emit16(c, 0x3E01);                                           /* subs r6, #1 */
    emit16(c, 0xD100 | (((0U - c->size_bytes - 4) / 2) & 0xFF)); /* bne to the start */
    emit16(c, 0xBE00);
}

/* ---- one case ---- */

struct outcome {
    bool ended; /* else it has lost its way */
    bool faulted;
    struct fault fault;
    uint32_t pc;
    uint32_t r[6];
    uint64_t cycles;
};

struct image {
    uint8_t ram[FIXTURE_RAM_BYTES], flash[FIXTURE_FLASH_BYTES];
};

static void start(struct fixture *f, const struct cpu_regs *regs, const struct image *image)
{
    memcpy(f->ram, image->ram, sizeof(image->ram));
    if (memcmp(f->flash, image->flash, sizeof(image->flash)) != 0) {
        memcpy(f->flash, image->flash, sizeof(image->flash));
        cpu_memory_changed(f->cpu, 0, FIXTURE_FLASH_BYTES);
    }
    cpu_reset(f->cpu);
    cpu_core(f->cpu)->scb.state.cpacr = 0xF00000;
    f->fault_count = 0;
    f->value_reads = 0;
    struct cpu_regs now = *regs;
    now.xpsr |= XPSR_T;
    cpu_set_regs(f->cpu, &now);
}

static struct outcome outcome_of(const struct fixture *f, uint64_t begun, enum cpu_stop stop)
{
    struct outcome o = {.ended = f->fault_count > 0 || stop == CPU_STOP_BKPT,
                        .faulted = f->fault_count > 0,
                        .cycles = clock_now(&f->clock) - begun};
    struct cpu_regs regs = fixture_regs(f);
    if (!o.ended) {
        return (struct outcome){.ended = false};
    }
    if (o.faulted) {
        o.fault = f->first_fault;
        o.pc = f->first_fault_pc;
        o.cycles = 0;
        return o;
    }
    o.pc = regs.pc;
    memcpy(o.r, regs.r, sizeof(o.r));
    return o;
}

static struct outcome run_fast(struct fixture *f, const struct cpu_regs *regs,
                               const struct image *image)
{
    start(f, regs, image);
    uint64_t begun = clock_now(&f->clock);
    enum cpu_stop stop = cpu_run(f->cpu, begun + CYCLES);
    return outcome_of(f, begun, stop);
}

static bool condition_passes(uint32_t xpsr)
{
    bool n = (xpsr >> 31 & 1U) != 0, z = (xpsr >> 30 & 1U) != 0;
    bool c = (xpsr >> 29 & 1U) != 0, v = (xpsr >> 28 & 1U) != 0;
    if ((xpsr & XPSR_IT_ICI) == 0) {
        return true;
    }
    switch (xpsr >> 12 & 0xFU) {
    case 0:
        return z;
    case 1:
        return !z;
    case 2:
        return c;
    case 3:
        return !c;
    case 4:
        return n;
    case 5:
        return !n;
    case 6:
        return v;
    case 7:
        return !v;
    case 8:
        return c && !z;
    case 9:
        return !c || z;
    case 10:
        return n == v;
    case 11:
        return n != v;
    case 12:
        return n == v && !z;
    case 13:
        return n != v || z;
    default:
        return true;
    }
}

/* True: by the decoder of accesses, which knows nothing of blocks, the next instruction faults. */
static bool must_fault(const struct fixture *f)
{
    struct cpu_regs regs = fixture_regs(f);
    uint32_t r[16];
    memcpy(r, regs.r, sizeof(regs.r));
    r[13] = cpu_regs_sp(&regs);
    r[14] = regs.lr;
    r[15] = regs.pc;
    uint16_t code[2];
    memcpy(code, f->flash + regs.pc, 4);
    struct access_span span;
    if (!condition_passes(regs.xpsr) || !access_decode(code, r, &span)) {
        return false;
    }
    /* Beside memory, and for stores to flash, every access must be aligned. */
    bool device = span.address >= FIXTURE_FLASH_BYTES && span.address - RAM >= FIXTURE_RAM_BYTES;
    device = device || (span.write && span.address < FIXTURE_FLASH_BYTES);
    return (span.aligned_only || device) && span.address % span.element_bytes % 4 != 0;
}

static struct outcome walk(struct fixture *f, const struct cpu_regs *regs,
                           const struct image *image, uint64_t seed)
{
    start(f, regs, image);
    uint64_t begun = clock_now(&f->clock);
    for (;;) {
        bool expected = must_fault(f);
        uint32_t pc = fixture_regs(f).pc;
        enum cpu_stop stop = cpu_step(f->cpu);
        if (expected != (f->fault_count > 0 && f->first_fault.kind == FAULT_UNALIGNED)) {
            uint16_t code[2];
            memcpy(code, f->flash + pc, 4);
            fail_msg("seed %llu: at 0x%x (%04x %04x) %s", (unsigned long long)seed, (unsigned)pc,
                     (unsigned)code[0], (unsigned)code[1], expected ? "no fault" : "a fault");
        }
        if (stop != CPU_STOP_STEP || f->fault_count > 0 || clock_now(&f->clock) > begun + CYCLES) {
            return outcome_of(f, begun, stop);
        }
    }
}

static uint32_t some_pointer(uint64_t *random)
{
    uint32_t value = RAM + 0x1000 + 4 * (next(random) % 0x800);
    return next(random) % 12 == 0 ? value + next(random) % 4 : value;
}

static void check_same(const struct outcome *a, const struct outcome *b, uint64_t seed)
{
    if (memcmp(a, b, sizeof(*a)) != 0) {
        fail_msg("seed %llu: %s at 0x%x, stepped %s at 0x%x; %llu and %llu cycles",
                 (unsigned long long)seed, a->faulted ? "fault" : "none", (unsigned)a->pc,
                 b->faulted ? "fault" : "none", (unsigned)b->pc, (unsigned long long)a->cycles,
                 (unsigned long long)b->cycles);
    }
}

static unsigned run_case(struct fixture *f, uint64_t seed)
{
    uint64_t random = seed * 77777 + 5;
    static struct image image;
    struct code c = {.random = &random};
    generate(&c);
    memcpy(f->flash + CODE, c.bytes, sizeof(c.bytes));
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t value = some_pointer(&random);
        memcpy(f->flash + POOL + 4 * i, &value, 4);
    }
    cpu_memory_changed(f->cpu, CODE, 0x100);
    for (uint32_t i = 0; i < FIXTURE_RAM_BYTES; i += 4) {
        uint32_t value = some_pointer(&random);
        memcpy(image.ram + i, &value, 4);
    }
    memcpy(image.flash, f->flash, sizeof(image.flash));
    unsigned faults = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct cpu_regs regs = {.msp = RAM + 0x3000, .pc = CODE, .lr = RAM + 0x4000};
        for (uint32_t i = 0; i < 6; i++) {
            regs.r[i] = some_pointer(&random);
        }
        regs.r[6] = 1 + next(&random) % 4;
        regs.r[7] = next(&random) % 8 == 0 ? next(&random) & 7 : 4;
        regs.xpsr = next(&random) & 0xF0000000U;
        struct outcome fast = run_fast(f, &regs, &image);
        struct outcome again = run_fast(f, &regs, &image);
        struct outcome stepped = walk(f, &regs, &image, seed);
        check_same(&fast, &stepped, seed);
        check_same(&again, &stepped, seed);
        faults += stepped.faulted && stepped.fault.kind == FAULT_UNALIGNED ? 1U : 0U;
    }
    return faults;
}

static void test_random_code(void **state)
{
    (void)state;
    const char *only = getenv("CPU_ALIGNMENT_SEED");
    struct fixture *f = fixture_create(NULL, NULL);
    cpu_set_debugger(f->cpu, true);
    static const uint32_t vectors[16] = {RAM + 0x8000, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41,
                                         0x41,         0x41, 0x41, 0x41, 0x41, 0x41, 0x41, 0x41};
    memcpy(f->flash, vectors, sizeof(vectors));
    memcpy(f->flash + 0x40, &(uint16_t){0xBE00}, 2); /* any exception ends it */
    if (only != NULL) {
        (void)run_case(f, strtoull(only, NULL, 0));
        fixture_destroy(f);
        return;
    }
    unsigned faults = 0;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        faults += run_case(f, seed);
    }
    /* Neither are all of them, nor next to none. */
    assert_in_range(faults, CASES * ROUNDS / 10, CASES * ROUNDS * 9 / 10);
    fixture_destroy(f);
}

/* ---- what the analysis says of a block ---- */

static uint16_t registers_of(const uint16_t *halfwords, uint32_t size_bytes)
{
    struct alignment_code code = {.bytes = (const uint8_t *)halfwords,
                                  .available = size_bytes,
                                  .address = 0x100,
                                  .size_bytes = size_bytes,
                                  .constant = true};
    size_t literal_end;
    struct alignment a = alignment_analyse(&code, &literal_end);
    return (uint16_t)(a.registers | (a.site_count > 0 ? ALIGNMENT_STEP : 0U));
}

#define REGISTERS_OF(...)                                                                          \
    registers_of((const uint16_t[]){__VA_ARGS__}, (uint32_t)sizeof((const uint16_t[]){__VA_ARGS__}))

static void test_analysis(void **state)
{
    (void)state;
    assert_int_equal(REGISTERS_OF(0xC80E), 1 | ALIGNMENT_KEEPS);         /* ldm r0!, {r1-r3} */
    assert_int_equal(REGISTERS_OF(0xB51F, 0xBD1F), ALIGNMENT_KEEPS);     /* push, pop */
    assert_int_equal(REGISTERS_OF(0x3004, 0xC80E), 1 | ALIGNMENT_KEEPS); /* adds r0, #4 */
    assert_int_equal(REGISTERS_OF(0x3001, 0xC80E), 0x2000 | ALIGNMENT_KEEPS);
    assert_int_equal(REGISTERS_OF(0xC80E, 0x3001), 1); /* not for the next round */
    assert_int_equal(REGISTERS_OF(0xC80E, 0x4601, 0xC90C), 1 | ALIGNMENT_KEEPS); /* mov r1, r0 */
    assert_int_equal(REGISTERS_OF(0x6800, 0xC80E) & 0x2000, 0x2000);             /* ldr r0, [r0] */
    assert_int_equal(REGISTERS_OF(0xA801, 0xC80E), ALIGNMENT_KEEPS); /* add r0, sp, #4 */
    /* it eq; ldreq r0, [r0]; ldm r0!: which of the two is not known. */
    assert_int_equal(REGISTERS_OF(0xBF08, 0x6800, 0xC80E) & 0x2000, 0x2000);
}

/* Encodings that ARMv7-M leaves UNDEFINED and the library carries out. */
static void test_undefined(void **state)
{
    (void)state;
    static const uint16_t undefined[][2] = {
        {0xF98D, 0x27A9}, /* vst4.16 */
        {0xF920, 0x0A0F}, /* vld1.8 */
        {0xF9A0, 0x0A0F}, /* vld1.16 to one lane */
        {0xF3DE, 0x8F04}, /* subs pc, lr, #4 */
    };
    if (!unicorn_aligns()) {
        skip();
    }
    for (size_t i = 0; i < 2 * sizeof(undefined) / sizeof(undefined[0]); i++) {
        struct fixture *f = fixture_create(NULL, NULL);
        memcpy(f->ram + 0x4000, undefined[i / 2], 4);
        struct cpu_regs regs = fixture_regs(f);
        for (unsigned reg = 0; reg < 13; reg++) {
            regs.r[reg] = FIXTURE_RAM_BASE + 0x100;
        }
        regs.lr = FIXTURE_RAM_BASE + 0x5000;
        regs.pc = FIXTURE_RAM_BASE + 0x4000;
        cpu_set_regs(f->cpu, &regs);
        struct bus_access access = {.offset = 0xED88, .size_bytes = 4, .privileged = true};
        (void)armv7m_write(cpu_core(f->cpu), access, 0xF00000);
        (void)(i % 2 == 0 ? cpu_run(f->cpu, 10) : cpu_step(f->cpu));
        assert_true(f->fault_count > 0);
        assert_int_equal(f->first_fault.kind, FAULT_UNDEFINSTR);
        assert_int_equal(f->first_fault_pc, FIXTURE_RAM_BASE + 0x4000);
        fixture_destroy(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_analysis),
        cmocka_unit_test(test_undefined),
        cmocka_unit_test(test_random_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
