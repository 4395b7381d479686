#include "sim/cpu/cycle_model.h"

#include <stdlib.h>

#include <capstone/capstone.h>

/* P of the TRM's table is 1 to 3; 2 fits published silicon counts best. */
#define REFILL  2U
#define BARRIER 3U
#define DIVIDE  6U /* of 2 to 12 */

/* What an instruction does to the pipeline, as far as the costs of its neighbours depend on it. */
enum shape_kind { SHAPE_OTHER, SHAPE_LOAD, SHAPE_STORE_IMMEDIATE, SHAPE_STORE_REGISTER, SHAPE_IT };

struct shape {
    enum shape_kind kind;
    bool narrow;    /* 16 bits wide */
    uint8_t cycles; /* on its own */
    uint8_t taken;
    unsigned flags;      /* enum cycle_flag */
    unsigned result;     /* SHAPE_LOAD: capstone's number of the register loaded */
    unsigned address[2]; /* single loads and stores: base and index, 0: none */
    bool fp_arithmetic;
    unsigned fp_result;
    unsigned fp_source[3];
    bool literal; /* PC-relative load */
};

struct cycle_model {
    csh handle;
    cs_insn *insn;
};

struct cycle_model *cycle_model_create(void)
{
    struct cycle_model *model = calloc(1, sizeof(*model));
    if (model == NULL) {
        return NULL;
    }
    cs_mode mode = (cs_mode)((unsigned)CS_MODE_THUMB | (unsigned)CS_MODE_MCLASS);
    if (cs_open(CS_ARCH_ARM, mode, &model->handle) != CS_ERR_OK) {
        free(model);
        return NULL;
    }
    (void)cs_option(model->handle, CS_OPT_DETAIL, CS_OPT_ON);
    model->insn = cs_malloc(model->handle);
    if (model->insn == NULL) {
        cycle_model_destroy(model);
        return NULL;
    }
    return model;
}

void cycle_model_destroy(struct cycle_model *model)
{
    if (model == NULL) {
        return;
    }
    if (model->insn != NULL) {
        cs_free(model->insn, 1);
    }
    (void)cs_close(&model->handle);
    free(model);
}

static bool is_fp_register(unsigned reg)
{
    return (reg >= ARM_REG_S0 && reg <= ARM_REG_S31) || (reg >= ARM_REG_D0 && reg <= ARM_REG_D31);
}

/* Words that the register operands from `first` on move. */
static unsigned list_words(const cs_arm *arm, unsigned first)
{
    unsigned words = 0;
    for (unsigned i = first; i < arm->op_count; i++) {
        if (arm->operands[i].type == ARM_OP_REG) {
            unsigned reg = (unsigned)arm->operands[i].reg;
            words += reg >= ARM_REG_D0 && reg <= ARM_REG_D31 ? 2U : 1U;
        }
    }
    return words;
}

static bool list_has_pc(const cs_arm *arm, unsigned first)
{
    for (unsigned i = first; i < arm->op_count; i++) {
        if (arm->operands[i].type == ARM_OP_REG && arm->operands[i].reg == ARM_REG_PC) {
            return true;
        }
    }
    return false;
}

static void shape_branch(struct shape *shape)
{
    shape->flags |= CYCLE_BRANCH;
    shape->taken = REFILL;
}

static void shape_multiple(struct shape *shape, const cs_arm *arm, unsigned first, bool load)
{
    shape->flags |= CYCLE_MEMORY | CYCLE_MULTIPLE;
    shape->cycles = (uint8_t)(1U + list_words(arm, first));
    if (load && list_has_pc(arm, first)) {
        shape_branch(shape);
    }
}

static const cs_arm_op *memory_operand(const cs_arm *arm)
{
    for (unsigned i = 0; i < arm->op_count; i++) {
        if (arm->operands[i].type == ARM_OP_MEM) {
            return &arm->operands[i];
        }
    }
    return NULL;
}

static void shape_address(struct shape *shape, const cs_arm *arm)
{
    const cs_arm_op *memory = memory_operand(arm);
    if (memory != NULL) {
        shape->address[0] = (unsigned)memory->mem.base;
        shape->address[1] = (unsigned)memory->mem.index;
        shape->literal = memory->mem.base == ARM_REG_PC;
    }
}

