/* sim/machine/tests/chip_fixture.h - the whole nRF52-DK with a guest that was assembled from
 * tests/guests, for tests that look at its time. */
#ifndef SIM_MACHINE_TESTS_CHIP_FIXTURE_H
#define SIM_MACHINE_TESTS_CHIP_FIXTURE_H

#include "sim/machine/machine.h"

struct chip {
    struct board board;
    struct machine *machine;
};

/* `guest`: the name of its file, without ending. `config` may be NULL; its board is ignored. Fails
 * the test on any trouble. Not reset yet. */
void chip_create(struct chip *chip, const char *guest, const struct machine_config *config);
void chip_destroy(struct chip *chip);

uint32_t chip_word(const struct chip *chip, uint32_t address);
void chip_poke(struct chip *chip, uint32_t address, uint32_t value);
struct cpu_regs chip_regs(const struct chip *chip);
uint64_t chip_now(const struct chip *chip);

#endif
