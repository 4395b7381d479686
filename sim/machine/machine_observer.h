/* sim/machine/machine_observer.h - what a machine tells those who watch it: traces, the terminal,
 * a debugger, accounts. Callbacks may read the machine (machine_view.h) and must not change it,
 * except for machine_request_stop(). Any callback may be NULL. */
#ifndef SIM_MACHINE_MACHINE_OBSERVER_H
#define SIM_MACHINE_MACHINE_OBSERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "peripherals/iface/diag.h"
#include "sim/cpu/cpu_regs.h"
#include "sim/cpu/exception.h"

#define MACHINE_NO_PROCESS (-1) /* the kernel, or any firmware without processes */

/* A message about the guest; each is told once. */
struct machine_diag {
    enum diag_kind kind;
    const char *device;
    uint32_t offset;  /* register */
    const char *what; /* a constant sentence without a full stop */
    uint32_t pc;      /* where the guest was */
};

/* A system call of a process, at its SVC. */
struct machine_syscall {
    int process;
    uint32_t call_class; /* the SVC's immediate */
    uint32_t argument[4];
    uint32_t pc; /* after the SVC */
};

enum machine_access { MACHINE_ACCESS_READ, MACHINE_ACCESS_WRITE, MACHINE_ACCESS_FETCH };

/* A fault that an instruction ran into, before its handler is entered. */
struct machine_fault {
    int process;
    enum fault_kind kind;
    bool address_valid;
    uint32_t address; /* the exact first refused byte */
    enum machine_access access;
    uint32_t pc, sp, lr;
    const struct mpu_verdict *verdict; /* NULL: the MPU did not decide */
};

/* A device's own access (EasyDMA, which no MPU sees) to memory that is open to a process and that
 * the process has not offered to the kernel. */
struct machine_dma {
    const char *device;
    int process; /* whose memory it is */
    uint32_t address, size_bytes;
    bool is_write;
};

/* A store to a register of a device whose value is the address of such memory: before the store
 * has an effect. */
struct machine_aim {
    const char *device;
    int process;
    uint32_t offset; /* of the register */
    uint32_t address;
};

struct machine_observer {
    /* A part changed: "led0", "on". */
    void (*note)(void *context, const char *device, const char *what, int32_t value);
    /* What stands on a pin of the chip (port * 32 + pin) has become high or low: its pad, see
     * peripherals/iface/wire.h. */
    void (*pin_changed)(void *context, uint32_t pin, bool high);
    /* A frame on a medium, as device_env's observer has it (peripherals/iface/device.h). */
    void (*packet)(void *context, const char *device, uint32_t link_type, const uint8_t *bytes,
                   uint32_t count);
    /* A serial device sent a byte; called at the cycle the stop bit ends. */
    void (*sent)(void *context, const char *device, uint8_t byte);
    void (*diag)(void *context, const struct machine_diag *diag);
    void (*entered)(void *context, uint32_t exception, const struct cpu_regs *regs,
                    uint32_t from_pc);
    void (*returned)(void *context, uint32_t exception, const struct cpu_regs *regs);
    /* An exception return ended in interrupted code, which goes on with these registers. */
    void (*resumed)(void *context, const struct cpu_regs *regs);
    void (*faulted)(void *context, const struct machine_fault *fault);
    void (*called)(void *context, const struct machine_syscall *call);
    /* A process was entered for the first time since its (re)start. */
    void (*started)(void *context, int process);
    /* A byte of RAM that is not the process's changed while it ran. */
    void (*trespassed)(void *context, int process, uint32_t address);
    void (*dma_trespassed)(void *context, const struct machine_dma *dma);
    void (*aimed)(void *context, const struct machine_aim *aim);
    /* A device does not know an input that came for it. */
    void (*refused)(void *context, const char *device, const char *what);
    /* From now on no instruction runs (the core sleeps, or the chip is off), or again one does. */
    void (*slept)(void *context, bool asleep);
    /* The chip is about to be reset, for these reasons (enum reset_reason). */
    void (*reset)(void *context, uint32_t reasons);
    void *context;
};

#endif
