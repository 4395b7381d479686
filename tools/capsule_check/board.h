/*
 * board.h - what a board grants to the capsules that it links. Rule: board-grant.
 */
#ifndef TOOLS_CAPSULE_CHECK_BOARD_H
#define TOOLS_CAPSULE_CHECK_BOARD_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/capsule_check/findings.h"

/* Reads the manifests in the kernel's ELF and the board's files of grants, each line of which is
 *   capsule: NEED NEED ...
 * with # for comments. What is granted in any of the files is granted. Refuses a capsule that no
 * line names and a need that none grants; filed under the last of the files, the board's own. */
void board_check(const char *kernel, const char *const *grants, size_t grant_count,
                 struct findings *findings);

/* The names of the capsules in the kernel, sorted; false when its manifests cannot be read, which
 * is in `findings` then. The caller frees each and the array. */
bool board_capsules(const char *kernel, char ***names, size_t *count, struct findings *findings);

#endif