static void shape_load(struct shape *shape, const cs_arm *arm)
{
    shape->flags |= CYCLE_MEMORY;
    shape->cycles = 2;
    shape->kind = SHAPE_LOAD;
    shape->result = arm->op_count > 0 ? (unsigned)arm->operands[0].reg : 0;
    shape_address(shape, arm);
    if (shape->result == ARM_REG_PC) {
        shape->kind = SHAPE_OTHER;
        shape_branch(shape);
    }
}

static void shape_store(struct shape *shape, const cs_arm *arm)
{
    shape->flags |= CYCLE_MEMORY;
    shape_address(shape, arm);
    bool indexed = shape->address[1] != 0;
    shape->kind = indexed ? SHAPE_STORE_REGISTER : SHAPE_STORE_IMMEDIATE;
    shape->cycles = indexed ? 2 : 1;
}

/* Arithmetic between FP registers: its result is late for the next FP instruction. */
static void shape_fp(struct shape *shape, const cs_arm *arm, uint8_t cycles)
{
    shape->flags |= CYCLE_FP;
    shape->cycles = cycles;
    shape->fp_arithmetic = true;
    if (arm->op_count > 0 && arm->operands[0].type == ARM_OP_REG &&
        is_fp_register((unsigned)arm->operands[0].reg)) {
        shape->fp_result = (unsigned)arm->operands[0].reg;
    }
    unsigned sources = 0;
    for (unsigned i = 0; i < arm->op_count && sources < 3; i++) {
        bool accumulates = cycles == 3; /* VMLA and kin read their destination */
        if (arm->operands[i].type == ARM_OP_REG && (i > 0 || accumulates || arm->op_count == 1)) {
            shape->fp_source[sources++] = (unsigned)arm->operands[i].reg;
        }
    }
}

static void shape_vmov(struct shape *shape, const cs_arm *arm)
{
    unsigned core = 0;
    for (unsigned i = 0; i < arm->op_count; i++) {
        unsigned reg = (unsigned)arm->operands[i].reg;
        core += arm->operands[i].type == ARM_OP_REG && !is_fp_register(reg) ? 1U : 0U;
    }
    shape_fp(shape, arm, core == 2 ? 2 : 1);
}

/* True when the instruction was one of the floating-point unit. */
static bool shape_coprocessor(struct shape *shape, unsigned id, const cs_arm *arm)
{
    if ((shape->flags & CYCLE_FP) == 0) {
        return false;
    }
    switch (id) {
    case ARM_INS_VLDR:
    case ARM_INS_VSTR:
        shape->flags |= CYCLE_FP | CYCLE_MEMORY | CYCLE_MULTIPLE;
        shape->cycles = (uint8_t)(1U + list_words(arm, 0));
        shape_address(shape, arm);
        return true;
    case ARM_INS_VLDMIA:
    case ARM_INS_VLDMDB:
    case ARM_INS_VSTMIA:
    case ARM_INS_VSTMDB:
        shape_multiple(shape, arm, 1, false);
        shape->flags |= CYCLE_FP;
        return true;
    case ARM_INS_VPUSH:
    case ARM_INS_VPOP:
        shape_multiple(shape, arm, 0, false);
        shape->flags |= CYCLE_FP;
        return true;
    case ARM_INS_VMLA:
    case ARM_INS_VMLS:
    case ARM_INS_VNMLA:
    case ARM_INS_VNMLS:
    case ARM_INS_VFMA:
    case ARM_INS_VFMS:
    case ARM_INS_VFNMA:
    case ARM_INS_VFNMS:
        shape_fp(shape, arm, 3);
        return true;
    case ARM_INS_VDIV:
    case ARM_INS_VSQRT:
        shape_fp(shape, arm, 14);
        return true;
    case ARM_INS_VMOV:
        shape_vmov(shape, arm);
        return true;
    default: /* VADD, VMUL, VCMP, VCVT, VMRS, ... */
        shape_fp(shape, arm, 1);
        return true;
    }
}

static void shape_data_processing(struct shape *shape, const cs_arm *arm)
{
    /* ADD and MOV to PC. */
    if (arm->op_count > 0 && arm->operands[0].type == ARM_OP_REG &&
        arm->operands[0].reg == ARM_REG_PC && (arm->operands[0].access & CS_AC_WRITE) != 0) {
        shape_branch(shape);
    }
}

