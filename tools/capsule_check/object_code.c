#include "tools/capsule_check/object_code.h"

#include <capstone/capstone.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/memory.h"

enum {
    TRAP_NUMBER = 255, /* of UDF: what the compiler's run-time checks end in */
};

/* What each half-word of the section is. */
enum place {
    PLACE_UNKNOWN,
    PLACE_DATA,
    PLACE_CODE,  /* within an instruction */
    PLACE_START, /* of an instruction */
};

struct code {
    const struct object_file *object;
    const struct object_section *section;
    size_t index;
    const char *file;
    struct findings *findings;
    uint8_t *places; /* enum place */
    size_t halves;
};

static const uint16_t allowed_instructions[] = {
    ARM_INS_ADC,    ARM_INS_ADD,   ARM_INS_ADDW,  ARM_INS_ADR,   ARM_INS_AND,    ARM_INS_ASR,
    ARM_INS_B,      ARM_INS_BFC,   ARM_INS_BFI,   ARM_INS_BIC,   ARM_INS_BL,     ARM_INS_BLX,
    ARM_INS_BX,     ARM_INS_CBNZ,  ARM_INS_CBZ,   ARM_INS_CLZ,   ARM_INS_CMN,    ARM_INS_CMP,
    ARM_INS_EOR,    ARM_INS_IT,    ARM_INS_LDM,   ARM_INS_LDMDB, ARM_INS_LDR,    ARM_INS_LDRB,
    ARM_INS_LDRD,   ARM_INS_LDRH,  ARM_INS_LDRSB, ARM_INS_LDRSH, ARM_INS_LSL,    ARM_INS_LSR,
    ARM_INS_MLA,    ARM_INS_MLS,   ARM_INS_MOV,   ARM_INS_MOVT,  ARM_INS_MOVW,   ARM_INS_MUL,
    ARM_INS_MVN,    ARM_INS_NOP,   ARM_INS_ORN,   ARM_INS_ORR,   ARM_INS_POP,    ARM_INS_PUSH,
    ARM_INS_RBIT,   ARM_INS_REV,   ARM_INS_REV16, ARM_INS_REVSH, ARM_INS_ROR,    ARM_INS_RRX,
    ARM_INS_RSB,    ARM_INS_SBC,   ARM_INS_SBFX,  ARM_INS_SDIV,  ARM_INS_SMLABB, ARM_INS_SMLAL,
    ARM_INS_SMULBB, ARM_INS_SMULL, ARM_INS_STM,   ARM_INS_STMDB, ARM_INS_STR,    ARM_INS_STRB,
    ARM_INS_STRD,   ARM_INS_STRH,  ARM_INS_SUB,   ARM_INS_SUBW,  ARM_INS_SXTAB,  ARM_INS_SXTAH,
    ARM_INS_SXTB,   ARM_INS_SXTH,  ARM_INS_TEQ,   ARM_INS_TST,   ARM_INS_UBFX,   ARM_INS_UDF,
    ARM_INS_UDIV,   ARM_INS_UMLAL, ARM_INS_UMULL, ARM_INS_UXTAB, ARM_INS_UXTAH,  ARM_INS_UXTB,
    ARM_INS_UXTH,
};

static void refuse(const struct code *code, uint32_t offset, const char *what, const char *detail)
{
    findings_add(code->findings, "object-instruction", code->file, 0, "%s+0x%x: %s%s",
                 code->section->name, (unsigned)offset, what, detail);
}

static bool is_allowed(unsigned id)
{
    for (size_t i = 0; i < sizeof allowed_instructions / sizeof allowed_instructions[0]; i++) {
        if (allowed_instructions[i] == id) {
            return true;
        }
    }
    return false;
}

static const cs_arm_op *operand(const cs_insn *instruction, unsigned index)
{
    return index < instruction->detail->arm.op_count ? &instruction->detail->arm.operands[index]
                                                     : NULL;
}

static bool is_register(const cs_arm_op *op, unsigned number)
{
    return op != NULL && op->type == ARM_OP_REG && (unsigned)op->reg == number;
}

static bool is_written(const cs_insn *instruction, unsigned number)
{
    for (unsigned i = 0; i < instruction->detail->arm.op_count; i++) {
        const cs_arm_op *op = operand(instruction, i);
        if (is_register(op, number) && (op->access & CS_AC_WRITE) != 0) {
            return true;
        }
    }
    return false;
}

