/*
 * Properties of mpu_layout, judged by the MPU model: over sizes, breaks, grants and places, exactly
 * the bytes up to the rounded break are reachable. The optimum that breaks are compared with comes
 * from a plain search over all ends that up to three runs of sub-regions can reach. Known bugs of
 * other kernels: test_mpu_layout_bugs.c.
 */
#include "kernel/core/tests/layout_judge.h"

#include <stdbool.h>

#define RAM       0x20000000u
#define RAM_BYTES 0x10000u

static uint32_t rng_below(uint64_t *rng, uint32_t limit)
{
    *rng = *rng * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*rng >> 33) % limit);
}

static uint32_t up32(uint32_t value)
{
    return (value + 31) / 32 * 32;
}

/* --- which breaks are expressible at all ------------------------------------------------------ */

#define REACH_GRANULES 512 /* 16 kB */
#define NOT_REACHABLE  0x10000000u

struct reach {
    bool end[REACH_GRANULES + 1]; /* [i]: [start, start + 32 i) is a union of at most three runs */
};

static void search_reach(uint32_t start, struct reach *reach)
{
    bool at[4][REACH_GRANULES + 1];
    memset(at, 0, sizeof at);
    at[0][0] = true;
    for (unsigned runs = 0; runs < 3; runs++) {
        for (uint32_t i = 0; i <= REACH_GRANULES; i++) {
            if (!at[runs][i]) {
                continue;
            }
            at[runs + 1][i] = true;
            for (uint64_t sub = 32; sub <= 0x10000; sub *= 2) {
                uint64_t from = start + i * 32u;
                uint64_t region_end = from / (8 * sub) * (8 * sub) + 8 * sub;
                if (from % sub != 0) {
                    break;
                }
                for (uint64_t to = from + sub; to <= region_end; to += sub) {
                    if ((to - start) / 32 <= REACH_GRANULES) {
                        at[runs + 1][(to - start) / 32] = true;
                    }
                }
            }
        }
    }
    memcpy(reach->end, at[3], sizeof reach->end);
}

static uint32_t least_reachable(const struct reach *reach, uint32_t wanted_bytes)
{
    for (uint32_t i = up32(wanted_bytes) / 32; i <= REACH_GRANULES; i++) {
        if (reach->end[i]) {
            return i * 32;
        }
    }
    return NOT_REACHABLE;
}

/* --- RAM ------------------------------------------------------------------------------------ */

static struct mpu_layout place(uint32_t start, uint32_t initial, uint32_t app, uint32_t kernel)
{
    struct mpu_layout layout;
    mpu_layout_init(&layout);
    struct mpu_layout_ram_request request = {
        .available_start = start,
        .available_bytes = RAM + RAM_BYTES - start,
        .initial_bytes = initial,
        .app_bytes = app,
        .kernel_bytes = kernel,
    };
    if (!mpu_layout_place_ram(&layout, &request)) {
        fail_msg("no place at 0x%08x for %u + %u bytes", start, app, kernel);
    }
    assert_true(layout.ram_start >= start);
    assert_int_equal(layout.ram_start % 32, 0);
    assert_int_equal(layout.ram_end % 32, 0);
    assert_true(layout.ram_end <= RAM + RAM_BYTES);
    assert_true(layout.reach_end >= layout.ram_start + initial);
    assert_true(layout.ram_end - layout.ram_start >= app + kernel);
    return layout;
}

/* One break, with the kernel's part at its tightest, one step too low, and at its loosest. */
static void check_break(struct mpu_layout *layout, const struct reach *reach, uint32_t wanted)
{
    uint32_t expected = layout->ram_start + least_reachable(reach, wanted);
    uint32_t actual = 0;
    struct mpu_layout before = *layout;
    assert_false(judge_set_break(layout, layout->ram_start + wanted, expected - 1, &actual));
    assert_memory_equal(layout, &before, sizeof before);
    assert_int_equal(actual, 0);

    assert_true(judge_set_break(layout, layout->ram_start + wanted, expected, &actual));
    assert_int_equal(actual, expected);
    assert_int_equal(layout->reach_end, expected);
    judge_ram(layout);

    assert_true(judge_set_break(layout, layout->ram_start + wanted, layout->ram_end, &actual));
    assert_int_equal(actual, expected);
}

