/* peripherals/nrf52/ccm_aar.h - CCM, which encrypts Bluetooth LE packets, and AAR, which finds
 * whose a resolvable private address is: two functions at one address, of which ENABLE selects one.
 *
 * Reference: nRF52832 product specification 1.4 and nRF52840 product specification 1.1, "CCM" and
 * "AAR". Registers at the same offset are one register. Not modelled: the scratch area
 * (SCRATCHPTR), waiting for the AES core, MAXPACKETSIZE.
 *
 * Time: KSGEN 50 us. CRYPT keeps pace with the radio at MODE.DATARATE: a packet that is decrypted
 * is read a byte's time after it has come from the air, when CRYPT runs with the RADIO's ADDRESS; a
 * packet that is encrypted is written at once, and ENDCRYPT comes when it would have been sent.
 * AAR takes 6 us for each key until one fits.
 */
#ifndef PERIPHERALS_NRF52_CCM_AAR_H
#define PERIPHERALS_NRF52_CCM_AAR_H

#include "peripherals/nrf52/aes_ccm.h"
#include "peripherals/nrf52/nrf_common.h"

enum ccm_aar_register {
    CCM_TASKS_KSGEN = 0x000, /* AAR: START */
    CCM_TASKS_CRYPT = 0x004,
    CCM_TASKS_STOP = 0x008,         /* AAR, too */
    CCM_TASKS_RATEOVERRIDE = 0x00C, /* nRF52840 */
    CCM_EVENTS_ENDKSGEN = 0x100,    /* AAR: END */
    CCM_EVENTS_ENDCRYPT = 0x104,    /* AAR: RESOLVED */
    CCM_EVENTS_ERROR = 0x108,       /* AAR: NOTRESOLVED */
    CCM_SHORTS = 0x200,
    CCM_MICSTATUS = 0x400, /* AAR: STATUS */
    CCM_ENABLE = 0x500,
    CCM_MODE = 0x504,   /* AAR: NIRK; reset value 1 */
    CCM_CNFPTR = 0x508, /* AAR: IRKPTR */
    CCM_INPTR = 0x50C,
    CCM_OUTPTR = 0x510, /* AAR: ADDRPTR */
    CCM_SCRATCHPTR = 0x514,
    CCM_MAXPACKETSIZE = 0x518, /* nRF52840, as the next; reset value 0xFB */
    CCM_RATEOVERRIDE = 0x51C,
};

#define CCM_KSGEN_US   50U
#define AAR_KEY_US     6U
#define CCM_PACKET_MAX (3U + 255U) /* header, length, RFU, payload with MIC */

enum ccm_aar_work {
    CCM_IDLE,
    CCM_GENERATING,
    CCM_HEADER,  /* decryption: the packet's length is not known yet */
    CCM_PAYLOAD, /* CRYPT to its end */
    AAR_RESOLVING,
};

enum ccm_aar_fault { CCM_FAULT_MIC_WRONG, CCM_FAULT_GARBLED, AAR_FAULT_UNRESOLVED, CCM_AAR_FAULTS };

/* Kept over a reset. */
struct ccm_aar_faults {
    int32_t values[CCM_AAR_FAULTS];
    uint64_t random;
};

struct ccm_aar {
    struct device_env env;
    bool nrf52840;
    struct ccm_aar_state {
        struct nrf_events events;
        uint32_t shorts, enable, mode, cnfptr, inptr, outptr, scratchptr, maxpacketsize;
        uint32_t rateoverride;
        uint32_t micstatus, status;
        enum ccm_aar_work work;
        bool has_keystream;
        struct aes_ccm_key key;
        uint32_t rate;          /* of the packet under way, as MODE.DATARATE */
        uint32_t input, output; /* addresses of the packet under way */
        uint32_t resolved;      /* the key that fits, or AAR_NO_KEY */
        struct ccm_aar_faults faults;
    } state;
    struct event done;
};

#define AAR_NO_KEY 16U

extern const struct device_class nrf52_ccm_aar_class;

#endif
