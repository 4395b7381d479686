#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/core/tbf.h"

/* A TBF as an independent reader of the format would write it down, byte by byte. */
static const uint8_t golden[128] = {
    2,   0, 80, 0, 128,  0,    0,    0,    1,   0, 0, 0,
    0,   0, 0,  0, /* base; checksum later */
    9,   0, 20, 0, 8,    0,    0,    0,    4,   0, 0, 0,
    0,   8, 0,  0,                                       /* Program: init 8, trailer 4, */
    120, 0, 0,  0, 1,    0,    0,    0,                  /* RAM 2048, end 120 */
    8,   0, 4,  0, 2,    0,    0,    0,                  /* kernel 2.0 */
    3,   0, 5,  0, 'b',  'l',  'i',  'n',  'k', 0, 0, 0, /* name */
    10,  0, 4,  0, 0x78, 0x56, 0x34, 0x12,               /* short id */
    2,   0, 8,  0, 64,   0,    0,    0,    32,  0, 0, 0, /* writeable flash */
};

static void set_checksum(uint8_t *image)
{
    uint32_t sum = 0;
    memset(image + 12, 0, 4);
    uint32_t header_size = (uint32_t)(image[2] | image[3] << 8);
    for (uint32_t i = 0; i + 4 <= header_size && i + 4 <= sizeof(golden); i += 4) {
        sum ^= (uint32_t)image[i] | (uint32_t)image[i + 1] << 8 | (uint32_t)image[i + 2] << 16 |
               (uint32_t)image[i + 3] << 24;
    }
    memcpy(image + 12, &sum, 4);
}

/* Parses a copy that ends exactly where memory ends, so that ASan sees any byte too far. */
static enum tbf_result parse(const uint8_t *image, uint32_t available, struct tbf_app *app)
{
    uint8_t *copy = malloc(available != 0 ? available : 1);
    assert_non_null(copy);
    memcpy(copy, image, available);
    enum tbf_result result = tbf_parse(copy, available, app);
    free(copy);
    return result;
}

static void good_image(uint8_t image[sizeof(golden)])
{
    memcpy(image, golden, sizeof(golden));
    set_checksum(image);
}

static void test_golden(void **state)
{
    (void)state;
    uint8_t image[sizeof(golden)];
    good_image(image);
    struct tbf_app app;
    assert_int_equal(parse(image, sizeof(image), &app), TBF_APP);
    assert_int_equal(app.total_size, 128);
    assert_int_equal(app.entry, 88);
    assert_int_equal(app.binary, 84);
    assert_int_equal(app.minimum_ram, 2048);
    assert_true(app.has_program);
    assert_int_equal(app.binary_end, 120);
    assert_int_equal(app.program_version, 1);
    assert_int_equal(app.short_id, 0x12345678);
    assert_int_equal(app.name_length, 5);
    assert_memory_equal(image + app.name, "blink", 5);
    assert_int_equal(app.writeable_count, 1);
    assert_int_equal(image[app.writeable], 64);
    assert_int_equal(app.fixed_ram, 0xFFFFFFFF);
    assert_int_equal(app.fixed_flash, 0xFFFFFFFF);
    assert_false(app.has_permissions);
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        uint32_t offset;
        uint8_t value;
        enum tbf_result result;
        bool keep_checksum;
    } rows[] = {
        {0, 1, TBF_END, false},               /* another version */
        {5, 1, TBF_BAD_TOTAL_SIZE, false},    /* longer than what is there */
        {4, 126, TBF_BAD_TOTAL_SIZE, false},  /* not a multiple of 4 */
        {4, 8, TBF_BAD_TOTAL_SIZE, false},    /* shorter than a base header */
        {2, 12, TBF_BAD_HEADER_SIZE, false},  /* too short */
        {2, 132, TBF_BAD_HEADER_SIZE, false}, /* longer than the image */
        {2, 74, TBF_BAD_HEADER_SIZE, false},  /* not a multiple of 4 */
        {20, 9, TBF_BAD_CHECKSUM, true},
        {8, 0, TBF_DISABLED, false},
        {2, 16, TBF_PADDING, false},
        {18, 16, TBF_BAD_TLV, false},     /* Program too short */
        {18, 90, TBF_BAD_TLV, false},     /* longer than the header */
        {42, 2, TBF_BAD_TLV, false},      /* kernel version too short */
        {16, 77, TBF_NO_PROGRAM, false},  /* an unknown TLV instead */
        {20, 44, TBF_BAD_ENTRY, false},   /* entry at the binary's end */
        {20, 2, TBF_BAD_ENTRY, false},    /* entry inside the trailer */
        {27, 0x80, TBF_BAD_ENTRY, false}, /* trailer of 2 GB */
        {32, 132, TBF_BAD_ENTRY, false},  /* binary ends behind the image */
        {32, 70, TBF_BAD_ENTRY, false},   /* or inside the header */
        {40, 78, TBF_NO_KERNEL_VERSION, false},
        {44, 3, TBF_WRONG_KERNEL_VERSION, false},
        {46, 99, TBF_WRONG_KERNEL_VERSION, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t image[sizeof(golden)];
        good_image(image);
        image[rows[i].offset] = rows[i].value;
        if (!rows[i].keep_checksum) {
            set_checksum(image);
        }
        struct tbf_app app;
        enum tbf_result result = parse(image, sizeof(image), &app);
        if (result != rows[i].result) {
            fail_msg("row %zu: %d instead of %d", i, (int)result, (int)rows[i].result);
        }
    }
}

