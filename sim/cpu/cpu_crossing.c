#include "sim/cpu/cpu_internal.h"

/* A load that crosses from a direct page into a guarded one is refused when its second half comes,
 * without a word from the engine about the instruction. PC and ITSTATE are its own where
 * unicorn_slow_path.h works; elsewhere PC is somewhere before it in the block, and ITSTATE is lost.
 * The registers are those before it, so the block is searched for the load that reaches this
 * address with them. */

static bool crosses(const uint16_t code[2], const uint32_t r[16], uint32_t address)
{
    struct access_span span;
    return access_decode(code, r, &span) && !span.write &&
           address - span.address < (uint32_t)span.element_bytes * span.count &&
           (address - span.address) % span.element_bytes != 0;
}

void cpu_locate_crossing(struct cpu *cpu)
{
    uint32_t r[16];
    uint16_t code[2];
    engine_get_core_regs(cpu->active, r);
    uint32_t end = cpu->time.block->end;
    uint32_t it = cpu_it_state(cpu);
    for (uint32_t pc = r[15] & ~1U; pc < end && cpu_read_code(cpu, pc, code);
         pc += cycle_instruction_bytes(code[0])) {
        r[15] = pc;
        if (crosses(code, r, cpu->refusal.fault.address)) {
            cpu_it_set_state(cpu, it);
            cpu->regs.pc = pc;
            return;
        }
        it = cpu_it_begins(code) ? code[0] & 0xFFU : cpu_it_advanced(it);
    }
}
