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
    size_t count = 0;
    for (; fault_list_at(board, count, &choice); count++) {
        assert_true(fault_list_find(board, choice.device, choice.fault->name, &found, &error));
        assert_ptr_equal(found.fault, choice.fault);
        assert_true(fault_list_allows(&choice, choice.value_min));
        assert_true(fault_list_allows(&choice, choice.value_max));
        assert_true(fault_list_allows(&choice, 0));
        if (choice.value_max < INT32_MAX) {
            assert_false(fault_list_allows(&choice, choice.value_max + 1));
        }
    }
    assert_true(count > 0);
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

/* By what this board has, not by what the class could have. */
static void test_ranges_are_those_of_the_device(void **state)
{
    static const struct {
        const char *board, *device, *fault;
        int32_t most;
    } cases[] = {
        {"nrf52dk", "flash_controller", "worn-page", 128},
        {"nrf52840dk", "flash_controller", "worn-page", 256},
        {"nrf52840dk", "gpio0", "stuck-low", 32},
        {"nrf52840dk", "gpio1", "stuck-low", 16},
        {"nrf52840dk", "gpio1", "bounce", 16},
        {"nrf52840dk", "mx25r64", "worn-page", 2048},
        {"nrf52840dk", "mx25r64", "write-torn", INT32_MAX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct snapshot_bench bench;
        struct sim_error error = {.status = SIM_OK};
        struct fault_choice choice;
        snapshot_bench_open(&bench, &(struct snapshot_guest){.board = cases[i].board});
        int device = board_find_device(&bench.board, cases[i].device);
        assert_true(device >= 0);
        assert_true(fault_list_find(&bench.board, (size_t)device, cases[i].fault, &choice, &error));
        assert_int_equal(choice.value_max, cases[i].most);
        snapshot_bench_close(&bench);
    }
}

static void give(struct snapshot_bench *bench, const struct fault_choice *choice)
{
    const struct machine_device *device = &bench->machine->devices[choice->device];
    const struct device_input input = {.what = choice->fault->name, .value = choice->value_max};
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
        cmocka_unit_test(test_ranges_are_those_of_the_device),
        cmocka_unit_test(test_a_reset_ends_no_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
