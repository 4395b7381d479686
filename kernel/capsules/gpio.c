#include "kernel/capsules/gpio.h"

#include "kernel/capsule/grant.h"

CAPSULE(gpio, .needs = {GPIO, GRANT});

/* That the grant exists says that the process uses the driver. */
struct gpio_process {
    uint32_t interrupts; /* a bit for each pin whose interrupt it has enabled */
};
GRANT(gpio_grant, struct gpio_process, ABI_GPIO_UPCALLS, 0, 0);

_Static_assert((uint32_t)HIL_GPIO_PULL_UP == ABI_GPIO_PULL_UP &&
                   (uint32_t)HIL_GPIO_PULL_DOWN == ABI_GPIO_PULL_DOWN &&
                   (uint32_t)HIL_GPIO_EDGE_RISING == ABI_GPIO_EDGE_RISING &&
                   (uint32_t)HIL_GPIO_EDGE_FALLING == ABI_GPIO_EDGE_FALLING,
               "what the app says is handed on");

static command_return make_input(const struct hil_gpio *pin, uint32_t pull)
{
    if (pull > ABI_GPIO_PULL_DOWN) {
        return command_error(K_EINVAL);
    }
    hil_gpio_make_input(pin, (enum hil_gpio_pull)pull);
    return command_success();
}

/* The detectors that nobody alive has asked for. `wanted`: those of the process that is entered. */
static void take_detectors_back(const struct gpio_driver *driver, uint32_t wanted)
{
    grant_each (gpio_grant, id, p) {
        wanted |= p->interrupts;
    }
    for (uint32_t i = 0; i < driver->count; i++) {
        const struct hil_gpio *pin = &LIST_AT(driver->pins, i);
        if (hil_gpio_is_there(pin) && (wanted >> i & 1u) == 0) {
            hil_gpio_disable_interrupt(pin);
        }
    }
}

static command_return enable_interrupt(const struct gpio_driver *driver, struct process_id id,
                                       uint32_t index, uint32_t edge)
{
    const struct hil_gpio *pin = &LIST_AT(driver->pins, index);
    int status = K_OK;
    if (edge > ABI_GPIO_EDGE_FALLING) {
        return command_error(K_EINVAL);
    }
    /* Memory first, so that no detector is taken for a process that cannot be told. */
    grant_enter (gpio_grant, id, p) {
        status = hil_gpio_enable_interrupt(pin, (enum hil_gpio_edge)edge);
        if (status == K_EBUSY) {
            take_detectors_back(driver, p->interrupts);
            status = hil_gpio_enable_interrupt(pin, (enum hil_gpio_edge)edge);
        }
        if (status == K_OK) {
            p->interrupts |= 1u << index;
        }
    }
    return grant_answer(command_status(status));
}

/* The pin's interrupt is off, for everybody: a wish that stayed would hold a later one's detector
 * for ever. */
static void forget_interrupt(uint32_t index)
{
    grant_each (gpio_grant, id, p) {
        p->interrupts &= ~(1u << index);
    }
}

static command_return pin_command(const struct hil_gpio *pin, uint32_t command, uint32_t argument)
{
    switch (command) {
    case ABI_GPIO_ENABLE_OUTPUT:
        hil_gpio_make_output(pin);
        return command_success();
    case ABI_GPIO_SET:
        hil_gpio_write(pin, true);
        return command_success();
    case ABI_GPIO_CLEAR:
        hil_gpio_write(pin, false);
        return command_success();
    case ABI_GPIO_TOGGLE:
        hil_gpio_toggle(pin);
        return command_success();
    case ABI_GPIO_ENABLE_INPUT:
        return make_input(pin, argument);
    case ABI_GPIO_READ:
        return command_success_u32(hil_gpio_read(pin));
    case ABI_GPIO_DISABLE_INTERRUPT:
        hil_gpio_disable_interrupt(pin);
        hil_gpio_disable(pin);
        return command_success();
    case ABI_GPIO_DISABLE:
    default:
        hil_gpio_disable(pin);
        return command_success();
    }
}

static command_return gpio_command(void *self, struct process_id id, uint32_t command,
                                   uint32_t index, uint32_t argument)
{
    const struct gpio_driver *driver = self;
    if (command == ABI_COMMAND_EXISTS) {
        return command_success();
    }
    if (command == ABI_GPIO_COUNT) {
        return command_success_u32(driver->count);
    }
    if (command > ABI_GPIO_DISABLE) { /* the last one */
        return command_error(K_ENOSUPPORT);
    }
    if (index >= driver->count) {
        return command_error(K_EINVAL);
    }
    const struct hil_gpio *pin = &LIST_AT(driver->pins, index);
    if (!hil_gpio_is_there(pin)) {
        return command_error(K_ENODEVICE);
    }
    if (command == ABI_GPIO_ENABLE_INTERRUPT) {
        return enable_interrupt(driver, id, index, argument);
    }
    if (command == ABI_GPIO_DISABLE_INTERRUPT || command == ABI_GPIO_DISABLE) {
        forget_interrupt(index);
    }
    return pin_command(pin, command, argument);
}

static void gpio_changed(void *self, uint32_t index)
{
    const struct gpio_driver *driver = self;
    if (index >= driver->count) {
        return;
    }
    const struct hil_gpio *pin = &LIST_AT(driver->pins, index);
    bool high = hil_gpio_read(pin);
    grant_each (gpio_grant, id, p) {
        (void)upcall_schedule(&gpio_grant, id, ABI_GPIO_UPCALL_CHANGED, index, high, 0);
    }
}

const struct driver_ops gpio_driver_ops = {
    .number = ABI_DRIVER_GPIO,
    .command = gpio_command,
    .grant = &gpio_grant,
    .owner = &this_capsule,
};

void gpio_init(struct gpio_driver *gpio, struct hil_gpio_list pins)
{
    *gpio = (struct gpio_driver){
        .pins = pins,
        .count = pins.count < GPIO_COUNT_MAX ? pins.count : GPIO_COUNT_MAX,
        .client = {gpio_changed, gpio, &this_capsule},
    };
    for (uint32_t i = 0; i < gpio->count; i++) {
        const struct hil_gpio *pin = &LIST_AT(pins, i);
        if (hil_gpio_is_there(pin)) {
            hil_gpio_set_client(pin, &gpio->client, i);
        }
    }
}
