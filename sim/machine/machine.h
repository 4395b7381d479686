/* sim/machine/machine.h - a board that runs: devices, memory, CPU, time.
 *
 * One arena per machine, sized from the board and the device classes; nothing is allocated after
 * machine_create (the CPU's engine keeps its own). The machine fires events, and lets the CPU run
 * between them; sleep jumps to the next one. Several machines may live side by side.
 *
 * Left out: the outside world's clock. Pacing is the caller's: run in slices.
 */
#ifndef SIM_MACHINE_MACHINE_H
#define SIM_MACHINE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peripherals/catalogue.h"
#include "sim/cpu/cpu.h"
#include "sim/loader/sim_error.h"
#include "sim/loader/tbf.h"
#include "sim/machine/board.h"
#include "sim/machine/irq_jitter.h"
#include "sim/machine/machine_observer.h"
#include "sim/machine/semihosting.h"

struct image;   /* sim/loader/image.h */
struct machine; /* opaque */

struct machine_config {
    const struct board *board; /* must outlive the machine */
    uint64_t seed;
    enum cpu_flash_timing flash_timing;
    struct irq_jitter_config jitter; /* zeroed: interrupts come when they come */
    bool count_mpu_hits;
    bool check_isolation;                  /* compares RAM around every stay in a process */
    const struct catalogue_absent *absent; /* peripherals that are not modelled; must outlive it */
    size_t absent_count;
    /* Undocumented addresses that are accepted quietly; *value is what they read. May be NULL. */
    bool (*quirk)(uint32_t address, uint32_t *value);
};

enum machine_stop {
    MACHINE_STOP_LIMIT,      /* the cycle was reached */
    MACHINE_STOP_REQUESTED,  /* machine_request_stop */
    MACHINE_STOP_STEP,       /* machine_step or machine_run_event is done */
    MACHINE_STOP_BREAKPOINT, /* see cpu.h for these three */
    MACHINE_STOP_WATCHPOINT,
    MACHINE_STOP_BKPT,
    MACHINE_STOP_LOCKUP, /* the core is locked up; machine_reset(RESET_LOCKUP) is what the chip does
                          */
    MACHINE_STOP_OFF,    /* System OFF, and no input is left that could wake it */
    MACHINE_STOP_IDLE,   /* asleep, and nothing but an input can wake it; time is at the limit */
    MACHINE_STOP_EXIT,   /* by semihosting; see machine_exit_status. It stays so */
    MACHINE_STOP_ENGINE, /* simulator error: cpu_error(machine_cpu(m)) */
};

/* Builds the machine; memory erased, not yet reset. NULL with a message on failure. */
struct machine *machine_create(const struct machine_config *config, struct sim_error *error);
void machine_destroy(struct machine *machine);

/* Puts bytes into flash, UICR or RAM as a programmer would. SIM_WRONG_USE when a part of the range
 * does not exist on the board; `name` is for that message, and names the image in snapshots: they
 * fit only machines that were loaded with the same. */
bool machine_load(struct machine *machine, const char *name, uint32_t address, const void *bytes,
                  size_t size, struct sim_error *error);
/* The same for all that a file puts into memory. */
bool machine_load_image(struct machine *machine, const char *name, const struct image *image,
                        struct sim_error *error);

/* Tells where an app was placed, so that processes can be named. `app` is copied; its `path` must
 * outlive the machine. At most PROCESS_WATCH_MAX apps; more are ignored. */
void machine_add_app(struct machine *machine, const struct tbf_app *app);

/* Resets devices and core; `reasons` of enum reset_reason, 0 for power-on. Memory is kept. */
void machine_reset(struct machine *machine, uint32_t reasons);

/* As the reset pin: the chip is reset when the machine goes on, if it has its supply. */
void machine_pull_reset(struct machine *machine);

/* Runs until `cycle` (absolute) or another reason to stop. */
enum machine_stop machine_run(struct machine *machine, uint64_t cycle);
/* The same, but no further than the next event of the clock's queue, or the next input of a chip
 * that is off: MACHINE_STOP_STEP when it has happened. */
enum machine_stop machine_run_event(struct machine *machine, uint64_t cycle);

/* One instruction or exception entry, and the events that it made due. A sleeping core first sleeps
 * until it wakes, but not beyond `cycle` (absolute): then MACHINE_STOP_LIMIT, or MACHINE_STOP_IDLE
 * when nothing but an input can wake it. */
enum machine_stop machine_step(struct machine *machine, uint64_t cycle);

/* Makes machine_run return MACHINE_STOP_REQUESTED soon. May be called from an observer. */
void machine_request_stop(struct machine *machine);

/* Switches semihosting on; `config` is copied. Before the first run. */
void machine_set_semihosting(struct machine *machine, const struct semihosting_config *config);

/* What the guest gave to semihosting's exit, after MACHINE_STOP_EXIT; 0: good. */
uint32_t machine_exit_status(const struct machine *machine);

/* Adds an observer, which is copied. False when there are already MACHINE_OBSERVERS_MAX. */
#define MACHINE_OBSERVERS_MAX 16
bool machine_observe(struct machine *machine, const struct machine_observer *observer);
/* Takes off all observers with this context; between runs. */
void machine_unobserve(struct machine *machine, const void *context);

struct cpu *machine_cpu(struct machine *machine);
struct clock *machine_clock(struct machine *machine);

/* Memory as a debugger sees it: RAM, flash, UICR, device registers (words, without side effects),
 * the System Control Space. Returns how many bytes from `address` on could be read or written.
 * Writes change RAM, flash and UICR only. */
size_t machine_peek(const struct machine *machine, uint32_t address, void *buffer, size_t size);
size_t machine_poke(struct machine *machine, uint32_t address, const void *bytes, size_t size);

#endif
