/* From a function to its caller, by call frame information made by the test from the DWARF
 * standard (version 4, section 6.4); and whatever else a file claims. */
#include "sim/loader/unwind.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/loader/tests/mutate.h"
#include "sim/loader/tests/temporary_file.h"

#define CODE      0x100U
#define SP        0x20001000U
#define CALLER    0x00000201U /* a return address, with the Thumb bit */
#define MUTATIONS 3000U

/* push {r4, lr} at CODE: before it the CFA is sp, behind it sp + 8 with r4 and lr below. */
static const uint8_t frames[] = {
    16,   0,    0,    0, /* CIE: bytes behind this */
    0xFF, 0xFF, 0xFF, 0xFF, 1,           0,         2, 0x7C,
    14,   0x0C, 13,   0,                                  /* def_cfa r13 + 0 */
    0,    0,    0,    0,    20,          0,         0, 0, /* nop; FDE */
    0,    0,    0,    0,    CODE & 0xFF, CODE >> 8, 0, 0,
    16,   0,    0,    0,                                  /* of the CIE at 0; 16 bytes of code */
    0x41, 0x0E, 8,    0x84, 2,           0x8E,      1, 0, /* advance 2, offsets -8 and -4 */
};

struct framed_elf {
    Elf32_Ehdr header;
    Elf32_Shdr sections[3]; /* null, .debug_frame, names */
    char names[32];
    uint8_t frames[sizeof frames];
};

static void make_elf(struct framed_elf *elf)
{
    *elf = (struct framed_elf){.names = "\0.debug_frame\0.shstrtab"};
    memcpy(elf->header.e_ident, ELFMAG, SELFMAG);
    elf->header.e_ident[EI_CLASS] = ELFCLASS32;
    elf->header.e_ident[EI_DATA] = ELFDATA2LSB;
    elf->header.e_ident[EI_VERSION] = EV_CURRENT;
    elf->header.e_type = ET_EXEC;
    elf->header.e_machine = EM_ARM;
    elf->header.e_version = EV_CURRENT;
    elf->header.e_ehsize = sizeof elf->header;
    elf->header.e_shoff = offsetof(struct framed_elf, sections);
    elf->header.e_shentsize = sizeof elf->sections[0];
    elf->header.e_shnum = 3;
    elf->header.e_shstrndx = 2;
    memcpy(elf->frames, frames, sizeof frames);
    elf->sections[1] = (Elf32_Shdr){.sh_name = 1,
                                    .sh_type = SHT_PROGBITS,
                                    .sh_offset = offsetof(struct framed_elf, frames),
                                    .sh_size = sizeof elf->frames,
                                    .sh_addralign = 1};
    elf->sections[2] = (Elf32_Shdr){.sh_name = 14,
                                    .sh_type = SHT_STRTAB,
                                    .sh_offset = offsetof(struct framed_elf, names),
                                    .sh_size = sizeof elf->names,
                                    .sh_addralign = 1};
}

/* The stack: r4 and lr as the function has pushed them. */
static bool read_word(void *context, uint32_t address, uint32_t *word)
{
    const uint32_t *stack = context;
    if (address != SP && address != SP + 4) {
        return false;
    }
    *word = stack[(address - SP) / 4];
    return true;
}

static struct unwind_regs regs_at(uint32_t pc, uint32_t lr)
{
    struct unwind_regs regs = {.r = {[4] = 44, [5] = 55}};
    regs.r[UNWIND_SP] = SP;
    regs.r[UNWIND_LR] = lr;
    regs.r[UNWIND_PC] = pc;
    return regs;
}

static void test_before_and_behind_the_push(void **state)
{
    struct framed_elf elf;
    struct symbol_map map = {0};
    uint32_t stack[2] = {4444, CALLER};
    const struct unwind_memory memory = {.read_word = read_word, .context = stack};
    make_elf(&elf);
    temporary_file_write(*state, &elf, sizeof elf);
    assert_true(symbol_map_add(&map, *state, 0x30000, 0x1000, 0)); /* moved, as apps are */
    struct unwind_regs regs = regs_at(0x30000 + CODE, 0x30301);
    assert_true(unwind_step(&map, &regs, &memory));
    assert_int_equal(regs.r[UNWIND_PC], 0x302FE);
    assert_int_equal(regs.r[UNWIND_SP], SP);
    assert_int_equal(regs.r[4], 44);
    regs = regs_at(0x30000 + CODE + 4, 0x30301);
    assert_true(unwind_step(&map, &regs, &memory));
    assert_int_equal(regs.r[UNWIND_PC], CALLER - 3);
    assert_int_equal(regs.r[UNWIND_SP], SP + 8);
    assert_int_equal(regs.r[4], 4444);
    assert_int_equal(regs.r[5], 55);
    symbol_map_free(&map);
}

static void test_where_it_ends(void **state)
{
    struct framed_elf elf;
    struct symbol_map map = {0};
    uint32_t stack[2] = {0, CALLER};
    const struct unwind_memory memory = {.read_word = read_word, .context = stack};
    make_elf(&elf);
    temporary_file_write(*state, &elf, sizeof elf);
    assert_true(symbol_map_add(&map, *state, 0, 0x1000, 0));
    struct unwind_regs outside = regs_at(CODE + 16, CALLER);
    assert_false(unwind_step(&map, &outside, &memory)); /* no information */
    struct unwind_regs first = regs_at(CODE, 0);
    assert_false(unwind_step(&map, &first, &memory)); /* no caller */
    struct unwind_regs lost = regs_at(CODE + 4, CALLER);
    lost.r[UNWIND_SP] = SP + 8;
    assert_false(unwind_step(&map, &lost, &memory)); /* no such memory */
    assert_int_equal(lost.r[UNWIND_PC], CODE + 4);
    struct unwind_regs turning = regs_at(CODE, CODE + 3);
    assert_false(unwind_step(&map, &turning, &memory) && unwind_step(&map, &turning, &memory));
    symbol_map_free(&map);
}

static void test_damaged_information_ends(void **state)
{
    struct framed_elf elf;
    uint32_t stack[2] = {4444, CODE + 7};
    const struct unwind_memory memory = {.read_word = read_word, .context = stack};
    unsigned stepped = 0;
    make_elf(&elf);
    for (uint32_t seed = 0; seed < MUTATIONS; seed++) {
        struct symbol_map map = {0};
        size_t length = 0;
        size_t spare = sizeof elf.header + sizeof elf.sections + sizeof elf.names;
        uint8_t *copy = mutate_copy(elf.frames, sizeof elf.frames, seed, &length);
        struct framed_elf damaged = elf;
        memcpy((uint8_t *)&damaged + spare, copy, length);
        free(copy);
        temporary_file_write(*state, &damaged, sizeof damaged);
        if (symbol_map_add(&map, *state, 0, 0x1000, 0)) {
            struct unwind_regs regs = regs_at(CODE + 4, CALLER);
            for (unsigned i = 0; i < 8 && unwind_step(&map, &regs, &memory); i++) {
                stepped++;
            }
        }
        symbol_map_free(&map);
    }
    assert_in_range(stepped, MUTATIONS / 10, MUTATIONS * 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_before_and_behind_the_push, temporary_file_make,
                                        temporary_file_remove),
        cmocka_unit_test_setup_teardown(test_where_it_ends, temporary_file_make,
                                        temporary_file_remove),
        cmocka_unit_test_setup_teardown(test_damaged_information_ends, temporary_file_make,
                                        temporary_file_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
