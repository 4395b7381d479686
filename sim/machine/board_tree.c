#include "sim/machine/board_tree.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#define PATH_MAX_BYTES 1024

const char *tree_string(const void *blob, int node, const char *name)
{
    int length = 0;
    const char *text = fdt_getprop(blob, node, name, &length);
    bool terminated = text != NULL && length > 0 && text[length - 1] == '\0';
    return terminated ? text : NULL;
}

bool tree_cell(const void *blob, int node, const char *name, uint32_t index, uint32_t *value)
{
    int length = 0;
    const fdt32_t *cells = fdt_getprop(blob, node, name, &length);
    if (cells == NULL || length < 0 || (uint64_t)index * 4 + 4 > (uint64_t)length) {
        return false;
    }
    *value = fdt32_ld(cells + index);
    return true;
}

bool tree_byte(const void *blob, int node, const char *name, uint32_t index, uint8_t *value)
{
    int length = 0;
    const uint8_t *bytes = fdt_getprop(blob, node, name, &length);
    if (bytes == NULL || length < 0 || index >= (uint32_t)length) {
        return false;
    }
    *value = bytes[index];
    return true;
}

uint32_t tree_cell_count(const void *blob, int node, const char *name)
{
    int length = 0;
    const void *cells = fdt_getprop(blob, node, name, &length);
    return cells == NULL || length < 0 || length % 4 != 0 ? 0 : (uint32_t)length / 4;
}

bool tree_has(const void *blob, int node, const char *name)
{
    return fdt_getprop(blob, node, name, NULL) != NULL;
}

bool tree_is_okay(const void *blob, int node)
{
    const char *status = tree_string(blob, node, "status");
    return status == NULL || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

int tree_phandle(const void *blob, int node, const char *name, uint32_t index)
{
    uint32_t phandle = 0;
    if (!tree_cell(blob, node, name, index, &phandle)) {
        return TREE_NO_NODE;
    }
    int found = fdt_node_offset_by_phandle(blob, phandle);
    return found < 0 ? TREE_NO_NODE : found;
}

int tree_chosen(const void *blob, const char *name)
{
    int chosen = fdt_path_offset(blob, "/chosen");
    const char *path = chosen < 0 ? NULL : tree_string(blob, chosen, name);
    if (path == NULL) {
        return TREE_NO_NODE;
    }
    const char *options = strchr(path, ':'); /* stdout-path = "...:115200n8" */
    int found = fdt_path_offset_namelen(
        blob, path, options == NULL ? (int)strlen(path) : (int)(options - path));
    return found < 0 ? TREE_NO_NODE : found;
}

bool tree_reg(const void *blob, int node, uint32_t index, uint32_t *base, uint32_t *size_bytes)
{
    int parent = fdt_parent_offset(blob, node);
    return parent >= 0 && index <= UINT32_MAX / 4 && fdt_address_cells(blob, parent) == 1 &&
           fdt_size_cells(blob, parent) == 1 && tree_cell(blob, node, "reg", 2 * index, base) &&
           tree_cell(blob, node, "reg", 2 * index + 1, size_bytes);
}

bool tree_is_compatible(const void *blob, int node, const char *compatible)
{
    return fdt_stringlist_search(blob, node, "compatible", compatible) >= 0;
}

void tree_path(const void *blob, int node, char path[TREE_PATH_BYTES])
{
    char whole[PATH_MAX_BYTES];
    if (fdt_get_path(blob, node, whole, sizeof whole) != 0) {
        snprintf(path, TREE_PATH_BYTES, "a node with a very long path");
    } else if (strlen(whole) >= TREE_PATH_BYTES) {
        snprintf(path, TREE_PATH_BYTES, "%.*s...", TREE_PATH_BYTES - 4, whole);
    } else {
        strcpy(path, whole);
    }
}

/* The name of the property of `table` whose value is the path. */
static const char *name_of_path(const void *blob, const char *table, const char *path)
{
    int node = fdt_path_offset(blob, table);
    int property = 0;
    if (node < 0) {
        return NULL;
    }
    fdt_for_each_property_offset(property, blob, node)
    {
        const char *name = NULL;
        int length = 0;
        const char *value = fdt_getprop_by_offset(blob, property, &name, &length);
        if (value != NULL && length > 0 && value[length - 1] == '\0' && strcmp(value, path) == 0) {
            return name;
        }
    }
    return NULL;
}

const char *tree_label(const void *blob, int node)
{
    char path[PATH_MAX_BYTES];
    if (fdt_get_path(blob, node, path, sizeof path) != 0) {
        return NULL;
    }
    const char *label = name_of_path(blob, "/__symbols__", path);
    return label != NULL ? label : name_of_path(blob, "/aliases", path);
}

void tree_walk_init(struct tree_walk *walk, const void *blob)
{
    *walk = (struct tree_walk){.blob = blob, .node = TREE_NO_NODE, .depth = -1};
}

bool tree_walk_next(struct tree_walk *walk)
{
    walk->node = fdt_next_node(walk->blob, walk->node, &walk->depth);
    if (walk->node < 0 || walk->depth < 0 || walk->depth >= TREE_DEPTH_MAX) {
        walk->too_deep = walk->node >= 0 && walk->depth >= TREE_DEPTH_MAX;
        walk->node = TREE_NO_NODE;
        return false;
    }
    walk->line[walk->depth] = walk->node;
    walk->okay[walk->depth] =
        (walk->depth == 0 || walk->okay[walk->depth - 1]) && tree_is_okay(walk->blob, walk->node);
    return true;
}
