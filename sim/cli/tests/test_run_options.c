/* The options of `sandglass run`: what they mean, what is refused and with which words; and that no
 * combination crashes the parser. */
#include "sim/cli/run_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ARGUMENTS_MAX 24
#define RANDOM_LINES  20000U

static bool parse(const char *const *arguments, struct run_options *options,
                  struct sim_error *error)
{
    char *argv[ARGUMENTS_MAX + 2] = {(char *)"run"};
    int argc = 1;
    for (; arguments[argc - 1] != NULL; argc++) {
        argv[argc] = (char *)arguments[argc - 1];
    }
    *error = (struct sim_error){.status = SIM_OK};
    return run_options_parse(argc, argv, options, error);
}

static void test_defaults(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    struct run_options options;
    struct sim_error error;
    assert_true(parse(none, &options, &error));
    assert_string_equal(options.board, "nrf52dk");
    assert_int_equal(options.file_count, 0);
    assert_int_equal(options.seed, 1);
    assert_false(options.has_for);
    assert_false(options.headless);
    assert_false(options.has_speed);
    assert_int_equal(options.window.wish, RUN_WINDOW_DEFAULT);
}

static void test_speed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t permille;
    } rows[] = {{"1", 1000},       {"0.1", 100},           {"10", 10000},
                {"0.001", 1},      {"1.5", 1500},          {"0.25", 250},
                {"1000", 1000000}, {"max", RUN_SPEED_MAX}, {"2.050", 2050}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const line[] = {"--speed", rows[i].text, NULL};
        struct run_options options;
        struct sim_error error;
        assert_true(parse(line, &options, &error));
        assert_true(options.has_speed);
        assert_int_equal(options.speed_permille, rows[i].permille);
    }
}

static void test_window(void **state)
{
    (void)state;
    static const char *const line[] = {"--window",     "--size",  "1920x1200", "--scale", "1.5",
                                       "--theme",      "light",   "--present", "--pane",  "board",
                                       "--screenshot", "out.png", NULL};
    static const char *const no[] = {"--no-window", NULL};
    struct run_options options;
    struct sim_error error;
    assert_true(parse(line, &options, &error));
    assert_int_equal(options.window.wish, RUN_WINDOW_YES);
    assert_int_equal(options.window.width, 1920);
    assert_int_equal(options.window.height, 1200);
    assert_int_equal(options.window.scale_permille, 1500);
    assert_true(options.window.has_theme && options.window.theme == THEME_LIGHT);
    assert_true(options.window.presenting);
    assert_string_equal(options.window.pane, "board");
    assert_string_equal(options.window.screenshot, "out.png");
    assert_true(parse(no, &options, &error));
    assert_int_equal(options.window.wish, RUN_WINDOW_NO);
}

static void test_everything(void **state)
{
    (void)state;
    static const char *const line[] = {
        "-b",         "my.dts",     "--for",       "1.5s",  "--until",
        "done",       "kernel.elf", "--seed",      "0x10",  "--speed",
        "max",        "--uart",     "tcp:4000",    "a.tbf", "--gdb=77",
        "--headless", "--forever",  "--mpu-stats", "hits",  "--check-isolation",
        NULL};
    struct run_options options;
    struct sim_error error;
    assert_true(parse(line, &options, &error));
    assert_string_equal(options.board, "my.dts");
    assert_true(options.has_for);
    assert_int_equal(options.for_ns, 1500000000);
    assert_string_equal(options.until, "done");
    assert_int_equal(options.seed, 16);
    assert_true(options.has_speed);
    assert_int_equal(options.speed_permille, RUN_SPEED_MAX);
    assert_string_equal(options.uart, "tcp:4000");
    assert_int_equal(options.file_count, 2);
    assert_string_equal(options.files[1], "a.tbf");
    assert_string_equal(options.gdb_port, "77");
    assert_true(options.headless && options.forever && options.mpu_hits &&
                options.check_isolation && options.gdb);
}

static void test_jitter(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t seed, cycles;
    } good[] = {{"7", 7, 64}, {"0x10:1", 16, 1}, {"0:64000", 0, 64000}};
    static const char *const bad[] = {"",   "x",     "7:",  "7:0", "7:64001",
                                      ":5", "7:5:5", "7,5", "-1",  "99999999999999999999999"};
    struct run_options options;
    struct sim_error error;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const char *const line[] = {"--jitter", good[i].text, NULL};
        assert_true(parse(line, &options, &error));
        assert_int_equal(options.jitter.seed, good[i].seed);
        assert_int_equal(options.jitter.bound_cycles, good[i].cycles);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *const line[] = {"--jitter", bad[i], NULL};
        assert_false(parse(line, &options, &error));
        assert_int_equal(error.status, SIM_WRONG_USE);
        assert_non_null(strstr(error.text, "--jitter takes SEED"));
    }
}

