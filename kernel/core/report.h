/*
 * report.h - what the kernel says at the debug console: its texts, and all that is known of a
 * process. The texts' values are those that kernel/capsule/texts.h asks for.
 */
#ifndef KERNEL_CORE_REPORT_H
#define KERNEL_CORE_REPORT_H

#include "kernel/core/process.h"
#include "kernel/core/text.h"

/* `name` is whose text it is. */
void report(struct const_slice name, enum text_id id, const uint32_t *values);
void report_of_process(const struct process *process, enum text_id id, const uint32_t *values);
/* A text without a name, and one without values. */
void report_values(enum text_id id, const uint32_t *values);
void report_say(enum text_id id);

/* All that is known of a process, now. */
void report_process(const struct process *process);
/* The same piece by piece, each at most REPORT_PIECE_BYTES long: piece 0, 1, ... False after the
 * last one. */
#define REPORT_PIECE_BYTES 240u
bool report_process_piece(const struct process *process, uint32_t piece);

#endif
