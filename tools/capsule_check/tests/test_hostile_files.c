/*
 * Object files and kernels that a stranger has tampered with: whatever is in them, the checks end,
 * and under the sanitizers they touch nothing that is not theirs. Each case is a number that is
 * printed when it fails; HOSTILE_CASE=NUMBER runs that one only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/capsule_check/board.h"
#include "tools/capsule_check/callgraph.h"
#include "tools/capsule_check/machine_code.h"
#include "tools/capsule_check/object.h"
#include "tools/capsule_check/object_file.h"

enum {
    OBJECT_CASES = 1500,
    KERNEL_CASES = 60,
    PATH_BYTES = 4096,
};

struct image {
    uint8_t *bytes;
    size_t length;
};

static struct image read_image(const char *below_build)
{
    char path[PATH_BYTES];
    const char *build = getenv("SANDGLASS_BUILD");
    assert_non_null(build);
    (void)snprintf(path, sizeof path, "%s/%s", build, below_build);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    (void)fseek(file, 0, SEEK_END);
    struct image image = {.length = (size_t)ftell(file)};
    rewind(file);
    image.bytes = malloc(image.length);
    assert_non_null(image.bytes);
    assert_int_equal(fread(image.bytes, 1, image.length, file), image.length);
    (void)fclose(file);
    return image;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Where it hurts: the file header, the section headers (at the end), tables of symbols; and
 * anywhere.
 */
static size_t random_place(const struct image *image, uint32_t *state)
{
    switch (next_random(state) % 4) {
    case 0:
        return next_random(state) % 52;
    case 1:
        return image->length - 1 -
               next_random(state) % (image->length < 2048 ? image->length : 2048);
    default:
        return next_random(state) % image->length;
    }
}

/* A file of the image with a few bytes changed, or cut short. */
static void write_mutant(const struct image *image, uint32_t number, const char *path)
{
    static const uint8_t values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF, 0xFE, 0x10, 0xF0};
    uint32_t state = number * 2654435761u + 1;
    uint8_t *bytes = malloc(image->length);
    assert_non_null(bytes);
    memcpy(bytes, image->bytes, image->length);
    size_t length = image->length;
    if (next_random(&state) % 8 == 0) {
        length = next_random(&state) % image->length;
    }
    uint32_t changes = 1 + next_random(&state) % 8;
    for (uint32_t i = 0; i < changes; i++) {
        uint8_t value = next_random(&state) % 2 == 0 ? values[next_random(&state) % sizeof values]
                                                     : (uint8_t)next_random(&state);
        size_t at = random_place(image, &state);
        uint32_t run = next_random(&state) % 4;
        for (size_t k = at; k <= at + run && k < image->length; k++) {
            bytes[k] = value;
        }
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    (void)fclose(file);
    free(bytes);
}

static bool is_wanted(uint32_t number)
{
    const char *only = getenv("HOSTILE_CASE");
    return only == NULL || strtoul(only, NULL, 10) == number;
}

static void temporary_path(char *path)
{
    strcpy(path, "/tmp/test_hostile_XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    (void)close(file);
}

/* What kernel/capsules/alarm.c would have. */
static struct object_name known_names[] = {
    {.name = (char *)"alarm_init", .from = OBJECT_FROM_OWN},
    {.name = (char *)"alarm_driver_ops", .from = OBJECT_FROM_OWN},
    {.name = (char *)"guard_call", .from = OBJECT_FROM_EVERYBODY},
};

static void objects_are_judged(void **state)
{
    (void)state;
    struct image image = read_image("firmware/kernel/capsules/alarm.o");
    struct object_names names = {.source = (char *)"alarm.c",
                                 .capsule = (char *)"alarm",
                                 .items = known_names,
                                 .count = sizeof known_names / sizeof known_names[0]};
    char path[] = "/tmp/test_hostile_XXXXXX";
    temporary_path(path);
    for (uint32_t number = 0; number < OBJECT_CASES; number++) {
        if (is_wanted(number)) {
            struct findings findings = {.count = 0};
            write_mutant(&image, number, path);
            object_check(path, &names, &findings);
            findings_free(&findings);
        }
    }
    (void)unlink(path);
    free(image.bytes);
}

static void nobody_calls(size_t node, void *context)
{
    (void)node;
    (void)context;
}

/* What `stack` reads of the machine code. */
static void look_at_code(const char *path)
{
    struct object_file kernel;
    struct callgraph graph = {.count = 0};
    const char *why = "";
    if (object_open(&kernel, path, OBJECT_PROGRAM, &why)) {
        (void)callgraph_find(&graph, "arch_fault_handler", CALLGRAPH_NONE, true);
        (void)callgraph_find(&graph, "guard_call", CALLGRAPH_NONE, true);
        machine_code_add(&graph, &kernel, nobody_calls, NULL);
    }
    object_close(&kernel);
    callgraph_free(&graph);
}

static void kernels_are_judged(void **state)
{
    (void)state;
    struct image image = read_image("firmware/kernel/nrf52dk.elf");
    const char *grants[] = {"/dev/null"};
    char path[] = "/tmp/test_hostile_XXXXXX";
    temporary_path(path);
    for (uint32_t number = 0; number < KERNEL_CASES; number++) {
        if (is_wanted(number)) {
            struct findings findings = {.count = 0};
            write_mutant(&image, number, path);
            board_check(path, grants, 1, &findings);
            /* Nothing is granted, so that a kernel that can be read is refused. */
            assert_true(findings.count > 0);
            findings_free(&findings);
            look_at_code(path);
        }
    }
    (void)unlink(path);
    free(image.bytes);
}

/* Records of calls that the compiler did not write. */
static void records_are_read(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "node: { title: \"a.c:f\" label: \"f\\na.c:1:1\\n8 bytes (static)\" }\n",
        "node: {\n",
        "node: { title: \"\" label: \" bytes (\" }\n",
        "edge: { sourcename: \"a\" }\n",
        "edge: { sourcename: \"a\" targetname: \"b\" label: \":::\" }\n",
        "edge:  \n",
        "node: { title: \"f\" label: \"f\\na.c:1:1\\n8 bytes (dynamic)\" }\n",
    };
    static const size_t complaints[] = {0, 1, 1, 1, 0, 1, 1};
    char path[] = "/tmp/test_hostile_XXXXXX";
    temporary_path(path);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        (void)fputs(lines[i], file);
        (void)fclose(file);
        struct callgraph graph = {.count = 0};
        struct findings findings = {.count = 0};
        callgraph_read(&graph, path, "/", &findings);
        if (findings.count != complaints[i]) {
            print_message("line %zu: %s", i, lines[i]);
        }
        assert_int_equal(findings.count, complaints[i]);
        callgraph_free(&graph);
        findings_free(&findings);
    }
    (void)unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_judged),
        cmocka_unit_test(kernels_are_judged),
        cmocka_unit_test(records_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
