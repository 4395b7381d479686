/* TBF files: what they say, what is refused, where they are placed. */
#include "sim/loader/tbf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/tbf.h"
#include "sim/loader/tests/mutate.h"

#define MUTATIONS   20000U
#define TOTAL_BYTES 512U

/* Main and Program say different things: Program counts. */
struct sample {
    struct tbf_header header;
    struct tbf_tlv main_tlv;
    struct tbf_main main;
    struct tbf_tlv program_tlv;
    struct tbf_program program;
    struct tbf_tlv name_tlv;
    char name[8]; /* 5 count */
    unsigned char rest[TOTAL_BYTES];
};

static void set_checksum(struct sample *sample)
{
    uint32_t sum = 0;
    sample->header.checksum = 0;
    for (uint32_t i = 0; i < sample->header.header_size / 4U; i++) {
        uint32_t word;
        memcpy(&word, (const uint8_t *)sample + 4 * i, 4);
        sum ^= word;
    }
    sample->header.checksum = sum;
}

static void make_sample(struct sample *sample)
{
    *sample = (struct sample){
        .header = {.version = 2,
                   .header_size = offsetof(struct sample, rest),
                   .total_size = TOTAL_BYTES,
                   .flags = TBF_FLAG_ENABLED},
        .main_tlv = {TBF_TYPE_MAIN, sizeof(struct tbf_main)},
        .main = {.init_offset = 1, .minimum_ram_size = 1},
        .program_tlv = {TBF_TYPE_PROGRAM, sizeof(struct tbf_program)},
        .program = {.init_offset = 41, .minimum_ram_size = 3000, .binary_end_offset = 400},
        .name_tlv = {TBF_TYPE_PACKAGE_NAME, 5},
        .name = "blink"};
    set_checksum(sample);
}

static bool parse(const struct sample *sample, size_t size, struct tbf_info *info,
                  struct sim_error *error)
{
    *error = (struct sim_error){.status = SIM_OK};
    return tbf_parse("x.tbf", (const uint8_t *)sample, size, info, error);
}

static void test_parse(void **state)
{
    (void)state;
    struct sample sample;
    struct tbf_info info;
    struct sim_error error;
    make_sample(&sample);
    assert_true(parse(&sample, TOTAL_BYTES, &info, &error));
    assert_string_equal(info.name, "blink");
    assert_int_equal(info.total_bytes, TOTAL_BYTES);
    assert_int_equal(info.entry_offset, offsetof(struct sample, rest) + 41);
    assert_int_equal(info.app_offset, offsetof(struct sample, rest));
    assert_int_equal(info.minimum_ram_bytes, 3000);
    assert_int_equal(info.binary_end, 400);
    assert_int_equal(info.fixed_flash, TBF_ADDRESS_ANY);
    assert_false(info.padding);
}

