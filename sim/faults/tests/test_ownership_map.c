/* The map of owners by itself: calls and answers in, owners and mistakes out. */
#include "sim/faults/ownership_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"

#define RAM_A   0x20001000U
#define RAM_B   0x20002000U
#define RAM_LEN 0x800U
#define FLASH_A 0x00030000U
#define FLASH_B 0x00031000U
#define AFTER   (FLASH_A + 0x202U)

static void add_app(struct process_watch *watch, const char *name, uint32_t address)
{
    struct tbf_app app = {
        .path = name,
        .address = address,
        .info = {.total_bytes = 0x1000, .entry_offset = 0x81, .app_offset = 0x40}};
    strcpy(app.info.name, name);
    assert_true(process_watch_add(watch, &app));
}

static struct cpu_regs start_regs(uint32_t flash, uint32_t ram)
{
    struct cpu_regs regs = {.pc = flash + 0x80, .psp = ram + ABI_INITIAL_BREAK_BYTES};
    regs.r[0] = flash + 0x40;
    regs.r[1] = ram;
    regs.r[2] = RAM_LEN;
    regs.r[3] = ram + ABI_INITIAL_BREAK_BYTES;
    return regs;
}

static void start(struct ownership_map *map, int process, uint32_t flash, uint32_t ram)
{
    struct cpu_regs regs = start_regs(flash, ram);
    assert_true(ownership_map_is_start(map, process, &regs));
    assert_int_equal(ownership_map_started(map, process, &regs), OWNERSHIP_FINE);
}

/* Two processes that have begun. */
static void make_map(struct ownership_map *map)
{
    struct process_watch watch;
    process_watch_init(&watch);
    add_app(&watch, "a", FLASH_A);
    add_app(&watch, "b", FLASH_B);
    ownership_map_init(map, &watch, (struct ownership_range){0, 0x80000}, 0x30000,
                       (struct ownership_range){0x20000000, 0x20010000});
    start(map, 0, FLASH_A, RAM_A);
    start(map, 1, FLASH_B, RAM_B);
}

struct answer {
    uint32_t r[4];
};

/* A call of process 0 and its answer. */
static enum ownership_mistake call(struct ownership_map *map, uint32_t call_class,
                                   struct answer arguments, struct answer answer)
{
    struct cpu_regs regs = {.pc = AFTER};
    ownership_map_called(map, 0, call_class, arguments.r, AFTER);
    memcpy(regs.r, answer.r, sizeof answer.r);
    return ownership_map_answered(map, 0, &regs);
}

static enum ownership_mistake brk(struct ownership_map *map, uint32_t to)
{
    return call(map, ABI_CLASS_MEMOP, (struct answer){{ABI_MEMOP_BRK, to, 7, 8}},
                (struct answer){{ABI_SUCCESS, to, 7, 8}});
}

static enum ownership_mistake sbrk(struct ownership_map *map, uint32_t by, uint32_t before)
{
    return call(map, ABI_CLASS_MEMOP, (struct answer){{ABI_MEMOP_SBRK, by, 7, 8}},
                (struct answer){{ABI_SUCCESS_U32, before, 7, 8}});
}

/* An allow of driver 1, number 1, that succeeds and gives back (old, old_bytes). */
static enum ownership_mistake lend(struct ownership_map *map, uint32_t call_class, uint32_t address,
                                   uint32_t bytes, uint32_t old, uint32_t old_bytes)
{
    return call(map, call_class, (struct answer){{1, 1, address, bytes}},
                (struct answer){{ABI_SUCCESS_U32_U32, old, old_bytes, bytes}});
}

static bool is_lent(const struct ownership_map *map, uint32_t address)
{
    return ownership_map_lent_until(map, 0, address) != address;
}

