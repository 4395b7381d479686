/*
 * trusted.h - the trusted base: what a board's kernel consists of beside its capsules, and how much
 * that is. Files are found by their includes.
 */
#ifndef TOOLS_CAPSULE_CHECK_TRUSTED_H
#define TOOLS_CAPSULE_CHECK_TRUSTED_H

#include <stdio.h>

#include "tools/capsule_check/findings.h"

/* `inputs` is the file that stack.h describes: its sources count, assembly too, and every header of
 * the project that they include, but those of kernel/capsules. Prints by folder the files with
 * their lines of code: those that are neither blank nor comment. */
void trusted_print(const char *inputs, const char *root, FILE *to, struct findings *findings);

#endif
