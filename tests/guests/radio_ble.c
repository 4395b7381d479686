/* Bluetooth LE: the ADVERTISER sends a non-connectable advertisement on each of the three
 * advertising channels, ten times; the other one scans channel 37 and prints names. */
#include "tests/guests/radio.h"

static uint8_t packet[64];

static void set_up(void)
{
    radio_start_crystal();
    RADIO(MODE) = 3;
    RADIO(PCNF0) = 8U | 1U << 8;
    RADIO(PCNF1) = 37U | 3U << 16 | 1U << 25;
    RADIO(BASE0) = 0x89BED600;
    RADIO(PREFIX0) = 0x8E;
    RADIO(RXADDRESSES) = 1;
    RADIO(CRCCNF) = 3U | 1U << 8;
    RADIO(CRCPOLY) = 0x00065B;
    RADIO(CRCINIT) = 0x555555;
    RADIO(PACKETPTR) = (uint32_t)packet;
    RADIO(INTENSET) = 1U << 4;
    RADIO(SHORTS) = READY_START | END_DISABLE;
}

static void tune(uint32_t channel, uint32_t frequency)
{
    RADIO(FREQUENCY) = frequency;
    RADIO(DATAWHITEIV) = channel;
}

#ifdef ADVERTISER
void bare_main(void)
{
    /* ADV_NONCONN_IND with a random address; flags and a name. */
    static const uint8_t advertisement[] = {0x42, 20,   0x11, 0x22, 0x33, 0x44, 0x55, 0xC6,
                                            0x02, 0x01, 0x04, 0x0A, 0x09, 's',  'a',  'n',
                                            'd',  'g',  'l',  'a',  's',  's'};
    static const struct {
        uint8_t channel, frequency;
    } channels[] = {{37, 2}, {38, 26}, {39, 80}};
    set_up();
    for (uint32_t i = 0; i < sizeof advertisement; i++) {
        packet[i] = advertisement[i];
    }
    for (uint32_t round = 0; round < 10; round++) {
        for (uint32_t i = 0; i < 3; i++) {
            tune(channels[i].channel, channels[i].frequency);
            RADIO(TASKS_TXEN) = 1;
            radio_wait(0x40001000U + EVENTS_DISABLED, RADIO_IRQ);
        }
        radio_sleep_us(20000);
    }
    bare_print("done\n");
}
#else
void bare_main(void)
{
    set_up();
    tune(37, 2);
    for (;;) {
        RADIO(TASKS_RXEN) = 1;
        radio_wait(0x40001000U + EVENTS_DISABLED, RADIO_IRQ);
        if (RADIO(CRCSTATUS) == 0) {
            bare_print("wrong checksum\n");
            continue;
        }
        packet[2 + packet[1]] = '\0';
        bare_print("heard ");
        bare_print((const char *)packet + 13);
        bare_print("\n");
    }
}
#endif
