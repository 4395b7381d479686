#include "sim/cpu/unicorn_engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cpu/unicorn_exits.h"
#include "sim/cpu/unicorn_internal.h"

/* Room for translated code; when it is full, all of it is thrown away. Without a bound, a guest
 * that changes its code fills a gigabyte. */
#define TRANSLATIONS_BYTES (8U << 20)

/* Guarded accesses live here in the engine's physical address space: alias + guest address. */
#define ALIAS_BASE  0x100000000ULL
#define ALIAS_BYTES 0x100000000ULL
#define PAGE_MASK   (~(uint64_t)(ENGINE_PAGE_BYTES - 1))

/* What UC_HOOK_INTR reports (QEMU's exception numbers). */
enum intr_number {
    INTR_UNDEFINED = 1,
    INTR_SVC = 2,
    INTR_DATA_ABORT = 4, /* LDREX and STREX check their alignment */
    INTR_BKPT = 7,
    INTR_EXC_RETURN = 8,
    INTR_NOCP = 17,
    INTR_INVALID_STATE = 18,
    INTR_UNALIGNED = 22,
};

static void end_run(struct engine *engine, enum engine_end end)
{
    if (!engine->ended) {
        engine->ended = true;
        engine->end = end;
    }
}

/* Unicorn 2.1.2 to 2.1.4 leave ITSTATE in the core after a callback inside an IT block; what comes
 * after the block would run conditionally. An access that is refused must keep it: it is stacked.
 */
void engine_cure_it_leak(struct engine *engine)
{
    uint32_t xpsr = unicorn_read_reg(engine, UC_ARM_REG_XPSR);
    if ((xpsr & XPSR_IT_ICI) != 0) {
        unicorn_write_reg(engine, UC_ARM_REG_XPSR, xpsr & ~XPSR_IT_ICI);
    }
}

/* ---- accesses that translated code cannot do by itself ---- */

static bool access_guarded(void *context, const struct unicorn_access *access, uint64_t *value)
{
    struct engine *engine = context;
    struct engine_access guarded = {.address = access->address,
                                    .size_bytes = access->size_bytes,
                                    .write = access->write,
                                    .privileged = access->privileged};
    if (access->size_bytes > 4 || access->address % access->size_bytes != 0 ||
        !page_memo_find_site(&engine->memo, access->site, &guarded.pc)) {
        return false;
    }
    uint32_t word = (uint32_t)*value;
    bool done = engine->client.access(engine->client.context, &guarded, &word);
    *value = word & UINT32_MAX >> (32 - 8 * access->size_bytes);
    return done;
}

static void on_sites_gone(void *context)
{
    struct engine *engine = context;
    page_memo_forget_sites(&engine->memo);
}

static void on_crossed(void *context)
{
    engine_cure_it_leak(context);
}

static uint8_t *host_of(const struct engine *engine, uint32_t address)
{
    for (uint32_t i = 0; i < engine->memory_count; i++) {
        const struct engine_memory *memory = &engine->memory[i];
        if (address - memory->base < memory->size_bytes) {
            return memory->host + (address - memory->base);
        }
    }
    return NULL;
}

static void note_page(struct engine *engine, uint32_t address, const struct engine_page *page)
{
    const struct unicorn_access *asked = &engine->slow_path.asked;
    uint32_t start = address & (uint32_t)PAGE_MASK;
    if (asked->size_bytes == 0 || (asked->address & (uint32_t)PAGE_MASK) != start) {
        return;
    }
    uint8_t *host = page->kind == ENGINE_PAGE_DIRECT ? host_of(engine, start) : NULL;
    if (page->read) {
        page_memo_note(&engine->memo, start, asked->privileged, false, host);
    }
    if (page->write) {
        page_memo_note(&engine->memo, start, asked->privileged, true, host);
    }
}

/* PC is exact in the permission hook: what it is for this site is known from now on. */
static void note_site(struct engine *engine, uint32_t address, int size)
{
    const struct unicorn_access *asked = &engine->slow_path.asked;
    if (asked->size_bytes == size && asked->address == address) {
        page_memo_note_site(&engine->memo, asked->site, unicorn_read_reg(engine, UC_ARM_REG_PC));
    }
}

