/* sim/cpu/cpu_internal.h - how the run loop is put together; private to sim/cpu.
 *
 * Two engines share the host's memory. The fast one runs blocks; a hook before each block adds up
 * its cycles and stops before one that must not run unexamined. The close one calls a hook before
 * every instruction: it finishes a block up to an exact boundary, steps, and completes an
 * instruction whose device access ended a run.
 */
#ifndef SIM_CPU_CPU_INTERNAL_H
#define SIM_CPU_CPU_INTERNAL_H

#include "sim/cpu/access_decode.h"
#include "sim/cpu/block_cache.h"
#include "sim/cpu/cpu.h"
#include "sim/cpu/unicorn_engine.h"

#define CPU_BREAKPOINTS 32
#define CPU_WATCHPOINTS 32
#define CPU_KEPT        34 /* accesses that one instruction can make, with room */
#define CPU_CHANGES     16
#define CPU_SITES       256

#define CPU_TIMED        64
#define CPU_TIMED_WANTED 16
#define CPU_TIMED_MISSED 20000 /* then the table is emptied: what is hot comes back at once */

/* Where in time and code the engine is. A block is admitted as a whole when it starts; what did not
 * run of it is taken back when the run ends inside it. */
struct cpu_timeline {
    uint64_t cycles; /* when the admitted block ends; a taken branch comes on top */
    uint64_t gate;   /* a block that could end at or after this is examined first; 0: every block */
    uint64_t instructions;
    const struct block *block; /* the admitted one; &none: `cycles` is exact */
    struct block none;         /* its `end` is the next PC, `taken` what a jump from there adds */
    uint64_t deadline;         /* no instruction starts at or after this */
    /* The instruction at `variable_pc` has added so much to `cycles`, which was then at
     * `variable_end`: not yet at its own start. */
    uint64_t variable_end;
    uint32_t variable_pc, variable_extra;
};

/* Work that waits for the engine to be at rest. */
enum cpu_work {
    CPU_WORK_POLL = 1 << 0,  /* an exception may be taken */
    CPU_WORK_PAGES = 1 << 1, /* page verdicts are stale */
    CPU_WORK_CODE = 1 << 2,  /* `changes` lists code that is stale */
    CPU_WORK_GATES = 1 << 3, /* which blocks need care has changed */
    CPU_WORK_STOP = 1 << 4,
    CPU_WORK_RESET = 1 << 5,
    CPU_WORK_WATCH = 1 << 6,
    CPU_WORK_STALL = 1 << 7,
    CPU_WORK_FLAGS = 1 << 8, /* cpu_gated_flags() has changed */
    CPU_WORK_SITES = 1 << 9, /* `sites` has grown */
    CPU_WORK_TIMED =
        1 << 10, /* `timed.wanted` lists instructions whose time the fast engine tells */
    CPU_WORK_CACHE = 1 << 11, /* flash_cache_wanted */
};
/* What must end the run right after the instruction; the rest waits for the end of the block. */
#define CPU_WORK_AT_ONCE                                                                           \
    (CPU_WORK_POLL | CPU_WORK_GATES | CPU_WORK_STOP | CPU_WORK_RESET | CPU_WORK_WATCH |            \
     CPU_WORK_STALL | CPU_WORK_FLAGS | CPU_WORK_CACHE)

/* Blocks with these, while they are gated, are stepped: each instruction is examined first. */
#define CPU_STEPPED_FLAGS (CYCLE_FP | CYCLE_DIVIDE | CYCLE_MEMORY | CYCLE_CONTROL)

/* How to go on. */
enum cpu_mode {
    CPU_MODE_FAST,
    CPU_MODE_TAIL, /* close engine, to the deadline or the end of the block */
    CPU_MODE_STEP, /* close engine, one instruction */
};

/* Why an engine refused. */
enum cpu_refusal_kind {
    CPU_REFUSAL_NONE,
    CPU_REFUSAL_FETCH, /* `fault` says which */
    CPU_REFUSAL_PAGE,  /* data, the whole page: the exact address follows from the instruction */
    CPU_REFUSAL_DATA,  /* data: `fault` is complete */
    CPU_REFUSAL_RETRY, /* code in RAM for the first time: flush, then again */
    CPU_REFUSAL_CLOSE, /* the access is done and kept: finish the instruction in the close engine */
};

struct cpu_refusal {
    enum cpu_refusal_kind kind;
    enum mpu_access access;
    bool privileged;
    bool by_mpu;
    bool crossing; /* the second half of a load: PC is not exact */
    uint32_t page; /* CPU_REFUSAL_PAGE */
    struct fault fault;
    struct mpu_verdict verdict;
};

