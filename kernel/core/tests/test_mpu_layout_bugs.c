/*
 * Isolation bugs that other kernels' layout code had, one test each, judged by the MPU model. The
 * numbers are those of Tock's issue tracker and of the TickTock work (SOSP'25) on Tock's MPU code.
 */
#include "kernel/core/tests/layout_judge.h"

#include <stdbool.h>

#define RAM 0x20000000u

static struct mpu_layout place(uint32_t start, uint32_t bytes, uint32_t app, uint32_t kernel)
{
    struct mpu_layout layout;
    mpu_layout_init(&layout);
    struct mpu_layout_ram_request request = {
        .available_start = start,
        .available_bytes = bytes,
        .initial_bytes = app,
        .app_bytes = app,
        .kernel_bytes = kernel,
    };
    assert_true(mpu_layout_place_ram(&layout, &request));
    return layout;
}

/* 4366: the last enabled sub-region reached into the grants; after doubling the block, stale values
 * were checked. */
static void test_4366_enabled_part_reaches_grants(void **state)
{
    (void)state;
    for (uint32_t app = 32; app < 9000; app += 61) {
        for (uint32_t kernel = 1; kernel < 4200; kernel += 173) {
            struct mpu_layout layout = place(RAM + 0x1000, 0xF000, app, kernel);
            judge_ram(&layout);
            struct mpu_state mpu = judge_load(&layout);
            judge_range(&mpu, layout.ram_end - kernel, layout.ram_end, "", "grants");
        }
    }
}

/* By inspection, 3.7 (i): brk(mem_start) made the mask loop run from 0 to 0 - 1. */
static void test_break_at_the_very_start(void **state)
{
    (void)state;
    struct mpu_layout layout = place(RAM, 0x8000, 3000, 500);
    uint32_t actual = 0;
    assert_true(judge_set_break(&layout, layout.ram_start, layout.ram_end, &actual));
    assert_int_equal(actual, layout.ram_start);
    judge_ram(&layout);
    assert_true(judge_set_break(&layout, layout.ram_start + 1, layout.ram_end, &actual));
    assert_int_equal(actual, layout.ram_start + 32);
    judge_ram(&layout);
}

/* By inspection, 3.7 (iii): one doubling, not checked again. A grant share far larger than the
 * app's part. */
static void test_small_app_under_large_grants(void **state)
{
    (void)state;
    for (uint32_t kernel = 0; kernel <= 20000; kernel += 250) {
        struct mpu_layout layout = place(RAM + 0x20, 0xFFE0, 33, kernel);
        judge_ram(&layout);
        assert_true(layout.ram_end - layout.reach_end >= kernel);
    }
}

/* 3544: rounding up passed the end of the memory there was. */
static void test_3544_rounding_beyond_memory(void **state)
{
    (void)state;
    for (uint32_t bytes = 0; bytes < 12000; bytes += 7) {
        struct mpu_layout layout;
        mpu_layout_init(&layout);
        uint32_t kernel = bytes % 1500;
        struct mpu_layout_ram_request request = {.available_start = RAM + bytes % 4096,
                                                 .available_bytes = bytes,
                                                 .app_bytes = bytes - bytes % 96,
                                                 .kernel_bytes = kernel};
        if (mpu_layout_place_ram(&layout, &request)) {
            assert_true(layout.ram_start >= request.available_start);
            assert_true(layout.ram_end <= request.available_start + bytes);
            judge_ram(&layout);
        }
    }
    struct mpu_layout layout = place(RAM, 4096, 4096, 0); /* all of it, to the byte */
    assert_int_equal(layout.ram_end, RAM + 4096);
    judge_ram(&layout);
}

/* 2435: what brk returned was not what the MPU let through. */
static void test_2435_break_and_mpu_disagree(void **state)
{
    (void)state;
    struct mpu_layout layout = place(RAM + 0x3460, 0x8000, 9001, 900);
    for (uint32_t wanted = 1; wanted <= 9001; wanted += 29) {
        uint32_t actual = 0;
        assert_true(judge_set_break(&layout, layout.ram_start + wanted, layout.ram_end, &actual));
        struct mpu_state mpu = judge_load(&layout);
        judge_break_edge(&mpu, actual);
        assert_int_equal(actual, layout.reach_end);
    }
}

