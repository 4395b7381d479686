#include "sim/cpu/unicorn_engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicorn/unicorn.h>

#include "sim/cpu/page_memo.h"
#include "sim/cpu/unicorn_exits.h"
#include "sim/cpu/unicorn_slow_path.h"

/* Room for translated code; when it is full, all of it is thrown away. Without a bound, a guest
 * that changes its code fills a gigabyte. */
#define TRANSLATIONS_BYTES (8U << 20)

/* Guarded accesses live here in the engine's physical address space: alias + guest address. */
#define ALIAS_BASE  0x100000000ULL
#define ALIAS_BYTES 0x100000000ULL
#define PAGE_MASK   (~(uint64_t)(ENGINE_PAGE_BYTES - 1))

/* The library offers no other way to the exclusive monitor than running these. */
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

/* Some exception number that makes the core privileged while banked registers are exchanged. */
#define ANY_HANDLER 3U
#define XPSR_NZCV   0xF0000000U

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
    bool clearing;     /* engine_clear_exclusive runs */
    bool fill_all;     /* engine_forget_code asks the library to look an address up */
    size_t monitor_at; /* in `context`: see find_monitor; 0: not known yet */
    const char *error;
    char text[80];
};

static uint32_t read_reg(const struct engine *engine, int reg)
{
    uint32_t value = 0;
    (void)uc_reg_read(engine->uc, reg, &value);
    return value;
}

static void write_reg(struct engine *engine, int reg, uint32_t value)
{
    engine->written = false;
    (void)uc_reg_write(engine->uc, reg, &value);
}

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
    uint32_t xpsr = read_reg(engine, UC_ARM_REG_XPSR);
    if ((xpsr & XPSR_IT_ICI) != 0) {
        write_reg(engine, UC_ARM_REG_XPSR, xpsr & ~XPSR_IT_ICI);
    }
}

/* ---- accesses that translated code cannot do by itself ---- */