static void test_inputs(void **state)
{
    (void)state;
    static const char *const line[] = {
        "--press",   "button0@1.5s",        "--touch", "pad0@1s..2.5s",
        "--uart-in", "a@b\\n@3s",           "--set",   "temp.temperature=-500@4s",
        "--fault",   "rng.stuck@5s",        "--fault", "rng.bias=-7@6s",
        "--touch",   "panel:120,60@1s..2s", "--touch", "node:pad0@1s",
        "--touch",   "node:panel:7,8@1s",   NULL};
    struct run_options options;
    struct sim_error error;
    assert_true(parse(line, &options, &error));
    assert_int_equal(options.input_count, 9);
    assert_int_equal(options.inputs[0].kind, RUN_INPUT_PRESS);
    assert_string_equal(options.inputs[0].device, "button0");
    assert_int_equal(options.inputs[0].at_ns, 1500000000);
    assert_int_equal(options.inputs[0].to_ns, 1600000000);
    assert_int_equal(options.inputs[1].kind, RUN_INPUT_TOUCH);
    assert_int_equal(options.inputs[1].to_ns, 2500000000);
    assert_int_equal(options.inputs[2].kind, RUN_INPUT_TEXT);
    assert_int_equal(options.inputs[2].text_length, 5);
    assert_int_equal(options.inputs[2].at_ns, 3000000000);
    assert_int_equal(options.inputs[3].kind, RUN_INPUT_SET);
    assert_string_equal(options.inputs[3].device, "temp");
    assert_string_equal(options.inputs[3].what, "temperature");
    assert_int_equal(options.inputs[3].value, -500);
    assert_int_equal(options.inputs[4].kind, RUN_INPUT_FAULT);
    assert_string_equal(options.inputs[4].device, "rng");
    assert_string_equal(options.inputs[4].what, "stuck");
    assert_int_equal(options.inputs[4].value, 1);
    assert_int_equal(options.inputs[5].value, -7);
    assert_string_equal(options.inputs[6].device, "panel");
    assert_int_equal(options.inputs[6].value, 120 + 4096 * 60);
    assert_int_equal(options.inputs[6].to_ns, 2000000000);
    assert_string_equal(options.inputs[7].device, "node:pad0");
    assert_string_equal(options.inputs[8].device, "node:panel");
    assert_int_equal(options.inputs[8].value, 7 + 4096 * 8);
}

