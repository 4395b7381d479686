#include "kernel/capsules/adc.h"

#include "kernel/capsule/grant.h"

CAPSULE(adc, .needs = {ADC, DEFERRED, GRANT});

struct adc_process {
    uint32_t channel;
    bool waiting;
};
GRANT(adc_grant, struct adc_process, ABI_ADC_UPCALLS, 0, ABI_ADC_RW_BUFFERS);

#define SAMPLE_BITS  16u /* apps get samples left-justified in as many */
#define SAMPLE_BYTES 2u
/* From how fast on the samples of a buffer come in batches, and how many: 8 ms late at most. */
#define BATCH_FROM_HZ 1000u
#define BATCH         8u

/* Whose turn it is after the last one: the processes in a circle. */
static struct process_id next_waiting(struct process_id last)
{
    struct process_id next = PROCESS_ID_NONE;
    bool passed = false, is_behind = false;
    grant_each (adc_grant, id, p) {
        if (p->waiting && (process_id_is_none(next) || passed != is_behind)) {
            next = id;
            is_behind = passed;
        }
        passed = passed || process_id_is_equal(id, last);
    }
    return next;
}

static void finish(struct process_id id, uint32_t sample)
{
    grant_enter (adc_grant, id, p) {
        p->waiting = false;
        (void)upcall_schedule(&adc_grant, id, ABI_ADC_UPCALL_SAMPLED, ABI_ADC_SINGLE_SAMPLE,
                              p->channel, sample);
    }
}

static void sample_next(struct adc_driver *driver, struct process_id last)
{
    uint32_t channel = 0;
    driver->sampling = next_waiting(last);
    grant_enter (adc_grant, driver->sampling, p) {
        channel = p->channel;
    }
    /* Neither can fail: the converter is idle, and what is asked of it was checked. */
    if (!process_id_is_none(driver->sampling)) {
        (void)hil_adc_sample(driver->adc, channel);
    } else if (driver->mode != ABI_ADC_SINGLE_SAMPLE) {
        bool batch =
            driver->mode != ABI_ADC_REPEATED_SAMPLE && driver->frequency_hz >= BATCH_FROM_HZ;
        driver->running = true;
        (void)hil_adc_repeat(driver->adc, driver->channel, driver->frequency_hz,
                             batch ? BATCH : 1u);
    }
}

static void end_stream(struct adc_driver *driver)
{
    if (driver->running) {
        hil_adc_stop(driver->adc);
    }
    driver->running = false;
    driver->mode = ABI_ADC_SINGLE_SAMPLE;
}

/* Whether there is to be a next one. The buffer is looked at anew each time: it may have been
 * swapped or taken back. */
static bool take_sample(struct adc_driver *driver, uint32_t sample)
{
    struct process_id id = driver->owner;
    if (driver->mode == ABI_ADC_REPEATED_SAMPLE) {
        (void)upcall_schedule(&adc_grant, id, ABI_ADC_UPCALL_SAMPLED, driver->mode, driver->channel,
                              sample);
        return true;
    }
    uint32_t room = allow_length(&adc_grant, id, ALLOW_READ_WRITE, driver->buffer) / SAMPLE_BYTES;
    if (driver->samples < room) {
        uint8_t bytes[SAMPLE_BYTES] = {(uint8_t)sample, (uint8_t)(sample >> 8)};
        (void)allow_write(&adc_grant, id, driver->buffer, driver->samples * SAMPLE_BYTES,
                          slice_as_const(SLICE_OF(bytes)));
        driver->samples++;
    }
    if (driver->samples < room) {
        return true;
    }
    (void)upcall_schedule(&adc_grant, id, ABI_ADC_UPCALL_SAMPLED, driver->mode,
                          room << 8 | driver->channel,
                          allow_address(&adc_grant, id, ALLOW_READ_WRITE, driver->buffer));
    driver->samples = 0;
    driver->buffer = driver->buffer == ABI_ADC_RW_FIRST ? ABI_ADC_RW_SECOND : ABI_ADC_RW_FIRST;
    return driver->mode == ABI_ADC_MANY_BUFFERS && room > 0;
}

static void adc_deferred(void *self)
{
    struct adc_driver *driver = self;
    if (process_id_is_none(driver->sampling) && !driver->running) {
        sample_next(driver, PROCESS_ID_NONE);
    }
}

static void adc_sampled(void *self, uint32_t value)
{
    struct adc_driver *driver = self;
    struct process_id id = driver->sampling;
    uint32_t sample = value << (SAMPLE_BITS - driver->adc->resolution_bits);
    if (driver->running) {
        if (!process_id_is_alive(driver->owner) || !take_sample(driver, sample)) {
            end_stream(driver);
        }
        return;
    }
    if (!driver->cancelled) {
        finish(id, sample);
    }
    driver->cancelled = false;
    sample_next(driver, id);
}

