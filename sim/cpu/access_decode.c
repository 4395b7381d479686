#include "sim/cpu/access_decode.h"

enum { SP = 13, PC = 15 };

static uint32_t bits(uint32_t value, unsigned high, unsigned low)
{
    return (value >> low) & ((2U << (high - low)) - 1U);
}

static bool bit(uint32_t value, unsigned at)
{
    return (value >> at & 1U) != 0;
}

static uint32_t literal_base(const uint32_t r[16])
{
    return (r[PC] + 4U) & ~3U;
}

static bool single(struct access_span *span, uint32_t address, uint32_t bytes, bool write)
{
    *span = (struct access_span){
        .address = address, .element_bytes = (uint8_t)bytes, .count = 1, .write = write};
    return true;
}

/* Words that one instruction moves; an empty list touches nothing (it is UNPREDICTABLE). */
static bool words(struct access_span *span, uint32_t address, uint32_t count, bool write)
{
    *span = (struct access_span){.address = address,
                                 .element_bytes = 4,
                                 .count = (uint8_t)count,
                                 .write = write,
                                 .aligned_only = true};
    return count != 0;
}

static bool decode_register_offset_16(uint32_t code, const uint32_t r[16], struct access_span *span)
{
    static const uint8_t size[8] = {4, 2, 1, 1, 4, 2, 1, 2};
    uint32_t operation = bits(code, 11, 9);
    uint32_t address = r[bits(code, 5, 3)] + r[bits(code, 8, 6)];
    return single(span, address, size[operation], operation < 3);
}

static bool decode_16(uint32_t code, const uint32_t r[16], struct access_span *span)
{
    uint32_t rn = r[bits(code, 5, 3)];
    uint32_t imm5 = bits(code, 10, 6);
    uint32_t imm8 = bits(code, 7, 0);
    bool load = bit(code, 11);
    switch (bits(code, 15, 12)) {
    case 0x4:
        return load && single(span, literal_base(r) + imm8 * 4, 4, false);
    case 0x5:
        return decode_register_offset_16(code, r, span);
    case 0x6:
        return single(span, rn + imm5 * 4, 4, !load);
    case 0x7:
        return single(span, rn + imm5, 1, !load);
    case 0x8:
        return single(span, rn + imm5 * 2, 2, !load);
    case 0x9:
        return single(span, r[SP] + imm8 * 4, 4, !load);
    case 0xB: {
        uint32_t count = (uint32_t)__builtin_popcount(bits(code, 8, 0));
        if (bits(code, 11, 9) == 2) {
            return words(span, r[SP] - count * 4, count, true);
        }
        return bits(code, 11, 9) == 6 && words(span, r[SP], count, false);
    }
    case 0xC:
        return words(span, r[bits(code, 10, 8)], (uint32_t)__builtin_popcount(imm8), !load);
    default:
        return false;
    }
}

static bool decode_multiple(const uint16_t code[2], const uint32_t r[16], struct access_span *span)
{
    uint32_t count = (uint32_t)__builtin_popcount(code[1]);
    uint32_t rn = r[bits(code[0], 3, 0)];
    bool write = !bit(code[0], 4);
    switch (bits(code[0], 8, 7)) {
    case 1:
        return words(span, rn, count, write);
    case 2:
        return words(span, rn - count * 4, count, write);
    default:
        return false;
    }
}

static uint32_t indexed(uint32_t base, uint32_t offset, bool before, bool up)
{
    if (!before) {
        return base;
    }
    return up ? base + offset : base - offset;
}

static bool decode_table_or_exclusive(const uint16_t code[2], const uint32_t r[16],
                                      struct access_span *span)
{
    uint32_t rn = bits(code[0], 3, 0);
    uint32_t operation = bits(code[1], 7, 4);
    bool load = bit(code[0], 4);
    if (load && operation < 2) {
        uint32_t base = rn == PC ? r[PC] + 4 : r[rn];
        return single(span, base + (r[bits(code[1], 3, 0)] << operation), 1U << operation, false);
    }
    if (operation == 4 || operation == 5) {
        bool found = single(span, r[rn], operation == 4 ? 1 : 2, !load);
        span->aligned_only = operation == 5;
        return found;
    }
    return false;
}