static void test_exhaustive_to_4_kb(void **state)
{
    (void)state;
    static const uint32_t starts[] = {0, 32, 0x60, 0x1F00, 0x2AC0, 0x3FE0};
    static const uint32_t kernels[] = {0, 600, 2048};
    for (unsigned s = 0; s < 6; s++) {
        for (uint32_t app = 32; app <= 4096; app += 32) {
            for (unsigned k = 0; k < 3; k++) {
                struct mpu_layout layout = place(RAM + starts[s], 32, app, kernels[k]);
                judge_ram(&layout);
                assert_true(mpu_layout_set_break(&layout, layout.ram_start + app,
                                                 layout.ram_end - up32(kernels[k])));
            }
            struct mpu_layout layout = place(RAM + starts[s], 32, app, 600);
            struct reach reach;
            search_reach(layout.ram_start, &reach);
            for (uint32_t wanted = 32; wanted <= app; wanted += 32) {
                check_break(&layout, &reach, wanted);
            }
        }
    }
}

static void test_odd_bytes_round_up(void **state)
{
    (void)state;
    struct mpu_layout layout = place(RAM + 0x4321 / 32 * 32, 1, 3001, 777);
    struct reach reach;
    search_reach(layout.ram_start, &reach);
    for (uint32_t wanted = 1; wanted <= 3001; wanted++) {
        uint32_t actual;
        assert_true(
            judge_set_break(&layout, layout.ram_start + wanted, layout.ram_end - 777, &actual));
        assert_int_equal(actual, layout.ram_start + least_reachable(&reach, wanted));
    }
}

/* Each byte by itself, not ranges: the slow way round, for some of what the exhaustive test does.
 */
static void test_every_byte_of_some_layouts(void **state)
{
    (void)state;
    uint64_t rng = 20;
    for (unsigned n = 0; n < 40; n++) {
        uint32_t app = 32 + rng_below(&rng, 6000);
        struct mpu_layout layout =
            place(RAM + 1024 + rng_below(&rng, 500) * 32, 0, app, rng_below(&rng, 1500));
        assert_true(
            mpu_layout_set_break(&layout, layout.ram_start + rng_below(&rng, app), layout.ram_end));
        struct mpu_state mpu = judge_load(&layout);
        for (uint32_t at = layout.ram_start - 300; at < layout.ram_end + 300; at++) {
            bool inside = at >= layout.ram_start && at < layout.reach_end;
            assert_int_equal(mpu_check(&mpu, at, 1, MPU_ACCESS_READ, judge_user).allowed, inside);
            assert_int_equal(mpu_check(&mpu, at, 1, MPU_ACCESS_WRITE, judge_user).allowed, inside);
            assert_false(mpu_check(&mpu, at, 1, MPU_ACCESS_FETCH, judge_user).allowed);
        }
    }
}

static void test_sampled_to_64_kb(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20000; seed++) {
        uint64_t rng = seed * 0x9E3779B97F4A7C15u;
        uint32_t start = RAM + rng_below(&rng, 0x4000);
        uint32_t app = 1 + rng_below(&rng, 0xA000);
        uint32_t kernel = rng_below(&rng, 0x1000);
        struct mpu_layout layout;
        mpu_layout_init(&layout);
        struct mpu_layout_ram_request request = {start, RAM + RAM_BYTES - start, false, 0, app,
                                                 kernel};
        if (!mpu_layout_place_ram(&layout, &request)) {
            /* 1/64 of the app's size and the hole are all it may need more. */
            assert_true(app + kernel + app / 64 + 96 > RAM + RAM_BYTES - start);
            continue;
        }
        for (unsigned n = 0; n < 4; n++) {
            uint32_t wanted = 1 + rng_below(&rng, app);
            uint32_t kernel_break = layout.ram_end - up32(kernel);
            uint32_t actual;
            if (!judge_set_break(&layout, layout.ram_start + wanted, kernel_break, &actual)) {
                fail_msg("seed %u: %u of %u bytes", (unsigned)seed, wanted, app);
            }
            assert_true(actual >= layout.ram_start + wanted);
            assert_true(actual <= kernel_break);
            judge_ram(&layout);
        }
    }
}

