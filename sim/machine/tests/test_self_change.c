/* Code that changes while it is code, by everyone who can change it: it runs as it is now. Guest:
 * guests/selfchange.s. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine_input.h"
#include "sim/machine/tests/chip_fixture.h"

#define TABLE      0x100U
#define PARAMETERS 0x20000000U
#define CODE       0x20002000U
#define RUN_CYCLES 64000000U

enum part {
    NEXT_WITH_BARRIERS,
    NEXT_WITHOUT,
    BY_ALIAS,
    INTO_ALIAS,
    ACROSS_PAGES,
    UNPRIVILEGED,
    OWN_LOOP,
    BY_INTERRUPT,
    BY_NVMC,
    BY_DMA,
    DMA_INTO_LOOP,
    SPIN_IN_RAM,
    SPIN_IN_FLASH,
    MANY,
    MANY_NVMC,
    SPIN,
    DONE,
    DATA_NOW,
};

static uint32_t part_address(const struct chip *chip, enum part part)
{
    return chip_word(chip, TABLE + 4 * (uint32_t)part) & ~1U;
}

static void start(struct chip *chip, enum part part, uint32_t rounds)
{
    chip_create(chip, "selfchange", NULL);
    chip_poke(chip, PARAMETERS, part_address(chip, part) | 1U);
    chip_poke(chip, PARAMETERS + 4, rounds);
    machine_reset(chip->machine, RESET_POWER_ON);
}

/* Runs on until the part is done; r7 then. */
static uint32_t finish(struct chip *chip, uint64_t cycles)
{
    enum machine_stop stop = machine_run(chip->machine, chip_now(chip) + cycles);
    struct cpu_regs regs = chip_regs(chip);
    uint32_t done = part_address(chip, DONE);
    if (regs.pc < done || regs.pc > done + 2) {
        fail_msg("stop %d at 0x%x, r6 %u, r7 %u", (int)stop, (unsigned)regs.pc, (unsigned)regs.r[6],
                 (unsigned)regs.r[7]);
    }
    return regs.r[7];
}

static void expect(enum part part, uint32_t r7)
{
    struct chip chip;
    start(&chip, part, 0);
    assert_int_equal(finish(&chip, RUN_CYCLES), r7);
    chip_destroy(&chip);
}

static void test_stores(void **state)
{
    (void)state;
    expect(NEXT_WITH_BARRIERS, 2);
    expect(BY_ALIAS, 200);
    expect(INTO_ALIAS, 200);
    expect(ACROSS_PAGES, 50 * 51 / 2);
    expect(UNPRIVILEGED, 200);
    expect(OWN_LOOP, 100 * 101 / 2);
    expect(BY_INTERRUPT, 1);
}

/* The architecture promises nothing here: old or new, but new from the next branch on. */
static void test_a_store_into_the_next_instruction_without_barriers(void **state)
{
    (void)state;
    struct chip chip;
    start(&chip, NEXT_WITHOUT, 0);
    assert_int_equal(finish(&chip, RUN_CYCLES), 2);
    assert_in_range(chip_regs(&chip).r[8], 1, 2);
    chip_destroy(&chip);
}

static void test_flash(void **state)
{
    (void)state;
    struct chip chip;
    start(&chip, BY_NVMC, 0);
    assert_int_equal(finish(&chip, 8ULL * RUN_CYCLES), 20);
    chip_destroy(&chip);
}

static void send(struct chip *chip, const uint8_t *bytes, size_t size, uint64_t cycle)
{
    int uart = machine_find_device(chip->machine, "uart0");
    assert_int_equal(machine_add_text(chip->machine, uart, cycle, (const char *)bytes, size), size);
}

