/* sim/cpu/tests/exception_fixture.h - a core with flat memory and no engine, for the tests of
 * exceptions.
 *
 * Memory: vectors at 0 (1 kB), RAM at RAM_BASE. Every vector is HANDLER(exception); thread code is
 * at THREAD_PC. Reads and writes anywhere else are bus errors.
 */
#ifndef SIM_CPU_TESTS_EXCEPTION_FIXTURE_H
#define SIM_CPU_TESTS_EXCEPTION_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/cpu/exception.h"

#define RAM_BASE   0x20000000U
#define RAM_BYTES  0x10000U
#define MSP_START  0x20008000U
#define PSP_START  0x20004000U
#define THREAD_PC  0x00001000U
#define IRQ_COUNT  39U
#define HANDLER(n) (0x00002000U + 0x10U * (n))
#define IRQ(n)     (16U + (n))

/* Registers of the System Control Space, offsets as the bus gives them. */
#define SCS(offset) (0x0000E000U + (offset))
#define SHCSR       SCS(0xD24U)
#define CFSR        SCS(0xD28U)
#define HFSR        SCS(0xD2CU)
#define MMFAR       SCS(0xD34U)
#define BFAR        SCS(0xD38U)
#define ICSR        SCS(0xD04U)
#define AIRCR       SCS(0xD0CU)
#define SCR         SCS(0xD10U)
#define CCR         SCS(0xD14U)
#define DEMCR       SCS(0xDFCU)

struct fixture {
    struct clock clock;
    struct diag diag;
    struct armv7m core;
    struct cpu_regs regs;
    struct exception_unit unit;
    uint32_t vectors[256];
    uint32_t ram[RAM_BYTES / 4];
    uint32_t attention_count;
    uint32_t entered_count, returned_count, faulted_count;
    struct fault last_fault;
    uint32_t last_from_pc;
    uint32_t cycles; /* of the last call */
};

/* Fresh out of reset: privileged thread code on the MSP, every register with a value of its own. */
struct fixture *fixture_new(void);
void fixture_free(struct fixture *f);

/* Guest access as privileged code. */
uint32_t reg_read(struct fixture *f, uint32_t offset);
void reg_write(struct fixture *f, uint32_t offset, uint32_t value);
uint32_t ram_word(const struct fixture *f, uint32_t address);
void set_ram_word(struct fixture *f, uint32_t address, uint32_t value);

/* Enables an external interrupt with a priority byte, and pulses its line. */
void irq_enable(struct fixture *f, uint32_t irqn, uint8_t priority);
void irq_pulse(struct fixture *f, uint32_t irqn);

/* Enables MemManage, BusFault, UsageFault and DebugMonitor, all with this priority byte. */
void faults_enable(struct fixture *f, uint8_t priority);

/* Unprivileged thread code on the PSP. */
void to_process(struct fixture *f);

/* Enters the handler of an exception by making it pending; it has to be taken. */
void enter(struct fixture *f, uint32_t exception);

/* The calls under test; cycles go to f->cycles. */
enum exception_outcome poll(struct fixture *f);
enum exception_outcome fault(struct fixture *f, enum fault_kind kind, uint32_t address);
enum exception_outcome svc(struct fixture *f);
enum exception_outcome leave(struct fixture *f, uint32_t exc_return);

uint32_t ipsr(const struct fixture *f);

/* One MPU region: a power of two of bytes, aligned; ap as in RASR. Switches the MPU on with
 * PRIVDEFENA. */
void mpu_region(struct fixture *f, uint32_t region, uint32_t base, uint32_t bytes, uint32_t ap);

#endif
