#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "kernel/core/tests/kernel_fixture.h"

#define UNTOUCHED 0xCAFEF00Du

static void assert_answer(const struct arch_frame *frame, uint32_t r0, uint32_t r1, uint32_t r2,
                          uint32_t r3)
{
    assert_int_equal(frame->r0, r0);
    assert_int_equal(frame->r1, r1);
    assert_int_equal(frame->r2, r2);
    assert_int_equal(frame->r3, r3);
}

/* What the command answers; `raw`: the number alone, without the function that makes it. */
static enum abi_return variant;
static bool raw;
static command_return give_answer(struct process_id id, uint32_t number, uint32_t argument0,
                                  uint32_t argument1)
{
    (void)id;
    (void)number;
    (void)argument0;
    (void)argument1;
    if (raw) {
        return variant;
    }
    switch ((uint32_t)variant) {
    case ABI_FAILURE:
        return command_error(-11);
    case ABI_SUCCESS_U32:
        return command_success_u32(11);
    case ABI_SUCCESS_U32_U32:
        return command_success_u32_u32(11, 22);
    case ABI_SUCCESS_U64:
        return command_success_u64(22ull << 32 | 11);
    default:
        return command_success();
    }
}

/* Only the registers that a variant names are written. */
static void test_variants(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    fixture.command = give_answer;
    static const struct {
        enum abi_return variant;
        uint32_t values;
    } rows[] = {{ABI_FAILURE, 1},
                {ABI_SUCCESS, 0},
                {ABI_SUCCESS_U32, 1},
                {ABI_SUCCESS_U32_U32, 2},
                {ABI_SUCCESS_U64, 2}};
    raw = false;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        variant = rows[i].variant;
        assert_int_equal(command_variant(give_answer(p->id, 0, 0, 0)), rows[i].variant);
        struct arch_frame *frame =
            fixture_call(p, ABI_CLASS_COMMAND, FIXTURE_DRIVER, 101, 102, 103);
        assert_answer(frame, rows[i].variant, rows[i].values > 0 ? 11 : 101,
                      rows[i].values > 1 ? 22 : 102, 103);
    }
}

/* A capsule that says there are values without having made any gives away nobody else's. */
static void test_values_are_one_answers(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    fixture.command = give_answer;
    variant = ABI_SUCCESS_U32_U32;
    raw = false;
    (void)fixture_call(p, ABI_CLASS_COMMAND, FIXTURE_DRIVER, 101, 102, 103);
    raw = true;
    struct arch_frame *frame = fixture_call(p, ABI_CLASS_COMMAND, FIXTURE_DRIVER, 101, 102, 103);
    assert_answer(frame, ABI_SUCCESS_U32_U32, 0, 0, 103);
}

static void test_command_without_driver(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct arch_frame *frame = fixture_call(p, ABI_CLASS_COMMAND, 0x999, 0, 7, UNTOUCHED);
    assert_answer(frame, ABI_FAILURE, ABI_NODEVICE, 7, UNTOUCHED);
    assert_int_equal(p->system_calls, 1);
}

static void test_subscribe_swaps(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t f = fixture_function(p);
    assert_answer(fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 1, f, 77),
                  ABI_SUCCESS_U32_U32, 0, 0, 77);
    assert_answer(fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 1, f + 4, 78),
                  ABI_SUCCESS_U32_U32, f, 77, 78);
    assert_answer(fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 1, 0, 0),
                  ABI_SUCCESS_U32_U32, f + 4, 78, 0);
}

