#include "sim/machine/process_watch.h"

#include <string.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"

#define MPU_GRANULE 32U /* nothing in PMSAv7 is finer */

void process_watch_init(struct process_watch *watch)
{
    *watch = (struct process_watch){.current = PROCESS_NONE, .last = PROCESS_NONE};
}

bool process_watch_add(struct process_watch *watch, const struct tbf_app *app)
{
    if (watch->count == PROCESS_WATCH_MAX) {
        return false;
    }
    if (app->info.padding) {
        return true;
    }
    struct watched_process *process = &watch->process[watch->count];
    *process = (struct watched_process){.path = app->path,
                                        .flash_base = app->address,
                                        .flash_bytes = app->info.total_bytes,
                                        .app_start = app->address + app->info.app_offset,
                                        .entry = app->address + app->info.entry_offset};
    memcpy(process->name, app->info.name, sizeof process->name);
    watch->count++;
    return true;
}

void process_watch_reset(struct process_watch *watch)
{
    watch->current = PROCESS_NONE;
    watch->last = PROCESS_NONE;
    for (size_t i = 0; i < watch->count; i++) {
        watch->process[i].ram_bytes = 0;
        watch->process[i].open_bytes = 0;
        watch->call_open[i] = false;
    }
}

/* The process that starts with these registers, or PROCESS_NONE. Bit 0 of an entry point says
 * Thumb. */
static int find_fresh(const struct process_watch *watch, const struct cpu_regs *regs)
{
    for (size_t i = 0; i < watch->count; i++) {
        const struct watched_process *process = &watch->process[i];
        if ((process->entry & ~1U) == regs->pc && process->app_start == regs->r[0] &&
            regs->r[2] != 0 && regs->psp - regs->r[1] <= regs->r[2]) {
            return (int)i;
        }
    }
    return PROCESS_NONE;
}

/* The process in whose RAM the stack is or, when it ran off, in whose flash the code is. */
static int find_running(const struct process_watch *watch, const struct cpu_regs *regs)
{
    for (size_t i = 0; i < watch->count; i++) {
        const struct watched_process *process = &watch->process[i];
        if (process->ram_bytes != 0 && regs->psp - process->ram_base <= process->ram_bytes) {
            return (int)i;
        }
    }
    for (size_t i = 0; i < watch->count; i++) {
        if (regs->pc - watch->process[i].flash_base < watch->process[i].flash_bytes) {
            return (int)i;
        }
    }
    return PROCESS_NONE;
}

static void start_fresh(struct watched_process *process, const struct cpu_regs *regs)
{
    process->ram_base = regs->r[1];
    process->ram_bytes = regs->r[2];
    process->break_address = regs->r[3];
    memset(process->offers, 0, sizeof process->offers);
    process->offers_lost = false;
    process->starts++;
}

/* A memop that moves the break is back with its answer. */
static void take_break(struct watched_process *process, const struct watched_call *call,
                       const struct cpu_regs *regs)
{
    if (call->call_class != ABI_CLASS_MEMOP || regs->pc != (call->pc & ~1U)) {
        return;
    }
    if (call->argument[0] == ABI_MEMOP_BRK && regs->r[0] == ABI_SUCCESS) {
        process->break_address = call->argument[1];
    } else if (call->argument[0] == ABI_MEMOP_SBRK && regs->r[0] == ABI_SUCCESS_U32) {
        process->break_address = regs->r[1] + call->argument[1];
    }
}

static bool is_open(const struct watched_process *process, uint32_t address)
{
    const struct mpu_context unprivileged = {.privileged = false, .negative_priority = false};
    return mpu_check(&process->mpu, address, 1, MPU_ACCESS_READ, unprivileged).allowed;
}

static uint32_t count_open_bytes(const struct watched_process *process)
{
    uint32_t bytes = 0;
    while (bytes < process->ram_bytes && is_open(process, process->ram_base + bytes)) {
        bytes += MPU_GRANULE;
    }
    return bytes < process->ram_bytes ? bytes : process->ram_bytes;
}

int process_watch_resumed(struct process_watch *watch, const struct cpu_regs *regs,
                          const struct mpu_state *mpu, uint64_t cycle, bool *fresh)
{
    *fresh = false;
    if (cpu_regs_privileged(regs)) {
        watch->current = PROCESS_NONE;
        return PROCESS_NONE;
    }
    int index = find_fresh(watch, regs);
    *fresh = index != PROCESS_NONE;
    index = *fresh ? index : find_running(watch, regs);
    watch->current = index;
    watch->entered_cycle = cycle;
    if (index == PROCESS_NONE) {
        return index;
    }
    struct watched_process *process = &watch->process[index];
    if (*fresh) {
        start_fresh(process, regs);
        watch->call_open[index] = false;
    }
    if (watch->call_open[index]) {
        take_break(process, &watch->call[index], regs);
        watch->call_open[index] = false;
    }
    if (*fresh || memcmp(&process->mpu, mpu, sizeof *mpu) != 0) {
        process->mpu = *mpu;
        process->open_bytes = count_open_bytes(process);
    }
    process->entries++;
    if (watch->last != index) {
        watch->context_switches++;
        watch->last = index;
    }
    return index;
}

