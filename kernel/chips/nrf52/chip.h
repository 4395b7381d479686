/*
 * chip.h - what belongs to no single peripheral: clocks, the flash cache, the chip's number, and
 * which driver serves which interrupt.
 */
#ifndef KERNEL_CHIPS_NRF52_CHIP_H
#define KERNEL_CHIPS_NRF52_CHIP_H

#include <stdint.h>

struct nrf52_interrupt {
    uint32_t irqn;             /* any, when there is none to serve */
    void (*serve)(void *self); /* clears its events: the line is down afterwards. NULL: none */
    /* Ends what a client that is dead has asked for. NULL: that ends by itself, and soon. */
    void (*stop_dead)(void *self);
    void *self;
};

/* The owner of a client of any interface (NULL: there is no client). */
#define NRF52_OWNER(client) ((client) != NULL ? (client)->owner : NULL)

struct nrf52_interrupts {
    const struct nrf52_interrupt *rows;
    uint32_t count;
};

/* What the factory has given this chip and no other: 64 random bits. */
uint64_t nrf52_device_id(void);

/* ... and 48 random bits for an address of Bluetooth. */
uint64_t nrf52_device_address(void);

/* Both crystals running, instruction cache on. Waits for the crystals: up to half a second of real
 * time for the slow one. */
void nrf52_clocks_start(void);

/* Unmasks the interrupts of the table; nothing else ever interrupts. */
void nrf52_interrupts_enable(const struct nrf52_interrupts *table);

/* A capsule has died: everybody's stop_dead. */
void nrf52_interrupts_stop_dead(const struct nrf52_interrupts *table);

/* Serves everything of the table that is pending, lowest number of the table first, and unmasks it
 * again. */
void nrf52_interrupts_serve(const struct nrf52_interrupts *table);

#endif
