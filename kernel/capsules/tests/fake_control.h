/*
 * fake_control.h - process_control.h for tests: the processes are a table of the test's, what is
 * done to them is written down.
 */
#ifndef KERNEL_CAPSULES_TESTS_FAKE_CONTROL_H
#define KERNEL_CAPSULES_TESTS_FAKE_CONTROL_H

#include <setjmp.h>

#include "kernel/capsule/process_control.h"

#define FAKE_CONTROL_SLOTS  5u
#define FAKE_CONTROL_GRANTS 4u

struct fake_control {
    struct process_view views[FAKE_CONTROL_SLOTS]; /* without a name: no process there */
    struct process_grant_view grants[FAKE_CONTROL_SLOTS][FAKE_CONTROL_GRANTS];
    struct refused_app_view refused[3];
    uint32_t refused_count;
    struct kernel_view kernel;
    struct process_id acted_on;
    enum abi_process_action action; /* the last one, 0: none */
    int answer;                     /* of process_act */
    /* Where the test goes on after kernel_reset (1) or kernel_panic (2). */
    jmp_buf after_end;
    enum text_id panic_reason;
};

/* The one there is; zero it before each test. */
extern struct fake_control fake_control;

#endif