static bool on_fill(uc_engine *uc, uint64_t address, uc_mem_type type, uc_tlb_entry *result,
                    void *user_data)
{
    (void)uc;
    struct engine *engine = user_data;
    if (engine->dead) {
        return false;
    }
    if (engine->monitor_runs) {
        *result = unicorn_exclusive_fill(type);
        return true;
    }
    if (engine->fill_all) {
        *result = (uc_tlb_entry){.paddr = address & PAGE_MASK, .perms = UC_PROT_EXEC};
        return true;
    }
    enum mpu_access access = type == UC_MEM_FETCH   ? MPU_ACCESS_FETCH
                             : type == UC_MEM_WRITE ? MPU_ACCESS_WRITE
                                                    : MPU_ACCESS_READ;
    struct engine_page page =
        engine->client.fill(engine->client.context, (uint32_t)address, access);
    if (page.kind == ENGINE_PAGE_REFUSED) {
        end_run(engine, ENGINE_REFUSED);
        return false;
    }
    unsigned perms = (page.read ? (unsigned)UC_PROT_READ : 0U) |
                     (page.write ? (unsigned)UC_PROT_WRITE : 0U) |
                     (page.fetch ? (unsigned)UC_PROT_EXEC : 0U);
    result->paddr = (address & PAGE_MASK) + (page.kind == ENGINE_PAGE_GUARDED ? ALIAS_BASE : 0);
    result->perms = (uc_prot)perms;
    if (access != MPU_ACCESS_FETCH) {
        note_page(engine, (uint32_t)address, &page);
        engine_cure_it_leak(engine);
    }
    return true;
}

/* The library refuses a store inside an IT block too late: the rest of the block's code still runs.
 * Its state is saved here and put back after the run; until then nothing may touch memory: every
 * page is forgotten, and no fill is granted. */
static void kill_rest(struct engine *engine)
{
    engine->dead = true;
    (void)uc_context_save(engine->uc, engine->context);
    (void)uc_ctl_flush_tlb(engine->uc);
}

static bool on_guarded(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                       void *user_data)
{
    (void)uc;
    struct engine *engine = user_data;
    if (engine->refused) {
        return false; /* an unaligned store goes on byte by byte */
    }
    bool write = type == UC_MEM_WRITE_PROT;
    enum engine_answer answer =
        engine->client.guard(engine->client.context, (uint32_t)(address - ALIAS_BASE),
                             (uint8_t)size, write, (uint64_t)value);
    if (answer == ENGINE_REFUSE) {
        engine->refused = true;
        end_run(engine, ENGINE_REFUSED);
        unicorn_exits_leave(engine->uc);
        if (write && (unicorn_read_reg(engine, UC_ARM_REG_XPSR) & XPSR_IT_ICI) != 0) {
            kill_rest(engine);
        }
        return false;
    }
    note_site(engine, (uint32_t)(address - ALIAS_BASE), size);
    if (answer == ENGINE_ALLOW_MAYBE_IT) {
        engine_cure_it_leak(engine);
    }
    return true;
}

static uint64_t on_guarded_read(uc_engine *uc, uint64_t offset, unsigned size, void *user_data)
{
    (void)uc;
    struct engine *engine = user_data;
    return engine->client.guarded_read(engine->client.context, (uint32_t)offset, (uint8_t)size);
}

static void on_guarded_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value,
                             void *user_data)
{
    (void)uc;
    struct engine *engine = user_data;
    engine->client.guarded_write(engine->client.context, (uint32_t)offset, (uint8_t)size,
                                 (uint32_t)value);
}

static void on_intr(uc_engine *uc, uint32_t number, void *user_data)
{
    struct engine *engine = user_data;
    switch (number) {
    case INTR_SVC:
        end_run(engine, ENGINE_SVC);
        break;
    case INTR_BKPT:
        end_run(engine, ENGINE_BKPT);
        break;
    case INTR_EXC_RETURN:
        end_run(engine, ENGINE_EXC_RETURN);
        break;
    case INTR_UNDEFINED:
    case INTR_INVALID_STATE:
        end_run(engine, ENGINE_INVALID);
        break;
    case INTR_NOCP:
        end_run(engine, ENGINE_NOCP);
        break;
    case INTR_DATA_ABORT:
    case INTR_UNALIGNED:
        end_run(engine, ENGINE_UNALIGNED);
        break;
    default:
        /* With a refused fill `ended` is set already. */
        (void)snprintf(engine->text, sizeof(engine->text),
                       "the engine raised exception %u, which an ARMv7-M core does not have",
                       (unsigned)number);
        engine->error = engine->text;
        end_run(engine, ENGINE_FAILED);
        break;
    }
    (void)uc_emu_stop(uc);
}

static bool on_invalid(uc_engine *uc, void *user_data)
{
    (void)uc;
    end_run(user_data, ENGINE_INVALID);
    return false;
}