/* Function, driver, grant, number: in this order. */
static void test_subscribe_order_of_checks(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t f = fixture_function(p);
    uint32_t bad = 0x10;
    assert_answer(fixture_call(p, ABI_CLASS_SUBSCRIBE, 0x999, 9, bad, 5), ABI_FAILURE_U32_U32,
                  ABI_INVAL, bad, 5);
    assert_answer(fixture_call(p, ABI_CLASS_SUBSCRIBE, 0x999, 9, f, 5), ABI_FAILURE_U32_U32,
                  ABI_NODEVICE, f, 5);
    assert_answer(fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER_HUGE, 9, f, 5),
                  ABI_FAILURE_U32_U32, ABI_NOMEM, f, 5);
    assert_answer(fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, FIXTURE_UPCALLS, f, 5),
                  ABI_FAILURE_U32_U32, ABI_NOSUPPORT, f, 5);
    assert_answer(fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER_PLAIN, 0, f, 5),
                  ABI_FAILURE_U32_U32, ABI_NOSUPPORT, f, 5);
}

static void test_subscribe_bounds_of_function(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t code = p->code_start;
    uint32_t end = p->layout.flash_start + p->app.total_size;
    static const uint32_t driver = FIXTURE_DRIVER;
    struct {
        uint32_t function, variant;
    } rows[] = {
        {code, ABI_SUCCESS_U32_U32},
        {code - 2, ABI_FAILURE_U32_U32}, /* the header is not code */
        {end - 4, ABI_SUCCESS_U32_U32},
        {end - 2, ABI_FAILURE_U32_U32},
        {p->layout.ram_start, ABI_SUCCESS_U32_U32},
        {p->app_break - 4, ABI_SUCCESS_U32_U32},
        {p->app_break - 2, ABI_FAILURE_U32_U32},
        {p->grant_start, ABI_FAILURE_U32_U32},
        {0xFFFFFFFE, ABI_FAILURE_U32_U32},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arch_frame *frame =
            fixture_call(p, ABI_CLASS_SUBSCRIBE, driver, 0, rows[i].function, 0);
        assert_int_equal(frame->r0, rows[i].variant);
    }
}

static void test_allow_swaps_and_counts_apart(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    fixture_grow(p, 256);
    uint32_t a = p->layout.ram_start + 64;
    assert_answer(fixture_call(p, ABI_CLASS_ALLOW_READ_WRITE, FIXTURE_DRIVER, 0, a, 16),
                  ABI_SUCCESS_U32_U32, 0, 0, 16);
    /* Read-only number 0 is another buffer. */
    assert_answer(fixture_call(p, ABI_CLASS_ALLOW_READ_ONLY, FIXTURE_DRIVER, 0, a + 4, 8),
                  ABI_SUCCESS_U32_U32, 0, 0, 8);
    assert_answer(fixture_call(p, ABI_CLASS_ALLOW_READ_WRITE, FIXTURE_DRIVER, 0, 0, 0),
                  ABI_SUCCESS_U32_U32, a, 16, 0);
    assert_int_equal(allow_length(fixture_grant, p->id, ALLOW_READ_WRITE, 0), 0);
    assert_int_equal(allow_length(fixture_grant, p->id, ALLOW_READ_ONLY, 0), 8);
}

static void test_allow_order_of_checks(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t good = p->layout.ram_start;
    for (uint32_t class = ABI_CLASS_ALLOW_READ_WRITE; class <= ABI_CLASS_ALLOW_READ_ONLY;
         class ++) {
        assert_answer(fixture_call(p, class, 0x999, 9, 1, 1), ABI_FAILURE_U32_U32, ABI_NODEVICE, 1,
                      1);
        assert_answer(fixture_call(p, class, FIXTURE_DRIVER_HUGE, 9, 1, 1), ABI_FAILURE_U32_U32,
                      ABI_INVAL, 1, 1);
        assert_answer(fixture_call(p, class, FIXTURE_DRIVER_HUGE, 9, good, 1), ABI_FAILURE_U32_U32,
                      ABI_NOMEM, good, 1);
        assert_answer(fixture_call(p, class, FIXTURE_DRIVER, 9, good, 1), ABI_FAILURE_U32_U32,
                      ABI_NOSUPPORT, good, 1);
    }
    assert_answer(fixture_call(p, ABI_CLASS_ALLOW_USER_READABLE, FIXTURE_DRIVER, 0, good, 1),
                  ABI_FAILURE_U32_U32, ABI_NOSUPPORT, good, 1);
    assert_answer(fixture_call(p, ABI_CLASS_ALLOW_USER_READABLE, 0x999, 0, good, 1),
                  ABI_FAILURE_U32_U32, ABI_NODEVICE, good, 1);
}