/* 1144: brk moved without bounds; 4392: pointer arithmetic that wrapped. */
static void test_break_out_of_bounds(void **state)
{
    (void)state;
    struct mpu_layout layout = place(RAM + 0x2000, 0x2000, 1000, 500);
    struct mpu_layout before = layout;
    static const int64_t offsets[] = {-1, -32, -0x20002000LL, 0x1000000, 0xDFFFDFFFLL};
    for (unsigned i = 0; i < 5; i++) {
        uint32_t wanted = (uint32_t)(layout.ram_start + offsets[i]);
        assert_false(mpu_layout_set_break(&layout, wanted, layout.ram_end));
        assert_memory_equal(&layout, &before, sizeof before);
    }
    assert_false(mpu_layout_set_break(&layout, layout.ram_start + 32, 32));
    assert_memory_equal(&layout, &before, sizeof before);
    struct mpu_layout top = place(0xFFFF0000, 0xFF00, 5000, 100); /* no 32-bit sum may wrap */
    assert_false(mpu_layout_set_break(&top, UINT32_MAX, top.ram_end));
    judge_ram(&top);
    struct mpu_layout_ram_request past_the_end = {
        .available_start = 0xFFFFF000, .available_bytes = 0x2000, .app_bytes = 0x1800};
    before = layout;
    assert_false(mpu_layout_place_ram(&layout, &past_the_end));
    assert_memory_equal(&layout, &before, sizeof before);
}

/* 4894: a limit off by 32; seen from both sides of the break, byte by byte. */
static void test_4894_limit_off_by_a_step(void **state)
{
    (void)state;
    for (uint32_t app = 32; app <= 2048; app += 32) {
        struct mpu_layout layout = place(RAM, 0x4000, app, 64);
        assert_int_equal(layout.reach_end, layout.ram_start + app);
        struct mpu_state mpu = judge_load(&layout);
        judge_break_edge(&mpu, layout.ram_start + app);
    }
}

/* 4135: regions smaller than 32 bytes, or not on a boundary, were built. */
static void test_4135_ill_formed_regions(void **state)
{
    (void)state;
    struct mpu_layout layout = place(RAM, 0x1000, 64, 64);
    struct mpu_layout before = layout;
    uint8_t handle;
    for (uint32_t start = RAM + 0x2000; start < RAM + 0x2040; start += 3) {
        for (uint32_t bytes = 0; bytes < 80; bytes++) {
            if (start % 32 == 0 && bytes % 32 == 0 && bytes != 0) {
                continue;
            }
            assert_false(mpu_layout_add_extra(&layout, start, start + bytes, MPU_LAYOUT_READ_WRITE,
                                              &handle));
            assert_false(mpu_layout_set_flash(&layout, start, start + bytes));
        }
    }
    assert_memory_equal(&layout, &before, sizeof before);
}

/* 413: flash that is no power of two was left open. */
static void test_413_flash_of_any_size(void **state)
{
    (void)state;
    struct mpu_layout layout = place(RAM, 0x1000, 64, 64);
    for (uint32_t granules = 1; granules <= 8; granules++) {
        assert_true(mpu_layout_set_flash(&layout, 0x33000, 0x33000 + granules * 0x200));
        struct mpu_state mpu = judge_load(&layout);
        judge_range(&mpu, 0x30000, 0x33000, "", "before flash");
        judge_range(&mpu, 0x33000, 0x33000 + granules * 0x200, "rx", "flash");
        judge_range(&mpu, 0x33000 + granules * 0x200, 0x40000, "", "after flash");
    }
}

