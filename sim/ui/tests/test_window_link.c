/* The mailbox between machine and window: who has which frame, what a full queue drops, and both
 * threads at once (this file is built a second time under ThreadSanitizer). */
#include "sim/ui/window_link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#define FRAMES     2000U
#define COMMANDS   20000
#define LONG_NS    20000000000U /* longer than any run of this test */
#define CHECKED    64U          /* bytes of a frame that the threads look at */
#define DEVICE     3U
#define NO_TIMEOUT 1000U

static int open_link(void **state)
{
    struct sim_error error = {.status = SIM_OK};
    *state = window_link_create(&error);
    return *state == NULL;
}

static int close_link(void **state)
{
    window_link_destroy(*state);
    return 0;
}

static struct view_command input(const char *name, size_t device, int32_t value)
{
    return (struct view_command){
        .kind = VIEW_COMMAND_INPUT, .device = device, .input = name, .value = value};
}

static bool send_input(void *link, const char *name, size_t device, int32_t value)
{
    const struct view_command command = input(name, device, value);
    return window_link_send(link, &command);
}

static void test_frames_go_round(void **state)
{
    assert_null(window_link_take_frame(*state));
    struct view_frame *first = window_link_free_frame(*state);
    assert_non_null(first);
    assert_ptr_equal(window_link_free_frame(*state), first); /* until it is given */
    window_link_give_frame(*state);
    assert_null(window_link_free_frame(*state));
    assert_ptr_equal(window_link_take_frame(*state), first);
    assert_null(window_link_take_frame(*state));

    struct view_frame *second = window_link_free_frame(*state);
    assert_non_null(second);
    assert_ptr_not_equal(second, first); /* the window still looks at it */
    window_link_give_frame(*state);
    assert_null(window_link_free_frame(*state));
    assert_ptr_equal(window_link_take_frame(*state), second);
    assert_ptr_equal(window_link_free_frame(*state), first);
}

static void test_commands_keep_their_order(void **state)
{
    struct view_command command;
    assert_false(window_link_take_command(*state, &command));
    for (int32_t round = 0; round < 3 * (int32_t)WINDOW_LINK_COMMANDS_MAX; round++) {
        assert_true(send_input(*state, "press", DEVICE, round));
        assert_true(send_input(*state, "release", DEVICE, round));
        assert_true(window_link_take_command(*state, &command));
        assert_string_equal(command.input, "press");
        assert_int_equal(command.value, round);
        assert_true(window_link_take_command(*state, &command));
        assert_string_equal(command.input, "release");
    }
    assert_false(window_link_take_command(*state, &command));
}

static void test_a_full_queue_drops_what_is_replaced(void **state)
{
    struct view_command command;
    assert_true(send_input(*state, "press", 1, 1));
    size_t sent = 1;
    for (int32_t value = 0; value < 5000; value++) {
        assert_true(send_input(*state, "temperature", DEVICE, value)); /* the newest is kept */
        sent++;
    }
    assert_true(window_link_take_command(*state, &command));
    assert_string_equal(command.input, "press");
    int32_t last = -1;
    size_t taken = 1;
    while (window_link_take_command(*state, &command)) {
        assert_true(command.value > last);
        last = command.value;
        taken++;
    }
    assert_int_equal(last, 4999);
    assert_true(taken <= WINDOW_LINK_COMMANDS_MAX && taken < sent);
}

/* Presses of two buttons in turn: none may go for another, and what was pressed can be let go. */
static void test_a_full_queue_never_loses_a_release(void **state)
{
    struct view_command command;
    size_t presses = 0;
    while (send_input(*state, "press", presses, 1)) {
        presses++;
        assert_true(presses <= WINDOW_LINK_COMMANDS_MAX);
    }
    assert_true(presses > 0);
    for (size_t i = 0; i < presses && i < BOARD_DEVICES_MAX; i++) {
        assert_true(send_input(*state, i % 2 == 0 ? "release" : "untouch", i, 0));
    }
    const struct view_command quit = {.kind = VIEW_COMMAND_QUIT};
    assert_false(window_link_is_quitting(*state));
    assert_true(window_link_send(*state, &quit));
    assert_true(window_link_is_quitting(*state));
    size_t taken = 0;
    while (window_link_take_command(*state, &command)) {
        assert_int_equal(command.device, taken % presses); /* nothing is missing */
        taken++;
    }
    assert_int_equal(taken, 2 * presses);
}

/* A press that another follows is not replaced when it was let go between. */
static void test_what_is_not_replaced_is_refused(void **state)
{
    struct view_command command;
    int32_t sent = 0;
    while (send_input(*state, sent % 2 == 0 ? "press" : "release", DEVICE, sent)) {
        sent++;
    }
    assert_int_equal(sent % 2, 0); /* a press was refused */
    for (int32_t i = 0; i < sent; i++) {
        assert_true(window_link_take_command(*state, &command));
        assert_int_equal(command.value, i);
    }
}

