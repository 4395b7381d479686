/* Scenarios without a guest: the sandbox, names of cases, verdicts, and what is told of them. */
#include "sim/script/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/script/script_report.h"

/* A host that has no boards. */
static bool build_nothing(void *context, const struct script_board_request *request,
                          struct script_built *built, struct sim_error *error)
{
    int *calls = context;
    (*calls)++;
    (void)built;
    return sim_fail(error, strcmp(request->board, "trouble") == 0 ? SIM_INTERNAL : SIM_WRONG_USE,
                    "no board %s, %zu apps, seed %u", request->board, request->app_count,
                    (unsigned)request->seed);
}

static void destroy_nothing(void *context, struct script_built *built)
{
    (void)context;
    (void)built;
    fail_msg("nothing was built");
}

static struct script_file file_of(const char *source)
{
    return (struct script_file){
        .path = "some/where.lua", .source = source, .source_bytes = strlen(source)};
}

static int run_with(const char *source, const char *name, struct script_result *result)
{
    int calls = 0;
    const struct script_host host = {
        .build = build_nothing, .destroy = destroy_nothing, .context = &calls};
    const struct script_options options = {.seed = 7};
    const struct script_file file = file_of(source);
    struct script_pool *pool = script_pool_create(&host);
    assert_non_null(pool);
    script_run_case(pool, &file, name, &options, result);
    script_pool_destroy(pool);
    return calls;
}

static void test_verdicts(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        enum script_verdict verdict;
        const char *message;
    } cases[] = {
        {"", SCRIPT_PASSED, ""},
        {"assert(ms(1) == us(1000))", SCRIPT_PASSED, ""},
        {"\nassert(1 == 2)", SCRIPT_FAILED,
         "some/where.lua:2: the assertion does not hold: assert(1 == 2)"},
        {"error('own words')", SCRIPT_FAILED, "some/where.lua:1: own words"},
        {"local ok = pcall(error, 'x') assert(not ok)", SCRIPT_PASSED, ""},
        {"pcall(error, 'x') local x = nil + 1", SCRIPT_BROKEN,
         "some/where.lua:1: attempt to perform arithmetic on a nil value"},
        {"x = ", SCRIPT_BROKEN, "some/where.lua:1: unexpected symbol near <eof>"},
        {"sandglass.board('a', { apps = { 'b', 'c' } })", SCRIPT_BROKEN,
         "some/where.lua:1: no board a, 2 apps, seed 7"},
        {"sandglass.board('trouble')", SCRIPT_TROUBLE,
         "some/where.lua:1: no board trouble, 0 apps, seed 7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct script_result result;
        run_with(cases[i].source, "where", &result);
        assert_string_equal(result.message, cases[i].message);
        assert_int_equal(result.verdict, cases[i].verdict);
        script_free_result(&result);
    }
}

static void test_expectations_are_counted(void **state)
{
    (void)state;
    struct script_result result;
    run_with("assert(true) assert(1) assert('x')", "where", &result);
    assert_int_equal(result.expectations, 3);
    script_free_result(&result);
}

static void test_what_is_printed(void **state)
{
    (void)state;
    struct script_result result;
    run_with("print('a', 1, nil, true, {}, print) print()", "where", &result);
    assert_string_equal(result.output, "a\t1\tnil\ttrue\ttable\tfunction\n\n");
    script_free_result(&result);
}

static void test_only_the_chosen_case_runs(void **state)
{
    (void)state;
    struct script_result result;
    const char *source = "print('file') case('a', function() print('a') end) "
                         "case('b', function() print('b') end)";
    run_with(source, "b", &result);
    assert_string_equal(result.output, "file\nb\n");
    script_free_result(&result);
    run_with(source, "c", &result);
    assert_int_equal(result.verdict, SCRIPT_BROKEN);
    assert_string_equal(result.message, "some/where.lua: there is no case called c");
    script_free_result(&result);
}

