/* The flash's bytes: programs and erases, their times, and how they fail. */
#include "peripherals/parts/nor_flash.h"

#define BLOCK_32K      0x8000U
#define BLOCK_64K      0x10000U
#define WHOLE_PERMILLE 1000U

static uint32_t operation_us(const struct nor_flash *flash)
{
    const struct nor_model *model = flash->model;
    const struct nor_state *s = &flash->state;
    if (s->operation == NOR_PROGRAM) {
        return model->program_us;
    }
    if (s->operation == NOR_WRITE_STATUS) {
        return model->status_us;
    }
    if (s->operation_bytes == NOR_SECTOR_BYTES) {
        return model->sector_us;
    }
    if (s->operation_bytes == BLOCK_32K) {
        return model->block_32k_us;
    }
    return s->operation_bytes == BLOCK_64K ? model->block_64k_us : model->chip_us;
}

void nor_begin(struct nor_flash *flash, enum nor_operation operation, uint32_t address,
               uint32_t size_bytes)
{
    struct nor_state *s = &flash->state;
    s->operation = (uint8_t)operation;
    s->operation_address = address;
    s->operation_bytes = size_bytes;
    s->operation_cycles = clock_now(flash->env.clock);
    clock_schedule(flash->env.clock, &flash->done,
                   s->operation_cycles + clock_us_to_cycles(flash->env.clock, operation_us(flash)));
}

/* What a cell holds that was neither left alone nor finished: the same for the same seed. */
static uint8_t noise(const struct nor_flash *flash, uint32_t address)
{
    uint64_t x = flash->env.seed ^ (flash->state.operation_cycles + address);
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
    x = (x ^ x >> 27) * 0x94D049BB133111EBU;
    return (uint8_t)(x >> 32);
}

/* Bits go from 1 to 0 only. The byte after the last is half done. */
static void program(struct nor_flash *flash, uint32_t bytes)
{
    struct nor_state *s = &flash->state;
    uint32_t page = s->operation_address & ~(NOR_PAGE_BYTES - 1U);
    uint32_t done = 0;
    for (uint32_t k = 0; k < NOR_PAGE_BYTES && done <= bytes; k++) {
        uint32_t i = (s->operation_address + k) % NOR_PAGE_BYTES;
        uint8_t before = part_memory_get(flash->env.memory, page + i);
        if (((uint32_t)s->filled[i / 8] >> i % 8 & 1U) == 0) {
            continue;
        }
        uint8_t half = done == bytes ? noise(flash, page + i) : 0;
        part_memory_put(flash->env.memory, page + i, (uint8_t)(before & (s->buffer[i] | half)));
        done++;
    }
}

/* A worn sector keeps some of its zeros. */
static bool is_worn(const struct nor_flash *flash, uint32_t address)
{
    int32_t worn = flash->state.faults[NOR_FAULT_WORN_PAGE];
    return worn != 0 && address / NOR_SECTOR_BYTES == (uint32_t)worn - 1U;
}

static void erase_slowly(struct nor_flash *flash, uint32_t address, uint32_t size_bytes)
{
    for (uint32_t i = 0; i < size_bytes; i++) {
        uint8_t before = part_memory_get(flash->env.memory, address + i);
        part_memory_put(flash->env.memory, address + i,
                        (uint8_t)(before | noise(flash, address + i)));
    }
}

/* The first `bytes` are erased, of the rest some bits. */
static void erase(struct nor_flash *flash, uint32_t bytes)
{
    const struct nor_state *s = &flash->state;
    uint32_t end = s->operation_address + s->operation_bytes;
    for (uint32_t at = s->operation_address; at < end; at += NOR_SECTOR_BYTES) {
        uint32_t passed = at - s->operation_address;
        uint32_t whole = bytes <= passed                     ? 0
                         : bytes - passed < NOR_SECTOR_BYTES ? bytes - passed
                                                             : NOR_SECTOR_BYTES;
        whole = is_worn(flash, at) ? 0 : whole;
        part_memory_erase(flash->env.memory, at, whole);
        erase_slowly(flash, at + whole, NOR_SECTOR_BYTES - whole);
    }
}

static uint32_t bytes_to_program(const struct nor_state *s)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < NOR_PAGE_BYTES; i++) {
        count += (uint32_t)s->filled[i / 8] >> i % 8 & 1U;
    }
    return count;
}

static void finish_program(struct nor_flash *flash, uint32_t permille)
{
    struct nor_state *s = &flash->state;
    uint32_t count = bytes_to_program(s);
    uint32_t reached =
        permille == WHOLE_PERMILLE ? NOR_PAGE_BYTES : count * permille / WHOLE_PERMILLE;
    if (device_fault_strikes(&s->faults[NOR_FAULT_WRITE_TORN]) && count != 0) {
        uint32_t torn = noise(flash, s->operation_address) % count;
        reached = torn < reached ? torn : reached;
    }
    if (!device_fault_strikes(&s->faults[NOR_FAULT_WRITE_DROP])) {
        program(flash, reached);
    }
}

static void finish_erase(struct nor_flash *flash, uint32_t permille)
{
    struct nor_state *s = &flash->state;
    if (device_fault_strikes(&s->faults[NOR_FAULT_ERASE_PARTIAL])) {
        uint32_t partial = noise(flash, s->operation_address) * WHOLE_PERMILLE / 256U;
        permille = partial < permille ? partial : permille;
    }
    erase(flash, (uint32_t)((uint64_t)s->operation_bytes * permille / WHOLE_PERMILLE));
}

/* How much of the operation's time has passed. */
static uint32_t permille_done(const struct nor_flash *flash)
{
    uint64_t whole = clock_us_to_cycles(flash->env.clock, operation_us(flash));
    uint64_t passed = clock_now(flash->env.clock) - flash->state.operation_cycles;
    return passed >= whole ? WHOLE_PERMILLE : (uint32_t)(passed * WHOLE_PERMILLE / whole);
}

static void write_status(struct nor_flash *flash)
{
    struct nor_state *s = &flash->state;
    for (uint32_t i = 0; i < s->operation_bytes && i < sizeof s->status; i++) {
        uint32_t kept =
            s->operation_address + i == 0 ? 0xFCU : 0xFFU; /* WIP and WEL are no cells */
        s->status[(s->operation_address + i) % sizeof s->status] = (uint8_t)(s->buffer[i] & kept);
    }
}

void nor_finish(struct nor_flash *flash, bool cut)
{
    struct nor_state *s = &flash->state;
    uint32_t permille = cut ? permille_done(flash) : WHOLE_PERMILLE;
    if (s->operation == NOR_PROGRAM) {
        finish_program(flash, permille);
    } else if (s->operation == NOR_ERASE) {
        finish_erase(flash, permille);
    } else if (s->operation == NOR_WRITE_STATUS && !cut) {
        write_status(flash);
    }
    s->operation = NOR_IDLE;
    s->write_enabled = false;
}