/* Single and multiple loads and stores; true when it was one. */
static bool shape_memory(struct shape *shape, unsigned id, const cs_arm *arm)
{
    switch (id) {
    case ARM_INS_LDR:
    case ARM_INS_LDRB:
    case ARM_INS_LDRH:
    case ARM_INS_LDRSB:
    case ARM_INS_LDRSH:
    case ARM_INS_LDRT:
    case ARM_INS_LDRBT:
    case ARM_INS_LDRHT:
    case ARM_INS_LDRSBT:
    case ARM_INS_LDRSHT:
        shape_load(shape, arm);
        return true;
    case ARM_INS_STR:
    case ARM_INS_STRB:
    case ARM_INS_STRH:
    case ARM_INS_STRT:
    case ARM_INS_STRBT:
    case ARM_INS_STRHT:
        shape_store(shape, arm);
        return true;
    case ARM_INS_LDREX:
    case ARM_INS_LDREXB:
    case ARM_INS_LDREXH:
    case ARM_INS_STREX:
    case ARM_INS_STREXB:
    case ARM_INS_STREXH:
        shape->flags |= CYCLE_MEMORY | CYCLE_EXCLUSIVE;
        shape->cycles = 2;
        return true;
    case ARM_INS_LDRD:
    case ARM_INS_STRD:
        shape->flags |= CYCLE_MEMORY | CYCLE_MULTIPLE;
        shape->cycles = 3;
        return true;
    case ARM_INS_LDM:
    case ARM_INS_LDMDB:
        shape_multiple(shape, arm, 1, true);
        return true;
    case ARM_INS_POP:
        shape_multiple(shape, arm, 0, true);
        return true;
    case ARM_INS_STM:
    case ARM_INS_STMDB:
        shape_multiple(shape, arm, 1, false);
        return true;
    case ARM_INS_PUSH:
        shape_multiple(shape, arm, 0, false);
        return true;
    default:
        return false;
    }
}

static void shape_rest(struct shape *shape, unsigned id, const cs_arm *arm)
{
    switch (id) {
    case ARM_INS_B:
    case ARM_INS_BL:
    case ARM_INS_BX:
    case ARM_INS_BLX:
    case ARM_INS_CBZ:
    case ARM_INS_CBNZ:
        shape_branch(shape);
        break;
    case ARM_INS_TBB:
    case ARM_INS_TBH:
        shape->cycles = 2;
        shape->flags |= CYCLE_MEMORY;
        shape_branch(shape);
        break;
    case ARM_INS_UDIV:
    case ARM_INS_SDIV:
        shape->cycles = DIVIDE;
        shape->flags |= CYCLE_DIVIDE;
        break;
    case ARM_INS_IT:
        shape->kind = SHAPE_IT;
        shape->flags |= CYCLE_IT;
        break;
    case ARM_INS_DMB:
        shape->cycles = 1 + BARRIER;
        break;
    case ARM_INS_DSB:
    case ARM_INS_ISB:
        shape->cycles = 1 + BARRIER;
        shape->flags |= CYCLE_BARRIER;
        break;
    case ARM_INS_MRS:
        shape->cycles = 2;
        break;
    case ARM_INS_MSR:
        shape->cycles = 2;
        shape->flags |= CYCLE_WRITES_SPECIAL;
        break;
    case ARM_INS_SEV:
        shape->flags |= CYCLE_SEND_EVENT;
        break;
    case ARM_INS_CPS:
        shape->flags |= CYCLE_WRITES_SPECIAL;
        break;
    default:
        shape_data_processing(shape, arm);
        break;
    }
}

/* 0xEC.. to 0xEF.. and 0xFC.. to 0xFF.. with coprocessor 10 or 11. */
static bool is_fp_encoding(const uint8_t *code)
{
    return (code[1] & 0xECU) == 0xECU && (code[3] & 0x0EU) == 0x0AU;
}

/* MRS Rd, CONTROL and MSR CONTROL, Rn. */
static bool is_control_encoding(const uint8_t *code)
{
    bool mrs = code[0] == 0xEFU && code[1] == 0xF3U;
    bool msr = (code[0] & 0xF0U) == 0x80U && code[1] == 0xF3U && (code[3] & 0xF0U) == 0x80U;
    return (mrs || msr) && code[2] == 0x14U;
}

