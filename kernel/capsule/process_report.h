/*
 * process_report.h - what the process console prints about processes and the kernel, made piece by
 * piece so that each fits a buffer of TEXT_BYTES.
 */
#ifndef KERNEL_CAPSULE_PROCESS_REPORT_H
#define KERNEL_CAPSULE_PROCESS_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/text.h"
#include "kernel/hil/marks.h"

/* Each adds piece `step` (0, 1, ...), which may be nothing. False after the last one. */
NOT_NULL OUTSIDE_SCOPE bool process_report_list(uint32_t step, BORROWED struct text *text);
NOT_NULL OUTSIDE_SCOPE bool process_report_kernel(uint32_t step, BORROWED struct text *text);
/* One process, by its index, and its memory. Nothing when there is none. */
NOT_NULL OUTSIDE_SCOPE bool process_report_process(uint32_t index, uint32_t step,
                                                   BORROWED struct text *text);
/* How many processes there are: one piece. */
NOT_NULL OUTSIDE_SCOPE void process_report_status(BORROWED struct text *text);

#endif