static void test_buffers_and_swaps(void **state)
{
    (void)state;
    static struct ownership_map map;
    make_map(&map);
    assert_int_equal(brk(&map, RAM_A + 0x400), OWNERSHIP_FINE);
    assert_false(is_lent(&map, RAM_A + 0x100));
    assert_int_equal(lend(&map, ABI_CLASS_ALLOW_READ_WRITE, RAM_A + 0x100, 16, 0, 0),
                     OWNERSHIP_FINE);
    assert_int_equal(ownership_map_lent_until(&map, 0, RAM_A + 0x104), RAM_A + 0x110);
    assert_false(is_lent(&map, RAM_A + 0x110));
    /* Read-only is another space of numbers, and lends nothing for writing. */
    assert_int_equal(lend(&map, ABI_CLASS_ALLOW_READ_ONLY, RAM_A + 0x180, 16, 0, 0),
                     OWNERSHIP_FINE);
    assert_false(is_lent(&map, RAM_A + 0x180));
    /* The next one gets the first one back. */
    assert_int_equal(lend(&map, ABI_CLASS_ALLOW_READ_WRITE, RAM_A + 0x200, 8, RAM_A + 0x100, 16),
                     OWNERSHIP_FINE);
    assert_false(is_lent(&map, RAM_A + 0x100));
    assert_int_equal(lend(&map, ABI_CLASS_ALLOW_READ_WRITE, 0, 0, RAM_A + 0x200, 9),
                     OWNERSHIP_BAD_SWAP);
    assert_false(is_lent(&map, RAM_A + 0x200));
}

static void test_a_refused_buffer_is_not_lent(void **state)
{
    (void)state;
    static struct ownership_map map;
    make_map(&map);
    struct answer arguments = {{1, 1, RAM_A, 16}};
    ownership_map_called(&map, 0, ABI_CLASS_ALLOW_READ_WRITE, arguments.r, AFTER);
    assert_true(is_lent(&map, RAM_A + 4)); /* it may be, until the answer comes */
    struct cpu_regs regs = {.pc = AFTER};
    regs.r[0] = ABI_FAILURE_U32_U32;
    regs.r[1] = ABI_NODEVICE;
    regs.r[2] = RAM_A;
    regs.r[3] = 16;
    assert_int_equal(ownership_map_answered(&map, 0, &regs), OWNERSHIP_FINE);
    assert_false(is_lent(&map, RAM_A + 4));
}

static void test_buffers_of_others_are_not_to_be_accepted(void **state)
{
    (void)state;
    static struct ownership_map map;
    make_map(&map);
    static const uint32_t foreign[] = {RAM_B, RAM_A - 8,  RAM_A + RAM_LEN - 8, 0x20000000,
                                       0,     0xFFFFFFF8, FLASH_A + 0x100};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        assert_int_equal(lend(&map, ABI_CLASS_ALLOW_READ_WRITE, foreign[i], 16, 0, 0),
                         OWNERSHIP_BAD_ACCEPTED);
    }
    assert_int_equal(lend(&map, ABI_CLASS_ALLOW_READ_ONLY, FLASH_A + 0x100, 16, 0, 0),
                     OWNERSHIP_FINE);
    assert_int_equal(lend(&map, ABI_CLASS_ALLOW_READ_ONLY, FLASH_B, 16, FLASH_A + 0x100, 16),
                     OWNERSHIP_BAD_ACCEPTED);
    assert_int_equal(lend(&map, ABI_CLASS_ALLOW_READ_WRITE, RAM_A + 24, 16, 0, 0),
                     OWNERSHIP_BAD_ACCEPTED);
}

static void test_breaks(void **state)
{
    (void)state;
    static struct ownership_map map;
    make_map(&map);
    assert_int_equal(brk(&map, RAM_A + 0x200), OWNERSHIP_FINE);
    assert_int_equal(lend(&map, ABI_CLASS_ALLOW_READ_WRITE, RAM_A + 0x100, 0x80, 0, 0),
                     OWNERSHIP_FINE);
    assert_int_equal(brk(&map, RAM_A + 0x180), OWNERSHIP_FINE);
    assert_int_equal(brk(&map, RAM_A + 0x17C), OWNERSHIP_BAD_BREAK); /* cuts the buffer */
    assert_int_equal(brk(&map, RAM_A + RAM_LEN + 1), OWNERSHIP_BAD_BREAK);
    assert_int_equal(brk(&map, RAM_A + 0x200), OWNERSHIP_FINE);
    assert_int_equal(sbrk(&map, (uint32_t)-0x10, RAM_A + 0x200), OWNERSHIP_FINE);
    assert_int_equal(map.process[0].asked_break, RAM_A + 0x1F0);
    assert_int_equal(sbrk(&map, 0, RAM_A + 0x1E0), OWNERSHIP_BAD_BREAK); /* below what it asked */
}