static void test_erased_flash_and_short_rests(void **state)
{
    (void)state;
    uint8_t image[sizeof(golden)];
    memset(image, 0xFF, sizeof(image));
    struct tbf_app app;
    for (uint32_t available = 0; available <= sizeof(image); available++) {
        assert_int_equal(parse(image, available, &app), TBF_END);
    }
    good_image(image);
    for (uint32_t available = 0; available < sizeof(image); available++) {
        assert_int_equal(parse(image, available, &app),
                         available < 16 ? TBF_END : TBF_BAD_TOTAL_SIZE);
    }
}

/* How long the kernel reads in the lists of a header is bounded by the header. */
static void test_header_is_bounded(void **state)
{
    (void)state;
    static const struct {
        uint32_t header_size;
        enum tbf_result result;
    } rows[] = {
        {4096, TBF_BAD_CHECKSUM},
        {4100, TBF_BAD_HEADER_SIZE},
        {0xFFFC, TBF_BAD_HEADER_SIZE},
    };
    static uint8_t image[0x10000];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(image, 0, sizeof(image));
        good_image(image);
        image[2] = (uint8_t)rows[i].header_size;
        image[3] = (uint8_t)(rows[i].header_size >> 8);
        image[4] = 0;
        image[6] = 1; /* 64 kB */
        struct tbf_app app;
        assert_int_equal(parse(image, sizeof(image), &app), rows[i].result);
    }
}

static void test_main_and_program(void **state)
{
    (void)state;
    /* Main before Program: Program counts. */
    uint8_t image[sizeof(golden)] = {
        2, 0, 64, 0, 128, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, /* base */
        1, 0, 12, 0, 0,   0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, /* Main: RAM 1 */
        9, 0, 20, 0, 4,   0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 0, /* RAM 2 */
        8, 0, 4,  0, 2,   0, 0, 0,
    };
    struct tbf_app app;
    set_checksum(image);
    assert_int_equal(parse(image, sizeof(image), &app), TBF_APP);
    assert_int_equal(app.minimum_ram, 2);
    assert_int_equal(app.entry, 68);
    image[32] = 77; /* Main alone */
    set_checksum(image);
    assert_int_equal(parse(image, sizeof(image), &app), TBF_APP);
    assert_int_equal(app.minimum_ram, 1);
    assert_int_equal(app.entry, 64);
}

static void test_of_two_programs_the_first_counts(void **state)
{
    (void)state;
    uint8_t image[128] = {
        2, 0, 72, 0, 128, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,                           /* base */
        9, 0, 20, 0, 4,   0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 120, 0, 0, 0, 7, 0, 0, 0, /* RAM 2 */
        9, 0, 20, 0, 0,   0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 128, 0, 0, 0, 8, 0, 0, 0, /* RAM 1 */
        8, 0, 4,  0, 2,   0, 0, 0,
    };
    struct tbf_app app;
    set_checksum(image);
    assert_int_equal(parse(image, sizeof(image), &app), TBF_APP);
    assert_int_equal(app.minimum_ram, 2);
    assert_int_equal(app.entry, 76);
    assert_int_equal(app.binary_end, 120);
    assert_int_equal(app.program_version, 7);
}

