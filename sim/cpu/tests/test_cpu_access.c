/* sim/cpu/tests/test_cpu_access.c - random accesses under random MPU configurations: the CPU must
 * refuse exactly what the model refuses, byte by byte, with the model's address, and do exactly the
 * rest. Guest: guests/access.s. A seed re-runs one configuration: CPU_ACCESS_SEED=n. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"
#include "sim/cpu/unicorn_exits.h"

#define RAM            FIXTURE_RAM_BASE
#define FIELD          (RAM + 0x2000) /* where the accesses go */
#define FIELD_BYTES    0x1800U
#define STACK          (RAM + 0xF000)
#define CONFIGURATIONS 2000
#define ACCESSES       40

static const struct {
    uint8_t bytes;
    bool write, unprivileged, aligned;
    uint8_t below; /* the access begins so many bytes below r0 */
} operations[] = {
    {1, false, false, false, 0}, {2, false, false, false, 0}, {4, false, false, false, 0},
    {8, false, false, true, 0},  {12, false, false, true, 0}, {4, false, true, false, 0},
    {8, false, false, true, 0},  {4, false, false, false, 0}, {1, true, false, false, 0},
    {2, true, false, false, 0},  {4, true, false, false, 0},  {8, true, false, true, 0},
    {12, true, false, true, 0},  {4, true, true, false, 0},   {8, true, false, true, 0},
    {4, true, false, false, 0},  {8, false, false, true, 0},  {8, true, false, true, 8},
};
#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static uint32_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(*state >> 32);
}

static void write_mpu(struct fixture *f, uint32_t offset, uint32_t value)
{
    struct bus_access access = {.offset = 0xED90 + offset, .size_bytes = 4, .privileged = true};
    assert_int_equal(armv7m_write(cpu_core(f->cpu), access, value), BUS_OK);
}

/* Regions 0 to 5 lie about the field, 6 and 7 let the code and the stack be. */
static void configure(struct fixture *f, uint64_t *state)
{
    for (uint32_t region = 0; region < 6; region++) {
        uint32_t size = 4 + next(state) % 10;
        uint32_t base = (FIELD + next(state) % FIELD_BYTES) & ~((2U << size) - 1U);
        uint32_t access = next(state) % 8 == 4 ? 3 : next(state) % 8;
        uint32_t disabled = size >= 7 && next(state) % 2 == 0 ? next(state) & 0xFFU : 0;
        write_mpu(f, MPU_RBAR, base | 0x10U | region);
        write_mpu(f, MPU_RASR, access << 24 | disabled << 8 | size << 1 | (next(state) % 4 != 0));
    }
    write_mpu(f, MPU_RBAR, 0 | 0x10U | 6);
    write_mpu(f, MPU_RASR, 6U << 24 | 15U << 1 | 1);
    write_mpu(f, MPU_RBAR, STACK | 0x10U | 7);
    write_mpu(f, MPU_RASR, 3U << 24 | 11U << 1 | 1);
    write_mpu(f, MPU_CTRL, next(state) % 8 == 0 ? 0 : 1U | (next(state) & 4U));
}

static struct cpu_regs set_up(struct fixture *f, unsigned operation, uint32_t address,
                              bool privileged)
{
    struct cpu_regs regs = fixture_regs(f);
    regs.r[0] = address + operations[operation].below;
    for (uint32_t i = 1; i < 13; i++) {
        regs.r[i] = 0xA0B0C000U + i * 0x01010101U;
    }
    regs.s[2] = 0x11112222;
    regs.s[3] = 0x33334444;
    regs.msp = STACK + 0xF00;
    regs.psp = STACK + 0xE00;
    regs.xpsr = XPSR_T;
    regs.control = CONTROL_SPSEL | (privileged ? 0 : CONTROL_NPRIV);
    regs.pc = fixture_word(f, 0x100 + 4 * operation) & ~1U;
    cpu_set_regs(f->cpu, &regs);
    cpu_core(f->cpu)->nvic.state.active[0] = 0; /* out of the last handler */
    cpu_core(f->cpu)->scb.state.cfsr = 0;
    return regs;
}

static void expected_bytes(uint8_t out[12], unsigned operation, const struct cpu_regs *regs)
{
    bool fp = operation == 14;
    memcpy(out, fp ? &regs->s[2] : &regs->r[1], fp ? 8 : 12);
}

static void check_allowed(struct fixture *f, unsigned operation, uint32_t address,
                          const uint8_t before[16], const struct cpu_regs *start)
{
    uint8_t bytes = operations[operation].bytes;
    struct cpu_regs regs = fixture_regs(f);
    assert_int_equal(cpu_regs_ipsr(&regs), 0);
    if (operations[operation].write) {
        uint8_t wanted[12];
        expected_bytes(wanted, operation, start);
        assert_memory_equal(f->ram + (address - RAM), wanted, bytes);
    } else {
        const void *got = operation == 6 ? (const void *)&regs.s[0] : (const void *)&regs.r[1];
        assert_memory_equal(got, before, bytes);
    }
}

