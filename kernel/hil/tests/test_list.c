#include "kernel/hil/list.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct item {
    uint32_t value;
};

struct item_list {
    const struct item *items;
    uint32_t count;
};

static const struct item three[] = {{10}, {11}, {12}};
static const struct item_list list = LIST_OF(three);

static void test_items(void **state)
{
    (void)state;
    assert_int_equal(list.count, 3);
    for (uint32_t i = 0; i < list.count; i++) {
        assert_ptr_equal(&LIST_AT(list, i), &three[i]);
        assert_int_equal(LIST_AT(list, i).value, 10 + i);
    }
}

/* The signal that ends a process which looks at that item, 0 when none does. */
static int signal_at(uint32_t index)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        /* The default handlers: a sanitizer's would print. */
        (void)signal(SIGILL, SIG_DFL);
        (void)signal(SIGTRAP, SIG_DFL);
        volatile uint32_t value = LIST_AT(list, index).value;
        (void)value;
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_an_index_outside_traps(void **state)
{
    (void)state;
    assert_int_equal(signal_at(0), 0);
    assert_int_equal(signal_at(2), 0);
    assert_true(signal_at(3) == SIGILL || signal_at(3) == SIGTRAP);
    assert_true(signal_at(UINT32_MAX) == SIGILL || signal_at(UINT32_MAX) == SIGTRAP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_an_index_outside_traps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