/* Device accesses of the instruction at `pc` that started at `cycle`: never made twice. */
struct cpu_kept {
    uint64_t cycle;
    uint32_t pc;
    uint32_t count;
    struct {
        uint32_t address, value;
        bool write;
    } access[CPU_KEPT];
};

/* What the MPU has allowed, for 32 bytes at a time: its finest grain. Emptied when the MPU changes.
 */
#define CPU_GRAIN_BYTES 32U
#define CPU_GRAINS      64
struct cpu_grain {
    uint32_t number;  /* address / CPU_GRAIN_BYTES + 1; 0: empty */
    uint32_t epoch;   /* cpu.grain_epoch when it was learnt; another one: empty */
    uint32_t allowed; /* bit 2 * privileged + access, reads and writes */
};

/* Instructions of variable time (divisions, long ones inside IT blocks) that the fast engine calls
 * a hook for. A block with another one of them runs in the close engine. */
struct cpu_timed_site {
    struct cpu *cpu; /* NULL: not in use */
    uint32_t address;
    bool divides;
    struct cycle_divide divide;
    size_t handle;
};
struct cpu_timed {
    struct cpu_timed_site site[CPU_TIMED];
    uint32_t count; /* in use */
    uint32_t wanted[CPU_TIMED_WANTED];
    uint32_t wanted_count;
    uint32_t missed; /* how often the table was found full */
};

struct cpu_watch {
    uint32_t address, size_bytes;
    enum cpu_watch_kind kind;
};

struct cpu_debug {
    uint32_t breakpoint[CPU_BREAKPOINTS];
    uint32_t breakpoint_count;
    struct cpu_watch watch[CPU_WATCHPOINTS];
    uint32_t watch_count;
    struct cpu_watch_hit hit;
    bool hit_valid;
    bool attached;
    bool semihosting;
    bool resume_valid; /* the run stopped at the breakpoint at `resume`: run that instruction now */
    uint32_t resume;
};

/* What the guest's own debug monitor watches, as its registers say. */
struct cpu_monitor_events {
    bool code;           /* some instruction, or each (MON_STEP) */
    bool data;           /* some data */
    uint64_t next_cycle; /* at which CYCCNT matches; UINT64_MAX: never */
    /* The instruction that is about to run: */
    uint32_t pc;
    uint64_t exceptions; /* how many there had been */
    bool matches, steps; /* raises an event by its address; by MON_STEP */
};

/* Host memory with what is known of its pages. */
struct cpu_region {
    struct cpu_memory memory;
    uint32_t same_as;   /* the first region over this host memory: what follows is shared with it */
    uint8_t *code;      /* a bit for each halfword that was executed */
    uint8_t *code_page; /* per 1 KiB page: enum cpu_page_flag */
};
enum cpu_page_flag {
    CPU_PAGE_CODE = 1 << 0, /* RAM that was executed: stores are watched */
    CPU_PAGE_CUT = 1 << 1,  /* an MPU boundary cut it for a fetch once: its blocks are examined */
};

/* What decides how the guest goes on after a run has ended is also in cpu_snapshot.h; the rest must
 * follow from it, or be set right by cpu_restore. */
struct cpu {
    struct cpu_timeline time; /* these two first: every block needs them */
    struct block_cache blocks;
    struct cpu_config config;
    struct armv7m core;
    struct cpu_region region[CPU_MEMORY_MAX];

    struct engine *fast, *close;
    bool fast_stale, close_stale; /* their page verdicts are: flushed before the next use */
    struct engine *active;        /* holds the registers, unless regs_held */

    /* Always current: control, masks, IPSR. All of it: while regs_held. */
    struct cpu_regs regs;
    bool regs_held;
    bool fp_held;
    bool fpca_forced;       /* the engine has CONTROL.FPCA set, the core has not */
    uint32_t return_left;   /* cycles of an exception return that have not passed yet */
    uint32_t fp_store_done; /* cycles that the deferred store of FP words has had so far */
    struct exception_unit unit;
    struct mpu_context context; /* of the running code */
    struct cpu_grain grain[CPU_GRAINS];
    uint32_t grain_epoch;

