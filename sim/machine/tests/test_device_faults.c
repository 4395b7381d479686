/* Faults of all the devices of a board: the list has each of them, each can be given, and a reset
 * of the chip ends none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/fault_list.h"
#include "sim/machine/machine_internal.h"
#include "sim/machine/tests/snapshot_bench.h"

static const char *const boards[] = {"nrf52dk",     "nrf52840dk",   "security_key", "pinetime",
                                     "sensor_node", "tests/analog", "tests/radio"};

static void check_list(const struct board *board)
{
    struct sim_error error = {.status = SIM_OK};
    struct fault_choice choice, found;
    size_t count = fault_list_count(board);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        assert_true(fault_list_at(board, i, &choice));
        assert_true(fault_list_find(board, choice.device, choice.fault->name, &found, &error));
        assert_ptr_equal(found.fault, choice.fault);
        assert_true(fault_list_allows(choice.fault, choice.fault->value_min));
        assert_true(fault_list_allows(choice.fault, choice.fault->value_max));
        assert_true(fault_list_allows(choice.fault, 0));
        if (choice.fault->value_max < INT32_MAX) {
            assert_false(fault_list_allows(choice.fault, choice.fault->value_max + 1));
        }
    }
    assert_false(fault_list_at(board, count, &choice));
    assert_false(fault_list_find(board, 0, "nonsense", &found, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
}

static void test_the_list_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
        struct snapshot_bench bench;
        snapshot_bench_open(&bench, &(struct snapshot_guest){.board = boards[i]});
        check_list(&bench.board);
        snapshot_bench_close(&bench);
    }
}

static void give(struct snapshot_bench *bench, const struct fault_choice *choice)
{
    const struct machine_device *device = &bench->machine->devices[choice->device];
    const struct device_input input = {.what = choice->fault->name,
                                       .value = choice->fault->value_max};
    if (!device->device_class->input(device->self, &input)) {
        fail_msg("%s does not take its fault %s", device->description->name, input.what);
    }
}

static void give_all(struct snapshot_bench *bench)
{
    struct fault_choice choice;
    for (size_t i = 0; fault_list_at(&bench->board, i, &choice); i++) {
        give(bench, &choice);
    }
}

/* After a reset all faults are still there: to give them again then is the same as before it. (What
 * they did the first time, such as to take VBUS away, may have left events that the reset clears.)
 */
static void test_a_reset_ends_no_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
        struct snapshot_bench first, second;
        struct machine_snapshot wanted = {0}, got = {0};
        snapshot_bench_open(&first, &(struct snapshot_guest){.board = boards[i]});
        snapshot_bench_open(&second, &(struct snapshot_guest){.board = boards[i]});
        give_all(&first);
        machine_reset(first.machine, RESET_SREQ);
        give_all(&first);
        give_all(&second);
        give_all(&second);
        machine_reset(second.machine, RESET_SREQ);
        snapshot_bench_save(&first, &wanted);
        snapshot_bench_save(&second, &got);
        snapshot_bench_compare(&wanted, &got, boards[i]);
        machine_snapshot_free(&wanted);
        machine_snapshot_free(&got);
        snapshot_bench_close(&first);
        snapshot_bench_close(&second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_list_is_complete),
        cmocka_unit_test(test_a_reset_ends_no_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
