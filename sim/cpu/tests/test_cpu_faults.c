/* sim/cpu/tests/test_cpu_faults.c - every kind of refused access: which fault, where, with what
 * address, and that nothing of the instruction happened. Guest: guests/faults.s. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"

#define RAM   FIXTURE_RAM_BASE
#define GUARD (RAM + 0x1000) /* 32 bytes without access */
#define PAGE  (RAM + 0x2000) /* 1 KiB without access */
#define PRIV  (RAM + 0x3000) /* 32 bytes, privileged only */

enum probe {
    P_LDR,
    P_STR,  /* [r0, #4] */
    P_LDRB, /* [r0, #31] */
    P_STRH_POST,
    P_LDR_PRE, /* [r0, #8]! */
    P_LDM,
    P_STM_WB,
    P_LDMDB,
    P_LDRD, /* [r0, #4] */
    P_STRD,
    P_PUSH, /* 5 registers */
    P_POP,  /* 4 */
    P_LDR_UNALIGNED,
    P_IT_STR,
    P_IT_LDR,
    P_VLDR, /* [r0, #4] */
    P_VSTM, /* 8 words */
    P_TBB,
    P_LDREX,
    P_LDRT,
    P_STRT, /* [r0, #8] */
    P_FETCH,
    P_REG, /* [r0, r2, lsl #2] */
    P_STR_UNALIGNED,
    P_LDRSH_REG,
    P_UDF,
    P_SVC,
    P_VLDR_DOUBLE,
    P_LDRH_AFTER,
    P_BX_EVEN,
    P_DIV,
    P_NOTHING,
};

#define MEMMANAGE  4
#define BUSFAULT   5
#define USAGEFAULT 6
#define DACC       0x82U
#define IACC       0x01U
#define MSTKERR    0x10U /* the frame goes to the same stack */
#define PRECISE    0x8200U

struct expectation {
    const char *name;
    enum probe probe;
    uint32_t r0;
    bool unprivileged;
    uint32_t ipsr; /* 0: no fault */
    uint32_t cfsr;
    uint32_t address;   /* MMFAR or BFAR where cfsr says that it is valid */
    uint32_t pc_offset; /* of the faulting instruction within the probe */
};

