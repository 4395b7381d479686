/* sim/cpu/tests/test_cpu_code.c - code: that changes, that may not be executed, that traps; and the
 * debugger's view of it. Guest: guests/code.s. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"

#define RAM  FIXTURE_RAM_BASE
#define CFSR (RAM + 0x44)
#define PC   (RAM + 0x4C)

enum guest_case {
    SELF_MODIFYING,
    DATA_BESIDE_CODE,
    FLASH_CODE,
    CUT_CODE,
    LOADER,
    FP_OFF,
    FP_ON,
    DIV_TRAP,
    UNALIGN_TRAP,
    BKPT_CASE,
    STEPPING,
    EXCLUSIVE,
    LOCK,
    SYSTICK_IN_RAM,
    BRANCH_IN_IT,
    CODE_ALIAS,
    CROSS_FETCH,
};

static struct fixture *start(enum guest_case which)
{
    struct fixture *f = fixture_create("code", NULL);
    fixture_start(f, which);
    return f;
}

static struct fixture *run(enum guest_case which)
{
    struct fixture *f = start(which);
    enum cpu_stop stop = fixture_run(f, 1000000);
    if (stop != CPU_STOP_SLEEP) {
        fail_msg("stop %d at 0x%x", (int)stop, (unsigned)cpu_pc(f->cpu));
    }
    return f;
}

static void run_and_expect_r7(enum guest_case which, uint32_t r7)
{
    struct fixture *f = run(which);
    assert_int_equal(fixture_reg(f, 7), r7);
    fixture_destroy(f);
}

static void test_self_modifying_code(void **state)
{
    (void)state;
    run_and_expect_r7(SELF_MODIFYING, 200);
    run_and_expect_r7(DATA_BESIDE_CODE, 1000);
    run_and_expect_r7(FLASH_CODE, 20);
    run_and_expect_r7(LOADER, 1024 + 2048);
    run_and_expect_r7(SYSTICK_IN_RAM, 5);
    run_and_expect_r7(CODE_ALIAS, 50);
}

static void test_code_changed_by_the_host(void **state)
{
    (void)state;
    struct fixture *f = start(STEPPING);
    uint32_t entry = fixture_regs(f).pc;
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_SLEEP);
    uint32_t before = fixture_reg(f, 7);
    uint16_t adds_5 = 0x3705; /* instead of adds r7, #1 */
    memcpy(f->flash + entry + 2, &adds_5, 2);
    cpu_memory_changed(f->cpu, entry + 2, 2);
    fixture_start(f, STEPPING);
    assert_int_equal(fixture_run(f, 2000000), CPU_STOP_SLEEP);
    /* 5 is not 1: the IT block adds nothing now. */
    assert_int_equal(fixture_reg(f, 7), before + 4 - 2);
    fixture_destroy(f);
}

static void test_execution_stops_at_a_boundary_in_a_page(void **state)
{
    (void)state;
    struct fixture *f = start(CUT_CODE);
    for (uint32_t at = 0x8000; at < 0x8100; at += 2) {
        uint16_t adds_1 = 0x3701;
        memcpy(f->flash + at, &adds_1, 2);
    }
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_SLEEP);
    assert_int_equal(fixture_reg(f, 7), 8);
    assert_int_equal(fixture_word(f, CFSR), 1);
    assert_int_equal(fixture_word(f, PC), 0x8040);
    assert_int_equal(cpu_mpu_account(f->cpu)->refusals.count[0][1][MPU_ACCESS_FETCH], 1);
    fixture_destroy(f);
}

