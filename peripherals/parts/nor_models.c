#include "peripherals/parts/nor_flash.h"

#define MS 1000U

/* The last one is for all others. */
static const struct nor_model models[] = {
    {.id = {0xC2, 0x28, 0x17}, /* MX25R6435F */
     .electronic_id = 0x17,
     .quad_register = 0,
     .quad_bit = 6,
     .program_us = 850,
     .sector_us = 40 * MS,
     .block_32k_us = 240 * MS,
     .block_64k_us = 480 * MS,
     .chip_us = 50000 * MS,
     .status_us = 10 * MS,
     .dpd_enter_ns = 10000,
     .dpd_exit_ns = 35000},
    {.id = {0x0B, 0x40, 0x16}, /* XT25F32B */
     .electronic_id = 0x15,
     .quad_register = 1,
     .quad_bit = 1,
     .program_us = 400,
     .sector_us = 70 * MS,
     .block_32k_us = 150 * MS,
     .block_64k_us = 250 * MS,
     .chip_us = 15000 * MS,
     .status_us = 10 * MS,
     .dpd_enter_ns = 3000,
     .dpd_exit_ns = 20000},
};
#define MODEL_COUNT (sizeof models / sizeof models[0])

const struct nor_model *nor_find_model(const uint8_t id[3])
{
    for (size_t i = 0; i < MODEL_COUNT; i++) {
        const uint8_t *known = models[i].id;
        if (known[0] == id[0] && known[1] == id[1] && known[2] == id[2]) {
            return &models[i];
        }
    }
    return &models[MODEL_COUNT - 1];
}

#define HEADER_BYTES     16U
#define TABLE_BYTES      64U /* 16 words: JESD216B */
#define TABLE_AT         0x30U
#define QUAD_ENABLE_S1B6 2U /* word 15, bits 22:20 */
#define QUAD_ENABLE_S2B1 5U

/* The basic parameter table: 4 kB erase by 0x20, 3-byte addresses, dual and quad reads with their
 * dummy cycles, 32 kB by 0x52, 64 kB by 0xD8, pages of 256 bytes, deep power-down by 0xB9 and 0xAB,
 * reset by 0x66 and 0x99. */
static uint32_t table_word(const struct nor_model *model, uint32_t size_bytes, uint32_t index)
{
    switch (index) {
    case 0:
        return 0xFFF120E5;
    case 1:
        return size_bytes * 8U - 1U;
    case 2:
        return 0x6B08EB44; /* 1-4-4: 4 dummies, 2 mode clocks; 1-1-4: 8 dummies */
    case 3:
        return 0xBB043B08; /* 1-1-2: 8 dummies; 1-2-2: 4 dummies */
    case 4:
        return 0xFFFFFFEE; /* no 2-2-2, no 4-4-4 */
    case 7:
        return 0x520F200C;
    case 8:
        return 0xFF00D810;
    case 10:
        return 0x00000080;
    case 13:
        return 0x5CD5AC07; /* enter 0xB9, leave 0xAB; WIP is polled */
    case 14:
        return (model->quad_register == 0 ? QUAD_ENABLE_S1B6 : QUAD_ENABLE_S2B1) << 20;
    case 15:
        return 0x00003000;
    default:
        return index == 5 || index == 6 ? 0xFFFFFFFF : 0;
    }
}

uint8_t nor_sfdp_byte(const struct nor_model *model, uint32_t size_bytes, uint32_t address)
{
    static const uint8_t header[HEADER_BYTES] = {'S',      'F',  'D',  'P',  0x06, 0x01,
                                                 0x00,     0xFF, 0x00, 0x06, 0x01, TABLE_BYTES / 4,
                                                 TABLE_AT, 0,    0,    0xFF};
    if (address < HEADER_BYTES) {
        return header[address];
    }
    if (address < TABLE_AT || address >= TABLE_AT + TABLE_BYTES) {
        return 0xFF;
    }
    uint32_t at = address - TABLE_AT;
    return (uint8_t)(table_word(model, size_bytes, at / 4) >> at % 4 * 8);
}
