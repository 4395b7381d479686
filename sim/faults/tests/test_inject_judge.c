/*
 * What comes of a disturbed run: inject_judge.c alone, with made-up breaches, observations and
 * processes in the place of a machine. What counts as a reach into somebody's memory is said here
 * a second time.
 */
#include "sim/faults/inject_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine_view.h"

#define PC_NOW      0x0000CAFEu /* where the core stands when the run has ended */
#define PC_BREACH   0x00001234u
#define PC_FAULT    0x00030040u
#define ENTRY_OF_B  0x00031000u
#define CALLS_OF_B  17u
#define BREACHES_IN 4u

/* ---- what inject_judge.c asks, answered by what a test has set ---- */

static struct {
    struct ownership_breach breaches[BREACHES_IN];
    size_t breach_count;
    struct ownership_map map;
    struct process_watch processes;
    struct inject_seen seen;
    int laggard;
    bool complete;
} world;

const struct ownership_breach *ownership_breaches(const struct ownership *ownership, size_t *count)
{
    (void)ownership;
    *count = world.breach_count;
    return world.breaches;
}

const struct ownership_map *ownership_map_of(const struct ownership *ownership)
{
    (void)ownership;
    return &world.map;
}

/* As the map of owners words them: those without a place have the pc where others have none. */
void ownership_describe(const struct ownership *ownership, const struct ownership_breach *breach,
                        char *text, size_t size)
{
    (void)ownership;
    if (breach->kind == OWNERSHIP_BREACH_KERNEL_FAULT || breach->kind == OWNERSHIP_BREACH_ANSWER) {
        snprintf(text, size, "kind %d: 0x%08x", (int)breach->kind, (unsigned)breach->pc);
    } else {
        snprintf(text, size, "kind %d: 0x20000000, at pc 0x%08x", (int)breach->kind,
                 (unsigned)breach->pc);
    }
}

const struct inject_seen *inject_watch_seen(const struct inject_watch *watch)
{
    (void)watch;
    return &world.seen;
}

int inject_watch_laggard(const struct inject_watch *watch)
{
    (void)watch;
    return world.laggard;
}

bool inject_watch_is_complete(const struct inject_watch *watch)
{
    (void)watch;
    return world.complete;
}

uint64_t inject_watch_calls(const struct inject_watch *watch, int process)
{
    (void)watch;
    return process == 1 ? CALLS_OF_B : 3;
}

const struct process_watch *machine_view_processes(const struct machine *machine)
{
    (void)machine;
    return &world.processes;
}

struct cpu *machine_cpu(struct machine *machine)
{
    (void)machine;
    return NULL;
}

uint32_t cpu_pc(const struct cpu *cpu)
{
    (void)cpu;
    return PC_NOW;
}

/* ---- the tests' words ---- */

static void nothing_happens(void)
{
    memset(&world, 0, sizeof world);
    world.laggard = -1;
    world.complete = true;
    snprintf(world.processes.process[0].name, sizeof world.processes.process[0].name, "a");
    snprintf(world.processes.process[1].name, sizeof world.processes.process[1].name, "b");
    world.map.process[1].entry = ENTRY_OF_B;
}

static void add_breach(enum ownership_breach_kind kind)
{
    world.breaches[world.breach_count] = (struct ownership_breach){
        .kind = kind, .who = OWNERSHIP_NOBODY, .whose = OWNERSHIP_NOBODY, .pc = PC_BREACH};
    world.breach_count++;
}

static void add_restart_of_b(void)
{
    add_breach(OWNERSHIP_BREACH_KERNEL_WROTE);
    world.breaches[world.breach_count - 1].whose = 1;
    world.breaches[world.breach_count - 1].pc = ENTRY_OF_B;
}

static void expect_of(const struct inject_stage *stage, enum machine_stop stop, bool busy,
                      enum inject_verdict verdict, uint32_t pc, const char *text)
{
    struct inject_outcome outcome = {0};
    inject_judge_run(stage, stop, busy, &outcome);
    assert_string_equal(inject_verdict_name(outcome.verdict), inject_verdict_name(verdict));
    assert_string_equal(outcome.text, text);
    assert_int_equal(outcome.pc, pc);
}

static void expect(enum inject_verdict verdict, uint32_t pc, const char *text)
{
    const struct inject_stage stage = {0};
    expect_of(&stage, MACHINE_STOP_LIMIT, false, verdict, pc, text);
}

/* ---- tests ---- */

static void test_nothing(void **state)
{
    (void)state;
    const struct inject_stage stage = {0};
    const enum machine_stop ends[] = {MACHINE_STOP_LIMIT, MACHINE_STOP_IDLE, MACHINE_STOP_OFF,
                                      MACHINE_STOP_REQUESTED};
    nothing_happens();
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        expect_of(&stage, ends[i], false, INJECT_NO_EFFECT, 0, "");
    }
}