static uc_err map_everything(struct engine *engine)
{
    const struct engine_memory *memory = engine->memory;
    uc_engine *uc = engine->uc;
    uc_err err = UC_ERR_OK;
    for (uint32_t i = 0; i < engine->memory_count && err == UC_ERR_OK; i++) {
        err = uc_mem_map_ptr(uc, memory[i].base, memory[i].size_bytes, UC_PROT_ALL, memory[i].host);
    }
    if (err == UC_ERR_OK) {
        err = unicorn_exclusive_map(engine);
    }
    if (err == UC_ERR_OK) {
        err = uc_mmio_map(uc, ALIAS_BASE, ALIAS_BYTES, on_guarded_read, engine, on_guarded_write,
                          engine);
    }
    if (err == UC_ERR_OK) {
        err = uc_mem_protect(uc, ALIAS_BASE, ALIAS_BYTES, UC_PROT_NONE);
    }
    return err;
}

/* The library takes every kind of callback through one `void *`. ISO C has no such conversion,
 * POSIX does. */
#define CALLBACK(function) ((void *)(uintptr_t)(function))

static uc_err add_hooks(struct engine *engine)
{
    uc_engine *uc = engine->uc;
    const struct engine_client *client = &engine->client;
    uc_hook hook;
    uc_err err = uc_hook_add(uc, &hook, UC_HOOK_TLB_FILL, CALLBACK(on_fill), engine, 1, 0);
    if (err == UC_ERR_OK) {
        /* Bounded on purpose: without bounds every store to RAM takes the slow path. */
        err = uc_hook_add(uc, &hook, UC_HOOK_MEM_READ_PROT | UC_HOOK_MEM_WRITE_PROT,
                          CALLBACK(on_guarded), engine, ALIAS_BASE, ALIAS_BASE + ALIAS_BYTES - 1);
    }
    if (err == UC_ERR_OK) {
        err = uc_hook_add(uc, &hook, UC_HOOK_BLOCK, CALLBACK(client->block), client->context, 1, 0);
    }
    if (err == UC_ERR_OK && client->instruction != NULL) {
        err = uc_hook_add(uc, &hook, UC_HOOK_CODE, CALLBACK(client->instruction), client->context,
                          1, 0);
    }
    if (err == UC_ERR_OK) {
        err = uc_hook_add(uc, &hook, UC_HOOK_INTR, CALLBACK(on_intr), engine, 1, 0);
    }
    if (err == UC_ERR_OK) {
        err = uc_hook_add(uc, &hook, UC_HOOK_INSN_INVALID, CALLBACK(on_invalid), engine, 1, 0);
    }
    return err;
}

static uc_err open_library(struct engine *engine)
{
    /* With UC_MODE_MCLASS the engine would be a Cortex-M33 whatever model is set. */
    uc_err err = uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &engine->uc);
    if (err == UC_ERR_OK) {
        err = uc_ctl_set_cpu_model(engine->uc, UC_CPU_ARM_CORTEX_M4);
    }
    if (err == UC_ERR_OK) {
        err = uc_ctl_set_tcg_buffer_size(engine->uc, TRANSLATIONS_BYTES);
    }
    if (err == UC_ERR_OK) {
        err = uc_ctl_exits_enable(engine->uc);
    }
    if (err == UC_ERR_OK) {
        err = uc_ctl_tlb_mode(engine->uc, UC_TLB_VIRTUAL);
    }
    if (err == UC_ERR_OK) {
        err = map_everything(engine);
    }
    if (err == UC_ERR_OK) {
        err = add_hooks(engine);
    }
    if (err == UC_ERR_OK) {
        err = uc_context_alloc(engine->uc, &engine->context);
    }
    if (err == UC_ERR_OK) {
        err = uc_context_alloc(engine->uc, &engine->pristine);
    }
    if (err == UC_ERR_OK) {
        err = uc_context_save(engine->uc, engine->pristine);
    }
    return err;
}

