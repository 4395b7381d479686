/*
 * tab.h - Tock application bundles: a tar archive of metadata.toml and one TBF per architecture.
 */
#ifndef TOOLS_PACK_TAB_H
#define TOOLS_PACK_TAB_H

#include "tools/pack/pack.h"

/* What the TBF of the boards here is called in a bundle. */
#define TAB_ARCHITECTURE "cortex-m4"

/* Makes the bundle of one TBF: *bytes is owned by the caller (free). */
bool tab_write(const struct pack_output *app, const char *label, uint8_t **bytes, size_t *size,
               struct pack_error *error);

#endif
