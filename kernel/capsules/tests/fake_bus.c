#include "kernel/capsules/tests/fake_bus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/syscall.h"

static int claim(struct dma_buffer *buffer, uint32_t length, struct slice *bytes)
{
    *bytes = (struct slice){NULL, 0};
    return length > 0 ? dma_buffer_claim(buffer, 0, length, bytes) : K_OK;
}

static int begin(struct fake_transfers *transfers, struct dma_buffer *write, uint32_t write_length,
                 struct dma_buffer *read, uint32_t read_length)
{
    if (transfers->busy) {
        return K_EBUSY;
    }
    if (write_length == 0 && read_length == 0) {
        return K_ESIZE;
    }
    if (transfers->refuse != K_OK) {
        int refused = transfers->refuse;
        transfers->refuse = K_OK;
        return refused;
    }
    assert_true(write_length <= FAKE_BUS_MAX && read_length <= FAKE_BUS_MAX);
    int status = claim(write, write_length, &transfers->write);
    if (status != K_OK) {
        return status;
    }
    if (write == read && write_length > 0) {
        dma_buffer_release(read); /* the same one is claimed once */
    }
    status = claim(read, read_length, &transfers->read);
    assert_int_equal(status, K_OK);
    if (write_length > 0) {
        memcpy(transfers->as_given, transfers->write.bytes, write_length);
    }
    transfers->busy = true;
    transfers->write_buffer = write;
    transfers->read_buffer = read;
    return K_OK;
}

static void finish(struct fake_transfers *transfers, const uint8_t *in, uint32_t length)
{
    struct slice read = transfers->read;
    if (transfers->write.length > 0) {
        assert_memory_equal(transfers->as_given, transfers->write.bytes, transfers->write.length);
        dma_buffer_release(transfers->write_buffer);
    }
    for (uint32_t i = 0; i < read.length && i < length; i++) {
        read.bytes[i] = in[i];
    }
    if (read.length > 0) {
        dma_buffer_release(transfers->read_buffer);
    }
    transfers->ended++;
    transfers->busy = false;
}

/* --- SPI --- */

static int spi_transfer(void *self, struct dma_buffer *write, uint32_t write_length,
                        struct dma_buffer *read, uint32_t read_length)
{
    struct fake_spi *fake = self;
    int status = begin(&fake->transfers, write, write_length, read, read_length);
    if (status == K_OK && !fake->selected) {
        fake->selected = true;
        fake->selections++;
    }
    return status;
}

static void spi_hold(void *self, bool holds)
{
    struct fake_spi *fake = self;
    fake->holds = holds;
    fake->selected = fake->selected && (holds || fake->transfers.busy);
}

static struct hil_spi_mode spi_get_mode(void *self)
{
    const struct fake_spi *fake = self;
    return fake->mode;
}

static void spi_set_mode(void *self, struct hil_spi_mode mode)
{
    struct fake_spi *fake = self;
    fake->mode = mode;
}

static void spi_set_client(void *self, const struct hil_spi_client *client)
{
    struct fake_spi *fake = self;
    fake->client = client;
}

static const struct hil_spi_ops spi_ops = {spi_transfer, spi_get_mode, spi_set_mode, spi_set_client,
                                           spi_hold};

void fake_spi_init(struct fake_spi *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->spi = (struct hil_spi){&spi_ops, fake};
}

bool fake_spi_step(struct fake_spi *fake, const uint8_t *in, uint32_t length)
{
    if (!fake->transfers.busy) {
        return false;
    }
    finish(&fake->transfers, in, length);
    fake->selected = fake->holds;
    hil_spi_client_done(fake->client);
    return true;
}

/* --- I2C --- */

static int i2c_transfer(void *self, struct dma_buffer *write, uint32_t write_length,
                        struct dma_buffer *read, uint32_t read_length)
{
    struct fake_i2c *fake = self;
    return begin(&fake->transfers, write, write_length, read, read_length);
}

static int i2c_set_address(void *self, uint32_t address)
{
    struct fake_i2c *fake = self;
    if (address > 0x7F) {
        return K_EINVAL;
    }
    assert_false(fake->transfers.busy);
    fake->address = address;
    return K_OK;
}

static void i2c_set_client(void *self, const struct hil_i2c_client *client)
{
    struct fake_i2c *fake = self;
    fake->client = client;
}

static const struct hil_i2c_ops i2c_ops = {i2c_transfer, i2c_set_address, i2c_set_client};

void fake_i2c_init(struct fake_i2c *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->i2c = (struct hil_i2c){&i2c_ops, fake};
}

bool fake_i2c_step(struct fake_i2c *fake, int status, const uint8_t *in, uint32_t length)
{
    if (!fake->transfers.busy) {
        return false;
    }
    finish(&fake->transfers, in, length);
    hil_i2c_client_done(fake->client, status);
    return true;
}

/* --- ADC --- */

static int adc_sample(void *self, uint32_t channel)
{
    struct fake_adc *fake = self;
    if (fake->sampling) {
        return K_EBUSY;
    }
    if (channel >= FAKE_ADC_CHANNELS) {
        return K_EINVAL;
    }
    fake->sampling = true;
    fake->channel = channel;
    fake->frequency_hz = 0;
    return K_OK;
}

static int adc_repeat(void *self, uint32_t channel, uint32_t frequency_hz, uint32_t batch)
{
    struct fake_adc *fake = self;
    int status = adc_sample(fake, channel);
    if (status == K_OK) {
        fake->frequency_hz = frequency_hz;
        fake->batch = batch;
    }
    return status;
}

static void adc_stop(void *self)
{
    struct fake_adc *fake = self;
    assert_true(fake->sampling && fake->frequency_hz > 0);
    fake->sampling = false;
}

static void adc_set_client(void *self, const struct hil_adc_client *client)
{
    struct fake_adc *fake = self;
    fake->client = client;
}

static const struct hil_adc_ops adc_ops = {adc_sample, adc_set_client, adc_repeat, adc_stop};

void fake_adc_init(struct fake_adc *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->adc = (struct hil_adc){
        &adc_ops,       fake, FAKE_ADC_CHANNELS, FAKE_ADC_RESOLUTION_BITS, FAKE_ADC_REFERENCE_MV,
        FAKE_ADC_MAX_HZ};
}

bool fake_adc_step(struct fake_adc *fake, uint32_t value)
{
    if (!fake->sampling) {
        return false;
    }
    fake->sampling = fake->frequency_hz > 0;
    hil_adc_client_sampled(fake->client, value);
    return true;
}
