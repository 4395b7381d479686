/* sim/cli/test_report.h - what `sandglass run` says on stderr, kept as a text for a scenario: parts
 * and pins that change, faults in words, DMA past the MPU, resets, messages about the guest. */
#ifndef SIM_CLI_TEST_REPORT_H
#define SIM_CLI_TEST_REPORT_H

#include "sim/script/script_host.h"

struct test_report; /* opaque */

/* Watches the machine from now on. NULL: no memory, or too many observers. */
struct test_report *test_report_start(const struct script_built *built);

/* All that was told so far; lives until the next call. */
const char *test_report_text(struct test_report *report);

/* Takes it off the machine. NULL is allowed. */
void test_report_end(struct test_report *report);

#endif
