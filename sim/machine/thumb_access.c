#include "sim/machine/thumb_access.h"

/* 16-bit encodings: the top four bits name the group, bit 11 is set for loads. */
static bool is_narrow_store(uint16_t code)
{
    switch (code >> 12) {
    case 0x5: /* register offset: STR, STRH, STRB, then the loads */
        return (code >> 9 & 7) < 3;
    case 0x6:
    case 0x7:
    case 0x8:
    case 0x9:
    case 0xC:
        return (code & 0x0800) == 0;
    case 0xB:
        return (code & 0xFE00) == 0xB400; /* PUSH */
    default:
        return false;
    }
}

bool thumb_access_is_store(uint16_t first)
{
    if (first < 0xE800) {
        return is_narrow_store(first);
    }
    /* Multiple, dual and exclusive (0xE8, 0xE9), single (0xF8), coprocessor and FP (0xEC, 0xED):
     * bit 4 of the first halfword is set for loads. */
    bool memory_group =
        (first & 0xFE00) == 0xE800 || (first & 0xFE00) == 0xF800 || (first & 0xFE00) == 0xEC00;
    return memory_group && (first & 0x0010) == 0;
}
