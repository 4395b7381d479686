/* peripherals/armv7m/nvic.h - the state of every exception (enabled, pending, active, priority) and
 * the NVIC's registers. Reference: ARMv7-M ARM, B1.5.3, B1.5.4, B3.4.
 *
 * Exceptions are numbered as in IPSR: 2 NMI, 3 HardFault, ..., 16 is external interrupt 0. External
 * lines are levels. A rising line makes its interrupt pending, and it stays so until it is entered
 * or software clears it; a line that is still high when its handler returns, or when software
 * clears the pending bit of an interrupt that is not active, makes it pending again.
 */
#ifndef PERIPHERALS_ARMV7M_NVIC_H
#define PERIPHERALS_ARMV7M_NVIC_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/iface/bus.h"
#include "peripherals/iface/diag.h"

#define NVIC_EXCEPTION_COUNT 256
#define NVIC_EXCEPTION_IRQ0  16U
#define NVIC_WORDS           (NVIC_EXCEPTION_COUNT / 32)

/* What nvic_active_priority() gives when nothing is active: below every configurable priority. */
#define NVIC_PRIORITY_THREAD 256

struct nvic_config {
    uint32_t irq_count;     /* 0..240 */
    uint32_t priority_bits; /* 1..8, the upper bits of the priority byte */
    struct diag *diag;
    /* Something changed that may matter to "what runs next". `became_pending`: an exception that
     * was not pending is now (SCR.SEVONPEND). May be NULL. */
    void (*changed)(void *context, bool became_pending);
    /* Software clears the pending bit of `exception`, set or not. May be NULL. */
    void (*cleared)(void *context, uint32_t exception);
    void *context;
};

/* Bit maps by exception number. */
struct nvic_state {
    uint32_t enabled[NVIC_WORDS]; /* the ones that cannot be disabled are always set */
    uint32_t pending[NVIC_WORDS];
    uint32_t active[NVIC_WORDS];
    uint32_t line[NVIC_WORDS]; /* level of each external line */
    uint8_t priority[NVIC_EXCEPTION_COUNT];
    uint32_t current; /* the exception that runs now, as IPSR; 0: thread mode. Kept by
                         sim/cpu/exception.c */
};

struct nvic {
    struct nvic_config config;
    struct nvic_state state;
};

void nvic_init(struct nvic *nvic, const struct nvic_config *config);

/* All lines are taken as low until their devices drive them again. */
void nvic_reset(struct nvic *nvic);

/* The level of an external line; irqn >= irq_count is ignored. */
void nvic_set_line(struct nvic *nvic, uint32_t irqn, bool level);

bool nvic_is_enabled(const struct nvic *nvic, uint32_t exception);
bool nvic_is_pending(const struct nvic *nvic, uint32_t exception);
bool nvic_is_active(const struct nvic *nvic, uint32_t exception);
void nvic_set_enabled(struct nvic *nvic, uint32_t exception, bool enabled);
void nvic_set_pending(struct nvic *nvic, uint32_t exception);
void nvic_clear_pending(struct nvic *nvic, uint32_t exception);
/* Only sets or clears the active bit (SHCSR). */
void nvic_set_active(struct nvic *nvic, uint32_t exception, bool active);

/* Something outside that decides about preemption has changed (AIRCR.PRIGROUP): calls `changed`. */
void nvic_touch(struct nvic *nvic);

/* Entry: not pending any more, active. */
void nvic_enter(struct nvic *nvic, uint32_t exception);
/* Return: not active any more; pending if its line is still high. */
void nvic_leave(struct nvic *nvic, uint32_t exception);
/* A late arrival took its place before it ran: pending again, not active. */
void nvic_unenter(struct nvic *nvic, uint32_t exception);

/* -3 Reset, -2 NMI, -1 HardFault, else the priority byte. */
int32_t nvic_priority(const struct nvic *nvic, uint32_t exception);
/* Writes the priority byte; unimplemented bits are dropped, exceptions without one are left alone.
 */
void nvic_set_priority(struct nvic *nvic, uint32_t exception, uint8_t priority);
/* The implemented bits of a priority byte. */
uint32_t nvic_priority_mask(const struct nvic *nvic);
/* The part of a priority that decides about preemption (AIRCR.PRIGROUP 0..7). Negative ones are
 * kept. */
int32_t nvic_group_priority(int32_t priority, uint32_t prigroup);

/* The enabled pending exception that comes first: lowest priority value, then lowest number. 0:
 * none. */
uint32_t nvic_highest_pending(const struct nvic *nvic);
/* The group priority of what is active, or NVIC_PRIORITY_THREAD. */
int32_t nvic_active_priority(const struct nvic *nvic, uint32_t prigroup);
uint32_t nvic_active_count(const struct nvic *nvic);
/* True when any external interrupt is pending, enabled or not. */
bool nvic_irq_pending(const struct nvic *nvic);

/* Register access, offsets from 0xE000E000: ICTR 0x004, ISER..IPR 0x100-0x4EF, STIR 0xF00. */
bool nvic_owns(uint32_t offset);
uint32_t nvic_peek(const struct nvic *nvic, uint32_t offset);
enum bus_result nvic_read(struct nvic *nvic, struct bus_access access, uint32_t *value);
enum bus_result nvic_write(struct nvic *nvic, struct bus_access access, uint32_t value);

#endif