static void test_allow_bounds(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    fixture_grow(p, 256);
    uint32_t start = p->layout.ram_start;
    uint32_t end = p->app_break;
    uint32_t code = p->code_start;
    uint32_t code_end = p->layout.flash_start + p->app.total_size;
    struct {
        uint32_t address, length;
        bool read_write, read_only;
    } rows[] = {
        {start, end - start, true, true},
        {start, end - start + 1, false, false},
        {start - 1, 2, false, false},
        {end - 1, 1, true, true},
        {end, 1, false, false},
        {end, 0, true, true},
        {0x12345678, 0, true, true}, /* length 0 revokes, whatever the address */
        {start + 4, 0xFFFFFFFC, false, false},
        {p->grant_start, 4, false, false},
        {code, 4, false, true},
        {code, code_end - code, false, true},
        {code, code_end - code + 1, false, false},
        {code - 1, 1, false, false},
        {p->layout.flash_start, 4, false, false},
        {0, 4, false, false},
        {0xFFFFFFFF, 2, false, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t rw = fixture_call(p, ABI_CLASS_ALLOW_READ_WRITE, FIXTURE_DRIVER, 0,
                                   rows[i].address, rows[i].length)
                          ->r0;
        uint32_t ro = fixture_call(p, ABI_CLASS_ALLOW_READ_ONLY, FIXTURE_DRIVER, 0, rows[i].address,
                                   rows[i].length)
                          ->r0;
        assert_int_equal(rw, rows[i].read_write ? ABI_SUCCESS_U32_U32 : ABI_FAILURE_U32_U32);
        assert_int_equal(ro, rows[i].read_only ? ABI_SUCCESS_U32_U32 : ABI_FAILURE_U32_U32);
    }
}

/* The break never falls below a buffer that was once allowed; a refused one does not count. */
static void test_break_and_buffers(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    fixture_grow(p, 512);
    uint32_t start = p->layout.ram_start;
    fixture_call(p, ABI_CLASS_ALLOW_READ_WRITE, FIXTURE_DRIVER, 9, start + 400, 32);
    assert_int_equal(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_BRK, start + 400, 0, 0)->r0,
                     ABI_SUCCESS);
    fixture_call(p, ABI_CLASS_ALLOW_READ_WRITE, FIXTURE_DRIVER, 0, start + 300, 20);
    fixture_call(p, ABI_CLASS_ALLOW_READ_WRITE, FIXTURE_DRIVER, 0, 0, 0);
    assert_answer(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_BRK, start + 319, 0, 0), ABI_FAILURE,
                  ABI_NOMEM, 0, 0);
    assert_int_equal(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_BRK, start + 320, 0, 0)->r0,
                     ABI_SUCCESS);
}

static void test_memop_questions(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct {
        uint32_t operation, value;
    } rows[] = {
        {ABI_MEMOP_MEMORY_START, p->layout.ram_start},
        {ABI_MEMOP_MEMORY_END, p->layout.ram_end},
        {ABI_MEMOP_FLASH_START, p->layout.flash_start},
        {ABI_MEMOP_FLASH_END, p->layout.flash_start + 1024},
        {ABI_MEMOP_GRANT_START, p->grant_start},
        {ABI_MEMOP_WRITEABLE_COUNT, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_answer(fixture_call(p, ABI_CLASS_MEMOP, rows[i].operation, 0, 5, 6), ABI_SUCCESS_U32,
                      rows[i].value, 5, 6);
    }
    assert_answer(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_WRITEABLE_START, 0, 5, 6), ABI_FAILURE,
                  ABI_FAIL, 5, 6);
    assert_answer(fixture_call(p, ABI_CLASS_MEMOP, 12, 0, 5, 6), ABI_FAILURE, ABI_NOSUPPORT, 5, 6);
    assert_int_equal(
        fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_TELL_STACK_TOP, 0x20000400, 0, 0)->r0,
        ABI_SUCCESS);
    assert_int_equal(p->stack_top, 0x20000400);
    fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_TELL_HEAP_START, 0x20000500, 0, 0);
    assert_int_equal(p->heap_start, 0x20000500);
}

