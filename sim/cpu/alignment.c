#include "sim/cpu/alignment.h"

#include <string.h>

#include "sim/cpu/cycle_model.h"

enum { SP = 13, LR = 14, PC = 15 };

/* What is known of a register's value modulo 4: `plus` more than register `of` had at the start. */
enum { OF_ZERO = 16, OF_UNKNOWN = 17 };
struct residue {
    uint8_t of; /* 0..14, or one of the above */
    uint8_t plus;
};

static const struct residue unknown = {.of = OF_UNKNOWN};
static const struct residue aligned = {.of = OF_ZERO};

struct track {
    const struct alignment_code *code;
    struct alignment out;
    size_t literal_end;
    struct residue now[16];
    bool conditional; /* the instruction looked at lies in an IT block */
};

static uint32_t bits(uint32_t value, unsigned high, unsigned low)
{
    return (value >> low) & ((2U << (high - low)) - 1U);
}

static bool bit(uint32_t value, unsigned at)
{
    return (value >> at & 1U) != 0;
}

/* ---- residues ---- */

static struct residue constant(uint32_t value)
{
    return (struct residue){.of = OF_ZERO, .plus = (uint8_t)(value & 3U)};
}

static struct residue plus(struct residue a, uint32_t value)
{
    a.plus = (uint8_t)((a.plus + value) & 3U);
    return a.of == OF_UNKNOWN ? unknown : a;
}

static struct residue sum(struct residue a, struct residue b)
{
    if (a.of == OF_ZERO) {
        return plus(b, a.plus);
    }
    return b.of == OF_ZERO ? plus(a, b.plus) : unknown;
}

static struct residue difference(struct residue a, struct residue b)
{
    return b.of == OF_ZERO ? plus(a, 4U - b.plus) : unknown;
}

/* A register shifted left. */
static struct residue shifted(struct residue a, unsigned left)
{
    if (left == 0) {
        return a;
    }
    if (left >= 2) {
        return aligned;
    }
    return a.of == OF_ZERO ? constant(a.plus * 2U) : unknown;
}

static void set(struct track *t, unsigned reg, struct residue value)
{
    if (reg == SP || reg == PC) {
        return; /* bits 1:0 of SP are 0 whatever is written */
    }
    struct residue before = t->now[reg];
    bool same = before.of == value.of && before.plus == value.plus;
    t->now[reg] = t->conditional && !same ? unknown : value;
}

static void lose(struct track *t, uint32_t list)
{
    for (unsigned reg = 0; reg < 15; reg++) {
        if (bit(list, reg)) {
            set(t, reg, unknown);
        }
    }
}

/* ---- instructions that need alignment ---- */

static int base_32(const uint16_t code[2])
{
    bool write_back = bit(code[0], 5);
    bool before = bit(code[0], 8);
    bool up = bit(code[0], 7);
    bool needs = false;
    if (bits(code[0], 15, 9) == 0x74) {
        needs = bit(code[0], 6) ? before || write_back : before != up;
    } else if (bits(code[0], 15, 9) == 0x76 && bits(code[1], 11, 9) == 5) {
        needs = before || up || write_back;
    }
    return needs ? (int)bits(code[0], 3, 0) : -1;
}

int alignment_base(const uint16_t code[2])
{
    int base = -1;
    if (bits(code[0], 15, 12) == 0xC) {
        base = (int)bits(code[0], 10, 8);
    } else if (bits(code[0], 15, 11) >= 0x1D) {
        base = base_32(code);
    }
    return base == SP || base == PC ? -1 : base;
}

static void need_base(struct track *t, unsigned base, uint32_t address)
{
    struct residue value = t->now[base];
    if (value.of == OF_UNKNOWN || value.plus != 0) {
        if (t->conditional || t->out.site_count == ALIGNMENT_SITES) {
            t->out.registers |= ALIGNMENT_STEP;
        } else {
            t->out.site[t->out.site_count++] = address;
        }
    } else if (value.of != OF_ZERO) {
        t->out.registers = (uint16_t)(t->out.registers | 1U << value.of);
    }
    if (!t->conditional) {
        t->now[base] = aligned; /* else it has faulted */
    }
}