static void test_which_breaches_break_isolation(void **state)
{
    (void)state;
    /* Bytes that somebody could read or change, or rights that he had, and may not have. */
    const enum ownership_breach_kind worse[] = {
        OWNERSHIP_BREACH_APP_WROTE, OWNERSHIP_BREACH_KERNEL_WROTE, OWNERSHIP_BREACH_DEAD_WRITTEN,
        OWNERSHIP_BREACH_FLASH,     OWNERSHIP_BREACH_OPEN,         OWNERSHIP_BREACH_NOT_ZERO,
        OWNERSHIP_BREACH_DMA,       OWNERSHIP_BREACH_PRIVILEGED,   OWNERSHIP_BREACH_ACCEPTED,
        OWNERSHIP_BREACH_OVERLAP,   OWNERSHIP_BREACH_DEAD_RUNS};
    for (int kind = 0; kind < OWNERSHIP_BREACH_KINDS; kind++) {
        bool is_worse = false;
        char text[64];
        for (size_t i = 0; i < sizeof worse / sizeof *worse; i++) {
            is_worse = is_worse || worse[i] == (enum ownership_breach_kind)kind;
        }
        nothing_happens();
        add_breach((enum ownership_breach_kind)kind);
        bool placed = kind != OWNERSHIP_BREACH_KERNEL_FAULT && kind != OWNERSHIP_BREACH_ANSWER;
        snprintf(text, sizeof text, placed ? "kind %d: 0x20000000" : "kind %d", kind);
        expect(is_worse ? INJECT_BREACH : INJECT_CHANGED, PC_BREACH, text);

        const struct inject_stage stage = {0};
        struct sim_error error = {0};
        assert_int_equal(inject_keeps_isolation(&stage, &error), !is_worse);
        assert_int_equal(error.status, is_worse ? SIM_WRONG_USE : 0);
    }
}

static void test_breaches_of_the_reference_are_not_counted(void **state)
{
    (void)state;
    const struct inject_stage stage = {.reference_breaches = 1};
    nothing_happens();
    add_breach(OWNERSHIP_BREACH_OPEN);
    expect_of(&stage, MACHINE_STOP_LIMIT, false, INJECT_NO_EFFECT, 0, "");
    add_breach(OWNERSHIP_BREACH_SWAP);
    add_breach(OWNERSHIP_BREACH_FLASH);
    assert_ptr_equal(inject_find_breach(&stage, false), &world.breaches[1]);
    assert_ptr_equal(inject_find_breach(&stage, true), &world.breaches[2]);
}

static void test_restart(void **state)
{
    (void)state;
    nothing_happens();
    add_restart_of_b();
    expect(INJECT_APP_FAULT, 0, "the kernel took b for faulty and started it again");

    nothing_happens(); /* elsewhere than at its entry, or by a device: no restart */
    add_restart_of_b();
    world.breaches[0].pc++;
    expect(INJECT_BREACH, ENTRY_OF_B + 1, "kind 1: 0x20000000");
    nothing_happens();
    add_restart_of_b();
    world.breaches[0].kind = OWNERSHIP_BREACH_DEAD_WRITTEN;
    expect(INJECT_BREACH, ENTRY_OF_B, "kind 2: 0x20000000");
    nothing_happens(); /* nobody's memory is nobody's restart, whatever the entry of process 0 */
    add_restart_of_b();
    world.breaches[0].whose = OWNERSHIP_NOBODY;
    expect(INJECT_BREACH, ENTRY_OF_B, "kind 1: 0x20000000");
}

static void test_app_fault(void **state)
{
    (void)state;
    nothing_happens();
    world.seen.app_faults = 1;
    world.seen.faulty = 1;
    world.seen.fault = (struct machine_fault){.address_valid = true,
                                              .address = 0x20000F00,
                                              .access = MACHINE_ACCESS_WRITE,
                                              .pc = PC_FAULT};
    expect(INJECT_APP_FAULT, PC_FAULT, "b: refused write to 0x20000f00");
    world.seen.fault.access = MACHINE_ACCESS_READ;
    expect(INJECT_APP_FAULT, PC_FAULT, "b: refused read of 0x20000f00");
    world.seen.fault.access = MACHINE_ACCESS_FETCH;
    expect(INJECT_APP_FAULT, PC_FAULT, "b: refused fetch from 0x20000f00");
    world.seen.faulty = 0;
    world.seen.fault.address_valid = false;
    expect(INJECT_APP_FAULT, PC_FAULT, "a: no such instruction, or no way to go on");

    const struct inject_stage faults_anyway = {.reference = {.app_faults = 1}};
    expect_of(&faults_anyway, MACHINE_STOP_LIMIT, false, INJECT_NO_EFFECT, 0, "");
    world.seen.app_faults = 2;
    expect_of(&faults_anyway, MACHINE_STOP_LIMIT, false, INJECT_APP_FAULT, PC_FAULT,
              "a: no such instruction, or no way to go on");
}

