/* Accesses that the engine may not make by itself: devices, and what the MPU decides byte by byte.
 */
#include "sim/cpu/cpu_internal.h"

#define FPCCR_ADDRESS 0xE000EF34U

static bool is_ppb(uint32_t address)
{
    return address - ARMV7M_PPB_BASE < ARMV7M_PPB_BYTES;
}

void cpu_forget_grains(struct cpu *cpu)
{
    cpu->grain_epoch++;
}

static struct cpu_grain *grain_of(struct cpu *cpu, uint32_t address)
{
    return &cpu->grain[address / CPU_GRAIN_BYTES % CPU_GRAINS];
}

static uint32_t grain_bit(enum mpu_access access, bool privileged)
{
    return 1U << (2U * (privileged ? 1U : 0U) + (access == MPU_ACCESS_WRITE ? 1U : 0U));
}

static bool is_one_grain(uint32_t address, uint32_t bytes)
{
    return address % CPU_GRAIN_BYTES + bytes <= CPU_GRAIN_BYTES;
}

static bool is_known_allowed(struct cpu *cpu, uint32_t address, uint32_t bytes,
                             enum mpu_access access, bool privileged)
{
    const struct cpu_grain *grain = grain_of(cpu, address);
    return grain->number == address / CPU_GRAIN_BYTES + 1 && grain->epoch == cpu->grain_epoch &&
           is_one_grain(address, bytes) && (grain->allowed & grain_bit(access, privileged)) != 0;
}

static void note_allowed(struct cpu *cpu, uint32_t address, uint32_t bytes, enum mpu_access access,
                         bool privileged)
{
    if (!is_one_grain(address, bytes) || cpu->config.count_mpu_hits) {
        return; /* hits need the verdict each time */
    }
    struct cpu_grain *grain = grain_of(cpu, address);
    uint32_t number = address / CPU_GRAIN_BYTES + 1;
    if (grain->number != number || grain->epoch != cpu->grain_epoch) {
        *grain = (struct cpu_grain){.number = number, .epoch = cpu->grain_epoch};
    }
    grain->allowed |= grain_bit(access, privileged);
}

static bool check_mpu(struct cpu *cpu, uint32_t address, uint32_t bytes, enum mpu_access access,
                      struct mpu_context context, int *region)
{
    *region = MPU_REGION_NONE;
    if (is_known_allowed(cpu, address, bytes, access, context.privileged)) {
        return true;
    }
    struct mpu_verdict verdict = mpu_check(&cpu->core.mpu, address, bytes, access, context);
    if (!verdict.allowed) {
        cpu_refuse_by_mpu(cpu, CPU_REFUSAL_DATA, access, context.privileged, &verdict);
        return false;
    }
    *region = verdict.region;
    note_allowed(cpu, address, bytes, access, context.privileged);
    return true;
}

static bool find_kept(const struct cpu *cpu, uint32_t address, bool write, uint32_t *value)
{
    for (uint32_t i = cpu->kept.count; i-- > 0;) {
        if (cpu->kept.access[i].address == address && cpu->kept.access[i].write == write) {
            *value = cpu->kept.access[i].value;
            return true;
        }
    }
    return false;
}

static enum bus_result call_bus(struct cpu *cpu, uint32_t address, uint8_t bytes, bool write,
                                bool privileged, uint32_t *value)
{
    struct bus_access access = {
        .offset = address - ARMV7M_PPB_BASE, .size_bytes = bytes, .privileged = privileged};
    const struct cpu_bus *bus = &cpu->config.bus;
    enum bus_result result;
    cpu->accessing = true;
    if (is_ppb(address)) {
        result = write ? armv7m_write(&cpu->core, access, *value)
                       : armv7m_read(&cpu->core, access, value);
    } else {
        result = write ? bus->write(bus->context, address, bytes, privileged, *value)
                       : bus->read(bus->context, address, bytes, privileged, value);
    }
    cpu->accessing = false;
    return result;
}

