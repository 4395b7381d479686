/*
 * kernel_fixture.h - the core on the host: its memory at the target's addresses, a fake
 * architecture that runs nothing but what a test tells it, three drivers besides the core's own,
 * and apps made on the spot.
 */
#ifndef KERNEL_CORE_TESTS_KERNEL_FIXTURE_H
#define KERNEL_CORE_TESTS_KERNEL_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/arch.h"
#include "kernel/capsule/grant.h"
#include "kernel/core/kernel_internal.h"

#define FIXTURE_FLASH       0x00030000u
#define FIXTURE_FLASH_BYTES 0x10000u
#define FIXTURE_RAM         0x20000000u
#define FIXTURE_RAM_BYTES   0x10000u

/* Drivers: one with a grant, one whose grant no process has room for, one without. */
#define FIXTURE_DRIVER       0x1234u
#define FIXTURE_DRIVER_HUGE  0x2345u
#define FIXTURE_DRIVER_PLAIN 0x3456u
#define FIXTURE_UPCALLS      3u
#define FIXTURE_READ_ONLY    2u
#define FIXTURE_READ_WRITE   1u
struct fixture_data {
    uint32_t value;
    uint8_t bytes[20];
};
extern const struct grant *const fixture_grant, *const fixture_huge_grant;
/* Whose FIXTURE_DRIVER is, and where capsules' code would lie. */
extern const struct capsule *const fixture_capsule;
#define FIXTURE_CAPSULES       0x00001000u
#define FIXTURE_CAPSULES_BYTES 0x1000u

/* What FIXTURE_DRIVER does with a command, and what it saw. NULL: success. */
typedef command_return (*fixture_command)(struct process_id id, uint32_t command,
                                          uint32_t argument0, uint32_t argument1);

#define FIXTURE_ABANDONED 0xABA4D04Eu /* the return address of a landing whose caller died */

struct fixture {
    struct kernel_config config; /* change it, then fixture_boot */
    struct kernel_fault_rule fault_rule;
    fixture_command command;
    uint32_t flash_used;
    uint32_t apps;
    /* The fake architecture. */
    enum arch_stop (*run)(struct process *process); /* what a process does until it stops */
    uint32_t runs, mpu_loads, slices_started, interrupts_served, stops_of_the_dead;
    uint32_t ticks_given, ticks_used; /* of the clock, since it was started */
    const void *mpu_loaded;
    void (*on_interrupt)(void);
    uint32_t ticks;   /* of the counter that the read-only state shows */
    char text[16384]; /* everything written */
};
extern struct fixture fixture;

/* Maps the memory once, forgets everything else. cmocka setup function. */
int fixture_setup(void **state);

struct fixture_app {
    const char *name;
    uint32_t total_size;  /* 0: 1024 */
    uint32_t minimum_ram; /* 0: 1024 */
    const uint8_t *extra; /* further TLVs, a multiple of 4 bytes */
    uint32_t extra_bytes;
    uint32_t short_id; /* 0: none */
    uint32_t version;  /* not 0: a Program, of this version, instead of Main */
    const uint8_t *footers;
    uint32_t footer_bytes; /* with a version only */
};
/* Puts an app behind the ones that are there; returns its address. */
uint32_t fixture_add_app(const struct fixture_app *app);

/* kernel_init and loading. */
void fixture_boot(void);
/* fixture_add_app with defaults and fixture_boot: process 0. */
struct process *fixture_boot_one(void);
/* The same, and interrupts are served. */
struct process *fixture_boot_to_main_loop(void);

/* The process is in the middle of a command of that driver. */
void fixture_begin_command(struct process *process, uint32_t driver);
/* The fault handler's question: whether a fault at pc is a capsule's trap. */
#define FIXTURE_TRAP_PC    (FIXTURE_CAPSULES + 0x10u)
#define FIXTURE_UNDEFINSTR 0x00010000u
bool fixture_take_trap(uint32_t pc, uint32_t cfsr, uint32_t hfsr);

/* The process executes SVC `class` with these registers; returns the frame after the call. */
struct arch_frame *fixture_call(struct process *process, uint32_t class, uint32_t r0, uint32_t r1,
                                uint32_t r2, uint32_t r3);

/* An address in its flash that a function may have, and the break's usual place: all of its RAM. */
uint32_t fixture_function(const struct process *process);
void fixture_grow(struct process *process, uint32_t bytes);

/* True when `action` makes the kernel panic. */
bool fixture_panics(void (*action)(void *), void *argument);

/* Access to the grant's data for tests. Returns the error of grant_enter, and the value. */
int fixture_enter(struct process_id id, uint32_t *value, uint32_t new_value);

#endif
