/* Symbols, the symbol map and the kernel's description of itself, from files made by the test. */
#include "sim/loader/symbol_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sim/loader/kernel_info.h"
#include "sim/loader/tests/mutate.h"
#include "sim/loader/tests/temporary_file.h"
#include "sim/loader/tests/tiny_elf.h"

#define MUTATIONS      2000U
#define INFO_MUTATIONS 20000U

static void test_function_by_address_and_name(void **state)
{
    struct tiny_elf elf;
    const char *name = NULL;
    const char *file = NULL;
    uint32_t start = 0;
    unsigned line = 0;
    tiny_elf_make(&elf);
    temporary_file_write(*state, &elf, sizeof elf);
    struct symbols *symbols = symbols_open(*state);
    assert_non_null(symbols);
    assert_true(symbols_find_function(symbols, TINY_ELF_CODE + 4, &name, &start));
    assert_string_equal(name, TINY_ELF_FUNCTION);
    assert_int_equal(start, TINY_ELF_CODE);
    assert_false(symbols_find_function(symbols, TINY_ELF_CODE + 8, &name, &start));
    assert_false(symbols_find_function(symbols, TINY_ELF_CODE - 2, &name, &start));
    assert_false(symbols_find_line(symbols, TINY_ELF_CODE, &file, &line));
    assert_true(symbols_find_object(symbols, TINY_ELF_RAM + 8, &name));
    assert_string_equal(name, TINY_ELF_VARIABLE);
    assert_false(symbols_find_object(symbols, TINY_ELF_RAM + 9, &name));
    assert_false(symbols_find_object(symbols, TINY_ELF_CODE | 1, &name));
    uint32_t size = 99;
    assert_true(symbols_find_named(symbols, TINY_ELF_FUNCTION, &start, &size));
    assert_int_equal(start, TINY_ELF_CODE);
    assert_int_equal(size, 8);
    assert_true(symbols_find_named(symbols, TINY_ELF_VARIABLE, &start, &size));
    assert_int_equal(start, TINY_ELF_RAM + 8);
    assert_false(symbols_find_named(symbols, "nothing", &start, &size));
    symbols_close(symbols);
}

static void test_map_moves_an_app(void **state)
{
    struct tiny_elf elf;
    struct symbol_map map = {0};
    char text[64];
    tiny_elf_make(&elf);
    temporary_file_write(*state, &elf, sizeof elf);
    assert_true(symbol_map_add(&map, *state, 0x00030040, 0x1000, TINY_ELF_CODE));
    assert_string_equal(symbol_map_describe(&map, 0x00030044, text, sizeof text),
                        TINY_ELF_FUNCTION " + 4");
    assert_string_equal(symbol_map_describe(&map, 0x00030140, text, sizeof text), "0x00030140");
    assert_string_equal(symbol_map_describe(&map, 0x00020000, text, sizeof text), "0x00020000");
    symbol_map_free(&map);
    assert_false(symbol_map_add(&map, "/nonexistent", 0, 1, 0));
}

static void test_damaged_symbols_never_crash(void **state)
{
    struct tiny_elf elf;
    tiny_elf_make(&elf);
    for (uint32_t seed = 0; seed < MUTATIONS; seed++) {
        size_t length = 0;
        uint8_t *copy = mutate_copy((const uint8_t *)&elf, sizeof elf, seed, &length);
        const char *name = NULL;
        uint32_t start = 0;
        struct kernel_info info;
        temporary_file_write(*state, copy, length);
        free(copy);
        struct symbols *symbols = symbols_open(*state);
        if (symbols != NULL && symbols_find_object(symbols, TINY_ELF_RAM + 8, &name)) {
            assert_non_null(name);
        }
        uint32_t size = 0;
        (void)(symbols != NULL && symbols_find_named(symbols, TINY_ELF_VARIABLE, &start, &size));
        if (symbols != NULL && symbols_find_function(symbols, TINY_ELF_CODE, &name, &start)) {
            assert_true(strlen(name) < sizeof elf);
        }
        symbols_close(symbols);
        assert_false(kernel_info_read(*state, &info));
    }
}

struct info_section {
    char magic[4];
    uint32_t version, record_bytes, record_count;
    struct {
        char name[40];
        uint32_t value;
        uint16_t width, count;
        uint32_t later; /* a field of a later version */
    } records[2];
};

static const struct info_section good_info = {
    .magic = {'S', 'G', 'L', 'I'},
    .version = 1,
    .record_bytes = 52,
    .record_count = 2,
    .records = {{.name = "kernel.panicking", .value = 0x20000F00, .width = 1, .count = 1},
                {.name = "kernel.process", .value = 0x20000E00, .width = 4, .count = 8}}};

static void test_kernel_info(void **state)
{
    (void)state;
    struct kernel_info info;
    assert_true(kernel_info_parse((const uint8_t *)&good_info, sizeof good_info, &info));
    const struct kernel_info_record *record = kernel_info_find(&info, "kernel.process");
    assert_non_null(record);
    assert_int_equal(record->value, 0x20000E00);
    assert_int_equal(record->width, 4);
    assert_int_equal(record->count, 8);
    assert_null(kernel_info_find(&info, "kernel"));
    kernel_info_free(&info);
    assert_false(kernel_info_parse((const uint8_t *)&good_info, sizeof good_info - 1, &info));
    for (uint32_t seed = 0; seed < INFO_MUTATIONS; seed++) {
        size_t length = 0;
        uint8_t *copy = mutate_copy((const uint8_t *)&good_info, sizeof good_info, seed, &length);
        if (kernel_info_parse(copy, length, &info)) {
            kernel_info_find(&info, "kernel.process");
            kernel_info_free(&info);
        }
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_function_by_address_and_name, temporary_file_make,
                                        temporary_file_remove),
        cmocka_unit_test(test_kernel_info),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    const struct CMUnitTest file_tests[] = {
        cmocka_unit_test(test_map_moves_an_app),
        cmocka_unit_test(test_damaged_symbols_never_crash),
    };
    return failed + cmocka_run_group_tests(file_tests, temporary_file_make, temporary_file_remove);
}
