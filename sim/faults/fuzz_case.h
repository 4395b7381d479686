/* sim/faults/fuzz_case.h - what hostile apps do in one case: a program for each of them
 * (apps/tests/fuzz/program.h) and what comes from outside meanwhile. Made at random, changed at
 * random, written as text and read again.
 */
#ifndef SIM_FAULTS_FUZZ_CASE_H
#define SIM_FAULTS_FUZZ_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "apps/tests/fuzz/program.h"
#include "sim/loader/sim_error.h"
#include "sim/machine/board.h"

#define FUZZ_APPS       3
#define FUZZ_INPUTS_MAX 8

struct fuzz_script {
    uint32_t count, rounds;
    struct fuzz_step step[FUZZ_STEPS_MAX];
};

struct fuzz_input {
    uint32_t device; /* index of the board's devices */
    const char *what;
    int32_t value;
    uint32_t at_us; /* from the beginning of the case */
};

/* Beside the device's own inputs: an operator at the process console types the line of this
 * number. */
#define FUZZ_TYPED "typed"
#define FUZZ_LINES 16
struct fuzz_line {
    const char *text;
    bool moves_lives; /* it ends, stops or starts a process: no system call will tell */
};
extern const struct fuzz_line fuzz_lines[FUZZ_LINES];
/* The device that the process console is at; -1: none. */
int fuzz_console(const struct board *board);

struct fuzz_case {
    uint32_t seed; /* of the apps' own random numbers */
    struct fuzz_script app[FUZZ_APPS];
    struct fuzz_input input[FUZZ_INPUTS_MAX];
    uint32_t input_count;
};

/* Numbers that follow from a seed, each below `limit`, which is not 0. */
struct fuzz_random {
    uint64_t state;
};
uint32_t fuzz_random_below(struct fuzz_random *random, uint32_t limit);

/* The numbers behind FUZZ_MODE_DRIVER. The order is part of the cases' format: new ones are added
 * at the end. */
extern const uint32_t fuzz_drivers[FUZZ_DRIVERS];

/* What a generator is told of its board. */
struct fuzz_ground {
    const struct board *board;
    uint8_t present[FUZZ_DRIVERS]; /* indices of drivers that answer */
    size_t present_count;
};

void fuzz_case_make(struct fuzz_case *made, struct fuzz_random *random,
                    const struct fuzz_ground *ground);
/* `other` may give parts of itself. */
void fuzz_case_change(struct fuzz_case *changed, const struct fuzz_case *other,
                      struct fuzz_random *random, const struct fuzz_ground *ground);

/* As text, a line for each step and input. */
void fuzz_case_write(const struct fuzz_case *written, const struct board *board, FILE *file);
/* SIM_WRONG_USE with the line when it is none. `name` is for that message. */
bool fuzz_case_read(struct fuzz_case *read, const struct board *board, const char *name,
                    const char *text, struct sim_error *error);

#endif