/* ---- what instructions do to registers ---- */

static struct residue literal(struct track *t, uint32_t address, uint32_t offset, bool up)
{
    const struct alignment_code *code = t->code;
    uint32_t pc = (address + 4U) & ~3U;
    size_t at = (size_t)(pc - code->address) + offset;
    if (!code->constant || !up || pc < code->address || at >= code->available) {
        return unknown;
    }
    t->literal_end = at + 4 > t->literal_end ? at + 4 : t->literal_end;
    return constant(code->bytes[at]);
}

static void add_high_registers(struct track *t, uint32_t code)
{
    unsigned rd = bits(code, 2, 0) | bits(code, 7, 7) << 3;
    struct residue source = t->now[bits(code, 6, 3)];
    switch (bits(code, 9, 8)) {
    case 0:
        set(t, rd, sum(t->now[rd], source));
        break;
    case 2:
        set(t, rd, source);
        break;
    case 3:
        set(t, LR, unknown);
        break;
    default:
        break;
    }
}

static void add_subtract_16(struct track *t, uint32_t code)
{
    struct residue rn = t->now[bits(code, 5, 3)];
    uint32_t field = bits(code, 8, 6);
    struct residue operand = bit(code, 10) ? constant(field) : t->now[field];
    set(t, bits(code, 2, 0), bit(code, 9) ? difference(rn, operand) : sum(rn, operand));
}

static void shift_add_16(struct track *t, uint32_t code)
{
    unsigned low = bits(code, 2, 0);
    unsigned high = bits(code, 10, 8);
    switch (bits(code, 15, 11)) {
    case 0x0:
        set(t, low, shifted(t->now[bits(code, 5, 3)], bits(code, 10, 6)));
        break;
    case 0x3:
        add_subtract_16(t, code);
        break;
    case 0x4:
        set(t, high, constant(code));
        break;
    case 0x5: /* CMP */
        break;
    case 0x6:
        set(t, high, plus(t->now[high], code & 3U));
        break;
    case 0x7:
        set(t, high, plus(t->now[high], 4U - (code & 3U)));
        break;
    default:
        set(t, low, unknown);
        break;
    }
}

static void miscellaneous_16(struct track *t, uint32_t code)
{
    if (bits(code, 11, 9) == 6) { /* POP */
        lose(t, bits(code, 7, 0));
    } else if (bits(code, 11, 8) == 2 || bits(code, 11, 8) == 0xA) {
        set(t, bits(code, 2, 0), unknown);
    }
}

static void follow_16(struct track *t, uint32_t code, uint32_t address)
{
    switch (bits(code, 15, 12)) {
    case 0x0:
    case 0x1:
    case 0x2:
    case 0x3:
        shift_add_16(t, code);
        break;
    case 0x4:
        if (bits(code, 11, 10) == 0) {
            set(t, bits(code, 2, 0), unknown);
        } else if (bits(code, 11, 10) == 1) {
            add_high_registers(t, code);
        } else {
            set(t, bits(code, 10, 8), literal(t, address, bits(code, 7, 0) * 4, true));
        }
        break;
    case 0x5:
        lose(t, bits(code, 11, 9) >= 3 ? 1U << bits(code, 2, 0) : 0U);
        break;
    case 0x9:
        lose(t, bit(code, 11) ? 1U << bits(code, 10, 8) : 0U);
        break;
    case 0xA: /* ADR; ADD Rd, SP */
        set(t, bits(code, 10, 8), aligned);
        break;
    case 0xB:
        miscellaneous_16(t, code);
        break;
    case 0xC: /* write-back adds words */
        lose(t, bit(code, 11) ? bits(code, 7, 0) : 0U);
        break;
    case 0xD:
    case 0xE:
        break;
    default: /* 6 to 8 */
        lose(t, bit(code, 11) ? 1U << bits(code, 2, 0) : 0U);
        break;
    }
}

