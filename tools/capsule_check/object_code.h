/*
 * object_code.h - the instructions of an object's code, by an allow-list: what a compiler makes of
 * plain C for integers, and no way into another mode, to a coprocessor or to the system registers.
 */
#ifndef TOOLS_CAPSULE_CHECK_OBJECT_CODE_H
#define TOOLS_CAPSULE_CHECK_OBJECT_CODE_H

#include <stddef.h>

#include "tools/capsule_check/findings.h"
#include "tools/capsule_check/object_file.h"

/* Looks at all of section `index`, which is code and has fewer than 64 KiB. Rule:
 * object-instruction. `file` is what findings are filed under. */
void object_check_code(const struct object_file *object, size_t index, const char *file,
                       struct findings *findings);

#endif