static void test_writeable_flash(void **state)
{
    (void)state;
    static const uint8_t tlv[] = {2, 0, 24, 0,                      /* type, length */
                                  0, 2, 0,  0, 0,    1,    0,    0, /* 512, 256 bytes */
                                  0, 2, 0,  0, 0,    0,    0,    0, /* empty */
                                  0, 2, 0,  0, 0xFF, 0xFF, 0xFF, 0xFF};
    fixture_add_app(&(struct fixture_app){.extra = tlv, .extra_bytes = sizeof(tlv)});
    fixture_boot();
    struct process *p = kernel.process[0];
    assert_int_equal(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_WRITEABLE_COUNT, 0, 0, 0)->r1, 3);
    assert_answer(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_WRITEABLE_START, 0, 0, 0),
                  ABI_SUCCESS_U32, p->layout.flash_start + 512, 0, 0);
    assert_answer(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_WRITEABLE_END, 0, 0, 0),
                  ABI_SUCCESS_U32, p->layout.flash_start + 768, 0, 0);
    for (uint32_t index = 1; index < 4; index++) {
        assert_int_equal(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_WRITEABLE_END, index, 0, 0)->r0,
                         ABI_FAILURE);
    }
}

static void test_sbrk(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t before = p->app_break;
    assert_answer(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_SBRK, 100, 0, 0), ABI_SUCCESS_U32,
                  before, 0, 0);
    assert_int_equal(p->app_break, before + 100);
    uint32_t grown = p->app_break;
    assert_answer(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_SBRK, 0, 0, 0), ABI_SUCCESS_U32, grown,
                  0, 0);
    assert_int_equal(p->app_break, grown);
    static const uint32_t bad[] = {0x7FFFFFFF, 0x80000000, 0xFFFFFFFF & ~0xFFFu, 0x10000};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_SBRK, bad[i], 0, 0)->r1,
                         ABI_NOMEM);
        assert_int_equal(p->app_break, grown);
    }
    assert_int_equal(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_SBRK, before - grown, 0, 0)->r0,
                     ABI_SUCCESS_U32);
    assert_int_equal(p->app_break, before);
}

/* What the process sees for the first time is zero. */
static void test_break_zeroes(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t start = p->layout.ram_start;
    fixture_grow(p, 512);
    uint8_t *memory = process_memory(start);
    for (uint32_t i = ARCH_FRAME_BYTES; i < 512; i++) {
        assert_int_equal(memory[i], 0);
        memory[i] = 0xEE;
    }
    fixture_grow(p, 64);
    fixture_grow(p, 512);
    for (uint32_t i = 64; i < 512; i++) {
        assert_int_equal(memory[i], 0);
    }
}

/* Breaks up and down at random, the process writing all that it reaches: what it gets is zero, and
 * the break is what it asked for. */
