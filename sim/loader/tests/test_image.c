/* ELF and Intel HEX: what they load, what is refused and how it is said; damage never crashes. */
#include "sim/loader/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/loader/tests/mutate.h"
#include "sim/loader/tests/tiny_elf.h"

#define MUTATIONS 20000U

static const char good_hex[] = ":020000040000FA\n"
                               ":0400000001020304F2\n"
                               ":0400040005060708DE\n"
                               ":020000042000DA\r\n"
                               ":02001000AABB89\n"
                               ":04000005000001E115\n"
                               ":00000001FF\n";

static bool parse(const void *data, size_t size, struct image *image, struct sim_error *error)
{
    *error = (struct sim_error){.status = SIM_OK};
    return image_parse("x", data, size, image, error);
}

static void refuses_elf(const struct tiny_elf *elf, size_t size, const char *why)
{
    struct image image;
    struct sim_error error;
    assert_false(parse(elf, size, &image, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_non_null(strstr(error.text, why));
    assert_null(image.segments);
}

static void test_elf_loads(void **state)
{
    (void)state;
    struct tiny_elf elf;
    struct image image;
    struct sim_error error;
    tiny_elf_make(&elf);
    assert_true(parse(&elf, sizeof elf, &image, &error));
    assert_int_equal(image.segment_count, 1);
    assert_int_equal(image.segments[0].address, TINY_ELF_CODE);
    assert_int_equal(image.segments[0].size_bytes, 16);
    assert_memory_equal(image.bytes + image.segments[0].offset, elf.code, 16);
    assert_int_equal(image.entry, TINY_ELF_CODE | 1);
    assert_int_equal(image.span_count, 2);
    assert_int_equal(image.spans[1].address, TINY_ELF_RAM);
    assert_int_equal(image.spans[1].size_bytes, TINY_ELF_BSS);
    image_free(&image);
}

static void test_elf_loads_where_physical_address_says(void **state)
{
    (void)state;
    struct tiny_elf elf;
    struct image image;
    struct sim_error error;
    tiny_elf_make(&elf);
    elf.segments[0].p_vaddr = TINY_ELF_RAM;
    assert_true(parse(&elf, sizeof elf, &image, &error));
    assert_int_equal(image.segments[0].address, TINY_ELF_CODE);
    assert_int_equal(image.spans[0].address, TINY_ELF_RAM);
    image_free(&image);
}

static void test_elf_refusals(void **state)
{
    (void)state;
    struct tiny_elf elf;
    tiny_elf_make(&elf);
    elf.header.e_ident[EI_CLASS] = ELFCLASS64;
    refuses_elf(&elf, sizeof elf, "64-bit");
    tiny_elf_make(&elf);
    elf.header.e_ident[EI_DATA] = ELFDATA2MSB;
    refuses_elf(&elf, sizeof elf, "little-endian");
    tiny_elf_make(&elf);
    elf.header.e_machine = EM_386;
    refuses_elf(&elf, sizeof elf, "not for ARM");
    tiny_elf_make(&elf);
    elf.header.e_type = ET_REL;
    refuses_elf(&elf, sizeof elf, "not linked");
    tiny_elf_make(&elf);
    elf.segments[0].p_filesz = 0x10000;
    refuses_elf(&elf, sizeof elf, "truncated");
    tiny_elf_make(&elf);
    elf.segments[0].p_paddr = 0xFFFFFFF8;
    refuses_elf(&elf, sizeof elf, "end of the address space");
    tiny_elf_make(&elf);
    elf.segments[0].p_type = PT_NOTE;
    refuses_elf(&elf, sizeof elf, "nothing to load");
    tiny_elf_make(&elf);
    refuses_elf(&elf, sizeof elf - 8, "truncated");
}

static void test_hex_loads(void **state)
{
    (void)state;
    struct image image;
    struct sim_error error;
    static const uint8_t first[] = {1, 2, 3, 4, 5, 6, 7, 8};
    assert_true(parse(good_hex, sizeof good_hex - 1, &image, &error));
    assert_int_equal(image.segment_count, 2);
    assert_int_equal(image.segments[0].address, 0);
    assert_int_equal(image.segments[0].size_bytes, 8);
    assert_memory_equal(image.bytes + image.segments[0].offset, first, 8);
    assert_int_equal(image.segments[1].address, 0x20000010);
    assert_int_equal(image.segments[1].size_bytes, 2);
    image_free(&image);
}

static void refuses_hex(const char *text, const char *why)
{
    struct image image;
    struct sim_error error;
    assert_false(parse(text, strlen(text), &image, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_non_null(strstr(error.text, why));
}

static void test_hex_refusals(void **state)
{
    (void)state;
    refuses_hex(":0400000001020304F3\n:00000001FF\n", "x:1: damaged Intel HEX record (wrong check");
    refuses_hex(":0500000001020304F1\n:00000001FF\n", "wrong length");
    refuses_hex(":0400000001020304F2\n", "truncated");
    refuses_hex(":00000001FF\n", "nothing to load");
    refuses_hex(":0400000001020304F2\nhello\n", "x:2: not an Intel HEX line");
    refuses_hex(":0000000AF6\n", "unknown Intel HEX record type 10");
    refuses_hex("not an image", "neither an ELF nor an Intel HEX");
    refuses_hex("", "neither an ELF nor an Intel HEX");
}

static void mutate_all(const void *good, size_t size)
{
    for (uint32_t seed = 0; seed < MUTATIONS; seed++) {
        size_t length = 0;
        struct image image;
        struct sim_error error;
        uint8_t *copy = mutate_copy(good, size, seed, &length);
        if (parse(copy, length, &image, &error)) {
            volatile uint32_t sum = 0;
            for (size_t i = 0; i < image.segment_count; i++) {
                for (uint32_t at = 0; at < image.segments[i].size_bytes; at++) {
                    sum += image.bytes[image.segments[i].offset + at];
                }
            }
            image_free(&image);
        } else {
            assert_int_equal(error.status, SIM_WRONG_USE);
            assert_true(error.text[0] != '\0');
        }
        free(copy);
    }
}

static void test_damage_never_crashes(void **state)
{
    (void)state;
    struct tiny_elf elf;
    tiny_elf_make(&elf);
    mutate_all(&elf, sizeof elf);
    mutate_all(good_hex, sizeof good_hex - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elf_loads),
        cmocka_unit_test(test_elf_loads_where_physical_address_says),
        cmocka_unit_test(test_elf_refusals),
        cmocka_unit_test(test_hex_loads),
        cmocka_unit_test(test_hex_refusals),
        cmocka_unit_test(test_damage_never_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
