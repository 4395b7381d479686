#include "sim/cpu/cycle_shape.h"

#include "sim/cpu/cycle_model.h"

#define BARRIER 3U /* 3 to 4 seen; the manual leaves it open */

/* Bit of a core register in a mask; 0 for anything else. */
static uint32_t core_bit(unsigned reg)
{
    if (reg >= ARM_REG_R0 && reg <= ARM_REG_R12) {
        return 1U << (reg - ARM_REG_R0);
    }
    switch (reg) {
    case ARM_REG_SP:
        return 1U << 13;
    case ARM_REG_LR:
        return 1U << 14;
    case ARM_REG_PC:
        return 1U << 15;
    default:
        return 0;
    }
}

/* Bits of the s registers that an FP register consists of. */
static uint32_t fp_bits(unsigned reg)
{
    if (reg >= ARM_REG_S0 && reg <= ARM_REG_S31) {
        return 1U << (reg - ARM_REG_S0);
    }
    if (reg >= ARM_REG_D0 && reg <= ARM_REG_D15) {
        return 3U << (2 * (reg - ARM_REG_D0));
    }
    return 0;
}

static unsigned register_of(const cs_arm *arm, unsigned i)
{
    return i < arm->op_count && arm->operands[i].type == ARM_OP_REG ? (unsigned)arm->operands[i].reg
                                                                    : (unsigned)ARM_REG_INVALID;
}

static uint32_t core_registers(const cs_arm *arm, unsigned first)
{
    uint32_t bits = 0;
    for (unsigned i = first; i < arm->op_count; i++) {
        bits |= core_bit(register_of(arm, i));
    }
    return bits;
}

static uint32_t fp_registers(const cs_arm *arm, unsigned first)
{
    uint32_t bits = 0;
    for (unsigned i = first; i < arm->op_count; i++) {
        bits |= fp_bits(register_of(arm, i));
    }
    return bits;
}

static uint8_t words_in(uint32_t bits)
{
    return (uint8_t)__builtin_popcount(bits);
}

static void shape_branch(struct cycle_shape *shape, enum cycle_refill refill)
{
    shape->flags |= CYCLE_BRANCH;
    shape->taken = (uint8_t)refill;
}

static void shape_address(struct cycle_shape *shape, const cs_arm *arm)
{
    for (unsigned i = 0; i < arm->op_count; i++) {
        const cs_arm_op *op = &arm->operands[i];
        if (op->type == ARM_OP_MEM) {
            shape->address = core_bit((unsigned)op->mem.base) | core_bit((unsigned)op->mem.index);
            shape->literal = op->mem.base == ARM_REG_PC;
            return;
        }
    }
}

/* ---- memory ---- */

static void shape_load(struct cycle_shape *shape, const cs_arm *arm)
{
    shape->flags |= CYCLE_MEMORY;
    shape->cycles = 2;
    shape->kind = CYCLE_SHAPE_LOAD;
    shape->loaded = core_bit(register_of(arm, 0));
    shape->writes_lr = (shape->loaded & core_bit(ARM_REG_LR)) != 0;
    shape_address(shape, arm);
    if ((shape->loaded & core_bit(ARM_REG_PC)) != 0) {
        shape->kind = CYCLE_SHAPE_OTHER;
        shape_branch(shape, CYCLE_REFILL_LOAD);
    }
}

static void shape_store(struct cycle_shape *shape, const cs_arm *arm)
{
    shape->flags |= CYCLE_MEMORY;
    shape_address(shape, arm);
    bool indexed = false;
    for (unsigned i = 0; i < arm->op_count; i++) {
        indexed = indexed || (arm->operands[i].type == ARM_OP_MEM &&
                              arm->operands[i].mem.index != ARM_REG_INVALID);
    }
    shape->kind = indexed ? CYCLE_SHAPE_STORE_REGISTER : CYCLE_SHAPE_STORE_IMMEDIATE;
    shape->cycles = indexed ? 2 : 1;
}

/* LDM, STM and kin: the registers from operand `first` on; the base is operand 0, or SP. */
static void shape_multiple(struct cycle_shape *shape, const cs_arm *arm, unsigned first, bool load)
{
    uint32_t list = core_registers(arm, first);
    shape->flags |= CYCLE_MEMORY | CYCLE_MULTIPLE;
    shape->cycles = (uint8_t)(1 + words_in(list));
    shape->address = first == 0 ? core_bit(ARM_REG_SP) : core_bit(register_of(arm, 0));
    shape->writes_lr = load && (list & core_bit(ARM_REG_LR)) != 0;
    if (load && (list & core_bit(ARM_REG_PC)) != 0) {
        shape_branch(shape, CYCLE_REFILL_LOAD);
    }
}

