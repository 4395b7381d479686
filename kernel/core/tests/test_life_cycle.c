/* Every state and what can happen in it, against the table of docs/processes.md; and the fault
 * policies, from every state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/capsule/process_control.h"
#include "kernel/core/report.h"
#include "kernel/core/tests/kernel_fixture.h"

/* DOCUMENT: path of docs/processes.md, from CMake. */
#define TABLE_HEAD "| state | stop | start |"
#define CELL_BYTES 64

enum { WAITED_FOR = 1, OTHER = 2 }; /* upcalls */

struct state {
    const char *name;
    enum abi_process_state state, resume_state;
};
static const struct state states[] = {
    {"Running", ABI_PROCESS_RUNNING, 0},
    {"Yielded", ABI_PROCESS_YIELDED, 0},
    {"YieldedFor", ABI_PROCESS_YIELDED_FOR, 0},
    {"Stopped (Running)", ABI_PROCESS_STOPPED, ABI_PROCESS_RUNNING},
    {"Stopped (Yielded)", ABI_PROCESS_STOPPED, ABI_PROCESS_YIELDED},
    {"Stopped (YieldedFor)", ABI_PROCESS_STOPPED, ABI_PROCESS_YIELDED_FOR},
    {"Faulted", ABI_PROCESS_FAULTED, 0},
    {"Terminated", ABI_PROCESS_TERMINATED, 0},
};
#define STATES (sizeof(states) / sizeof(states[0]))

/* A process that came into that state as processes do. */
static struct process *process_in(const struct state *state)
{
    struct process *p = fixture_boot_one();
    enum abi_process_state first =
        state->state == ABI_PROCESS_STOPPED ? state->resume_state : state->state;
    for (uint32_t number = WAITED_FOR; number <= OTHER; number++) {
        fixture_call(p, ABI_CLASS_SUBSCRIBE, FIXTURE_DRIVER, number, fixture_function(p), 0);
    }
    if (first == ABI_PROCESS_YIELDED) {
        fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_WAIT, 0, 0, 0);
    } else if (first == ABI_PROCESS_YIELDED_FOR) {
        fixture_call(p, ABI_CLASS_YIELD, ABI_YIELD_WAIT_FOR, FIXTURE_DRIVER, WAITED_FOR, 0);
    } else if (first == ABI_PROCESS_FAULTED) {
        assert_int_equal(process_act(p->id, ABI_PROCESS_FAULT), K_OK);
    } else if (first == ABI_PROCESS_TERMINATED) {
        assert_int_equal(process_act(p->id, ABI_PROCESS_TERMINATE), K_OK);
    }
    if (state->state == ABI_PROCESS_STOPPED) {
        assert_int_equal(process_act(p->id, ABI_PROCESS_STOP), K_OK);
    }
    assert_int_equal(p->state, state->state);
    return p;
}

static const struct state *state_of(const struct process *p)
{
    for (size_t i = 0; i < STATES; i++) {
        if (states[i].state == p->state &&
            (p->state != ABI_PROCESS_STOPPED || states[i].resume_state == p->resume_state)) {
            return &states[i];
        }
    }
    fail_msg("state %u", p->state);
    return NULL;
}

/* What can happen, in the order of the table's columns: it returns an error. */
static int act(struct process *p, enum abi_process_action action)
{
    return process_act(p->id, action);
}
static int stop(struct process *p)
{
    return act(p, ABI_PROCESS_STOP);
}
static int start(struct process *p)
{
    return act(p, ABI_PROCESS_START);
}
static int fault(struct process *p)
{
    return act(p, ABI_PROCESS_FAULT);
}
static int terminate(struct process *p)
{
    return act(p, ABI_PROCESS_TERMINATE);
}
static int boot(struct process *p)
{
    return act(p, ABI_PROCESS_BOOT);
}
static int waited_for(struct process *p)
{
    return upcall_schedule(fixture_grant, p->id, WAITED_FOR, 0, 0, 0);
}
static int other(struct process *p)
{
    return upcall_schedule(fixture_grant, p->id, OTHER, 0, 0, 0);
}
static int exit_terminate(struct process *p)
{
    fixture_call(p, ABI_CLASS_EXIT, ABI_EXIT_TERMINATE, 3, 0, 0);
    return K_OK;
}
static int exit_restart(struct process *p)
{
    fixture_call(p, ABI_CLASS_EXIT, ABI_EXIT_RESTART, 3, 0, 0);
    return K_OK;
}

typedef int (*happening)(struct process *p);
static const happening happenings[] = {stop,       start, fault,          terminate,   boot,
                                       waited_for, other, exit_terminate, exit_restart};
#define HAPPENINGS (sizeof(happenings) / sizeof(happenings[0]))

static bool is_new_life(happening what, int error)
{
    return (what == boot || what == exit_restart) && error == K_OK;
}

