/*
 * fake_bus.h - SPI and I2C buses and an ADC as capsules see them, for tests. Like those of
 * fake_hil.h they check their contract: nothing is started twice, bytes stay in place until they
 * are sent, nobody is called from inside a call.
 */
#ifndef KERNEL_CAPSULES_TESTS_FAKE_BUS_H
#define KERNEL_CAPSULES_TESTS_FAKE_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/hil/adc.h"
#include "kernel/hil/i2c.h"
#include "kernel/hil/spi.h"

#define FAKE_BUS_MAX 1024u /* bytes of a transfer */

/* What SPI and I2C have in common. One transfer at a time, as a device has. */
struct fake_transfers {
    bool busy; /* one is under way */
    struct dma_buffer *write_buffer, *read_buffer;
    struct slice write, read;       /* of it */
    uint8_t as_given[FAKE_BUS_MAX]; /* what it writes was when it was given */
    int refuse;                     /* what the next one is answered, once: K_OK or an error */
    uint32_t ended;                 /* so far */
};

/* --- SPI --- */

struct fake_spi {
    struct hil_spi spi;
    const struct hil_spi_client *client;
    struct hil_spi_mode mode;
    struct fake_transfers transfers;
    bool holds, selected; /* the chip select is active now */
    uint32_t selections;  /* how often it has become active */
};

void fake_spi_init(struct fake_spi *fake);
/* Ends the transfer under way: `in` came in. False when there is none. */
bool fake_spi_step(struct fake_spi *fake, const uint8_t *in, uint32_t length);

/* --- I2C --- */

struct fake_i2c {
    struct hil_i2c i2c;
    const struct hil_i2c_client *client;
    uint32_t address; /* as the capsule has set it */
    struct fake_transfers transfers;
};

void fake_i2c_init(struct fake_i2c *fake);
bool fake_i2c_step(struct fake_i2c *fake, int status, const uint8_t *in, uint32_t length);

/* --- ADC --- */

#define FAKE_ADC_CHANNELS        3u
#define FAKE_ADC_RESOLUTION_BITS 12u
#define FAKE_ADC_REFERENCE_MV    3600u
#define FAKE_ADC_MAX_HZ          20000u

struct fake_adc {
    struct hil_adc adc;
    const struct hil_adc_client *client;
    bool sampling;
    uint32_t channel;
    uint32_t frequency_hz; /* 0: single */
    uint32_t batch;
};

void fake_adc_init(struct fake_adc *fake);
/* Ends the conversion under way; at a rate, the next one is. False when there is none. */
bool fake_adc_step(struct fake_adc *fake, uint32_t value);

#endif