/* The next multiples of powers of two are as good a choice of start as all multiples of 32. */
static void test_placement_is_near_the_best(void **state)
{
    (void)state;
    uint64_t rng = 5;
    uint32_t over_sum = 0;
    for (unsigned n = 0; n < 150; n++) {
        uint32_t start = RAM + rng_below(&rng, 300) * 32;
        uint32_t app = 32 + rng_below(&rng, 12000);
        struct mpu_layout layout = place(start, 0, app, 512);
        uint32_t best = UINT32_MAX;
        for (uint32_t from = start; from < start + 2048; from += 32) {
            struct reach reach;
            search_reach(from, &reach);
            uint32_t end = from + least_reachable(&reach, app) + 512;
            best = end < best ? end : best;
        }
        assert_true(layout.ram_end >= best);
        over_sum += layout.ram_end - best;
    }
    assert_true(over_sum <= 150 * 8);
}

static void test_requests_that_cannot_be_met_change_nothing(void **state)
{
    (void)state;
    struct mpu_layout layout = place(RAM + 0x800, 32, 1000, 500);
    struct mpu_layout before = layout;
    static const struct mpu_layout_ram_request bad[] = {
        {.available_start = RAM, .available_bytes = 4096, .app_bytes = 0},
        {.available_start = RAM, .available_bytes = 4096, .app_bytes = 4097},
        {.available_start = RAM, .available_bytes = 4096, .app_bytes = 4096, .kernel_bytes = 1},
        {.available_start = RAM, .available_bytes = 4096, .initial_bytes = 64, .app_bytes = 32},
        {.available_start = RAM, .available_bytes = 0, .app_bytes = 32},
        {.available_start = RAM, .available_bytes = 4096, .app_bytes = UINT32_MAX},
        {.available_start = RAM,
         .available_bytes = 4096,
         .app_bytes = 32,
         .kernel_bytes = UINT32_MAX},
        {.available_start = RAM, .available_bytes = UINT32_MAX, .app_bytes = 32},
        {.available_start = RAM + 4, .available_bytes = 4096, .fixed_start = true, .app_bytes = 32},
    };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (mpu_layout_place_ram(&layout, &bad[i])) {
            fail_msg("request %u was met", i);
        }
        assert_memory_equal(&layout, &before, sizeof before);
    }
    uint32_t actual = 7;
    assert_false(judge_set_break(&layout, layout.ram_start - 1, layout.ram_end, &actual));
    assert_false(judge_set_break(&layout, 0, layout.ram_end, &actual));
    assert_false(judge_set_break(&layout, UINT32_MAX, layout.ram_end, &actual));
    assert_false(judge_set_break(&layout, layout.ram_end + 1, layout.ram_end, &actual));
    assert_false(judge_set_break(&layout, layout.ram_start + 32, layout.ram_end + 32, &actual));
    assert_false(judge_set_break(&layout, layout.ram_end, layout.ram_end - 32, &actual));
    assert_int_equal(actual, 7);
    assert_memory_equal(&layout, &before, sizeof before);
}

static void test_fixed_start(void **state)
{
    (void)state;
    struct mpu_layout layout;
    mpu_layout_init(&layout);
    struct mpu_layout_ram_request request = {
        .available_start = RAM + 0x1060,
        .available_bytes = 0x3000,
        .fixed_start = true,
        .initial_bytes = 64,
        .app_bytes = 2000,
        .kernel_bytes = 400,
    };
    assert_true(mpu_layout_place_ram(&layout, &request));
    assert_int_equal(layout.ram_start, RAM + 0x1060);
    assert_int_equal(layout.ram_end - layout.ram_start, 2016 + 416);
    judge_ram(&layout);
}

/* --- flash ---------------------------------------------------------------------------------- */

static void check_flash(uint32_t start, uint32_t bytes)
{
    struct mpu_layout layout;
    mpu_layout_init(&layout);
    if (!mpu_layout_set_flash(&layout, start, start + bytes)) {
        fail_msg("flash [0x%08x, +%u)", start, bytes);
    }
    struct mpu_state mpu = judge_load(&layout);
    judge_range(&mpu, start - 8192, start, "", "below flash");
    judge_range(&mpu, start, start + bytes, "rx", "flash");
    judge_range(&mpu, start + bytes, start + bytes + 8192, "", "above flash");
    assert_true(mpu_check(&mpu, start, bytes, MPU_ACCESS_READ, judge_kernel).allowed);
    assert_false(mpu_check(&mpu, start, 1, MPU_ACCESS_WRITE, judge_kernel).allowed);
}

