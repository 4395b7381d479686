/*
 * line_edit.h - one line of text as a person types it at a terminal: bytes in, the line and what
 * the terminal has to be sent out. Knows the usual control characters and ANSI cursor keys, and
 * earlier lines.
 *
 * Pure: it owns its bytes and calls nobody.
 */
#ifndef KERNEL_CAPSULES_LINE_EDIT_H
#define KERNEL_CAPSULES_LINE_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/text.h"
#include "kernel/hil/slice.h"

#define LINE_EDIT_BYTES   64u
#define LINE_EDIT_HISTORY 128u /* all earlier lines together, each with one byte to end it */

struct line_edit {
    uint32_t length;   /* of the line */
    uint32_t cursor;   /* 0..length */
    uint32_t drawn;    /* bytes of the line that the terminal shows with its cursor after them */
    bool redraw;       /* the terminal shows something else altogether */
    bool after_return; /* a newline right after a carriage return is part of it */
    uint8_t escape;    /* how far in an escape sequence: 0, ESC, '[' or its digit */
    uint32_t recalled; /* how many lines back in the history; 0: the line is new */
    uint8_t bytes[LINE_EDIT_BYTES];
    uint8_t history[LINE_EDIT_HISTORY]; /* newest first, each line followed by a zero; the last one
                                           may be cut */
};

void line_edit_init(struct line_edit *line);

/* Takes one byte from the terminal. A byte that does not fit is dropped. True: the line is complete
 * (line_edit_text(), then line_edit_next()). */
bool line_edit_put(struct line_edit *line, uint8_t byte);

/* Adds what brings the terminal up to date, nothing when it is; the line has `prompt` before it.
 * The text needs room for prompt and line and 16 bytes more. */
void line_edit_draw(struct line_edit *line, BORROWED struct const_slice prompt,
                    BORROWED struct text *text);

/* The line. Good until the next call. */
struct const_slice line_edit_text(const struct line_edit *line);

/* Puts the line into the history, if it is not empty and not the one before again, and begins an
 * empty one. The terminal is taken to show a fresh prompt. */
void line_edit_next(struct line_edit *line);

#endif
