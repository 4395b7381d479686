/*
 * process_report.h - what the process console prints about processes and the kernel, made piece by
 * piece so that each fits a buffer.
 */
#ifndef KERNEL_CAPSULES_PROCESS_REPORT_H
#define KERNEL_CAPSULES_PROCESS_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsules/text.h"

/* Each adds piece `step` (0, 1, ...), which may be nothing. False after the last one. */
bool process_report_list(uint32_t step, BORROWED struct text *text);
bool process_report_status(BORROWED struct text *text); /* has one piece */
bool process_report_kernel(uint32_t step, BORROWED struct text *text);
/* One process, by its index, and its memory. Nothing when there is none. */
bool process_report_process(uint32_t index, uint32_t step, BORROWED struct text *text);

/* A name is what its image says: nothing in it steers the terminal, and a long one is cut. */
void process_report_name(BORROWED struct text *text, BORROWED struct const_slice name);

#endif