/* Besides its state: what must be gone, kept or new. */
static void check_belongings(const struct process *p, happening what, int error,
                             struct process_id before)
{
    assert_int_equal(process_id_is_equal(p->id, before), !is_new_life(what, error));
    assert_int_equal(p->restarts, is_new_life(what, error) ? 1 : 0);
    bool kept = process_is_alive(p) && !is_new_life(what, error);
    for (uint32_t i = 0; i < grant_count(); i++) {
        bool is_it = i == grant_index(fixture_grant);
        assert_int_equal(p->grant_block[i] != 0, kept && is_it);
    }
    if (!kept) {
        assert_int_equal(p->queue_count, 0);
        assert_int_equal(p->grant_start, p->layout.ram_end - process_block_bytes());
    }
    if (what == exit_terminate || what == exit_restart) {
        assert_int_equal(p->completion_code, 3);
    }
}

static void judge(const struct state *from, happening what, const char *wanted)
{
    fixture_setup(NULL);
    struct process *p = process_in(from);
    struct process_id before = p->id;
    int error = what(p);
    const struct state *to = state_of(p);
    if (strcmp(wanted, "ALREADY") == 0) {
        assert_int_equal(error, K_EALREADY);
        wanted = from->name;
    } else if (strcmp(wanted, "NODEVICE") == 0) {
        assert_int_equal(error, K_ENODEVICE);
        wanted = from->name;
    } else {
        assert_int_equal(error, K_OK);
    }
    assert_string_equal(to->name, wanted);
    check_belongings(p, what, error, before);
}

/* The text between the bars number `index` and `index + 1`, without blanks around. */
static void cell(const char *row, size_t index, char text[CELL_BYTES])
{
    const char *at = row;
    for (size_t i = 0; i <= index; i++) {
        at = strchr(at, '|');
        assert_non_null(at);
        at++;
    }
    const char *end = strchr(at, '|');
    assert_non_null(end);
    while (*at == ' ') {
        at++;
    }
    while (end > at && end[-1] == ' ') {
        end--;
    }
    assert_true((size_t)(end - at) < CELL_BYTES);
    memcpy(text, at, (size_t)(end - at));
    text[end - at] = '\0';
}

static void test_the_table_of_the_document(void **unused)
{
    (void)unused;
    FILE *file = fopen(DOCUMENT, "r");
    assert_non_null(file);
    char row[1024];
    do {
        assert_non_null(fgets(row, sizeof(row), file));
    } while (strncmp(row, TABLE_HEAD, strlen(TABLE_HEAD)) != 0);
    assert_non_null(fgets(row, sizeof(row), file)); /* the line below the head */
    for (size_t i = 0; i < STATES; i++) {
        char text[CELL_BYTES];
        assert_non_null(fgets(row, sizeof(row), file));
        cell(row, 0, text);
        assert_string_equal(text, states[i].name);
        for (size_t j = 0; j < HAPPENINGS; j++) {
            cell(row, j + 1, text);
            /* Only what runs can exit. */
            bool possible = states[i].state == ABI_PROCESS_RUNNING || j < 7;
            assert_int_equal(strcmp(text, "-") != 0, possible);
            if (possible) {
                judge(&states[i], happenings[j], text);
            }
        }
    }
    (void)fclose(file);
}

/* --- Fault policies --- */

#define THRESHOLD 2u

static void do_fault(void *process)
{
    (void)fault(process);
}

/* What follows a fault of a process that had so many restarts: it panics, lives on or does not. */
struct outcome {
    enum kernel_fault_policy policy;
    uint32_t restarts;
    bool panics, lives, shows;
};
static const struct outcome outcomes[] = {
    {KERNEL_FAULT_STOP, 0, false, false, false},
    {KERNEL_FAULT_STOP_WITH_DEBUG, 0, false, false, true},
    {KERNEL_FAULT_RESTART, 0, false, true, false},
    {KERNEL_FAULT_RESTART, 1000, false, true, false},
    {KERNEL_FAULT_RESTART_WITH_DEBUG, 1000, false, true, true},
    {KERNEL_FAULT_PANIC, 0, true, false, true},
    {KERNEL_FAULT_THRESHOLD_RESTART, THRESHOLD, false, true, false},
    {KERNEL_FAULT_THRESHOLD_RESTART, THRESHOLD + 1, false, false, false},
    {KERNEL_FAULT_THRESHOLD_RESTART_THEN_PANIC, THRESHOLD, false, true, false},
    {KERNEL_FAULT_THRESHOLD_RESTART_THEN_PANIC, THRESHOLD + 1, true, false, true},
};

static enum arch_stop use_slice_up(struct process *p)
{
    (void)p;
    arch_signals.is.slice_over = 1;
    return ARCH_STOP_INTERRUPT;
}

static bool is_shown(void)
{
    static const char *const parts[] = {"App: app", "RAM end ", "grants ",   "app break ", "  r0 ",
                                        "  r4 ",    "  sp ",    "region 0 ", "region 7 "};
    size_t seen = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        seen += strstr(fixture.text, parts[i]) != NULL;
    }
    assert_true(seen == 0 || seen == sizeof(parts) / sizeof(parts[0]));
    return seen != 0;
}

