/* Written by tools/svd_registers.py from the vendor's register descriptions. */
#include "peripherals/catalogue.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct catalogue_absent_register nrf52832_nfct[] = {
    {0x504, 0x480}, {0x508, 0x1000}, {0x50C, 0x1}, {0x518, 0x17},
    {0x520, 0x15},  {0x590, 0x6363}, {0x5A0, 0x1}};

static const struct catalogue_absent_register nrf52832_pdm[] = {
    {0x504, 0x8400000}, {0x518, 0x28}, {0x51C, 0x28}, {0x540, 0xFFFFFFFF}, {0x544, 0xFFFFFFFF}};

static const struct catalogue_absent_register nrf52832_i2s[] = {
    {0x50C, 0x1},        {0x510, 0x1},        {0x514, 0x20000000}, {0x518, 0x6},
    {0x51C, 0x1},        {0x560, 0xFFFFFFFF}, {0x564, 0xFFFFFFFF}, {0x568, 0xFFFFFFFF},
    {0x56C, 0xFFFFFFFF}, {0x570, 0xFFFFFFFF}};

static const struct catalogue_absent_register nrf52832_part_number[] = {{0xFE0, 0x6},
                                                                        {0xFE8, 0x60}};

static const struct catalogue_absent_register nrf52840_nfct[] = {
    {0x504, 0x480}, {0x508, 0x1000}, {0x50C, 0x1}, {0x518, 0x17},
    {0x520, 0x15},  {0x590, 0x6363}, {0x59C, 0x2}, {0x5A0, 0x1}};

static const struct catalogue_absent_register nrf52840_cc_aes[] = {
    {0x084, 0xFF820},   {0x088, 0x1000},     {0x0B0, 0x1},        {0x0B4, 0x1}, {0x0C4, 0x16110215},
    {0x100, 0x3F},      {0x130, 0xFFFF},     {0x1C0, 0xF},        {0x384, 0x1}, {0x3B4, 0x1},
    {0x4C8, 0x108},     {0x7C4, 0x1},        {0x7DC, 0x12001},    {0x7E8, 0x1}, {0x824, 0x100},
    {0xA04, 0x1FFFFFF}, {0xA24, 0x20E00000}, {0xA28, 0x4622982C}, {0xA60, 0x2}, {0xC50, 0x1},
    {0xD50, 0x1},       {0xF08, 0x1}};

static const struct catalogue_absent_register nrf52840_part_number[] = {{0xFE0, 0x8},
                                                                        {0xFE8, 0x30}};

static const struct catalogue_absent absent[] = {
    {"nrf52832", "NFCT", 0x40005000, 0x1000, nrf52832_nfct, COUNT(nrf52832_nfct)},
    {"nrf52832", "PDM", 0x4001D000, 0x1000, nrf52832_pdm, COUNT(nrf52832_pdm)},
    {"nrf52832", "I2S", 0x40025000, 0x1000, nrf52832_i2s, COUNT(nrf52832_i2s)},
    {"nrf52832", "FPU", 0x40026000, 0x1000, NULL, 0},
    {"nrf52832", "undocumented", 0x4006E000, 0x1000, NULL, 0},
    {"nrf52832", "undocumented", 0x4007C000, 0x1000, NULL, 0},
    {"nrf52832", "part number", 0xF0000000, 0x1000, nrf52832_part_number,
     COUNT(nrf52832_part_number)},
    {"nrf52840", "NFCT", 0x40005000, 0x1000, nrf52840_nfct, COUNT(nrf52840_nfct)},
    {"nrf52840", "PDM", 0x4001D000, 0x1000, nrf52832_pdm, COUNT(nrf52832_pdm)},
    {"nrf52840", "I2S", 0x40025000, 0x1000, nrf52832_i2s, COUNT(nrf52832_i2s)},
    {"nrf52840", "FPU", 0x40026000, 0x1000, NULL, 0},
    {"nrf52840", "CRYPTOCELL", 0x5002A000, 0x1000, NULL, 0},
    {"nrf52840",
     "CC_AES/CC_CHACHA/CC_CTL/CC_DIN/CC_DOUT/CC_HASH/CC_HOST_RGF/CC_MISC/CC_PKA/CC_RNG/CC_RNG_SRAM",
     0x5002B000, 0x1000, nrf52840_cc_aes, COUNT(nrf52840_cc_aes)},
    {"nrf52840", "undocumented", 0x4006E000, 0x1000, NULL, 0},
    {"nrf52840", "undocumented", 0x4007C000, 0x1000, NULL, 0},
    {"nrf52840", "part number", 0xF0000000, 0x1000, nrf52840_part_number,
     COUNT(nrf52840_part_number)},
};

const struct catalogue_absent *catalogue_absent_entries(size_t *count)
{
    *count = COUNT(absent);
    return absent;
}