static void test_dma(void **state)
{
    (void)state;
    struct chip chip;
    start(&chip, BY_DMA, 10);
    uint32_t sum = 0;
    for (uint8_t i = 0; i < 10; i++) {
        const uint8_t code[4] = {(uint8_t)(i * 20), 0x20, 0x70, 0x47}; /* movs r0, #n; bx lr */
        send(&chip, code, sizeof code, 100000);
        sum += i * 20U;
    }
    assert_int_equal(finish(&chip, RUN_CYCLES), sum);
    chip_destroy(&chip);
    start(&chip, DMA_INTO_LOOP, 0);
    static const uint8_t code[4] = {0x00, 0xBF, 0x70, 0x47}; /* nop; bx lr */
    send(&chip, code, sizeof code, 100000);
    assert_int_equal(finish(&chip, RUN_CYCLES), 1);
    chip_destroy(&chip);
}

static void test_the_debugger(void **state)
{
    (void)state;
    static const uint16_t leave = 0x4770; /* bx lr */
    static const uint16_t nop = 0xBF00;
    struct chip chip;
    for (uint32_t alias = 0; alias < 2; alias++) {
        start(&chip, SPIN_IN_RAM, 0);
        (void)machine_run(chip.machine, 10000);
        assert_in_range(chip_regs(&chip).pc, CODE, CODE + 2);
        uint32_t at = (alias == 0 ? CODE : CODE - 0x20000000U + 0x00800000U) + 2;
        assert_int_equal(machine_poke(chip.machine, at, &leave, 2), 2);
        (void)finish(&chip, 1000);
        chip_destroy(&chip);
    }
    start(&chip, SPIN_IN_FLASH, 0);
    (void)machine_run(chip.machine, 10000);
    uint32_t at = part_address(&chip, SPIN_IN_FLASH) + 2;
    assert_int_equal(machine_poke(chip.machine, at, &nop, 2), 2);
    (void)finish(&chip, 1000);
    chip_destroy(&chip);
}

/* A new image over one that runs. */
static void test_a_new_image_over_the_old(void **state)
{
    (void)state;
    struct chip chip;
    struct sim_error error = {.status = SIM_OK};
    static uint8_t moved[0x400];
    start(&chip, SPIN, 0);
    (void)machine_run(chip.machine, 10000);
    uint32_t spin = part_address(&chip, SPIN);
    assert_int_equal(chip_regs(&chip).pc, spin);
    for (size_t i = 0; i + 1 < sizeof moved; i += 2) {
        moved[i + 1] = 0x37; /* adds r7, #1 */
        moved[i] = 1;
    }
    moved[0x3FE] = 0xFE;
    moved[0x3FF] = 0xE7;
    assert_true(machine_load(chip.machine, "new", spin, moved, sizeof moved, &error));
    (void)machine_run(chip.machine, 20000);
    assert_int_equal(chip_regs(&chip).r[7], 0x3FE / 2);
    assert_int_equal(chip_regs(&chip).pc, spin + 0x3FE);
    chip_destroy(&chip);
}

/* Translations of code that is no more are thrown away: what is allocated stays within bounds that
 * do not depend on the number of changes (48 bytes for each of them would be 3 MB here). */
#define ROUNDS       60000U
#define GROWTH_BYTES 2000000U

static void check_many(enum part part, uint64_t cycles, uint32_t expected)
{
    struct chip chip;
    start(&chip, part, ROUNDS);
    size_t before = mallinfo2().uordblks;
    assert_int_equal(finish(&chip, cycles), expected);
    assert_in_range(mallinfo2().uordblks, 0, before + GROWTH_BYTES);
    chip_destroy(&chip);
}

static void test_sixty_thousand_changes(void **state)
{
    (void)state;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        sum += i & 0xFFU;
    }
    check_many(MANY, ROUNDS * 40ULL, sum);
    check_many(MANY_NVMC, ROUNDS * 4000ULL, ROUNDS);
    check_many(DATA_NOW, ROUNDS * 40ULL, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stores),
        cmocka_unit_test(test_a_store_into_the_next_instruction_without_barriers),
        cmocka_unit_test(test_flash),
        cmocka_unit_test(test_dma),
        cmocka_unit_test(test_the_debugger),
        cmocka_unit_test(test_a_new_image_over_the_old),
        cmocka_unit_test(test_sixty_thousand_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