/* By inspection, 3.7 (ii): a refused IPC region stayed mapped, and could not be removed. */
static void test_refused_extra_leaves_nothing_behind(void **state)
{
    (void)state;
    struct mpu_layout layout = place(RAM, 0x1000, 64, 64);
    assert_true(mpu_layout_set_flash(&layout, 0x30000, 0x31000));
    struct mpu_layout empty = layout;
    uint8_t handles[MPU_LAYOUT_REGIONS];
    unsigned count = 0;
    for (;;) {
        struct mpu_layout before = layout;
        uint32_t start = RAM + 0x4000 + count * 0x400;
        if (!mpu_layout_add_extra(&layout, start, start + 0x100, MPU_LAYOUT_READ_WRITE,
                                  &handles[count])) {
            assert_memory_equal(&layout, &before, sizeof before);
            struct mpu_state mpu = judge_load(&layout);
            judge_range(&mpu, start, start + 0x400, "", "the refused extra");
            break;
        }
        count++;
    }
    assert_int_equal(count, 4);
    /* The second region that this flash would need is an extra's. */
    struct mpu_layout full = layout;
    assert_false(mpu_layout_set_flash(&layout, 0x30E00, 0x31200));
    assert_memory_equal(&layout, &full, sizeof full);
    for (unsigned i = 0; i < count; i++) {
        assert_true(mpu_layout_remove_extra(&layout, handles[(i * 3 + 1) % count]));
    }
    assert_memory_equal(&layout, &empty, sizeof empty);
    /* One that would need more regions than are left must not be half there. */
    assert_true(
        mpu_layout_add_extra(&layout, RAM + 0x4000, RAM + 0x4100, MPU_LAYOUT_READ, &handles[0]));
    assert_true(
        mpu_layout_add_extra(&layout, RAM + 0x4400, RAM + 0x4500, MPU_LAYOUT_READ, &handles[0]));
    assert_true(
        mpu_layout_add_extra(&layout, RAM + 0x4800, RAM + 0x4900, MPU_LAYOUT_READ, &handles[0]));
    struct mpu_layout before = layout;
    assert_false(
        mpu_layout_add_extra(&layout, RAM + 0x50E0, RAM + 0x5120, MPU_LAYOUT_READ, &handles[0]));
    assert_memory_equal(&layout, &before, sizeof before);
}

/* An extra over the app's own block would open the app's grants; 1114 is its sibling in allow. */
static void test_extra_may_not_overlap(void **state)
{
    (void)state;
    struct mpu_layout layout = place(RAM + 0x1000, 0x1000, 512, 512);
    assert_true(mpu_layout_set_flash(&layout, 0x30000, 0x31000));
    uint8_t handle;
    assert_true(
        mpu_layout_add_extra(&layout, RAM + 0x3000, RAM + 0x3040, MPU_LAYOUT_READ, &handle));
    struct mpu_layout before = layout;
    const uint32_t taken[][2] = {
        {layout.ram_start - 32, layout.ram_start + 32},
        {layout.ram_end - 32, layout.ram_end},
        {layout.ram_end - 32, layout.ram_end + 32},
        {layout.ram_start, layout.ram_start + 32},
        {RAM, RAM + 0x8000},
        {0x30FE0, 0x31000},
        {RAM + 0x3020, RAM + 0x3060},
    };
    for (unsigned i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        assert_false(mpu_layout_add_extra(&layout, taken[i][0], taken[i][1], MPU_LAYOUT_READ_WRITE,
                                          &handle));
        assert_memory_equal(&layout, &before, sizeof before);
    }
    assert_false(mpu_layout_set_flash(&layout, RAM + 0x3000, RAM + 0x3020));
    struct mpu_layout_ram_request request = {
        .available_start = RAM + 0x3000, .available_bytes = 4096, .app_bytes = 32};
    assert_false(mpu_layout_place_ram(&layout, &request));
    assert_memory_equal(&layout, &before, sizeof before);
}