static bool access_guarded(struct engine *engine, const struct unicorn_access *access,
                           uint64_t *value)
{
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

static bool on_slow_access(void *context, const struct unicorn_access *access, uint64_t *value)
{
    struct engine *engine = context;
    const struct page_memo_page *page =
        page_memo_find(&engine->memo, access->address, access->privileged, access->write);
    return page != NULL && page->host == NULL && access_guarded(engine, access, value);
}

static void on_sites_gone(void *context)
{
    struct engine *engine = context;
    page_memo_forget_sites(&engine->memo);
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
        page_memo_note_site(&engine->memo, asked->site, read_reg(engine, UC_ARM_REG_PC));
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
    if (engine->clearing) {
        bool fetch = type == UC_MEM_FETCH;
        *result = (uc_tlb_entry){.paddr = fetch ? MONITOR_BASE : MONITOR_DATA,
                                 .perms = fetch ? UC_PROT_EXEC : UC_PROT_READ};
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
        if (write && (read_reg(engine, UC_ARM_REG_XPSR) & XPSR_IT_ICI) != 0) {
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

static uc_err map_everything(struct engine *engine, const struct engine_memory *memory,
                             uint32_t memory_count)
{
    uc_engine *uc = engine->uc;
    uc_err err = UC_ERR_OK;
    for (uint32_t i = 0; i < memory_count && err == UC_ERR_OK; i++) {
        err = uc_mem_map_ptr(uc, memory[i].base, memory[i].size_bytes, UC_PROT_ALL, memory[i].host);
    }
    if (err == UC_ERR_OK) {
        err = uc_mem_map(uc, MONITOR_BASE, MONITOR_BYTES, UC_PROT_ALL);
    }
    if (err == UC_ERR_OK) {
        err = uc_mem_write(uc, MONITOR_BASE, monitor_code, sizeof(monitor_code));
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

struct engine *engine_create(const struct engine_client *client, const struct engine_memory *memory,
                             uint32_t memory_count, const char **message)
{
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
                                                   .access = on_slow_access,
                                                   .sites_gone = on_sites_gone,
                                                   .context = engine};
    page_memo_init(&engine->memo);
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
        err = map_everything(engine, memory, memory_count);
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

uint32_t engine_get_pc(const struct engine *engine)
{
    return engine->written ? engine->pc : read_reg(engine, UC_ARM_REG_PC);
}

uint32_t engine_get_xpsr(const struct engine *engine)
{
    return engine->written ? engine->xpsr : read_reg(engine, UC_ARM_REG_XPSR);
}

struct engine_special engine_get_special(const struct engine *engine)
{
    return (struct engine_special){
        .control = read_reg(engine, UC_ARM_REG_CONTROL),
        .primask = read_reg(engine, UC_ARM_REG_PRIMASK),
        .faultmask = read_reg(engine, UC_ARM_REG_FAULTMASK),
        .basepri = read_reg(engine, UC_ARM_REG_BASEPRI),
    };
}

static void trim(struct engine *engine, int reg, uint32_t bits)
{
    uint32_t value = read_reg(engine, reg);
    if ((value & ~bits) != 0) {
        write_reg(engine, reg, value & bits);
    }
}

void engine_trim_special(struct engine *engine, uint32_t basepri_bits)
{
    trim(engine, UC_ARM_REG_R13, ~3U);
    trim(engine, UC_ARM_REG_MSP, ~3U);
    trim(engine, UC_ARM_REG_PSP, ~3U);
    trim(engine, UC_ARM_REG_BASEPRI, basepri_bits);
}

static const int core_ids[16] = {
    UC_ARM_REG_R0,  UC_ARM_REG_R1,  UC_ARM_REG_R2, UC_ARM_REG_R3, UC_ARM_REG_R4,  UC_ARM_REG_R5,
    UC_ARM_REG_R6,  UC_ARM_REG_R7,  UC_ARM_REG_R8, UC_ARM_REG_R9, UC_ARM_REG_R10, UC_ARM_REG_R11,
    UC_ARM_REG_R12, UC_ARM_REG_R13, UC_ARM_REG_LR, UC_ARM_REG_PC,
};

static const int double_ids[16] = {
    UC_ARM_REG_D0,  UC_ARM_REG_D1,  UC_ARM_REG_D2,  UC_ARM_REG_D3,  UC_ARM_REG_D4,  UC_ARM_REG_D5,
    UC_ARM_REG_D6,  UC_ARM_REG_D7,  UC_ARM_REG_D8,  UC_ARM_REG_D9,  UC_ARM_REG_D10, UC_ARM_REG_D11,
    UC_ARM_REG_D12, UC_ARM_REG_D13, UC_ARM_REG_D14, UC_ARM_REG_D15,
};

/* Makes the cached mode flags follow XPSR and CONTROL: the library recomputes them on a write of
 * these flags only. */
static void refresh_mode_flags(struct engine *engine, uint32_t xpsr)
{
    write_reg(engine, UC_ARM_REG_APSR_NZCV, xpsr & XPSR_NZCV);
}

void engine_get_core_regs(const struct engine *engine, uint32_t r[16])
{
    void *values[16];
    for (int i = 0; i < 16; i++) {
        values[i] = &r[i];
    }
    (void)uc_reg_read_batch(engine->uc, core_ids, values, 16);
}

uint32_t engine_get_reg(const struct engine *engine, unsigned index)
{
    return read_reg(engine, core_ids[index]);
}

void engine_read_fp(const struct engine *engine, struct cpu_regs *regs)
{
    void *values[16];
    for (int i = 0; i < 16; i++) {
        values[i] = &regs->s[2 * i];
    }
    (void)uc_reg_read_batch(engine->uc, double_ids, values, 16);
    regs->fpscr = read_reg(engine, UC_ARM_REG_FPSCR);
}

/* In the order of engine_write_regs: handler mode to become privileged, then privileged thread
 * mode, where all can be written; XPSR last but for the flags, which refresh the cached mode. Each
 * call of the library costs more than a register, so there is one. */
#define WRITTEN 27
static const int written_ids[WRITTEN] = {
    UC_ARM_REG_XPSR,        UC_ARM_REG_CONTROL, UC_ARM_REG_XPSR,      UC_ARM_REG_MSP,
    UC_ARM_REG_PSP,         UC_ARM_REG_PRIMASK, UC_ARM_REG_FAULTMASK, UC_ARM_REG_BASEPRI,
    UC_ARM_REG_CONTROL,     UC_ARM_REG_R0,      UC_ARM_REG_R1,        UC_ARM_REG_R2,
    UC_ARM_REG_R3,          UC_ARM_REG_R4,      UC_ARM_REG_R5,        UC_ARM_REG_R6,
    UC_ARM_REG_R7,          UC_ARM_REG_R8,      UC_ARM_REG_R9,        UC_ARM_REG_R10,
    UC_ARM_REG_R11,         UC_ARM_REG_R12,     UC_ARM_REG_LR,        UC_ARM_REG_PC,
    UC_ARM_REG_XPSR_NZCVQG, UC_ARM_REG_XPSR,    UC_ARM_REG_APSR_NZCV,
};
#define WRITTEN_R0 9

#define READ 22
static const int read_ids[READ] = {
    UC_ARM_REG_R0,        UC_ARM_REG_R1,      UC_ARM_REG_R2,  UC_ARM_REG_R3,  UC_ARM_REG_R4,
    UC_ARM_REG_R5,        UC_ARM_REG_R6,      UC_ARM_REG_R7,  UC_ARM_REG_R8,  UC_ARM_REG_R9,
    UC_ARM_REG_R10,       UC_ARM_REG_R11,     UC_ARM_REG_R12, UC_ARM_REG_LR,  UC_ARM_REG_PC,
    UC_ARM_REG_XPSR,      UC_ARM_REG_CONTROL, UC_ARM_REG_MSP, UC_ARM_REG_PSP, UC_ARM_REG_PRIMASK,
    UC_ARM_REG_FAULTMASK, UC_ARM_REG_BASEPRI,
};
#define READ_BANKED 17

void engine_read_regs(struct engine *engine, struct cpu_regs *regs)
{
    void *values[READ];
    for (int i = 0; i < 13; i++) {
        values[i] = &regs->r[i];
    }
    void *others[READ - 13] = {&regs->lr,      &regs->pc,        &regs->xpsr,
                               &regs->control, &regs->msp,       &regs->psp,
                               &regs->primask, &regs->faultmask, &regs->basepri};
    memcpy(&values[13], others, sizeof(others));
    (void)uc_reg_read_batch(engine->uc, read_ids, values, READ);
    regs->pc &= ~1U;

    /* Unprivileged, the banked registers read as 0. */
    if (!cpu_regs_privileged(regs)) {
        write_reg(engine, UC_ARM_REG_XPSR, (regs->xpsr & ~XPSR_IPSR) | ANY_HANDLER);
        (void)uc_reg_read_batch(engine->uc, &read_ids[READ_BANKED], &values[READ_BANKED],
                                READ - READ_BANKED);
        write_reg(engine, UC_ARM_REG_XPSR, regs->xpsr);
        refresh_mode_flags(engine, regs->xpsr);
    }
    /* MSR leaves bits 1:0 in the library's stack pointers, a core has none. */
    regs->msp &= ~3U;
    regs->psp &= ~3U;
}

static void write_fp(struct engine *engine, const struct cpu_regs *regs)
{
    uint64_t doubles[16];
    void *values[16];
    memcpy(doubles, regs->s, sizeof(doubles));
    for (int i = 0; i < 16; i++) {
        values[i] = &doubles[i];
    }
    (void)uc_reg_write_batch(engine->uc, double_ids, values, 16);
    write_reg(engine, UC_ARM_REG_FPSCR, regs->fpscr);
}

void engine_write_regs(struct engine *engine, const struct cpu_regs *regs, bool fp)
{
    uint32_t before[WRITTEN_R0] = {XPSR_T | ANY_HANDLER,
                                   0,
                                   XPSR_T,
                                   regs->msp,
                                   regs->psp,
                                   regs->primask & 1U,
                                   regs->faultmask & 1U,
                                   regs->basepri,
                                   regs->control};
    uint32_t after[WRITTEN - WRITTEN_R0 - 13] = {regs->lr,
                                                 regs->pc | ((regs->xpsr & XPSR_T) != 0 ? 1U : 0U),
                                                 regs->xpsr, regs->xpsr, regs->xpsr & XPSR_NZCV};
    uint32_t words[WRITTEN];
    memcpy(words, before, sizeof(before));
    memcpy(&words[WRITTEN_R0], regs->r, sizeof(regs->r));
    memcpy(&words[WRITTEN_R0 + 13], after, sizeof(after));
    void *values[WRITTEN];
    for (int i = 0; i < WRITTEN; i++) {
        values[i] = &words[i];
    }
    if (fp) {
        write_fp(engine, regs);
    }
    (void)uc_reg_write_batch(engine->uc, written_ids, values, WRITTEN);
    engine->written = true;
    engine->pc = regs->pc;
    engine->xpsr = regs->xpsr;
}

void engine_copy_state(struct engine *to, const struct engine *from)
{
    (void)uc_context_save(from->uc, from->context);
    (void)uc_context_restore(to->uc, from->context);
    to->written = from->written;
    to->pc = from->pc;
    to->xpsr = from->xpsr;
}

static void run_monitor_code(struct engine *engine, enum monitor_code code)
{
    engine_flush_pages(engine);
    write_reg(engine, UC_ARM_REG_XPSR, XPSR_T | ANY_HANDLER);
    engine->clearing = true;
    engine->ended = false;
    (void)uc_emu_start(engine->uc, (ENGINE_MONITOR_ADDRESS + (uint32_t)code) | 1U, 0, 0, 0);
    engine->clearing = false;
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
    write_reg(engine, UC_ARM_REG_R1, address);
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
