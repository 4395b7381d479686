/* The registers of the comparators of DWT and FPB, and what they match, with no CPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/armv7m/armv7m.h"
#include "peripherals/armv7m/dwt_comparators.h"

#define DWT(offset)         (0x1000U + (offset))
#define FPB(offset)         (0x2000U + (offset))
#define DEMCR               0xEDFCU
#define TRCENA              0x01000000U
#define MATCHED             0x01000000U
#define COMP(n)             DWT(0x20U + 0x10U * (n))
#define MASK(n)             DWT(0x24U + 0x10U * (n))
#define FUNCTION(n)         DWT(0x28U + 0x10U * (n))
#define WATCH(n, at, to_do) (write(f, COMP(n), (at)), write(f, FUNCTION(n), (to_do)))

struct fixture {
    struct clock clock;
    struct diag diag;
    struct armv7m core;
    uint32_t changes;
};

static void on_debug_changed(void *context)
{
    struct fixture *f = context;
    f->changes++;
}

static uint32_t read(struct fixture *f, uint32_t offset)
{
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    uint32_t value;
    assert_int_equal(armv7m_read(&f->core, access, &value), BUS_OK);
    return value;
}

static void write(struct fixture *f, uint32_t offset, uint32_t value)
{
    struct bus_access access = {.offset = offset, .size_bytes = 4, .privileged = true};
    assert_int_equal(armv7m_write(&f->core, access, value), BUS_OK);
}

static struct fixture *setup(struct fixture *f)
{
    *f = (struct fixture){0};
    clock_init(&f->clock, 64000000);
    armv7m_init(&f->core, &(struct armv7m_config){.clock = &f->clock,
                                                  .diag = &f->diag,
                                                  .irq_count = 39,
                                                  .priority_bits = 3,
                                                  .debug_changed = on_debug_changed,
                                                  .context = f});
    write(f, DEMCR, TRCENA);
    return f;
}

static void registers(void **state)
{
    (void)state;
    struct fixture store;
    struct fixture *f = setup(&store);
    assert_int_equal(read(f, DWT(0)) >> 28, 4);
    for (uint32_t n = 0; n < 4; n++) {
        write(f, COMP(n), 0xFFFFFFFF);
        write(f, MASK(n), 0x1F);
        write(f, FUNCTION(n), 0x24);
        assert_int_equal(read(f, COMP(n)), 0xFFFFFFFF);
        assert_int_equal(read(f, MASK(n)), 15); /* the largest it has */
        assert_int_equal(read(f, FUNCTION(n)), 0x24);
        assert_int_equal(read(f, FUNCTION(n) + 4), 0);
    }
    assert_int_equal(f->diag.count[DIAG_UNIMPLEMENTED], 0);
    write(f, FUNCTION(0), 0x84);
    assert_int_equal(read(f, FUNCTION(0)), 0x84);
    write(f, FUNCTION(1), 0x84); /* the cycle counter is comparator 0's */
    assert_int_equal(read(f, FUNCTION(1)), 0x04);
    write(f, FUNCTION(1), 0x105);
    write(f, FUNCTION(2), 2);
    assert_int_equal(f->diag.count[DIAG_UNIMPLEMENTED], 2);
    write(f, DEMCR, 0);
    write(f, COMP(0), 0);
    assert_int_equal(read(f, COMP(0)), 0xFFFFFFFF); /* off without TRCENA */
    assert_true(f->changes > 12);
}