static void test_flash_padded_by_the_rule_is_exact(void **state)
{
    (void)state;
    uint64_t rng = 3;
    for (uint32_t size = 1; size <= 100000; size += 1 + rng_below(&rng, 60)) {
        uint32_t granule = mpu_layout_flash_granule(size);
        uint32_t padded = (size + granule - 1) / granule * granule;
        assert_int_equal(mpu_layout_flash_granule(padded), granule);
        assert_true(padded - size < 32 || (padded - size) * 4 <= size); /* never a quarter wasted */
        check_flash(0x30000 + granule * rng_below(&rng, 16), padded);
    }
}

static void test_flash_of_power_of_two_images(void **state)
{
    (void)state;
    for (uint32_t bytes = 32; bytes <= 0x40000; bytes *= 2) {
        for (uint32_t n = 0; n < 9; n++) {
            check_flash(0x40000 + n * bytes, bytes);
        }
    }
}

static void test_flash_that_cannot_be_exact_is_refused(void **state)
{
    (void)state;
    struct mpu_layout layout;
    mpu_layout_init(&layout);
    struct mpu_layout before = layout;
    assert_false(mpu_layout_set_flash(&layout, 0x30000, 0x30000));
    assert_false(mpu_layout_set_flash(&layout, 0x30020, 0x30000));
    assert_false(mpu_layout_set_flash(&layout, 0x30010, 0x30040));
    assert_false(mpu_layout_set_flash(&layout, 0x30000, 0x30030));
    assert_false(mpu_layout_set_flash(&layout, 0x30020, 0x3FFE0)); /* no two runs do that */
    assert_memory_equal(&layout, &before, sizeof before);
}

/* --- extras --------------------------------------------------------------------------------- */

static void test_extras_come_and_go(void **state)
{
    (void)state;
    uint64_t rng = 11;
    for (unsigned n = 0; n < 2000; n++) {
        struct mpu_layout layout = place(RAM + 0x8000, 64, 2000, 900);
        assert_true(mpu_layout_set_flash(&layout, 0x30000, 0x30000 + (n % 2 ? 0x1000 : 0x1400)));
        struct mpu_layout before = layout;
        uint32_t start = RAM + rng_below(&rng, 0x400) * 32;
        uint32_t end = start + 32 + rng_below(&rng, 40) * 32;
        enum mpu_layout_access access = n % 3 ? MPU_LAYOUT_READ_WRITE : MPU_LAYOUT_READ;
        uint8_t handle = 99;
        if (!mpu_layout_add_extra(&layout, start, end, access, &handle)) {
            assert_memory_equal(&layout, &before, sizeof before);
            assert_int_equal(handle, 99);
            continue;
        }
        struct mpu_state mpu = judge_load(&layout);
        judge_range(&mpu, start - 4096, start, "", "below the extra");
        judge_range(&mpu, start, end, n % 3 ? "rw" : "r", "the extra");
        if (end + 1024 <= layout.ram_start) {
            judge_range(&mpu, end, layout.ram_start, "", "above the extra");
        }
        uint32_t found_start;
        uint32_t found_end;
        assert_true(mpu_layout_find_extra(&layout, handle, &found_start, &found_end));
        assert_int_equal(found_start, start);
        assert_int_equal(found_end, end);
        assert_true(mpu_layout_remove_extra(&layout, handle));
        assert_memory_equal(&layout, &before, sizeof before);
        assert_false(mpu_layout_remove_extra(&layout, handle));
        assert_false(mpu_layout_find_extra(&layout, handle, &found_start, &found_end));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exhaustive_to_4_kb),
        cmocka_unit_test(test_odd_bytes_round_up),
        cmocka_unit_test(test_every_byte_of_some_layouts),
        cmocka_unit_test(test_sampled_to_64_kb),
        cmocka_unit_test(test_placement_is_near_the_best),
        cmocka_unit_test(test_requests_that_cannot_be_met_change_nothing),
        cmocka_unit_test(test_fixed_start),
        cmocka_unit_test(test_flash_padded_by_the_rule_is_exact),
        cmocka_unit_test(test_flash_of_power_of_two_images),
        cmocka_unit_test(test_flash_that_cannot_be_exact_is_refused),
        cmocka_unit_test(test_extras_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
