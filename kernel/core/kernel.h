/*
 * kernel.h - the kernel as a board sees it: one configuration in, never back.
 */
#ifndef KERNEL_CORE_KERNEL_H
#define KERNEL_CORE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/core/scheduler.h"
#include "kernel/hil/credential.h"
#include "kernel/hil/flash.h"
#include "kernel/hil/slice.h"
#include "kernel/hil/uart.h"

#define KERNEL_PROCESS_SLOTS 16u

/* What happens to a process that faults, besides the line that says so. */
enum kernel_fault_policy {
    KERNEL_FAULT_STOP,               /* it stays faulted; its grants and buffers are gone */
    KERNEL_FAULT_STOP_WITH_DEBUG,    /* the same, and its memory, registers and regions are shown */
    KERNEL_FAULT_RESTART,            /* from its beginning */
    KERNEL_FAULT_RESTART_WITH_DEBUG, /* the same, when all that has been shown */
    KERNEL_FAULT_PANIC,              /* the whole kernel stops and says why */
    /* It is started again while it has had no more restarts than the threshold; then the first of
     * these stops it, and the second panics. */
    KERNEL_FAULT_THRESHOLD_RESTART,
    KERNEL_FAULT_THRESHOLD_RESTART_THEN_PANIC,
};

/* The first rule that fits counts. A process that none fits is stopped. */
struct kernel_fault_rule {
    const char *process_name; /* NULL: fits every process */
    enum kernel_fault_policy policy;
    uint32_t threshold; /* of the last two policies */
};

/* What an app's credentials (its footers' hashes and signatures) decide. */
enum kernel_credential_policy {
    KERNEL_CREDENTIALS_IGNORED,  /* every app is loaded */
    KERNEL_CREDENTIALS_NOT_BAD,  /* but those of which a credential is rejected */
    KERNEL_CREDENTIALS_REQUIRED, /* those only of which one is accepted, and none before is rejected
                                  */
};

/* Who checks credentials. A board that names no loader_credentials is linked without that code. */
struct loader_credentials;
struct kernel_credentials {
    const struct hil_credential *checker;
    enum kernel_credential_policy policy;
    const struct loader_credentials *loader; /* &loader_credentials (loader.h) */
};

struct kernel_chip {
    /* Serves every interrupt that is pending, unmasks it again, and returns. */
    void (*serve_interrupts)(void);
    /* Sends the bytes by polling, after whatever the UART is just sending. For boot and panic;
     * needs no interrupt. The bytes may lie anywhere. */
    void (*write_now)(struct const_slice bytes);
    /* A capsule has died. Whatever a device does for one that is dead (its client's owner) ends:
     * buffers are released, the others' turn comes, and it interrupts no more. Called where no
     * driver is in the middle of anything. */
    void (*stop_dead)(void);
};

/* Memory bounds, mostly linker symbols. [start, end). */
struct kernel_bounds {
    const void *text_start, *text_end;
    const void *capsules_start, *capsules_end; /* of it, what capsules are compiled to */
    const void *stack_start, *stack_end;
    const void *data_start, *data_end;
    const void *app_flash_start, *app_flash_end; /* the apps, one TBF after the other */
    const void *app_ram_start, *app_ram_end;     /* shared out to them */
};

/* Everything is borrowed for ever; meant to be one static const object. */
struct kernel_config {
    struct const_slice board_name;
    struct kernel_bounds bounds;
    const struct kernel_chip *chip;
    const struct driver *drivers; /* looked up in this order: the busiest first */
    uint32_t driver_count;
    const struct kernel_fault_rule *fault_rules;
    uint32_t fault_rule_count;
    const struct scheduler *scheduler; /* NULL: scheduler_round_robin */
    uint32_t slice_us;                 /* of round robin: 10,000 unless there is a reason, at most
                                          250,000 */
    const struct hil_uart *debug_uart; /* the kernel's own texts; NULL: chip->write_now always */
    bool report_loading;               /* a line per app; refusals are reported always */
    bool enforce_permissions;          /* an app with a permissions TLV gets nothing else */
    const struct kernel_credentials *credentials; /* NULL: the policy is IGNORED */
    const struct hil_flash *app_flash; /* the memory from bounds.app_flash_start on, all of it;
                                          NULL: apps are not installed at run time */
};

/* Forgets everything, then takes the configuration. Before any capsule is set up. */
void kernel_init(const struct kernel_config *config);

/* What a loss of power has left of an installation is brought to its end or undone. After the
 * board's devices are set up, before apps are loaded. Takes as long as the flash needs. */
void kernel_recover_apps(void);

/* Says hello, finds the apps in flash and makes processes of them, in the order of their addresses,
 * but for those with a ShortId, of which the best comes at the place of the first (loader.h). From
 * the first app on whose credentials have to be checked, that goes on from the main loop, where the
 * apps before it run already. */
void kernel_load_processes(void);

/* Does all work that is pending, then runs one process for at most a slice. False when there was
 * nothing to do. (kernel_run and tests.) */
bool kernel_step(void);

/* The main loop. */
_Noreturn void kernel_run(void);

#endif