/* A 32-bit instruction whose second half may not be fetched, within a page and across two. */
static void test_an_instruction_across_a_boundary(void **state)
{
    (void)state;
    static const struct {
        uint32_t boundary, rasr;
    } table[] = {{0x8040, 0x16000009}, {0x8400, 0x16000009}, {0x8800, 0x16000013}};
    for (unsigned i = 0; i < 3; i++) {
        struct fixture *f = start(CROSS_FETCH);
        uint32_t at = table[i].boundary - 2;
        for (uint32_t fill = at - 8; fill < at; fill += 2) {
            uint16_t adds_1 = 0x3701;
            memcpy(f->flash + fill, &adds_1, 2);
        }
        static const uint16_t add_w[2] = {0xF107, 0x0710}; /* add.w r7, r7, #16 */
        memcpy(f->flash + at, add_w, 4);
        fixture_poke(f, RAM, (at - 8) | 1U);
        fixture_poke(f, RAM + 4, table[i].boundary | 16U);
        fixture_poke(f, RAM + 8, table[i].rasr);
        assert_int_equal(fixture_run(f, 1000000), CPU_STOP_SLEEP);
        assert_int_equal(fixture_reg(f, 7), 4);
        assert_int_equal(fixture_word(f, CFSR), 1);
        assert_int_equal(fixture_word(f, PC), at);
        assert_int_equal(f->last_verdict.fault_address, table[i].boundary);
        fixture_destroy(f);
    }
}

static void expect_usage_fault(enum guest_case which, uint32_t cfsr, uint32_t r7)
{
    struct fixture *f = run(which);
    assert_int_equal(fixture_word(f, CFSR), cfsr);
    assert_int_equal(fixture_reg(f, 7), r7);
    fixture_destroy(f);
}

static void test_traps(void **state)
{
    (void)state;
    expect_usage_fault(FP_OFF, 1U << 19, 1);
    expect_usage_fault(DIV_TRAP, 1U << 25, 2);
    expect_usage_fault(UNALIGN_TRAP, 1U << 24, 2);
}

static void test_fp_registers_survive_an_interrupt(void **state)
{
    (void)state;
    struct fixture *f = run(FP_ON);
    assert_int_equal(fixture_reg(f, 7), 0x40E00000); /* 7.0 */
    assert_int_equal(cpu_counters(f->cpu)->interrupts, 1);
    fixture_destroy(f);
}

static void test_bkpt(void **state)
{
    (void)state;
    struct fixture *f = run(BKPT_CASE);
    assert_int_equal(fixture_reg(f, 6), 3); /* HardFault */
    fixture_destroy(f);
    f = start(BKPT_CASE);
    uint32_t entry = fixture_regs(f).pc;
    cpu_set_debugger(f->cpu, true);
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_BKPT);
    assert_int_equal(fixture_regs(f).pc, entry + 2);
    fixture_destroy(f);
}

static void test_exception_opens_the_monitor(void **state)
{
    (void)state;
    struct fixture *f = run(EXCLUSIVE);
    assert_int_equal(fixture_reg(f, 5), 0);
    assert_int_equal(fixture_reg(f, 6), 1);
    fixture_destroy(f);
}

static void test_lockup(void **state)
{
    (void)state;
    struct fixture *f = start(LOCK);
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_LOCKUP);
    assert_int_equal(fixture_run(f, 2000000), CPU_STOP_LOCKUP);
    cpu_reset(f->cpu);
    fixture_start(f, STEPPING);
    assert_int_equal(fixture_run(f, 2000000), CPU_STOP_SLEEP);
    fixture_destroy(f);
}

static void test_a_loop_inside_an_it_block_can_be_stopped(void **state)
{
    (void)state;
    struct fixture *f = start(BRANCH_IN_IT);
    for (uint64_t limit = 1000; limit <= 20000; limit += 1000) {
        assert_int_equal(fixture_run(f, limit), CPU_STOP_LIMIT);
        assert_in_range(clock_now(&f->clock), limit, limit + 10);
    }
    for (int i = 0; i < 10; i++) {
        assert_int_equal(cpu_step(f->cpu), CPU_STOP_STEP);
    }
    fixture_destroy(f);
}

