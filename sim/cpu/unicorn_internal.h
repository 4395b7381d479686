/* sim/cpu/unicorn_internal.h - what the files of the engine share; private to them.
 * unicorn_engine.c runs code, unicorn_regs.c has the registers, unicorn_exclusive.c the exclusive
 * monitor; unicorn_exits.c, unicorn_slow_path.c and unicorn_align.c replace functions of the
 * library.
 */
#ifndef SIM_CPU_UNICORN_INTERNAL_H
#define SIM_CPU_UNICORN_INTERNAL_H

#include <unicorn/unicorn.h>

#include "sim/cpu/page_memo.h"
#include "sim/cpu/unicorn_engine.h"
#include "sim/cpu/unicorn_slow_path.h"

/* Some exception number that makes the core privileged while banked registers are exchanged. */
#define UNICORN_ANY_HANDLER 3U

struct engine {
    struct uc_struct *uc;
    struct uc_context *context;
    struct uc_context *pristine; /* as created; see engine_destroy */
    struct engine_client client;
    struct engine_memory *memory;
    uint32_t memory_count;
    struct unicorn_slow_path slow_path;
    struct page_memo memo;
    bool written;      /* engine_write_regs was the last to touch the registers: */
    uint32_t pc, xpsr; /* what the library would say of these two */
    bool ended;        /* a hook has decided how the run ends */
    enum engine_end end;
    bool refused;      /* a guard has refused: what follows of the instruction is refused, too */
    bool dead;         /* a store was refused inside an IT block: `context` is how it must end */
    bool monitor_runs; /* code of unicorn_exclusive.c does, not the guest's */
    bool fill_all;     /* the library looks up code that is being forgotten: no verdict */
    size_t monitor_at; /* in `context`: see find_monitor; 0: not known yet */
    const char *error;
    char text[80];
};

static inline uint32_t unicorn_read_reg(const struct engine *engine, int reg)
{
    uint32_t value = 0;
    (void)uc_reg_read(engine->uc, reg, &value);
    return value;
}

static inline void unicorn_write_reg(struct engine *engine, int reg, uint32_t value)
{
    engine->written = false;
    (void)uc_reg_write(engine->uc, reg, &value);
}

/* Makes room for the monitor's code and data in the engine's physical address space. */
uc_err unicorn_exclusive_map(struct engine *engine);
/* Where they are, while monitor_runs. */
uc_tlb_entry unicorn_exclusive_fill(uc_mem_type type);

#endif