static void test_policies_from_every_state(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
        const struct outcome *expected = &outcomes[i];
        for (size_t j = 0; j < STATES; j++) {
            fixture_setup(NULL);
            if (states[j].state == ABI_PROCESS_FAULTED ||
                states[j].state == ABI_PROCESS_TERMINATED) {
                continue;
            }
            struct process *p = process_in(&states[j]);
            fixture.fault_rule = (struct kernel_fault_rule){NULL, expected->policy, THRESHOLD};
            p->restarts = expected->restarts;
            assert_int_equal(fixture_panics(do_fault, p), expected->panics);
            if (!expected->panics) {
                fixture.run = use_slice_up;
                kernel_step(); /* what is to be shown */
                assert_int_equal(p->state,
                                 expected->lives ? ABI_PROCESS_RUNNING : ABI_PROCESS_FAULTED);
                assert_int_equal(p->restarts, expected->restarts + (expected->lives ? 1 : 0));
            }
            assert_int_equal(is_shown(), expected->shows);
        }
    }
}

/* --- What is shown --- */

static void test_no_piece_is_too_long(void **unused)
{
    (void)unused;
    fixture_add_app(
        &(struct fixture_app){.name = "a name that is longer than what is ever shown of a name"});
    fixture_boot();
    struct process *p = kernel.process[0];
    p->system_calls = p->upcalls_dropped = p->restarts = p->completion_code = UINT32_MAX;
    p->queue_count = PROCESS_UPCALLS;
    p->state = ABI_PROCESS_YIELDED_FOR;
    kernel.current = p;
    p->fault = (struct arch_fault){3, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};
    bool more = true;
    for (uint32_t piece = 0; more; piece++) {
        fixture.text[0] = '\0';
        more = report_process_piece(p, piece);
        assert_true(strlen(fixture.text) <= REPORT_PIECE_BYTES);
    }
}

static void test_regions_are_told(void **unused)
{
    (void)unused;
    struct process *p = fixture_boot_one();
    p->layout.region[0] = (struct mpu_layout_region){0x20001010, 0x13000F15}; /* 2 kB, rw- */
    p->layout.region[1] = (struct mpu_layout_region){0x00030011, 0x06000021}; /* 128 kB, r-x */
    p->layout.region[2] = (struct mpu_layout_region){0x12, 0};
    fixture.text[0] = '\0';
    report_process(p);
    assert_non_null(strstr(fixture.text, "  region 0  RBAR 0x20001010  RASR 0x13000f15  0x20001000 "
                                         "size 0x00000800 without 0xf rw-\r\n"));
    assert_non_null(strstr(fixture.text, "  region 1  RBAR 0x00030011  RASR 0x06000021  0x00030000 "
                                         "size 0x00020000 without 0x0 r-x\r\n"));
    assert_non_null(strstr(fixture.text, "  region 2  RBAR 0x00000012  RASR 0x00000000  off\r\n"));
}

/* It comes as the UART takes it, nothing is lost, and the new life begins after the last piece. */
static struct dma_buffer *sent_from;
static struct slice sent;
static const struct hil_uart_client *uart_client;
static int fake_transmit(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    (void)self;
    sent_from = buffer;
    return dma_buffer_claim(buffer, offset, length, &sent);
}
static void fake_set_client(void *self, const struct hil_uart_client *client)
{
    (void)self;
    uart_client = client;
}
static const struct hil_uart_ops uart_ops = {.transmit = fake_transmit,
                                             .set_client = fake_set_client};
static const struct hil_uart uart = {.ops = &uart_ops};

static void test_it_is_shown_as_there_is_room(void **unused)
{
    (void)unused;
    fixture.config.debug_uart = &uart;
    fixture.fault_rule.policy = KERNEL_FAULT_RESTART_WITH_DEBUG;
    fixture_add_app(&(struct fixture_app){.name = "first"});
    fixture_add_app(&(struct fixture_app){.name = "second"});
    fixture_boot();
    fixture.run = use_slice_up;
    debug_start();
    fixture.text[0] = '\0';
    assert_int_equal(fault(kernel.process[0]), K_OK);
    assert_int_equal(fault(kernel.process[1]), K_OK);
    uint32_t transfers = 0;
    for (; !process_is_alive(kernel.process[1]) && transfers < 100; transfers++) {
        (void)kernel_step();
        assert_true(sent.length != 0);
        strncat(fixture.text, (const char *)sent.bytes, sent.length);
        sent.length = 0;
        dma_buffer_release(sent_from);
        hil_uart_client_transmitted(uart_client, K_OK);
    }
    assert_true(process_is_alive(kernel.process[0]));
    assert_null(strstr(fixture.text, "lost"));
    assert_non_null(strstr(fixture.text, "App: first"));
    assert_non_null(strstr(fixture.text, "App: second"));
    assert_true(transfers > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_table_of_the_document, fixture_setup),
        cmocka_unit_test_setup(test_policies_from_every_state, fixture_setup),
        cmocka_unit_test_setup(test_no_piece_is_too_long, fixture_setup),
        cmocka_unit_test_setup(test_regions_are_told, fixture_setup),
        cmocka_unit_test_setup(test_it_is_shown_as_there_is_room, fixture_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
