/* Two nodes with IEEE 802.15.4: the SENDER listens before it talks and sends ten data frames, the
 * LISTENER acknowledges each. Every line has a sequence number and what was received. */
#include "tests/guests/radio.h"

#define FRAMES 10U

static uint8_t packet[132];

static void set_up(void)
{
    radio_start_crystal();
    RADIO(MODE) = 15;
    RADIO(FREQUENCY) = 5; /* channel 11 */
    RADIO(PCNF0) = 8U | 2U << 24 | 1U << 26;
    RADIO(PCNF1) = 127;
    RADIO(CRCCNF) = 2U | 2U << 8;
    RADIO(CRCPOLY) = 0x11021;
    RADIO(CRCINIT) = 0;
    RADIO(MODECNF0) = 0x201;
    RADIO(CCACTRL) = 0x052D1400;
    RADIO(PACKETPTR) = (uint32_t)packet;
    RADIO(INTENSET) = 1U << 4; /* DISABLED */
}

static void wait_disabled(void)
{
    radio_wait(0x40001000U + EVENTS_DISABLED, RADIO_IRQ);
}

static void report(const char *what)
{
    bare_print(what);
    bare_print_hex(packet[3]);
    bare_print(" -");
    bare_print_hex(RADIO(RSSISAMPLE));
    bare_print("\n");
}

#ifdef SENDER
static void send(uint32_t sequence)
{
    static const uint8_t header[] = {15, 0x61, 0x88, 0, 0xCD, 0xAB, 0x01, 0x00, 0x02, 0x00};
    for (uint32_t i = 0; i < sizeof header; i++) {
        packet[i] = header[i];
    }
    packet[3] = (uint8_t)sequence;
    for (uint32_t i = 0; i < 4; i++) {
        packet[10 + i] = "sand"[i];
    }
    RADIO(SHORTS) =
        RXREADY_CCASTART | CCAIDLE_TXEN | CCABUSY_DISABLE | TXREADY_START | PHYEND_DISABLE;
    RADIO(TASKS_RXEN) = 1;
    wait_disabled();
}

/* True when an acknowledgement has come within 2 ms. */
static int take_acknowledgement(void)
{
    RADIO(EVENTS_CRCOK) = 0;
    RADIO(SHORTS) = READY_START | END_DISABLE | ADDRESS_RSSISTART;
    RADIO(TASKS_RXEN) = 1;
    radio_sleep_us(2000);
    RADIO(SHORTS) = 0;
    RADIO(TASKS_DISABLE) = 1;
    wait_disabled();
    return RADIO(EVENTS_CRCOK) != 0 && packet[0] == 5 && packet[1] == 0x02;
}

void bare_main(void)
{
    set_up();
    for (uint32_t sequence = 1; sequence <= FRAMES; sequence++) {
        radio_sleep_us(20000);
        send(sequence);
        if (take_acknowledgement()) {
            report("acknowledged ");
        } else {
            bare_print("no answer\n");
        }
    }
    bare_print("done\n");
}
#else
void bare_main(void)
{
    set_up();
    for (;;) {
        RADIO(EVENTS_CRCOK) = 0;
        RADIO(SHORTS) = READY_START | END_DISABLE | ADDRESS_RSSISTART;
        RADIO(TASKS_RXEN) = 1;
        wait_disabled();
        if (RADIO(EVENTS_CRCOK) == 0) {
            bare_print("wrong checksum\n");
            continue;
        }
        uint8_t sequence = packet[3];
        packet[0] = 5;
        packet[1] = 0x02;
        packet[2] = 0x00;
        RADIO(SHORTS) = TXREADY_START | PHYEND_DISABLE;
        RADIO(TASKS_TXEN) = 1;
        wait_disabled();
        packet[3] = sequence;
        report("received ");
    }
}
#endif
