/*
 * rule_groups.h - the groups of source rules, in the order in which they run; what each refuses
 * says the table of rules.c. A group stands in the file of its name.
 */
#ifndef TOOLS_CAPSULE_CHECK_RULE_GROUPS_H
#define TOOLS_CAPSULE_CHECK_RULE_GROUPS_H

#include "tools/capsule_check/source.h"

/* On the text alone; they run even when the parser complains. */
void rule_directives(struct source *source);
void rule_words(struct source *source);

/* On what the parser understood. */
void rule_kinds(struct source *source);        /* what there may be at all, by kind of node */
void rule_types(struct source *source);        /* what may be declared, by type */
void rule_declarations(struct source *source); /* what may be declared, by name and place */
void rule_flow(struct source *source);         /* switch, return, uninitialised */
void rule_casts(struct source *source);        /* pointers as something else */
void rule_calls(struct source *source);        /* functions as values, calls */
void rule_pairs(struct source *source);        /* initialisers; clients, handles, deferred calls */
void rule_fields(struct source *source);       /* private, read-only */
void rule_escape(struct source *source);       /* escape: where pointers go */
void rule_grant(struct source *source);        /* grant-type */
void rule_scope(struct source *source);        /* scope-exit, grant-scope */
void rule_index(struct source *source);        /* index */
void rule_dma(struct source *source);          /* dma-buffer */
void rule_recursion(struct source *source);    /* recursion: who calls whom */
void rule_reach(struct source *source);        /* up-call, outside-scope */
void rule_needs(struct source *source);        /* need */

#endif