static void test_names(void **state)
{
    (void)state;
    struct script_case_list list;
    struct sim_error error = {0};
    struct script_file file =
        file_of("case('x', function() error('not run') end) case('y', print)");
    assert_true(script_list_cases(NULL, &file, &list, &error));
    assert_int_equal(list.count, 2);
    assert_string_equal(list.names[0], "x");
    assert_string_equal(list.names[1], "y");
    script_free_cases(&list);
    file = file_of("sandglass.board('a') error('not reached')");
    assert_true(script_list_cases(NULL, &file, &list, &error));
    assert_int_equal(list.count, 1);
    assert_string_equal(list.names[0], "where");
    script_free_cases(&list);
    file = file_of("local x = {} x.y.z = 1");
    assert_false(script_list_cases(NULL, &file, &list, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_string_equal(error.text, "some/where.lua:1: attempt to index a nil value (field 'y')");
}

static void test_each_case_has_a_state_of_its_own(void **state)
{
    (void)state;
    struct script_result result;
    for (int i = 0; i < 2; i++) {
        run_with(
            "assert(mark == nil) mark = 1 string.mark = 1 assert(not table.mark) table.mark = 1",
            "where", &result);
        assert_int_equal(result.verdict, SCRIPT_PASSED);
        script_free_result(&result);
    }
}

static void test_times(void **state)
{
    (void)state;
    struct script_result result;
    run_with(
        "assert(s(1) == 1000000000 and ms(0.5) == us(500) and ns(3) == 3)\n"
        "for n = 0, 5000 do assert(cycles(n) * 64 // 1000 == n) end\n"
        "for _, wrong in ipairs { -1, 1/0, 0/0, 1e300, 1 << 62 } do\n"
        "  for _, unit in ipairs { s, ms, us, ns, cycles } do assert(not pcall(unit, wrong)) end\n"
        "end assert(not pcall(s, 1, 2)) assert(not pcall(ms, 'x')) assert(not pcall(us))",
        "where", &result);
    assert_string_equal(result.message, "");
    script_free_result(&result);
}

static char *text_of(void (*write)(FILE *stream, const struct script_reported *reported),
                     const struct script_reported *reported)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    write(stream, reported);
    fclose(stream);
    return text;
}

static void write_tap(FILE *stream, const struct script_reported *reported)
{
    script_report_tap(stream, 3, reported);
}

static void write_junit(FILE *stream, const struct script_reported *reported)
{
    script_report_junit(stream, reported, 1);
}

static void test_reports_of_hostile_texts(void **state)
{
    (void)state;
    char message[] = "m \"q\" \\ \x1b[31m \xff \xc3\xa4 # <&>";
    char seen[] = "two\nlines";
    char nothing[] = "";
    char said[] = "ok 4 - no\r\n\x80";
    struct script_result result = {.verdict = SCRIPT_FAILED,
                                   .message = message,
                                   .expected = nothing,
                                   .seen = seen,
                                   .state = said,
                                   .output = said,
                                   .screenshot = nothing,
                                   .virtual_ns = 1234567890};
    const struct script_reported reported = {
        .file = "f#.lua", .name = "<n>", .replay = "run 'it'", .result = &result};
    char *tap = text_of(write_tap, &reported);
    assert_string_equal(tap, "# ok 4 - no\n# ?\nnot ok 3 - f\\#.lua: <n>\n  ---\n"
                             "  message: \"m \\\"q\\\" \\\\ ?[31m ? \xc3\xa4 # <&>\"\n"
                             "  severity: \"failed\"\n  seen: \"two\\nlines\"\n"
                             "  state: |\n    ok 4 - no\n    ?\n  replay: \"run 'it'\"\n  ...\n");
    free(tap);
    char *junit = text_of(write_junit, &reported);
    assert_non_null(strstr(junit, "<testsuite name=\"f#.lua\" tests=\"1\" failures=\"1\" "
                                  "errors=\"0\" time=\"1.234567\">"));
    assert_non_null(
        strstr(junit, "message=\"m &quot;q&quot; \\ ?[31m ? \xc3\xa4 # &lt;&amp;&gt;\""));
    assert_non_null(strstr(junit, "name=\"&lt;n&gt;\""));
    free(junit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_expectations_are_counted),
        cmocka_unit_test(test_what_is_printed),
        cmocka_unit_test(test_only_the_chosen_case_runs),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_each_case_has_a_state_of_its_own),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_reports_of_hostile_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