/* Why the process can begin nothing new; K_OK: it can. */
static int is_refused(struct adc_driver *driver, struct process_id id)
{
    if (driver->mode != ABI_ADC_SINGLE_SAMPLE && !process_id_is_alive(driver->owner)) {
        end_stream(driver);
    }
    if (driver->mode == ABI_ADC_SINGLE_SAMPLE) {
        return K_OK;
    }
    return process_id_is_equal(driver->owner, id) ? K_EBUSY : K_ENOMEM;
}

static command_return sample_once(struct adc_driver *driver, struct process_id id, uint32_t channel)
{
    int status = is_refused(driver, id);
    if (channel >= driver->adc->channel_count) {
        return command_error(K_EINVAL);
    }
    grant_enter (adc_grant, id, p) {
        if (p->waiting) {
            status = K_EBUSY;
        } else if (status == K_OK) {
            *p = (struct adc_process){channel, true};
        }
    }
    deferred_call_request(&driver->deferred);
    return grant_answer(command_status(status));
}

static bool has_room(struct process_id id, uint32_t buffer)
{
    return allow_length(&adc_grant, id, ALLOW_READ_WRITE, buffer) >= SAMPLE_BYTES;
}

static command_return sample_many(struct adc_driver *driver, struct process_id id, uint32_t mode,
                                  uint32_t channel, uint32_t frequency_hz)
{
    int status = is_refused(driver, id);
    if (channel >= driver->adc->channel_count || frequency_hz == 0 ||
        frequency_hz > driver->adc->frequency_max_hz) {
        return command_error(K_EINVAL);
    }
    grant_enter (adc_grant, id, p) {
        if (p->waiting) {
            status = K_EBUSY;
        } else if (status == K_OK &&
                   ((mode != ABI_ADC_REPEATED_SAMPLE && !has_room(id, ABI_ADC_RW_FIRST)) ||
                    (mode == ABI_ADC_MANY_BUFFERS && !has_room(id, ABI_ADC_RW_SECOND)))) {
            status = K_ENOMEM;
        } else if (status == K_OK) {
            driver->owner = id;
            driver->mode = (uint8_t)mode;
            driver->channel = (uint8_t)channel;
            driver->frequency_hz = frequency_hz;
            driver->buffer = ABI_ADC_RW_FIRST;
            driver->samples = 0;
        }
    }
    deferred_call_request(&driver->deferred);
    return grant_answer(command_status(status));
}

static command_return stop(struct adc_driver *driver, struct process_id id)
{
    if (is_refused(driver, id) == K_EBUSY) {
        end_stream(driver);
    }
    grant_enter (adc_grant, id, p) {
        p->waiting = false;
    }
    if (process_id_is_equal(driver->sampling, id)) {
        driver->cancelled = true;
    }
    return grant_answer(command_success());
}

static command_return adc_command(void *self, struct process_id id, uint32_t command,
                                  uint32_t argument, uint32_t frequency_hz)
{
    struct adc_driver *driver = self;
    switch (command) {
    case ABI_ADC_COUNT:
        return command_success_u32(driver->adc->channel_count);
    case ABI_ADC_SINGLE:
        return sample_once(driver, id, argument);
    case ABI_ADC_REPEAT:
        return sample_many(driver, id, ABI_ADC_REPEATED_SAMPLE, argument, frequency_hz);
    case ABI_ADC_BUFFER:
        return sample_many(driver, id, ABI_ADC_ONE_BUFFER, argument, frequency_hz);
    case ABI_ADC_BUFFERS:
        return sample_many(driver, id, ABI_ADC_MANY_BUFFERS, argument, frequency_hz);
    case ABI_ADC_STOP:
        return stop(driver, id);
    case ABI_ADC_RESOLUTION:
        return command_success_u32(driver->adc->resolution_bits);
    case ABI_ADC_REFERENCE:
        return command_success_u32(driver->adc->reference_mv);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops adc_driver_ops = {
    .number = ABI_DRIVER_ADC,
    .command = adc_command,
    .grant = &adc_grant,
    .owner = &this_capsule,
};

void adc_init(struct adc_driver *driver, const struct hil_adc *adc)
{
    *driver = (struct adc_driver){
        .adc = adc,
        .client = {adc_sampled, driver, &this_capsule},
        .deferred = {.call = adc_deferred, .self = driver, .owner = &this_capsule},
    };
    hil_adc_set_client(adc, &driver->client);
}
