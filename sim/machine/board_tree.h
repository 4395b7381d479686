/* sim/machine/board_tree.h - reading a devicetree blob: libfdt in this project's terms. `node` is
 * libfdt's offset of a node. The blob has passed fdt_check_full, but says what it likes otherwise:
 * every property may be absent, too short or of another kind. */
#ifndef SIM_MACHINE_BOARD_TREE_H
#define SIM_MACHINE_BOARD_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peripherals/iface/device.h"

#define TREE_NO_NODE    (-1)
#define TREE_DEPTH_MAX  32
#define TREE_PATH_BYTES 128

/* A property that is a string, NULL when it is absent or is none. Lives as long as the blob. */
const char *tree_string(const void *blob, int node, const char *name);

/* Cell `index` of a property; false when it is absent or shorter. */
bool tree_cell(const void *blob, int node, const char *name, uint32_t index, uint32_t *value);

/* Byte `index` of a property; false when it is absent or shorter. */
bool tree_byte(const void *blob, int node, const char *name, uint32_t index, uint8_t *value);

/* How many cells a property has: 0 when it is absent, empty or no array of cells. */
uint32_t tree_cell_count(const void *blob, int node, const char *name);

bool tree_has(const void *blob, int node, const char *name);

/* What the node's own `status` says. */
bool tree_is_okay(const void *blob, int node);

/* The node that a cell of a property names by phandle, or TREE_NO_NODE. */
int tree_phandle(const void *blob, int node, const char *name, uint32_t index);

/* The node that a property of /chosen names by path, or TREE_NO_NODE. */
int tree_chosen(const void *blob, const char *name);

/* Entry `index` of the reg of a node whose parent has one cell for addresses and one for sizes. */
bool tree_reg(const void *blob, int node, uint32_t index, uint32_t *base, uint32_t *size_bytes);

bool tree_is_compatible(const void *blob, int node, const char *compatible);

/* For messages; what is too long ends in "...". */
void tree_path(const void *blob, int node, char path[TREE_PATH_BYTES]);

/* The label (dtc -@) of a node, else its first alias, else NULL. */
const char *tree_label(const void *blob, int node);

/* Walks over all nodes, parents first. */
struct tree_walk {
    const void *blob;
    int node;                  /* TREE_NO_NODE before the first and after the last */
    int depth;                 /* of the node; the root has 0 */
    int line[TREE_DEPTH_MAX];  /* the node's ancestors by depth, and itself */
    bool okay[TREE_DEPTH_MAX]; /* whether each and all above it are okay */
    bool too_deep;             /* the walk has ended because of that */
};
void tree_walk_init(struct tree_walk *walk, const void *blob);
bool tree_walk_next(struct tree_walk *walk);

#endif
