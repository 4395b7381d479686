/*
 * report.h - the pieces that reports are made of.
 */
#ifndef KERNEL_CORE_REPORT_H
#define KERNEL_CORE_REPORT_H

#include "kernel/arch/arch.h"
#include "kernel/core/process.h"

/* A name, which ends in its blanks, and a value; a line adds the line's end. */
void report_field(const char *name, uint32_t value);
void report_line(const char *name, uint32_t value);
void report_count(const char *name, uint32_t value);

/* r0 to r3, r12, lr, pc, xpsr; the others; CFSR to BFAR. */
void report_frame(const struct arch_frame *frame);
void report_r4_to_r11(const uint32_t *registers);
void report_status_registers(const struct arch_fault *fault);

/* All that is known of a process, now. */
void report_process(const struct process *process);
/* The same piece by piece, each at most REPORT_PIECE_BYTES long: piece 0, 1, ... False after the
 * last one. */
#define REPORT_PIECE_BYTES 240u
bool report_process_piece(const struct process *process, uint32_t piece);

#endif