static void refuses(struct sample *sample, size_t size, const char *why)
{
    struct tbf_info info;
    struct sim_error error;
    set_checksum(sample);
    assert_false(parse(sample, size, &info, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_non_null(strstr(error.text, why));
    make_sample(sample);
}

static void test_refusals(void **state)
{
    (void)state;
    struct sample sample;
    struct tbf_info info;
    struct sim_error error;
    make_sample(&sample);
    refuses(&sample, 10, "truncated");
    refuses(&sample, TOTAL_BYTES - 4, "truncated");
    sample.header.version = 3;
    refuses(&sample, TOTAL_BYTES, "version 2");
    sample.header.total_size = 20;
    refuses(&sample, TOTAL_BYTES, "damaged");
    sample.header.total_size = TOTAL_BYTES - 2;
    refuses(&sample, TOTAL_BYTES, "multiple of 4");
    sample.name_tlv.length = 2000;
    refuses(&sample, TOTAL_BYTES, "past the header");
    sample.program.init_offset = 100000;
    refuses(&sample, TOTAL_BYTES, "entry point");
    sample.main_tlv.type = 100;
    sample.program_tlv.type = 101;
    refuses(&sample, TOTAL_BYTES, "nothing to run");
    sample.header.checksum ^= 1;
    assert_false(parse(&sample, TOTAL_BYTES, &info, &error));
    assert_non_null(strstr(error.text, "checksum"));
}

static void test_name_is_made_printable(void **state)
{
    (void)state;
    struct sample sample;
    struct tbf_info info;
    struct sim_error error;
    make_sample(&sample);
    sample.name[1] = '\033';
    set_checksum(&sample);
    assert_true(parse(&sample, TOTAL_BYTES, &info, &error));
    assert_string_equal(info.name, "b?ink");
}

static struct tbf_app make_app(const char *path, uint32_t total)
{
    return (struct tbf_app){.path = path,
                            .info = {.total_bytes = total, .fixed_flash = TBF_ADDRESS_ANY}};
}

static void test_place_aligned_largest_first(void **state)
{
    (void)state;
    struct sim_error error = {.status = SIM_OK};
    struct tbf_app apps[] = {make_app("a", 1024), make_app("b", 5120), make_app("c", 4096),
                             make_app("d", 1024)};
    assert_true(tbf_place(apps, 4, 0x30000, 0x50000, &error));
    static const char *const order[] = {"b", "c", "a", "d"};
    static const uint32_t addresses[] = {0x30000, 0x32000, 0x33000, 0x33400};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(apps[i].path, order[i]);
        assert_int_equal(apps[i].address, addresses[i]);
    }
}

static void test_place_refuses_what_does_not_fit(void **state)
{
    (void)state;
    struct sim_error error = {.status = SIM_OK};
    struct tbf_app apps[] = {make_app("big", 0x40000), make_app("other", 0x20000)};
    assert_false(tbf_place(apps, 2, 0x30000, 0x50000, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_non_null(strstr(error.text, "does not fit"));
}

static void test_padding_is_a_padding_app(void **state)
{
    (void)state;
    uint8_t hole[64] = {0};
    struct tbf_info info;
    struct sim_error error = {.status = SIM_OK};
    tbf_write_padding(hole, sizeof hole);
    assert_true(tbf_parse("hole", hole, sizeof hole, &info, &error));
    assert_true(info.padding);
    assert_int_equal(info.total_bytes, sizeof hole);
}

static void test_damage_never_crashes(void **state)
{
    (void)state;
    struct sample sample;
    make_sample(&sample);
    for (uint32_t seed = 0; seed < MUTATIONS; seed++) {
        size_t length = 0;
        struct tbf_info info;
        struct sim_error error = {.status = SIM_OK};
        uint8_t *copy = mutate_copy((const uint8_t *)&sample, TOTAL_BYTES, seed, &length);
        if (seed % 2 == 0 && length >= sizeof(struct tbf_header)) {
            /* Repair the checksum, so that damage behind it is reached. */
            struct tbf_header header;
            memcpy(&header, copy, sizeof header);
            uint32_t sum = 0;
            for (uint32_t i = 0; i < header.header_size / 4U && 4 * i + 4 <= length; i++) {
                uint32_t word;
                memcpy(&word, copy + 4 * i, 4);
                sum ^= i == 3 ? 0 : word;
            }
            memcpy(copy + 12, &sum, 4);
        }
        if (tbf_parse("x", copy, length, &info, &error)) {
            assert_true(info.total_bytes <= length);
            assert_true(info.padding || info.entry_offset < info.total_bytes);
            assert_true(info.app_offset <= info.total_bytes);
        } else {
            assert_int_equal(error.status, SIM_WRONG_USE);
        }
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_name_is_made_printable),
        cmocka_unit_test(test_place_aligned_largest_first),
        cmocka_unit_test(test_place_refuses_what_does_not_fit),
        cmocka_unit_test(test_padding_is_a_padding_app),
        cmocka_unit_test(test_damage_never_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
