#include "kernel/capsules/tests/fake_bus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/syscall.h"

/* What a controller does with any request: asked for the transfer of `write` and `read`, and
 * whether the request is already with a controller. K_OK: it is under way. */
static int begin(struct fake_transfers *transfers, bool *pending, struct const_slice write,
                 struct slice read)
{
    if (*pending) {
        return K_EBUSY;
    }
    if (write.length == 0 && read.length == 0) {
        return K_ESIZE;
    }
    if (transfers->refuse != K_OK) {
        int refused = transfers->refuse;
        transfers->refuse = K_OK;
        return refused;
    }
    assert_true(write.length <= FAKE_BUS_MAX && read.length <= FAKE_BUS_MAX);
    if (write.length > 0) {
        memcpy(transfers->as_given, write.bytes, write.length);
    }
    *pending = true;
    return K_OK;
}

static void finish(struct fake_transfers *transfers, bool *pending, struct const_slice write,
                   struct slice read, const uint8_t *in, uint32_t length)
{
    if (write.length > 0) {
        assert_memory_equal(transfers->as_given, write.bytes, write.length);
    }
    for (uint32_t i = 0; i < read.length && i < length; i++) {
        read.bytes[i] = in[i];
    }
    transfers->ended++;
    *pending = false;
}

/* --- SPI --- */

static int spi_transfer(void *self, struct hil_spi_request *request)
{
    struct fake_spi *fake = self;
    int result = begin(&fake->transfers, &request->pending, request->write, request->read);
    if (result == K_OK) {
        assert_null(fake->request);
        fake->request = request;
    }
    return result;
}

static const struct hil_spi_ops spi_ops = {spi_transfer};

void fake_spi_init(struct fake_spi *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->spi = (struct hil_spi){&spi_ops, fake};
}

bool fake_spi_step(struct fake_spi *fake, const uint8_t *in, uint32_t length)
{
    struct hil_spi_request *request = fake->request;
    if (request == NULL) {
        return false;
    }
    fake->request = NULL;
    finish(&fake->transfers, &request->pending, request->write, request->read, in, length);
    request->done(request->self);
    return true;
}

/* --- I2C --- */

static int i2c_transfer(void *self, struct hil_i2c_request *request)
{
    struct fake_i2c *fake = self;
    int result = begin(&fake->transfers, &request->pending, request->write, request->read);
    if (result == K_OK) {
        assert_null(fake->request);
        fake->request = request;
    }
    return result;
}

static const struct hil_i2c_ops i2c_ops = {i2c_transfer};

void fake_i2c_init(struct fake_i2c *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->i2c = (struct hil_i2c){&i2c_ops, fake, FAKE_BUS_MAX};
}

bool fake_i2c_step(struct fake_i2c *fake, int status, const uint8_t *in, uint32_t length)
{
    struct hil_i2c_request *request = fake->request;
    if (request == NULL) {
        return false;
    }
    fake->request = NULL;
    finish(&fake->transfers, &request->pending, request->write, request->read, in, length);
    request->done(request->self, status);
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
    return K_OK;
}

static void adc_set_client(void *self, const struct hil_adc_client *client)
{
    struct fake_adc *fake = self;
    fake->client = client;
}

static const struct hil_adc_ops adc_ops = {adc_sample, adc_set_client};

void fake_adc_init(struct fake_adc *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->adc = (struct hil_adc){&adc_ops, fake, FAKE_ADC_CHANNELS, FAKE_ADC_RESOLUTION_BITS,
                                 FAKE_ADC_REFERENCE_MV};
}

bool fake_adc_step(struct fake_adc *fake, uint32_t value)
{
    if (!fake->sampling) {
        return false;
    }
    fake->sampling = false;
    fake->client->sampled(fake->client->self, value);
    return true;
}
