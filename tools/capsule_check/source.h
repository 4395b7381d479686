/*
 * source.h - the source rules: one preprocessed capsule in, findings out.
 */
#ifndef TOOLS_CAPSULE_CHECK_SOURCE_H
#define TOOLS_CAPSULE_CHECK_SOURCE_H

#include <stdbool.h>

#include "tools/capsule_check/ast.h"
#include "tools/capsule_check/findings.h"

/* Checks the .i file at `path`. `root` is the directory that has `kernel`: what lies in its
 * kernel/hil, kernel/capsule and kernel/abi is trusted. False when the file cannot be read. */
bool source_check(const char *path, const char *root, struct findings *findings);

/* Parses the .i file at `path` and lets `look` see it, without any rule. False when it cannot be
 * read or the parser did not understand it; a finding says which. */
typedef void source_looker(struct source *source, void *context);
bool source_look(const char *path, const char *root, source_looker *look, void *context,
                 struct findings *findings);

/* A group of rules: looks through the capsule and refuses. Each stands in a rule_*.c of its own and
 * in the list of source.c. Those on what the parser made run only when it had no complaint. */
typedef void source_rule(struct source *source);

#endif