/* What the MPU opens beyond the break is nobody else's, but not to lend, and not told. */
static void test_the_break_is_exact(void **state)
{
    (void)state;
    static struct ownership_map map;
    make_map(&map);
    assert_int_equal(brk(&map, RAM_A + 0x203), OWNERSHIP_FINE);
    assert_int_equal(sbrk(&map, 0, RAM_A + 0x203), OWNERSHIP_FINE);
    assert_int_equal(lend(&map, ABI_CLASS_ALLOW_READ_WRITE, RAM_A + 0x1FC, 7, 0, 0),
                     OWNERSHIP_FINE);
    assert_int_equal(lend(&map, ABI_CLASS_ALLOW_READ_WRITE, RAM_A + 0x1FC, 8, RAM_A + 0x1FC, 7),
                     OWNERSHIP_BAD_ACCEPTED);
    assert_int_equal(sbrk(&map, 0, RAM_A + 0x220), OWNERSHIP_BAD_BREAK);
    assert_int_equal(sbrk(&map, 5, RAM_A + 0x203), OWNERSHIP_FINE);
    assert_int_equal(map.process[0].asked_break, RAM_A + 0x208);
    /* Up to a higher one the kernel may write: it clears that. */
    struct answer higher = {{ABI_MEMOP_SBRK, 8}};
    assert_false(is_lent(&map, RAM_A + 0x208));
    ownership_map_called(&map, 0, ABI_CLASS_MEMOP, higher.r, AFTER);
    assert_false(is_lent(&map, RAM_A + 0x207));
    assert_int_equal(ownership_map_lent_until(&map, 0, RAM_A + 0x209), RAM_A + 0x210);
    assert_false(is_lent(&map, RAM_A + 0x210));
}

static void test_bounds_that_memop_tells(void **state)
{
    (void)state;
    static struct ownership_map map;
    make_map(&map);
    static const struct {
        uint32_t operation, right;
    } bounds[] = {{ABI_MEMOP_MEMORY_START, RAM_A},
                  {ABI_MEMOP_MEMORY_END, RAM_A + RAM_LEN},
                  {ABI_MEMOP_FLASH_START, FLASH_A},
                  {ABI_MEMOP_FLASH_END, FLASH_A + 0x1000}};
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        struct answer arguments = {{bounds[i].operation, 1, 2, 3}};
        struct answer right = {{ABI_SUCCESS_U32, bounds[i].right, 2, 3}};
        struct answer wrong = {{ABI_SUCCESS_U32, bounds[i].right + 4, 2, 3}};
        assert_int_equal(call(&map, ABI_CLASS_MEMOP, arguments, right), OWNERSHIP_FINE);
        assert_int_equal(call(&map, ABI_CLASS_MEMOP, arguments, wrong), OWNERSHIP_BAD_BOUND);
    }
}