/* Write-back adds words: it changes nothing here. */
static void load_store_multiple_32(struct track *t, const uint16_t code[2])
{
    bool load = bit(code[0], 4);
    bool dual = bit(code[0], 8) || bit(code[0], 5);
    if (!bit(code[0], 6)) {
        lose(t, load ? code[1] : 0U);
    } else if (load) {
        set(t, bits(code[1], 15, 12), unknown);
        set(t, bits(code[1], 11, 8), unknown);
    } else if (!dual) {
        set(t, bits(code[1], 11, 8), unknown); /* STREX's status; that of STREXB and STREXH: */
        set(t, bits(code[1], 3, 0), unknown);
    }
}

static void data_register_32(struct track *t, const uint16_t code[2])
{
    struct residue rn = t->now[bits(code[0], 3, 0)];
    unsigned rd = bits(code[1], 11, 8);
    unsigned left = bits(code[1], 14, 12) << 2 | bits(code[1], 7, 6);
    struct residue rm = t->now[bits(code[1], 3, 0)];
    struct residue operand = bits(code[1], 5, 4) == 0 ? shifted(rm, left) : unknown;
    switch (bits(code[0], 8, 5)) {
    case 2:
        set(t, rd, bits(code[0], 3, 0) == PC ? operand : unknown);
        break;
    case 8:
        set(t, rd, sum(rn, operand));
        break;
    case 13:
        set(t, rd, difference(rn, operand));
        break;
    default:
        set(t, rd, unknown);
        break;
    }
}

/* The lowest two bits of a modified immediate constant (A5.3.2). */
static uint32_t modified_low(const uint16_t code[2])
{
    uint32_t form = bits(code[0], 10, 10) << 3 | bits(code[1], 14, 12);
    if (form >= 4) {
        uint32_t byte = 0x80U | bits(code[1], 6, 0);
        uint32_t by = form << 1 | bits(code[1], 7, 7);
        return (byte >> by | byte << (32 - by)) & 3U;
    }
    return form == 2 ? 0 : code[1] & 3U; /* 2: 0xXY00XY00 */
}

static void data_modified_32(struct track *t, const uint16_t code[2])
{
    unsigned rd = bits(code[1], 11, 8);
    unsigned rn = bits(code[0], 3, 0);
    uint32_t low = modified_low(code);
    struct residue value = unknown;
    switch (bits(code[0], 8, 5)) {
    case 0: /* AND */
        value = low == 0 ? aligned : low == 3 ? t->now[rn] : unknown;
        break;
    case 1: /* BIC */
        value = low == 3 ? aligned : low == 0 ? t->now[rn] : unknown;
        break;
    case 2: /* ORR, MOV */
        value = rn == PC ? constant(low) : unknown;
        break;
    case 8:
        value = plus(t->now[rn], low);
        break;
    case 13:
        value = plus(t->now[rn], 4U - low);
        break;
    default:
        break;
    }
    set(t, rd, value);
}

static void data_plain_32(struct track *t, const uint16_t code[2])
{
    unsigned rd = bits(code[1], 11, 8);
    unsigned rn = bits(code[0], 3, 0);
    struct residue base = rn == PC ? aligned : t->now[rn]; /* ADR */
    switch (bits(code[0], 8, 4)) {
    case 0x00:
        set(t, rd, plus(base, code[1] & 3U));
        break;
    case 0x0A:
        set(t, rd, plus(base, 4U - (code[1] & 3U)));
        break;
    case 0x04: /* MOVW */
        set(t, rd, constant(code[1]));
        break;
    case 0x0C: /* MOVT: the upper half */
        break;
    default:
        set(t, rd, unknown);
        break;
    }
}