static void test_any_breaks(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t start = p->layout.ram_start;
    uint8_t *memory = process_memory(start);
    memset(memory + ARCH_FRAME_BYTES, 0xEE, p->grant_start - start - ARCH_FRAME_BYTES);
    uint32_t reached = p->layout.reach_end - start;
    uint32_t before = p->app_break - start;
    srand(1);
    unsigned rounded = 0;
    for (unsigned turn = 0; turn < 20000; turn++) {
        uint32_t wanted = ARCH_FRAME_BYTES + (uint32_t)rand() % (p->grant_start - start);
        if (turn % 2 == 0) {
            wanted = before + (uint32_t)rand() % 9;
        }
        if (process_set_break(p, start + wanted) != K_OK) {
            assert_int_equal(p->app_break, start + before);
            continue;
        }
        assert_int_equal(p->app_break, start + wanted);
        assert_in_range(p->layout.reach_end, p->app_break, p->grant_start);
        rounded += p->layout.reach_end > p->app_break;
        for (uint32_t i = before; i < wanted; i++) {
            assert_int_equal(memory[i], 0);
        }
        for (uint32_t i = reached; i < p->layout.reach_end - start; i++) {
            assert_int_equal(memory[i], 0);
        }
        before = wanted;
        reached = p->layout.reach_end - start;
        memset(memory + ARCH_FRAME_BYTES, 0xEE, reached - ARCH_FRAME_BYTES);
    }
    assert_true(rounded > 1000);
}

/* A buffer and a function beyond the break are refused where the MPU would let them pass. */
static void test_lending_ends_at_the_break(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    fixture_grow(p, 105);
    uint32_t end = p->layout.ram_start + 105;
    assert_true(p->layout.reach_end > end + 8);
    assert_answer(fixture_call(p, ABI_CLASS_ALLOW_READ_WRITE, FIXTURE_DRIVER, 0, end - 8, 9),
                  ABI_FAILURE_U32_U32, ABI_INVAL, end - 8, 9);
    assert_int_equal(fixture_call(p, ABI_CLASS_ALLOW_READ_WRITE, FIXTURE_DRIVER, 0, end - 8, 8)->r0,
                     ABI_SUCCESS_U32_U32);
    assert_answer(fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 0, end - 2, 9),
                  ABI_FAILURE_U32_U32, ABI_INVAL, end - 2, 9);
    p->context.psp = (end & ~7u) - ARCH_FRAME_BYTES;
    assert_true(process_frame_is_valid(p));
    p->context.psp += 8;
    assert_false(process_frame_is_valid(p));
}

/* Once there is room in the regions for the whole block, brk reaches up to the grants, not into. */
static void test_break_against_grants(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    uint32_t value;
    assert_int_equal(fixture_enter(p->id, &value, 1), K_OK);
    uint32_t grants = p->grant_start;
    assert_int_equal(fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_BRK, grants + 1, 0, 0)->r1,
                     ABI_NOMEM);
    fixture_call(p, ABI_CLASS_MEMOP, ABI_MEMOP_BRK, grants - 64, 0, 0);
    assert_int_equal(p->app_break, grants - 64);
    assert_true(p->layout.reach_end <= grants);
}

static void test_exit(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    struct process_id id = p->id;
    assert_answer(fixture_call(p, ABI_CLASS_EXIT, 2, 3, 4, 5), ABI_FAILURE, ABI_NOSUPPORT, 4, 5);
    assert_true(process_id_is_alive(id));
    fixture_call(p, ABI_CLASS_EXIT, ABI_EXIT_RESTART, 7, 0, 0);
    assert_false(process_id_is_alive(id));
    assert_int_equal(p->state, ABI_PROCESS_RUNNING);
    assert_int_equal(p->restarts, 1);
    assert_int_equal(p->completion_code, 7);
    fixture_call(p, ABI_CLASS_EXIT, ABI_EXIT_TERMINATE, 9, 0, 0);
    assert_int_equal(p->state, ABI_PROCESS_TERMINATED);
    assert_int_equal(p->completion_code, 9);
}

static void test_unknown_class_faults(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    fixture_call(p, 8, 0, 0, 0, 0);
    assert_int_equal(p->state, ABI_PROCESS_FAULTED);
}

static void test_unknown_yield_faults(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    fixture_call(p, ABI_CLASS_YIELD, 3, 0, 0, 0);
    assert_int_equal(p->state, ABI_PROCESS_FAULTED);
}