static void test_answers(void **state)
{
    (void)state;
    static struct ownership_map map;
    make_map(&map);
    static const struct {
        struct answer answer;
        enum ownership_mistake mistake;
    } cases[] = {
        {{{ABI_SUCCESS, 1, 2, 3}}, OWNERSHIP_FINE},
        {{{ABI_SUCCESS, 9, 2, 3}}, OWNERSHIP_BAD_ANSWER}, /* a register that it does not name */
        {{{ABI_SUCCESS_U32, 9, 2, 3}}, OWNERSHIP_FINE},
        {{{ABI_SUCCESS_U32, 9, 9, 3}}, OWNERSHIP_BAD_ANSWER},
        {{{ABI_SUCCESS_U32_U64, 9, 9, 9}}, OWNERSHIP_FINE},
        {{{ABI_FAILURE, ABI_NOACK, 2, 3}}, OWNERSHIP_FINE},
        {{{ABI_FAILURE, 0, 2, 3}}, OWNERSHIP_BAD_ANSWER},
        {{{ABI_FAILURE, ABI_BADRVAL, 2, 3}}, OWNERSHIP_BAD_ANSWER},
        {{{4, 1, 2, 3}}, OWNERSHIP_BAD_ANSWER},
        {{{0x20000000, 1, 2, 3}}, OWNERSHIP_BAD_ANSWER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer arguments = {{ABI_DRIVER_LED, 1, 2, 3}};
        assert_int_equal(call(&map, ABI_CLASS_COMMAND, arguments, cases[i].answer),
                         cases[i].mistake);
    }
}

static enum ownership_mistake yield_into(struct ownership_map *map, uint32_t function,
                                         uint32_t userdata)
{
    static const uint32_t wait[4] = {ABI_YIELD_WAIT};
    struct cpu_regs regs = {.pc = function & ~1U, .lr = AFTER | 1U};
    regs.r[3] = userdata;
    ownership_map_called(map, 0, ABI_CLASS_YIELD, wait, AFTER);
    return ownership_map_answered(map, 0, &regs);
}

static void test_upcalls(void **state)
{
    (void)state;
    static struct ownership_map map;
    make_map(&map);
    uint32_t function = FLASH_A + 0x301;
    assert_int_equal(yield_into(&map, function, 5), OWNERSHIP_BAD_UPCALL);
    assert_int_equal(call(&map, ABI_CLASS_SUBSCRIBE, (struct answer){{3, 0, function, 5}},
                          (struct answer){{ABI_SUCCESS_U32_U32, 0, 0, 5}}),
                     OWNERSHIP_FINE);
    assert_int_equal(yield_into(&map, function, 5), OWNERSHIP_FINE);
    assert_int_equal(yield_into(&map, function, 6), OWNERSHIP_BAD_UPCALL);
    assert_int_equal(yield_into(&map, function + 4, 5), OWNERSHIP_BAD_UPCALL);
    /* Another function takes its place; what comes back must be this one. */
    assert_int_equal(call(&map, ABI_CLASS_SUBSCRIBE, (struct answer){{3, 0, function + 8, 5}},
                          (struct answer){{ABI_SUCCESS_U32_U32, function + 8, 5, 5}}),
                     OWNERSHIP_BAD_SWAP);
    assert_int_equal(yield_into(&map, function, 5), OWNERSHIP_BAD_UPCALL);
    /* Nothing of a life is left in the next one. */
    ownership_map_ended(&map, 0);
    start(&map, 0, FLASH_A, RAM_A);
    assert_int_equal(yield_into(&map, function + 8, 5), OWNERSHIP_BAD_UPCALL);
}

static void test_ends(void **state)
{
    (void)state;
    static struct ownership_map map;
    static const struct {
        uint32_t call_class, variant;
        bool ends;
    } calls[] = {{ABI_CLASS_EXIT, 0, true},
                 {ABI_CLASS_EXIT, 1, true},
                 {ABI_CLASS_EXIT, 2, false},
                 {ABI_CLASS_YIELD, 3, true},
                 {8, 0, true},
                 {0xFF, 0, true},
                 {ABI_CLASS_YIELD, 2, false},
                 {ABI_CLASS_MEMOP, 9, false}};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct cpu_regs regs = {.pc = AFTER};
        const uint32_t arguments[4] = {calls[i].variant};
        make_map(&map);
        assert_int_equal(lend(&map, ABI_CLASS_ALLOW_READ_WRITE, RAM_A, 32, 0, 0), OWNERSHIP_FINE);
        ownership_map_called(&map, 0, calls[i].call_class, arguments, AFTER);
        assert_int_equal(is_lent(&map, RAM_A), !calls[i].ends);
        regs.r[0] = ABI_SUCCESS;
        assert_int_equal(ownership_map_answered(&map, 0, &regs) == OWNERSHIP_DEAD_RUNS,
                         calls[i].ends);
    }
}

