/* What the packer makes of a tiny app, byte for byte; how it refuses a spoilt one; that no input
 * hurts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/pack/pack.h"
#include "tools/pack/tests/tiny_elf.h"

static struct pack_output pack_good(const struct tiny_elf *elf, const struct pack_options *options)
{
    struct pack_output output;
    struct pack_error error = {""};
    bool done = pack_image(elf, sizeof(*elf), "build/abc.elf", options, &output, &error);
    if (!done) {
        fail_msg("%s", error.text);
    }
    return output;
}

static uint32_t word(const uint8_t *bytes, size_t offset)
{
    return (uint32_t)bytes[offset] | (uint32_t)bytes[offset + 1] << 8 |
           (uint32_t)bytes[offset + 2] << 16 | (uint32_t)bytes[offset + 3] << 24;
}

/* Header of 16 + (4 + 20) + (4 + 4) + (4 + 4) = 56 bytes, image of 48 + 12 + 4 + 8 = 72: 128 in
 * all, which needs no padding. RAM: 536 + 100 + 200 = 836. The checksum was computed on paper. */
static void golden_image(void **state)
{
    (void)state;
    static const uint32_t header[14] = {
        0x00380002, 128,        1, 0x0048610E,         /* version 2, 56 bytes; enabled */
        0x00140009, 0x28,       0, 836,        128, 0, /* Program */
        0x00040008, 2,                                 /* KernelVersion 2.0 */
        0x00030003, 0x00636261,                        /* PackageName "abc" */
    };
    struct tiny_elf elf;
    tiny_elf_make(&elf);
    struct pack_output output = pack_good(&elf, &pack_default_options);
    assert_int_equal(output.size, 128);
    for (size_t i = 0; i < 14; i++) {
        assert_int_equal(word(output.bytes, 4 * i), header[i]);
    }
    const uint8_t *image = output.bytes + 56;
    assert_memory_equal(image, elf.start, 40);
    assert_memory_equal(image + 40, elf.text, 8);
    assert_memory_equal(image + 48, elf.got, 4);
    assert_memory_equal(image + 52, elf.data, 8);
    assert_int_equal(word(image, 60), 8);
    assert_int_equal(word(image, 64), 0x204);
    assert_int_equal(word(image, 68), ELF32_R_INFO(TINY_FUNCTION, R_ARM_ABS32));
    assert_string_equal(output.name, "abc");
    assert_int_equal(output.header_bytes, 56);
    assert_int_equal(output.minimum_ram_bytes, 836);
    assert_int_equal(output.stack_bytes, 512);
    pack_output_free(&output);
    pack_output_free(&output);
}

/* ---- A reader of TBF that shares nothing with the writer ---- */

struct parsed {
    uint32_t total, binary_end, ram, entry;
    const uint8_t *name;
    uint32_t name_bytes;
    const uint8_t *permissions;
    uint32_t footer_bytes;
};

static void parse(const uint8_t *tbf, size_t size, struct parsed *p)
{
    memset(p, 0, sizeof(*p));
    uint32_t header_bytes = word(tbf, 0) >> 16;
    p->total = word(tbf, 4);
    assert_int_equal(word(tbf, 0) & 0xFFFF, 2);
    assert_int_equal(p->total, size);
    assert_true(header_bytes % 4 == 0 && header_bytes < size);
    uint32_t sum = 0;
    for (uint32_t at = 0; at < header_bytes; at += 4) {
        sum ^= word(tbf, at);
    }
    assert_int_equal(sum, 0); /* the checksum cancels the rest */

    uint32_t at = 16;
    while (at < header_bytes) {
        uint32_t type = word(tbf, at) & 0xFFFF;
        uint32_t length = word(tbf, at) >> 16;
        const uint8_t *payload = tbf + at + 4;
        switch (type) {
        case 9:
            assert_int_equal(length, 20);
            p->entry = header_bytes + word(payload, 0);
            p->ram = word(payload, 8);
            p->binary_end = word(payload, 12);
            break;
        case 3:
            p->name = payload;
            p->name_bytes = length;
            break;
        case 6:
            p->permissions = payload;
            assert_int_equal(length, 2 + 16 * (payload[0] + 256 * payload[1]));
            break;
        case 8:
            assert_int_equal(length, 4);
            break;
        default:
            fail_msg("unexpected header %u", type);
        }
        at += 4 + (length + 3) / 4 * 4;
    }
    assert_int_equal(at, header_bytes);

    for (at = p->binary_end; at < p->total;) {
        assert_int_equal(word(tbf, at) & 0xFFFF, 128);
        assert_int_equal(word(tbf, at + 4), 0); /* reserved */
        uint32_t length = word(tbf, at) >> 16;
        assert_true(length >= 4 && length % 4 == 0);
        p->footer_bytes += 4 + length;
        at += 4 + length;
    }
    assert_int_equal(at, p->total);
}