static void test_stepping(void **state)
{
    (void)state;
    struct fixture *f = start(STEPPING);
    uint32_t entry = fixture_regs(f).pc;
    /* movs, adds, cmp, IT and the two of its block, ldr, str, ldr, svc into its handler, bx back,
     * ... */
    static const uint32_t offsets[] = {2, 4, 6, 8, 10, 12, 14, 16, 18};
    for (unsigned i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        assert_int_equal(cpu_step(f->cpu), CPU_STOP_STEP);
        assert_int_equal(fixture_regs(f).pc, entry + offsets[i]);
    }
    assert_int_equal(fixture_reg(f, 7), 3);
    assert_int_equal(cpu_step(f->cpu), CPU_STOP_STEP);
    assert_int_equal(cpu_regs_ipsr(&(struct cpu_regs){.xpsr = fixture_regs(f).xpsr}), 11);
    assert_int_equal(cpu_step(f->cpu), CPU_STOP_STEP);
    assert_int_equal(fixture_regs(f).pc, entry + 20);
    assert_int_equal(cpu_step(f->cpu), CPU_STOP_STEP);
    assert_int_equal(fixture_reg(f, 7), 4);
    fixture_destroy(f);
}

static void test_breakpoints(void **state)
{
    (void)state;
    struct fixture *f = start(STEPPING);
    uint32_t entry = fixture_regs(f).pc;
    assert_true(cpu_breakpoint_add(f->cpu, entry + 4));
    assert_true(cpu_breakpoint_add(f->cpu, entry + 16));
    assert_true(cpu_breakpoint_add(f->cpu, entry));
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_BREAKPOINT);
    assert_int_equal(fixture_regs(f).pc, entry);
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_BREAKPOINT);
    assert_int_equal(fixture_regs(f).pc, entry + 4);
    assert_int_equal(fixture_reg(f, 7), 1);
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_BREAKPOINT);
    assert_int_equal(fixture_regs(f).pc, entry + 16);
    assert_int_equal(fixture_reg(f, 7), 3);
    fixture_start(f, STEPPING);
    assert_true(cpu_breakpoint_remove(f->cpu, entry));
    assert_true(cpu_breakpoint_add(f->cpu, entry + 10)); /* inside the IT block at + 6 */
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_BREAKPOINT);
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_BREAKPOINT);
    assert_int_equal(fixture_regs(f).pc, entry + 10);
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_BREAKPOINT);
    assert_int_equal(fixture_regs(f).pc, entry + 16);
    assert_true(cpu_breakpoint_remove(f->cpu, entry + 4));
    assert_false(cpu_breakpoint_remove(f->cpu, entry + 4));
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_SLEEP);
    fixture_destroy(f);
}

static void test_watchpoints(void **state)
{
    (void)state;
    struct fixture *f = start(STEPPING);
    uint32_t entry = fixture_regs(f).pc;
    struct cpu_watch_hit hit;
    assert_false(cpu_watch_hit(f->cpu, &hit));
    assert_true(cpu_watchpoint_add(f->cpu, RAM + 0x801, 1, CPU_WATCH_ACCESS));
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_WATCHPOINT);
    assert_true(cpu_watch_hit(f->cpu, &hit));
    assert_int_equal(hit.address, RAM + 0x800);
    assert_int_equal(hit.size_bytes, 4);
    assert_true(hit.write);
    assert_int_equal(fixture_regs(f).pc, entry + 16); /* after the store */
    assert_int_equal(fixture_word(f, RAM + 0x800), 3);
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_WATCHPOINT);
    assert_true(cpu_watch_hit(f->cpu, &hit));
    assert_false(hit.write);
    assert_int_equal(fixture_reg(f, 2), 3);
    assert_true(cpu_watchpoint_remove(f->cpu, RAM + 0x801, 1, CPU_WATCH_ACCESS));
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_SLEEP);
    fixture_destroy(f);
}

