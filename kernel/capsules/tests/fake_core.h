/*
 * fake_core.h - the core as capsules see it, for tests: a few processes whose grants, upcalls,
 * buffers and deferred calls live in host memory. It checks what a capsule must not do: schedule an
 * upcall from inside a command, enter a grant twice, leave one entered.
 */
#ifndef KERNEL_CAPSULES_TESTS_FAKE_CORE_H
#define KERNEL_CAPSULES_TESTS_FAKE_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/capsule/grant.h"

#define FAKE_PROCESSES 4u

struct fake_upcall {
    const struct grant *grant;
    uint32_t number;
    uint32_t argument[3];
};

/* All processes alive, nothing granted, nothing queued, nothing allowed. Frees what was. */
void fake_core_reset(void);

struct process_id fake_core_id(uint32_t index);

/* Of the latest answer that has two values. */
uint32_t fake_core_second_value(void);

/* The process's app is one that asks for no driver from now on. */
void fake_core_ask_for_none(uint32_t index);

/* That capsule, and no other one, is dead. */
void fake_core_kill(const struct capsule *owner);

/* The process ends: grants, upcalls and buffers are gone, its identifier is stale. */
void fake_core_end(uint32_t index);
/* And begins anew, with an identifier of its own. */
void fake_core_restart(uint32_t index);

/* From now on the process has no memory for a grant it does not have yet. */
void fake_core_exhaust(uint32_t index);

/* How many upcalls the process's queue takes; 10 unless said. */
void fake_core_queue_limit(uint32_t index, uint32_t limit);

/* What the process's grant holds; {NULL, 0}: it has none. */
struct const_slice fake_core_grant_bytes(uint32_t index, const struct grant *grant);

/* length 0 revokes. The bytes are the test's. */
void fake_core_allow(uint32_t index, const struct grant *grant, enum allow_kind kind,
                     uint32_t number, void *bytes, uint32_t length);

/* A command of the process, as the core would pass it on. */
command_return fake_core_command(const struct driver_ops *ops, void *self, uint32_t index,
                                 uint32_t command, uint32_t argument0, uint32_t argument1);

/* Takes the oldest queued upcall. False when there is none. */
bool fake_core_take_upcall(uint32_t index, struct fake_upcall *upcall);
uint32_t fake_core_upcalls(uint32_t index);
uint32_t fake_core_upcalls_lost(uint32_t index);

/* Runs deferred calls until there are none. */
void fake_core_run(void);
/* The oldest of them. False when there is none. */
bool fake_core_run_one(void);

/* What has gone to debug_write, as a string. */
const char *fake_core_debug_text(void);

/* Checks as one line each. */
void expect_success(command_return result);
void expect_u32(command_return result, uint32_t value);
void expect_failure(command_return result, int error);
void expect_upcall(uint32_t index, uint32_t number, uint32_t argument0, uint32_t argument1,
                   uint32_t argument2);
void expect_no_upcall(uint32_t index);

#endif