/* Names of every length move the end of the binary through all distances from a granule. */
static void padding_is_a_footer(void **state)
{
    (void)state;
    struct tiny_elf elf;
    tiny_elf_make(&elf);
    char name[64] = "";
    bool some = false, none = false;
    for (size_t length = 1; length <= 63; length++) {
        name[length - 1] = 'n';
        struct pack_options options = pack_default_options;
        options.name = name;
        struct pack_output output = pack_good(&elf, &options);
        struct parsed p;
        parse(output.bytes, output.size, &p);
        assert_int_equal(p.name_bytes, length);
        assert_memory_equal(p.name, name, length);
        assert_int_equal(p.total % 32, 0);
        assert_int_equal(p.total - p.binary_end, p.footer_bytes);
        assert_int_not_equal(p.footer_bytes, 4);
        some = some || p.footer_bytes > 0;
        none = none || p.footer_bytes == 0;
        assert_memory_equal(output.bytes + p.entry, elf.text, 8);
        pack_output_free(&output);
    }
    assert_true(some && none);
}

static void granule(void **state)
{
    (void)state;
    assert_int_equal(pack_flash_granule(1), 32);
    assert_int_equal(pack_flash_granule(256), 32);
    assert_int_equal(pack_flash_granule(257), 64);
    assert_int_equal(pack_flash_granule(512), 64);
    assert_int_equal(pack_flash_granule(4096), 512);
    assert_int_equal(pack_flash_granule(4097), 1024);
    assert_int_equal(pack_flash_granule(UINT32_MAX), 0x10000000);
}

static void options_are_obeyed(void **state)
{
    (void)state;
    struct tiny_elf elf;
    tiny_elf_make(&elf);
    static const struct pack_permission permissions[2] = {{1, 0, 0x7},
                                                          {0x40001, 2, UINT64_C(1) << 63}};
    struct pack_options options = {
        .name = "other",
        .app_heap_bytes = 0,
        .kernel_heap_bytes = 64,
        .ram_limit_bytes = 600,
        .permissions = permissions,
        .permission_count = 2,
    };
    struct pack_output output = pack_good(&elf, &options);
    struct parsed p;
    parse(output.bytes, output.size, &p);
    assert_int_equal(p.ram, 600);
    assert_memory_equal(p.name, "other", 5);
    assert_non_null(p.permissions);
    static const uint8_t wanted[34] = {2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0,
                                       0, 1, 0, 4, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80};
    assert_memory_equal(p.permissions, wanted, sizeof(wanted));
    pack_output_free(&output);

    /* Without the symbols: 1024 each. */
    elf.symbols[TINY_APP_HEAP].st_name = elf.symbols[TINY_KERNEL_HEAP].st_name = 0;
    output = pack_good(&elf, &pack_default_options);
    assert_int_equal(output.minimum_ram_bytes, 536 + 2048);
    pack_output_free(&output);
}

static void relocations_of_data(void **state)
{
    (void)state;
    struct tiny_elf elf;
    tiny_elf_make(&elf);
    /* A weak symbol that is missing stays zero, and an absolute one what it is. */
    elf.rel_data[0].r_info = ELF32_R_INFO(TINY_MISSING, R_ARM_ABS32);
    struct pack_output output = pack_good(&elf, &pack_default_options);
    assert_int_equal(word(output.bytes, 56 + 60), 0);
    pack_output_free(&output);
    elf.rel_data[0].r_info = ELF32_R_INFO(TINY_APP_HEAP, R_ARM_ABS32);
    output = pack_good(&elf, &pack_default_options);
    assert_int_equal(word(output.bytes, 56 + 60), 0);
    pack_output_free(&output);
    /* Constructors' relocation type, and a pointer to RAM. */
    elf.rel_data[0].r_info = ELF32_R_INFO(TINY_VARIABLE, R_ARM_TARGET1);
    output = pack_good(&elf, &pack_default_options);
    assert_int_equal(word(output.bytes, 56 + 60), 8);
    pack_output_free(&output);
}

static void apps_are_told_from_firmware(void **state)
{
    (void)state;
    struct tiny_elf elf;
    tiny_elf_make(&elf);
    assert_true(pack_is_app(&elf, sizeof(elf)));
    assert_false(pack_is_app(&elf, 51));
    elf.header.e_entry = 0x101;
    assert_false(pack_is_app(&elf, sizeof(elf)));
    assert_false(pack_is_app("hello", 5));
}

/* ---- Refusals ---- */