struct engine *engine_create(const struct engine_client *client, const struct engine_memory *memory,
                             uint32_t memory_count, const char **message)
{
    if (!unicorn_exits_fit(uc_version(NULL, NULL))) {
        *message = "built with Unicorn 2.1.4, and another version is installed now: configure and "
                   "build again";
        return NULL;
    }
    struct engine *engine = calloc(1, sizeof(*engine));
    if (engine == NULL) {
        *message = "out of memory";
        return NULL;
    }
    engine->client = *client;
    engine->memory = calloc(memory_count, sizeof(*memory));
    if (engine->memory == NULL) {
        *message = "out of memory";
        free(engine);
        return NULL;
    }
    memcpy(engine->memory, memory, memory_count * sizeof(*memory));
    engine->memory_count = memory_count;
    engine->slow_path = (struct unicorn_slow_path){.memo = &engine->memo,
                                                   .access = access_guarded,
                                                   .crossed = on_crossed,
                                                   .sites_gone = on_sites_gone,
                                                   .context = engine};
    page_memo_init(&engine->memo);
    uc_err err = open_library(engine);
    if (err != UC_ERR_OK) {
        *message = uc_strerror(err);
        engine_destroy(engine);
        return NULL;
    }
    return engine;
}

void engine_destroy(struct engine *engine)
{
    if (engine == NULL) {
        return;
    }
    if (engine->context != NULL) {
        (void)uc_context_free(engine->context);
    }
    if (engine->pristine != NULL) {
        /* A context holds pointers to the library's own tables; after engine_copy_state they are
         * the other engine's, and would be freed twice. */
        (void)uc_context_restore(engine->uc, engine->pristine);
        (void)uc_context_free(engine->pristine);
    }
    if (engine->uc != NULL) {
        (void)uc_close(engine->uc);
    }
    free(engine->memory);
    free(engine);
}

enum engine_end engine_run(struct engine *engine)
{
    engine->ended = false;
    engine->refused = false;
    engine->dead = false;
    engine->end = ENGINE_SLEEP; /* the library returns without a word on WFI only */
    /* The code of an engine with an instruction hook may be left at each instruction. */
    bool blocks_only = engine->client.instruction == NULL;
    unicorn_exits_ask(!blocks_only);
    unicorn_slow_path_use(blocks_only && engine->client.access != NULL ? &engine->slow_path : NULL);
    engine->slow_path.asked.size_bytes = 0;
    uint32_t start = engine_get_pc(engine) | ((engine_get_xpsr(engine) & XPSR_T) != 0 ? 1U : 0U);
    engine->written = false;
    uc_err err = uc_emu_start(engine->uc, start, 0, 0, 0);
    unicorn_slow_path_use(NULL);
    if (!engine->ended && err != UC_ERR_OK) {
        engine->error = uc_strerror(err);
        engine->end = ENGINE_FAILED;
    }
    if (engine->dead) {
        engine->dead = false;
        (void)uc_context_restore(engine->uc, engine->context);
    }
    return engine->end;
}

void engine_stop(struct engine *engine)
{
    end_run(engine, ENGINE_STOPPED);
    (void)uc_emu_stop(engine->uc);
    unicorn_exits_leave(engine->uc);
}

static void remove_cache(struct engine *engine, uint32_t address, uint32_t size_bytes)
{
    engine->fill_all = true;
    (void)uc_ctl_remove_cache(engine->uc, (uint64_t)address, (uint64_t)address + size_bytes);
    engine->fill_all = false;
}

bool engine_insist(struct engine *engine, uint32_t address, uint32_t size_bytes)
{
    if (!engine->ended || engine->end != ENGINE_STOPPED) {
        return false;
    }
    remove_cache(engine, address, size_bytes);
    (void)uc_emu_stop(engine->uc);
    return true;
}

const char *engine_error(const struct engine *engine)
{
    return engine->error;
}

void engine_flush_pages(struct engine *engine)
{
    (void)uc_ctl_flush_tlb(engine->uc);
    page_memo_forget_pages(&engine->memo);
}

void engine_forget_code(struct engine *engine, uint32_t address, uint32_t size_bytes)
{
    remove_cache(engine, address, size_bytes);
    engine_flush_pages(engine);
}

bool engine_watch_instruction(struct engine *engine, uint32_t address,
                              void (*hook)(struct uc_struct *uc, uint64_t address,
                                           uint32_t size_bytes, void *context),
                              void *context, size_t *handle)
{
    uc_hook added;
    uc_err err =
        uc_hook_add(engine->uc, &added, UC_HOOK_CODE, CALLBACK(hook), context, address, address);
    if (err != UC_ERR_OK) {
        return false;
    }
    if (handle != NULL) {
        *handle = added;
    }
    engine_forget_code(engine, address, 2); /* hooks are translated into code */
    return true;
}

void engine_unwatch_instruction(struct engine *engine, uint32_t address, size_t handle)
{
    engine->fill_all = true; /* it looks the address up, as remove_cache does */
    (void)uc_hook_del(engine->uc, handle);
    engine->fill_all = false;
    engine_forget_code(engine, address, 2);
}
