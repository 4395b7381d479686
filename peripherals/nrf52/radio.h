/* peripherals/nrf52/radio.h - RADIO: the 2.4 GHz transceiver.
 *
 * Reference: nRF52832 product specification 1.4 and nRF52840 product specification 1.1, "RADIO".
 * What is sent goes to the medium (peripherals/iface/radio_medium.h); what the medium brings is
 * kept here as signals on the air, from which reception, RSSI, energy detection and clear channel
 * assessment follow. radio.c has the registers, radio_core.c the states and the transmitter,
 * radio_receive.c the receiver, radio_sense.c what listens without receiving and the bit counter,
 * radio_phy.c times and sensitivities, radio_report.c what traces see;
 * peripherals/iface/radio_packet.h the fields of a packet.
 *
 * Properties: sandglass,position-mm = <x y z> on the board.
 * docs/fidelity/nrf52-radio.md says what is approximate.
 */
#ifndef PERIPHERALS_NRF52_RADIO_H
#define PERIPHERALS_NRF52_RADIO_H

#include "peripherals/nrf52/nrf_common.h"
#include "peripherals/iface/radio_packet.h"

enum radio_register {
    RADIO_TASKS_TXEN = 0x000,
    RADIO_TASKS_RXEN = 0x004,
    RADIO_TASKS_START = 0x008,
    RADIO_TASKS_STOP = 0x00C,
    RADIO_TASKS_DISABLE = 0x010,
    RADIO_TASKS_RSSISTART = 0x014,
    RADIO_TASKS_RSSISTOP = 0x018,
    RADIO_TASKS_BCSTART = 0x01C,
    RADIO_TASKS_BCSTOP = 0x020,
    RADIO_TASKS_EDSTART = 0x024, /* from here on nRF52840 */
    RADIO_TASKS_EDSTOP = 0x028,
    RADIO_TASKS_CCASTART = 0x02C,
    RADIO_TASKS_CCASTOP = 0x030,
    RADIO_EVENTS_READY = 0x100,
    RADIO_EVENTS_ADDRESS = 0x104,
    RADIO_EVENTS_PAYLOAD = 0x108,
    RADIO_EVENTS_END = 0x10C,
    RADIO_EVENTS_DISABLED = 0x110,
    RADIO_EVENTS_DEVMATCH = 0x114,
    RADIO_EVENTS_DEVMISS = 0x118,
    RADIO_EVENTS_RSSIEND = 0x11C,
    RADIO_EVENTS_BCMATCH = 0x128,
    RADIO_EVENTS_CRCOK = 0x130,
    RADIO_EVENTS_CRCERROR = 0x134,
    RADIO_EVENTS_FRAMESTART = 0x138, /* from here on nRF52840 */
    RADIO_EVENTS_EDEND = 0x13C,
    RADIO_EVENTS_EDSTOPPED = 0x140,
    RADIO_EVENTS_CCAIDLE = 0x144,
    RADIO_EVENTS_CCABUSY = 0x148,
    RADIO_EVENTS_CCASTOPPED = 0x14C,
    RADIO_EVENTS_RATEBOOST = 0x150,
    RADIO_EVENTS_TXREADY = 0x154,
    RADIO_EVENTS_RXREADY = 0x158,
    RADIO_EVENTS_MHRMATCH = 0x15C,
    RADIO_EVENTS_SYNC = 0x168,
    RADIO_EVENTS_PHYEND = 0x16C,
    RADIO_CRCSTATUS = 0x400,
    RADIO_RXMATCH = 0x408,
    RADIO_RXCRC = 0x40C,
    RADIO_DAI = 0x410,
    RADIO_PDUSTAT = 0x414, /* nRF52840 */
    RADIO_PACKETPTR = 0x504,
    RADIO_FREQUENCY = 0x508, /* reset value 2 */
    RADIO_TXPOWER = 0x50C,
    RADIO_MODE = 0x510,
    RADIO_PCNF0 = 0x514,
    RADIO_PCNF1 = 0x518,
    RADIO_BASE0 = 0x51C,
    RADIO_BASE1 = 0x520,
    RADIO_PREFIX0 = 0x524,
    RADIO_PREFIX1 = 0x528,
    RADIO_TXADDRESS = 0x52C,
    RADIO_RXADDRESSES = 0x530,
    RADIO_CRCCNF = 0x534,
    RADIO_CRCPOLY = 0x538,
    RADIO_CRCINIT = 0x53C,
    RADIO_TIFS = 0x544,
    RADIO_RSSISAMPLE = 0x548,
    RADIO_STATE = 0x550,
    RADIO_DATAWHITEIV = 0x554, /* reset value 0x40 */
    RADIO_BCC = 0x560,
    RADIO_DAB = 0x600, /* 8 of them */
    RADIO_DAP = 0x620, /* 8 of them */
    RADIO_DACNF = 0x640,
    RADIO_MHRMATCHCONF = 0x644, /* nRF52840, as the next */
    RADIO_MHRMATCHMAS = 0x648,
    RADIO_MODECNF0 = 0x650, /* reset value 0x200 */
    RADIO_SFD = 0x660,      /* nRF52840, as the next four; reset value 0xA7 */
    RADIO_EDCNT = 0x664,
    RADIO_EDSAMPLE = 0x668,
    RADIO_CCACTRL = 0x66C, /* reset value 0x052D0000 */
    RADIO_POWER = 0xFFC,   /* reset value 1 */
};

