#include "sim/loader/unwind.h"

#include <dwarf.h>
#include <stddef.h>
#include <stdlib.h>

#include "sim/loader/symbols_internal.h"

#define STACK_DEPTH 4

/* What an expression is evaluated over. */
struct place {
    const struct unwind_regs *regs;
    const struct unwind_memory *memory;
    uint32_t cfa; /* the canonical frame address: the caller's sp */
};

/* Evaluates what libdw makes of compilers' rules: sums of a register or the CFA and constants. */
static bool evaluate(const Dwarf_Op *ops, size_t count, const struct place *place, uint32_t *value)
{
    uint32_t stack[STACK_DEPTH] = {0};
    size_t depth = 0;
    for (size_t i = 0; i < count; i++) {
        const Dwarf_Op *op = &ops[i];
        if (op->atom == DW_OP_stack_value) {
            continue;
        }
        if (op->atom == DW_OP_plus_uconst && depth > 0) {
            stack[depth - 1] += (uint32_t)op->number;
            continue;
        }
        if (op->atom == DW_OP_plus && depth > 1) {
            depth--;
            stack[depth - 1] += stack[depth];
            continue;
        }
        if (depth == STACK_DEPTH) {
            return false;
        }
        if (op->atom == DW_OP_bregx && op->number <= UNWIND_PC) {
            stack[depth] = place->regs->r[op->number] + (uint32_t)op->number2;
        } else if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg15) {
            stack[depth] = place->regs->r[op->atom - DW_OP_breg0] + (uint32_t)op->number;
        } else if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg15) {
            stack[depth] = place->regs->r[op->atom - DW_OP_reg0];
        } else if (op->atom == DW_OP_call_frame_cfa) {
            stack[depth] = place->cfa;
        } else if (op->atom == DW_OP_consts || op->atom == DW_OP_constu) {
            stack[depth] = (uint32_t)op->number;
        } else {
            return false;
        }
        depth++;
    }
    *value = stack[0];
    return depth == 1;
}

/* What the register was in the caller. */
static bool find_register(Dwarf_Frame *frame, int number, const struct place *place,
                          uint32_t *value)
{
    Dwarf_Op memory[3];
    Dwarf_Op *ops = NULL;
    size_t count = 0;
    if (dwarf_frame_register(frame, number, memory, &ops, &count) != 0) {
        return false;
    }
    if (count == 0) { /* the same as now; GCC says nothing of what it has not saved, lr included */
        *value = place->regs->r[number];
        return true;
    }
    uint32_t found = 0;
    if (!evaluate(ops, count, place, &found)) {
        return false;
    }
    Dwarf_Op last = ops[count - 1];
    bool is_value =
        last.atom == DW_OP_stack_value || (last.atom >= DW_OP_reg0 && last.atom <= DW_OP_reg15);
    *value = found;
    return is_value || place->memory->read_word(place->memory->context, found, value);
}

static bool find_cfa(Dwarf_Frame *frame, struct place *place)
{
    Dwarf_Op *ops = NULL;
    size_t count = 0;
    return dwarf_frame_cfa(frame, &ops, &count) == 0 && count > 0 &&
           evaluate(ops, count, place, &place->cfa);
}

static bool find_caller(Dwarf_Frame *frame, const struct unwind_regs *regs,
                        const struct unwind_memory *memory, struct unwind_regs *caller)
{
    struct place place = {.regs = regs, .memory = memory};
    if (!find_cfa(frame, &place)) {
        return false;
    }
    *caller = *regs;
    for (int i = 4; i <= 11; i++) {
        if (!find_register(frame, i, &place, &caller->r[i])) {
            return false;
        }
    }
    if (!find_register(frame, UNWIND_LR, &place, &caller->r[UNWIND_LR])) {
        return false;
    }
    caller->r[UNWIND_SP] = place.cfa;
    caller->r[UNWIND_PC] = (caller->r[UNWIND_LR] & ~1U) - 2;
    return true;
}

bool unwind_step(const struct symbol_map *map, struct unwind_regs *regs,
                 const struct unwind_memory *memory)
{
    const struct symbol_map_entry *entry = symbol_map_find(map, regs->r[UNWIND_PC]);
    Dwarf_CFI *frames = entry == NULL ? NULL : symbols_frames(entry->symbols);
    Dwarf_Frame *frame = NULL;
    if (frames == NULL || regs->r[UNWIND_LR] == 0 ||
        dwarf_cfi_addrframe(frames, regs->r[UNWIND_PC] - entry->run_base + entry->link_base,
                            &frame) != 0) {
        return false;
    }
    struct unwind_regs caller;
    bool found = find_caller(frame, regs, memory, &caller);
    free(frame);
    /* A frame that does not move is not a caller: hostile information must not loop. */
    if (!found ||
        (caller.r[UNWIND_PC] == regs->r[UNWIND_PC] && caller.r[UNWIND_SP] == regs->r[UNWIND_SP])) {
        return false;
    }
    *regs = caller;
    return true;
}
