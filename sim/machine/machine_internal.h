/* sim/machine/machine_internal.h - the machine's own struct, shared by the machine_*.c files. Not
 * for others. */
#ifndef SIM_MACHINE_MACHINE_INTERNAL_H
#define SIM_MACHINE_MACHINE_INTERNAL_H

#include "sim/machine/address_map.h"
#include "sim/machine/diag_log.h"
#include "sim/machine/event_router.h"
#include "sim/machine/input_queue.h"
#include "sim/machine/machine.h"
#include "sim/machine/machine_input.h"
#include "sim/machine/machine_view.h"

#define MACHINE_INPUTS_MAX   8192
#define MACHINE_SLEEPERS_MAX 4
#define MACHINE_IMAGES_MAX   64

/* What was loaded: a snapshot names it. Bytes of one name that come one after the other are one. */
struct machine_image {
    char name[56]; /* of the file, without its folder; cut when it is too long */
    uint64_t hash; /* of addresses and bytes */
};

struct machine_device {
    struct machine *machine; /* context of the device's sink and observer */
    const struct board_device *description;
    const struct device_class *device_class;
    void *self; /* device_class->size_bytes in the arena */
    struct board_props props;
    struct part_memory memory; /* size_bytes 0: it has none */
};

/* The chip's supply, as machine_power.c keeps it. */
struct machine_supply {
    uint64_t back_cycle;   /* while `cut`: when it returns; CLOCK_NEVER: when it is restored */
    uint64_t off_us, seed; /* of a cut that is pending */
    bool cut, cut_pending;
};

/* What changes after machine_create, and does not follow from the rest, is in the snapshot_*.c
 * files.
 */
struct machine {
    struct machine_config config;
    const struct board *board;
    size_t arena_bytes; /* of which this struct is the beginning */
    struct clock clock;
    struct diag diag;
    struct cpu *cpu;

    uint8_t *flash, *ram, *uicr; /* in the arena */
    uint8_t *ram_shadow;         /* for check_isolation, else NULL */
    uint8_t *flash_loaded;       /* the flash as machine_load left it */
    bool *flash_touched;         /* by page: it may differ from that */
    struct machine_image images[MACHINE_IMAGES_MAX];
    size_t image_count; /* any further one is added to the last */
    struct nvm nvm;
    struct pin *pins;
    struct wire_listener pin_listeners[BOARD_PINS_MAX]; /* for observers */
    struct nets nets;
    struct machine_device *devices;
    size_t device_count;
    struct machine_device *flash_controller; /* that takes CPU stores to flash; NULL: none */
    struct machine_device *ppi;              /* that listens to events; NULL: none */
    struct machine_device *access_observer;  /* that wants to know of accesses (MWU); NULL: none */
    struct machine_device *sleepers[MACHINE_SLEEPERS_MAX]; /* that want to know when the core sleeps
                                                            */
    size_t sleeper_count;
    bool asleep;      /* as the devices were told */
    bool told_asleep; /* as the observers were */

    struct address_map map;
    struct event_router router;
    struct irq_jitter jitter; /* one line for each interrupt of the chip, then SysTick's */
    struct input_queue inputs;
    uint64_t text_free_cycle; /* when the serial input line is free again */
    uint64_t refused_inputs;

    struct machine_observer observers[MACHINE_OBSERVERS_MAX];
    size_t observer_count;
    struct diag_log diag_log;
    struct absent absent;
    struct process_watch watch;
    struct semihosting semihosting;

    bool reset_pending, off, stop_requested;
    struct machine_supply supply;
    uint32_t reset_reasons;
    uint64_t reset_count;
    uint64_t isolation_checks, isolation_violations;
};

/* machine_bus.c */
void machine_touch_flash(struct machine *machine, uint32_t address, uint32_t size_bytes);
struct cpu_bus machine_bus_make(struct machine *machine);
struct cpu_observe machine_observe_make(struct machine *machine);
/* Whether some memory is such that the core has to ask before it loads or stores there. */
bool machine_observes_memory(const struct machine *machine);
struct dma_port machine_dma_make(struct machine_device *device);
void machine_trigger_task(void *machine, uint32_t task_address);
void machine_deliver_event(void *machine, uint32_t event_address);
void machine_tell_endless(void *machine);

/* machine_watch.c: the CPU's observer, and everything that goes on to machine observers */
struct exception_observer machine_watch_make(struct machine *machine);
/* `device` moves these bytes; the store of `address` to a register of it. */
void machine_watch_dma(struct machine_device *device, uint32_t address, uint32_t size_bytes,
                       bool is_write);
void machine_watch_aim(const struct machine *machine, const char *device, uint32_t offset,
                       uint32_t address);
void machine_report_diag(void *machine, enum diag_kind kind, const char *device, uint32_t offset,
                         const char *what);
void machine_note(void *machine, const char *device, const char *what, int32_t value);
/* A wire_listener.changed for the pads. */
void machine_tell_pin(void *machine, uint32_t pin, enum wire_level level);
void machine_packet(void *machine, const char *device, uint32_t link_type, const uint8_t *bytes,
                    uint32_t count);
void machine_sent(void *device, uint8_t byte);
void machine_tell_refused(struct machine *machine, const struct queued_input *input);
void machine_tell_reset(struct machine *machine, uint32_t reasons);

/* machine_jitter.c; nothing of it when the configuration asks for none */
uint32_t machine_jitter_lines(const struct machine_config *config);
struct armv7m_gate machine_jitter_gate(struct machine *machine);
struct irq_line machine_jitter_irq(struct machine *machine, uint32_t irqn);

/* machine_power.c */
void machine_cut_power(void *machine, uint64_t off_us, uint64_t seed);
void machine_restore_power(void *machine);
/* What a pending cut does: RAM is lost, all is reset, nothing runs. */
void machine_lose_power(struct machine *machine);
/* When a supply that was cut returns; CLOCK_NEVER: not by itself, or it is there. */
uint64_t machine_power_returns(const struct machine *machine);
/* It is back: asks for the power-on reset. */
void machine_regain_power(struct machine *machine);

/* machine_run.c */
void machine_set_asleep(struct machine *machine, bool asleep);
struct chip_port machine_chip_make(struct machine *machine);
void machine_core_asks_reset(void *machine);
void machine_deliver_input(void *machine, const struct queued_input *input);

#endif
