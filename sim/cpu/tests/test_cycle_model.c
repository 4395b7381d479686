/* sim/cpu/tests/test_cycle_model.c - the costs of the TRM's table, instruction by instruction, and
 * what the block cache makes of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sim/cpu/block_cache.h"
#include "sim/cpu/cycle_model.h"

/* The first instruction's cost; what follows it is there because it may matter. */
static const struct {
    const char *text;
    uint16_t code[6];
    uint8_t cycles, taken;
    unsigned flags;
} costs[] = {
    {"adds r0, r1", {0x1840, 0xBF00}, 1, 0, 0},
    {"mul r0, r1, r2", {0xFB01, 0xF002, 0xBF00}, 1, 0, 0},
    {"mla r0, r1, r2, r3", {0xFB01, 0x3002, 0xBF00}, 1, 0, 0},
    {"umlal r0, r1, r2, r3", {0xFBE2, 0x0103, 0xBF00}, 1, 0, 0},
    {"clz r0, r1", {0xFAB1, 0xF081, 0xBF00}, 1, 0, 0},
    {"ssat r0, #4, r1", {0xF301, 0x0003, 0xBF00}, 1, 0, 0},
    {"smlad r0, r1, r2, r3", {0xFB21, 0x3002, 0xBF00}, 1, 0, 0},
    {"nop", {0xBF00, 0xBF00}, 1, 0, 0},
    {"udiv r0, r1, r2", {0xFBB1, 0xF0F2, 0xBF00}, 2, 0, CYCLE_DIVIDE | CYCLE_VARIABLE},
    {"sdiv r0, r1, r2", {0xFB91, 0xF0F2, 0xBF00}, 2, 0, CYCLE_DIVIDE | CYCLE_VARIABLE},
    {"ldr r0, [r1]; adds r2, r3", {0x6808, 0x18D2}, 2, 0, CYCLE_MEMORY},
    {"ldr r0, [r1]; ldr r2, [r3]", {0x6808, 0x681A}, 1, 0, CYCLE_MEMORY},
    {"ldr r0, [r1]; ldr r2, [r0]", {0x6808, 0x6802}, 2, 0, CYCLE_MEMORY},
    {"ldr r0, [r1]; str r2, [r3, #4]", {0x6808, 0x605A}, 2, 0, CYCLE_MEMORY},
    {"ldrb r0, [r1]; str r2, [r3, r4]", {0x7808, 0x511A}, 1, 0, CYCLE_MEMORY},
    {"ldr r0, [r1]; str r2, [r3, r0]", {0x6808, 0x501A}, 2, 0, CYCLE_MEMORY},
    {"ldr r0, [pc, #4]; nop", {0x4801, 0xBF00}, 2, 0, CYCLE_MEMORY},
    {"ldr pc, [r0]", {0xF8D0, 0xF000, 0xBF00}, 2, 3, CYCLE_MEMORY | CYCLE_BRANCH},
    {"str r0, [r1, #4]", {0x6048, 0xBF00}, 1, 0, CYCLE_MEMORY},
    {"str r0, [r1, r2]", {0x5088, 0xBF00}, 2, 0, CYCLE_MEMORY},
    {"strb r0, [r1], #1", {0xF801, 0x0B01, 0xBF00}, 1, 0, CYCLE_MEMORY},
    {"ldrd r0, r1, [r2]", {0xE9D2, 0x0100, 0xBF00}, 3, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"strd r0, r1, [r2]", {0xE9C2, 0x0100, 0xBF00}, 3, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"ldm r0!, {r1-r4}", {0xC81E, 0xBF00}, 5, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"stmdb r0!, {r1, r2}", {0xE920, 0x0006, 0xBF00}, 3, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"push {r4-r7, lr}", {0xB5F0, 0xBF00}, 6, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"pop {r4, r5}", {0xBC30, 0xBF00}, 3, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"pop {r4, pc}", {0xBD10, 0xBF00}, 3, 3, CYCLE_MEMORY | CYCLE_MULTIPLE | CYCLE_BRANCH},
    {"push.w {r4-r8, lr}", {0xE92D, 0x41F0, 0xBF00}, 7, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"ldrex r0, [r1]", {0xE851, 0x0F00, 0xBF00}, 2, 0, CYCLE_MEMORY | CYCLE_EXCLUSIVE},
    {"strex r0, r1, [r2]", {0xE842, 0x1000, 0xBF00}, 2, 0, CYCLE_MEMORY | CYCLE_EXCLUSIVE},
    {"b .+8", {0xE002, 0xBF00}, 1, 1, CYCLE_BRANCH},
    {"beq .+8", {0xD002, 0xBF00}, 1, 1, CYCLE_BRANCH},
    {"b.w .+8", {0xF000, 0xB802, 0xBF00}, 1, 1, CYCLE_BRANCH},
    {"bl .+8", {0xF000, 0xF802, 0xBF00}, 1, 1, CYCLE_BRANCH},
    {"mov lr, r0; bx lr", {0x4686, 0x4770}, 2, 0, 0},
    {"adds r0, r1; ldr r2, [r0]", {0x1840, 0x6802}, 2, 0, 0},
    {"adds r0, r1; str r2, [r3, r0]", {0x1840, 0x501A}, 2, 0, 0},
    {"adds r0, r1; ldm r0!, {r2}", {0x1840, 0xC804}, 2, 0, 0},
    {"sub sp, #8; push {r0}", {0xB082, 0xB401}, 2, 0, 0},
    {"umaal r0, r1, r2, r3; ldr r4, [r1]", {0xFBE2, 0x0163, 0x680C}, 2, 0, 0},
    {"adds r0, r1; str r0, [r2]", {0x1840, 0x6010}, 1, 0, 0},
    {"bx lr", {0x4770, 0xBF00}, 1, 1, CYCLE_BRANCH},
    {"blx r3", {0x4798, 0xBF00}, 1, 2, CYCLE_BRANCH},
    {"cbz r0, .+8", {0xB110, 0xBF00}, 1, 2, CYCLE_BRANCH},
    {"tbb [pc, r0]", {0xE8DF, 0xF000, 0xBF00}, 3, 3, CYCLE_BRANCH | CYCLE_MEMORY},
    {"mov pc, r0", {0x4687, 0xBF00}, 1, 2, CYCLE_BRANCH},
    {"add pc, r0", {0x4487, 0xBF00}, 1, 2, CYCLE_BRANCH},
    {"adds r0, r1; it eq", {0x1840, 0xBF08}, 0, 0, 0},
    {"add.w r0, r1, r2; it eq", {0xEB01, 0x0002, 0xBF08}, 1, 0, 0},
    {"mrs r0, msp", {0xF3EF, 0x8008, 0xBF00}, 2, 0, 0},
    {"msr psp, r0", {0xF380, 0x8809, 0xBF00}, 2, 0, CYCLE_WRITES_SPECIAL},
    {"cpsid i", {0xB672, 0xBF00}, 1, 0, CYCLE_WRITES_SPECIAL},
    {"dsb", {0xF3BF, 0x8F4F, 0xBF00}, 4, 0, CYCLE_BARRIER},
    {"isb", {0xF3BF, 0x8F6F, 0xBF00}, 4, 0, CYCLE_BARRIER},
    {"dmb", {0xF3BF, 0x8F5F, 0xBF00}, 4, 0, 0},
    {"sev", {0xBF40, 0xBF00}, 1, 0, CYCLE_SEND_EVENT},
    {"wfi", {0xBF30, 0xBF00}, 1, 0, 0},
    {"svc #0", {0xDF00, 0xBF00}, 1, 0, 0},
    {"vadd.f32 s0, s1, s2; nop", {0xEE30, 0x0A81, 0xBF00}, 1, 0, CYCLE_FP},
    {"vadd.f32 s0, s1, s2; vmul.f32 s3, s0, s1", {0xEE30, 0x0A81, 0xEE60, 0x1A20}, 2, 0, CYCLE_FP},
    {"vadd.f32 s0, s1, s2; vmul.f32 s3, s1, s1", {0xEE30, 0x0A81, 0xEE60, 0x1AA0}, 1, 0, CYCLE_FP},
    {"vmla.f32 s0, s1, s2; nop", {0xEE00, 0x0A81, 0xBF00}, 3, 0, CYCLE_FP},
    {"vfma.f32 s0, s1, s2; nop", {0xEEA0, 0x0A81, 0xBF00}, 3, 0, CYCLE_FP},
    {"vdiv.f32 s0, s1, s2; vadd.f32 s3, s4, s4", {0xEE80, 0x0A81, 0xEE72, 0x1A02}, 14, 0, CYCLE_FP},
    {"vsqrt.f32 s0, s1; b", {0xEEB1, 0x0AE0, 0xE7FE}, 14, 0, CYCLE_FP},
    {"vdiv.f32 s0, s1, s2; nop; nop; vmov s3, r0",
     {0xEE80, 0x0A81, 0xBF00, 0xBF00, 0xEE01, 0x0A90},
     12,
     0,
     CYCLE_FP},
    {"vadd.f32 s0, s1, s2; vmla.f32 s0, s3, s3", {0xEE30, 0x0A81, 0xEE01, 0x0AA1}, 1, 0, CYCLE_FP},
    {"vadd.f32 s0, s1, s2; vstr s0, [r1]", {0xEE30, 0x0A81, 0xED81, 0x0A00}, 2, 0, CYCLE_FP},
    {"vabs.f32 s0, s1; vadd.f32 s2, s0, s0", {0xEEB0, 0x0AE0, 0xEE30, 0x1A00}, 1, 0, CYCLE_FP},
    {"vmov s0, r0; nop", {0xEE00, 0x0A10, 0xBF00}, 1, 0, CYCLE_FP},
    {"vmov s0, s1, r0, r1; nop", {0xEC41, 0x0A10, 0xBF00}, 2, 0, CYCLE_FP},
    {"vcvt.s32.f32 s0, s1; nop", {0xEEBD, 0x0AE0, 0xBF00}, 1, 0, CYCLE_FP},
    {"vldr s0, [r1]", {0xED91, 0x0A00, 0xBF00}, 2, 0, CYCLE_FP | CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"vstr s0, [r1]", {0xED81, 0x0A00, 0xBF00}, 2, 0, CYCLE_FP | CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"vldmia r0!, {s0-s7}",
     {0xECB0, 0x0A08, 0xBF00},
     9,
     0,
     CYCLE_FP | CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"vpush {d8-d9}", {0xED2D, 0x8B04, 0xBF00}, 5, 0, CYCLE_FP | CYCLE_MEMORY | CYCLE_MULTIPLE},
};