/* Refused, and the line says both words. */
static void assert_refused(const void *elf, size_t size, const struct pack_options *options,
                           const char *word1, const char *word2)
{
    struct pack_output output;
    struct pack_error error = {""};
    bool done = pack_image(elf, size, "dir/bad.elf", options, &output, &error);
    if (done) {
        pack_output_free(&output);
        fail_msg("accepted, although it should say '%s' '%s'", word1, word2);
    }
    assert_null(output.bytes);
    assert_int_equal(strncmp(error.text, "dir/bad.elf: ", 13), 0);
    if (strstr(error.text, word1) == NULL || strstr(error.text, word2) == NULL) {
        fail_msg("'%s' and '%s' wanted in: %s", word1, word2, error.text);
    }
}

static void refuse(const struct tiny_elf *elf, const char *word1, const char *word2)
{
    assert_refused(elf, sizeof(*elf), &pack_default_options, word1, word2);
}

static void refuses_other_files(void **state)
{
    (void)state;
    struct tiny_elf elf;
    const struct pack_options *o = &pack_default_options;
    assert_refused("", 0, o, "not an ELF", "");
    assert_refused("#!/bin/sh\n", 10, o, "not an ELF", "");
    tiny_elf_make(&elf);
    elf.header.e_ident[EI_CLASS] = ELFCLASS64;
    refuse(&elf, "64-bit", "arm-none-eabi-gcc");
    tiny_elf_make(&elf);
    elf.header.e_machine = EM_386;
    refuse(&elf, "machine 3,", "ARM is 40");
    tiny_elf_make(&elf);
    elf.header.e_type = ET_REL;
    refuse(&elf, "not a linked program", "link it");
    tiny_elf_make(&elf);
    elf.header.e_entry = 0x101;
    refuse(&elf, "entry point 0x00000101", "_start");

    struct pack_output output;
    struct pack_error error;
    assert_false(pack_file("/no/such/file.elf", o, &output, &error));
    assert_string_equal(error.text, "/no/such/file.elf: No such file or directory");
    assert_false(pack_file("/", o, &output, &error));
}

static void refuses_what_cannot_run(void **state)
{
    (void)state;
    struct tiny_elf elf;
    tiny_elf_make(&elf);
    elf.sections[TINY_TEXT].sh_size = 0;
    refuse(&elf, "no .text", "main()");
    tiny_elf_make(&elf);
    elf.sections[TINY_REL_TEXT].sh_type = elf.sections[TINY_REL_DATA].sh_type = SHT_PROGBITS;
    refuse(&elf, "no relocations", "--emit-relocs");
    tiny_elf_make(&elf);
    elf.segments[0].p_vaddr = elf.segments[0].p_paddr = 0x10000;
    elf.sections[TINY_START].sh_addr = 0x10000;
    elf.sections[TINY_TEXT].sh_addr = 0x10028;
    refuse(&elf, "0x00010000", "app.ld");
    tiny_elf_make(&elf);
    elf.start[8] = 56;
    refuse(&elf, "crt0 header", "app.ld");
    tiny_elf_make(&elf);
    elf.start[2] = 0xFFFFFFFF;
    refuse(&elf, "crt0 header", "app.ld");
    tiny_elf_make(&elf);
    elf.sections[TINY_BSS].sh_size = 0x7FFFFFFF;
    refuse(&elf, ".bss", "RAM");
}

static void refuses_what_is_too_large(void **state)
{
    (void)state;
    struct tiny_elf elf;
    tiny_elf_make(&elf);
    struct pack_options options = pack_default_options;
    options.ram_limit_bytes = 835;
    assert_refused(&elf, sizeof(elf), &options, "836 bytes of RAM", "has 835");
    options.ram_limit_bytes = 0;
    options.flash_limit_bytes = 127;
    assert_refused(&elf, sizeof(elf), &options, "bytes of flash", "has 127");
    options = pack_default_options;
    options.app_heap_bytes = options.kernel_heap_bytes = 0xFFFFFFF0;
    assert_refused(&elf, sizeof(elf), &options, "bytes of RAM", "");
    options = pack_default_options;
    options.name = "";
    assert_refused(&elf, sizeof(elf), &options, "name", "not 0");
}