static void test_panic_and_reset(void **state)
{
    (void)state;
    nothing_happens();
    world.seen.panicked = true;
    expect(INJECT_PANIC, 0, "it says so");
    snprintf(world.seen.reason, sizeof world.seen.reason, "out of words");
    expect(INJECT_PANIC, 0, "out of words");
    world.seen.resets = 1; /* the kernel's own words say more */
    expect(INJECT_PANIC, 0, "out of words");
    world.seen.panicked = false;
    expect(INJECT_PANIC, 0, "the chip was reset");
    const struct inject_stage resets_anyway = {.reference = {.resets = 1}};
    expect_of(&resets_anyway, MACHINE_STOP_LIMIT, false, INJECT_NO_EFFECT, 0, "");
    world.seen.resets = 2;
    expect_of(&resets_anyway, MACHINE_STOP_LIMIT, false, INJECT_PANIC, 0, "the chip was reset");
}

static void test_hang(void **state)
{
    (void)state;
    const struct inject_stage stage = {0};
    nothing_happens();
    expect_of(&stage, MACHINE_STOP_LOCKUP, false, INJECT_HANG, 0, "the core locks up");
    expect_of(&stage, MACHINE_STOP_EXIT, false, INJECT_HANG, 0,
              "the guest ends the run by semihosting");
    expect_of(&stage, MACHINE_STOP_ENGINE, false, INJECT_HANG, 0, "the engine fails");
    expect_of(&stage, MACHINE_STOP_LIMIT, true, INJECT_HANG, PC_NOW,
              "the core is busy, and was not without the fault");
    world.laggard = 0;
    expect(INJECT_HANG, PC_NOW, "a does not go on after its call 3");
    world.laggard = 1;
    expect(INJECT_HANG, PC_NOW, "b does not go on after its call 17");
    /* The reason of all the others is told, not what follows from it. */
    expect_of(&stage, MACHINE_STOP_LOCKUP, true, INJECT_HANG, 0, "the core locks up");
}

static void test_changed_output(void **state)
{
    (void)state;
    nothing_happens();
    world.complete = false;
    expect(INJECT_CHANGED, 0, "something that a device did is missing");
    world.seen.differs = true;
    snprintf(world.seen.difference, sizeof world.seen.difference, "led0: off");
    expect(INJECT_CHANGED, 0, "led0: off");
    add_breach(OWNERSHIP_BREACH_UPCALL);
    expect(INJECT_CHANGED, PC_BREACH, "kind 18: 0x20000000");
}

/* All at once, and then without the worst of them, one after the other. */
static void test_the_worst_counts(void **state)
{
    (void)state;
    const struct inject_stage stage = {0};
    nothing_happens();
    world.complete = false;
    world.laggard = 1;
    world.seen.app_faults = 1;
    world.seen.panicked = true;
    add_breach(OWNERSHIP_BREACH_DMA);
    expect_of(&stage, MACHINE_STOP_LIMIT, true, INJECT_BREACH, PC_BREACH, "kind 8: 0x20000000");
    world.breach_count = 0;
    expect_of(&stage, MACHINE_STOP_LIMIT, true, INJECT_PANIC, 0, "it says so");
    world.seen.panicked = false;
    expect_of(&stage, MACHINE_STOP_LIMIT, true, INJECT_APP_FAULT, 0,
              "a: no such instruction, or no way to go on");
    world.seen.app_faults = 0;
    expect_of(&stage, MACHINE_STOP_LIMIT, true, INJECT_HANG, PC_NOW,
              "the core is busy, and was not without the fault");
    expect_of(&stage, MACHINE_STOP_LIMIT, false, INJECT_HANG, PC_NOW,
              "b does not go on after its call 17");
    world.laggard = -1;
    expect(INJECT_CHANGED, 0, "something that a device did is missing");
}

static void test_end_of_time(void **state)
{
    (void)state;
    for (int stop = MACHINE_STOP_LIMIT; stop <= MACHINE_STOP_ENGINE; stop++) {
        bool no_time_left =
            stop == MACHINE_STOP_LIMIT || stop == MACHINE_STOP_IDLE || stop == MACHINE_STOP_OFF;
        assert_int_equal(inject_is_end_of_time((enum machine_stop)stop), no_time_left);
    }
    assert_string_equal(inject_stop_words(MACHINE_STOP_OFF), "the chip is off");
    assert_string_equal(inject_stop_words(MACHINE_STOP_LIMIT), "the run ends");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_which_breaches_break_isolation),
        cmocka_unit_test(test_breaches_of_the_reference_are_not_counted),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_app_fault),
        cmocka_unit_test(test_panic_and_reset),
        cmocka_unit_test(test_hang),
        cmocka_unit_test(test_changed_output),
        cmocka_unit_test(test_the_worst_counts),
        cmocka_unit_test(test_end_of_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
