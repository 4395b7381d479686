/* sim/script/script_record.h - what a machine was seen to do since its case began, in bounded
 * memory, and the one thing that is being waited for. The machine is asked to stop at the cycle at
 * which that happens: nothing is polled.
 */
#ifndef SIM_SCRIPT_SCRIPT_RECORD_H
#define SIM_SCRIPT_SCRIPT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"
#include "sim/machine/board.h"
#include "sim/machine/machine.h"
#include "sim/view/kernel_view.h"

#define SCRIPT_NOTES_MAX     16384 /* the latest so many are kept */
#define SCRIPT_TEXT_MAX      (256U * 1024U)
#define SCRIPT_TEXTS_MAX     4 /* serial devices whose text is kept */
#define SCRIPT_COUNTS_MAX    1024
#define SCRIPT_INCIDENTS_MAX 32
#define SCRIPT_ERRORS_MAX    32 /* the first so many are kept */
#define SCRIPT_WORD_BYTES    32
#define SCRIPT_TEXT_BYTES    128

/* What an observer tells. */
enum script_event_kind {
    SCRIPT_EVENT_NOTE,   /* a part or a pin changed */
    SCRIPT_EVENT_UART,   /* text came out of a serial device */
    SCRIPT_EVENT_LINE,   /* the same, and a line ended */
    SCRIPT_EVENT_CALL,   /* a process made a system call */
    SCRIPT_EVENT_RETURN, /* the core goes on in a process: answers and upcalls */
    SCRIPT_EVENT_FAULT,
    SCRIPT_EVENT_INTERRUPT, /* an exception was entered */
    SCRIPT_EVENT_START,     /* a process began, or began again */
    SCRIPT_EVENT_RESET,
    SCRIPT_EVENT_KINDS,
};

/* One of them; what does not belong to its kind is 0 (processes: -1). */
struct script_event {
    enum script_event_kind kind;
    uint64_t cycle;
    char device[SCRIPT_WORD_BYTES]; /* "led0", "P0.17", "uart0" */
    char what[SCRIPT_WORD_BYTES];   /* "on", "high" */
    int32_t value;
    int process;
    uint32_t call_class, argument[4], pc;
    uint32_t exception;
    enum fault_kind fault;
    bool address_valid;
    uint32_t address;
    enum machine_access access;
};

/* What is waited for: an event of this kind for which all that is said here holds. */
struct script_wait {
    bool active, happened;
    enum script_event_kind kind;
    const char *device, *what; /* NULL: any */
    int process;               /* -1: any */
    bool has_class, has_driver, has_command, has_exception, has_address, has_fault;
    uint32_t call_class, driver, command, exception, address;
    enum fault_kind fault;
    const char *text; /* SCRIPT_EVENT_UART: ends with this, as far as it came after `from` */
    size_t text_bytes;
    uint64_t from;
    uint64_t not_before;       /* cycle */
    struct script_event event; /* that happened */
};

struct script_note {
    uint64_t cycle;
    const char *device;
    char what[SCRIPT_WORD_BYTES];
    int32_t value;
};

/* The text that a serial device has sent: the bytes [first, end) of all are kept. */
struct script_text {
    const char *device;
    char *bytes; /* owned, SCRIPT_TEXT_MAX of them */
    uint64_t first, end;
    uint64_t cursor; /* what expectations have not passed yet begins here */
};

struct script_count {
    uint64_t calls; /* 0: the place is free */
    int process;
    uint32_t call_class, driver, command;
};

/* What fails a case, unless it was expected. */
enum script_incident_kind {
    SCRIPT_INCIDENT_FAULT,
    SCRIPT_INCIDENT_PANIC,
    SCRIPT_INCIDENT_EXIT,     /* a process ended itself with a code other than 0 */
    SCRIPT_INCIDENT_TRESPASS, /* memory changed that is not the process's that ran */
};
struct script_incident {
    enum script_incident_kind kind;
    struct script_event event;
    bool taken; /* expected */
};

/* What the guest did that a device's manual forbids, told once for each register and text. */
struct script_error {
    uint64_t cycle;
    char device[SCRIPT_WORD_BYTES];
    char text[SCRIPT_TEXT_BYTES];
    uint32_t offset, pc;
};

struct script_record {
    struct machine *machine;
    const struct board *board;
    const struct kernel_view *kernel;
    bool recording; /* false: nobody's */
    struct script_wait wait;
    struct script_note *notes; /* owned, a ring of SCRIPT_NOTES_MAX */
    uint64_t note_count;       /* ever */
    struct script_text texts[SCRIPT_TEXTS_MAX];
    size_t text_count;
    struct script_count counts[SCRIPT_COUNTS_MAX]; /* a hash table */
    bool counts_lost;
    struct script_incident incidents[SCRIPT_INCIDENTS_MAX];
    size_t incident_count;
    uint64_t incidents_ever;
    struct script_error errors[SCRIPT_ERRORS_MAX];
    size_t error_count;
    bool panicked;
    int8_t lit[BOARD_DEVICES_MAX];     /* a device's last note was "on" */
    uint64_t resets, reset_cycle;      /* when the last one was */
    char pin_names[BOARD_PINS_MAX][8]; /* "P0.17" */
};

/* Watches the machine from now on. NULL: no memory, or too many observers. It must not outlive the
 * machine nor end before its last run. */
struct script_record *script_record_create(struct machine *machine, const struct board *board,
                                           const struct kernel_view *kernel,
                                           struct sim_error *error);
void script_record_destroy(struct script_record *record);

/* Forgets all: a case begins. */
void script_record_begin(struct script_record *record);
/* Nothing is recorded any more until the next one. */
void script_record_end(struct script_record *record);

/* All that was recorded so far, to be put back into the same record; free() it. NULL: no memory. */
void *script_record_save(const struct script_record *record);
void script_record_restore(struct script_record *record, const void *saved);

/* More of the console's output: what the guest prints by semihosting. `context`: the record. */
void script_record_print(void *context, const char *bytes, size_t count);

/* The text of a device, or NULL when it has sent none. NULL for `device`: the board's console. */
struct script_text *script_record_text(struct script_record *record, const char *device);

/* The `nth` of the notes that are kept, the oldest first; NULL: there are not so many. */
const struct script_note *script_record_note(const struct script_record *record, uint64_t nth);
uint64_t script_record_kept(const struct script_record *record);

/* Whether the kernel has panicked by now: an incident, once. Between runs. */
bool script_record_check_panic(struct script_record *record);

/* How many calls match; a negative number stands for any. */
uint64_t script_record_calls(const struct script_record *record, int process, int64_t call_class,
                             int64_t driver, int64_t command);

/* "DACCVIOL": the datasheet's name of a fault. */
const char *script_fault_name(enum fault_kind kind);
/* False: there is none of this name. */
bool script_fault_find(const char *name, enum fault_kind *kind);

#endif
