/* For the tests of the library's wrappers: an upcall that notes what it was given, and times since
 * the board's start, which the test's inputs are given in. */
#ifndef APPS_TESTS_LIB_WRAPPERS_NOTE_H
#define APPS_TESTS_LIB_WRAPPERS_NOTE_H

#include "apps/tests/check.h"

struct note {
    uint32_t count; /* how often it was called */
    uint32_t arguments[3];
};

static inline void note_upcall(uint32_t argument0, uint32_t argument1, uint32_t argument2,
                               void *userdata)
{
    struct note *note = userdata;
    *note = (struct note){note->count + 1, {argument0, argument1, argument2}};
}

/* True when the latest upcall was the `count`th and had these arguments. */
static inline bool is_noted(const struct note *note, uint32_t count, uint32_t argument0,
                            uint32_t argument1, uint32_t argument2)
{
    return note->count == count && note->arguments[0] == argument0 &&
           note->arguments[1] == argument1 && note->arguments[2] == argument2;
}

/* Upcalls that come meanwhile have run when it returns. */
static inline void sleep_and_take_ms(uint32_t ms)
{
    (void)alarm_sleep_ms(ms);
    while (syscall_yield_no_wait() == 1) {
    }
}

/* The alarm counts from when the low-frequency crystal has started. */
#define ALARM_STARTS_MS 250u

static inline void sleep_until_ms(uint32_t ms)
{
    (void)alarm_wait_until(0, alarm_ms_to_ticks(ms - ALARM_STARTS_MS));
}

/* Late by what the app may have had to print, early by what the kernel takes before the crystal. */
static inline bool is_about_ms(uint32_t ms)
{
    uint32_t now = alarm_now_ticks();
    uint32_t then = alarm_ms_to_ticks(ms - ALARM_STARTS_MS);
    return now + alarm_ms_to_ticks(5) >= then && now < then + alarm_ms_to_ticks(50);
}

#endif