static void test_waiting_ends_at_a_command_and_at_quitting(void **state)
{
    const struct view_command pause = {.kind = VIEW_COMMAND_PAUSE};
    const struct view_command quit = {.kind = VIEW_COMMAND_QUIT};
    struct view_command command;
    window_link_wait(*state, NO_TIMEOUT); /* nothing comes */
    assert_true(window_link_send(*state, &pause));
    window_link_wait(*state, LONG_NS); /* would hang the test */
    assert_true(window_link_take_command(*state, &command));
    assert_true(window_link_free_frame(*state) != NULL);
    window_link_wait_taken(*state, LONG_NS); /* the slot is empty */
    window_link_give_frame(*state);
    window_link_wait_taken(*state, NO_TIMEOUT); /* nobody takes it */
    assert_true(window_link_send(*state, &quit));
    window_link_wait(*state, LONG_NS);
    window_link_wait_taken(*state, LONG_NS);
}

static void test_the_end_is_told(void **state)
{
    struct window_link_end end = {.close = false};
    assert_false(window_link_finished(*state, &end));
    window_link_finish(*state, &(struct window_link_end){.close = true});
    assert_true(window_link_finished(*state, &end));
    assert_true(end.close);
}

/* The machine's side of the test with two threads: fills frames, and checks that commands come in
 * order. */
struct machine_side {
    struct window_link *link;
    unsigned commands, wrong;
};

static void take_commands(struct machine_side *side)
{
    struct view_command command;
    while (window_link_take_command(side->link, &command)) {
        side->wrong += command.value != (int32_t)side->commands;
        side->commands++;
    }
}

static void *be_machine(void *context)
{
    struct machine_side *side = context;
    uint64_t sequence = 0;
    while (sequence < FRAMES || !window_link_is_quitting(side->link)) {
        struct view_frame *frame = sequence < FRAMES ? window_link_free_frame(side->link) : NULL;
        if (frame != NULL) {
            sequence++;
            frame->sequence = sequence;
            memset(frame->console.bytes, (int)(sequence % 256), CHECKED);
            window_link_give_frame(side->link);
        } else {
            window_link_wait(side->link, NO_TIMEOUT);
        }
        take_commands(side);
    }
    take_commands(side);
    window_link_wait_taken(side->link, LONG_NS);
    window_link_finish(side->link, &(struct window_link_end){.close = true});
    return NULL;
}

static bool is_whole(const struct view_frame *frame)
{
    for (size_t i = 0; i < CHECKED; i++) {
        if (frame->console.bytes[i] != frame->sequence % 256) {
            return false;
        }
    }
    return true;
}

static void test_two_threads(void **state)
{
    const struct view_command quit = {.kind = VIEW_COMMAND_QUIT};
    struct machine_side side = {.link = *state};
    struct window_link_end end;
    pthread_t machine;
    uint64_t sequence = 0;
    int32_t sent = 0;
    assert_int_equal(pthread_create(&machine, NULL, be_machine, &side), 0);
    while (sequence < FRAMES || sent < COMMANDS) {
        const struct view_frame *frame = window_link_take_frame(*state);
        if (frame != NULL) {
            sequence++;
            assert_int_equal(frame->sequence, sequence); /* none is lost or repeated */
            assert_true(is_whole(frame));
        }
        struct view_command command = input(sent % 2 == 0 ? "press" : "release", DEVICE, sent);
        if (sent < COMMANDS && window_link_send(*state, &command)) {
            sent++;
        }
    }
    window_link_send(*state, &quit);
    pthread_join(machine, NULL);
    assert_true(window_link_finished(*state, &end));
    assert_int_equal(side.commands, COMMANDS);
    assert_int_equal(side.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_frames_go_round, open_link, close_link),
        cmocka_unit_test_setup_teardown(test_commands_keep_their_order, open_link, close_link),
        cmocka_unit_test_setup_teardown(test_a_full_queue_drops_what_is_replaced, open_link,
                                        close_link),
        cmocka_unit_test_setup_teardown(test_a_full_queue_never_loses_a_release, open_link,
                                        close_link),
        cmocka_unit_test_setup_teardown(test_what_is_not_replaced_is_refused, open_link,
                                        close_link),
        cmocka_unit_test_setup_teardown(test_waiting_ends_at_a_command_and_at_quitting, open_link,
                                        close_link),
        cmocka_unit_test_setup_teardown(test_the_end_is_told, open_link, close_link),
        cmocka_unit_test_setup_teardown(test_two_threads, open_link, close_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
