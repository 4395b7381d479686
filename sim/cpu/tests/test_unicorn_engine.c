/* sim/cpu/tests/test_unicorn_engine.c - every register goes into an engine and comes back, in every
 * mode, and moves from one engine to another. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/cpu/unicorn_exits.h"
#include "sim/cpu/unicorn_engine.h"

#define ROUNDS 3000

static void on_block(struct uc_struct *uc, uint64_t address, uint32_t size_bytes, void *context)
{
    (void)uc;
    (void)address;
    (void)size_bytes;
    (void)context;
}

static struct engine_page on_fill(void *context, uint32_t address, enum mpu_access access)
{
    (void)context;
    (void)address;
    return (struct engine_page){.kind = ENGINE_PAGE_DIRECT,
                                .read = true,
                                .write = true,
                                .fetch = access == MPU_ACCESS_FETCH};
}

static enum engine_answer on_guard(void *context, uint32_t address, uint8_t size_bytes, bool write,
                                   uint64_t value)
{
    (void)context;
    (void)address;
    (void)size_bytes;
    (void)write;
    (void)value;
    return ENGINE_REFUSE;
}

static uint32_t on_read(void *context, uint32_t address, uint8_t size_bytes)
{
    (void)context;
    (void)address;
    (void)size_bytes;
    return 0;
}

static void on_write(void *context, uint32_t address, uint8_t size_bytes, uint32_t value)
{
    (void)context;
    (void)address;
    (void)size_bytes;
    (void)value;
}

static struct engine *create(uint8_t *host)
{
    struct engine_client client = {.block = on_block,
                                   .fill = on_fill,
                                   .guard = on_guard,
                                   .guarded_read = on_read,
                                   .guarded_write = on_write};
    struct engine_memory memory = {.base = 0, .size_bytes = 4096, .host = host};
    const char *message = NULL;
    struct engine *engine = engine_create(&client, &memory, 1, &message);
    if (engine == NULL) {
        fail_msg("engine_create: %s", message);
    }
    return engine;
}

static uint32_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(*state >> 32);
}

/* Any state that a core can be in. */
static struct cpu_regs random_regs(uint64_t *state)
{
    struct cpu_regs regs;
    uint32_t *words = (uint32_t *)&regs;
    for (size_t i = 0; i < sizeof(regs) / 4; i++) {
        words[i] = next(state);
    }
    regs.msp &= ~3U;
    regs.psp &= ~3U;
    regs.pc &= ~1U;
    uint32_t ipsr = next(state) % 2 == 0 ? 0 : next(state) % 56;
    regs.xpsr = (next(state) & 0xF80F0000U) | XPSR_T | ipsr; /* NZCVQ, GE */
    regs.xpsr |= next(state) % 2 == 0 ? next(state) & XPSR_IT_ICI : 0;
    regs.control = next(state) & (CONTROL_NPRIV | CONTROL_SPSEL | CONTROL_FPCA);
    if (ipsr != 0) {
        regs.control &= ~CONTROL_SPSEL; /* reads as zero in handler mode */
    }
    regs.primask &= 1U;
    regs.faultmask &= 1U;
    regs.basepri &= 0xE0U;
    regs.fpscr &= 0xF7C0009FU & ~0x0000FF60U;
    return regs;
}

static void expect_equal(const struct cpu_regs *is, const struct cpu_regs *wanted, unsigned round)
{
    const uint32_t *a = (const uint32_t *)is;
    const uint32_t *b = (const uint32_t *)wanted;
    for (size_t i = 0; i < sizeof(*is) / 4; i++) {
        if (a[i] != b[i]) {
            fail_msg("round %u, word %zu: 0x%x, not 0x%x (xpsr 0x%x, control 0x%x)", round, i,
                     (unsigned)a[i], (unsigned)b[i], (unsigned)wanted->xpsr,
                     (unsigned)wanted->control);
        }
    }
}

static void test_registers_come_back(void **state)
{
    (void)state;
    uint8_t *host = aligned_alloc(4096, 4096);
    memset(host, 0, 4096);
    struct engine *one = create(host);
    struct engine *two = create(host);
    uint64_t seed = 1;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct cpu_regs regs = random_regs(&seed);
        struct cpu_regs back;
        engine_write_regs(one, &regs, true);
        engine_read_regs(one, &back);
        engine_read_fp(one, &back);
        expect_equal(&back, &regs, round);
        engine_copy_state(two, one);
        memset(&back, 0, sizeof(back));
        engine_read_regs(two, &back);
        engine_read_fp(two, &back);
        expect_equal(&back, &regs, round);
        assert_int_equal(engine_get_pc(one), regs.pc);
        assert_int_equal(engine_get_special(one).control, regs.control);

        /* Without fp, the FP registers stay. */
        struct cpu_regs other = random_regs(&seed);
        memcpy(back.s, regs.s, sizeof(back.s));
        engine_write_regs(one, &other, false);
        engine_read_fp(one, &back);
        assert_memory_equal(back.s, regs.s, sizeof(back.s));
        uint32_t r[16];
        engine_get_core_regs(one, r);
        assert_memory_equal(r, other.r, sizeof(other.r));
        assert_int_equal(r[13], cpu_regs_sp(&other));
        assert_int_equal(r[14], other.lr);
    }
    engine_destroy(two);
    engine_destroy(one);
    free(host);
}

static void test_replaced_functions_are_of_one_version(void **state)
{
    (void)state;
    assert_true(unicorn_exits_fit(0x020104FFU));
    const unsigned others[] = {0x020103FFU, 0x020105FFU, 0x020004FFU, 0x020204FFU, 0x030104FFU};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(unicorn_exits_fit(others[i]), !unicorn_exits_are_ours());
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers_come_back),
        cmocka_unit_test(test_replaced_functions_are_of_one_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