static void test_costs(void **state)
{
    (void)state;
    struct cycle_model *model = cycle_model_create();
    assert_non_null(model);
    for (unsigned i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
        struct cycle_cost cost =
            cycle_model_cost(model, (const uint8_t *)costs[i].code, sizeof(costs[i].code), 0x1000,
                             (struct cycle_fetch){0}, false);
        if (cost.cycles != costs[i].cycles || cost.taken != costs[i].taken ||
            cost.flags != costs[i].flags) {
            fail_msg("%s: %u cycles, taken %u, flags 0x%x", costs[i].text, cost.cycles, cost.taken,
                     cost.flags);
        }
        assert_int_equal(cost.size_bytes, cycle_instruction_bytes(costs[i].code[0]));
    }
    cycle_model_destroy(model);
}

static void test_garbage_costs_one(void **state)
{
    (void)state;
    struct cycle_model *model = cycle_model_create();
    for (uint32_t first = 0; first < 0x10000; first++) {
        uint16_t code[2] = {(uint16_t)first, (uint16_t)(first * 0x9E37U)};
        struct cycle_cost cost = cycle_model_cost(model, (const uint8_t *)code, 4, first * 2,
                                                  (struct cycle_fetch){.line_wait = true}, false);
        assert_true(cost.cycles <= 64);
        cost = cycle_model_cost(model, (const uint8_t *)code, 2, 0, (struct cycle_fetch){0}, true);
        assert_true(cost.cycles <= 64);
    }
    cycle_model_destroy(model);
}