static const struct expectation table[] = {
    {"ldr, cut page", P_LDR, GUARD, false, MEMMANAGE, DACC, GUARD, 0},
    {"ldr beside", P_LDR, GUARD - 4, false, 0, 0, 0, 0},
    {"ldr behind", P_LDR, GUARD + 32, false, 0, 0, 0, 0},
    {"ldr, whole page", P_LDR, PAGE + 0x10, false, MEMMANAGE, DACC, PAGE + 0x10, 0},
    {"str, cut page", P_STR, GUARD + 12, false, MEMMANAGE, DACC, GUARD + 16, 0},
    {"str, whole page", P_STR, PAGE + 0x3F8, false, MEMMANAGE, DACC, PAGE + 0x3FC, 0},
    {"str behind the page", P_STR, PAGE + 0x3FC, false, 0, 0, 0, 0},
    {"ldrb last byte", P_LDRB, GUARD, false, MEMMANAGE, DACC, GUARD + 31, 0},
    {"ldrb behind", P_LDRB, GUARD + 1, false, 0, 0, 0, 0},
    {"strh post-index", P_STRH_POST, GUARD + 2, false, MEMMANAGE, DACC, GUARD + 2, 0},
    {"strh post-index, page", P_STRH_POST, PAGE, false, MEMMANAGE, DACC, PAGE, 0},
    {"ldr pre-index", P_LDR_PRE, GUARD - 8, false, MEMMANAGE, DACC, GUARD, 0},
    {"ldr pre-index, page", P_LDR_PRE, PAGE - 8, false, MEMMANAGE, DACC, PAGE, 0},
    {"ldm into", P_LDM, GUARD - 8, false, MEMMANAGE, DACC, GUARD, 0},
    {"ldm into page", P_LDM, PAGE - 12, false, MEMMANAGE, DACC, PAGE, 0},
    {"ldm up to", P_LDM, GUARD - 16, false, 0, 0, 0, 0},
    {"stm! into", P_STM_WB, GUARD - 4, false, MEMMANAGE, DACC, GUARD, 0},
    {"stm! into page", P_STM_WB, PAGE - 4, false, MEMMANAGE, DACC, PAGE, 0},
    {"ldmdb! into", P_LDMDB, GUARD + 40, false, MEMMANAGE, DACC, GUARD + 24, 0},
    {"ldmdb! into page", P_LDMDB, PAGE + 0x400 + 4, false, MEMMANAGE, DACC, PAGE + 0x3F4, 0},
    {"ldrd second word", P_LDRD, GUARD - 8, false, MEMMANAGE, DACC, GUARD, 0},
    {"strd post", P_STRD, PAGE - 4, false, MEMMANAGE, DACC, PAGE, 0},
    {"push into", P_PUSH, GUARD + 48, false, MEMMANAGE, DACC | MSTKERR, GUARD + 28, 2},
    {"pop from", P_POP, GUARD - 4, false, MEMMANAGE, DACC, GUARD, 2},
    {"unaligned across", P_LDR_UNALIGNED, GUARD - 2, false, MEMMANAGE, DACC, GUARD, 0},
    {"unaligned into page", P_LDR_UNALIGNED, PAGE - 3, false, MEMMANAGE, DACC, PAGE, 0},
    {"unaligned out of page", P_LDR_UNALIGNED, PAGE + 0x3FE, false, MEMMANAGE, DACC, PAGE + 0x3FE,
     0},
    {"unaligned allowed", P_LDR_UNALIGNED, GUARD - 5, false, 0, 0, 0, 0},
    {"str unaligned across", P_STR_UNALIGNED, GUARD - 1, false, MEMMANAGE, DACC, GUARD, 0},
    {"str unaligned into page", P_STR_UNALIGNED, PAGE - 1, false, MEMMANAGE, DACC, PAGE, 0},
    {"str in IT", P_IT_STR, GUARD, false, MEMMANAGE, DACC, GUARD, 6},
    {"str in IT, page", P_IT_STR, PAGE, false, MEMMANAGE, DACC, PAGE, 6},
    {"ldr in IT", P_IT_LDR, GUARD, false, MEMMANAGE, DACC, GUARD, 6},
    {"ldr in IT, page", P_IT_LDR, PAGE + 8, false, MEMMANAGE, DACC, PAGE + 8, 6},
    {"vldr", P_VLDR, GUARD, false, MEMMANAGE, DACC, GUARD + 4, 0},
    {"vldr double", P_VLDR_DOUBLE, GUARD - 4, false, MEMMANAGE, DACC, GUARD, 0},
    {"vstm into", P_VSTM, GUARD - 12, false, MEMMANAGE, DACC, GUARD, 0},
    {"vstm into page", P_VSTM, PAGE - 20, false, MEMMANAGE, DACC, PAGE, 0},
    {"tbb", P_TBB, GUARD, false, MEMMANAGE, DACC, GUARD + 1, 0},
    {"ldrex", P_LDREX, GUARD + 4, false, MEMMANAGE, DACC, GUARD + 4, 0},
    {"ldrt of privileged code", P_LDRT, PRIV + 4, false, MEMMANAGE, DACC, PRIV + 4, 0},
    {"strt of privileged code", P_STRT, PRIV + 4, false, MEMMANAGE, DACC, PRIV + 12, 0},
    {"ldr privileged", P_LDR, PRIV, false, 0, 0, 0, 0},
    {"ldr unprivileged", P_LDR, PRIV, true, MEMMANAGE, DACC, PRIV, 0},
    {"register offset", P_REG, PAGE - 8, false, MEMMANAGE, DACC, PAGE, 0},
    {"ldrsh register", P_LDRSH_REG, GUARD, false, MEMMANAGE, DACC, GUARD + 2, 0},
    {"fetch from no-execute device", P_FETCH, 0x40000001, false, MEMMANAGE, IACC, 0, 0x40000000},
    {"fetch from cut flash page", P_FETCH, 0x8001, false, MEMMANAGE, IACC, 0, 0x8000},
    {"fetch without region", P_FETCH, 0x00090001, true, MEMMANAGE, IACC, 0, 0x00090000},
    {"fetch from nothing", P_FETCH, 0x00090001, false, BUSFAULT, 0x100, 0, 0x00090000},
    {"fetch from PPB", P_FETCH, 0xE000E001, false, MEMMANAGE, IACC, 0, 0xE000E000},
    {"fetch from the end", P_FETCH, 0xFFFFFFFF, false, MEMMANAGE, IACC, 0, 0xFFFFFFFE},
    {"ldr from nothing", P_NOTHING, 0x70000000, false, BUSFAULT, PRECISE, 0x70000000, 0},
    {"str to nothing", P_STR, 0x70000000, false, BUSFAULT, PRECISE, 0x70000004, 0},
    {"str to a device that refuses", P_STR, 0x40000010, false, BUSFAULT, PRECISE, 0x40000014, 0},
    {"ldm from nothing", P_LDM, 0x400003F8, false, BUSFAULT, PRECISE, 0x40000400, 0},
    {"ldr unprivileged from nothing", P_NOTHING, 0x70000000, true, MEMMANAGE, DACC, 0x70000000, 0},
    {"PPB unprivileged", P_LDR, 0xE000ED00, true, BUSFAULT, PRECISE, 0xE000ED00, 0},
    {"PPB store unprivileged", P_STR, 0xE000ED04, true, BUSFAULT, PRECISE, 0xE000ED08, 0},
    {"PPB privileged", P_LDR, 0xE000ED00, false, 0, 0, 0, 0},
    {"device unaligned", P_LDR_UNALIGNED, 0x40000002, false, USAGEFAULT, 0x1000000, 0, 0},
    {"device unaligned store", P_STR_UNALIGNED, 0x40000002, false, USAGEFAULT, 0x1000000, 0, 0},
    /* Alignment comes before the MPU and the bus. */
    {"ldm unaligned", P_LDM, RAM + 0x402, false, USAGEFAULT, 0x1000000, 0, 0},
    {"ldm unaligned, cut page", P_LDM, GUARD + 1, false, USAGEFAULT, 0x1000000, 0, 0},
    {"ldm unaligned, page", P_LDM, PAGE + 2, false, USAGEFAULT, 0x1000000, 0, 0},
    {"ldm unaligned, device", P_LDM, 0x40000003, false, USAGEFAULT, 0x1000000, 0, 0},
    {"ldm unaligned, nothing", P_LDM, 0x70000002, false, USAGEFAULT, 0x1000000, 0, 0},
    {"stm! unaligned, page", P_STM_WB, PAGE + 2, false, USAGEFAULT, 0x1000000, 0, 0},
    {"ldmdb! unaligned, cut page", P_LDMDB, GUARD + 33, false, USAGEFAULT, 0x1000000, 0, 0},
    {"ldrd unaligned, PPB unprivileged", P_LDRD, 0xE000ED02, true, USAGEFAULT, 0x1000000, 0, 0},
    {"strd unaligned, flash", P_STRD, 0x1002, false, USAGEFAULT, 0x1000000, 0, 0},
    {"strd unaligned, page", P_STRD, PAGE + 3, true, USAGEFAULT, 0x1000000, 0, 0},
    {"vldr unaligned, cut page", P_VLDR, GUARD + 2, false, USAGEFAULT, 0x1000000, 0, 0},
    {"vldr double unaligned, page", P_VLDR_DOUBLE, PAGE + 2, false, USAGEFAULT, 0x1000000, 0, 0},
    {"vldr double, a word address", P_VLDR_DOUBLE, RAM + 0x404, false, 0, 0, 0, 0},
    {"vstm unaligned, page", P_VSTM, PAGE + 1, false, USAGEFAULT, 0x1000000, 0, 0},
    {"ldrex unaligned, page", P_LDREX, PAGE + 2, false, USAGEFAULT, 0x1000000, 0, 0},
    {"ldrex unaligned, cut page", P_LDREX, GUARD + 2, false, USAGEFAULT, 0x1000000, 0, 0},
    {"udf", P_UDF, 0, false, USAGEFAULT, 0x10000, 0, 0},
    {"udf unprivileged", P_UDF, 0, true, USAGEFAULT, 0x10000, 0, 0},
    {"bx to even", P_BX_EVEN, 0x200, false, USAGEFAULT, 0x20000, 0, 0x200},
    {"vldr without the unit", P_VLDR, RAM, false, 0, 0, 0, 0}, /* FP is switched on by the test */
    {"division by zero", P_DIV, 0, false, 0, 0, 0, 0},
    {"in the middle of a block", P_LDRH_AFTER, GUARD + 30, false, MEMMANAGE, DACC, GUARD + 30, 6},
    {"svc", P_SVC, 0, false, 0, 0, 0, 0},
};

