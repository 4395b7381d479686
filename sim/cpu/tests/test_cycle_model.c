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
    uint16_t code[4];
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
    {"udiv r0, r1, r2", {0xFBB1, 0xF0F2, 0xBF00}, 6, 0, CYCLE_DIVIDE},
    {"sdiv r0, r1, r2", {0xFB91, 0xF0F2, 0xBF00}, 6, 0, CYCLE_DIVIDE},
    {"ldr r0, [r1]; adds r2, r3", {0x6808, 0x18D2}, 2, 0, CYCLE_MEMORY},
    {"ldr r0, [r1]; ldr r2, [r3]", {0x6808, 0x681A}, 1, 0, CYCLE_MEMORY},
    {"ldr r0, [r1]; ldr r2, [r0]", {0x6808, 0x6802}, 2, 0, CYCLE_MEMORY},
    {"ldr r0, [r1]; str r2, [r3, #4]", {0x6808, 0x605A}, 1, 0, CYCLE_MEMORY},
    {"ldrb r0, [r1]; str r2, [r3, r4]", {0x7808, 0x511A}, 0, 0, CYCLE_MEMORY},
    {"ldr r0, [r1]; str r2, [r3, r0]", {0x6808, 0x501A}, 2, 0, CYCLE_MEMORY},
    {"ldr r0, [pc, #4]; nop", {0x4801, 0xBF00}, 2, 0, CYCLE_MEMORY},
    {"ldr pc, [r0]", {0xF8D0, 0xF000, 0xBF00}, 2, 2, CYCLE_MEMORY | CYCLE_BRANCH},
    {"str r0, [r1, #4]", {0x6048, 0xBF00}, 1, 0, CYCLE_MEMORY},
    {"str r0, [r1, r2]", {0x5088, 0xBF00}, 2, 0, CYCLE_MEMORY},
    {"strb r0, [r1], #1", {0xF801, 0x0B01, 0xBF00}, 1, 0, CYCLE_MEMORY},
    {"ldrd r0, r1, [r2]", {0xE9D2, 0x0100, 0xBF00}, 3, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"strd r0, r1, [r2]", {0xE9C2, 0x0100, 0xBF00}, 3, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"ldm r0!, {r1-r4}", {0xC81E, 0xBF00}, 5, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"stmdb r0!, {r1, r2}", {0xE920, 0x0006, 0xBF00}, 3, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"push {r4-r7, lr}", {0xB5F0, 0xBF00}, 6, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"pop {r4, r5}", {0xBC30, 0xBF00}, 3, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"pop {r4, pc}", {0xBD10, 0xBF00}, 3, 2, CYCLE_MEMORY | CYCLE_MULTIPLE | CYCLE_BRANCH},
    {"push.w {r4-r8, lr}", {0xE92D, 0x41F0, 0xBF00}, 7, 0, CYCLE_MEMORY | CYCLE_MULTIPLE},
    {"ldrex r0, [r1]", {0xE851, 0x0F00, 0xBF00}, 2, 0, CYCLE_MEMORY | CYCLE_EXCLUSIVE},
    {"strex r0, r1, [r2]", {0xE842, 0x1000, 0xBF00}, 2, 0, CYCLE_MEMORY | CYCLE_EXCLUSIVE},
    {"b .+8", {0xE002, 0xBF00}, 1, 2, CYCLE_BRANCH},
    {"beq .+8", {0xD002, 0xBF00}, 1, 2, CYCLE_BRANCH},
    {"b.w .+8", {0xF000, 0xB802, 0xBF00}, 1, 2, CYCLE_BRANCH},
    {"bl .+8", {0xF000, 0xF802, 0xBF00}, 1, 2, CYCLE_BRANCH},
    {"bx lr", {0x4770, 0xBF00}, 1, 2, CYCLE_BRANCH},
    {"blx r3", {0x4798, 0xBF00}, 1, 2, CYCLE_BRANCH},
    {"cbz r0, .+8", {0xB110, 0xBF00}, 1, 2, CYCLE_BRANCH},
    {"tbb [pc, r0]", {0xE8DF, 0xF000, 0xBF00}, 2, 2, CYCLE_BRANCH | CYCLE_MEMORY},
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
    {"vdiv.f32 s0, s1, s2; nop", {0xEE80, 0x0A81, 0xBF00}, 14, 0, CYCLE_FP},
    {"vsqrt.f32 s0, s1; nop", {0xEEB1, 0x0AE0, 0xBF00}, 14, 0, CYCLE_FP},
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
                             (struct cycle_fetch){0});
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
                                                  (struct cycle_fetch){.line_wait = true});
        assert_true(cost.cycles <= 64);
        cost = cycle_model_cost(model, (const uint8_t *)code, 2, 0, (struct cycle_fetch){0});
        assert_true(cost.cycles <= 64);
    }
    cycle_model_destroy(model);
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
    assert_int_equal(cycle_model_cost(model, n, 4, 0x110, lines).cycles, 1 + CYCLE_LINE_WAIT);
    assert_int_equal(cycle_model_cost(model, n, 4, 0x112, lines).cycles, 1);
    assert_int_equal(cycle_model_cost(model, w, 4, 0x10E, lines).cycles, 1 + CYCLE_LINE_WAIT);
    cycle_model_destroy(model);
}

/* adds; it eq; addeq; ldr; ldr; str; beq: 0 + 1 + 1 + 1 + 1 + 1 + 1. */
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
    assert_int_equal(block->cycles, 6);
    assert_int_equal(block->taken, 2);
    assert_int_equal(block->gate, 8);
    static const uint16_t before[] = {0, 0, 1, 2, 3, 4, 5, 6};
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
        cmocka_unit_test(test_branch_targets_and_lines),
        cmocka_unit_test(test_block),
        cmocka_unit_test(test_block_beyond_the_end_of_memory),
        cmocka_unit_test(test_cache_survives_being_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
