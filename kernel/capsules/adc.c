#include "kernel/capsules/adc.h"

#include "kernel/capsule/grant.h"

CAPSULE(adc, .needs = {ADC, DEFERRED, GRANT});

struct adc_process {
    uint32_t channel;
    bool waiting;
};
GRANT(adc_grant, struct adc_process, ABI_ADC_UPCALLS, 0, 0);

#define SAMPLE_BITS 16u /* apps get samples left-justified in as many */

/* Whose turn it is after the last one: the processes in a circle. */
static struct process_id next_waiting(struct process_id last)
{
    struct process_id first = PROCESS_ID_NONE, next = PROCESS_ID_NONE;
    bool passed = false;
    grant_each (adc_grant, id, p) {
        if (p->waiting && process_id_is_none(first)) {
            first = id;
        }
        if (p->waiting && passed && process_id_is_none(next)) {
            next = id;
        }
        passed = passed || process_id_is_equal(id, last);
    }
    return process_id_is_none(next) ? first : next;
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
    if (process_id_is_none(driver->sampling)) {
        return;
    }
    /* Cannot fail: the converter is idle, and the channel was checked. */
    (void)hil_adc_sample(driver->adc, channel);
}

static void adc_deferred(void *self)
{
    struct adc_driver *driver = self;
    if (process_id_is_none(driver->sampling)) {
        sample_next(driver, PROCESS_ID_NONE);
    }
}

static void adc_sampled(void *self, uint32_t value)
{
    struct adc_driver *driver = self;
    struct process_id id = driver->sampling;
    finish(id, value << (SAMPLE_BITS - driver->adc->resolution_bits));
    sample_next(driver, id);
}

static struct command_return sample_once(struct adc_driver *driver, struct process_id id,
                                         uint32_t channel)
{
    bool was_waiting = false;
    if (channel >= driver->adc->channel_count) {
        return command_error(K_EINVAL);
    }
    grant_enter (adc_grant, id, p) {
        was_waiting = p->waiting;
        if (!was_waiting) {
            *p = (struct adc_process){channel, true};
        }
    }
    deferred_call_request(&driver->deferred);
    return grant_answer(was_waiting ? command_error(K_EBUSY) : command_success());
}

static struct command_return adc_command(void *self, struct process_id id, uint32_t command,
                                         uint32_t argument, uint32_t unused)
{
    struct adc_driver *driver = self;
    (void)unused;
    switch (command) {
    case ABI_ADC_COUNT:
        return command_success_u32(driver->adc->channel_count);
    case ABI_ADC_SINGLE:
        return sample_once(driver, id, argument);
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