/* A permissions TLV: command 1 of FIXTURE_DRIVER and nothing else. Of two, the first counts. */
static void test_permissions(void **state)
{
    (void)state;
    static const uint8_t tlv[] = {6, 0, 18, 0, 1, 0, 0x34, 0x12, 0, 0, 0,  0, 0, 0, 2,    0,
                                  0, 0, 0,  0, 0, 0, 0,    0,    6, 0, 18, 0, 1, 0, 0x56, 0x34,
                                  0, 0, 0,  0, 0, 0, 2,    0,    0, 0, 0,  0, 0, 0, 0,    0};
    fixture_add_app(&(struct fixture_app){.extra = tlv, .extra_bytes = sizeof(tlv)});
    fixture_boot();
    struct process *p = kernel.process[0];
    assert_int_equal(fixture_call(p, ABI_CLASS_COMMAND, FIXTURE_DRIVER, 1, 0, 0)->r0, ABI_SUCCESS);
    assert_int_equal(fixture_call(p, ABI_CLASS_COMMAND, FIXTURE_DRIVER, 2, 0, 0)->r1, ABI_NODEVICE);
    assert_int_equal(fixture_call(p, ABI_CLASS_COMMAND, FIXTURE_DRIVER, 65, 0, 0)->r1,
                     ABI_NODEVICE);
    assert_int_equal(fixture_call(p, ABI_CLASS_COMMAND, FIXTURE_DRIVER_PLAIN, 1, 0, 0)->r1,
                     ABI_NODEVICE);
    assert_int_equal(fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, 0, 0, 0)->r0,
                     ABI_SUCCESS_U32_U32);
    assert_int_equal(fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER_HUGE, 0, 0, 0)->r1,
                     ABI_NODEVICE);
}

/* A command that ends its own caller, or begins a new life of it, answers nobody. */
static command_return restart_caller(struct process_id id, uint32_t number, uint32_t argument0,
                                     uint32_t argument1)
{
    (void)number;
    (void)argument0;
    (void)argument1;
    process_restart(process_find(id));
    return command_error(K_EFAIL);
}

static void test_command_that_restarts_its_caller(void **state)
{
    (void)state;
    struct process *p = fixture_boot_one();
    fixture.command = restart_caller;
    struct arch_frame *frame = fixture_call(p, ABI_CLASS_COMMAND, FIXTURE_DRIVER, 0, 0, 0);
    assert_int_equal(frame->r0, p->layout.flash_start + p->app.binary); /* crt0's first argument */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_variants, fixture_setup),
        cmocka_unit_test_setup(test_values_are_one_answers, fixture_setup),
        cmocka_unit_test_setup(test_command_without_driver, fixture_setup),
        cmocka_unit_test_setup(test_subscribe_swaps, fixture_setup),
        cmocka_unit_test_setup(test_subscribe_order_of_checks, fixture_setup),
        cmocka_unit_test_setup(test_subscribe_bounds_of_function, fixture_setup),
        cmocka_unit_test_setup(test_allow_swaps_and_counts_apart, fixture_setup),
        cmocka_unit_test_setup(test_allow_order_of_checks, fixture_setup),
        cmocka_unit_test_setup(test_allow_bounds, fixture_setup),
        cmocka_unit_test_setup(test_break_and_buffers, fixture_setup),
        cmocka_unit_test_setup(test_memop_questions, fixture_setup),
        cmocka_unit_test_setup(test_writeable_flash, fixture_setup),
        cmocka_unit_test_setup(test_sbrk, fixture_setup),
        cmocka_unit_test_setup(test_any_breaks, fixture_setup),
        cmocka_unit_test_setup(test_lending_ends_at_the_break, fixture_setup),
        cmocka_unit_test_setup(test_break_zeroes, fixture_setup),
        cmocka_unit_test_setup(test_break_against_grants, fixture_setup),
        cmocka_unit_test_setup(test_exit, fixture_setup),
        cmocka_unit_test_setup(test_unknown_class_faults, fixture_setup),
        cmocka_unit_test_setup(test_unknown_yield_faults, fixture_setup),
        cmocka_unit_test_setup(test_permissions, fixture_setup),
        cmocka_unit_test_setup(test_command_that_restarts_its_caller, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
