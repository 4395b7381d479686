/*
 * RAM per process against the power-of-two algorithm of Tock's Cortex-M MPU driver (two equal
 * regions of eight sub-regions): prints a table and checks that ours never takes more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "kernel/core/mpu_layout.h"

#define RAM       0x20000000u
#define AVAILABLE 0x40000u
#define KERNEL    2048u /* bytes of kernel memory per process, the same for both */
#define PLACES    64u   /* free memory starting at 64 different places, 1,056 bytes apart */

/* First byte after the block that Tock would take for `app` bytes from `start` on. */
static uint32_t tock_block_end(uint32_t start, uint32_t app)
{
    uint32_t total = 512;
    while (total < app + KERNEL) {
        total *= 2;
    }
    uint32_t half = total / 2;
    uint32_t at = (start + half - 1) / half * half;
    uint32_t enabled = app * 8 / half + 1;
    if (at + enabled * (half / 8) > at + total - KERNEL) {
        total *= 2;
        half *= 2;
        at = (start + half - 1) / half * half;
    }
    return at + total;
}

static uint32_t our_block_end(uint32_t start, uint32_t app)
{
    struct mpu_layout layout;
    mpu_layout_init(&layout);
    struct mpu_layout_ram_request request = {
        .available_start = start,
        .available_bytes = AVAILABLE,
        .app_bytes = app,
        .kernel_bytes = KERNEL,
    };
    assert_true(mpu_layout_place_ram(&layout, &request));
    return layout.ram_end;
}

static void test_less_is_wasted_than_by_powers_of_two(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1024, 1500, 2048,  2150,  3000,  4096,  5000,  6144,
                                     8192, 9000, 12288, 16384, 20000, 24576, 32768, 49152};
    printf(
        "RAM taken beyond what was asked for (app + %u of the kernel's), hole included, mean and "
        "worst of %u places\n",
        KERNEL, PLACES);
    printf("%10s %12s %12s %12s %12s\n", "app bytes", "ours", "worst", "power of 2", "worst");
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint32_t ours = 0;
        uint32_t tock = 0;
        uint32_t ours_worst = 0;
        uint32_t tock_worst = 0;
        for (uint32_t place = 0; place < PLACES; place++) {
            uint32_t start = RAM + place * 1056;
            uint32_t needed = start + sizes[i] + KERNEL;
            uint32_t our_waste = our_block_end(start, sizes[i]) - needed;
            uint32_t tock_waste = tock_block_end(start, sizes[i]) - needed;
            assert_true(our_waste <= tock_waste);
            ours += our_waste;
            tock += tock_waste;
            ours_worst = our_waste > ours_worst ? our_waste : ours_worst;
            tock_worst = tock_waste > tock_worst ? tock_waste : tock_worst;
        }
        assert_true(ours / PLACES <= (sizes[i] + KERNEL) / 40); /* docs/app-memory.md */
        printf("%10u %12u %12u %12u %12u\n", sizes[i], ours / PLACES, ours_worst, tock / PLACES,
               tock_worst);
    }
}

static void test_never_more_than_by_powers_of_two(void **state)
{
    (void)state;
    for (uint32_t app = 1; app <= 49152; app += 37) {
        for (uint32_t place = 0; place < 8; place++) {
            uint32_t start = RAM + place * 1056;
            assert_true(our_block_end(start, app) <= tock_block_end(start, app));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_less_is_wasted_than_by_powers_of_two),
        cmocka_unit_test(test_never_more_than_by_powers_of_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
