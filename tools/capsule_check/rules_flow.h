/*
 * rules_flow.h - the source rules that need more than one place of the text: where pointers go,
 * which statements lead out of a scope, who calls whom. Each group refuses what it does not
 * understand.
 */
#ifndef TOOLS_CAPSULE_CHECK_RULES_FLOW_H
#define TOOLS_CAPSULE_CHECK_RULES_FLOW_H

#include "tools/capsule_check/ast.h"

void rule_escape(struct source *source);
void rule_grant(struct source *source); /* grant-type */
void rule_scope(struct source *source); /* scope-exit */
void rule_index(struct source *source); /* index */
void rule_dma(struct source *source);   /* dma-buffer */
void rule_recursion(struct source *source);

#endif
