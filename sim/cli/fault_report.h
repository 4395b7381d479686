/* sim/cli/fault_report.h - what only the simulator can say about a fault: process, function, line,
 * exact address, whose memory it was, which MPU region refused. On stderr, as it happens. */
#ifndef SIM_CLI_FAULT_REPORT_H
#define SIM_CLI_FAULT_REPORT_H

#include "sim/cli/live_lines.h"
#include "sim/loader/symbol_map.h"
#include "sim/machine/machine.h"

/* Further faults are only counted. */
#define FAULT_REPORTS_MAX 50

struct fault_report {
    struct machine *machine;
    struct live_lines *lines;
    const struct symbol_map *symbols;
    uint64_t count;
};

/* Starts to observe; false when the machine has too many observers. All must outlive the machine.
 */
bool fault_report_start(struct fault_report *report, struct machine *machine,
                        struct live_lines *lines, const struct symbol_map *symbols);

#endif
