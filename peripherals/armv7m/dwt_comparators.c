#include "peripherals/armv7m/dwt_comparators.h"

#define FIRST_OFFSET        0x20U
#define COMPARATOR_BYTES    0x10U
#define REGISTER_COMP       0x0U
#define REGISTER_MASK       0x4U
#define REGISTER_FUNCTION   0x8U
#define FUNCTION_BITS       0xFU
#define FUNCTION_EMITRANGE  (1U << 5)
#define FUNCTION_CYCMATCH   (1U << 7)
#define FUNCTION_DATAVMATCH (1U << 8)
#define FUNCTION_MATCHED    (1U << 24)

/* FUNCTION, without trace. */
enum { OFF = 0, WATCH_CODE = 4, WATCH_READ = 5, WATCH_WRITE = 6, WATCH_ACCESS = 7 };

static const char device_name[] = "dwt";

static bool is_on(const struct dwt *dwt)
{
    return (dwt->state.demcr & DEMCR_TRCENA) != 0;
}

static bool is_cycle_match(const struct dwt_comparator *comparator)
{
    return (comparator->function & FUNCTION_CYCMATCH) != 0;
}

/* Its range of addresses touches [address, address + size_bytes). */
static bool touches(const struct dwt_comparator *comparator, uint32_t address, uint32_t size_bytes)
{
    uint32_t range = 1U << comparator->mask;
    uint32_t start = comparator->comp & ~(range - 1);
    return address - start < range || start - address < size_bytes;
}

static bool watches_code(const struct dwt_comparator *comparator, uint32_t start, uint32_t end)
{
    return (comparator->function & FUNCTION_BITS) == WATCH_CODE && !is_cycle_match(comparator) &&
           touches(comparator, start, end - start);
}

static bool watches_data(const struct dwt_comparator *comparator, uint32_t address,
                         uint32_t size_bytes)
{
    uint32_t function = comparator->function & FUNCTION_BITS;
    return function >= WATCH_READ && function <= WATCH_ACCESS && !is_cycle_match(comparator) &&
           touches(comparator, address, size_bytes);
}

bool dwt_watches_code(const struct dwt *dwt, uint32_t start, uint32_t end)
{
    for (uint32_t i = 0; is_on(dwt) && i < DWT_COMPARATORS; i++) {
        if (watches_code(&dwt->state.comparator[i], start, end)) {
            return true;
        }
    }
    return false;
}

bool dwt_watches_data(const struct dwt *dwt, uint32_t address, uint32_t size_bytes)
{
    for (uint32_t i = 0; is_on(dwt) && i < DWT_COMPARATORS; i++) {
        if (watches_data(&dwt->state.comparator[i], address, size_bytes)) {
            return true;
        }
    }
    return false;
}

bool dwt_match_code(struct dwt *dwt, uint32_t pc)
{
    bool matched = false;
    for (uint32_t i = 0; is_on(dwt) && i < DWT_COMPARATORS; i++) {
        if (watches_code(&dwt->state.comparator[i], pc, pc + 1)) {
            dwt->state.comparator[i].function |= FUNCTION_MATCHED;
            matched = true;
        }
    }
    return matched;
}

bool dwt_match_data(struct dwt *dwt, uint32_t address, uint32_t size_bytes, bool write)
{
    uint32_t other = write ? WATCH_READ : WATCH_WRITE;
    bool matched = false;
    for (uint32_t i = 0; is_on(dwt) && i < DWT_COMPARATORS; i++) {
        struct dwt_comparator *comparator = &dwt->state.comparator[i];
        if (watches_data(comparator, address, size_bytes) &&
            (comparator->function & FUNCTION_BITS) != other) {
            comparator->function |= FUNCTION_MATCHED;
            matched = true;
        }
    }
    return matched;
}

uint64_t dwt_next_cycle_match(const struct dwt *dwt, uint64_t cycle)
{
    const struct dwt_state *state = &dwt->state;
    const struct dwt_comparator *first = &state->comparator[0];
    if (!is_on(dwt) || (state->ctrl & DWT_CTRL_CYCCNTENA) == 0 || !is_cycle_match(first) ||
        (first->function & FUNCTION_BITS) != WATCH_CODE) {
        return UINT64_MAX;
    }
    uint32_t count = state->cyccnt + (uint32_t)(cycle - state->since_cycle);
    uint32_t left = first->comp - count;
    return cycle + (left != 0 ? left : 1ULL << 32);
}

void dwt_match_cycle(struct dwt *dwt)
{
    dwt->state.comparator[0].function |= FUNCTION_MATCHED;
}

/* ---- registers ---- */

static uint32_t index_of(uint32_t offset)
{
    return (offset - FIRST_OFFSET) / COMPARATOR_BYTES;
}

bool dwt_comparators_own(uint32_t offset)
{
    return offset >= FIRST_OFFSET && offset < FIRST_OFFSET + DWT_COMPARATORS * COMPARATOR_BYTES &&
           offset % COMPARATOR_BYTES <= REGISTER_FUNCTION;
}

uint32_t dwt_comparators_peek(const struct dwt *dwt, uint32_t offset)
{
    const struct dwt_comparator *comparator = &dwt->state.comparator[index_of(offset)];
    switch (offset % COMPARATOR_BYTES) {
    case REGISTER_COMP:
        return comparator->comp;
    case REGISTER_MASK:
        return comparator->mask;
    default:
        return comparator->function;
    }
}

uint32_t dwt_comparators_read(struct dwt *dwt, uint32_t offset)
{
    uint32_t value = dwt_comparators_peek(dwt, offset);
    if (offset % COMPARATOR_BYTES == REGISTER_FUNCTION) {
        dwt->state.comparator[index_of(offset)].function &= ~FUNCTION_MATCHED;
    }
    return value;
}

static void write_function(struct dwt *dwt, uint32_t offset, uint32_t value)
{
    struct dwt_comparator *comparator = &dwt->state.comparator[index_of(offset)];
    uint32_t function = value & FUNCTION_BITS;
    bool watches = function >= WATCH_CODE && function <= WATCH_ACCESS;
    if ((function != OFF && !watches) || (value & FUNCTION_DATAVMATCH) != 0) {
        diag_unimplemented(dwt->config.diag, device_name, offset,
                           "of the comparators only watchpoints on addresses and CYCCNT are "
                           "modelled: no trace, no triggers, no data values");
    }
    uint32_t writable = FUNCTION_BITS | FUNCTION_EMITRANGE;
    writable |= index_of(offset) == 0 ? FUNCTION_CYCMATCH : 0;
    comparator->function = value & writable;
}

void dwt_comparators_write(struct dwt *dwt, uint32_t offset, uint32_t value)
{
    struct dwt_comparator *comparator = &dwt->state.comparator[index_of(offset)];
    switch (offset % COMPARATOR_BYTES) {
    case REGISTER_COMP:
        comparator->comp = value;
        break;
    case REGISTER_MASK:
        comparator->mask = value & DWT_MASK_MAX;
        break;
    default:
        write_function(dwt, offset, value);
        break;
    }
}
