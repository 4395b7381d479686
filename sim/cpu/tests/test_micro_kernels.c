/* sim/cpu/tests/test_micro_kernels.c - small pieces of code whose cycles follow from the rules of
 * docs/timing.md, each through the whole CPU: DWT.CYCCNT read before and after. Code, cycles and
 * rules stand in guests/kernels.s. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"

#define HEADER                                                                                     \
    0x100U           /* in the guest: table, its end, the function that enables, one that returns */
#define AROUND   4U  /* the first read of the counter, a nop before, a nop after */
#define KERNELS  60U /* at least */
#define NEVER_IN 1000000U

struct kernel {
    uint32_t entry, expected;
    const char *text, *rule;
};

static struct kernel kernel_at(const struct fixture *f, uint32_t address)
{
    return (struct kernel){
        .entry = fixture_word(f, address),
        .expected = fixture_word(f, address + 4),
        .text = (const char *)f->flash + fixture_word(f, address + 8),
        .rule = (const char *)f->flash + fixture_word(f, address + 12),
    };
}

/* How the run is cut: not at all, by so many cycles, or by single steps. */
enum { WHOLE = 0, STEPS = 1000 };

static void run(struct fixture *f, unsigned cut)
{
    enum cpu_stop stop = CPU_STOP_LIMIT;
    while (stop == CPU_STOP_LIMIT || stop == CPU_STOP_STEP) {
        uint64_t slice = cut == WHOLE ? NEVER_IN : cut;
        stop = cut == STEPS ? cpu_step(f->cpu) : cpu_run(f->cpu, clock_now(&f->clock) + slice);
    }
    assert_int_equal(stop, CPU_STOP_SLEEP);
}

static void call(struct fixture *f, uint32_t entry, unsigned cut)
{
    struct cpu_regs regs = fixture_regs(f);
    memcpy(regs.r,
           (const uint32_t[13]){0xE0001000, FIXTURE_RAM_BASE + 0x400, 5, 3, 8, 0x12345678, 0, 0,
                                FIXTURE_RAM_BASE + 0x600, 0xFFFFFFFF, 1, 0,
                                fixture_word(f, HEADER + 12)},
           sizeof(regs.r));
    memcpy(&regs.s[1], (const float[2]){2.0F, 3.0F}, 8);
    regs.pc = entry & ~1U;
    regs.xpsr |= XPSR_T;
    regs.msp = FIXTURE_RAM_BASE + 0x8000;
    fixture_poke(f, FIXTURE_RAM_BASE + 0x600 + 60, FIXTURE_RAM_BASE + 0x400);
    cpu_set_regs(f->cpu, &regs);
    run(f, cut);
}

static unsigned run_all(struct fixture *f, unsigned cut)
{
    unsigned wrong = 0;
    uint32_t end = fixture_word(f, HEADER + 4);
    uint32_t count = 0;
    for (uint32_t at = fixture_word(f, HEADER); at < end; at += 16, count++) {
        struct kernel kernel = kernel_at(f, at);
        call(f, kernel.entry, cut);
        uint32_t cycles = fixture_reg(f, 7) - fixture_reg(f, 6) - AROUND;
        if (cycles != kernel.expected || f->fault_count != 0) {
            print_message("%s: %u cycles, not %u (%s), cut %u, %u faults\n", kernel.text,
                          (unsigned)cycles, (unsigned)kernel.expected, kernel.rule, cut,
                          (unsigned)f->fault_count);
            f->fault_count = 0;
            wrong++;
        }
    }
    assert_true(count >= KERNELS);
    return wrong;
}

static void test_every_kernel(void **state)
{
    (void)state;
    struct fixture *f = fixture_create("kernels", NULL);
    call(f, fixture_word(f, HEADER + 8), WHOLE);
    static const unsigned cuts[] = {WHOLE, WHOLE, 1, 2, 3, 5, 11, STEPS, WHOLE};
    unsigned wrong = 0;
    for (unsigned i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        wrong += run_all(f, cuts[i]); /* the first time meets code that is not known yet */
    }
    fixture_destroy(f);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
