/* The MPU as people read it, against the model asked byte by byte. */
#include "sim/view/view_mpu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BASE  0x20000000U
#define BYTES 8192U
#define SEEDS 3000U

static const struct mpu_context unprivileged = {.privileged = false, .negative_priority = false};

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 4;
}

/* Regions of all kinds in and around the range, nonsense included. */
static void make_random(struct mpu_state *mpu, uint32_t *random)
{
    mpu_reset(mpu);
    for (uint32_t i = 0; i < MPU_REGION_COUNT; i++) {
        uint32_t size = next_random(random) % 32;
        size = size > 14 && next_random(random) % 4 != 0 ? size % 14 : size;
        uint32_t base = BASE - BYTES + next_random(random) % (3 * BYTES);
        mpu_register_write(mpu, MPU_RNR, i);
        mpu_register_write(mpu, MPU_RBAR, base & ~31U);
        mpu_register_write(mpu, MPU_RASR,
                           (next_random(random) & 0x1707FF00U) | size << 1 |
                               (next_random(random) % 4 != 0));
    }
    mpu_register_write(mpu, MPU_CTRL, next_random(random) % 8);
}

static void expect_span(const struct mpu_state *mpu, const struct view_access *span)
{
    for (uint32_t at = span->address; at < span->address + span->bytes; at += 16) {
        struct mpu_verdict read = mpu_check(mpu, at, 1, MPU_ACCESS_READ, unprivileged);
        assert_int_equal(read.allowed, span->read);
        assert_int_equal(read.region, span->region);
        assert_int_equal(mpu_check(mpu, at, 1, MPU_ACCESS_WRITE, unprivileged).allowed,
                         span->write);
        assert_int_equal(mpu_check(mpu, at, 1, MPU_ACCESS_FETCH, unprivileged).allowed,
                         span->execute);
    }
}

static void test_spans_are_what_the_model_says(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        uint32_t random = seed;
        struct mpu_state mpu;
        struct view_access spans[VIEW_MPU_SPANS_MAX];
        make_random(&mpu, &random);
        uint32_t from = BASE + next_random(&random) % 64;
        size_t count = view_mpu_spans(&mpu, from, BYTES, spans, VIEW_MPU_SPANS_MAX);
        uint32_t at = from;
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(spans[i].address, at);
            assert_true(spans[i].bytes > 0);
            expect_span(&mpu, &spans[i]);
            at += spans[i].bytes;
        }
        assert_int_equal(at, from + BYTES);
        /* With too little room the end is still the end. */
        size_t cut = view_mpu_spans(&mpu, from, BYTES, spans, 2);
        assert_in_range(cut, 1, 2);
        assert_int_equal(spans[cut - 1].address + spans[cut - 1].bytes, from + BYTES);
    }
}

static void test_last_bytes_of_memory(void **state)
{
    (void)state;
    struct mpu_state mpu;
    struct view_access spans[VIEW_MPU_SPANS_MAX];
    mpu_reset(&mpu);
    mpu_register_write(&mpu, MPU_RASR, 0x0300003F); /* region 0: 4 GiB, read and write */
    mpu_register_write(&mpu, MPU_CTRL, MPU_CTRL_ENABLE);
    assert_int_equal(view_mpu_spans(&mpu, 0xFFFFF000U, 0x1000, spans, VIEW_MPU_SPANS_MAX), 1);
    assert_int_equal(spans[0].bytes, 0x1000);
    assert_true(spans[0].write);
}

static void test_a_region(void **state)
{
    (void)state;
    struct mpu_state mpu;
    struct view_region region;
    char text[80];
    mpu_reset(&mpu);
    mpu_register_write(&mpu, MPU_RNR, 2);
    mpu_register_write(&mpu, MPU_RBAR, 0x20000400);
    /* 1 kB, sub-regions 6 and 7 off, full access, execute never. */
    mpu_register_write(&mpu, MPU_RASR, 0x1300C013);
    mpu_register_write(&mpu, MPU_CTRL, MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA);
    view_mpu_region(&mpu, 2, &region);
    assert_true(region.enabled);
    assert_int_equal(region.first, 0x20000400);
    assert_int_equal(region.last, 0x200007FF);
    assert_int_equal(region.subregions, 8);
    assert_int_equal(region.disabled, 0xC0);
    assert_string_equal(region.rights, "RW-");
    view_mpu_region(&mpu, 3, &region);
    assert_false(region.enabled);
    view_mpu_region(&mpu, 8, &region);
    assert_false(region.enabled);
    view_mpu_describe(&mpu, 0x20000500, text, sizeof text);
    assert_string_equal(text, "open by region 2: read and write");
    view_mpu_describe(&mpu, 0x20000710, text, sizeof text);
    assert_string_equal(text, "closed: sub-region 6 of region 2 is disabled");
    view_mpu_describe(&mpu, 0x20000800, text, sizeof text);
    assert_string_equal(text, "closed: no region maps it");
    struct mpu_verdict verdict = mpu_check(&mpu, 0x20000500, 4, MPU_ACCESS_FETCH, unprivileged);
    view_mpu_refusal(&verdict, MPU_ACCESS_FETCH, text, sizeof text);
    assert_string_equal(text, "MPU region 2 forbids executing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spans_are_what_the_model_says),
        cmocka_unit_test(test_last_bytes_of_memory),
        cmocka_unit_test(test_a_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
