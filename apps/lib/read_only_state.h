/*
 * What the kernel knows of this process, in memory: it writes the buffer anew each time before the
 * process goes on, so reading costs no system call.
 */
#ifndef APPS_LIB_READ_ONLY_STATE_H
#define APPS_LIB_READ_ONLY_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/drivers.h"

struct read_only_state {
    volatile uint32_t words[ABI_READ_ONLY_STATE_BYTES / sizeof(uint32_t)];
};

bool read_only_state_exists(void);

/* 1: the fields below. */
int read_only_state_version(uint32_t *version);

/* `state` is kept up to date from now on, until the same is called with NULL. */
int read_only_state_start(struct read_only_state *state);

/* How often the process went on before: after a call, an interrupt or the others' turn. */
uint32_t read_only_state_switches(const struct read_only_state *state);

/* Upcalls that wait for it. */
uint32_t read_only_state_pending(const struct read_only_state *state);

/* Ticks of the counter behind the alarm, as it was when the process went on; on the chips of the
 * nRF52 family 32,768 in a second, and back to 0 after 2^24. */
uint64_t read_only_state_ticks(const struct read_only_state *state);

#endif