/* Inside an IT block: the least, what comes on top when it runs, what when it branches. */
static const struct {
    const char *text;
    uint16_t code[3];
    uint8_t cycles, extra, taken;
} conditional[] = {
    {"addne r0, r1", {0x4408, 0xBF00, 0xBF00}, 1, 0, 0},
    {"ldrne r0, [r1]", {0x6808, 0xBF00, 0xBF00}, 2, 0, 0},
    {"udivne r0, r1, r2", {0xFBB1, 0xF0F2, 0xBF00}, 1, 11, 0},
    {"ldmne r0!, {r1-r4}", {0xC81E, 0xBF00, 0xBF00}, 1, 4, 0},
    {"popne {r4, pc}", {0xBD10, 0xBF00, 0xBF00}, 1, 0, 2 + 3},
    {"bxne lr", {0x4770, 0xBF00, 0xBF00}, 1, 0, 1},
    {"vdivne s0, s1, s2; b", {0xEE80, 0x0A81, 0xE7FE}, 1, 13, 0},
};

static void test_conditional_costs(void **state)
{
    (void)state;
    struct cycle_model *model = cycle_model_create();
    for (unsigned i = 0; i < sizeof(conditional) / sizeof(conditional[0]); i++) {
        struct cycle_cost cost = cycle_model_cost(model, (const uint8_t *)conditional[i].code, 6,
                                                  0x1000, (struct cycle_fetch){0}, true);
        if (cost.cycles != conditional[i].cycles || cost.extra != conditional[i].extra ||
            cost.taken != conditional[i].taken) {
            fail_msg("%s: %u cycles, extra %u, taken %u", conditional[i].text, cost.cycles,
                     cost.extra, cost.taken);
        }
        assert_int_equal((cost.flags & CYCLE_VARIABLE) != 0, cost.extra != 0);
    }
    cycle_model_destroy(model);
}