/* The program counter: by a branch, or by a return that pops it. */
static bool jumps_well(const cs_insn *instruction)
{
    switch (instruction->id) {
    case ARM_INS_BX:
    case ARM_INS_BLX:
        return operand(instruction, 0) != NULL && operand(instruction, 0)->type == ARM_OP_REG;
    case ARM_INS_B:
    case ARM_INS_BL:
    case ARM_INS_CBZ:
    case ARM_INS_CBNZ:
    case ARM_INS_POP:
        return true;
    case ARM_INS_LDR: /* pops it when it is alone */
        return !is_register(operand(instruction, 0), ARM_REG_PC) ||
               (instruction->detail->arm.writeback &&
                operand(instruction, 1)->mem.base == ARM_REG_SP);
    case ARM_INS_LDM:
        return is_register(operand(instruction, 0), ARM_REG_SP) ||
               !is_written(instruction, ARM_REG_PC);
    default:
        return !is_written(instruction, ARM_REG_PC) &&
               !is_register(operand(instruction, 0), ARM_REG_PC);
    }
}

/* The stack pointer: by constants only. */
static bool keeps_stack(const cs_insn *instruction)
{
    const cs_arm_op *first = operand(instruction, 0);
    const cs_arm_op *last = operand(instruction, instruction->detail->arm.op_count - 1u);
    switch (instruction->id) {
    case ARM_INS_ADD:
    case ARM_INS_ADDW:
    case ARM_INS_SUB:
    case ARM_INS_SUBW:
        return !is_register(first, ARM_REG_SP) || last->type == ARM_OP_IMM;
    case ARM_INS_PUSH:
    case ARM_INS_POP:
        return true;
    case ARM_INS_STM:
        return !is_register(first, ARM_REG_SP) || !instruction->detail->arm.writeback;
    case ARM_INS_STMDB:
    case ARM_INS_LDM:
        for (unsigned i = 1; i < instruction->detail->arm.op_count; i++) {
            if (is_register(operand(instruction, i), ARM_REG_SP)) {
                return false;
            }
        }
        return true;
    case ARM_INS_CMP:
    case ARM_INS_CMN:
    case ARM_INS_TST:
    case ARM_INS_STR:
    case ARM_INS_STRB:
    case ARM_INS_STRH:
    case ARM_INS_STRD:
        return true;
    default:
        return !is_register(first, ARM_REG_SP) && !is_written(instruction, ARM_REG_SP);
    }
}

static void check_instruction(const struct code *code, const cs_insn *instruction)
{
    uint32_t offset = (uint32_t)instruction->address;
    if (!is_allowed(instruction->id)) {
        refuse(code, offset, "instruction ", instruction->mnemonic);
    } else if (instruction->id == ARM_INS_UDF &&
               (operand(instruction, 0) == NULL || operand(instruction, 0)->imm != TRAP_NUMBER)) {
        refuse(code, offset, "a trap with another number: ", instruction->op_str);
    } else if (!jumps_well(instruction)) {
        refuse(code, offset, "sets the program counter by ", instruction->mnemonic);
    } else if (!keeps_stack(instruction)) {
        refuse(code, offset, "sets the stack pointer by ", instruction->mnemonic);
    }
}

/* [begin, end) is code. */
static void decode(struct code *code, csh engine, cs_insn *instruction, size_t begin, size_t end)
{
    const uint8_t *bytes = code->section->bytes + begin;
    size_t left = end - begin;
    uint64_t address = begin;
    while (left > 0) {
        uint64_t at = address;
        if (!cs_disasm_iter(engine, &bytes, &left, &address, instruction)) {
            refuse(code, (uint32_t)at, "no instruction that is known", "");
            return;
        }
        code->places[at / 2] = PLACE_START;
        check_instruction(code, instruction);
    }
}

static int compare_places(const void *left, const void *right)
{
    const struct object_symbol *a = *(const struct object_symbol *const *)left;
    const struct object_symbol *b = *(const struct object_symbol *const *)right;
    if (a->value != b->value) {
        return a->value < b->value ? -1 : 1;
    }
    return (a > b) - (a < b);
}

/* The symbols that say what follows: $t Thumb code, $d data, $a code that this core does not have.
 */
static const struct object_symbol **mapping_symbols(const struct code *code, size_t *count)
{
    const struct object_symbol **found = NULL;
    size_t room = 0;
    *count = 0;
    for (size_t i = 0; i < code->object->symbol_count; i++) {
        const struct object_symbol *symbol = &code->object->symbols[i];
        if (symbol->section == code->index && symbol->name[0] == '$' &&
            symbol->binding == STB_LOCAL) {
            found = memory_grown(found, *count, &room, sizeof *found);
            found[(*count)++] = symbol;
        }
    }
    if (*count > 1) {
        qsort(found, *count, sizeof *found, compare_places);
    }
    return found;
}

