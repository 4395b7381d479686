/* The MPU's account, fed by hand: every figure can be worked out on paper. */
#include "mpu_model/mpu_account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void write_register(struct mpu_account *account, struct mpu_state *mpu, uint64_t cycle,
                           uint32_t offset, uint32_t value)
{
    assert_int_equal(mpu_register_write(mpu, offset, value), MPU_WRITE_DONE);
    mpu_account_register_write(account, cycle, mpu);
}

static void test_switches_are_timed_from_first_write_to_enabling_barrier(void **state)
{
    (void)state;
    struct mpu_account account;
    struct mpu_state mpu;
    mpu_reset(&mpu);
    mpu_account_init(&account, 0);
    mpu_account_barrier(&account, 5); /* nothing was written */
    assert_int_equal(account.reconfigurations, 0);
    assert_int_equal(mpu_account_mean_switch_cycles(&account), 0);

    write_register(&account, &mpu, 100, MPU_RBAR, 0x20000010);
    write_register(&account, &mpu, 102, MPU_RASR, 0x0300000F);
    mpu_account_barrier(&account, 110); /* still off: goes on */
    assert_int_equal(account.reconfigurations, 0);
    write_register(&account, &mpu, 120, MPU_CTRL, 5);
    mpu_account_barrier(&account, 130); /* DSB */
    mpu_account_barrier(&account, 131); /* ISB: nothing more */
    assert_int_equal(account.reconfigurations, 1);
    assert_int_equal(account.switch_cycles_min, 30);

    write_register(&account, &mpu, 1000, MPU_CTRL, 0);
    mpu_account_barrier(&account, 1004);
    write_register(&account, &mpu, 1010, MPU_RASR, 0x03000011);
    write_register(&account, &mpu, 1012, MPU_CTRL, 5);
    mpu_account_barrier(&account, 1050);
    write_register(&account, &mpu, 2000, MPU_RASR, 0x0300000F);
    mpu_account_barrier(&account, 2011);
    assert_int_equal(account.reconfigurations, 3);
    assert_int_equal(account.switch_cycles_min, 11);
    assert_int_equal(account.switch_cycles_max, 50);
    assert_int_equal(mpu_account_mean_switch_cycles(&account), (30 + 50 + 11) / 3);
    assert_int_equal(account.register_writes, 7);

    mpu_account_time(&account, 3000);
    /* off 0..130 and 1004..1050; first 130..1004 and 2011..3000; second 1050..2011 */
    assert_int_equal(account.configuration_count, 3);
    assert_int_equal(account.configuration[0].cycles, 130 + 46);
    assert_int_equal(account.configuration[0].registers.ctrl, 0);
    assert_int_equal(account.configuration[1].cycles, 874 + 989);
    assert_int_equal(account.configuration[1].entries, 2);
    assert_int_equal(account.configuration[2].cycles, 961);
    assert_int_equal(account.configuration[2].registers.rasr[0], 0x03000011);
    assert_int_equal(account.other_cycles, 0);
}

static void test_what_does_not_act_makes_no_new_configuration(void **state)
{
    (void)state;
    struct mpu_account account;
    struct mpu_state mpu;
    mpu_reset(&mpu);
    mpu_account_init(&account, 0);
    write_register(&account, &mpu, 10, MPU_CTRL, 1);
    mpu_account_barrier(&account, 20);
    assert_int_equal(account.configuration_count, 2);
    write_register(&account, &mpu, 30, MPU_RNR, 3);
    write_register(&account, &mpu, 31, MPU_RBAR, 0x20000000); /* region 3 is disabled */
    mpu_account_barrier(&account, 40);
    assert_int_equal(account.configuration_count, 2);
    assert_int_equal(account.configuration[1].entries, 1);
    assert_int_equal(account.reconfigurations, 2);
}

