/* Faults, with the reason in words. Whose memory it was is asked at that moment, since the process
 * may have lost it a moment later; what the code is called is asked when somebody looks. */
#include <stdio.h>
#include <string.h>

#include "sim/machine/machine_view.h"
#include "sim/view/view_mpu.h"
#include "sim/view/view_processes_internal.h"

static enum mpu_access access_of(const struct machine_fault *fault)
{
    switch (fault->access) {
    case MACHINE_ACCESS_WRITE:
        return MPU_ACCESS_WRITE;
    case MACHINE_ACCESS_FETCH:
        return MPU_ACCESS_FETCH;
    case MACHINE_ACCESS_READ:
        break;
    }
    return MPU_ACCESS_READ;
}

static void write_what(const struct machine_fault *fault, struct view_hit *hit)
{
    static const char *const verbs[] = {[MPU_ACCESS_READ] = "read of",
                                        [MPU_ACCESS_WRITE] = "write to",
                                        [MPU_ACCESS_FETCH] = "jump to"};
    if (fault->address_valid) {
        snprintf(hit->what, sizeof hit->what, "%s 0x%08x", verbs[access_of(fault)], fault->address);
    } else {
        snprintf(hit->what, sizeof hit->what, "%s", fault_kind_name(fault->kind));
    }
}

static void write_why(const struct machine_fault *fault, struct view_hit *hit)
{
    if (!fault->address_valid) {
        return;
    }
    if (fault->verdict != NULL) {
        view_mpu_refusal(fault->verdict, access_of(fault), hit->why, sizeof hit->why);
    } else if (fault->address - ARMV7M_PPB_BASE < ARMV7M_PPB_BYTES) {
        snprintf(hit->why, sizeof hit->why, "the core's registers are for privileged code only");
    } else {
        snprintf(hit->why, sizeof hit->why, "nothing answers on the bus there");
    }
}

/* "grant of alarm in blink", where the kernel's record says so. */
static bool write_grant(const struct processes_watch *watch, uint32_t address, int process,
                        struct view_hit *hit)
{
    const struct process_watch *all = machine_view_processes(watch->sources->machine);
    const struct watched_process *owner = &all->process[process];
    struct kernel_view_process record;
    struct kernel_view_piece pieces[KERNEL_VIEW_PIECES_MAX];
    char name[VIEW_SPAN_LABEL];
    if (!view_processes_find_record(watch->sources, owner->flash_base, &record)) {
        return false;
    }
    if (address - record.record < record.ram_end - record.record) {
        snprintf(hit->whose, sizeof hit->whose, "the kernel's record of %s", owner->name);
        return true;
    }
    if (address - record.app_break < record.grant_start - record.app_break) {
        snprintf(hit->whose, sizeof hit->whose, "the gap above the break of %s", owner->name);
        return true;
    }
    size_t count = kernel_view_pieces(watch->sources->kernel, &record, pieces);
    for (size_t i = 0; i < count; i++) {
        if (address - pieces[i].address < pieces[i].bytes) {
            view_processes_grant_name(watch, pieces[i].grant, name);
            snprintf(hit->whose, sizeof hit->whose, "grant of %s in %s", name, owner->name);
            return true;
        }
    }
    return false;
}

static void write_whose(const struct processes_watch *watch, const struct machine_fault *fault,
                        struct view_hit *hit)
{
    const struct machine *machine = watch->sources->machine;
    const struct process_watch *all = machine_view_processes(machine);
    if (!fault->address_valid) {
        return;
    }
    struct owner owner = machine_view_owner(machine, fault->address);
    bool of_process = owner.process >= 0 && owner.process < (int)all->count;
    const char *name = of_process ? all->process[owner.process].name : "";
    if (owner.kind == OWNER_PROCESS_CLOSED &&
        write_grant(watch, fault->address, owner.process, hit)) {
        return;
    }
    if (owner.kind == OWNER_PROCESS_OPEN) {
        snprintf(hit->whose, sizeof hit->whose, "stack, data or heap of %s", name);
    } else if (owner.kind == OWNER_PROCESS_FLASH) {
        snprintf(hit->whose, sizeof hit->whose, "flash of %s", name);
    } else {
        machine_view_owner_text(machine, fault->address, hit->whose, sizeof hit->whose);
    }
}

void view_hits_take(struct processes_watch *watch, const struct machine_fault *fault)
{
    struct hit_seen *seen = &watch->hits[watch->hits_ever % VIEW_HITS_MAX];
    struct view_hit *hit = &seen->hit;
    watch->hits_ever++;
    seen->described = false;
    *hit = (struct view_hit){.process = fault->process,
                             .number = watch->hits_ever,
                             .cycle = clock_now(machine_clock(watch->sources->machine)),
                             .address = fault->address,
                             .pc = fault->pc,
                             .address_valid = fault->address_valid};
    /* A jump to where nothing is says no more where it came from but by its return address. */
    seen->code = fault->access == MACHINE_ACCESS_FETCH ? (fault->lr & ~1U) - 2 : fault->pc;
    write_what(fault, hit);
    write_why(fault, hit);
    write_whose(watch, fault, hit);
}

static void describe(const struct processes_watch *watch, struct hit_seen *seen)
{
    struct view_hit *hit = &seen->hit;
    if (seen->described) {
        return;
    }
    seen->described = true;
    if (watch->sources->symbols == NULL) {
        snprintf(hit->where, sizeof hit->where, "0x%08x", seen->code);
    } else {
        symbol_map_describe(watch->sources->symbols, seen->code, hit->where, sizeof hit->where);
    }
}

void view_hits_fill(struct processes_watch *watch, struct view_processes *processes)
{
    uint64_t kept = watch->hits_ever < VIEW_HITS_MAX ? watch->hits_ever : VIEW_HITS_MAX;
    processes->hits_ever = watch->hits_ever;
    processes->hit_count = (size_t)kept;
    for (uint64_t i = 0; i < kept; i++) {
        struct hit_seen *seen = &watch->hits[(watch->hits_ever - 1 - i) % VIEW_HITS_MAX];
        describe(watch, seen);
        processes->hits[i] = seen->hit;
    }
}
