/*
 * stack.h - the most that a kernel's stack can take: frames and calls by the compiler's record,
 * calls through pointers by what the sources store there, assembly by its machine code. Rule:
 * stack.
 */
#ifndef TOOLS_CAPSULE_CHECK_STACK_H
#define TOOLS_CAPSULE_CHECK_STACK_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/capsule_check/findings.h"

/* `inputs` is a text file with a line for each of
 *   option WORD              for the parser of trusted sources, in this order
 *   source FILE.c FILE.ci    a trusted source, and what the compiler wrote down of it
 *   assembly FILE.S          another, known by the machine code
 *   capsules FOLDER          where NAME.i and NAME.ci of the capsules lie
 * The kernel's ELF says how much stack there is and which capsules are in it. Prints the sum and
 * the deepest chain, and with `entries` how deep each entry of each capsule gets. `facts`, unless
 * NULL, is where it writes whom each function may call through pointers, as JSON. */
void stack_check(const char *kernel, const char *inputs, const char *root, bool entries,
                 const char *facts, FILE *to, struct findings *findings);

#endif