static void set_up_registers(struct fixture *f, const struct expectation *e)
{
    fixture_poke(f, RAM, e->probe);
    for (uint32_t i = 0; i < 8; i++) {
        fixture_poke(f, RAM + 0x20 + 4 * i, i);
    }
    fixture_poke(f, RAM + 0x20, e->r0);
}

static uint32_t expected_pc(const struct fixture *f, const struct expectation *e)
{
    if (e->probe == P_FETCH || e->probe == P_BX_EVEN) {
        return e->pc_offset;
    }
    uint32_t probes = fixture_word(f, 0x108);
    return (fixture_word(f, probes + 4 * (uint32_t)e->probe) & ~1U) + e->pc_offset;
}

/* Nothing of the faulting instruction, nor of what follows it, has happened. */
static void check_registers(const struct fixture *f, const struct expectation *e)
{
    struct cpu_regs regs = fixture_regs(f);
    bool one_before = e->probe == P_IT_LDR || e->probe == P_IT_STR || e->probe == P_LDRH_AFTER;
    assert_int_equal(fixture_word(f, cpu_regs_sp(&regs)), e->r0);
    /* A load of several registers may have filled some before the refused one: r1 to r4 are
     * UNKNOWN then, but the base is as it was. */
    bool several = e->probe == P_LDM || e->probe == P_LDMDB || e->probe == P_LDRD;
    assert_true(several || fixture_word(f, cpu_regs_sp(&regs) + 4) == 1);
    assert_true(several || regs.r[4] == 4);
    assert_int_equal(regs.r[5], one_before ? 6 : 5);
    assert_int_equal(regs.r[6], 6);
    assert_int_equal(regs.r[7], 7);
}