static void test_blocks_that_overlap(void **state)
{
    (void)state;
    static struct ownership_map map;
    make_map(&map);
    struct cpu_regs regs = start_regs(FLASH_B, RAM_A + 0x400);
    assert_false(ownership_map_is_start(&map, 1, &regs)); /* by its own doing, while it lives */
    ownership_map_ended(&map, 1);
    assert_true(ownership_map_is_start(&map, 1, &regs));
    assert_int_equal(ownership_map_started(&map, 1, &regs), OWNERSHIP_OVERLAP);
    /* Where somebody has ended, others may be. */
    make_map(&map);
    ownership_map_ended(&map, 0);
    ownership_map_ended(&map, 1);
    assert_int_equal(ownership_map_started(&map, 1, &regs), OWNERSHIP_FINE);
    assert_int_equal(map.process[0].ram.end, 0);
}

static void test_shared_buffers(void **state)
{
    (void)state;
    static struct ownership_map map;
    make_map(&map);
    (void)brk(&map, RAM_A + 0x400);
    struct answer arguments = {{ABI_DRIVER_IPC, 1, RAM_A + 0x100, 64}};
    struct answer taken = {{ABI_SUCCESS_U32_U32, 0, 0, 64}};
    assert_int_equal(call(&map, ABI_CLASS_ALLOW_READ_WRITE, arguments, taken), OWNERSHIP_FINE);
    assert_int_equal(ownership_map_shared(&map, 0, 0).end, 0); /* nobody was told */
    struct answer notify = {{ABI_DRIVER_IPC, ABI_IPC_NOTIFY_SERVICE, 1, 0}};
    struct answer done = {{ABI_SUCCESS, ABI_IPC_NOTIFY_SERVICE, 1, 0}};
    assert_int_equal(call(&map, ABI_CLASS_COMMAND, notify, done), OWNERSHIP_FINE);
    assert_int_equal(ownership_map_shared(&map, 0, 0).start, RAM_A + 0x100);
    /* Another one, which may be there before the answer is seen; none that is not its own. */
    uint32_t other[4] = {ABI_DRIVER_IPC, 1, RAM_A + 0x200, 32};
    ownership_map_called(&map, 0, ABI_CLASS_ALLOW_READ_WRITE, other, 0);
    assert_int_equal(ownership_map_shared(&map, 0, 0).start, RAM_A + 0x100);
    assert_int_equal(ownership_map_shared(&map, 0, OWNERSHIP_SHARES - 1).start, RAM_A + 0x200);
    assert_int_equal(ownership_map_shared(&map, 0, OWNERSHIP_SHARES - 1).end, RAM_A + 0x220);
    other[3] = 0x201;
    ownership_map_called(&map, 0, ABI_CLASS_ALLOW_READ_WRITE, other, 0);
    assert_int_equal(ownership_map_shared(&map, 0, OWNERSHIP_SHARES - 1).end, 0);
    other[2] = RAM_A - 4;
    ownership_map_called(&map, 0, ABI_CLASS_ALLOW_READ_WRITE, other, 0);
    assert_int_equal(ownership_map_shared(&map, 0, OWNERSHIP_SHARES - 1).end, 0);
    ownership_map_ended(&map, 0);
    assert_int_equal(ownership_map_shared(&map, 0, 0).end, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buffers_and_swaps),
        cmocka_unit_test(test_a_refused_buffer_is_not_lent),
        cmocka_unit_test(test_buffers_of_others_are_not_to_be_accepted),
        cmocka_unit_test(test_breaks),
        cmocka_unit_test(test_the_break_is_exact),
        cmocka_unit_test(test_bounds_that_memop_tells),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_upcalls),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_blocks_that_overlap),
        cmocka_unit_test(test_shared_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
