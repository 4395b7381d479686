/*
 * rules.h - the table of all rules: one row each, for messages, --explain and the documentation.
 */
#ifndef TOOLS_CAPSULE_CHECK_RULES_H
#define TOOLS_CAPSULE_CHECK_RULES_H

#include <stdio.h>

struct rule {
    const char *id;      /* kebab-case */
    const char *meaning; /* one line */
    const char *why;
    const char *instead; /* what to write instead: follows "; " in a message */
};

/* NULL when there is no such rule. */
const struct rule *rules_find(const char *id);
/* The whole row of one rule. */
void rules_explain(const struct rule *rule, FILE *to);
/* Ids and meanings of all. */
void rules_list(FILE *to);

#endif
