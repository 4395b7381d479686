#include "peripherals/iface/i2c.h"

#include <stddef.h>

void i2c_init(struct i2c *i2c)
{
    *i2c = (struct i2c){0};
}

void i2c_attach(struct i2c *i2c, struct i2c_target *target)
{
    struct i2c_target **link = &i2c->targets;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    target->next = NULL;
    *link = target;
}

void i2c_add_controller(struct i2c *i2c, struct i2c_controller *controller)
{
    struct i2c_controller **link = &i2c->controllers;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    controller->next = NULL;
    *link = controller;
}

void i2c_join(struct i2c *i2c, struct i2c_joint *joint)
{
    joint->next = i2c->joints;
    i2c->joints = joint;
}

/* One wire, or two that a joint makes one. Not a chain of joints. */
static bool are_joined(const struct i2c *i2c, uint32_t a, uint32_t b)
{
    for (const struct i2c_joint *joint = i2c->joints; a != b && joint != NULL;
         joint = joint->next) {
        if ((joint->first == a && joint->second == b) ||
            (joint->first == b && joint->second == a)) {
            return true;
        }
    }
    return a == b;
}

static bool is_on(const struct i2c *i2c, const struct i2c_target *target, struct i2c_pins pins)
{
    struct i2c_pins its = target->pins;
    if (target->find_pins != NULL && !target->find_pins(target->owner, &its)) {
        return false;
    }
    return are_joined(i2c, its.scl, pins.scl) && are_joined(i2c, its.sda, pins.sda);
}

/* The first target at or after `from` that is on the bus. */
static const struct i2c_target *next_on(const struct i2c *i2c, const struct i2c_target *from,
                                        struct i2c_pins pins)
{
    while (from != NULL && !is_on(i2c, from, pins)) {
        from = from->next;
    }
    return from;
}

const struct i2c_target *i2c_find(const struct i2c *i2c, struct i2c_pins pins, uint8_t address)
{
    const struct i2c_target *t = next_on(i2c, i2c->targets, pins);
    while (t != NULL && (t->address == I2C_ADDRESS_NONE || t->address != address)) {
        t = next_on(i2c, t->next, pins);
    }
    return t;
}

bool i2c_start(const struct i2c *i2c, struct i2c_pins pins, uint8_t address, bool read)
{
    bool ack = false;
    for (const struct i2c_target *t = next_on(i2c, i2c->targets, pins); t != NULL;
         t = next_on(i2c, t->next, pins)) {
        ack = t->start(t->owner, address, read) || ack;
    }
    return ack;
}

bool i2c_write(const struct i2c *i2c, struct i2c_pins pins, uint8_t byte)
{
    bool ack = false;
    for (const struct i2c_target *t = next_on(i2c, i2c->targets, pins); t != NULL;
         t = next_on(i2c, t->next, pins)) {
        ack = t->write(t->owner, byte) || ack;
    }
    return ack;
}

uint8_t i2c_read(const struct i2c *i2c, struct i2c_pins pins)
{
    uint8_t byte = 0xFF; /* the pull-up */
    for (const struct i2c_target *t = next_on(i2c, i2c->targets, pins); t != NULL;
         t = next_on(i2c, t->next, pins)) {
        byte &= t->read(t->owner);
    }
    return byte;
}

void i2c_stop(const struct i2c *i2c, struct i2c_pins pins)
{
    for (const struct i2c_target *t = next_on(i2c, i2c->targets, pins); t != NULL;
         t = next_on(i2c, t->next, pins)) {
        t->stop(t->owner);
    }
}

uint64_t i2c_stretch(const struct i2c *i2c, struct i2c_pins pins)
{
    uint64_t longest = 0;
    for (const struct i2c_target *t = next_on(i2c, i2c->targets, pins); t != NULL;
         t = next_on(i2c, t->next, pins)) {
        uint64_t cycles = t->stretch != NULL ? t->stretch(t->owner) : 0;
        longest = cycles > longest ? cycles : longest;
    }
    return longest;
}

bool i2c_scl_is_held(const struct i2c *i2c, struct i2c_pins pins)
{
    for (const struct i2c_target *t = next_on(i2c, i2c->targets, pins); t != NULL;
         t = next_on(i2c, t->next, pins)) {
        if (t->holds_scl != NULL && t->holds_scl(t->owner)) {
            return true;
        }
    }
    return false;
}

bool i2c_sda_is_held(const struct i2c *i2c, struct i2c_pins pins)
{
    for (const struct i2c_target *t = next_on(i2c, i2c->targets, pins); t != NULL;
         t = next_on(i2c, t->next, pins)) {
        if (t->holds_sda != NULL && t->holds_sda(t->owner)) {
            return true;
        }
    }
    return false;
}

void i2c_release(const struct i2c *i2c)
{
    for (const struct i2c_controller *c = i2c->controllers; c != NULL; c = c->next) {
        c->released(c->owner);
    }
}