/* True when it was one of them. */
static bool shape_memory(struct cycle_shape *shape, unsigned id, const cs_arm *arm)
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
    case ARM_INS_STREX: /* its status comes as a load's result does */
    case ARM_INS_STREXB:
    case ARM_INS_STREXH:
        shape_load(shape, arm);
        shape->flags |= CYCLE_EXCLUSIVE;
        return true;
    case ARM_INS_LDRD:
    case ARM_INS_STRD:
        shape->flags |= CYCLE_MEMORY | CYCLE_MULTIPLE;
        shape->cycles = 3;
        shape_address(shape, arm);
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

/* ---- floating point ---- */

static void shape_fp_multiple(struct cycle_shape *shape, const cs_arm *arm, unsigned first,
                              bool load)
{
    uint32_t list = fp_registers(arm, first);
    shape->flags |= CYCLE_MEMORY | CYCLE_MULTIPLE;
    shape->cycles = (uint8_t)(1 + words_in(list));
    shape->address = first == 0 ? core_bit(ARM_REG_SP) : core_bit(register_of(arm, 0));
    shape->fp_sources = load ? 0 : list;
}

static void shape_fp_memory(struct cycle_shape *shape, const cs_arm *arm, bool load)
{
    uint32_t list = fp_registers(arm, 0);
    shape->flags |= CYCLE_MEMORY | CYCLE_MULTIPLE;
    shape->cycles = (uint8_t)(1 + words_in(list));
    shape->fp_sources = load ? 0 : list;
    shape_address(shape, arm);
}

static void shape_fp_arithmetic(struct cycle_shape *shape, const cs_arm *arm, uint8_t cycles)
{
    shape->cycles = cycles;
    shape->fp_late = fp_bits(register_of(arm, 0));
    shape->fp_sources = fp_registers(arm, arm->op_count == 1 ? 0 : 1);
}

/* VMOV, VMRS and kin: what they write is there at once. */
static void shape_fp_move(struct cycle_shape *shape, const cs_arm *arm)
{
    bool from_core = core_bit(register_of(arm, arm->op_count - 1U)) != 0;
    shape->cycles = words_in(core_registers(arm, 0)) == 2 ? 2 : 1;
    shape->fp_sources = from_core ? 0 : fp_registers(arm, 0);
    shape->computed = from_core ? 0 : core_registers(arm, 0);
}

static void shape_fp(struct cycle_shape *shape, unsigned id, const cs_arm *arm)
{
    switch (id) {
    case ARM_INS_VLDR:
    case ARM_INS_VSTR:
        shape_fp_memory(shape, arm, id == ARM_INS_VLDR);
        break;
    case ARM_INS_VLDMIA:
    case ARM_INS_VLDMDB:
        shape_fp_multiple(shape, arm, 1, true);
        break;
    case ARM_INS_VSTMIA:
    case ARM_INS_VSTMDB:
        shape_fp_multiple(shape, arm, 1, false);
        break;
    case ARM_INS_VPOP:
        shape_fp_multiple(shape, arm, 0, true);
        break;
    case ARM_INS_VPUSH:
        shape_fp_multiple(shape, arm, 0, false);
        break;
    case ARM_INS_VMLA: /* what they add to is needed a cycle later: no wait for it */
    case ARM_INS_VMLS:
    case ARM_INS_VNMLA:
    case ARM_INS_VNMLS:
    case ARM_INS_VFMA:
    case ARM_INS_VFMS:
    case ARM_INS_VFNMA:
    case ARM_INS_VFNMS:
        shape_fp_arithmetic(shape, arm, 3);
        break;
    case ARM_INS_VDIV:
    case ARM_INS_VSQRT:
        shape_fp_arithmetic(shape, arm, CYCLE_FP_SLOW);
        shape->fp_slow = true;
        break;
    case ARM_INS_VADD:
    case ARM_INS_VSUB:
    case ARM_INS_VMUL:
    case ARM_INS_VNMUL:
    case ARM_INS_VCVT:
    case ARM_INS_VCVTB:
    case ARM_INS_VCVTT:
    case ARM_INS_VCVTR:
        shape_fp_arithmetic(shape, arm, 1);
        break;
    default: /* VMOV, VABS, VNEG, VCMP, VMRS, VMSR */
        shape_fp_move(shape, arm);
        break;
    }
}