static void test_permissions(void **state)
{
    (void)state;
    uint8_t image[sizeof(golden)] = {
        2, 0, 80, 0, 128, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,    /* base */
        1, 0, 12, 0, 0,   0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,    /* Main */
        8, 0, 4,  0, 2,   0, 0, 0,                            /* kernel */
        6, 0, 34, 0, 2,   0,                                  /* two records: */
        1, 0, 0,  0, 0,   0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0x80, /* driver 1: 0, 1, 63 */
        1, 0, 0,  0, 1,   0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,    /* and 64 */
    };
    struct tbf_app app;
    set_checksum(image);
    assert_int_equal(parse(image, sizeof(image), &app), TBF_APP);
    assert_true(app.has_permissions);
    static const uint32_t allowed[] = {0, 1, 63, 64};
    for (uint32_t command = 0, next = 0; command < 200; command++) {
        bool expected = next < 4 && command == allowed[next];
        next += expected ? 1 : 0;
        assert_int_equal(tbf_permits_command(image, &app, 1, command), expected);
        assert_false(tbf_permits_command(image, &app, 2, command));
    }
    assert_true(tbf_permits_driver(image, &app, 1));
    assert_false(tbf_permits_driver(image, &app, 0));
    image[44] = 3; /* a third record that is not there */
    set_checksum(image);
    assert_int_equal(parse(image, sizeof(image), &app), TBF_BAD_TLV);
    app.has_permissions = false;
    assert_true(tbf_permits_command(image, &app, 5, 5));
}

static void test_storage_permissions(void **state)
{
    (void)state;
    uint8_t image[sizeof(golden)] = {
        2, 0, 72, 0, 128,  0,    0,    0,    1, 0, 0, 0, 0, 0, 0, 0, /* base */
        1, 0, 12, 0, 0,    0,    0,    0,    0, 0, 0, 0, 1, 0, 0, 0, /* Main */
        8, 0, 4,  0, 2,    0,    0,    0,                            /* kernel */
        7, 0, 24, 0, 0x78, 0x56, 0x34, 0x12,                         /* writes 0x12345678, */
        2, 0, 9,  0, 0,    0,    8,    0,    0, 0, 2, 0, 7, 0, 0, 0, /* reads 9 and 8, */
        6, 0, 0,  0,                                                 /* modifies 7 and 6 */
    };
    struct tbf_app app;
    image[42] = 26;
    image[2] = 72;
    set_checksum(image);
    assert_int_equal(parse(image, sizeof(image), &app), TBF_APP);
    assert_int_equal(app.storage, 44);
    assert_int_equal(tbf_storage_write_id(image, &app), 0x12345678);
    for (uint32_t id = 0; id < 16; id++) {
        assert_int_equal(tbf_storage_lists(image, &app, false, id), id == 8 || id == 9);
        assert_int_equal(tbf_storage_lists(image, &app, true, id), id == 6 || id == 7);
    }
    /* Every length that is too short for what it says. */
    for (uint8_t length = 0; length < 24; length++) {
        image[42] = length;
        image[2] = (uint8_t)(44 + (length + 3) / 4 * 4);
        set_checksum(image);
        assert_int_equal(parse(image, sizeof(image), &app), TBF_BAD_TLV);
    }
    image[42] = 24;
    image[2] = 68;
    set_checksum(image);
    assert_int_equal(parse(image, sizeof(image), &app), TBF_APP);
    image[48] = 0xFF; /* more read identifiers than there are bytes */
    set_checksum(image);
    assert_int_equal(parse(image, sizeof(image), &app), TBF_BAD_TLV);
}

/* Whatever the bytes: no access outside (ASan), and nothing handed out that lies outside. */
static void test_mutations(void **state)
{
    (void)state;
    uint32_t random = 1;
    uint32_t results[16] = {0};
    for (uint32_t i = 0; i < 200000; i++) {
        uint8_t image[sizeof(golden)];
        good_image(image);
        uint32_t changes = 1 + i % 4;
        for (uint32_t k = 0; k < changes; k++) {
            random = random * 1664525u + 1013904223u;
            image[(random >> 16) % 80] = (uint8_t)(random >> 8);
        }
        if (i % 8 != 0) {
            set_checksum(image);
        }
        random = random * 1664525u + 1013904223u;
        uint32_t available = i % 16 == 0 ? (random >> 16) % sizeof(image) : sizeof(image);
        struct tbf_app app;
        enum tbf_result result = parse(image, available, &app);
        results[result]++;
        if (tbf_is_end(result)) {
            continue;
        }
        assert_true(app.total_size >= 16 && app.total_size <= available);
        if (result == TBF_APP) {
            assert_true(app.entry < app.total_size && app.entry >= app.binary);
            assert_true((uint32_t)app.name + app.name_length <= app.binary);
            assert_true(app.writeable + app.writeable_count * 8u <= app.binary);
            assert_true(app.permissions + app.permission_count * 16u <= app.binary);
        }
    }
    for (uint32_t result = TBF_APP; result <= TBF_WRONG_KERNEL_VERSION; result++) {
        assert_true(results[result] > 0); /* the mutations reach every verdict */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_erased_flash_and_short_rests),
        cmocka_unit_test(test_header_is_bounded),
        cmocka_unit_test(test_main_and_program),
        cmocka_unit_test(test_of_two_programs_the_first_counts),
        cmocka_unit_test(test_permissions),
        cmocka_unit_test(test_storage_permissions),
        cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
