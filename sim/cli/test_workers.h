/* sim/cli/test_workers.h - processes that run the cases of `sandglass test`. What a case does to
 * its process - an endless search in a pattern, a crash - is one result, and ends no other. */
#ifndef SIM_CLI_TEST_WORKERS_H
#define SIM_CLI_TEST_WORKERS_H

#include <stdint.h>

#include "sim/cli/test_files.h"
#include "sim/cli/test_host.h"
#include "sim/script/script.h"

#define TEST_JOBS_MAX 64

struct test_setup {
    const struct test_files *files;
    struct test_host host;
    struct script_options options;
    int jobs;
    uint64_t host_limit_ms; /* that one case may take of the host's time */
};

/* One thing to do: a file's cases are to be listed (name NULL), or one of them is to be run. */
struct test_task {
    size_t file;
    const char *name;
    /* Results, owned by whoever set up the task: */
    struct script_result result; /* listing: `message` is what is wrong with the file */
    struct script_case_list cases;
    bool done;        /* also when it is handed over: then it is only told */
    bool broken_file; /* the whole file: its cases are not known */
};

/* Does all tasks, `setup->jobs` at a time. Whenever the first that was not done yet is done, and
 * those after it, tells them in their order. False with SIM_INTERNAL when there are no processes.
 */
bool test_workers_run(const struct test_setup *setup, struct test_task *tasks, size_t count,
                      void (*done)(void *context, struct test_task *task), void *context,
                      struct sim_error *error);

#endif
