/* sim/cpu/tests/cpu_fixture.h - a CPU with flash at 0, RAM at 0x20000000 (and again at
 * 0x00800000), one device page at
 * 0x40000000, running a guest assembled from tests/guests. */
#ifndef SIM_CPU_TESTS_CPU_FIXTURE_H
#define SIM_CPU_TESTS_CPU_FIXTURE_H

#include "sim/cpu/cpu.h"

#define FIXTURE_FLASH_BYTES   0x10000U
#define FIXTURE_RAM_BASE      0x20000000U
#define FIXTURE_RAM_BYTES     0x10000U
#define FIXTURE_CODE_RAM_BASE 0x00800000U /* the same RAM again */
#define FIXTURE_DEVICE_BASE   0x40000000U
#define FIXTURE_LOG           256

/* Device registers, offsets. */
enum fixture_register {
    DEVICE_VALUE = 0x00,  /* reads 0x100 + how often it was read before; stores are logged */
    DEVICE_EVENT = 0x04,  /* a store schedules `event` so many cycles from now */
    DEVICE_STOP = 0x08,   /* a store asks for a stop */
    DEVICE_STALL = 0x0C,  /* a store stalls the CPU for so many cycles */
    DEVICE_PEND = 0x10,   /* a store raises interrupt line n; bit 31: lowers it */
    DEVICE_BAD = 0x14,    /* answers BUS_FAULT */
    DEVICE_CACHE = 0x18,  /* a store switches the flash's instruction cache */
    DEVICE_BYTES = 0x400, /* beyond: nothing is there */
};

struct fixture_access {
    uint64_t cycle;
    uint32_t pc, address, value;
    uint8_t size_bytes;
    bool write, privileged;
};

struct fixture_exception {
    uint64_t cycle;
    uint32_t exception, from_pc;
    bool returned;
};

struct fixture {
    struct cpu *cpu;
    struct clock clock;
    struct diag diag;
    uint8_t *flash, *ram;
    struct event event;
    uint64_t event_fired_at;
    uint32_t event_count;
    bool event_pends; /* the event pulses interrupt line 0 */
    uint32_t value_reads;
    struct fixture_access log[FIXTURE_LOG]; /* of more accesses the last ones */
    uint32_t log_count;
    struct fixture_exception exception[FIXTURE_LOG];
    uint32_t exception_count;
    struct fault last_fault;
    struct mpu_verdict last_verdict;
    bool last_by_mpu;
    uint32_t last_fault_pc, last_fault_xpsr;
    struct fault first_fault; /* since fault_count was 0 */
    uint32_t first_fault_pc;
    uint32_t fault_count;
    uint32_t resets;
};

struct fixture_options {
    bool count_mpu_hits;
    bool no_fp;
    enum cpu_flash_timing flash_timing;
};

/* cmocka group-independent: each test creates and destroys its own. */
struct fixture *fixture_create(const char *guest, const struct fixture_options *options);
void fixture_destroy(struct fixture *fixture);

/* Starts the guest at case `index` of its table at 0x100, in privileged thread mode. */
void fixture_start(struct fixture *fixture, uint32_t index);

/* Runs as a machine would, firing events and jumping over sleep, until `limit` or a stop other than
 * LIMIT and SLEEP. Sleep with no event left ends it, too. */
enum cpu_stop fixture_run(struct fixture *fixture, uint64_t limit);

uint32_t fixture_word(const struct fixture *fixture, uint32_t address);
void fixture_poke(struct fixture *fixture, uint32_t address, uint32_t value);
struct cpu_regs fixture_regs(const struct fixture *fixture);
uint32_t fixture_reg(const struct fixture *fixture, unsigned index);

#endif
