/* peripherals/nrf52/tests/radio_bench.h - several chips with a RADIO each, on one air but with
 * clocks of their own, as machines of one run are: the one that is behind goes first. */
#ifndef PERIPHERALS_NRF52_TESTS_RADIO_BENCH_H
#define PERIPHERALS_NRF52_TESTS_RADIO_BENCH_H

#include "peripherals/nrf52/tests/system_bench.h"

/* Register offsets, once more and not from the model. */
enum {
    TXEN = 0x000,
    RXEN = 0x004,
    START = 0x008,
    STOP = 0x00C,
    DISABLE = 0x010,
    RSSISTART = 0x014,
    RSSISTOP = 0x018,
    BCSTART = 0x01C,
    BCSTOP = 0x020,
    EDSTART = 0x024,
    EDSTOP = 0x028,
    CCASTART = 0x02C,
    CCASTOP = 0x030,
    READY = 0x100,
    ADDRESS = 0x104,
    PAYLOAD = 0x108,
    END = 0x10C,
    DISABLED = 0x110,
    DEVMATCH = 0x114,
    DEVMISS = 0x118,
    RSSIEND = 0x11C,
    BCMATCH = 0x128,
    CRCOK = 0x130,
    CRCERROR = 0x134,
    FRAMESTART = 0x138,
    EDEND = 0x13C,
    EDSTOPPED = 0x140,
    CCAIDLE = 0x144,
    CCABUSY = 0x148,
    CCASTOPPED = 0x14C,
    RATEBOOST = 0x150,
    TXREADY = 0x154,
    RXREADY = 0x158,
    MHRMATCH = 0x15C,
    SYNC = 0x168,
    PHYEND = 0x16C,
    SHORTS = 0x200,
    INTENSET = 0x304,
    CRCSTATUS = 0x400,
    RXMATCH = 0x408,
    RXCRC = 0x40C,
    DAI = 0x410,
    PDUSTAT = 0x414,
    PACKETPTR = 0x504,
    FREQUENCY = 0x508,
    TXPOWER = 0x50C,
    MODE = 0x510,
    PCNF0 = 0x514,
    PCNF1 = 0x518,
    BASE0 = 0x51C,
    BASE1 = 0x520,
    PREFIX0 = 0x524,
    PREFIX1 = 0x528,
    TXADDRESS = 0x52C,
    RXADDRESSES = 0x530,
    CRCCNF = 0x534,
    CRCPOLY = 0x538,
    CRCINIT = 0x53C,
    TIFS = 0x544,
    RSSISAMPLE = 0x548,
    STATE = 0x550,
    DATAWHITEIV = 0x554,
    BCC = 0x560,
    DAB = 0x600,
    DAP = 0x620,
    DACNF = 0x640,
    MHRMATCHCONF = 0x644,
    MHRMATCHMAS = 0x648,
    MODECNF0 = 0x650,
    SFD = 0x660,
    EDCNT = 0x664,
    EDSAMPLE = 0x668,
    CCACTRL = 0x66C,
    POWER = 0xFFC,
};

#define US(n) ((uint64_t)(n)*64U)

#define STATIONS 4U

struct stations {
    struct system_bench *system[STATIONS];
    struct bench *b[STATIONS];
    /* How far a station may be ahead of the one that is behind, in cycles, and who goes first of
     * those that may. */
    uint64_t lead;
    bool last_first;
    struct radio_port ear;
    /* the last frame that was sent, and how many, without those that were broken off */
    struct radio_frame sent;
    uint32_t sent_count;
};

/* All of one chip (flash of more than 512 kB: nRF52840), each at the same place. */
struct stations *stations_new(uint32_t flash_bytes);
void stations_free(struct stations *stations);
void stations_place(struct stations *stations, uint32_t station, int32_t x_mm);

/* Runs all to a cycle. */
void stations_run_to(struct stations *stations, uint64_t cycle);

/* Registers for Bluetooth LE at 1 Mbit/s on channel 37 with the advertising address; packets at
 * 0x20000000 + 0x400. For IEEE 802.15.4 on channel 11. */
void stations_set_ble(struct bench *b);
void stations_set_154(struct bench *b);

/* Where the packet lies in the bench's RAM. */
uint8_t *stations_packet(struct bench *b);

/* Ramps a station up fast, with READY_START: it sends or listens 40 us later. */
void stations_send(struct bench *b);
void stations_receive(struct bench *b);

#endif
