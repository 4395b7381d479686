/* sim/machine/semihosting.h - Arm semihosting: BKPT 0xAB as a call to the host, for bare firmware.
 * Reference: Arm's Semihosting for AArch32 and AArch64, 2.0.
 *
 * The console (":tt"), the clock, the command line, and the exit. No file of the host can be
 * reached, and standard input is always at its end. All pointers are the guest's: memory is read
 * and written as a debugger would, whatever the MPU says, and what does not exist is refused. A
 * call takes a cycle, and one more for each byte that it moves.
 */
#ifndef SIM_MACHINE_SEMIHOSTING_H
#define SIM_MACHINE_SEMIHOSTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;

struct semihosting_config {
    /* What the guest prints, standard output and standard error alike. */
    void (*print)(void *context, const char *bytes, size_t count);
    void *context;
    const char *command_line; /* borrowed for the life of the machine; NULL: empty */
};

#define SEMIHOSTING_FEATURES_BYTES 5 /* of ":semihosting-features" */

struct semihosting {
    struct semihosting_config config;
    /* What a snapshot keeps. */
    uint32_t last_error;    /* what SYS_ERRNO tells */
    uint32_t features_read; /* bytes, at most SEMIHOSTING_FEATURES_BYTES */
    bool exited;
    uint32_t exit_status; /* 0: good */
};

/* The core has stopped on BKPT 0xAB: does what r0 and r1 ask for, and goes over it. After an exit,
 * `exited` is set and the core stays there. */
void semihosting_call(struct machine *machine);

#endif