/* CCR.BFHFNMIGN: code of negative priority goes on, with 0 where it loads. The status is there for
 * it to look at. */
static bool ignores_bus_fault(struct cpu *cpu, uint32_t address, uint32_t *value)
{
    if ((cpu->core.scb.state.ccr & CCR_BFHFNMIGN) == 0 || !cpu->context.negative_priority) {
        return false;
    }
    exception_note_ignored(&cpu->unit, address);
    *value = 0;
    return true;
}

static void keep(struct cpu *cpu, uint32_t address, bool write, uint32_t value)
{
    if (cpu->kept.count < CPU_KEPT) {
        uint32_t i = cpu->kept.count++;
        cpu->kept.access[i].address = address;
        cpu->kept.access[i].write = write;
        cpu->kept.access[i].value = value;
    }
}

/* One device access of at most a word, made unless this very instruction has made it before. */
static bool access_device(struct cpu *cpu, uint32_t address, uint8_t bytes, bool write,
                          bool privileged, uint32_t value)
{
    uint32_t ignored;
    if (find_kept(cpu, address, write, &ignored)) {
        return true;
    }
    if (write && address == FPCCR_ADDRESS) {
        /* CONTROL.FPCA as it is while ASPEN still says who sets it. */
        uint32_t control = cpu_true_control(cpu, engine_get_special(cpu->active).control);
        cpu->regs.control = (cpu->regs.control & ~CONTROL_FPCA) | (control & CONTROL_FPCA);
    }
    if (call_bus(cpu, address, bytes, write, privileged, &value) == BUS_FAULT &&
        !ignores_bus_fault(cpu, address, &value)) {
        cpu_refuse_with(cpu, write ? MPU_ACCESS_WRITE : MPU_ACCESS_READ, privileged,
                        FAULT_PRECISERR, address);
        return false;
    }
    keep(cpu, address, write, value);
    return true;
}

/* The device may have changed what comes next. True: the run must end right after this instruction.
 */
static bool must_end(struct cpu *cpu)
{
    if (cpu->steps_left == 0 && cpu->started) {
        return false; /* a single step ends by itself */
    }
    uint64_t due = clock_next_due(cpu->config.clock);
    if (due < cpu->time.deadline) {
        cpu->time.deadline = due;
        cpu->time.gate = due < cpu->time.gate ? due : cpu->time.gate;
        if (due < cpu->time.cycles + cpu->time.block->extra + cpu->time.block->taken) {
            return true;
        }
    }
    /* What follows a DSB must see a new MPU configuration; elsewhere the end of the block will do.
     */
    if ((cpu->work & CPU_WORK_PAGES) != 0 && (cpu->time.block->flags & CYCLE_INNER_BARRIER) != 0) {
        return true;
    }
    return (cpu->work & CPU_WORK_AT_ONCE) != 0;
}

static void begin_access(struct cpu *cpu, uint32_t pc)
{
    uint64_t cycle = cpu_cycle_at(cpu, pc);
    clock_set_now(cpu->config.clock, cycle);
    if (cpu->kept.pc != pc || cpu->kept.cycle != cycle) {
        cpu->kept.pc = pc;
        cpu->kept.cycle = cycle;
        cpu->kept.count = 0;
    }
}

