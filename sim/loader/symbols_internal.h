/* sim/loader/symbols_internal.h - what the loader's own files ask of an ELF's debug information. */
#ifndef SIM_LOADER_SYMBOLS_INTERNAL_H
#define SIM_LOADER_SYMBOLS_INTERNAL_H

#include <elfutils/libdw.h>

#include "sim/loader/symbols.h"

/* The call frame information of .debug_frame, owned by the symbols; NULL when there is none. */
Dwarf_CFI *symbols_frames(const struct symbols *symbols);

#endif
