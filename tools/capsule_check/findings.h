/*
 * findings.h - what a check has found: a list of refusals, each with its rule and its place,
 * printed in the order of places.
 */
#ifndef TOOLS_CAPSULE_CHECK_FINDINGS_H
#define TOOLS_CAPSULE_CHECK_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct finding {
    char *file;
    unsigned line; /* 0: the file as a whole */
    const char *rule;
    char *seen;
};

struct findings {
    struct finding *items; /* owned */
    size_t count;
    size_t room;
};

/* `rule` is an id of the table in rules.h; `format` says what was seen, in a few words. The same
 * rule twice in one line is one finding; of a file as a whole, the same rule and words. Copies the
 * strings. */
void findings_add(struct findings *findings, const char *rule, const char *file, unsigned line,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Sorts and prints: a line each, "file:line: rule: what was seen; what to write instead", or one
 * JSON array of objects with file, line, rule, seen and instead. */
void findings_print(struct findings *findings, FILE *to, bool as_json);

void findings_free(struct findings *findings);

#endif
