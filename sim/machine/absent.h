/* sim/machine/absent.h - registers of peripherals that the chip has and that are not modelled. They
 * read as their reset values; writes go nowhere. Each peripheral is named once, and who reads one
 * register over and over is remembered for the report at the end. */
#ifndef SIM_MACHINE_ABSENT_H
#define SIM_MACHINE_ABSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peripherals/catalogue.h"

#define ABSENT_POLLS_MAX  32
#define ABSENT_POLL_READS 1000 /* from so many reads on it is called polling */
#define ABSENT_NAMED_MAX  64

struct absent_poll {
    const struct catalogue_absent *peripheral;
    uint32_t offset;
    uint32_t pc; /* of the last read */
    int process; /* of the last read; PROCESS_NONE: the kernel */
    uint64_t reads, first_cycle, last_cycle;
};

struct absent {
    struct absent_poll polls[ABSENT_POLLS_MAX]; /* the first registers that were read */
    size_t poll_count;
    const struct catalogue_absent *named[ABSENT_NAMED_MAX];
    size_t named_count;
};

/* What the register reads. */
uint32_t absent_reset_value(const struct catalogue_absent *peripheral, uint32_t offset);

/* Remembers a read. */
void absent_note_read(struct absent *absent, const struct catalogue_absent *peripheral,
                      uint32_t offset, uint32_t pc, int process, uint64_t cycle);

/* True the first time for each peripheral. */
bool absent_name_once(struct absent *absent, const struct catalogue_absent *peripheral);

#endif