/* 4462: an overlap test that subtracted went wrong near zero. */
static void test_4462_overlap_near_zero(void **state)
{
    (void)state;
    struct mpu_layout layout = place(RAM, 0x1000, 64, 64);
    assert_true(mpu_layout_set_flash(&layout, 0, 32));
    struct mpu_state mpu = judge_load(&layout);
    judge_range(&mpu, 0, 32, "rx", "flash");
    uint8_t handle;
    assert_false(mpu_layout_add_extra(&layout, 0, 32, MPU_LAYOUT_READ, &handle));
    assert_true(mpu_layout_add_extra(&layout, 32, 64, MPU_LAYOUT_READ, &handle));
    mpu = judge_load(&layout);
    judge_range(&mpu, 32, 64, "r", "the extra");
    judge_range(&mpu, 64, 0x1000, "", "above");
}

/* 4371: after the owner's restart the peer still had the old mapping. It can be found and revoked.
 */
static void test_4371_mappings_can_be_found_and_revoked(void **state)
{
    (void)state;
    struct mpu_layout peer = place(RAM, 0x1000, 512, 512);
    struct mpu_layout unshared = peer;
    uint32_t owner_start = RAM + 0x4000;
    uint32_t owner_end = RAM + 0x5000;
    uint8_t handle;
    assert_true(mpu_layout_add_extra(&peer, owner_start + 0x120, owner_start + 0x1A0,
                                     MPU_LAYOUT_READ_WRITE, &handle));
    for (uint8_t h = 1; h <= MPU_LAYOUT_REGIONS; h++) {
        uint32_t start;
        uint32_t end;
        if (mpu_layout_find_extra(&peer, h, &start, &end) && start < owner_end &&
            end > owner_start) {
            assert_true(mpu_layout_remove_extra(&peer, h));
        }
    }
    assert_memory_equal(&peer, &unshared, sizeof peer);
}

/* 2146, and stale PMP regions in Tock 2.2: what was mapped before a restart, or for the process
 * before. */
static void test_2146_nothing_stale_after_a_restart(void **state)
{
    (void)state;
    struct mpu_layout layout = place(RAM + 0x20, 0x8000, 5000, 900); /* several RAM regions */
    assert_true(mpu_layout_set_flash(&layout, 0x30E00, 0x31200));
    uint8_t handle;
    assert_true(
        mpu_layout_add_extra(&layout, RAM + 0x9000, RAM + 0x9100, MPU_LAYOUT_READ, &handle));
    mpu_layout_remove_extras(&layout);
    uint32_t actual = 0;
    assert_true(judge_set_break(&layout, layout.ram_start + 32, layout.ram_end, &actual));
    assert_int_equal(actual, layout.ram_start + 32);
    judge_ram(&layout);

    /* Every region's registers are stored on a switch, the unused ones too: nothing of a full set
     * survives. */
    struct mpu_layout small;
    mpu_layout_init(&small);
    struct mpu_state mpu = judge_load(&layout);
    for (unsigned n = 0; n < MPU_LAYOUT_REGIONS; n++) {
        mpu_register_write(&mpu, MPU_RBAR, small.region[n].rbar);
        mpu_register_write(&mpu, MPU_RASR, small.region[n].rasr);
    }
    judge_range(&mpu, 0, 0xE0000000, "", "an empty layout");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_4366_enabled_part_reaches_grants),
        cmocka_unit_test(test_break_at_the_very_start),
        cmocka_unit_test(test_small_app_under_large_grants),
        cmocka_unit_test(test_3544_rounding_beyond_memory),
        cmocka_unit_test(test_2435_break_and_mpu_disagree),
        cmocka_unit_test(test_break_out_of_bounds),
        cmocka_unit_test(test_4894_limit_off_by_a_step),
        cmocka_unit_test(test_4135_ill_formed_regions),
        cmocka_unit_test(test_413_flash_of_any_size),
        cmocka_unit_test(test_refused_extra_leaves_nothing_behind),
        cmocka_unit_test(test_extra_may_not_overlap),
        cmocka_unit_test(test_4462_overlap_near_zero),
        cmocka_unit_test(test_4371_mappings_can_be_found_and_revoked),
        cmocka_unit_test(test_2146_nothing_stale_after_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