static bool guard_device(struct cpu *cpu, uint32_t pc, struct mpu_context context, uint32_t address,
                         uint8_t bytes, bool write, uint64_t value)
{
    enum mpu_access access = write ? MPU_ACCESS_WRITE : MPU_ACCESS_READ;
    int by;
    if (!check_mpu(cpu, address, bytes, access, context, &by)) {
        return false;
    }
    uint32_t piece = bytes == 8 ? 4 : bytes;
    if (address % piece != 0) {
        cpu_refuse_with(cpu, access, context.privileged, FAULT_UNALIGNED, address);
        return false;
    }
    begin_access(cpu, pc);
    if (write && address - (ARMV7M_PPB_BASE + 0xED90U) < MPU_REGISTER_END) {
        cpu->mpu_write_cycle = cpu->kept.cycle;
    }
    for (uint32_t done = 0; done < bytes; done += piece) {
        if (!access_device(cpu, address + done, (uint8_t)piece, write, context.privileged,
                           (uint32_t)(value >> (8 * done)))) {
            return false;
        }
    }
    if (write && is_ppb(address) && cpu_gated_flags(cpu) != cpu->blocks.gated_flags) {
        cpu_add_work(cpu, CPU_WORK_FLAGS);
    }
    (void)cpu_monitor_access(cpu, address, bytes, write); /* makes work that ends the run */
    if (must_end(cpu)) {
        cpu_refuse(cpu, CPU_REFUSAL_CLOSE, access, context.privileged);
        return false;
    }
    mpu_account_hit(&cpu->core.mpu_account, by, access, context.privileged);
    return true;
}

/* Tells who observes this access, unless this very instruction has made it before. *told: it was,
 * and something may have come of it. False: it is refused. */
static bool tell_observer(struct cpu *cpu, uint32_t pc, uint32_t address, uint32_t bytes,
                          bool write, bool *told)
{
    const struct cpu_observe *observe = &cpu->config.observe;
    enum bus_result result = BUS_OK;
    uint32_t ignored;
    *told = cpu->observes && observe->watches(observe->context, address, bytes);
    if (!*told) {
        return true;
    }
    begin_access(cpu, pc);
    if (!find_kept(cpu, address, write, &ignored)) {
        cpu->accessing = true;
        result = observe->accessed(observe->context, address, bytes, write);
        cpu->accessing = false;
        keep(cpu, address, write, 0);
    }
    return result == BUS_OK;
}

/* An unaligned store is asked about as a whole, then again for each of its bytes. */
static bool is_piece(struct cpu *cpu, uint32_t address, uint32_t bytes)
{
    if (bytes != 1 || cpu->pieces_left == 0 || address != cpu->pieces_from ||
        engine_get_pc(cpu->active) != cpu->pieces_pc) {
        cpu->pieces_left = 0;
        return false;
    }
    cpu->pieces_from++;
    cpu->pieces_left--;
    return true;
}

static bool guard_memory(struct cpu *cpu, uint32_t pc, struct mpu_context context, uint32_t address,
                         uint32_t bytes, bool write)
{
    enum mpu_access access = write ? MPU_ACCESS_WRITE : MPU_ACCESS_READ;
    int by;
    if (!check_mpu(cpu, address, bytes, access, context, &by)) {
        return false;
    }
    cpu_check_watch(cpu, address, bytes, write);
    bool event = cpu_monitor_access(cpu, address, bytes, write);
    bool told;
    if (!tell_observer(cpu, pc, address, bytes, write, &told)) {
        cpu_refuse_with(cpu, access, context.privileged, FAULT_PRECISERR, address);
        return false;
    }
    event = event || told;
    if ((event || (cpu->work & CPU_WORK_WATCH) != 0) && must_end(cpu)) {
        cpu_refuse(cpu, CPU_REFUSAL_CLOSE, access, context.privileged);
        return false;
    }
    mpu_account_hit(&cpu->core.mpu_account, by, access, context.privileged);
    if (write && address % bytes != 0) {
        cpu->pieces_pc = engine_get_pc(cpu->active);
        cpu->pieces_from = address;
        cpu->pieces_left = bytes;
    }
    return true;
}

/* The fast engine's block tells whether it has an IT block; the close engine's may begin in one. */
static bool maybe_in_it(const struct cpu *cpu)
{
    return cpu->live_it_end != 0 || cpu->active == cpu->close ||
           (cpu->time.block->flags & CYCLE_IT) != 0;
}

static bool is_device(const struct cpu_region *region, bool write)
{
    return region == NULL || (write && region->memory.kind == CPU_MEMORY_FLASH);
}