/* Values of STATE. */
enum radio_state_value {
    RADIO_DISABLED = 0,
    RADIO_RXRU = 1,
    RADIO_RXIDLE = 2,
    RADIO_RX = 3,
    RADIO_RXDISABLE = 4,
    RADIO_TXRU = 9,
    RADIO_TXIDLE = 10,
    RADIO_TX = 11,
    RADIO_TXDISABLE = 12,
};

/* Values of MODE. */
enum radio_mode {
    RADIO_NRF_1MBIT = 0,
    RADIO_NRF_2MBIT = 1,
    RADIO_NRF_250KBIT = 2, /* nRF52832 */
    RADIO_BLE_1MBIT = 3,
    RADIO_BLE_2MBIT = 4,
    RADIO_BLE_LR125KBIT = 5, /* nRF52840, as the next two */
    RADIO_BLE_LR500KBIT = 6,
    RADIO_IEEE802154_250KBIT = 15,
};

/* The registers that are plain values. */
struct radio_config {
    uint32_t packetptr, frequency, txpower, mode, pcnf0, pcnf1, base[2], prefix[2];
    uint32_t txaddress, rxaddresses, crccnf, crcpoly, crcinit, tifs, datawhiteiv, bcc;
    uint32_t dab[8], dap[8], dacnf, mhrmatchconf, mhrmatchmas, modecnf0, sfd, edcnt, edsample,
        ccactrl;
};

/* What happens next to the packet that is sent or received. */
enum radio_milestone {
    RADIO_AT_NOTHING,
    RADIO_AT_ADDRESS, /* transmitter only: the receiver begins there */
    RADIO_AT_HEADER,
    RADIO_AT_MHR,    /* four bytes of the payload: MHRMATCH */
    RADIO_AT_DEVICE, /* six: DEVMATCH */
    RADIO_AT_PAYLOAD,
    RADIO_AT_END,
    RADIO_AT_PHYEND,
    RADIO_MILESTONES
};

#define RADIO_SIGNALS    8U
#define RADIO_NO_SIGNAL  RADIO_SIGNALS
#define RADIO_NOISE_CDBM (-10000)

/* A transmission by somebody else. */
struct radio_signal {
    struct radio_frame frame; /* end_cycles 0: this place is free */
    uint32_t source;
    int32_t power_cdbm; /* that arrives here */
    bool judged;        /* its address has passed: received, or not heard */
};

enum radio_listening { RADIO_NO_LISTENING, RADIO_ED, RADIO_CCA };

enum radio_fault {
    RADIO_FAULT_LOSS,
    RADIO_FAULT_CRC_ERROR,
    RADIO_FAULT_RSSI_OFFSET,
    RADIO_FAULT_DEAF,
    RADIO_FAULT_MUTE,
    RADIO_FAULTS
};

struct radio {
    struct device_env env;
    struct radio_port port;
    bool nrf52840;
    struct radio_state {
        struct nrf_events events;
        uint32_t shorts;
        struct radio_config config;
        uint32_t power;
        uint32_t crcstatus, rxmatch, rxcrc, dai, pdustat, rssisample;
        enum radio_state_value state;
        uint32_t mode; /* MODE at the last ramp-up: one that the chip has */
        /* the packet that is sent or received */
        enum radio_milestone milestone; /* that `packet` is queued for */
        uint64_t packet_start;          /* the first bit of the preamble, as this radio counts */
        uint64_t packet_end;            /* of the last one, at the antenna: for TIFS */
        bool packet_ended;              /* packet_end is that of the last packet */
        uint32_t packet_ptr;            /* PACKETPTR at START */
        uint32_t payload_bytes;
        bool payload_longer;
        struct radio_format format;
        uint8_t memory[RADIO_MEMORY_BYTES + 1U]; /* as in RAM; the last: 802.15.4's LQI */
        /* transmitter: also the frame that is received is gathered in here */
        struct radio_frame frame;
        /* receiver */
        uint32_t taken_bits;      /* of the signal, so far */
        uint32_t spoilt_bit;      /* by a fault; 0: none */
        bool no_memory;           /* EasyDMA has failed: nothing is written */
        uint64_t listening_since; /* in RX */
        uint32_t receiving;       /* index of the signal, or RADIO_NO_SIGNAL */
        uint64_t bits_counted_from;
        bool counting_bits;
        enum radio_listening listening;
        uint64_t listening_from; /* the begin of this period of ED or CCA */
        uint32_t listening_left; /* periods of ED */
        int32_t listening_most;  /* hundredths of dBm: the strongest period so far */
        /* What a reset of the chip does not change. */
        struct radio_world {
            struct radio_signal signals[RADIO_SIGNALS];
            uint64_t random;
            int32_t faults[RADIO_FAULTS];
        } world;
    } state;
    struct event step;   /* ramp-up, ramp-down, ED, CCA */
    struct event packet; /* the next milestone */
    struct event hear;   /* the next address on the air that the receiver could hear */
    struct event rssi;
    struct event bits;
};

