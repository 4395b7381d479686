/* Bundles: what the packer writes, and archives by hand. System tests have those of tar itself. */
#include "sim/loader/tab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/pack/tab.h"

static uint8_t archive[16384];
static size_t used;

static void seal(uint8_t *header)
{
    unsigned sum = 0;
    memset(header + 148, ' ', 8);
    for (size_t i = 0; i < 512; i++) {
        sum += header[i];
    }
    snprintf((char *)header + 148, 8, "%06o", sum);
}

static void add(const char *name, char type, const char *content)
{
    uint8_t *header = archive + used;
    memset(header, 0, 512);
    memcpy(header, name, strlen(name));
    snprintf((char *)header + 124, 12, "%011o", (unsigned)strlen(content));
    header[156] = (uint8_t)type;
    seal(header);
    memset(header + 512, 0, 512);
    memcpy(header + 512, content, strlen(content));
    used += strlen(content) == 0 ? 512 : 1024;
}

/* Of a copy that ends where memory ends. */
static bool find(const uint8_t *bytes, size_t size, char *content, struct sim_error *error)
{
    const uint8_t *tbf = NULL;
    size_t length = 0;
    uint8_t *copy = malloc(size + (size == 0));
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    *error = (struct sim_error){0};
    bool found = tab_find("x.tab", copy, size, &tbf, &length, error);
    if (found) {
        assert_true(tbf >= copy && length <= (size_t)(copy + size - tbf));
        size_t shown = length < 40 ? length : 40;
        memcpy(content, tbf, shown);
        content[shown] = '\0';
    }
    free(copy);
    return found;
}

static const char *found_in(void)
{
    static char content[41];
    static struct sim_error error;
    return find(archive, used, content, &error) ? content : error.text;
}

static int setup(void **state)
{
    (void)state;
    memset(archive, 0, sizeof archive);
    used = 0;
    return 0;
}

static void test_which(void **state)
{
    (void)state;
    add("metadata.toml", '0', "tab-version = 1");
    assert_non_null(strstr(found_in(), "has no cortex-m4.tbf"));
    add("cortex-m0.tbf", '0', "m0");
    assert_string_equal(found_in(), "m0");
    add("cortex-m7.tbf", '0', "m7");
    add("rv32imac.tbf", '0', "risc");
    add("cortex-m3.tbf", '\0', "m3");
    assert_string_equal(found_in(), "m3");
    add("cortex-m4.0x00030000.0x20004000.tbf", '0', "fixed");
    add("cortex-m4.0x00038000.0x20008000.tbf", '0', "fixed elsewhere");
    assert_string_equal(found_in(), "fixed");
    add("cortex-m4.tbf", '5', "");
    assert_string_equal(found_in(), "fixed");
    add("./cortex-m4.tbf", '0', "m4");
    add("cortex-m4.tbf", '0', "second");
    assert_string_equal(found_in(), "m4");
}

static void test_damaged(void **state)
{
    (void)state;
    add("cortex-m4.tbf", '0', "m4");
    size_t whole = used;
    archive[3] ^= 1;
    assert_non_null(strstr(found_in(), "no tar archive"));
    archive[3] ^= 1;
    for (used = 0; used < 512; used++) {
        assert_non_null(strstr(found_in(), "has no cortex-m4.tbf"));
    }
    used = 513;
    assert_non_null(strstr(found_in(), "truncated"));
    used = whole;
    memcpy(archive + 124, "77777777777", 12);
    seal(archive);
    assert_non_null(strstr(found_in(), "truncated"));
    archive[124] = 0x80; /* a size in base 256 */
    seal(archive);
    assert_non_null(strstr(found_in(), "no tar archive"));
}

/* Whatever the bytes. */
static void test_mutations(void **state)
{
    (void)state;
    add("metadata.toml", '0', "x");
    add("cortex-m4.tbf", '0', "m4");
    uint32_t random = 1;
    for (uint32_t i = 0; i < 20000; i++) {
        uint8_t bytes[2048];
        char content[41];
        struct sim_error error;
        memcpy(bytes, archive, sizeof bytes);
        for (uint32_t k = 0; k < 3; k++) {
            random = random * 1664525u + 1013904223u;
            bytes[(random >> 8) % 1200] = (uint8_t)(random >> 24);
        }
        seal(bytes);
        seal(bytes + 1024);
        (void)find(bytes, sizeof bytes - i % 700, content, &error);
    }
}

static void test_the_packers(void **state)
{
    (void)state;
    uint8_t app_bytes[] = "the app";
    struct pack_output app = {.bytes = app_bytes, .size = sizeof app_bytes, .name = "na\"me"};
    uint8_t *bytes = NULL;
    size_t size = 0;
    struct pack_error trouble;
    assert_true(tab_write(&app, "x", &bytes, &size, &trouble));
    assert_int_equal(size % 512, 0);
    char content[41];
    struct sim_error error;
    assert_true(find(bytes, size, content, &error));
    assert_string_equal(content, "the app");
    assert_non_null(strstr((char *)bytes + 512, "tab-version = 1\nname = \"na_me\"\n"));
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_which, setup),
        cmocka_unit_test_setup(test_damaged, setup),
        cmocka_unit_test_setup(test_mutations, setup),
        cmocka_unit_test(test_the_packers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
