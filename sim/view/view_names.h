/* sim/view/view_names.h - what exceptions, pins, processes and system calls are called, for people.
 * Filled once from the board, the loaded apps and what the kernel's ELF says; plain values.
 */
#ifndef SIM_VIEW_VIEW_NAMES_H
#define SIM_VIEW_VIEW_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIEW_NAMES_EXCEPTIONS 128
#define VIEW_NAMES_PINS       64
#define VIEW_NAMES_PROCESSES  16
#define VIEW_NAMES_DRIVERS    64
#define VIEW_NAMES_COMMANDS   256
#define VIEW_NAMES_ERRORS     24
#define VIEW_NAME_BYTES       28

struct view_names {
    char exception[VIEW_NAMES_EXCEPTIONS][VIEW_NAME_BYTES]; /* "SysTick", "rtc1"; "": no name */
    char pin[VIEW_NAMES_PINS][VIEW_NAME_BYTES];             /* "P0.17 led0" */
    char process[VIEW_NAMES_PROCESSES][VIEW_NAME_BYTES];
    struct view_driver_name {
        uint32_t number;
        char name[VIEW_NAME_BYTES];
    } drivers[VIEW_NAMES_DRIVERS];
    size_t driver_count;
    struct view_command_name {
        uint32_t driver, number;
        char name[VIEW_NAME_BYTES];
    } commands[VIEW_NAMES_COMMANDS];
    size_t command_count;
    struct view_error_name {
        uint32_t number;
        char name[VIEW_NAME_BYTES];
    } errors[VIEW_NAMES_ERRORS];
    size_t error_count;
};

struct machine;
struct kernel_info;
struct view_event;

/* `kernel`: may have no records; then numbers stay numbers. */
void view_names_fill(struct view_names *names, const struct machine *machine,
                     const struct kernel_info *kernel);

/* The system call of a VIEW_EVENT_CALL in words: "alarm.set_relative(4000, 0)", "yield-wait",
 * "allow-ro console 1 (0x20001f00, 14 bytes)". Returns text. */
const char *view_names_call(const struct view_names *names, const struct view_event *call,
                            char *text, size_t size);
/* The same without arguments, for narrow places: "alarm.set_relative", "yield-wait". */
const char *view_names_call_short(const struct view_names *names, const struct view_event *call,
                                  char *text, size_t size);
/* What it returned, by r0-r3 as the process had them when it went on: "success (12)",
 * "failure BUSY". */
const char *view_names_return(const struct view_names *names, const uint32_t value[4], char *text,
                              size_t size);
/* "exception 37" where there is no name, and likewise for pins and processes. */
const char *view_names_lane(const struct view_names *names, uint8_t lane, uint16_t index,
                            char *text, size_t size);
/* A FAULT or RESET in words: "write to 0x20001f00, which the MPU refuses". */
const char *view_names_fault(const struct view_event *fault, char *text, size_t size);
const char *view_names_reset(const struct view_event *reset, char *text, size_t size);

#endif
