/* peripherals/nrf52/saadc.h - SAADC: the analogue-to-digital converter, 8 channels, results to RAM
 * by EasyDMA.
 *
 * Reference: nRF52832 product specification 1.4, "SAADC"; nRF52840 product specification 1.1,
 * which adds VDDH / 5 as an input.
 *
 * A conversion takes the channel's acquisition time, at whose end it takes the voltage, and 2 us.
 * Channels whose PSELP is not NC are scanned from 0 to 7 at each SAMPLE.
 *
 * Not modelled: source impedance against TACQ, gain and offset errors (calibration takes its time
 * and changes nothing), the resistors of RESP and RESN against a driven pin (they count where
 * nobody drives it).
 */
#ifndef PERIPHERALS_NRF52_SAADC_H
#define PERIPHERALS_NRF52_SAADC_H

#include "peripherals/nrf52/nrf_common.h"

enum saadc_register {
    SAADC_TASKS_START = 0x000,
    SAADC_TASKS_SAMPLE = 0x004,
    SAADC_TASKS_STOP = 0x008,
    SAADC_TASKS_CALIBRATEOFFSET = 0x00C,
    SAADC_EVENTS_STARTED = 0x100,
    SAADC_EVENTS_END = 0x104,
    SAADC_EVENTS_DONE = 0x108,
    SAADC_EVENTS_RESULTDONE = 0x10C,
    SAADC_EVENTS_CALIBRATEDONE = 0x110,
    SAADC_EVENTS_STOPPED = 0x114,
    SAADC_EVENTS_CH_0_LIMITH = 0x118, /* then LIMITL, for each of 8 channels */
    SAADC_EVENTS_CH_0_LIMITL = 0x11C,
    SAADC_STATUS = 0x400,
    SAADC_ENABLE = 0x500,
    SAADC_CH_0_PSELP = 0x510, /* 0x10 bytes for each of 8 channels */
    SAADC_CH_0_PSELN = 0x514,
    SAADC_CH_0_CONFIG = 0x518, /* reset value 0x00020000 */
    SAADC_CH_0_LIMIT = 0x51C,  /* reset value 0x7FFF8000 */
    SAADC_RESOLUTION = 0x5F0,  /* reset value 1 */
    SAADC_OVERSAMPLE = 0x5F4,
    SAADC_SAMPLERATE = 0x5F8,
    SAADC_RESULT_PTR = 0x62C,
    SAADC_RESULT_MAXCNT = 0x630,
    SAADC_RESULT_AMOUNT = 0x634,
};

#define SAADC_CHANNELS     8U
#define SAADC_CONVERT_US   2U
#define SAADC_CALIBRATE_US 100U /* assumed: the specification gives no time */

#define SAADC_PSEL_NC       0U
#define SAADC_PSEL_VDD      9U
#define SAADC_PSEL_VDDHDIV5 13U /* nRF52840 */

struct saadc_channel {
    uint32_t pselp, pseln, config, limit;
};

/* What the world was told to do to the results. `values` is in the order of the class's list. */
enum saadc_fault {
    SAADC_STUCK,     /* not 0: every conversion gives this */
    SAADC_HOLD,      /* 1: every result is the last one before the fault */
    SAADC_SATURATED, /* 1 or -1: every conversion gives the highest or the lowest number */
    SAADC_NOISE,     /* each conversion is off by at most so many steps */
    SAADC_FAULTS
};

struct saadc_faults {
    int32_t values[SAADC_FAULTS];
    uint64_t random;
};

struct saadc {
    struct device_env env;
    struct saadc_state {
        struct nrf_events events;
        uint32_t enable;
        struct saadc_channel channels[SAADC_CHANNELS];
        uint32_t resolution, oversample, samplerate;
        uint32_t ptr, maxcnt, amount;
        uint32_t next, left;        /* of the buffer being filled: address, results */
        uint32_t channel;           /* being converted */
        uint32_t taken;             /* conversions that are in `sum` */
        int32_t sum;                /* of conversions, for the average */
        int32_t sample;             /* of the conversion under way */
        int32_t result;             /* the last one */
        bool armed;                 /* there is a buffer to fill */
        bool busy;                  /* between SAMPLE and the end of the last channel */
        bool held;                  /* the voltage is taken: the conversion proper is under way */
        struct saadc_faults faults; /* a reset leaves them */
    } state;
    struct event step;   /* the end of an acquisition or of a conversion */
    struct event sample; /* SAMPLERATE's timer */
    struct event calibrated;
};

extern const struct device_class nrf52_saadc_class;

#endif
