/* sim/trace/event_trace.h - a run as lines of text: one event each, with its cycle. Two runs with
 * the same inputs and the same seed give the same file, byte for byte.
 *
 *   CYCLE enter EXCEPTION pc=...          an exception was entered; pc: where it came from
 *   CYCLE return EXCEPTION                its handler is left
 *   CYCLE resume pc=...                   interrupted code goes on
 *   CYCLE start PROCESS                   a process begins (again)
 *   CYCLE call PROCESS CLASS r0 r1 r2 r3 pc=...
 *   CYCLE fault PROCESS KIND address=... pc=...
 *   CYCLE note DEVICE WHAT                LEDs, pins
 *   CYCLE uart DEVICE BYTE                hexadecimal
 *   CYCLE reset REASONS
 */
#ifndef SIM_TRACE_EVENT_TRACE_H
#define SIM_TRACE_EVENT_TRACE_H

#include <stdio.h>

#include "sim/loader/sim_error.h"
#include "sim/machine/machine.h"

struct event_trace {
    FILE *stream; /* owned; NULL: closed */
    struct machine *machine;
};

/* Opens the file and starts to observe. The trace must outlive the machine's runs. */
bool event_trace_open(struct event_trace *trace, const char *path, struct machine *machine,
                      struct sim_error *error);

/* The same into a stream that is open; the trace closes it, also when this fails. */
bool event_trace_start(struct event_trace *trace, FILE *stream, struct machine *machine,
                       struct sim_error *error);

/* False when not all could be written (disk full): SIM_INTERNAL. May be called twice. */
bool event_trace_close(struct event_trace *trace, struct sim_error *error);

#endif
