/*
 * fake_kernel.h - a stand-in for syscall.c on the host, so that wrappers can be tested: answers
 * commands of alarm and console, keeps what was allowed, and notes what was asked.
 */
#ifndef APPS_LIB_TESTS_FAKE_KERNEL_H
#define APPS_LIB_TESTS_FAKE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

enum {
    FAKE_ALARMS_MAX = 16,
    FAKE_WRITES_MAX = 16,
};

struct fake_kernel {
    uint32_t frequency_hz;
    uint32_t now;
    uint32_t alarm_references[FAKE_ALARMS_MAX]; /* of each alarm that was set */
    uint32_t alarm_dts[FAKE_ALARMS_MAX];
    size_t alarm_count;
    char written[1024]; /* all console output */
    size_t written_bytes;
    size_t write_lengths[FAKE_WRITES_MAX];
    size_t write_count;
    const void *allowed; /* console's read-only buffer */
    size_t allowed_bytes;
    int command_error;  /* what commands fail with, 0: they do not */
    int command_number; /* of the last one */
};

extern struct fake_kernel fake_kernel;

#endif
