/* Cases: whatever is made and changed is well formed, and as text it is what it was. */
#include "sim/faults/fuzz_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/tests/snapshot_bench.h"

static struct fuzz_ground ground_of(const struct snapshot_bench *bench)
{
    return (struct fuzz_ground){
        .board = &bench->board, .present = {0, 1, 2, 11}, .present_count = 4};
}

static void open_board(struct snapshot_bench *bench)
{
    const struct snapshot_guest guest = {.board = "nrf52dk"};
    snapshot_bench_open(bench, &guest);
}

static void expect_same(const struct fuzz_case *a, const struct fuzz_case *b)
{
    assert_int_equal(a->seed, b->seed);
    for (int i = 0; i < FUZZ_APPS; i++) {
        assert_int_equal(a->app[i].count, b->app[i].count);
        assert_int_equal(a->app[i].rounds, b->app[i].rounds);
        assert_memory_equal(a->app[i].step, b->app[i].step,
                            a->app[i].count * sizeof a->app[i].step[0]);
    }
    assert_int_equal(a->input_count, b->input_count);
    for (uint32_t i = 0; i < a->input_count; i++) {
        assert_int_equal(a->input[i].device, b->input[i].device);
        assert_string_equal(a->input[i].what, b->input[i].what);
        assert_int_equal(a->input[i].value, b->input[i].value);
        assert_int_equal(a->input[i].at_us, b->input[i].at_us);
    }
}

static void expect_same_as_text(const struct fuzz_case *made, const struct board *board)
{
    struct sim_error error = {0};
    struct fuzz_case read;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    fuzz_case_write(made, board, file);
    fclose(file);
    if (!fuzz_case_read(&read, board, "text", text, &error)) {
        fail_msg("%s\n%s", error.text, text);
    }
    expect_same(made, &read);
    free(text);
}

static void test_made_and_changed(void **state)
{
    (void)state;
    struct snapshot_bench bench;
    open_board(&bench);
    const struct fuzz_ground ground = ground_of(&bench);
    struct fuzz_random numbers = {.state = 1};
    struct fuzz_case made, other;
    fuzz_case_make(&other, &numbers, &ground);
    for (int i = 0; i < 200; i++) {
        fuzz_case_make(&made, &numbers, &ground);
        expect_same_as_text(&made, &bench.board);
        for (int j = 0; j < 20; j++) {
            fuzz_case_change(&made, &other, &numbers, &ground);
            for (int app = 0; app < FUZZ_APPS; app++) {
                assert_in_range(made.app[app].count, 0, FUZZ_STEPS_MAX);
            }
            assert_in_range(made.input_count, 0, FUZZ_INPUTS_MAX);
        }
        expect_same_as_text(&made, &bench.board);
        other = made;
    }
    snapshot_bench_close(&bench);
}

static void test_the_same_seed_gives_the_same(void **state)
{
    (void)state;
    struct snapshot_bench bench;
    open_board(&bench);
    const struct fuzz_ground ground = ground_of(&bench);
    struct fuzz_random one = {.state = 7}, two = {.state = 7}, three = {.state = 8};
    struct fuzz_case a, b, c;
    fuzz_case_make(&a, &one, &ground);
    fuzz_case_make(&b, &two, &ground);
    fuzz_case_make(&c, &three, &ground);
    expect_same(&a, &b);
    assert_int_not_equal(a.seed, c.seed);
    snapshot_bench_close(&bench);
}

static void test_what_is_no_case(void **state)
{
    (void)state;
    struct snapshot_bench bench;
    open_board(&bench);
    static const char *const texts[] = {
        "",
        "hello\n",
        "sandglass-fuzz 2\napp 0 rounds 1\n",
        "app 3 rounds 1\n",
        "app 0 rounds 1001\n",
        "app 0 rounds\n",
        "  command x1 zero+1 zero+1 zero+1 zero+1\n",
        "app 0 rounds 1\n  command x1 zero+1 zero+1 zero+1\n",
        "app 0 rounds 1\n  command x1 zero+1 zero+1 zero+1 zero+65536\n",
        "app 0 rounds 1\n  command x256 zero+1 zero+1 zero+1 zero+1\n",
        "app 0 rounds 1\n  commando x1 zero+1 zero+1 zero+1 zero+1\n",
        "app 0 rounds 1\n  command x1 nought+1 zero+1 zero+1 zero+1\n",
        "app 0 rounds 1\n  command x1 c16+1 zero+1 zero+1 zero+1\n",
        "app 0 rounds 1\n  command x1 zero zero+1 zero+1 zero+1\n",
        "app 0 rounds 1\ninput nobody press 1 @1us\n",
        "app 0 rounds 1\ninput button0 press 1 @1\n",
        "app 0 rounds 1\ninput button0 press 9999 @1us\n",
        "app 0 rounds 1\ninput button0 explode 1 @1us\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct sim_error error = {0};
        struct fuzz_case read;
        assert_false(fuzz_case_read(&read, &bench.board, "text", texts[i], &error));
        assert_int_equal(error.status, SIM_WRONG_USE);
        assert_non_null(strstr(error.text, i < 16 ? "text" : "button0"));
    }
    snapshot_bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made_and_changed),
        cmocka_unit_test(test_the_same_seed_gives_the_same),
        cmocka_unit_test(test_what_is_no_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
