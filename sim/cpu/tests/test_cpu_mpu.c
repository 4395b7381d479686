/* sim/cpu/tests/test_cpu_mpu.c - the MPU as the guest changes it: switches, privileges, HardFault,
 * and the account. Guest: guests/mpu.s. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"

#define RAM     FIXTURE_RAM_BASE
#define REFUSED (RAM + 0x100) /* the MemManage handler counts here */

enum guest_case {
    SWITCHES,
    PRIVILEGES,
    HARDFAULT_OFF,
    BARRIERS,
    HITS,
    SYSCALLS,
    DSB_ONLY,
    CODE_OF_OTHERS
};

static struct fixture *run(enum guest_case which, const struct fixture_options *options)
{
    struct fixture *f = fixture_create("mpu", options);
    fixture_start(f, which);
    enum cpu_stop stop = fixture_run(f, 1000000);
    if (stop != CPU_STOP_SLEEP) {
        fail_msg("stop %d at 0x%x", (int)stop, (unsigned)cpu_pc(f->cpu));
    }
    return f;
}

static void test_changes_take_effect(void **state)
{
    (void)state;
    struct fixture *f = run(SWITCHES, NULL);
    assert_int_equal(fixture_reg(f, 7), 100);
    assert_int_equal(fixture_word(f, REFUSED), 100);
    assert_int_equal(fixture_word(f, RAM + 0x400), 1);
    assert_int_equal(fixture_word(f, RAM + 0x404), 0);
    const struct mpu_account *account = cpu_mpu_account(f->cpu);
    assert_int_equal(account->refusals.count[0][1][MPU_ACCESS_WRITE], 100);
    assert_int_equal(mpu_account_refusals_of(account, MPU_ACCESS_READ), 0);
    assert_int_equal(account->register_writes, 1 + 400);
    assert_int_equal(account->reconfigurations, 200);
    fixture_destroy(f);
}

static void test_a_dsb_is_enough_for_data(void **state)
{
    (void)state;
    struct fixture *f = run(DSB_ONLY, NULL);
    assert_int_equal(fixture_word(f, RAM + 0x400), 5);
    assert_int_equal(fixture_word(f, REFUSED), 1);
    assert_int_equal(fixture_reg(f, 7), 1);
    fixture_destroy(f);
}

static void test_privileges_side_by_side(void **state)
{
    (void)state;
    struct fixture *f = run(PRIVILEGES, NULL);
    assert_int_equal(fixture_reg(f, 7), 50 * 51 / 2);
    assert_int_equal(fixture_word(f, REFUSED), 50);
    const struct mpu_account *account = cpu_mpu_account(f->cpu);
    assert_int_equal(account->refusals.count[1][0][MPU_ACCESS_READ], 50);
    fixture_destroy(f);
}

static void test_code_without_its_privilege_is_fetched_anew(void **state)
{
    (void)state;
    struct fixture *f = run(CODE_OF_OTHERS, NULL);
    assert_int_equal(fixture_reg(f, 7), 0);
    assert_in_range(fixture_word(f, REFUSED), 400, 512);
    fixture_destroy(f);
}

static void test_negative_priority_switches_it_off(void **state)
{
    (void)state;
    struct fixture *f = run(HARDFAULT_OFF, NULL);
    assert_int_equal(f->fault_count, 11);
    assert_int_equal(fixture_reg(f, 7), 110);
    assert_int_equal(fixture_reg(f, 6), 110);
    assert_int_equal(fixture_word(f, RAM + 0x400), 11);
    fixture_destroy(f);
}

static void test_a_reconfiguration_is_timed(void **state)
{
    (void)state;
    struct fixture *f = run(BARRIERS, NULL);
    const struct mpu_account *account = cpu_mpu_account(f->cpu);
    assert_int_equal(account->register_writes, 3);
    assert_int_equal(account->reconfigurations, 1);
    assert_int_equal(account->switch_cycles_sum, 3 + 2 + 4);
    fixture_destroy(f);
}

static void test_hits_are_counted_exactly(void **state)
{
    (void)state;
    struct fixture *f = run(HITS, &(struct fixture_options){.count_mpu_hits = true});
    const struct mpu_account *account = cpu_mpu_account(f->cpu);
    assert_int_equal(account->hits.count[0][1][MPU_ACCESS_WRITE], 3);
    assert_int_equal(account->hits.count[0][1][MPU_ACCESS_READ], 5);
    assert_int_equal(account->hits.count[3][1][MPU_ACCESS_WRITE], 2);
    /* After isb: 8 accesses, b, wfi. */
    unsigned background = mpu_account_region_index(MPU_REGION_BACKGROUND);
    assert_int_equal(account->hits.count[background][1][MPU_ACCESS_FETCH], 8 + 1 + 1);
    fixture_destroy(f);
}

static void test_system_calls(void **state)
{
    (void)state;
    struct fixture *f = run(SYSCALLS, NULL);
    struct cpu_regs regs = fixture_regs(f);
    assert_int_equal(regs.r[5], 1000);
    assert_int_equal(regs.r[6], 3);
    assert_int_equal(regs.psp, RAM + 0x6000);
    assert_int_equal(regs.msp, RAM + 0x8000);
    assert_int_equal(regs.control, 3);
    assert_int_equal(cpu_counters(f->cpu)->exceptions, 1000);
    fixture_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_take_effect),
        cmocka_unit_test(test_a_dsb_is_enough_for_data),
        cmocka_unit_test(test_privileges_side_by_side),
        cmocka_unit_test(test_code_without_its_privilege_is_fetched_anew),
        cmocka_unit_test(test_negative_priority_switches_it_off),
        cmocka_unit_test(test_a_reconfiguration_is_timed),
        cmocka_unit_test(test_hits_are_counted_exactly),
        cmocka_unit_test(test_system_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