/* Cycles that a row of 32-bit instructions takes, starting `offset` bytes off a word boundary. */
static unsigned row_cycles(struct cycle_model *model, const uint16_t instruction[2], unsigned count,
                           uint32_t offset)
{
    uint16_t code[2 * 8 + 1];
    unsigned cycles = 0;
    for (unsigned i = 0; i < count; i++) {
        code[2 * i] = instruction[0];
        code[2 * i + 1] = instruction[1];
    }
    code[2 * count] = 0xBF00;
    for (unsigned i = 0; i < count; i++) {
        cycles += cycle_model_cost(model, (const uint8_t *)&code[2 * i], 4 * (count - i) + 2,
                                   0x1000 + offset + 4 * i, (struct cycle_fetch){0}, false)
                      .cycles;
    }
    return cycles;
}

static void test_rows_of_wide_instructions(void **state)
{
    (void)state;
    static const uint16_t mov[2] = {0xEA4F, 0x0808}; /* mov.w r8, r8 */
    static const uint16_t store[2] = {0xF8C1, 0x0000};
    struct cycle_model *model = cycle_model_create();
    for (unsigned count = 1; count <= 8; count++) {
        assert_int_equal(row_cycles(model, mov, count, 0), count);
        assert_int_equal(row_cycles(model, mov, count, 2), count + (count >= 3 ? 1 : 0));
        assert_int_equal(row_cycles(model, store, count, 2), count + (count >= 4 ? 1 : 0));
    }
    cycle_model_destroy(model);
}

/* Measured on an STM32L4R5 (docs/timing.md): UDIV by 3329, the first dividend of each time. */
static void test_division_by_operands(void **state)
{
    (void)state;
    static const struct {
        uint32_t dividend;
        uint8_t cycles;
    } rows[] = {
        {0, 2},         {1, 3},         {2047, 3},       {2048, 5},        {32767, 5},
        {32768, 6},     {524287, 6},    {524288, 7},     {8388607, 7},     {8388608, 8},
        {134217727, 8}, {134217728, 9}, {2147483647, 9}, {2147483648, 10}, {UINT32_MAX, 10},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(cycle_divide_cycles(false, rows[i].dividend, 3329), rows[i].cycles);
    }
    assert_int_equal(cycle_divide_cycles(false, 5, 0), 2);
    assert_int_equal(cycle_divide_cycles(false, UINT32_MAX, 1), 12);
    assert_int_equal(cycle_divide_cycles(true, UINT32_MAX, 1), 5); /* -1 / 1 */
    assert_int_equal(cycle_divide_cycles(true, 0x80000000U, UINT32_MAX), 12);
    assert_int_equal(cycle_divide_cycles(true, 16, (uint32_t)-16), 5);
    assert_int_equal(cycle_divide_cycles(true, (uint32_t)-15, 16), 3);
    struct cycle_divide divide;
    assert_true(cycle_divide_decode((const uint16_t[2]){0xFB91, 0xF3F2}, &divide));
    assert_true(divide.is_signed);
    assert_int_equal(divide.dividend, 1);
    assert_int_equal(divide.divisor, 2);
    assert_true(cycle_divide_decode((const uint16_t[2]){0xFBB7, 0xF3FC}, &divide));
    assert_false(divide.is_signed);
    assert_int_equal(divide.dividend, 7);
    assert_int_equal(divide.divisor, 12);
    assert_false(cycle_divide_decode((const uint16_t[2]){0xFBA7, 0x030C}, &divide)); /* UMULL */
}