static void what_matches(void **state)
{
    (void)state;
    static const struct row {
        uint32_t function, comp, mask, address, size_bytes;
        bool write, code, matches;
    } rows[] = {
        {6, 0x20000004, 0, 0x20000004, 4, true, false, true},
        {6, 0x20000004, 0, 0x20000004, 4, false, false, false},
        {6, 0x20000005, 0, 0x20000004, 4, true, false, true}, /* one of its bytes */
        {6, 0x20000005, 0, 0x20000006, 2, true, false, false},
        {5, 0x20000004, 0, 0x20000004, 1, false, false, true},
        {5, 0x20000004, 0, 0x20000004, 1, true, false, false},
        {7, 0x20000004, 0, 0x20000004, 2, true, false, true},
        {7, 0x2000000F, 4, 0x2000000C, 4, false, false, true},
        {7, 0x2000000F, 4, 0x20000010, 4, false, false, false},
        {7, 0x20000000, 0, 0x1FFFFFFE, 4, false, false, true}, /* unaligned, into it */
        {7, 0x00000000, 0, 0xFFFFFFFE, 4, false, false, true}, /* around the end */
        {4, 0x00001000, 0, 0x00001000, 1, false, true, true},
        {4, 0x00001000, 0, 0x00001002, 1, false, true, false},
        {4, 0x00001000, 5, 0x0000101E, 1, false, true, true},
        {4, 0x20000000, 0, 0x20000000, 4, false, false, false},
        {0, 0x20000000, 0, 0x20000000, 4, true, false, false},
        {5, 0x00001000, 0, 0x00001000, 1, false, true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct fixture store;
        struct fixture *f = setup(&store);
        write(f, MASK(3), r->mask);
        WATCH(3, r->comp, r->function);
        struct dwt *dwt = &f->core.dwt;
        bool watched = r->code ? dwt_watches_code(dwt, r->address, r->address + 1)
                               : dwt_watches_data(dwt, r->address, r->size_bytes);
        assert_int_equal(read(f, FUNCTION(3)), r->function); /* asking sets nothing */
        bool matched = r->code ? dwt_match_code(dwt, r->address)
                               : dwt_match_data(dwt, r->address, r->size_bytes, r->write);
        if (matched != r->matches || (matched && !watched)) {
            fail_msg("row %zu", i);
        }
        assert_int_equal(read(f, FUNCTION(3)), r->function | (r->matches ? MATCHED : 0));
        assert_int_equal(read(f, FUNCTION(3)), r->function); /* cleared by the read */
        write(f, DEMCR, 0);
        assert_false(dwt_match_code(dwt, r->address) ||
                     dwt_match_data(dwt, r->address, r->size_bytes, r->write));
    }
}

static void the_next_cycle_match(void **state)
{
    (void)state;
    struct fixture store;
    struct fixture *f = setup(&store);
    const struct dwt *dwt = &f->core.dwt;
    clock_set_now(&f->clock, 1000);
    WATCH(0, 50, 0x84);
    assert_true(dwt_next_cycle_match(dwt, 1000) == UINT64_MAX); /* it does not count */
    write(f, DWT(0), 1);
    assert_int_equal(dwt_next_cycle_match(dwt, 1000), 1050);
    assert_int_equal(dwt_next_cycle_match(dwt, 1049), 1050);
    assert_int_equal(dwt_next_cycle_match(dwt, 1050), 1050 + (1ULL << 32));
    clock_set_now(&f->clock, 1020);
    write(f, DWT(4), 40);
    assert_int_equal(dwt_next_cycle_match(dwt, 1020), 1030);
    WATCH(0, 39, 0x84);
    assert_int_equal(dwt_next_cycle_match(dwt, 1020), 1020 + 0xFFFFFFFFULL);
    WATCH(0, 50, 0x04);
    assert_true(dwt_next_cycle_match(dwt, 1020) == UINT64_MAX);
}

static void fpb(void **state)
{
    (void)state;
    struct fixture store;
    struct fixture *f = setup(&store);
    const struct fpb *unit = &f->core.fpb;
    assert_int_equal(read(f, FPB(0)), 0x260);
    assert_int_equal(read(f, FPB(4)), 0x20000000);
    write(f, FPB(8), 0x40001001U);  /* the lower halfword at 0x1000 */
    write(f, FPB(12), 0x80002001U); /* the upper one at 0x2000 */
    write(f, FPB(16), 0xC0003001U); /* both */
    write(f, FPB(20), 0xC0004000U); /* not enabled */
    assert_int_equal(read(f, FPB(16)), 0xC0003001U);
    assert_false(fpb_breaks(unit, 0, UINT32_MAX));
    write(f, FPB(0), 1); /* without its key */
    assert_false(fpb_breaks(unit, 0, UINT32_MAX));
    write(f, FPB(0), 3);
    assert_int_equal(read(f, FPB(0)), 0x261);
    static const struct {
        uint32_t start, end;
        bool breaks;
    } ranges[] = {
        {0x1000, 0x1001, true},  {0x1002, 0x1003, false}, {0x2000, 0x2002, false},
        {0x2002, 0x2003, true},  {0x3000, 0x3001, true},  {0x3002, 0x3003, true},
        {0x4000, 0x5000, false}, {0x0F00, 0x1000, false}, {0x0F00, 0x1001, true},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (fpb_breaks(unit, ranges[i].start, ranges[i].end) != ranges[i].breaks) {
            fail_msg("range %zu", i);
        }
    }
    assert_int_equal(f->diag.count[DIAG_UNIMPLEMENTED], 0);
    write(f, FPB(24), 0x00001001U); /* remap */
    write(f, FPB(32), 0x00001001U); /* a literal */
    assert_int_equal(f->diag.count[DIAG_UNIMPLEMENTED], 2);
    armv7m_reset(&f->core);
    assert_int_equal(read(f, FPB(0)), 0x260);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers),
        cmocka_unit_test(what_matches),
        cmocka_unit_test(the_next_cycle_match),
        cmocka_unit_test(fpb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