    unsigned work; /* enum cpu_work bits */
    enum cpu_mode mode;
    uint32_t steps_left;  /* close engine: instructions that may still start */
    uint32_t blocks_left; /* close engine: blocks that may still start */
    uint32_t live_it_end; /* close engine: the run began inside an IT block that ends here */
    bool started;         /* close engine: an instruction has started in this run */
    bool special_ran;     /* the admitted block writes masks or CONTROL */
    bool barrier_ran;     /* the admitted block has a DSB or ISB; when its first and last end: */
    uint64_t barrier_first, barrier_last;
    uint64_t mpu_write_cycle;
    struct cpu_refusal refusal;
    struct cpu_kept kept;
    bool observes;  /* config.observe watches some memory */
    bool accessing; /* a device is being called: for the instruction at kept.pc */
    uint32_t pieces_pc, pieces_from, pieces_left; /* bytes of an unaligned store still to come */
    uint64_t stall_cycles;
    bool flash_cache, flash_cache_wanted; /* the second from the end of the instruction on */
    struct {
        uint32_t address, size_bytes;
    } change[CPU_CHANGES];
    uint32_t change_count; /* beyond CPU_CHANGES: everything */

    struct {
        uint32_t count, watched; /* the first `watched` have their hook in the fast engine */
        uint32_t address[CPU_SITES];
    } sites;

    struct cpu_timed timed;
    uint32_t it_whole, it_pc; /* ITSTATE and PC before cpu_it_narrow */
    /* FP registers or the exclusive monitor were used: the engines may have different ones. */
    bool engines_differ;
    uint64_t stalled_cycles; /* cpu_stalled_cycles */
    void (*block_met)(void *context, uint32_t address, uint32_t size_bytes); /* NULL: nobody's */
    void *block_met_context;
    bool exclusive_open; /* a LDREX or STREX has run since the monitor was cleared */
    bool sleeping, sleeping_wfe;
    bool locked_up;
    bool late_possible; /* no instruction has run since an exception was entered */
    struct cpu_debug debug;
    struct cpu_monitor_events monitor;
    struct cpu_counters counters;
    const char *error;
};

/* cpu.c: XPSR, of the next instruction as cpu_pc is. */
uint32_t cpu_xpsr(const struct cpu *cpu);

/* cpu_run.c: makes it the one that holds the registers and whose page verdicts are good. */
void cpu_use_engine(struct cpu *cpu, struct engine *engine);

/* cpu_end.c. */
enum cpu_verdict { CPU_GO_ON, CPU_END_RUN };
/* A run of the active engine has ended: settles the time, and does what the guest asked for by it.
 * CPU_END_RUN: cpu_run returns, *stop says why. */
enum cpu_verdict cpu_take_end(struct cpu *cpu, enum engine_end end, enum cpu_stop *stop);

/* cpu_examine.c: looks at the instruction that is about to be stepped; `split`: it is one of an IT
 * block. True: it faulted, or it is done. */
bool cpu_examine_step(struct cpu *cpu, bool split);

/* cpu_blocks.c: the hooks, time. */
void cpu_on_fast_block(struct uc_struct *uc, uint64_t address, uint32_t size_bytes, void *context);
void cpu_on_close_block(struct uc_struct *uc, uint64_t address, uint32_t size_bytes, void *context);
void cpu_on_instruction(struct uc_struct *uc, uint64_t address, uint32_t size_bytes, void *context);
/* The run ended inside the admitted block, before the instruction at `pc`. */
void cpu_settle_inside(struct cpu *cpu, uint32_t pc);
/* The run ended after the admitted block, execution goes on at `pc` by a branch of the guest. */
void cpu_settle_after(struct cpu *cpu, uint32_t pc);
/* The run ended after the admitted block, before the one at `pc`, which will begin without another
 * look at how it was reached. */
void cpu_settle_before(struct cpu *cpu, uint32_t pc);
/* The PC is changed by other means than the guest's own branch: nothing of the block before counts.
 */
void cpu_settle_jump(struct cpu *cpu, uint32_t pc);
/* The cycle at which the instruction at `pc` of the admitted block starts. */
uint64_t cpu_cycle_at(const struct cpu *cpu, uint32_t pc);
/* Reads back what MSR and CPS may have changed, and asks for what follows from it. */
void cpu_refresh_special(struct cpu *cpu);
/* The run is at rest: tells the MPU's account of the barriers that have run. */
void cpu_finish_barriers(struct cpu *cpu);
/* Recomputes privilege and negative priority from `regs`. */
void cpu_update_context(struct cpu *cpu);
/* Takes the time of the instruction at `address`, which the caller has carried out. */
void cpu_pass_instruction(struct cpu *cpu, uint32_t address, uint32_t size_bytes);
/* The same for one whose condition has failed. */
void cpu_pass_skipped(struct cpu *cpu, uint32_t address, uint32_t size_bytes);
/* The same for one that is passed over whatever it is. */
void cpu_pass_one_cycle(struct cpu *cpu, uint32_t address, uint32_t size_bytes);
/* enum cycle_flag of blocks that must not run unexamined, as the System Control Space says now. */
unsigned cpu_gated_flags(const struct cpu *cpu);
/* Asks for work; the engine stops for it in time. */
void cpu_add_work(struct cpu *cpu, unsigned work);

