/* sim/cli/inject_report.h - what `sandglass inject` prints: a row for each instruction, how often
 * each verdict came, the command that plays one again. */
#ifndef SIM_CLI_INJECT_REPORT_H
#define SIM_CLI_INJECT_REPORT_H

#include "sim/cli/inject_options.h"
#include "sim/faults/inject_stage.h"
#include "sim/loader/symbol_map.h"

struct inject_report {
    const struct inject_options *options;
    const struct inject_stage *stage;
    const struct symbol_map *symbols;
    uint32_t cpu_hz;
    size_t disassembler; /* of capstone; 0: none */
    unsigned columns;    /* of the terminal; 0: it is none, lines may be long */
    size_t rows;
    size_t totals[INJECT_VERDICTS];
};

/* Prints what comes before the rows. Close it all the same when it fails. */
bool inject_report_open(struct inject_report *report, struct sim_error *error);
void inject_report_row(struct inject_report *report, size_t index,
                       const struct inject_outcome *outcome);
/* Prints what comes after them. */
void inject_report_end(const struct inject_report *report);
void inject_report_close(struct inject_report *report);

#endif