extern const struct device_class nrf52_radio_class;

/* radio_core.c. `when`: the cycle in which it happens, at or shortly before now. */
void radio_run_task(struct radio *radio, uint32_t task, uint64_t when);
/* Sets the event's register, runs its shortcuts, tells the world. */
void radio_raise(struct radio *radio, uint32_t event, uint64_t when);
/* The packet under way is over, one way or another. */
void radio_end_packet(struct radio *radio);
void radio_forget_all(struct radio *radio); /* a reset: nothing is sent, received or queued */
void radio_core_init(struct radio *radio);
struct radio_format radio_format_of(const struct radio *radio);
void radio_queue_milestone(struct radio *radio, enum radio_milestone milestone);
uint32_t radio_address_bits(const struct radio *radio, uint32_t address, uint8_t *bits);
uint32_t radio_frequency_mhz(const struct radio *radio);
uint64_t radio_us(const struct radio *radio, uint64_t tenths); /* cycles of tenths of us, nearest */

/* Nothing that it sends reaches another radio, nothing that others send reaches it: by a fault, or
 * without the crystal. */
static inline bool radio_is_mute(const struct radio *radio)
{
    return radio->state.world.faults[RADIO_FAULT_MUTE] != 0 || !nets_hfxo_runs(radio->env.nets);
}

static inline bool radio_is_deaf(const struct radio *radio)
{
    return radio->state.world.faults[RADIO_FAULT_DEAF] != 0 || !nets_hfxo_runs(radio->env.nets);
}

/* radio_receive.c */
void radio_listen(struct radio *radio, uint64_t when); /* RX begins */
void radio_receive_milestone(struct radio *radio, uint64_t when);
/* Puts into RAM what has arrived of the payload: somebody may look at it now. */
void radio_write_arrived(struct radio *radio, uint64_t when);
void radio_receive_init(struct radio *radio);

/* radio_sense.c */
void radio_rssi_start(struct radio *radio, uint64_t when);
void radio_ed_start(struct radio *radio, uint64_t when);
void radio_cca_start(struct radio *radio, uint64_t when);
void radio_listening_over(struct radio *radio, uint64_t when); /* a period of ED or CCA */
uint32_t radio_level(int32_t cdbm);                            /* as EDSAMPLE and LQI count */
void radio_count_bits(struct radio *radio, uint64_t when);     /* BCSTART */
void radio_count_further(struct radio *radio);                 /* BCC has changed */
void radio_sense_init(struct radio *radio);

/* radio_report.c: tells the observer of the packet that has been sent. */
void radio_report_sent(const struct radio *radio);

/* radio_phy.c */
struct radio_phy {
    enum radio_modulation modulation;
    uint32_t tx_chain, rx_chain;     /* tenths of us between antenna and events */
    uint32_t ramp;                   /* us, default ramp-up */
    uint32_t tx_disable, rx_disable; /* tenths of us */
    int32_t sensitivity_cdbm;
    bool has_phyend; /* SYNC and PHYEND events */
};
#define RADIO_FAST_RAMP_US 40U
/* NULL: no mode of this chip. */
const struct radio_phy *radio_phy_find(const struct radio *radio, uint32_t mode);
/* Of the mode at the last ramp-up; never NULL. */
const struct radio_phy *radio_phy_of(const struct radio *radio);
/* Fills in the times of a frame with so many address bits. */
void radio_phy_time_frame(const struct radio *radio, uint32_t sync_bits, struct radio_frame *frame);
/* Whether a signal of `other`, so far away in MHz, spoils one that is `margin_cdb` stronger. */
bool radio_phy_spoils(uint32_t distance_mhz, int32_t margin_cdb);

#endif