static void test_mistakes_get_one_clear_line(void **state)
{
    (void)state;
    static const struct {
        const char *line[4];
        const char *words;
    } cases[] = {{{"--bogus"}, "--bogus"},
                 {{"--for"}, "--for needs a value"},
                 {{"--for", "soon"}, "'soon'"},
                 {{"--speed", "0"}, "'0'"},
                 {{"--speed", "fast"}, "'fast'"},
                 {{"--speed", "1."}, "'1.'"},
                 {{"--speed", ".5"}, "'.5'"},
                 {{"--speed", "-1"}, "'-1'"},
                 {{"--speed", "0.0001"}, "'0.0001'"},
                 {{"--speed", "1000.001"}, "'1000.001'"},
                 {{"--speed", "99999999999"}, "'99999999999'"},
                 {{"--size", "1280"}, "'1280'"},
                 {{"--size", "1280x"}, "'1280x'"},
                 {{"--size", "x800"}, "'x800'"},
                 {{"--size", ""}, "''"},
                 {{"--size", "1280x800x"}, "'1280x800x'"},
                 {{"--size", "0x0"}, "'0x0'"},
                 {{"--size", "159x800"}, "from 160 to 8192"},
                 {{"--size", "1280x8193"}, "'1280x8193'"},
                 {{"--size", "-1280x800"}, "'-1280x800'"},
                 {{"--size", "4294967297x800"}, "'4294967297x800'"},
                 {{"--scale", "0"}, "'0'"},
                 {{"--scale", "8.001"}, "'8.001'"},
                 {{"--scale", "nan"}, "'nan'"},
                 {{"--theme", "pink"}, "dark or light, not 'pink'"},
                 {{"--screenshot", ""}, "--screenshot takes a file"},
                 {{"--headless", "--pane", "board"}, "--pane says how"},
                 {{"--headless", "--size", "640x480"}, "--size says how"},
                 {{"--no-window", "--scale", "2"}, "--scale says how"},
                 {{"--gdb", "--theme", "light"}, "--theme says how"},
                 {{"--net", "x.net", "--present"}, "--present says how"},
                 {{"--window", "--headless"}, "--headless"},
                 {{"--window", "--gdb"}, "--gdb"},
                 {{"--window", "--net", "x.net"}, "--net"},
                 {{"--screenshot", "x.png", "--gdb"}, "--screenshot does not go with --gdb"},
                 {{"--seed", "-1"}, "'-1'"},
                 {{"--seed", "1x"}, "'1x'"},
                 {{"--uart", "tcp:99999"}, "'tcp:99999'"},
                 {{"--uart", "file:"}, "'file:'"},
                 {{"--usb", "tcp:99999"}, "'tcp:99999'"},
                 {{"--usb", "tcp:0x1000"}, "'tcp:0x1000'"},
                 {{"--uart", "tcp:010"}, "'tcp:010'"},
                 {{"--usb", "unix:"}, "'unix:'"},
                 {{"--until", ""}, "--until"},
                 {{"--gdb=0"}, "'0'"},
                 {{"--gdb=x"}, "'x'"},
                 {{"--mpu-stats", "all"}, "'all'"},
                 {{"--press", "button0"}, "--press button0@1.5s"},
                 {{"--press", "@1s"}, "'@1s'"},
                 {{"--press", "button0@2s..1s"}, "'button0@2s..1s'"},
                 {{"--press", "a_name_that_is_longer_than_any_device@1s"}, "cannot understand"},
                 {{"--touch", "pad0@late"}, "--touch pad0@2s"},
                 {{"--touch", "panel:120@1s"}, "NAME:X,Y@2s"},
                 {{"--touch", "panel:120,60,1@1s"}, "NAME:X,Y@2s"},
                 {{"--touch", "panel:-1,60@1s"}, "NAME:X,Y@2s"},
                 {{"--touch", "panel:0,4096@1s"}, "NAME:X,Y@2s"},
                 {{"--uart-in", "text"}, "--uart-in"},
                 {{"--set", "temp=1@1s"}, "--set temp.temperature=3050@2s"},
                 {{"--set", "temp.temperature=x@1s"}, "--set"},
                 {{"--set", "temp.temperature=99999999999@1s"}, "--set"},
                 {{"--set", "temp.temperature@1s"}, "--set"},
                 {{"--fault", "rng@1s"}, "--fault rng.stuck@1s"},
                 {{"--fault", "rng.stuck"}, "--fault rng.stuck@1s"},
                 {{"--fault", "rng.stuck=@1s"}, "--fault rng.stuck@1s"},
                 {{"--fault", "rng.stuck=1x@1s"}, "'rng.stuck=1x@1s'"},
                 {{"--fault", "rng.=1@1s"}, "'rng.=1@1s'"},
                 {{"--fault", ".stuck@1s"}, "'.stuck@1s'"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run_options options;
        struct sim_error error;
        assert_false(parse(cases[i].line, &options, &error));
        assert_int_equal(error.status, SIM_WRONG_USE);
        assert_non_null(strstr(error.text, cases[i].words));
        assert_null(strchr(error.text, '\n'));
    }
}

static void test_too_many(void **state)
{
    (void)state;
    const char *files[RUN_FILES_MAX + 2];
    struct run_options options;
    struct sim_error error;
    for (size_t i = 0; i <= RUN_FILES_MAX; i++) {
        files[i] = "a.tbf";
    }
    files[RUN_FILES_MAX + 1] = NULL;
    assert_false(parse(files, &options, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
}

static void test_random_lines_never_crash(void **state)
{
    (void)state;
    static const char *const words[] = {"--for",
                                        "--until",
                                        "--press",
                                        "--touch",
                                        "--uart-in",
                                        "--set",
                                        "--uart",
                                        "--gdb",
                                        "--gdb=",
                                        "--speed",
                                        "--size",
                                        "--scale",
                                        "--theme",
                                        "--pane",
                                        "--screenshot",
                                        "--window",
                                        "1x1",
                                        "--seed",
                                        "-b",
                                        "-h",
                                        "--",
                                        "-",
                                        "",
                                        "a@b@c",
                                        "@",
                                        "..",
                                        "x.y=z@1",
                                        "button0@1s..",
                                        "button0@..1s",
                                        "1s",
                                        "max",
                                        "tcp:",
                                        "file:/tmp/x",
                                        "=",
                                        ".=@",
                                        "a.=1@1",
                                        "\\",
                                        "\\@1s",
                                        "--headless",
                                        "--help=1",
                                        "-bx",
                                        "-hh",
                                        "--fo",
                                        "--pres=a@1"};
    uint32_t random = 12345;
    for (uint32_t round = 0; round < RANDOM_LINES; round++) {
        const char *line[ARGUMENTS_MAX + 1];
        size_t count = 0;
        random = random * 1664525U + 1013904223U;
        size_t wanted = (random >> 16) % ARGUMENTS_MAX;
        for (; count < wanted; count++) {
            random = random * 1664525U + 1013904223U;
            line[count] = words[(random >> 16) % (sizeof words / sizeof words[0])];
        }
        line[count] = NULL;
        struct run_options options;
        struct sim_error error;
        if (!parse(line, &options, &error)) {
            assert_int_equal(error.status, SIM_WRONG_USE);
            assert_true(error.text[0] != '\0');
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_speed),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_jitter),
        cmocka_unit_test(test_inputs),
        cmocka_unit_test(test_mistakes_get_one_clear_line),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_random_lines_never_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