enum engine_answer cpu_on_guard(void *context, uint32_t address, uint8_t size_bytes, bool write,
                                uint64_t value)
{
    struct cpu *cpu = context;
    if (cpu->refusal.kind != CPU_REFUSAL_NONE) {
        return ENGINE_REFUSE; /* cpu_on_access has said so already */
    }
    if (!is_piece(cpu, address, size_bytes)) {
        struct mpu_context rights = cpu_data_context(cpu);
        uint32_t pc = engine_get_pc(cpu->active);
        bool allowed = is_device(cpu_find_region(cpu, address), write)
                           ? guard_device(cpu, pc, rights, address, size_bytes, write, value)
                           : guard_memory(cpu, pc, rights, address, size_bytes, write);
        if (!allowed) {
            return ENGINE_REFUSE;
        }
    }
    return maybe_in_it(cpu) ? ENGINE_ALLOW_MAYBE_IT : ENGINE_ALLOW;
}

/* The second half of a load that crosses into this page from a direct one arrives without a guard.
 * The MPU decides by 32 bytes, so the first byte's verdict holds for the piece. */
static bool check_piece(struct cpu *cpu, uint32_t address)
{
    if (is_known_allowed(cpu, address, 1, MPU_ACCESS_READ, cpu->context.privileged)) {
        return true;
    }
    struct mpu_verdict verdict =
        mpu_check(&cpu->core.mpu, address, 1, MPU_ACCESS_READ, cpu->context);
    if (!verdict.allowed && cpu->refusal.kind == CPU_REFUSAL_NONE) {
        cpu_refuse_by_mpu(cpu, CPU_REFUSAL_DATA, MPU_ACCESS_READ, cpu->context.privileged,
                          &verdict);
        cpu->refusal.crossing = true;
        engine_stop(cpu->active);
    }
    return verdict.allowed;
}

uint32_t cpu_on_guarded_read(void *context, uint32_t address, uint8_t size_bytes)
{
    struct cpu *cpu = context;
    const struct cpu_region *region = cpu_find_region(cpu, address);
    if (region != NULL) {
        return check_piece(cpu, address) ? cpu_memory_load(region, address, size_bytes) : 0;
    }
    uint32_t value = 0;
    if (!find_kept(cpu, address, false, &value) && cpu->refusal.kind == CPU_REFUSAL_NONE) {
        cpu_refuse_with(cpu, MPU_ACCESS_READ, cpu->context.privileged, FAULT_UNALIGNED, address);
        cpu->refusal.crossing = true;
        engine_stop(cpu->active);
    }
    return value;
}

void cpu_on_guarded_write(void *context, uint32_t address, uint8_t size_bytes, uint32_t value)
{
    struct cpu *cpu = context;
    struct cpu_region *region = cpu_find_region(cpu, address);
    /* Devices and flash have had it in guard. */
    if (region != NULL && region->memory.kind == CPU_MEMORY_RAM) {
        cpu_memory_store(cpu, region, address, size_bytes, value);
    }
}

bool cpu_on_access(void *context, const struct engine_access *access, uint32_t *value)
{
    struct cpu *cpu = context;
    struct cpu_region *region = cpu_find_region(cpu, access->address);
    struct mpu_context rights = cpu->context;
    rights.privileged = access->privileged;
    if (is_device(region, access->write)) {
        if (!guard_device(cpu, access->pc, rights, access->address, access->size_bytes,
                          access->write, *value)) {
            return false;
        }
        return access->write || find_kept(cpu, access->address, false, value);
    }
    if (!guard_memory(cpu, access->pc, rights, access->address, access->size_bytes,
                      access->write)) {
        return false;
    }
    if (access->write) {
        cpu_memory_store(cpu, region, access->address, access->size_bytes, *value);
    } else {
        *value = cpu_memory_load(region, access->address, access->size_bytes);
    }
    return true;
}