static void check_refused(struct fixture *f, const struct mpu_verdict *verdict, uint32_t address,
                          const uint8_t before[16], unsigned operation,
                          const struct cpu_regs *start)
{
    struct cpu_regs regs = fixture_regs(f);
    const struct scb_state *scb = &cpu_core(f->cpu)->scb.state;
    assert_int_equal(cpu_regs_ipsr(&regs), EXCEPTION_MEMMANAGE);
    assert_int_equal(scb->cfsr & 0xFFU & ~(uint32_t)CFSR_MSTKERR, CFSR_DACCVIOL | CFSR_MMARVALID);
    assert_int_equal(scb->fault_address, verdict->fault_address);
    assert_int_equal(f->last_verdict.region, verdict->region);
    /* Nothing after it ran, and the frame says where and in which IT block: but for loads that
     * cross pages inside an IT block, where only our own way out of translated code can tell. */
    bool conditional = operation == 7 || operation == 15;
    if (unicorn_exits_are_ours() || !conditional || address / 1024 == (address + 3) / 1024) {
        assert_int_equal(regs.r[6], 0xA0B0C000U + 6 * 0x01010101U);
        assert_int_equal(f->last_fault_pc, start->pc + (conditional ? 4 : 2));
        assert_int_equal(f->last_fault_xpsr & XPSR_IT_ICI, conditional ? 1U << 10 : 0);
    }
    uint32_t refused = verdict->fault_address - address;
    assert_int_equal(f->ram[address - RAM + refused], before[refused]);
}

static void run_one(struct fixture *f, uint64_t *state)
{
    unsigned operation = next(state) % OPERATIONS;
    bool privileged = next(state) % 2 == 0;
    uint32_t address = FIELD + next(state) % FIELD_BYTES;
    /* Near the edges of pages and regions more often. */
    address = next(state) % 2 == 0 ? (address & ~0x1FU) - next(state) % 12 : address;
    address = operations[operation].aligned ? address & ~3U : address;
    uint8_t before[16];
    memcpy(before, f->ram + (address - RAM), sizeof(before));
    struct cpu_regs start = set_up(f, operation, address, privileged);
    struct mpu_context context = {.privileged = privileged && !operations[operation].unprivileged};
    struct mpu_verdict verdict =
        mpu_check(&cpu_core(f->cpu)->mpu, address, operations[operation].bytes,
                  operations[operation].write ? MPU_ACCESS_WRITE : MPU_ACCESS_READ, context);
    assert_int_equal(cpu_run(f->cpu, UINT64_MAX), CPU_STOP_BKPT);
    /* A stack in the field may be refused for the frame, too: only the registers are looked at. */
    if (verdict.allowed) {
        check_allowed(f, operation, address, before, &start);
    } else if (operations[operation].below == 0 && operation != 16) {
        check_refused(f, &verdict, address, before, operation, &start);
    }
}

static void run_configuration(struct fixture *f, uint64_t seed)
{
    uint64_t state = seed;
    configure(f, &state);
    for (unsigned i = 0; i < ACCESSES; i++) {
        run_one(f, &state);
    }
}

static void test_accesses(void **state)
{
    (void)state;
    struct fixture *f = fixture_create("access", NULL);
    struct armv7m *core = cpu_core(f->cpu);
    core->scb.state.cpacr = 0xF00000;
    core->nvic.state.enabled[0] |= 1U << EXCEPTION_MEMMANAGE;
    cpu_set_debugger(f->cpu, true);
    for (uint32_t i = 0; i < FIXTURE_RAM_BYTES; i++) {
        f->ram[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    const char *chosen = getenv("CPU_ACCESS_SEED");
    uint64_t first = chosen != NULL ? strtoull(chosen, NULL, 10) : 1;
    uint64_t last = chosen != NULL ? first : CONFIGURATIONS;
    for (uint64_t seed = first; seed <= last; seed++) {
        run_configuration(f, seed);
    }
    fixture_destroy(f);
}

static void write_ppb(struct fixture *f, uint32_t offset, uint32_t value)
{
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    (void)armv7m_write(cpu_core(f->cpu), access, value);
}

/* A load that crosses into a forbidden part of the next page, after one that looks the same. */
static void test_second_of_two_loads(void **state)
{
    (void)state;
    struct fixture *f = fixture_create(NULL, NULL);
    static const uint16_t code[] = {
        0x683E, /* ldr r6, [r7]: that page is known */
        0x6808, /* ldr r0, [r1] */
        0x3508, /* adds r5, #8 */
        0x1C21, /* adds r1, r4, #0 */
        0x6808, /* ldr r0, [r1] */
        0xBF30, /* wfi */
    };
    memcpy(f->ram + 0x4000, code, sizeof(code));
    write_ppb(f, 0xED24, 0x70000);
    write_ppb(f, 0xED9C, (FIXTURE_RAM_BASE + 0x400) | 0x10);
    write_ppb(f, 0xEDA0, 0x00000009); /* 32 bytes, no access */
    write_ppb(f, 0xED94, 5);
    struct cpu_regs regs = fixture_regs(f);
    regs.r[1] = FIXTURE_RAM_BASE;
    regs.r[7] = FIXTURE_RAM_BASE + 0x440;
    regs.r[4] = FIXTURE_RAM_BASE + 0x3FE;
    regs.pc = FIXTURE_RAM_BASE + 0x4000;
    cpu_set_regs(f->cpu, &regs);
    (void)fixture_run(f, 100);
    assert_true(f->fault_count > 0);
    assert_int_equal(f->first_fault.kind, FAULT_DACCVIOL);
    assert_int_equal(f->first_fault_pc, FIXTURE_RAM_BASE + 0x4008);
    fixture_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_second_of_two_loads),
        cmocka_unit_test(test_accesses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
