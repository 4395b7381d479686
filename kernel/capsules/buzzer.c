#include "kernel/capsules/buzzer.h"

#include "kernel/capsule/grant.h"

CAPSULE(buzzer, .needs = {DEFERRED, DELAY, GRANT, PWM});

#define US_PER_MS 1000u

struct buzzer_process {
    uint32_t frequency_hz;
    uint32_t duration_ms;
    bool waiting;
};
GRANT(buzzer_grant, struct buzzer_process, ABI_BUZZER_UPCALLS, 0, 0);

static int start(struct buzzer_driver *driver, struct process_id id, uint32_t frequency_hz,
                 uint32_t duration_ms)
{
    int status = hil_pwm_start(driver->pwm, frequency_hz, HIL_PWM_DUTY_MAX / 2u);
    if (status == K_OK) {
        driver->active = id;
        driver->sounding = true;
        driver->stopping = false;
        hil_delay_start(driver->delay, duration_ms * US_PER_MS);
    }
    return status;
}

/* Who waits longest, as turns go: the processes in a circle, after `last`. */
static struct process_id next_waiting(struct process_id last)
{
    struct process_id first = PROCESS_ID_NONE, next = PROCESS_ID_NONE;
    bool passed = false;
    grant_each (buzzer_grant, id, p) {
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

/* The tone is over; the next one begins. */
static void finish(struct buzzer_driver *driver)
{
    hil_pwm_stop(driver->pwm);
    driver->sounding = false;
    driver->stopping = false;
    (void)upcall_schedule(&buzzer_grant, driver->active, ABI_BUZZER_UPCALL_DONE, 0, 0, 0);
    struct process_id next = next_waiting(driver->active);
    grant_enter (buzzer_grant, next, p) {
        p->waiting = false;
        /* Cannot fail: the frequency was checked. */
        (void)start(driver, next, p->frequency_hz, p->duration_ms);
    }
}

static void buzzer_elapsed(void *self)
{
    struct buzzer_driver *driver = self;
    if (driver->sounding && !driver->stopping) {
        finish(driver);
    }
}

static void buzzer_deferred(void *self)
{
    struct buzzer_driver *driver = self;
    if (driver->stopping) {
        finish(driver);
    }
}

static bool is_anothers(const struct buzzer_driver *driver, struct process_id id)
{
    return driver->sounding && process_id_is_alive(driver->active) &&
           !process_id_is_equal(driver->active, id);
}

/* When nothing sounds, or after what does. */
static int buzz(struct buzzer_driver *driver, struct process_id id, uint32_t frequency_hz,
                uint32_t duration_ms)
{
    int status = K_OK;
    grant_enter (buzzer_grant, id, p) {
        if (!driver->sounding || !process_id_is_alive(driver->active)) {
            status = start(driver, id, frequency_hz, duration_ms);
        } else if (p->waiting) {
            status = K_ENOMEM;
        } else {
            p->frequency_hz = frequency_hz;
            p->duration_ms = duration_ms;
            p->waiting = true;
        }
    }
    return grant_status(status);
}

static int buzz_now(struct buzzer_driver *driver, struct process_id id, uint32_t frequency_hz,
                    uint32_t duration_ms)
{
    int status = K_ERESERVE;
    if (is_anothers(driver, id)) {
        return status;
    }
    grant_enter (buzzer_grant, id, p) {
        status = start(driver, id, frequency_hz, duration_ms);
    }
    return grant_status(status);
}

static int stop(struct buzzer_driver *driver, struct process_id id)
{
    if (is_anothers(driver, id)) {
        return K_ERESERVE;
    }
    if (!driver->sounding) {
        return K_EOFF;
    }
    hil_pwm_stop(driver->pwm);
    driver->stopping = true;
    deferred_call_request(&driver->deferred);
    return K_OK;
}

static command_return buzzer_command(void *self, struct process_id id, uint32_t command,
                                     uint32_t frequency_hz, uint32_t duration_ms)
{
    struct buzzer_driver *driver = self;
    uint32_t capped = duration_ms < ABI_BUZZER_MAX_MS ? duration_ms : ABI_BUZZER_MAX_MS;
    bool is_tone =
        frequency_hz >= driver->pwm->lowest_hz && frequency_hz <= driver->pwm->highest_hz;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_BUZZER_BUZZ:
        return command_status(is_tone ? buzz(driver, id, frequency_hz, capped) : K_EINVAL);
    case ABI_BUZZER_BUZZ_NOW:
        return command_status(is_tone ? buzz_now(driver, id, frequency_hz, capped) : K_EINVAL);
    case ABI_BUZZER_STOP:
        return command_status(stop(driver, id));
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops buzzer_driver_ops = {
    .number = ABI_DRIVER_BUZZER,
    .command = buzzer_command,
    .grant = &buzzer_grant,
    .owner = &this_capsule,
};

void buzzer_init(struct buzzer_driver *driver, const struct hil_pwm *pwm,
                 const struct hil_delay *delay)
{
    *driver = (struct buzzer_driver){
        .pwm = pwm,
        .delay = delay,
        .client = {buzzer_elapsed, driver, &this_capsule},
        .deferred = {.call = buzzer_deferred, .self = driver, .owner = &this_capsule},
    };
    hil_pwm_set_user(pwm, &this_capsule);
    hil_delay_set_client(delay, &driver->client);
}
