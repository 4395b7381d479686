/* sim/loader/unwind.h - who called: from one function's registers to those of its caller, by the
 * call frame information (DWARF .debug_frame) of the ELF that is running. Register numbers are
 * those of the AADWARF32: 0-15. */
#ifndef SIM_LOADER_UNWIND_H
#define SIM_LOADER_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/loader/symbol_map.h"

#define UNWIND_SP 13
#define UNWIND_LR 14
#define UNWIND_PC 15

struct unwind_regs {
    uint32_t r[16];
};

/* Memory of the guest. */
struct unwind_memory {
    bool (*read_word)(void *context, uint32_t address, uint32_t *word);
    void *context;
};

/* Replaces the registers by the caller's: r[15] is then in its call instruction, so that its line
 * is the call's. False, and nothing changed, when there is no information on this pc, the
 * information is more than compilers write, memory cannot be read, or there is no caller. */
bool unwind_step(const struct symbol_map *map, struct unwind_regs *regs,
                 const struct unwind_memory *memory);

#endif