static void test_more_configurations_than_the_table_holds(void **state)
{
    (void)state;
    struct mpu_account account;
    struct mpu_state mpu;
    mpu_reset(&mpu);
    mpu_account_init(&account, 0);
    write_register(&account, &mpu, 0, MPU_CTRL, 1);
    uint64_t cycle = 0;
    uint32_t total = MPU_ACCOUNT_CONFIGURATIONS + 6;
    for (uint32_t i = 1; i <= total; i++) { /* the first is "off" */
        write_register(&account, &mpu, cycle, MPU_RBAR, 0x20000000 + i * 32);
        write_register(&account, &mpu, cycle, MPU_RASR, 0x03000009);
        mpu_account_barrier(&account, cycle);
        cycle += 10;
        mpu_account_time(&account, cycle);
    }
    assert_int_equal(account.configuration_count, MPU_ACCOUNT_CONFIGURATIONS);
    assert_int_equal(account.other_cycles, 7 * 10);
    uint64_t sum = account.other_cycles;
    for (uint32_t i = 0; i < account.configuration_count; i++) {
        sum += account.configuration[i].cycles;
    }
    assert_int_equal(sum, cycle);
    /* One that is in the table is found again. */
    write_register(&account, &mpu, cycle, MPU_RBAR, 0x20000000 + 32);
    mpu_account_barrier(&account, cycle);
    mpu_account_time(&account, cycle + 5);
    assert_int_equal(account.configuration[1].cycles, 15);
}

static void test_replacing_the_state_is_no_switch(void **state)
{
    (void)state;
    struct mpu_account account;
    struct mpu_state mpu;
    mpu_reset(&mpu);
    mpu_account_init(&account, 50);
    write_register(&account, &mpu, 60, MPU_CTRL, 1);
    mpu_account_barrier(&account, 70);
    write_register(&account, &mpu, 80, MPU_CTRL, 5);
    mpu_reset(&mpu);
    mpu_account_replace(&account, 90, &mpu); /* reset before the barrier */
    mpu_account_barrier(&account, 95);
    mpu_account_time(&account, 100);
    assert_int_equal(account.reconfigurations, 1);
    assert_int_equal(account.configuration[0].cycles, 20 + 10);
    assert_int_equal(account.configuration[1].cycles, 20);
}

static void test_refusals_and_hits(void **state)
{
    (void)state;
    struct mpu_account account;
    mpu_account_init(&account, 0);
    static const int regions[] = {0, 7, MPU_REGION_NONE, MPU_REGION_BACKGROUND, MPU_REGION_DEFAULT};
    static const unsigned rows[] = {0, 7, 8, 9, 10};
    for (unsigned i = 0; i < 5; i++) {
        for (unsigned n = 0; n <= i; n++) {
            mpu_account_refusal(&account, regions[i], MPU_ACCESS_WRITE, i % 2 == 0);
        }
        assert_int_equal(mpu_account_region_index(regions[i]), rows[i]);
        assert_int_equal(account.refusals.count[rows[i]][i % 2 == 0][MPU_ACCESS_WRITE], i + 1);
    }
    assert_int_equal(mpu_account_refusals_of(&account, MPU_ACCESS_WRITE), 15);
    assert_int_equal(mpu_account_refusals_of(&account, MPU_ACCESS_READ), 0);

    mpu_account_hit(&account, 2, MPU_ACCESS_FETCH, false);
    assert_int_equal(account.hits.count[2][0][MPU_ACCESS_FETCH], 0);
    account.count_hits = true;
    mpu_account_hit(&account, 2, MPU_ACCESS_FETCH, false);
    assert_int_equal(account.hits.count[2][0][MPU_ACCESS_FETCH], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_switches_are_timed_from_first_write_to_enabling_barrier),
        cmocka_unit_test(test_what_does_not_act_makes_no_new_configuration),
        cmocka_unit_test(test_more_configurations_than_the_table_holds),
        cmocka_unit_test(test_replacing_the_state_is_no_switch),
        cmocka_unit_test(test_refusals_and_hits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
