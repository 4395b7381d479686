/*
 * process_console.h - a command line for the person at the board: what runs, how it is, and control
 * over it. `help` lists the commands.
 *
 * Says nothing before it is spoken to. The line can be edited (left, right, home, end, backspace,
 * delete; control-C drops it), up and down bring back earlier lines. What is typed while a command
 * still prints is kept, up to PROCESS_CONSOLE_AHEAD bytes.
 */
#ifndef KERNEL_CAPSULES_PROCESS_CONSOLE_H
#define KERNEL_CAPSULES_PROCESS_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/process_control.h"
#include "kernel/capsule/process_report.h"
#include "kernel/capsules/line_edit.h"
#include "kernel/hil/uart.h"

#define PROCESS_CONSOLE_OUT TEXT_BYTES
/* What comes while a line is drawn anew, which takes as long as it has bytes: a prompt, the line
 * and the terminal's codes around it. With less, lines pasted without a pause would lose bytes. */
#define PROCESS_CONSOLE_AHEAD (LINE_EDIT_BYTES + 16u)

struct process_console {
    bool sending;                /* `out` is lent */
    bool entered;                /* a line is, and has still to be carried out */
    bool prompt;                 /* is due */
    bool greeted;                /* the first byte has come */
    bool muted;                  /* console-stop: no prompt, no echo */
    uint32_t prints;             /* the command that still has to print, 0: none */
    uint32_t step;               /* how often it has printed */
    uint32_t target;             /* index of the process it is about */
    uint32_t ahead_first;        /* where in the ring the oldest byte is that was typed ahead */
    uint32_t ahead_count;        /* how many there are */
    const struct hil_uart *uart; /* borrowed for ever */
    struct hil_uart_client client;
    struct dma_buffer in;
    struct dma_buffer out;
    uint8_t in_bytes[1];
    uint8_t ahead[PROCESS_CONSOLE_AHEAD];
    struct line_edit line;
    uint8_t out_bytes[PROCESS_CONSOLE_OUT];
};

/* Becomes the client of `uart`, which nobody else may use, and starts to listen. */
void process_console_init(struct process_console *console, const struct hil_uart *uart);

#endif
