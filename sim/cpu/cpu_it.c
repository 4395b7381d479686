#include "sim/cpu/alignment.h"
#include "sim/cpu/cpu_internal.h"

/* The engines run an IT block as a whole. Where something may happen inside it - a trap that only
 * the System Control Space knows of, an interrupt, a breakpoint - and when a debugger steps, it is
 * taken apart here: the IT instruction is done by hand, and each instruction after it runs as the
 * last of an IT block of its own, with the same condition. */

#define IT_OPCODE      0xBF00U
#define IT_OPCODE_MASK 0xFF00U
#define BKPT_OPCODE    0xBE00U /* never conditional */
#define IT_LAST        0x8U
#define IT_COUNT       0xFU /* the bits whose lowest 1 tells how many are left */

static uint32_t state_of(uint32_t xpsr)
{
    return (xpsr >> 8 & 0xFCU) | (xpsr >> 25 & 3U);
}

void cpu_it_set_state(struct cpu *cpu, uint32_t state)
{
    cpu_hold_regs(cpu);
    cpu->regs.xpsr &= ~XPSR_IT_ICI;
    cpu->regs.xpsr |= (state & 0xFCU) << 8 | (state & 3U) << 25;
}

uint32_t cpu_it_state(const struct cpu *cpu)
{
    return state_of(cpu_xpsr(cpu));
}

uint32_t cpu_it_advanced(uint32_t state)
{
    return (state & 7U) == 0 ? 0 : (state & 0xE0U) | (state << 1 & 0x1FU);
}

bool cpu_it_is_open(const struct cpu *cpu)
{
    return (state_of(cpu_xpsr(cpu)) & IT_COUNT) != 0;
}

bool cpu_it_begins(const uint16_t code[2])
{
    return (code[0] & IT_OPCODE_MASK) == IT_OPCODE && (code[0] & IT_COUNT) != 0;
}

/* How many instructions are left, given a mask that is not 0. */
static int count_left(uint32_t mask)
{
    return 4 - __builtin_ctz(mask & IT_COUNT);
}

uint32_t cpu_it_end(struct cpu *cpu)
{
    if (!cpu_it_is_open(cpu)) {
        return 0;
    }
    uint32_t address = cpu_pc(cpu);
    for (int left = count_left(state_of(cpu_xpsr(cpu))); left > 0; left--) {
        uint16_t code[2];
        if (!cpu_read_code(cpu, address, code)) {
            break;
        }
        address += cycle_instruction_bytes(code[0]);
    }
    return address;
}

/* What is left of an instruction that counts as executed: ITSTATE and PC after it. */
static void move_on(struct cpu *cpu, uint32_t state, uint32_t pc)
{
    cpu_it_set_state(cpu, state);
    cpu->regs.pc = pc;
}

bool cpu_it_enter(struct cpu *cpu)
{
    uint16_t code[2];
    uint32_t pc = cpu_pc(cpu);
    if (cpu_it_is_open(cpu) || !cpu_read_code(cpu, pc, code) || !cpu_it_begins(code)) {
        return false;
    }
    cpu_pass_instruction(cpu, pc, 2);
    move_on(cpu, code[0] & 0xFFU, pc + 2);
    return true;
}

bool cpu_it_must_split(struct cpu *cpu, uint32_t address, const uint16_t code[2])
{
    if (!cpu_it_begins(code)) {
        return false;
    }
    uint32_t end = address + 2;
    for (int left = count_left(code[0]); left > 0; left--) {
        uint16_t next[2];
        if (!cpu_read_code(cpu, end, next) || alignment_base(next) >= 0) {
            return true;
        }
        end += cycle_instruction_bytes(next[0]);
    }
    return end > cpu->time.block->end ||
           cpu_cycle_at(cpu, end) + cpu->time.block->extra > cpu->time.deadline ||
           cpu_breakpoint_within(cpu, address + 2, end);
}

static bool passes(uint32_t xpsr)
{
    uint32_t state = state_of(xpsr);
    bool n = (xpsr >> 31 & 1U) != 0;
    bool z = (xpsr >> 30 & 1U) != 0;
    bool c = (xpsr >> 29 & 1U) != 0;
    bool v = (xpsr >> 28 & 1U) != 0;
    bool base[8] = {z, c, n, v, c && !z, n == v, n == v && !z, true};
    bool inverse = (state >> 4 & 1U) != 0 && state >> 5 != 7;
    return base[state >> 5] != inverse;
}

void cpu_it_pass(struct cpu *cpu)
{
    uint16_t code[2] = {0};
    uint32_t pc = cpu_pc(cpu);
    (void)cpu_read_code(cpu, pc, code);
    uint32_t size_bytes = cycle_instruction_bytes(code[0]);
    uint32_t state = cpu_it_advanced(cpu_it_state(cpu));
    cpu_pass_instruction(cpu, pc, size_bytes);
    move_on(cpu, state, pc + size_bytes);
}

/* The engines' hook is not called for an instruction whose condition fails. */
bool cpu_it_skip(struct cpu *cpu)
{
    uint16_t code[2];
    uint32_t pc = cpu_pc(cpu);
    if (passes(cpu_xpsr(cpu)) || !cpu_read_code(cpu, pc, code) ||
        (code[0] & 0xFF00U) == BKPT_OPCODE) {
        return false;
    }
    uint32_t size_bytes = cycle_instruction_bytes(code[0]);
    uint32_t state = cpu_it_advanced(cpu_it_state(cpu));
    cpu_pass_skipped(cpu, pc, size_bytes);
    move_on(cpu, state, pc + size_bytes);
    return true;
}

void cpu_it_narrow(struct cpu *cpu)
{
    cpu->it_whole = state_of(cpu_xpsr(cpu));
    cpu->it_pc = cpu_pc(cpu);
    cpu_it_set_state(cpu, (cpu->it_whole & 0xF0U) | IT_LAST);
}

void cpu_it_widen(struct cpu *cpu, enum engine_end end)
{
    bool done = cpu_pc(cpu) != cpu->it_pc || (end == ENGINE_STOPPED && cpu->started);
    cpu_it_set_state(cpu, done ? cpu_it_advanced(cpu->it_whole) : cpu->it_whole);
}