static void load_store_single_32(struct track *t, const uint16_t code[2], uint32_t address)
{
    unsigned rn = bits(code[0], 3, 0);
    unsigned rt = bits(code[1], 15, 12);
    bool load = bit(code[0], 4);
    bool up = bit(code[0], 7);
    bool indexed = rn != PC && !up && bit(code[1], 11);
    bool before = bit(code[1], 10);
    if (indexed && (!before || bit(code[1], 8))) {
        uint32_t by = code[1] & 3U;
        set(t, rn, plus(t->now[rn], bit(code[1], 9) ? by : 4U - by));
    }
    if (load) {
        bool word = bits(code[0], 6, 5) == 2 && rn == PC;
        set(t, rt, word ? literal(t, address, bits(code[1], 11, 0), up) : unknown);
    }
}

/* Write-back adds words. */
static void coprocessor_32(struct track *t, const uint16_t code[2])
{
    if (bits(code[0], 15, 9) != 0x76) { /* VMOV, VMRS */
        set(t, bits(code[1], 15, 12), unknown);
    } else if (bits(code[0], 8, 5) == 2) { /* VMOV of two registers */
        set(t, bits(code[1], 15, 12), unknown);
        set(t, bits(code[0], 3, 0), unknown);
    }
}

static void follow_32(struct track *t, const uint16_t code[2], uint32_t address)
{
    switch (bits(code[0], 12, 9)) {
    case 0x4:
        load_store_multiple_32(t, code);
        break;
    case 0x5:
        data_register_32(t, code);
        break;
    case 0x6:
    case 0x7:
    case 0xE:
    case 0xF:
        coprocessor_32(t, code);
        break;
    case 0x8:
    case 0x9:
    case 0xA:
    case 0xB:
        if (bit(code[1], 15)) { /* branches, MRS */
            set(t, bits(code[1], 11, 8), unknown);
            set(t, LR, unknown);
        } else if (bit(code[0], 9)) {
            data_plain_32(t, code);
        } else {
            data_modified_32(t, code);
        }
        break;
    case 0xC:
        load_store_single_32(t, code, address);
        break;
    default: /* data processing, multiply, divide */
        set(t, bits(code[1], 11, 8), unknown);
        set(t, bits(code[1], 15, 12), unknown);
        break;
    }
}

/* ---- a block ---- */

static void follow(struct track *t, const uint16_t code[2], uint32_t address)
{
    int base = alignment_base(code);
    if (base >= 0) {
        need_base(t, (unsigned)base, address);
    }
    if (cycle_instruction_bytes(code[0]) == 2) {
        follow_16(t, code[0], address);
    } else {
        follow_32(t, code, address);
    }
}

static bool keeps(const struct track *t)
{
    for (unsigned reg = 0; reg < 15; reg++) {
        struct residue end = t->now[reg];
        bool from_checked = end.of < OF_ZERO && bit(t->out.registers, end.of);
        if (bit(t->out.registers & ALIGNMENT_REGISTERS, reg) &&
            (end.plus != 0 || (end.of != OF_ZERO && !from_checked))) {
            return false;
        }
    }
    return true;
}

struct alignment alignment_analyse(const struct alignment_code *code, size_t *literal_end)
{
    struct track t = {.code = code};
    for (uint8_t reg = 0; reg < 16; reg++) {
        t.now[reg] = reg == SP ? aligned : (struct residue){.of = reg};
    }
    t.now[PC] = unknown;
    unsigned it_left = 0;
    for (uint32_t at = 0; at < code->size_bytes;) {
        uint16_t halves[2] = {0, 0};
        memcpy(halves, code->bytes + at, code->available - at >= 4 ? 4 : 2);
        t.conditional = it_left > 0;
        it_left -= it_left > 0 ? 1U : 0U;
        if ((halves[0] & 0xFF00U) == 0xBF00U && (halves[0] & 0xFU) != 0) {
            it_left = 4U - (unsigned)__builtin_ctz(halves[0]);
        } else {
            follow(&t, halves, code->address + at);
        }
        at += cycle_instruction_bytes(halves[0]);
    }
    t.out.registers |= keeps(&t) ? (uint16_t)ALIGNMENT_KEEPS : 0;
    *literal_end = t.literal_end;
    return t.out;
}
