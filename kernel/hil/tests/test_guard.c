#include "kernel/hil/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct capsule mortal;
static bool died;

bool guard_is_dead(const struct capsule *owner)
{
    return died && owner == &mortal;
}

struct thing_ops {
    int (*ask)(void *self, uint32_t a, uint32_t b);
    void (*set)(void *self, uint32_t value);
};
struct thing {
    const struct thing_ops *ops;
    void *self;
    const struct capsule *owner;
};
struct thing_client {
    void (*told)(void *self, uint32_t what);
    void *self;
    const struct capsule *owner;
};

static uint32_t value;

static int ask(void *self, uint32_t a, uint32_t b)
{
    assert_ptr_equal(self, &value);
    return (int)(value + a * 10 + b);
}

static void set(void *self, uint32_t to)
{
    *(uint32_t *)self = to;
}

static const struct thing_ops ops = {ask, set};
static const struct thing thing = {&ops, &value, &mortal};
static const struct thing_client client = {set, &value, &mortal};

static void test_calls_reach_the_function_with_its_self(void **state)
{
    (void)state;
    died = false;
    HIL_CALL(&thing, set, 100);
    assert_int_equal(HIL_CALL(&thing, ask, 2, 3), 123);
    GUARD_OP_VOID(&thing, set, 200);
    assert_int_equal(GUARD_OP(&thing, ask, 2, 3), 223);
    GUARD_TELL(&client, told, 300);
    assert_int_equal(GUARD_CALL(&mortal, ask, &value, 2, 3), 323);
    GUARD_CALL_VOID(&mortal, set, &value, 400);
    assert_int_equal(value, 400);
}

static void test_nothing_of_the_dead_is_called(void **state)
{
    (void)state;
    value = 1;
    died = true;
    GUARD_OP_VOID(&thing, set, 200);
    assert_int_equal(GUARD_OP(&thing, ask, 2, 3), K_ENODEVICE);
    GUARD_TELL(&client, told, 300);
    assert_int_equal(GUARD_CALL(&mortal, ask, &value, 2, 3), K_ENODEVICE);
    GUARD_CALL_VOID(&mortal, set, &value, 400);
    assert_int_equal(value, 1);
    GUARD_CALL_VOID(NULL, set, &value, 500); /* trusted code is not dead */
    assert_int_equal(value, 500);
}

static void test_without_a_client_nobody_is_told(void **state)
{
    (void)state;
    const struct thing_client *nobody = NULL;
    value = 1;
    GUARD_TELL(nobody, told, 300);
    assert_int_equal(value, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls_reach_the_function_with_its_self),
        cmocka_unit_test(test_nothing_of_the_dead_is_called),
        cmocka_unit_test(test_without_a_client_nobody_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
