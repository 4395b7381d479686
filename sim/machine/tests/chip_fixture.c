#include "sim/machine/tests/chip_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/loader/file.h"

static void read_whole(const char *path, struct file_bytes *bytes)
{
    struct sim_error error = {.status = SIM_OK};
    if (!file_read(path, bytes, &error)) {
        fail_msg("%s", error.text);
    }
}

void chip_create(struct chip *chip, const char *guest, const struct machine_config *config)
{
    struct machine_config whole = config == NULL ? (struct machine_config){0} : *config;
    struct sim_error error = {.status = SIM_OK};
    struct file_bytes blob, image;
    char path[512];
    snprintf(path, sizeof path, "%s/%s.bin", CPU_GUESTS, guest);
    read_whole(BOARD_BLOB, &blob);
    read_whole(path, &image);
    *chip = (struct chip){0};
    assert_true(board_parse("nrf52dk", blob.data, blob.size, catalogue_find, &chip->board, &error));
    whole.board = &chip->board;
    chip->machine = machine_create(&whole, &error);
    assert_non_null(chip->machine);
    assert_true(machine_load(chip->machine, guest, 0, image.data, image.size, &error));
    file_free(&blob);
    file_free(&image);
}

void chip_destroy(struct chip *chip)
{
    machine_destroy(chip->machine);
    board_free(&chip->board);
}

uint32_t chip_word(const struct chip *chip, uint32_t address)
{
    uint32_t value = 0;
    assert_int_equal(machine_peek(chip->machine, address, &value, 4), 4);
    return value;
}

void chip_poke(struct chip *chip, uint32_t address, uint32_t value)
{
    assert_int_equal(machine_poke(chip->machine, address, &value, 4), 4);
}

struct cpu_regs chip_regs(const struct chip *chip)
{
    struct cpu_regs regs;
    cpu_get_regs(machine_cpu(chip->machine), &regs);
    return regs;
}

uint64_t chip_now(const struct chip *chip)
{
    return clock_now(machine_clock(chip->machine));
}
