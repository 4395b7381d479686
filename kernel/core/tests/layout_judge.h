/*
 * layout_judge.h - helpers of mpu_layout's tests: a layout as the MPU model sees it, and what it
 * must let through.
 */
#ifndef KERNEL_CORE_TESTS_LAYOUT_JUDGE_H
#define KERNEL_CORE_TESTS_LAYOUT_JUDGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/mpu_layout.h"
#include "mpu_model/mpu_model.h"

static const struct mpu_context judge_user = {.privileged = false};
static const struct mpu_context judge_kernel = {.privileged = true};

/* Stores the layout as the kernel does: RBAR and RASR pairs through the alias registers, PRIVDEFENA
 * set. */
static inline struct mpu_state judge_load(const struct mpu_layout *layout)
{
    struct mpu_state mpu;
    mpu_reset(&mpu);
    assert_int_equal(mpu_register_write(&mpu, MPU_CTRL, MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA),
                     MPU_WRITE_DONE);
    for (unsigned n = 0; n < MPU_LAYOUT_REGIONS; n++) {
        uint32_t alias = (n % 4) * 8;
        assert_int_equal(mpu_register_write(&mpu, MPU_RBAR + alias, layout->region[n].rbar),
                         MPU_WRITE_DONE);
        assert_int_equal(mpu.rnr, n); /* each names itself */
        assert_int_equal(mpu_register_write(&mpu, MPU_RASR + alias, layout->region[n].rasr),
                         MPU_WRITE_DONE);
    }
    for (unsigned n = 0; n < MPU_LAYOUT_REGIONS; n++) {
        assert_int_equal(mpu_query_unpredictable(&mpu, n), 0);
    }
    return mpu;
}

/* Every byte of [start, end) gives the user exactly the accesses in `may` ("", "r", "rw" or "rx").
 */
static inline void judge_range(const struct mpu_state *mpu, uint32_t start, uint32_t end,
                               const char *may, const char *what)
{
    static const char letters[3] = {'r', 'w', 'x'};
    static const enum mpu_access accesses[3] = {MPU_ACCESS_READ, MPU_ACCESS_WRITE,
                                                MPU_ACCESS_FETCH};
    if (start == end) {
        return;
    }
    for (unsigned i = 0; i < 3; i++) {
        enum mpu_page expected = strchr(may, letters[i]) ? MPU_PAGE_ALLOWED : MPU_PAGE_REFUSED;
        enum mpu_page got = mpu_query_page(mpu, start, end - start, accesses[i], judge_user);
        if (got != expected) {
            fail_msg("%s: [0x%08x, 0x%08x) '%c': %s", what, start, end, letters[i],
                     got == MPU_PAGE_CUT ? "not all alike" : "the opposite of what it must be");
        }
    }
}

/* The byte below and the byte from `edge` on, one by one and by a word across it. */
static inline void judge_break_edge(const struct mpu_state *mpu, uint32_t edge)
{
    assert_true(mpu_check(mpu, edge - 1, 1, MPU_ACCESS_WRITE, judge_user).allowed);
    assert_false(mpu_check(mpu, edge, 1, MPU_ACCESS_READ, judge_user).allowed);
    for (uint32_t before = 1; before < 4; before++) {
        struct mpu_verdict verdict = mpu_check(mpu, edge - before, 4, MPU_ACCESS_WRITE, judge_user);
        assert_false(verdict.allowed);
        assert_int_equal(verdict.fault_address, edge);
    }
}

/* As mpu_layout_set_break; says besides where the break is then. */
static inline bool judge_set_break(struct mpu_layout *layout, uint32_t wanted_break,
                                   uint32_t kernel_break, uint32_t *actual_break)
{
    bool moved = mpu_layout_set_break(layout, wanted_break, kernel_break);
    if (moved) {
        *actual_break = layout->reach_end;
    }
    return moved;
}

/* RAM of the layout, with 8 kB around it: exactly [ram_start, reach_end) is the app's. */
static inline void judge_ram(const struct mpu_layout *layout)
{
    struct mpu_state mpu = judge_load(layout);
    assert_true(layout->ram_start <= layout->reach_end);
    assert_true(layout->reach_end <= layout->ram_end);
    judge_range(&mpu, layout->ram_start - 8192, layout->ram_start, "", "below the block");
    judge_range(&mpu, layout->ram_start, layout->reach_end, "rw", "the app's part");
    judge_range(&mpu, layout->reach_end, layout->ram_end, "", "the kernel's part");
    judge_range(&mpu, layout->ram_end, layout->ram_end + 8192, "", "above the block");
    if (layout->reach_end > layout->ram_start) {
        judge_break_edge(&mpu, layout->reach_end);
    }
    assert_true(mpu_check(&mpu, layout->ram_start, layout->ram_end - layout->ram_start,
                          MPU_ACCESS_WRITE, judge_kernel)
                    .allowed);
}

#endif
