/* sim/script/script_report.h - results of cases as TAP 14 and as JUnit XML. */
#ifndef SIM_SCRIPT_SCRIPT_REPORT_H
#define SIM_SCRIPT_SCRIPT_REPORT_H

#include <stdio.h>

#include "sim/script/script.h"

/* One case that was run. Texts are borrowed. */
struct script_reported {
    const char *file, *name;
    const char *replay; /* the command that runs just this case */
    const struct script_result *result;
};

void script_report_tap_begin(FILE *stream, size_t count);
/* "ok 1 - FILE: NAME", or "not ok" with what is known, as YAML. `number` counts from 1. */
void script_report_tap(FILE *stream, size_t number, const struct script_reported *reported);

/* The whole file: a test suite for each file, in order; results of a file lie together. */
void script_report_junit(FILE *stream, const struct script_reported *reported, size_t count);

#endif