static void check(const struct expectation *e)
{
    struct fixture *f = fixture_create("faults", NULL);
    cpu_core(f->cpu)->scb.state.cpacr = 0xF00000; /* the FP unit is on */
    fixture_start(f, e->unprivileged ? 1 : 0);
    set_up_registers(f, e);
    enum cpu_stop stop = fixture_run(f, 100000);
    bool as_expected = stop == CPU_STOP_SLEEP && fixture_word(f, RAM + 0x40) == e->ipsr &&
                       fixture_word(f, RAM + 0x44) == e->cfsr &&
                       ((e->cfsr & 0x8080U) == 0 || fixture_word(f, RAM + 0x48) == e->address);
    if (!as_expected) {
        fail_msg("%s: stop %d, ipsr %u, cfsr 0x%x, address 0x%x", e->name, (int)stop,
                 (unsigned)fixture_word(f, RAM + 0x40), (unsigned)fixture_word(f, RAM + 0x44),
                 (unsigned)fixture_word(f, RAM + 0x48));
    }
    assert_int_equal(f->fault_count > 0, e->ipsr != 0);
    if (e->ipsr != 0) {
        uint32_t pc = fixture_word(f, RAM + 0x4C);
        if (pc != expected_pc(f, e) && (e->cfsr & MSTKERR) == 0) {
            fail_msg("%s: pc 0x%x, not 0x%x", e->name, (unsigned)pc, (unsigned)expected_pc(f, e));
        }
        assert_int_equal(f->last_by_mpu, e->ipsr == MEMMANAGE);
        if (e->probe != P_PUSH && e->probe != P_POP) {
            check_registers(f, e);
        }
    }
    fixture_destroy(f);
}

static void test_refusals(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        check(&table[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
