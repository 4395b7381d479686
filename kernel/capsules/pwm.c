#include "kernel/capsules/pwm.h"

#include "kernel/capsule/process_id.h"

CAPSULE(pwm, .needs = {PWM});

#define INDEX_MASK 0xFFFFu /* of START's first argument */
#define DUTY_SHIFT 16u

static uint32_t pin_count(const struct pwm_driver *driver)
{
    uint32_t count = driver->pins.count;
    return count < PWM_DRIVER_PINS_MAX ? count : PWM_DRIVER_PINS_MAX;
}

/* Somebody else who lives has it. */
static bool is_taken(const struct pwm_driver *driver, uint32_t index, struct process_id id)
{
    return process_id_is_alive(driver->owners[index]) &&
           !process_id_is_equal(driver->owners[index], id);
}

static command_return start_pin(struct pwm_driver *driver, struct process_id id, uint32_t index,
                                uint32_t duty, uint32_t frequency_hz)
{
    int status = hil_pwm_start(&LIST_AT(driver->pins, index), frequency_hz, duty);
    if (status == K_OK) {
        driver->owners[index] = id;
    }
    return command_status(status);
}

static command_return stop_pin(struct pwm_driver *driver, uint32_t index)
{
    if (process_id_is_none(driver->owners[index])) {
        return command_error(K_EOFF);
    }
    hil_pwm_stop(&LIST_AT(driver->pins, index));
    driver->owners[index] = PROCESS_ID_NONE;
    return command_success();
}

_Static_assert(ABI_COMMAND_EXISTS < ABI_PWM_START && ABI_PWM_START < ABI_PWM_COUNT &&
                   ABI_PWM_STOP < ABI_PWM_COUNT && ABI_PWM_MAX_FREQUENCY < ABI_PWM_COUNT,
               "the number of pins is asked for by the last of the commands");

static command_return pwm_command(void *self, struct process_id id, uint32_t command,
                                  uint32_t argument0, uint32_t argument1)
{
    struct pwm_driver *driver = self;
    uint32_t index = command == ABI_PWM_START ? argument0 & INDEX_MASK : argument0;
    if (command == ABI_COMMAND_EXISTS) {
        return command_success();
    }
    if (command == ABI_PWM_COUNT) {
        return command_success_u32(pin_count(driver));
    }
    if (command > ABI_PWM_COUNT) {
        return command_error(K_ENOSUPPORT);
    }
    if (index >= pin_count(driver)) {
        return command_error(K_EINVAL);
    }
    if (command == ABI_PWM_MAX_FREQUENCY) {
        return command_success_u32(LIST_AT(driver->pins, index).highest_hz);
    }
    if (is_taken(driver, index, id)) {
        return command_error(K_ERESERVE);
    }
    return command == ABI_PWM_START
               ? start_pin(driver, id, index, argument0 >> DUTY_SHIFT, argument1)
               : stop_pin(driver, index);
}

const struct driver_ops pwm_driver_ops = {
    .number = ABI_DRIVER_PWM,
    .command = pwm_command,
    .owner = &this_capsule,
};

void pwm_init(struct pwm_driver *driver, struct hil_pwm_list pins)
{
    *driver = (struct pwm_driver){.pins = pins};
    for (uint32_t i = 0; i < pin_count(driver); i++) {
        hil_pwm_set_user(&LIST_AT(driver->pins, i), &this_capsule);
    }
}
