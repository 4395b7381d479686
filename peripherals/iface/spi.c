#include "peripherals/iface/spi.h"

#include <stddef.h>

void spi_bus_add_target(struct spi_bus *bus, struct spi_target *target)
{
    struct spi_target **link = &bus->targets;
    while (*link != NULL && *link != target) {
        link = &(*link)->next;
    }
    *link = target;
    target->bus = bus;
}

void spi_bus_add_controller(struct spi_bus *bus, struct spi_controller *controller)
{
    struct spi_controller **link = &bus->controllers;
    while (*link != NULL && *link != controller) {
        link = &(*link)->next;
    }
    *link = controller;
}

void spi_bus_add_joint(struct spi_bus *bus, struct spi_joint *joint)
{
    struct spi_joint **link = &bus->joints;
    while (*link != NULL && *link != joint) {
        link = &(*link)->next;
    }
    *link = joint;
}

/* Whether two pins are one for the bus. */
static bool is_same(const struct spi_bus *bus, uint32_t pin, uint32_t other)
{
    if (pin == other) {
        return pin != SPI_NO_PIN;
    }
    for (const struct spi_joint *j = bus->joints; j != NULL; j = j->next) {
        if ((j->first == pin && j->second == other) || (j->first == other && j->second == pin)) {
            return true;
        }
    }
    return false;
}

void spi_bus_settle(struct spi_bus *bus)
{
    for (struct spi_controller *c = bus->controllers; c != NULL; c = c->next) {
        if (c->settle != NULL) {
            c->settle(c->owner);
        }
    }
}

void spi_target_select(struct spi_target *target, bool selected)
{
    if (*target->selected == selected) {
        return;
    }
    spi_bus_settle(target->bus);
    *target->selected = selected;
    if (target->select_changed != NULL) {
        target->select_changed(target->owner, selected);
    }
}

/* A chip select that nobody drives is not active: boards have a pull-up there. */
static void cs_changed(void *owner, uint32_t index, enum wire_level level)
{
    struct spi_target *target = owner;
    (void)index;
    spi_target_select(target, level == (target->cs_active_high ? WIRE_HIGH : WIRE_LOW));
}

void spi_target_listen(struct spi_target *target, struct pin *cs, bool active_high)
{
    target->cs_active_high = active_high;
    *target->selected = cs == NULL;
    if (cs != NULL) {
        wire_listen(&cs->out, &target->cs_listener, cs_changed, target, 0);
    }
}

static bool pin_is_high(const struct spi_controller *controller, uint32_t pin)
{
    return pin < controller->pin_count && controller->pins[pin].pad.level == WIRE_HIGH;
}

static uint8_t level_byte(const struct spi_controller *controller, uint32_t pin)
{
    return pin_is_high(controller, pin) ? 0xFF : 0x00;
}

/* What one target drives onto the controller's input, or SPI_FLOATS. */
static int32_t exchange_with(struct spi_target *target, const struct spi_controller *controller,
                             const struct spi_pins *pins, uint8_t out,
                             const struct spi_frame *frame)
{
    uint8_t heard = out;
    if (frame->lines == 1 && !is_same(target->bus, target->pins->mosi, pins->mosi)) {
        heard = level_byte(controller, target->pins->mosi);
    }
    int32_t answer = target->exchange(target->owner, heard, frame);
    return frame->lines == 1 && !is_same(target->bus, target->pins->miso, pins->miso) ? SPI_FLOATS
                                                                                      : answer;
}

struct spi_result spi_exchange(struct spi_bus *bus, const struct spi_controller *controller,
                               const struct spi_pins *pins, uint8_t out,
                               const struct spi_frame *frame)
{
    struct spi_result result = {.in = level_byte(controller, pins->miso)};
    bool driven = false;
    for (struct spi_target *t = bus->targets; t != NULL; t = t->next) {
        if (!*t->selected || !is_same(bus, t->pins->sck, pins->sck)) {
            continue;
        }
        if ((t->modes >> frame->mode & 1U) == 0) {
            result.problem = SPI_WRONG_MODE;
            continue;
        }
        result.answered = true;
        int32_t answer = exchange_with(t, controller, pins, out, frame);
        if (answer == SPI_FLOATS) {
            continue;
        }
        if (driven && result.in != (uint8_t)answer) {
            result.problem = SPI_CONTENTION;
            result.in &= (uint8_t)answer; /* low wins, where transistors are alike */
        } else {
            result.in = (uint8_t)answer;
        }
        driven = true;
    }
    return result;
}
