/* sim/cli/test_host.h - machines for scenarios: boards, kernels and apps by their files and names.
 */
#ifndef SIM_CLI_TEST_HOST_H
#define SIM_CLI_TEST_HOST_H

#include "sim/script/script_host.h"

/* Folders, besides the scenario's own, in which files that a scenario names are looked for before
 * those that come with the program. Must outlive the host. */
struct test_host {
    const char *const *folders;
    size_t folder_count;
};

struct script_host test_host_make(struct test_host *host);

#endif
