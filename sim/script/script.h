/* sim/script/script.h - scenarios: Lua programs that build machines, act on them and say what they
 * expect (docs/scenarios.md). Knows neither processes of the host nor the command line.
 *
 * A file is one case, or several that it names by case("name", function() ... end). Each case runs
 * in a Lua state of its own, on machines that are as after power-on. Time is virtual, the same case
 * does the same every time. What a script can do wrong ends in a verdict with a line of text: it
 * reaches no file but through the host and the golden files beside it, uses a bounded amount of
 * memory and of instructions.
 */
#ifndef SIM_SCRIPT_SCRIPT_H
#define SIM_SCRIPT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"
#include "sim/script/script_host.h"

#define SCRIPT_NAME_BYTES 96
#define SCRIPT_CASES_MAX  4096

struct script_pool; /* opaque: machines that are built, and snapshots of them after reset */

struct script_pool *script_pool_create(const struct script_host *host);
void script_pool_destroy(struct script_pool *pool);

struct script_file {
    const char *path;   /* as the user named it; for messages and for files relative to it */
    const char *source; /* its text */
    size_t source_bytes;
};

/* The cases of a file, in order. A file that names none is one case, called as the file without
 * folder and ending. */
struct script_case_list {
    char (*names)[SCRIPT_NAME_BYTES]; /* owned */
    size_t count;
};

/* Runs the file as far as it takes to know its cases. False with SIM_WRONG_USE and "FILE:LINE: ..."
 * for a broken one. */
bool script_list_cases(struct script_pool *pool, const struct script_file *file,
                       struct script_case_list *list, struct sim_error *error);
void script_free_cases(struct script_case_list *list);

struct script_options {
    uint64_t seed;           /* of machines that say none, and of math.random */
    bool update;             /* golden traces and pictures are written anew */
    const char *screenshots; /* folder for a picture of each failure; NULL: none */
};

enum script_verdict {
    SCRIPT_PASSED,
    SCRIPT_FAILED, /* an expectation was not met, or the guest failed */
    SCRIPT_BROKEN, /* the script is wrong: SIM_WRONG_USE */
    SCRIPT_TROUBLE /* of the simulator: SIM_INTERNAL */
};

/* What became of a case. Texts are owned; "" when there is nothing to say. */
struct script_result {
    enum script_verdict verdict;
    char *message;  /* one line: "FILE:LINE: what"; "" when it passed */
    char *expected; /* of a failed expectation */
    char *seen;
    char *state;      /* several lines: processes, the last of the UART, what else went wrong */
    char *output;     /* what the script printed, and what it wrote (golden files) */
    char *screenshot; /* path */
    uint64_t virtual_ns;
    uint64_t expectations; /* that were met */
};

/* Runs one case of the file. */
void script_run_case(struct script_pool *pool, const struct script_file *file, const char *name,
                     const struct script_options *options, struct script_result *result);
void script_free_result(struct script_result *result);

#endif
