#include "peripherals/nrf52/errata.h"

#include <stddef.h>

/* [first, last], words. All read 0. */
struct errata_range {
    uint32_t first, last;
};

static const struct errata_range ranges[] = {
    {0x4000053C, 0x4000053C}, /* 31: calibration of the 32 kHz RC oscillator */
    {0x400005A0, 0x400005A0}, /* 37: encryption engine on by default */
    {0x40000C34, 0x40000C34}, /* 192: offset of the calibrated 32 kHz RC oscillator */
    {0x40000EE4, 0x40000EE4}, /* 108, 115, 217: RAM content after System ON idle or a wake-up */
    {0x40001774, 0x40001774}, /* 102, 106, 107: radio, data whitening and CRC */
    {0x4000173C, 0x4000173C}, /* 182: radio, ramp-up with CRYPTOCELL */
    {0x40005610, 0x40005618}, /* 57: NFCT, field detection */
    {0x40005688, 0x40005688}, /* 57 */
    {0x4000568C, 0x4000568C}, /* 98: NFCT, communication with a reader */
    {0x40007FFC, 0x40007FFC}, /* 86, 212: SAADC, power switch of the peripheral */
    {0x40013540, 0x40013540}, /* 12: COMP, reference ladder */
    {0x40027800, 0x40027804}, /* USBD, endpoints that drivers disarm */
    {0x40027C1C, 0x40027C1C}, /* 199: USBD, tasks while EasyDMA runs */
    {0x40029640, 0x40029640}, /* 120: QSPI, data loss */
    {0x4006EC00, 0x4006EC00}, /* 171, 187: USBD, power-up */
    {0x4006EC14, 0x4006EC14}, /* 171 */
    {0x4006ED14, 0x4006ED14}, /* 187 */
    {0x4007C074, 0x4007C074}, /* 16: system off and the debug interface */
};

/* Serial peripherals have a power switch at 0xFFC: written 0, then 1, to get out of a stuck state
 * (errata 89 and others). */
static const uint32_t serial_bases[] = {
    0x40002000, 0x40003000, 0x40004000, 0x40023000, 0x40028000, 0x4002F000,
};

bool nrf52_errata_get(uint32_t address, uint32_t *value)
{
    for (size_t i = 0; i < sizeof serial_bases / sizeof serial_bases[0]; i++) {
        if (address == serial_bases[i] + 0xFFCU) {
            *value = 1;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (address >= ranges[i].first && address <= ranges[i].last) {
            *value = 0;
            return true;
        }
    }
    return false;
}
