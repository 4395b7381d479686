/* sim/cpu/unicorn_engine.h - one Unicorn engine that runs ARMv7-M Thumb code over host memory.
 *
 * The library is known to this and its neighbours unicorn_*.c only. It runs code and asks its
 * client about everything else: what each 1 KiB page allows (fill), every access to a guarded page
 * before it happens (guard), and the data of guarded pages. Guarded pages are mapped to an alias
 * range of the engine's physical addresses, 4 GiB above the guest's own, that is backed by
 * callbacks and has no permissions, so that every access is asked about, with an exact PC.
 *
 * Left out: exceptions, time, the MPU. An engine never changes exception state by itself.
 */
#ifndef SIM_CPU_UNICORN_ENGINE_H
#define SIM_CPU_UNICORN_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mpu_model/mpu_model.h"
#include "sim/cpu/cpu_regs.h"

#define ENGINE_PAGE_BYTES 1024U

struct uc_struct; /* the library's engine, passed through to hooks */
struct engine;    /* opaque */

enum engine_page_kind {
    ENGINE_PAGE_REFUSED, /* ends the run with ENGINE_REFUSED, the instruction not executed */
    ENGINE_PAGE_DIRECT,  /* the memory given to engine_create at this address */
    ENGINE_PAGE_GUARDED, /* guard, then guarded_read or guarded_write, for every access */
};

struct engine_page {
    enum engine_page_kind kind;
    bool read, write, fetch; /* what the translation is good for; anything else asks again */
};

enum engine_answer {
    ENGINE_REFUSE,
    ENGINE_ALLOW,         /* the instruction lies in no IT block */
    ENGINE_ALLOW_MAYBE_IT /* it may */
};

struct engine_access {
    uint32_t pc, address; /* the address is a multiple of the size */
    uint8_t size_bytes;   /* 1, 2 or 4 */
    bool write, privileged;
};

/* All callbacks run inside engine_run. They may call the engine_get_* functions and engine_stop,
 * nothing else of this header. */
struct engine_client {
    /* Before each block. May call engine_stop: the block is not run then. */
    void (*block)(struct uc_struct *uc, uint64_t address, uint32_t size_bytes, void *context);
    /* Before each instruction; NULL: not wanted. engine_stop is ignored inside an IT block. */
    void (*instruction)(struct uc_struct *uc, uint64_t address, uint32_t size_bytes, void *context);
    /* What may be done with the page of `address`. Asked once and remembered until a flush, for
     * each privilege. PC is exact. */
    struct engine_page (*fill)(void *context, uint32_t address, enum mpu_access access);
    /* A guarded access is about to happen; PC and registers are those before the instruction.
     * ENGINE_REFUSE ends the run with ENGINE_REFUSED. `size_bytes` is 1, 2, 4 or 8, `address` has
     * any alignment. An unaligned store comes as a whole first, then each of its bytes; one that
     * crosses from a direct page as bytes only. */
    enum engine_answer (*guard)(void *context, uint32_t address, uint8_t size_bytes, bool write,
                                uint64_t value);
    /* The data, in aligned pieces of at most 4 bytes. A piece of a load that crosses from a direct
     * page comes without guard. PC is stale here. */
    uint32_t (*guarded_read)(void *context, uint32_t address, uint8_t size_bytes);
    void (*guarded_write)(void *context, uint32_t address, uint8_t size_bytes, uint32_t value);
    /* A whole guarded access, instead of guard and the data's callback: a short way for what is
     * seen again and again. The engine's PC is stale, `access` has it. False: refused; guard is
     * called again for the same access, and must refuse it. May never be called. */
    bool (*access)(void *context, const struct engine_access *access, uint32_t *value);
    void *context;
};

struct engine_memory {
    uint32_t base, size_bytes; /* multiples of 4 kB */
    uint8_t *host;             /* borrowed, for the life of the engine */
};

enum engine_end {
    ENGINE_STOPPED,    /* engine_stop; PC is the next instruction */
    ENGINE_SLEEP,      /* WFI was executed; PC is after it */
    ENGINE_REFUSED,    /* fill or guard refused; PC on the instruction, or the fetch address */
    ENGINE_SVC,        /* PC is after the instruction */
    ENGINE_BKPT,       /* PC on the instruction */
    ENGINE_EXC_RETURN, /* PC is the EXC_RETURN value with bit 0 clear */
    ENGINE_INVALID,    /* PC on the instruction; after it for WFE and YIELD */
    ENGINE_NOCP,       /* a coprocessor that does not exist; PC on the instruction */
    ENGINE_UNALIGNED,  /* an exclusive access at an odd place; PC on the instruction */
    ENGINE_FAILED,     /* engine_error says why */
};