static bool decode_dual_or_exclusive(const uint16_t code[2], const uint32_t r[16],
                                     struct access_span *span)
{
    uint32_t rn = bits(code[0], 3, 0);
    uint32_t offset = bits(code[1], 7, 0) * 4;
    bool before = bit(code[0], 8);
    bool up = bit(code[0], 7);
    bool write_back = bit(code[0], 5);
    bool write = !bit(code[0], 4);
    if (before || write_back) {
        uint32_t base = rn == PC ? literal_base(r) : r[rn];
        return words(span, indexed(base, offset, before, up), 2, write);
    }
    if (up) {
        return decode_table_or_exclusive(code, r, span);
    }
    return words(span, r[rn] + offset, 1, write);
}

static bool decode_single_32(const uint16_t code[2], const uint32_t r[16], struct access_span *span)
{
    uint32_t rn = bits(code[0], 3, 0);
    uint32_t size = bits(code[0], 6, 5);
    bool load = bit(code[0], 4);
    bool up = bit(code[0], 7);
    if (size == 3 || (!load && bit(code[0], 8))) {
        return false;
    }
    if (load && size < 2 && bits(code[1], 15, 12) == PC) {
        return false; /* PLD, PLI */
    }
    uint32_t bytes = 1U << size;
    uint32_t imm12 = bits(code[1], 11, 0);
    if (rn == PC) {
        uint32_t address = indexed(literal_base(r), imm12, true, up);
        return load && single(span, address, bytes, false);
    }
    if (up) {
        return single(span, r[rn] + imm12, bytes, !load);
    }
    if (!bit(code[1], 11)) {
        uint32_t index = r[bits(code[1], 3, 0)] << bits(code[1], 5, 4);
        return bits(code[1], 10, 6) == 0 && single(span, r[rn] + index, bytes, !load);
    }
    uint32_t address = indexed(r[rn], bits(code[1], 7, 0), bit(code[1], 10), bit(code[1], 9));
    bool found = single(span, address, bytes, !load);
    span->unprivileged = access_is_unprivileged(code);
    return found;
}

static bool decode_fp(const uint16_t code[2], const uint32_t r[16], struct access_span *span)
{
    uint32_t rn = bits(code[0], 3, 0);
    uint32_t imm8 = bits(code[1], 7, 0);
    bool before = bit(code[0], 8);
    bool up = bit(code[0], 7);
    bool write_back = bit(code[0], 5);
    bool write = !bit(code[0], 4);
    bool is_double = bit(code[1], 8);
    if (bits(code[1], 11, 9) != 5) {
        return false;
    }
    if (before && !write_back) {
        uint32_t base = rn == PC ? literal_base(r) : r[rn];
        bool found = single(span, indexed(base, imm8 * 4, true, up), is_double ? 8 : 4, write);
        span->aligned_only = true;
        return found;
    }
    if (before == up) {
        return false; /* VMOV of two registers, or undefined */
    }
    uint32_t count = is_double ? imm8 & ~1U : imm8;
    return count <= 32 && words(span, before ? r[rn] - imm8 * 4 : r[rn], count, write);
}

bool access_decode(const uint16_t code[2], const uint32_t r[16], struct access_span *span)
{
    *span = (struct access_span){0};
    if (bits(code[0], 15, 11) < 0x1D) {
        return decode_16(code[0], r, span);
    }
    switch (bits(code[0], 15, 9)) {
    case 0x74:
        return bit(code[0], 6) ? decode_dual_or_exclusive(code, r, span)
                               : decode_multiple(code, r, span);
    case 0x7C:
        return decode_single_32(code, r, span);
    case 0x76:
        return decode_fp(code, r, span);
    default:
        return false;
    }
}
