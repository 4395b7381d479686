/* Times and sensitivities of the modes (product specifications, "RADIO", electrical
 * specification). */
#include <stddef.h>

#include "peripherals/nrf52/radio.h"

/* A coded packet: 80 us of preamble, 32 address bits, CI and TERM1, all with 8 us for a bit. */
#define CODED_PREAMBLE_US 80U
#define CODED_BIT_US      8U
#define CODED_CI_TERM1    5U
#define CODED_FAST_BIT_US 2U

#define OQPSK_PREAMBLE_BITS 32U

/* tx_chain, rx_chain, ramp, tx_disable, rx_disable, sensitivity */
static const struct {
    enum radio_mode mode;
    bool on[2]; /* nRF52832, nRF52840 */
    struct radio_phy phy[2];
} modes[] = {
    {RADIO_NRF_1MBIT,
     {true, true},
     {{RADIO_GFSK_1M, 6, 94, 140, 60, 0, -9600, false},
      {RADIO_GFSK_1M, 6, 94, 140, 60, 0, -9300, false}}},
    {RADIO_NRF_2MBIT,
     {true, true},
     {{RADIO_GFSK_2M, 6, 50, 140, 40, 0, -8900, false},
      {RADIO_GFSK_2M, 6, 50, 140, 40, 0, -8900, false}}},
    {RADIO_NRF_250KBIT,
     {true, false},
     {{RADIO_GFSK_250K, 6, 94, 140, 60, 0, -9600, false},
      {RADIO_GFSK_250K, 6, 94, 140, 60, 0, -9600, false}}},
    {RADIO_BLE_1MBIT,
     {true, true},
     {{RADIO_GFSK_1M, 6, 94, 140, 60, 0, -9600, false},
      {RADIO_GFSK_1M, 6, 94, 140, 60, 0, -9500, false}}},
    {RADIO_BLE_2MBIT,
     {true, true},
     {{RADIO_GFSK_2M, 6, 50, 140, 40, 0, -9300, false},
      {RADIO_GFSK_2M, 6, 50, 140, 40, 0, -9200, false}}},
    {RADIO_BLE_LR125KBIT,
     {false, true},
     {{RADIO_CODED, 6, 296, 140, 100, 0, -10300, true},
      {RADIO_CODED, 6, 296, 140, 100, 0, -10300, true}}},
    {RADIO_BLE_LR500KBIT,
     {false, true},
     {{RADIO_CODED, 6, 296, 140, 100, 0, -9900, true},
      {RADIO_CODED, 6, 296, 140, 100, 0, -9900, true}}},
    {RADIO_IEEE802154_250KBIT,
     {false, true},
     {{RADIO_OQPSK_250K, 6, 220, 130, 210, 5, -10000, true},
      {RADIO_OQPSK_250K, 6, 220, 130, 210, 5, -10000, true}}},
};

/* Signal to interference that is needed at a distance of 0, 1, 2, ... MHz, in hundredths of dB.
 * The specifications give it by mode, within some decibels of these. */
static const int32_t needed_cdb[] = {800, -100, -2500, -3500};

const struct radio_phy *radio_phy_find(const struct radio *radio, uint32_t mode)
{
    uint32_t chip = radio->nrf52840 ? 1 : 0;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if ((uint32_t)modes[i].mode == mode && modes[i].on[chip]) {
            return &modes[i].phy[chip];
        }
    }
    return NULL;
}

const struct radio_phy *radio_phy_of(const struct radio *radio)
{
    return radio_phy_find(radio, radio->state.mode);
}

bool radio_phy_spoils(uint32_t distance_mhz, int32_t margin_cdb)
{
    return distance_mhz < sizeof needed_cdb / sizeof needed_cdb[0] &&
           margin_cdb < needed_cdb[distance_mhz];
}

/* 1/4 us for each bit of 4 Mbit/s. */
static uint32_t quarter_us_per_bit(enum radio_modulation modulation)
{
    switch (modulation) {
    case RADIO_GFSK_2M:
        return 2;
    case RADIO_GFSK_1M:
        return 4;
    case RADIO_GFSK_250K:
    case RADIO_OQPSK_250K:
        return 16;
    case RADIO_CODED:
    case RADIO_MODULATIONS:
        break;
    }
    return 4 * CODED_BIT_US;
}

/* PCNF0.PLEN: 8 bits, 16 bits, 32 zero bits; the fourth is that of coded packets. */
static uint32_t preamble_bits(const struct radio *radio)
{
    static const uint32_t bits[] = {8, 16, OQPSK_PREAMBLE_BITS, 8};
    return bits[radio->state.config.pcnf0 >> 24 & 3U];
}

void radio_phy_time_frame(const struct radio *radio, uint32_t sync_bits, struct radio_frame *frame)
{
    uint32_t us = radio->env.clock->cpu_hz / 1000000U;
    frame->sync_bits = sync_bits;
    frame->bit_cycles = us * quarter_us_per_bit(frame->modulation) / 4U;
    if (frame->modulation == RADIO_CODED) {
        frame->preamble_cycles = us * CODED_PREAMBLE_US;
        frame->sync_cycles = frame->preamble_cycles + sync_bits * frame->bit_cycles;
        frame->content_cycles = frame->sync_cycles + CODED_CI_TERM1 * frame->bit_cycles;
        if (radio->state.mode == RADIO_BLE_LR500KBIT) {
            frame->bit_cycles = us * CODED_FAST_BIT_US;
        }
        return;
    }
    frame->preamble_cycles = preamble_bits(radio) * frame->bit_cycles;
    frame->sync_cycles = frame->preamble_cycles + sync_bits * frame->bit_cycles;
    frame->content_cycles = frame->sync_cycles;
}