/* ---- the rest ---- */

static void shape_branch_to_register(struct cycle_shape *shape, const cs_arm *arm)
{
    shape->returns_by_lr = register_of(arm, 0) == ARM_REG_LR;
    shape_branch(shape, shape->returns_by_lr ? CYCLE_REFILL_DECODE : CYCLE_REFILL_EXECUTE);
}

static void shape_data_processing(struct cycle_shape *shape, csh handle, const cs_insn *insn)
{
    const cs_arm *arm = &insn->detail->arm;
    cs_regs read;
    cs_regs written;
    uint8_t read_count;
    uint8_t written_count;
    if (cs_regs_access(handle, insn, read, &read_count, written, &written_count) != CS_ERR_OK) {
        return;
    }
    for (unsigned i = 0; i < written_count; i++) {
        shape->computed |= core_bit(written[i]);
    }
    shape->writes_lr = (shape->computed & core_bit(ARM_REG_LR)) != 0;
    if ((shape->computed & core_bit(ARM_REG_PC)) != 0) {
        shape->returns_by_lr = insn->id == ARM_INS_MOV && register_of(arm, 1) == ARM_REG_LR;
        shape_branch(shape, shape->returns_by_lr ? CYCLE_REFILL_DECODE : CYCLE_REFILL_EXECUTE);
    }
}

static void shape_rest(struct cycle_shape *shape, csh handle, const cs_insn *insn)
{
    const cs_arm *arm = &insn->detail->arm;
    switch (insn->id) {
    case ARM_INS_B:
    case ARM_INS_BL:
        shape_branch(shape, CYCLE_REFILL_DECODE);
        break;
    case ARM_INS_BX:
    case ARM_INS_BLX:
        shape_branch_to_register(shape, arm);
        break;
    case ARM_INS_CBZ:
    case ARM_INS_CBNZ:
        shape_branch(shape, CYCLE_REFILL_EXECUTE);
        break;
    case ARM_INS_TBB:
    case ARM_INS_TBH:
        shape->cycles = 3; /* the load and an addition */
        shape->flags |= CYCLE_MEMORY;
        shape_address(shape, arm);
        shape_branch(shape, CYCLE_REFILL_LOAD);
        break;
    case ARM_INS_UDIV:
    case ARM_INS_SDIV:
        shape_data_processing(shape, handle, insn);
        shape->cycles = CYCLE_DIVIDE_LEAST;
        shape->flags |= CYCLE_DIVIDE;
        break;
    case ARM_INS_IT:
        shape->kind = CYCLE_SHAPE_IT;
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
        shape_data_processing(shape, handle, insn);
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
        shape_data_processing(shape, handle, insn);
        break;
    }
}

/* MRS Rd, CONTROL and MSR CONTROL, Rn. */
static bool is_control_encoding(const uint8_t *code)
{
    bool mrs = code[0] == 0xEFU && code[1] == 0xF3U;
    bool msr = (code[0] & 0xF0U) == 0x80U && code[1] == 0xF3U && (code[3] & 0xF0U) == 0x80U;
    return (mrs || msr) && code[2] == 0x14U;
}

struct cycle_shape cycle_shape_decode(csh handle, cs_insn *insn, const uint8_t *code,
                                      size_t available, uint32_t address)
{
    struct cycle_shape shape = {.cycles = 1, .size_bytes = 2};
    size_t bytes = cycle_instruction_bytes((uint16_t)(code[0] | code[1] << 8));
    if (bytes > available) {
        return shape;
    }
    shape.size_bytes = (uint8_t)bytes;
    /* From the encoding, whatever the decoder makes of it: without the unit all of these fault. */
    const uint16_t halfwords[2] = {(uint16_t)(code[0] | code[1] << 8),
                                   (uint16_t)(bytes == 4 ? code[2] | code[3] << 8 : 0)};
    shape.fp = bytes == 4 && cycle_is_fp(halfwords);
    shape.flags = shape.fp ? CYCLE_FP : 0;
    shape.flags |= bytes == 4 && is_control_encoding(code) ? CYCLE_CONTROL : 0U;
    uint64_t at = address;
    if (!cs_disasm_iter(handle, &code, &bytes, &at, insn)) {
        return shape;
    }
    const cs_arm *arm = &insn->detail->arm;
    if (shape.fp) {
        shape_fp(&shape, insn->id, arm);
    } else if (!shape_memory(&shape, insn->id, arm)) {
        shape_rest(&shape, handle, insn);
    }
    return shape;
}