/* NULL when the library refuses; *message then says why (constant text). */
struct engine *engine_create(const struct engine_client *client, const struct engine_memory *memory,
                             uint32_t memory_count, const char **message);
void engine_destroy(struct engine *engine);

/* Runs from the current PC until something ends it. */
enum engine_end engine_run(struct engine *engine);
/* From a callback: end the run at the next boundary that the callback's contract allows. */
void engine_stop(struct engine *engine);
/* From the block hook. The library does not look at a stop while ITSTATE is live, and a branch out
 * of the middle of an IT block (UNPREDICTABLE, but a guest may) can keep it so for ever. True: a
 * stop was asked for in this run and this block starts nevertheless; it is unlinked, so that the
 * run ends behind it. */
bool engine_insist(struct engine *engine, uint32_t address, uint32_t size_bytes);
/* From the instruction hook, for every instruction inside an IT block: the library leaves ITSTATE
 * behind after calling the hook, and the next block would run conditionally. */
void engine_cure_it_leak(struct engine *engine);
const char *engine_error(const struct engine *engine);

uint32_t engine_get_pc(const struct engine *engine);
uint32_t engine_get_xpsr(const struct engine *engine);
/* As the running code's MRS would read them: 0 while it is unprivileged, CONTROL excepted. */
struct engine_special {
    uint32_t control, primask, faultmask, basepri;
};
struct engine_special engine_get_special(const struct engine *engine);
/* In a callback or at rest, while the code is privileged: MSR leaves bits in BASEPRI and the stack
 * pointers that a core does not have. Keeps `basepri_bits` of the one, and words of the others. */
void engine_trim_special(struct engine *engine, uint32_t basepri_bits);

/* Between runs only. All but s0-s31 and FPSCR; reading disturbs the engine's banked state and puts
 * it back. */
void engine_read_regs(struct engine *engine, struct cpu_regs *regs);
void engine_read_fp(const struct engine *engine, struct cpu_regs *regs); /* s0-s31, FPSCR */
/* `fp`: also s0-s31 and FPSCR, left alone otherwise. */
void engine_write_regs(struct engine *engine, const struct cpu_regs *regs, bool fp);
/* r0-r12, r13 of the running mode, lr, pc: enough to compute an address. */
void engine_get_core_regs(const struct engine *engine, uint32_t r[16]);

/* One of r0-r12, r13 of the running mode, lr. */
uint32_t engine_get_reg(const struct engine *engine, unsigned index);

/* At rest only. From now on `hook` is called before the instruction at `address` as the client's
 * instruction hook would be. Each makes all of them slower, and nothing else. False: the library
 * refuses; else *handle (if wanted) undoes it. */
bool engine_watch_instruction(struct engine *engine, uint32_t address,
                              void (*hook)(struct uc_struct *uc, uint64_t address,
                                           uint32_t size_bytes, void *context),
                              void *context, size_t *handle);
void engine_unwatch_instruction(struct engine *engine, uint32_t address, size_t handle);

/* All state of the core, the exclusive monitor included. Both engines are at rest. */
void engine_copy_state(struct engine *to, const struct engine *from);

/* At rest only. Opens the local exclusive monitor, as CLREX does. r15 and XPSR are lost: write the
 * registers afterwards. Runs code, so the block and instruction hooks are called once; they must
 * not stop the engine at ENGINE_MONITOR_ADDRESS. */
#define ENGINE_MONITOR_ADDRESS 0xE00FF000U
#define ENGINE_MONITOR_BYTES   64U /* where that code is */
void engine_clear_exclusive(struct engine *engine);

/* The local exclusive monitor, for a snapshot; both at rest only. To get it leaves everything as it
 * is but runs code the first time, as above. To set it runs a load-exclusive: all registers are
 * lost. */
struct engine_monitor {
    bool set;
    uint32_t address; /* of the load-exclusive */
    uint32_t value;   /* that it read, extended with zeros */
};
struct engine_monitor engine_get_monitor(struct engine *engine);
void engine_set_monitor(struct engine *engine, uint32_t address, uint32_t value);

/* At rest only. Forgets every page verdict. */
void engine_flush_pages(struct engine *engine);
/* At rest only. Forgets code translated from the range; implies engine_flush_pages. */
void engine_forget_code(struct engine *engine, uint32_t address, uint32_t size_bytes);

#endif
