/*
 * machine_code.h - frames and calls of what the compiler has no record of: assembly, the compiler's
 * own library, and arguments that a function puts on its stack; read from the linked kernel.
 */
#ifndef TOOLS_CAPSULE_CHECK_MACHINE_CODE_H
#define TOOLS_CAPSULE_CHECK_MACHINE_CODE_H

#include <stdbool.h>

#include "tools/capsule_check/callgraph.h"
#include "tools/capsule_check/object_file.h"

/* Adds to the frames of functions that are defined what they save of their arguments. Gives the
 * external functions of the graph that are not defined, and those in assembly that they call, their
 * frame (all that they push, as if nothing were popped before the last push) and their calls; what
 * it goes on with after it has set the stack pointer is no call. One that is not in the kernel
 * stays as it is. `through_pointer` is called with the index of each that calls by a register. */
void machine_code_add(struct callgraph *graph, const struct object_file *kernel,
                      void (*through_pointer)(size_t node, void *context), void *context);

#endif
