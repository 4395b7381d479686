/* sim/debug/gdb_session.h - what GDB asks and what it is answered, over an abstract target. No
 * socket, no machine. Reference: "Debugging with GDB", appendix E (packets, stop replies, target
 * descriptions).
 *
 * Feed bytes from the peer to gdb_session_receive; bytes for the peer come out through the `send`
 * callback. When GDB lets the target run, gdb_session_resume says how; the owner runs it and tells
 * the end with gdb_session_stopped.
 */
#ifndef SIM_DEBUG_GDB_SESSION_H
#define SIM_DEBUG_GDB_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/cpu/cpu_regs.h"
#include "sim/debug/gdb_packet.h"

enum gdb_point {
    GDB_POINT_BREAK,
    GDB_POINT_WATCH_WRITE,
    GDB_POINT_WATCH_READ,
    GDB_POINT_WATCH_ACCESS
};

/* The debugged machine, borrowed for the life of the session. */
struct gdb_target {
    void (*get_regs)(void *context, struct cpu_regs *regs);
    void (*set_regs)(void *context, const struct cpu_regs *regs);
    /* False when a byte of the range is not readable or writable by a debugger; then nothing was
     * changed. */
    bool (*read_memory)(void *context, uint32_t address, void *bytes, size_t length);
    bool (*write_memory)(void *context, uint32_t address, const void *bytes, size_t length);
    bool (*point_add)(void *context, enum gdb_point point, uint32_t address, uint32_t length);
    bool (*point_remove)(void *context, enum gdb_point point, uint32_t address, uint32_t length);
    void (*reset)(void *context);
    const char *memory_map; /* the XML of qXfer:memory-map, or NULL */
    void *context;
};

enum gdb_resume {
    GDB_RESUME_NONE, /* the target stays where it is */
    GDB_RESUME_CONTINUE,
    GDB_RESUME_STEP,
    GDB_RESUME_INTERRUPT, /* Ctrl-C while it runs: stop it */
    GDB_RESUME_DETACH,    /* let it run without a debugger */
    GDB_RESUME_KILL,
};

enum gdb_stop {
    GDB_STOP_TRAP, /* step done, BKPT, or halted at connect */
    GDB_STOP_BREAKPOINT,
    GDB_STOP_WATCHPOINT, /* with kind and address */
    GDB_STOP_INTERRUPT,
    GDB_STOP_FAULT,  /* lockup */
    GDB_STOP_EXITED, /* the run is over */
};

struct gdb_stop_reason {
    enum gdb_stop stop;
    enum gdb_point point; /* GDB_STOP_WATCHPOINT */
    uint32_t address;     /* GDB_STOP_WATCHPOINT */
    uint8_t exit_status;  /* GDB_STOP_EXITED */
};

struct gdb_session {
    struct gdb_target target;
    void (*send)(void *context, const uint8_t *bytes, size_t length);
    void *context;
    struct gdb_reader reader;
    struct gdb_reply reply;
    uint8_t frame[GDB_FRAME_BYTES]; /* the last one sent, for '-' */
    size_t frame_length;
    struct gdb_stop_reason reason; /* of the last stop, for '?' */
    bool no_ack;
    bool running;
};

void gdb_session_init(struct gdb_session *session, const struct gdb_target *target,
                      void (*send)(void *context, const uint8_t *bytes, size_t length),
                      void *context);

/* Takes bytes from the peer, up to the first that resumes or interrupts the target; *used says how
 * many were taken. */
enum gdb_resume gdb_session_receive(struct gdb_session *session, const uint8_t *bytes,
                                    size_t length, size_t *used);

/* The target that ran has stopped: sends the stop reply. */
void gdb_session_stopped(struct gdb_session *session, const struct gdb_stop_reason *reason);

#endif