int process_watch_entered(struct process_watch *watch, uint64_t cycle)
{
    int left = watch->current;
    if (left != PROCESS_NONE) {
        watch->process[left].cycles += cycle - watch->entered_cycle;
    }
    watch->current = PROCESS_NONE;
    return left;
}

static bool is_allow(uint32_t call_class)
{
    return call_class == ABI_CLASS_ALLOW_READ_WRITE || call_class == ABI_CLASS_ALLOW_READ_ONLY ||
           call_class == ABI_CLASS_ALLOW_USER_READABLE;
}

/* The kernel may refuse the call: what counts is that the process meant the buffer to be used. */
static void take_offer(struct watched_process *process, const struct watched_call *call)
{
    struct watched_offer *place = NULL;
    for (size_t i = 0; i < PROCESS_WATCH_OFFERS; i++) {
        struct watched_offer *offer = &process->offers[i];
        bool same = offer->bytes != 0 && offer->call_class == call->call_class &&
                    offer->driver == call->argument[0] && offer->number == call->argument[1];
        if (same || (place == NULL && offer->bytes == 0)) {
            place = offer;
        }
        if (same) {
            break;
        }
    }
    if (place == NULL) {
        process->offers_lost = true;
        return;
    }
    *place = (struct watched_offer){.call_class = call->call_class,
                                    .driver = call->argument[0],
                                    .number = call->argument[1],
                                    .address = call->argument[2],
                                    .bytes = call->argument[3]};
}

void process_watch_called(struct process_watch *watch, int process, const struct watched_call *call)
{
    struct watched_process *caller = &watch->process[process];
    watch->calls++;
    if (call->call_class < PROCESS_WATCH_CLASSES) {
        caller->calls[call->call_class]++;
    } else {
        caller->bad_calls++;
    }
    if (is_allow(call->call_class)) {
        take_offer(caller, call);
    }
    watch->call[process] = *call;
    watch->call_open[process] = true;
}

struct owner process_watch_owner(const struct process_watch *watch, uint32_t address)
{
    for (size_t i = 0; i < watch->count; i++) {
        const struct watched_process *process = &watch->process[i];
        if (address - process->flash_base < process->flash_bytes) {
            return (struct owner){.kind = OWNER_PROCESS_FLASH, .process = (int)i};
        }
        if (address - process->ram_base < process->ram_bytes) {
            bool open = is_open(process, address);
            return (struct owner){.kind = open ? OWNER_PROCESS_OPEN : OWNER_PROCESS_CLOSED,
                                  .process = (int)i};
        }
    }
    return (struct owner){.kind = OWNER_NOBODY, .process = PROCESS_NONE};
}

static bool is_offered(const struct watched_process *process, uint32_t address, uint32_t bytes)
{
    if (process->offers_lost) {
        return true;
    }
    for (size_t i = 0; i < PROCESS_WATCH_OFFERS; i++) {
        const struct watched_offer *offer = &process->offers[i];
        uint32_t at = address - offer->address;
        if (at < offer->bytes && bytes <= offer->bytes - at) {
            return true;
        }
    }
    return false;
}

bool process_watch_is_shared(const struct process_watch *watch, uint32_t address)
{
    for (size_t i = 0; i < watch->count; i++) {
        const struct watched_process *process = &watch->process[i];
        if (address - process->ram_base >= process->open_bytes) {
            continue;
        }
        for (size_t k = 0; k < PROCESS_WATCH_OFFERS; k++) {
            const struct watched_offer *offer = &process->offers[k];
            if (offer->call_class == ABI_CLASS_ALLOW_READ_WRITE &&
                offer->driver == ABI_DRIVER_IPC && address - offer->address < offer->bytes) {
                return true;
            }
        }
        return process->offers_lost;
    }
    return false;
}

int process_watch_intimate(const struct process_watch *watch, uint32_t address, uint32_t size_bytes)
{
    uint64_t end = (uint64_t)address + size_bytes;
    for (size_t i = 0; i < watch->count; i++) {
        const struct watched_process *process = &watch->process[i];
        uint64_t open_end = (uint64_t)process->ram_base + process->open_bytes;
        uint32_t first = address > process->ram_base ? address : process->ram_base;
        uint64_t last = end < open_end ? end : open_end;
        if (process->ram_bytes != 0 && first < last &&
            !is_offered(process, first, (uint32_t)(last - first))) {
            return (int)i;
        }
    }
    return PROCESS_NONE;
}