static struct shape decode(struct cycle_model *model, const uint8_t *code, size_t available,
                           uint32_t address)
{
    struct shape shape = {.cycles = 1, .narrow = true};
    uint16_t first = (uint16_t)(code[0] | code[1] << 8);
    size_t bytes = cycle_instruction_bytes(first);
    if (bytes > available) {
        return shape;
    }
    shape.narrow = bytes == 2;
    /* From the encoding, whatever the decoder makes of it: without the unit all of these fault. */
    shape.flags = bytes == 4 && is_fp_encoding(code) ? CYCLE_FP : 0;
    shape.flags |= bytes == 4 && is_control_encoding(code) ? CYCLE_CONTROL : 0U;
    uint64_t at = address;
    if (!cs_disasm_iter(model->handle, &code, &bytes, &at, model->insn)) {
        return shape;
    }
    const cs_arm *arm = &model->insn->detail->arm;
    unsigned id = model->insn->id;
    if (!shape_memory(&shape, id, arm) && !shape_coprocessor(&shape, id, arm)) {
        shape_rest(&shape, id, arm);
    }
    return shape;
}

static bool uses(const struct shape *next, unsigned reg)
{
    return reg != 0 && (next->address[0] == reg || next->address[1] == reg);
}

static bool fp_waits(const struct shape *shape, const struct shape *next)
{
    return shape->fp_arithmetic && shape->fp_result != 0 && next->fp_arithmetic &&
           (next->fp_source[0] == shape->fp_result || next->fp_source[1] == shape->fp_result ||
            next->fp_source[2] == shape->fp_result);
}

/* The difference that the following instruction makes to `cycles`. What the TRM says of the later
 * instruction of a pair is charged to the earlier one. */
static uint8_t with_neighbour(const struct shape *shape, const struct shape *next)
{
    unsigned cycles = shape->cycles;
    if (shape->kind == SHAPE_LOAD && !uses(next, shape->result)) {
        if (next->kind == SHAPE_LOAD || next->kind == SHAPE_STORE_IMMEDIATE) {
            cycles -= 1;
        } else if (next->kind == SHAPE_STORE_REGISTER) {
            cycles -= 2; /* pipelined, and the store's second cycle is hidden */
        }
    }
    if (next->kind == SHAPE_IT && shape->narrow && cycles > 0) {
        cycles -= 1; /* IT folds into a 16-bit instruction before it */
    }
    return (uint8_t)(cycles + (fp_waits(shape, next) ? 1U : 0U));
}

static bool enters_line(uint32_t address, uint32_t bytes)
{
    return address % CYCLE_LINE_BYTES == 0 ||
           address / CYCLE_LINE_BYTES != (address + bytes - 1) / CYCLE_LINE_BYTES;
}

static uint8_t it_length(const uint8_t *code)
{
    uint8_t mask = code[0] & 0xFU;
    return (uint8_t)(4 - __builtin_ctz(mask | 0x10U));
}

struct cycle_cost cycle_model_cost(struct cycle_model *model, const uint8_t *code, size_t available,
                                   uint32_t address, struct cycle_fetch fetch)
{
    struct shape shape = decode(model, code, available, address);
    uint8_t bytes = shape.narrow ? 2 : 4;
    struct shape next = {.cycles = 1};
    if (available >= bytes + 2U && (shape.flags & CYCLE_BRANCH) == 0) {
        next = decode(model, code + bytes, available - bytes, address + bytes);
    }
    struct cycle_cost cost = {
        .size_bytes = bytes,
        .cycles = with_neighbour(&shape, &next),
        .taken = shape.taken,
        .flags = shape.flags,
        .it_length = shape.kind == SHAPE_IT ? it_length(code) : (uint8_t)0,
    };
    if (fetch.line_wait) {
        unsigned waits = (enters_line(address, bytes) ? 1U : 0U) + (shape.literal ? 1U : 0U);
        cost.cycles = (uint8_t)(cost.cycles + waits * CYCLE_LINE_WAIT);
    }
    return cost;
}

uint8_t cycle_model_entry_cost(const uint8_t *code, uint32_t address, struct cycle_fetch fetch)
{
    uint16_t first = (uint16_t)(code[0] | code[1] << 8);
    uint8_t bytes = cycle_instruction_bytes(first);
    unsigned cost = bytes == 4 && address % 4 != 0 ? 1U : 0U;
    if (fetch.line_wait && !enters_line(address, bytes)) {
        cost += CYCLE_LINE_WAIT;
    }
    return (uint8_t)cost;
}