/* cpu_variable.c: instructions whose time is known only when they run. */
/* The instruction at `pc` of the admitted block runs now: adds what it takes beyond `step`. */
void cpu_add_variable(struct cpu *cpu, uint32_t pc, const struct block_step *step);
/* True: the fast engine tells the time of every variable instruction of the block. Where not, it
 * will be asked to. */
bool cpu_timed_cover(struct cpu *cpu, const struct block *block);
/* CPU_WORK_TIMED, at rest. */
void cpu_add_timed(struct cpu *cpu);
/* The code there has changed. At rest, after blocks and translations have been forgotten. */
void cpu_forget_timed(struct cpu *cpu, uint32_t address, uint32_t size_bytes);

/* cpu_refusal.c: sets `refusal`; the callback then refuses. `privileged`: the access was. */
void cpu_refuse(struct cpu *cpu, enum cpu_refusal_kind kind, enum mpu_access access,
                bool privileged);
void cpu_refuse_by_mpu(struct cpu *cpu, enum cpu_refusal_kind kind, enum mpu_access access,
                       bool privileged, const struct mpu_verdict *verdict);
/* By a fault that is not the MPU's. */
void cpu_refuse_with(struct cpu *cpu, enum mpu_access access, bool privileged, enum fault_kind kind,
                     uint32_t address);
/* Whose rights the data access of the current instruction has (LDRT, STRT). */
struct mpu_context cpu_data_context(struct cpu *cpu);
/* CPU_REFUSAL_PAGE becomes CPU_REFUSAL_DATA, with the exact address. */
void cpu_locate_refusal(struct cpu *cpu);

/* cpu_pages.c. */
struct engine_page cpu_on_fill(void *context, uint32_t address, enum mpu_access access);

/* cpu_access.c: guarded accesses. */
enum engine_answer cpu_on_guard(void *context, uint32_t address, uint8_t size_bytes, bool write,
                                uint64_t value);
uint32_t cpu_on_guarded_read(void *context, uint32_t address, uint8_t size_bytes);
void cpu_on_guarded_write(void *context, uint32_t address, uint8_t size_bytes, uint32_t value);
bool cpu_on_access(void *context, const struct engine_access *access, uint32_t *value);
/* The MPU, or what is asked of it, has changed. */
void cpu_forget_grains(struct cpu *cpu);

/* cpu_memory.c: host memory. */
struct cpu_region *cpu_find_region(struct cpu *cpu, uint32_t address);
/* The halfwords at an address; false when there is no memory. The second is 0 where it ends. */
bool cpu_read_code(struct cpu *cpu, uint32_t address, uint16_t code[2]);
uint32_t cpu_memory_load(const struct cpu_region *region, uint32_t address, uint8_t size_bytes);
/* Stores, and notices when the bytes were executed before. */
void cpu_memory_store(struct cpu *cpu, struct cpu_region *region, uint32_t address,
                      uint8_t size_bytes, uint32_t value);
void cpu_note_change(struct cpu *cpu, uint32_t address, uint32_t size_bytes);
void cpu_mark_code(struct cpu *cpu, uint32_t address, uint32_t size_bytes);
/* What was there is forgotten by both engines and the block cache: until it runs again it is data,
 * and stores to it need nobody's attention. */
void cpu_unmark_code(struct cpu *cpu, uint32_t address, uint32_t size_bytes);
enum bus_result cpu_exception_read(void *context, uint32_t address, uint32_t *value);
enum bus_result cpu_exception_write(void *context, uint32_t address, uint32_t value);

/* cpu_debug.c. */
bool cpu_breakpoint_within(const struct cpu *cpu, uint32_t start, uint32_t end);
bool cpu_breakpoint_at(const struct cpu *cpu, uint32_t pc);
/* Those of the debugger only. */
bool cpu_debugger_stops_at(const struct cpu *cpu, uint32_t pc);
/* Whether config.observe watches some byte of a range. */
bool cpu_observes(const struct cpu *cpu, uint32_t address, uint32_t size_bytes);
bool cpu_page_is_watched(const struct cpu *cpu, uint32_t page);
void cpu_check_watch(struct cpu *cpu, uint32_t address, uint32_t size_bytes, bool write);

/* cpu_align.c: LDM, LDRD and their kin.
 * Finds out what the new block needs. */
