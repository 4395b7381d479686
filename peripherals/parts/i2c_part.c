#include "peripherals/parts/i2c_part.h"

#include <stdio.h>
#include <string.h>

static void end_transfer(struct i2c_part *part)
{
    if (part->state->selected && part->ops->ended != NULL) {
        part->ops->ended(part->self);
    }
    part->state->selected = false;
}

/* -1 refuses for good, n > 0 so many times. */
static bool refuses_address(struct i2c_part_state *s)
{
    int32_t *nack = &s->faults[I2C_FAULT_NACK];
    if (*nack > 0) {
        (*nack)--;
        return true;
    }
    return *nack < 0;
}

static bool part_start(void *owner, uint8_t address, bool read)
{
    struct i2c_part *part = owner;
    struct i2c_part_state *s = part->state;
    end_transfer(part);
    if (address != part->target.address || refuses_address(s)) {
        return false;
    }
    s->index = 0;
    s->reading = read;
    s->selected = part->ops->answers == NULL || part->ops->answers(part->self, read);
    return s->selected;
}

static bool part_write(void *owner, uint8_t byte)
{
    struct i2c_part *part = owner;
    struct i2c_part_state *s = part->state;
    if (!s->selected || s->reading) {
        return false;
    }
    uint32_t index = s->index++;
    if (s->index == (uint32_t)s->faults[I2C_FAULT_DATA_NACK]) {
        return false;
    }
    return part->ops->write(part->self, byte, index);
}

static uint8_t part_read(void *owner)
{
    struct i2c_part *part = owner;
    struct i2c_part_state *s = part->state;
    if (!s->selected || !s->reading) {
        return 0xFF;
    }
    return part->ops->read(part->self, s->index++);
}

static void part_stop(void *owner)
{
    end_transfer(owner);
}

static uint64_t part_stretch(const void *owner)
{
    const struct i2c_part *part = owner;
    if (!part->state->selected) {
        return 0;
    }
    uint64_t own = part->ops->stretch != NULL ? part->ops->stretch(part->self) : 0;
    uint64_t fault_us = (uint64_t)part->state->faults[I2C_FAULT_STRETCH];
    return own + clock_us_to_cycles(part->env->clock, fault_us);
}

static bool part_holds_scl(const void *owner)
{
    return ((const struct i2c_part *)owner)->state->faults[I2C_FAULT_SCL_LOW] != 0;
}

static bool part_holds_sda(const void *owner)
{
    return ((const struct i2c_part *)owner)->state->faults[I2C_FAULT_SDA_LOW] != 0;
}

/* The wires follow from what all parts of the bus hold. */
static void update_lines(struct i2c_part *part)
{
    const struct i2c *i2c = &part->env->nets->i2c;
    bool scl_held = i2c_scl_is_held(i2c, part->target.pins);
    bool sda_held = i2c_sda_is_held(i2c, part->target.pins);
    wire_drive(&part->scl->in, scl_held ? WIRE_LOW : WIRE_FLOATING);
    wire_drive(&part->sda->in, sda_held ? WIRE_LOW : WIRE_FLOATING);
    if (!scl_held && !sda_held) {
        i2c_release(i2c);
    }
}

/* GPIO clocks SCL by hand. */
static void scl_changed(void *owner, uint32_t index, enum wire_level level)
{
    struct i2c_part *part = owner;
    int32_t *clocks = &part->state->faults[I2C_FAULT_SDA_LOW];
    (void)index;
    if (level == WIRE_LOW && *clocks > 0) {
        (*clocks)--;
        if (*clocks == 0) {
            update_lines(part);
        }
    }
}

void i2c_part_power_on(struct i2c_part *part)
{
    part->state->selected = part->state->reading = false;
    part->state->index = 0;
}

bool i2c_part_input(struct i2c_part *part, const struct device_input *input)
{
    int32_t *faults = part->state->faults;
    int32_t scl_low = faults[I2C_FAULT_SCL_LOW];
    int32_t sda_low = faults[I2C_FAULT_SDA_LOW];
    bool taken = device_fault_take(part->ops->faults, input, faults);
    if (scl_low != faults[I2C_FAULT_SCL_LOW] || sda_low != faults[I2C_FAULT_SDA_LOW]) {
        update_lines(part);
    }
    return taken;
}

bool i2c_part_state_is_sane(const struct i2c_part_state *state, const struct device_fault *faults)
{
    return device_bool_is_sane(&state->selected) && device_bool_is_sane(&state->reading) &&
           device_faults_are_sane(faults, state->faults);
}

const char *i2c_part_init(struct i2c_part *part, void *self, const struct device_env *env,
                          const struct i2c_part_ops *ops, struct i2c_part_state *state)
{
    struct props_gpio scl, sda;
    uint32_t address = props_u32_or(&env->props, "reg", UINT32_MAX);
    if (address > 0x7F) {
        return "an I2C part needs the property reg with a 7-bit address";
    }
    if (!props_bus_pin(&env->props, NULL, PROPS_I2C_SCL, &scl) ||
        !props_bus_pin(&env->props, NULL, PROPS_I2C_SDA, &sda)) {
        return "an I2C part needs a bus node above it whose pinctrl-0 has TWIM_SCL and TWIM_SDA";
    }
    *part = (struct i2c_part){
        .env = env,
        .state = state,
        .ops = ops,
        .self = self,
        .scl = scl.pin,
        .sda = sda.pin,
        .target = {.name = env->name,
                   .pins = {.scl = scl.number, .sda = sda.number},
                   .address = (uint8_t)address,
                   .owner = part,
                   .start = part_start,
                   .write = part_write,
                   .read = part_read,
                   .stop = part_stop,
                   .stretch = part_stretch,
                   .holds_scl = part_holds_scl,
                   .holds_sda = part_holds_sda},
    };
    const struct i2c_target *other =
        i2c_find(&env->nets->i2c, part->target.pins, part->target.address);
    if (other != NULL) {
        (void)snprintf(part->message, sizeof part->message,
                       "I2C address 0x%02x is taken on this bus by %s: give one of the two another "
                       "reg, or another bus",
                       (unsigned)address, other->name);
        return part->message;
    }
    scl.pin->resistor = sda.pin->resistor = WIRE_HIGH; /* a bus has its pull-ups */
    i2c_attach(&env->nets->i2c, &part->target);
    wire_listen(&scl.pin->out, &part->scl_listener, scl_changed, part, 0);
    return NULL;
}
