/* The library offers no other way to the exclusive monitor than running a few instructions. */
#include <string.h>

#include "sim/cpu/unicorn_internal.h"

#define MONITOR_BASE  0x200000000ULL
#define MONITOR_DATA  (MONITOR_BASE + ENGINE_PAGE_BYTES) /* what a load-exclusive reads */
#define MONITOR_BYTES 4096U
enum monitor_code {
    MONITOR_CLREX = 0,
    MONITOR_LDREX = 8,
    MONITOR_LDREXH = 16,
    MONITOR_LDREXB = 24
};
static const uint8_t monitor_code[30] = {
    [MONITOR_CLREX] = 0xBF,  0xF3, 0x2F, 0x8F, 0x00, 0xBE, /* clrex; bkpt */
    [MONITOR_LDREX] = 0x51,  0xE8, 0x00, 0x0F, 0x00, 0xBE, /* ldrex r0, [r1]; bkpt */
    [MONITOR_LDREXH] = 0xD1, 0xE8, 0x5F, 0x0F, 0x00, 0xBE,
    [MONITOR_LDREXB] = 0xD1, 0xE8, 0x4F, 0x0F, 0x00, 0xBE,
};

uc_err unicorn_exclusive_map(struct engine *engine)
{
    uc_err err = uc_mem_map(engine->uc, MONITOR_BASE, MONITOR_BYTES, UC_PROT_ALL);
    if (err == UC_ERR_OK) {
        err = uc_mem_write(engine->uc, MONITOR_BASE, monitor_code, sizeof(monitor_code));
    }
    return err;
}

uc_tlb_entry unicorn_exclusive_fill(uc_mem_type type)
{
    bool fetch = type == UC_MEM_FETCH;
    return (uc_tlb_entry){.paddr = fetch ? MONITOR_BASE : MONITOR_DATA,
                          .perms = fetch ? UC_PROT_EXEC : UC_PROT_READ};
}

static void run_monitor_code(struct engine *engine, enum monitor_code code)
{
    engine_flush_pages(engine);
    unicorn_write_reg(engine, UC_ARM_REG_XPSR, XPSR_T | UNICORN_ANY_HANDLER);
    engine->monitor_runs = true;
    engine->ended = false;
    unicorn_slow_path_use(&engine->slow_path); /* hears when the library forgets its code */
    (void)uc_emu_start(engine->uc, (ENGINE_MONITOR_ADDRESS + (uint32_t)code) | 1U, 0, 0, 0);
    unicorn_slow_path_use(NULL);
    engine->monitor_runs = false;
    engine_flush_pages(engine);
}

void engine_clear_exclusive(struct engine *engine)
{
    run_monitor_code(engine, MONITOR_CLREX);
}

void engine_set_monitor(struct engine *engine, uint32_t address, uint32_t value)
{
    uint64_t data = MONITOR_DATA + address % ENGINE_PAGE_BYTES;
    uint32_t alignment = address % 4;
    (void)uc_mem_write(engine->uc, data, &value, sizeof(value));
    unicorn_write_reg(engine, UC_ARM_REG_R1, address);
    run_monitor_code(engine, alignment == 0   ? MONITOR_LDREX
                             : alignment == 2 ? MONITOR_LDREXH
                                              : MONITOR_LDREXB);
}

/* A context holds the monitor as two 64-bit words one after the other, the address (all ones: open)
 * and the value, at a place that the library does not tell: the one where they are after a
 * load-exclusive whose address and value are known. 0: not found. */
static size_t find_monitor(struct engine *engine)
{
    static const uint64_t wanted[2] = {0x2D5C93A4U, 0x9B3E6C51U};
    const uint8_t *context = (const void *)engine->context;
    size_t size = uc_context_size(engine->uc);
    size_t found = 0;
    engine_set_monitor(engine, (uint32_t)wanted[0], (uint32_t)wanted[1]);
    (void)uc_context_save(engine->uc, engine->context);
    for (size_t at = 0; at + sizeof(wanted) <= size && found == 0; at += sizeof(uint64_t)) {
        found = memcmp(context + at, wanted, sizeof(wanted)) == 0 ? at : 0;
    }
    return found;
}

/* Once, when it is needed first; the engine is afterwards as before. */
static void learn_monitor(struct engine *engine)
{
    struct uc_context *before = NULL;
    if (uc_context_alloc(engine->uc, &before) == UC_ERR_OK) {
        (void)uc_context_save(engine->uc, before);
        engine->monitor_at = find_monitor(engine);
        (void)uc_context_restore(engine->uc, before);
        (void)uc_context_free(before);
    }
}

struct engine_monitor engine_get_monitor(struct engine *engine)
{
    uint64_t words[2] = {UINT64_MAX, 0};
    if (engine->monitor_at == 0) {
        learn_monitor(engine);
    }
    if (engine->monitor_at != 0) {
        (void)uc_context_save(engine->uc, engine->context);
        memcpy(words, (const uint8_t *)(const void *)engine->context + engine->monitor_at,
               sizeof(words));
    }
    bool set = words[0] != UINT64_MAX;
    return (struct engine_monitor){
        .set = set, .address = set ? (uint32_t)words[0] : 0, .value = set ? (uint32_t)words[1] : 0};
}