void cpu_analyse_alignment(struct cpu *cpu, const struct block *block,
                           const struct cpu_region *region);
/* Before the block runs: none of its accesses can be unaligned, but at sites. */
bool cpu_bases_are_aligned(const struct cpu *cpu, const struct block *block);
/* Of the instruction that comes next. */
bool cpu_base_is_unaligned(const struct cpu *cpu, const uint16_t code[2]);
/* At rest: CPU_WORK_SITES. */
void cpu_watch_sites(struct cpu *cpu);

/* cpu_monitor.c: the guest's debug monitor. */
/* The registers that say what it wants have changed, at `cycle`. */
void cpu_monitor_changed(struct cpu *cpu, uint64_t cycle);
bool cpu_monitor_breaks(const struct cpu *cpu, uint32_t start, uint32_t end);
bool cpu_monitor_watches(const struct cpu *cpu, uint32_t address, uint32_t size_bytes);
/* An access is about to be made. True: a debug event, the run has to end after the instruction. */
bool cpu_monitor_access(struct cpu *cpu, uint32_t address, uint32_t size_bytes, bool write);
/* monitor.next_cycle has come. */
void cpu_monitor_cycle(struct cpu *cpu);
/* While monitor.code: before the next instruction, and after it. True: a breakpoint was taken
 * instead. */
bool cpu_monitor_before(struct cpu *cpu);
void cpu_monitor_after(struct cpu *cpu);

/* cpu_it.c: IT blocks, taken apart. All at rest but the last.
 * True: the next instruction is an IT, and has been carried out. */
bool cpu_it_enter(struct cpu *cpu);
/* The next instruction lies in an IT block: it must be stepped, between narrow and widen. */
bool cpu_it_is_open(const struct cpu *cpu);
/* Where that IT block ends; 0: it lies in none. */
uint32_t cpu_it_end(struct cpu *cpu);
/* True: its condition fails, and it has been passed. */
bool cpu_it_skip(struct cpu *cpu);
/* Goes over the next instruction, which has been carried out: its time, PC, ITSTATE. */
void cpu_it_pass(struct cpu *cpu);
void cpu_it_narrow(struct cpu *cpu);
void cpu_it_widen(struct cpu *cpu, enum engine_end end);
/* From the close engine's instruction hook: `address` is an IT whose block must not run as one. */
bool cpu_it_must_split(struct cpu *cpu, uint32_t address, const uint16_t code[2]);
/* An IT instruction with a block after it. */
bool cpu_it_begins(const uint16_t code[2]);
/* ITSTATE, as the registers have it. */
uint32_t cpu_it_state(const struct cpu *cpu);
/* ITSTATE after one more instruction, and into the (then held) registers. */
uint32_t cpu_it_advanced(uint32_t state);
void cpu_it_set_state(struct cpu *cpu, uint32_t state);

/* cpu_crossing.c: PC and ITSTATE of the load that refusal.fault, a crossing one, is about. */
void cpu_locate_crossing(struct cpu *cpu);

/* cpu_exceptions.c: between engine and exception unit. Each leaves the registers held or loaded as
 * cpu.regs_held says. */
void cpu_hold_regs(struct cpu *cpu);
/* CONTROL as the core has it, given what the engine has. */
uint32_t cpu_true_control(const struct cpu *cpu, uint32_t control);
void cpu_load_regs(struct cpu *cpu);
/* Asks for an exception to be taken where one is pending that preempts. One that does not waits for
 * a return, which looks by itself, or for a change of the masks, after which this is called. */
void cpu_poll_if_due(struct cpu *cpu);
/* True: an exception was entered, or the core locked up. */
bool cpu_take_pending(struct cpu *cpu);
/* Lets the cycles of a return pass, as far as nothing is due. */
void cpu_pass_return(struct cpu *cpu);
/* In lockup: an NMI goes on. False: nothing does. */
bool cpu_leave_lockup(struct cpu *cpu);
void cpu_raise_fault(struct cpu *cpu, const struct fault *fault, const struct mpu_verdict *verdict);
void cpu_do_svc(struct cpu *cpu);
/* The next instruction is a floating-point one that may run: what has to happen before it. True: it
 * does not run now, an exception was entered or the core locked up. */
bool cpu_prepare_fp(struct cpu *cpu);
/* The next instruction is MRS or MSR of CONTROL and FPCCR.ASPEN is clear: carries it out, as the
 * engine's CONTROL.FPCA is not the core's. False: it is another one. */
bool cpu_access_control(struct cpu *cpu, const uint16_t code[2]);
void cpu_do_exception_return(struct cpu *cpu, uint32_t value);

#endif
