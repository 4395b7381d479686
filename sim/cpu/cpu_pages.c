/* What the engine is told of a page the first time that it needs it. */
#include "sim/cpu/cpu_internal.h"

#define PAGE_OFFSET (ENGINE_PAGE_BYTES - 1)

static const struct engine_page refused = {.kind = ENGINE_PAGE_REFUSED};

/* A fill knows its page only: the instruction that is fetched says which byte of it is asked for.
 * It is the page's first where an instruction reaches over from the page before. */
static uint32_t fetch_address(struct cpu *cpu, uint32_t page)
{
    uint32_t r[16];
    engine_get_core_regs(cpu->active, r);
    uint32_t pc = r[15] & ~1U;
    return (pc & ~PAGE_OFFSET) == (page & ~PAGE_OFFSET) ? pc : page;
}

/* Nothing can be fetched from the page: by the MPU's verdict, or because nothing is there. */
static struct engine_page refuse_fetch(struct cpu *cpu, uint32_t page)
{
    uint32_t address = fetch_address(cpu, page);
    struct mpu_verdict verdict =
        mpu_check(&cpu->core.mpu, address, 2, MPU_ACCESS_FETCH, cpu->context);
    if (verdict.allowed) {
        cpu_refuse_with(cpu, MPU_ACCESS_FETCH, cpu->context.privileged, FAULT_IBUSERR, address);
    } else {
        cpu_refuse_by_mpu(cpu, CPU_REFUSAL_FETCH, MPU_ACCESS_FETCH, cpu->context.privileged,
                          &verdict);
    }
    return refused;
}

static bool is_forbidden(const struct cpu *cpu, uint32_t page)
{
    const struct cpu_observe *observe = &cpu->config.observe;
    return cpu->observes && observe->forbids_fetch(observe->context, page, ENGINE_PAGE_BYTES);
}

static struct engine_page fill_fetch(struct cpu *cpu, uint32_t address)
{
    struct cpu_region *region = cpu_find_region(cpu, address);
    uint32_t page = address & ~PAGE_OFFSET;
    enum mpu_page answer =
        mpu_query_page(&cpu->core.mpu, page, ENGINE_PAGE_BYTES, MPU_ACCESS_FETCH, cpu->context);
    if (answer == MPU_PAGE_REFUSED || region == NULL || is_forbidden(cpu, page)) {
        return refuse_fetch(cpu, page);
    }
    uint8_t *flags = &region->code_page[(page - region->memory.base) / ENGINE_PAGE_BYTES];
    uint8_t wanted = *flags;
    wanted |= answer == MPU_PAGE_CUT ? (uint8_t)CPU_PAGE_CUT : (uint8_t)0;
    wanted |= region->memory.kind == CPU_MEMORY_RAM ? (uint8_t)CPU_PAGE_CODE : (uint8_t)0;
    if (wanted != *flags) {
        /* Stores to this page must be seen from now on, its blocks examined: forget what is known.
         */
        *flags = wanted;
        cpu_add_work(cpu, CPU_WORK_PAGES | CPU_WORK_GATES);
        cpu_refuse(cpu, CPU_REFUSAL_RETRY, MPU_ACCESS_FETCH, cpu->context.privileged);
        return refused;
    }
    return (struct engine_page){.kind = ENGINE_PAGE_DIRECT, .fetch = true};
}

static enum mpu_page ask_page(const struct cpu *cpu, uint32_t page, enum mpu_access access,
                              struct mpu_context context)
{
    return mpu_query_page(&cpu->core.mpu, page, ENGINE_PAGE_BYTES, access, context);
}

/* A page of memory for data. */
static struct engine_page fill_memory(struct cpu *cpu, const struct cpu_region *region,
                                      uint32_t page, enum mpu_access access,
                                      struct mpu_context context)
{
    uint8_t flags = region->code_page[(page - region->memory.base) / ENGINE_PAGE_BYTES];
    bool flash = region->memory.kind == CPU_MEMORY_FLASH;
    bool guard_all = cpu->config.count_mpu_hits || cpu_page_is_watched(cpu, page);
    bool guard_stores = guard_all || flash || (flags & CPU_PAGE_CODE) != 0;
    if (access == MPU_ACCESS_WRITE && guard_stores) {
        return (struct engine_page){.kind = ENGINE_PAGE_GUARDED, .read = guard_all, .write = true};
    }
    switch (ask_page(cpu, page, access, context)) {
    case MPU_PAGE_REFUSED:
        cpu_refuse(cpu, CPU_REFUSAL_PAGE, access, context.privileged);
        cpu->refusal.page = page;
        return refused;
    case MPU_PAGE_CUT:
        return (struct engine_page){
            .kind = ENGINE_PAGE_GUARDED, .read = true, .write = access == MPU_ACCESS_WRITE};
    case MPU_PAGE_ALLOWED:
        break;
    }
    if (guard_all) {
        return (struct engine_page){.kind = ENGINE_PAGE_GUARDED, .read = true};
    }
    bool store =
        !guard_stores && (access == MPU_ACCESS_WRITE ||
                          ask_page(cpu, page, MPU_ACCESS_WRITE, context) == MPU_PAGE_ALLOWED);
    return (struct engine_page){.kind = ENGINE_PAGE_DIRECT, .read = true, .write = store};
}

struct engine_page cpu_on_fill(void *context, uint32_t address, enum mpu_access access)
{
    struct cpu *cpu = context;
    if (access == MPU_ACCESS_FETCH) {
        /* Asked before the hook of the block that follows an MSR, and once for its whole page. */
        if (cpu->special_ran) {
            cpu_refresh_special(cpu);
        }
        return fill_fetch(cpu, address);
    }
    const struct cpu_region *region = cpu_find_region(cpu, address);
    if (region == NULL) {
        return (struct engine_page){.kind = ENGINE_PAGE_GUARDED, .read = true, .write = true};
    }
    return fill_memory(cpu, region, address & ~PAGE_OFFSET, access, cpu_data_context(cpu));
}