/* The engine tells nothing of the second half of a load that begins in a page nobody watches. */
static void test_watched_across_pages(void **state)
{
    (void)state;
    static const uint32_t loads[][2] = {
        {0xBF006808, RAM + 0x7FE}, /* ldr r0, [r1] */
        {0xBF008808, RAM + 0x7FF}, /* ldrh r0, [r1] */
        {0x0B00ED91, RAM + 0x7FC}, /* vldr d0, [r1] */
        {0x2300E9D1, RAM + 0x7FC}, /* ldrd r2, r3, [r1] */
    };
    for (unsigned i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
        struct fixture *f = start(STEPPING);
        struct bus_access access = {.offset = 0xED88, .size_bytes = 4, .privileged = true};
        (void)armv7m_write(cpu_core(f->cpu), access, 0xF00000);
        fixture_poke(f, RAM + 0x4000, loads[i][0]);
        fixture_poke(f, RAM + 0x4004, 0xBF30BF00); /* nop; wfi */
        struct cpu_regs regs = fixture_regs(f);
        regs.r[1] = loads[i][1];
        regs.pc = RAM + 0x4000;
        cpu_set_regs(f->cpu, &regs);
        assert_true(cpu_watchpoint_add(f->cpu, RAM + 0x800, 4, CPU_WATCH_READ));
        assert_int_equal(fixture_run(f, 1000000), CPU_STOP_WATCHPOINT);
        assert_true(fixture_regs(f).pc <= RAM + 0x4004);
        fixture_destroy(f);
    }
}

/* BASEPRI has three bits on this chip, stack pointers are words: also for the very next MRS. */
static void test_bits_that_special_registers_drop(void **state)
{
    (void)state;
    static const uint16_t code[] = {0xF380, 0x8811, 0xF3EF, 0x8111, /* msr, mrs basepri */
                                    0xF382, 0x8809, 0xF3EF, 0x8309, /* psp */
                                    0xF382, 0x8808, 0xF3EF, 0x8408, /* msp */
                                    0x466D, 0xBE00};                /* mov r5, sp; bkpt */
    for (int stepped = 0; stepped < 2; stepped++) {
        struct fixture *f = fixture_create(NULL, NULL);
        memcpy(f->flash + 0x400, code, sizeof(code));
        cpu_set_debugger(f->cpu, true);
        struct cpu_regs regs = {.msp = FIXTURE_RAM_BASE + 0x800, .pc = 0x400, .xpsr = XPSR_T};
        regs.r[0] = 0x5F;
        regs.r[2] = FIXTURE_RAM_BASE + 0x1003;
        cpu_set_regs(f->cpu, &regs);
        enum cpu_stop stop = CPU_STOP_STEP;
        while (stop == CPU_STOP_STEP) {
            stop = stepped != 0 ? cpu_step(f->cpu) : cpu_run(f->cpu, 100000);
        }
        assert_int_equal(stop, CPU_STOP_BKPT);
        assert_int_equal(fixture_reg(f, 1), 0x40);
        assert_int_equal(fixture_reg(f, 3), FIXTURE_RAM_BASE + 0x1000);
        assert_int_equal(fixture_reg(f, 4), FIXTURE_RAM_BASE + 0x1000);
        assert_int_equal(fixture_reg(f, 5), FIXTURE_RAM_BASE + 0x1000);
        fixture_destroy(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bits_that_special_registers_drop),
        cmocka_unit_test(test_self_modifying_code),
        cmocka_unit_test(test_code_changed_by_the_host),
        cmocka_unit_test(test_execution_stops_at_a_boundary_in_a_page),
        cmocka_unit_test(test_an_instruction_across_a_boundary),
        cmocka_unit_test(test_traps),
        cmocka_unit_test(test_fp_registers_survive_an_interrupt),
        cmocka_unit_test(test_bkpt),
        cmocka_unit_test(test_exception_opens_the_monitor),
        cmocka_unit_test(test_lockup),
        cmocka_unit_test(test_a_loop_inside_an_it_block_can_be_stopped),
        cmocka_unit_test(test_stepping),
        cmocka_unit_test(test_breakpoints),
        cmocka_unit_test(test_watchpoints),
        cmocka_unit_test(test_watched_across_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