static void map(struct code *code, csh engine, cs_insn *instruction)
{
    size_t count;
    const struct object_symbol **marks = mapping_symbols(code, &count);
    size_t size = (size_t)code->section->header.sh_size;
    if (count == 0 || marks[0]->value != 0) {
        refuse(code, 0, "nothing says that this is code ($t)", "");
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        size_t begin = marks[i]->value;
        size_t end = i + 1 < count ? marks[i + 1]->value : size;
        end = end < size ? end : size;
        bool is_code = marks[i]->name[1] == 't' && begin % 2 == 0;
        if (!is_code && marks[i]->name[1] != 'd') {
            refuse(code, (uint32_t)begin, "code for another instruction set: ", marks[i]->name);
        } else if (begin < end) {
            memset(code->places + begin / 2, is_code ? PLACE_CODE : PLACE_DATA,
                   (end + 1) / 2 - begin / 2);
            if (is_code) {
                decode(code, engine, instruction, begin, end);
            }
        }
    }
    free(marks);
}

static bool has_relocation(const struct code *code, uint32_t offset)
{
    for (size_t i = 0; i < code->object->section_count; i++) {
        const struct object_section *section = &code->object->sections[i];
        if (section->header.sh_type != SHT_REL || section->header.sh_info != code->index) {
            continue;
        }
        struct object_relocation relocation;
        for (size_t k = 0; k < object_relocation_count(section); k++) {
            if (object_relocation_get(code->object, section, k, &relocation) &&
                relocation.offset == offset) {
                return true;
            }
        }
    }
    return false;
}

/* Direct branches end at an instruction of the section, unless the linker fills them in. */
static void check_branches(const struct code *code, csh engine, cs_insn *instruction)
{
    for (size_t half = 0; half < code->halves; half++) {
        const uint8_t *bytes = code->section->bytes + half * 2;
        size_t left = (code->halves - half) * 2;
        uint64_t address = half * 2;
        if (code->places[half] != PLACE_START ||
            !cs_disasm_iter(engine, &bytes, &left, &address, instruction)) {
            continue;
        }
        unsigned id = instruction->id;
        if (id != ARM_INS_B && id != ARM_INS_BL && id != ARM_INS_CBZ && id != ARM_INS_CBNZ) {
            continue;
        }
        const cs_arm_op *to = operand(instruction, id == ARM_INS_B || id == ARM_INS_BL ? 0 : 1);
        uint64_t target = to != NULL ? (uint32_t)to->imm : UINT64_MAX;
        if (!(target / 2 < code->halves && code->places[target / 2] == PLACE_START) &&
            !has_relocation(code, (uint32_t)(half * 2))) {
            refuse(code, (uint32_t)(half * 2), "branches out of its code: ", instruction->op_str);
        }
    }
}

/* So do functions begin. */
static void check_functions(const struct code *code)
{
    for (size_t i = 0; i < code->object->symbol_count; i++) {
        const struct object_symbol *symbol = &code->object->symbols[i];
        bool is_here = symbol->section == code->index && symbol->type == STT_FUNC;
        if (is_here && ((symbol->value & 1) == 0 || symbol->value / 2 >= code->halves ||
                        code->places[symbol->value / 2] != PLACE_START)) {
            refuse(code, symbol->value,
                   "no code of this core where a function begins: ", symbol->name);
        }
    }
}

void object_check_code(const struct object_file *object, size_t index, const char *file,
                       struct findings *findings)
{
    struct code code = {.object = object,
                        .section = &object->sections[index],
                        .index = index,
                        .file = file,
                        .findings = findings};
    code.halves = (size_t)code.section->header.sh_size / 2;
    csh engine;
    cs_mode mode = (cs_mode)((unsigned)CS_MODE_THUMB | (unsigned)CS_MODE_MCLASS);
    if (code.section->bytes == NULL || code.section->header.sh_size % 2 != 0) {
        refuse(&code, 0, "is not a whole number of instructions", "");
        return;
    }
    if (code.halves == 0) {
        return;
    }
    if (cs_open(CS_ARCH_ARM, mode, &engine) != CS_ERR_OK) {
        refuse(&code, 0, "cannot be decoded", "");
        return;
    }
    (void)cs_option(engine, CS_OPT_DETAIL, CS_OPT_ON);
    cs_insn *instruction = memory_or_exit(cs_malloc(engine));
    code.places = memory_or_exit(calloc(code.halves + 1, 1));
    map(&code, engine, instruction);
    check_branches(&code, engine, instruction);
    check_functions(&code);
    free(code.places);
    cs_free(instruction, 1);
    (void)cs_close(&engine);
}
