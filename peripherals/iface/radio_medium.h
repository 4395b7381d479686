/* peripherals/iface/radio_medium.h - the air around 2.4 GHz between radios: what one sends, every
 * other one hears, weaker with the distance.
 *
 * The medium keeps nothing but who is there and where: what is on the air lies in the state of the
 * receivers, each of which decides for itself what it makes of it. Several machines share the air
 * by joining their media; then cycles of all of them are the same time, and what a machine does at
 * cycle t is felt by others from t + radio_medium_latency() on, and not before: so the machines may
 * run apart by that much, and the result does not depend on which goes first.
 *
 * Path loss: 40 dB at 1 m, then 10 * exponent * log10(distance), in hundredths of a decibel with
 * integers only. Not modelled: walls, fading, antennas, propagation delay (3.3 ns for a metre).
 */
#ifndef PERIPHERALS_IFACE_RADIO_MEDIUM_H
#define PERIPHERALS_IFACE_RADIO_MEDIUM_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/iface/clock.h"

#define RADIO_MEDIUM_LATENCY_US 5U
#define RADIO_FRAME_BYTES       276U /* whole 64-bit words with the rest: no padding */
#define RADIO_FRAME_OPEN        UINT64_MAX
/* What arrives weaker than this does not arrive. */
#define RADIO_MEDIUM_WEAKEST_CDBM (-11000)

enum radio_modulation {
    RADIO_GFSK_250K,
    RADIO_GFSK_1M, /* Bluetooth LE 1M and the proprietary one */
    RADIO_GFSK_2M,
    RADIO_CODED,      /* Bluetooth LE Coded, 125 and 500 kbit/s */
    RADIO_OQPSK_250K, /* IEEE 802.15.4 */
    RADIO_MODULATIONS
};

/* One transmission. Bit i of what follows the preamble is bit i % 8 of bits[i / 8]: first the
 * address (or the start-of-frame delimiter), then the rest as it is on the air, whitened. */
struct radio_frame {
    uint64_t start_cycles; /* the first bit of the preamble leaves the antenna */
    uint64_t end_cycles;   /* after the last; RADIO_FRAME_OPEN: not known yet, nor is the content */
    uint32_t frequency_mhz;
    enum radio_modulation modulation;
    int32_t power_cdbm;       /* sent, in hundredths of dBm */
    uint32_t preamble_cycles; /* from the start to the end of the preamble */
    uint32_t sync_cycles;     /* ... of the address */
    uint32_t content_cycles;  /* ... to the begin of the content (coded: after CI and TERM1) */
    uint32_t bit_cycles;      /* of the content */
    uint32_t sync_bits;       /* of the address */
    uint32_t bit_count;       /* with the address; at most RADIO_FRAME_BYTES * 8 */
    uint8_t bits[RADIO_FRAME_BYTES];
};

enum radio_phase {
    RADIO_BEGINS,  /* address and times are known, the rest is not */
    RADIO_CONTENT, /* the whole frame is known, at the latest when its header ends */
    RADIO_CUT,     /* end_cycles is earlier than was said */
};

/* A radio, as the medium sees it. Embedded; lives as long as the machine. */
struct radio_port {
    /* Somebody else sends: `power_cdbm` is what arrives, `source` tells senders apart. The frame is
     * the caller's. May be called at any time, also while another machine runs. */
    void (*heard)(void *owner, uint32_t source, enum radio_phase phase,
                  const struct radio_frame *frame, int32_t power_cdbm);
    void *owner;
    int32_t position_mm[3]; /* on its board */
    bool everywhere;        /* no radio: it hears all that is sent, as it is sent */
    uint32_t source;        /* set by the medium */
    struct radio_medium *medium;
    struct radio_port *next;
};

/* One for a machine, in its nets; settings are made before the first cycle. */
struct radio_medium {
    struct radio_port *ports;
    struct radio_medium *next; /* the media of other machines on the same air, in a ring */
    int32_t position_mm[3];    /* of the board */
    uint32_t exponent_tenths;  /* of the path loss: 20 is free space */
    uint32_t loss_percent;     /* of all frames, at each receiver */
};

void radio_medium_init(struct radio_medium *medium);

/* Adds a port; the caller has filled heard, owner and position. */
void radio_medium_attach(struct radio_medium *medium, struct radio_port *port);

/* Puts the machines of both on one air. Media must not be joined twice. */
void radio_medium_join(struct radio_medium *medium, struct radio_medium *other);

/* Tells all other ports of the air. */
void radio_medium_send(const struct radio_port *port, enum radio_phase phase,
                       const struct radio_frame *frame);

/* The least time between what a radio does and what another one feels of it. */
uint64_t radio_medium_latency(const struct clock *clock);

/* Loss in hundredths of a decibel over a distance whose square is given in mm^2. */
int32_t radio_medium_loss_cdb(uint64_t square_mm2, uint32_t exponent_tenths);

#endif