static void test_branch_targets_and_lines(void **state)
{
    (void)state;
    static const uint16_t narrow[2] = {0xBF00, 0xBF00};
    static const uint16_t wide[2] = {0xEB00, 0x0000};
    const uint8_t *n = (const uint8_t *)narrow;
    const uint8_t *w = (const uint8_t *)wide;
    struct cycle_fetch ideal = {0};
    struct cycle_fetch lines = {.line_wait = true};
    assert_int_equal(cycle_model_entry_cost(n, 0x102, ideal), 0);
    assert_int_equal(cycle_model_entry_cost(w, 0x104, ideal), 0);
    assert_int_equal(cycle_model_entry_cost(w, 0x102, ideal), 1);
    assert_int_equal(cycle_model_entry_cost(n, 0x104, lines), CYCLE_LINE_WAIT);
    /* An instruction that begins a line pays for it itself. */
    assert_int_equal(cycle_model_entry_cost(n, 0x110, lines), 0);
    struct cycle_model *model = cycle_model_create();
    assert_int_equal(cycle_model_cost(model, n, 4, 0x110, lines, false).cycles,
                     1 + CYCLE_LINE_WAIT);
    assert_int_equal(cycle_model_cost(model, n, 4, 0x112, lines, false).cycles, 1);
    assert_int_equal(cycle_model_cost(model, w, 4, 0x10E, lines, false).cycles,
                     1 + CYCLE_LINE_WAIT);
    cycle_model_destroy(model);
}

/* adds; it eq; addeq; ldr; ldr; str; beq: 0 + 1 + 1 + 1 + 2 + 1 + 1. */
static const uint16_t block_code[] = {0x1840, 0xBF08, 0x3001, 0x680A, 0x681C, 0x602E, 0xD0FE};

static void test_block(void **state)
{
    (void)state;
    struct block_cache cache;
    assert_true(block_cache_init(&cache));
    const struct block *block =
        block_cache_add(&cache, 0x200, sizeof(block_code), (const uint8_t *)block_code,
                        sizeof(block_code), (struct cycle_fetch){0}, false);
    assert_ptr_equal(block_cache_find(&cache, 0x200, sizeof(block_code)), block);
    assert_null(block_cache_find(&cache, 0x200, 4));
    assert_null(block_cache_find(&cache, 0x202, sizeof(block_code)));
    assert_int_equal(block->count, 7);
    assert_int_equal(block->cycles, 7);
    assert_int_equal(block->extra, 0);
    assert_int_equal(block->taken, 1);
    assert_int_equal(block->gate, 8);
    static const uint16_t before[] = {0, 0, 1, 2, 3, 5, 6, 7};
    for (unsigned i = 0; i < 8; i++) {
        const struct block_step *step = block_cache_step(&cache, block, 0x200 + 2 * i);
        assert_int_equal(step->cycles, before[i]);
        assert_int_equal(step->count & BLOCK_STEP_COUNT, i);
        assert_int_equal((step->count & BLOCK_STEP_IN_IT) != 0, i == 2);
    }
    block_cache_forget(&cache, 0x1FC, 4);
    block_cache_forget(&cache, 0x2000, 4);
    assert_non_null(block_cache_find(&cache, 0x200, sizeof(block_code)));
    block_cache_forget(&cache, 0x20C, 2);
    assert_null(block_cache_find(&cache, 0x200, sizeof(block_code)));
    block_cache_free(&cache);
}

static void test_block_beyond_the_end_of_memory(void **state)
{
    (void)state;
    struct block_cache cache;
    assert_true(block_cache_init(&cache));
    const struct block *block = block_cache_add(&cache, 0x200, 8, (const uint8_t *)&block_code[5],
                                                4, (struct cycle_fetch){0}, false);
    assert_int_equal(block->gate, BLOCK_GATE_ALWAYS);
    assert_int_equal(block->count, 0);
    assert_int_equal(block_cache_step(&cache, block, 0x208)->cycles, 0);
    block_cache_free(&cache);
}

static void test_cache_survives_being_full(void **state)
{
    (void)state;
    struct block_cache cache;
    assert_true(block_cache_init(&cache));
    cache.gated_flags = CYCLE_MEMORY;
    for (uint32_t i = 0; i < 3 * BLOCK_CACHE_SLOTS; i++) {
        const struct block *block =
            block_cache_add(&cache, 2 * i, 14, (const uint8_t *)block_code, sizeof(block_code),
                            (struct cycle_fetch){0}, false);
        assert_int_equal(block_address(block), 2 * i);
        assert_int_equal(block->gate, BLOCK_GATE_ALWAYS);
        assert_ptr_equal(block_cache_find(&cache, 2 * i, 14), block);
    }
    block_cache_free(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_costs),
        cmocka_unit_test(test_garbage_costs_one),
        cmocka_unit_test(test_conditional_costs),
        cmocka_unit_test(test_rows_of_wide_instructions),
        cmocka_unit_test(test_division_by_operands),
        cmocka_unit_test(test_branch_targets_and_lines),
        cmocka_unit_test(test_block),
        cmocka_unit_test(test_block_beyond_the_end_of_memory),
        cmocka_unit_test(test_cache_survives_being_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