/* Every way not to be position-independent, with the symbol's name. */
static void refuses_code_that_cannot_move(void **state)
{
    (void)state;
    static const struct {
        enum tiny_symbol symbol;
        uint8_t type;
        const char *name, *why;
    } cases[] = {
        {TINY_VARIABLE, R_ARM_ABS32, "variable", "absolute"},
        {TINY_FUNCTION, R_ARM_ABS32, "function", "absolute"},
        {TINY_FUNCTION, R_ARM_TARGET1, "function", "absolute"},
        {TINY_VARIABLE, R_ARM_THM_MOVW_ABS_NC, "variable", "absolute"},
        {TINY_VARIABLE, R_ARM_REL32, "variable", "between flash and RAM"},
        {TINY_VARIABLE, R_ARM_GOT_PREL, "variable", "table entry"},
        {TINY_FUNCTION, R_ARM_GOTOFF, "function", "offset table"},
        {TINY_VARIABLE, R_ARM_TLS_LE32, "variable", "type 108"},
    };
    struct tiny_elf elf;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tiny_elf_make(&elf);
        elf.rel_text[0].r_info = ELF32_R_INFO(cases[i].symbol, cases[i].type);
        refuse(&elf, cases[i].name, cases[i].why);
    }
    tiny_elf_make(&elf);
    elf.rel_data[0].r_info = ELF32_R_INFO(TINY_FUNCTION, R_ARM_ABS16);
    refuse(&elf, ".data", "function");
    tiny_elf_make(&elf);
    elf.rel_data[0].r_info = ELF32_R_INFO(TINY_FUNCTION, R_ARM_REL32);
    refuse(&elf, ".data", "function");
    /* And what is right although it looks alike. */
    static const uint8_t fine[] = {R_ARM_GOT32, R_ARM_NONE, R_ARM_V4BX, R_ARM_THM_JUMP24};
    for (size_t i = 0; i < sizeof(fine); i++) {
        tiny_elf_make(&elf);
        elf.rel_text[0].r_info = ELF32_R_INFO(TINY_FUNCTION, fine[i]);
        struct pack_output output = pack_good(&elf, &pack_default_options);
        pack_output_free(&output);
    }
}

static void names_in_messages_are_printable(void **state)
{
    (void)state;
    struct tiny_elf elf;
    tiny_elf_make(&elf);
    elf.rel_text[0].r_info = ELF32_R_INFO(TINY_VARIABLE, R_ARM_ABS32);
    memcpy(elf.strings + elf.symbols[TINY_VARIABLE].st_name, "\x1b[2J\n\xff", 6);
    refuse(&elf, "?[2J??", "");
}

/* ---- Any input ---- */

static uint64_t random_state = 0x9E3779B97F4A7C15u;

static uint32_t random_u32(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16);
}

/* In a block of exactly its size, so that the sanitizer sees the first byte too many. Whatever is
 * accepted must be a sound TBF. */
static void survive(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    struct pack_output output;
    struct pack_error error = {""};
    if (pack_image(copy, size, "fuzz.elf", &pack_default_options, &output, &error)) {
        struct parsed p;
        parse(output.bytes, output.size, &p);
        assert_true(p.entry < p.total);
        pack_output_free(&output);
    } else {
        assert_true(error.text[0] != '\0');
        assert_null(strchr(error.text, '\n'));
    }
    free(copy);
}

static void survives_truncation(void **state)
{
    (void)state;
    struct tiny_elf elf;
    tiny_elf_make(&elf);
    for (size_t size = 0; size < sizeof(elf); size++) {
        survive((const uint8_t *)&elf, size);
    }
}

static void survives_mutation(void **state)
{
    (void)state;
    static const uint32_t nasty[] = {0,          1,          3,          0x7F,       0x80,
                                     0xFFFF,     0x10000,    0x7FFFFFFF, 0x80000000, 0x80000030,
                                     0xFFFFFFF0, 0xFFFFFFFC, 0xFFFFFFFF};
    struct tiny_elf good;
    tiny_elf_make(&good);
    for (unsigned round = 0; round < 60000; round++) {
        uint8_t bytes[sizeof(good)];
        memcpy(bytes, &good, sizeof(bytes));
        unsigned changes = 1 + random_u32() % 4;
        for (unsigned i = 0; i < changes; i++) {
            size_t at = random_u32() % sizeof(bytes);
            if (random_u32() % 2 == 0) {
                bytes[at] = (uint8_t)random_u32();
            } else {
                uint32_t value = nasty[random_u32() % (sizeof(nasty) / sizeof(nasty[0]))];
                memcpy(bytes + (at & ~(size_t)3), &value, 4);
            }
        }
        survive(bytes, sizeof(bytes));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_image),
        cmocka_unit_test(padding_is_a_footer),
        cmocka_unit_test(granule),
        cmocka_unit_test(options_are_obeyed),
        cmocka_unit_test(relocations_of_data),
        cmocka_unit_test(apps_are_told_from_firmware),
        cmocka_unit_test(refuses_other_files),
        cmocka_unit_test(refuses_what_cannot_run),
        cmocka_unit_test(refuses_what_is_too_large),
        cmocka_unit_test(refuses_code_that_cannot_move),
        cmocka_unit_test(names_in_messages_are_printable),
        cmocka_unit_test(survives_truncation),
        cmocka_unit_test(survives_mutation),
    };
    return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
