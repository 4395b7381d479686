#include "sim/cpu/alignment.h"
#include "sim/cpu/cpu_internal.h"
#include "sim/cpu/unicorn_align.h"

/* Where the engines do not check the alignment of LDM, LDRD and their kin (unicorn_align.h), the
 * registers that such a block needs aligned are looked at when it starts; where a base is only
 * known inside the block, a hook before that very instruction looks at it. */

static bool is_watched(const struct cpu *cpu, uint32_t address)
{
    for (uint32_t i = 0; i < cpu->sites.count; i++) {
        if (cpu->sites.address[i] == address) {
            return true;
        }
    }
    return false;
}

/* False: there is no room for it. */
static bool want_site(struct cpu *cpu, uint32_t address)
{
    if (is_watched(cpu, address)) {
        return true;
    }
    if (cpu->sites.count == CPU_SITES) {
        return false;
    }
    cpu->sites.address[cpu->sites.count++] = address;
    cpu_add_work(cpu, CPU_WORK_SITES);
    return true;
}

static uint16_t analyse(struct cpu *cpu, const struct block *block, const struct cpu_region *region)
{
    uint32_t offset = block_address(block) - region->memory.base;
    struct alignment_code code = {
        .bytes = region->memory.host + offset,
        .available = region->memory.size_bytes - offset,
        .address = block_address(block),
        .size_bytes = block_size(block),
        .constant = region->memory.kind == CPU_MEMORY_FLASH,
    };
    if (code.size_bytes > code.available) {
        return 0;
    }
    size_t literal_end;
    struct alignment alignment = alignment_analyse(&code, &literal_end);
    if (literal_end > code.size_bytes) {
        cpu_mark_code(cpu, code.address, (uint32_t)literal_end);
    }
    for (unsigned i = 0; i < alignment.site_count; i++) {
        if (!want_site(cpu, alignment.site[i])) {
            alignment.registers |= ALIGNMENT_STEP;
        }
    }
    return alignment.registers;
}

void cpu_analyse_alignment(struct cpu *cpu, const struct block *block,
                           const struct cpu_region *region)
{
    const struct block_step *end = block_cache_step(&cpu->blocks, block, block->end);
    uint16_t registers = 0;
    if (!unicorn_aligns() && (block->flags & CYCLE_MULTIPLE) != 0) {
        registers = analyse(cpu, block, region);
    }
    /* What follows begins inside an IT block: only stepping knows that. */
    registers |= (end->count & BLOCK_STEP_IN_IT) != 0 ? (uint16_t)ALIGNMENT_STEP : 0;
    if (registers != 0) {
        block_cache_set_alignment(&cpu->blocks, block, registers);
    }
}

bool cpu_bases_are_aligned(const struct cpu *cpu, const struct block *block)
{
    if ((block->aligned & ALIGNMENT_STEP) != 0) {
        return false;
    }
    if (cpu->time.block == block && (block->aligned & ALIGNMENT_KEEPS) != 0) {
        return true; /* a loop: it has been looked at */
    }
    uint32_t together = 0;
    for (unsigned left = block->aligned & ALIGNMENT_REGISTERS; left != 0; left &= left - 1) {
        together |= engine_get_reg(cpu->active, (unsigned)__builtin_ctz(left));
    }
    return (together & 3U) == 0;
}

bool cpu_base_is_unaligned(const struct cpu *cpu, const uint16_t code[2])
{
    int base = alignment_base(code);
    return base >= 0 && (engine_get_reg(cpu->active, (unsigned)base) & 3U) != 0;
}

static void on_site(struct uc_struct *uc, uint64_t address, uint32_t size_bytes, void *context)
{
    (void)uc;
    (void)size_bytes;
    struct cpu *cpu = context;
    uint16_t code[2];
    if (cpu_read_code(cpu, (uint32_t)address, code) && cpu_base_is_unaligned(cpu, code) &&
        cpu->refusal.kind == CPU_REFUSAL_NONE) {
        cpu->refusal = (struct cpu_refusal){.kind = CPU_REFUSAL_DATA,
                                            .privileged = cpu->context.privileged,
                                            .fault = {.kind = FAULT_UNALIGNED}};
        engine_stop(cpu->fast);
    }
}

void cpu_watch_sites(struct cpu *cpu)
{
    for (; cpu->sites.watched < cpu->sites.count; cpu->sites.watched++) {
        if (!engine_watch_instruction(cpu->fast, cpu->sites.address[cpu->sites.watched], on_site,
                                      cpu, NULL)) {
            cpu->error = "the engine takes no more hooks";
        }
    }
}
