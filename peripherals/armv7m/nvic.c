#include "peripherals/armv7m/nvic.h"

#include <stddef.h>

#include "peripherals/armv7m/lane.h"

enum nvic_register {
    NVIC_ICTR = 0x004,
    NVIC_ISER = 0x100,
    NVIC_ICER = 0x180,
    NVIC_ISPR = 0x200,
    NVIC_ICPR = 0x280,
    NVIC_IABR = 0x300,
    NVIC_IPR = 0x400,
    NVIC_IPR_END = 0x4F0,
    NVIC_STIR = 0xF00,
};

#define BITMAP_BYTES 0x20U

static const char device_name[] = "nvic";

/* Reset, NMI, HardFault, SVCall, PendSV, SysTick: nothing disables them. */
#define ALWAYS_ENABLED ((1U << 1) | (1U << 2) | (1U << 3) | (1U << 11) | (1U << 14) | (1U << 15))
#define HAS_PRIORITY   0xD870U /* 4-6, 11, 12, 14, 15 */

static bool bit_test(const uint32_t *map, uint32_t exception)
{
    return ((map[exception / 32] >> (exception % 32)) & 1U) != 0;
}

static void bit_write(uint32_t *map, uint32_t exception, bool value)
{
    uint32_t bit = 1U << (exception % 32);
    map[exception / 32] = value ? map[exception / 32] | bit : map[exception / 32] & ~bit;
}

/* Bits of interrupts 32 * group .. 32 * group + 31: they straddle two words of a map by exception.
 */
static uint32_t group_read(const uint32_t *map, uint32_t group)
{
    uint32_t high = group + 1 < NVIC_WORDS ? map[group + 1] << 16 : 0;
    return (map[group] >> 16) | high;
}

/* How many words of a map have exceptions that exist. */
static uint32_t used_words(const struct nvic *nvic)
{
    return (NVIC_EXCEPTION_IRQ0 + nvic->config.irq_count + 31) / 32;
}

static void tell(struct nvic *nvic, bool became_pending)
{
    if (nvic->config.changed != NULL) {
        nvic->config.changed(nvic->config.context, became_pending);
    }
}

void nvic_touch(struct nvic *nvic)
{
    tell(nvic, false);
}

bool nvic_is_enabled(const struct nvic *nvic, uint32_t exception)
{
    return bit_test(nvic->state.enabled, exception);
}

bool nvic_is_pending(const struct nvic *nvic, uint32_t exception)
{
    return bit_test(nvic->state.pending, exception);
}

bool nvic_is_active(const struct nvic *nvic, uint32_t exception)
{
    return bit_test(nvic->state.active, exception);
}

void nvic_set_enabled(struct nvic *nvic, uint32_t exception, bool enabled)
{
    bit_write(nvic->state.enabled, exception, enabled);
    tell(nvic, false);
}

void nvic_set_pending(struct nvic *nvic, uint32_t exception)
{
    bool before = bit_test(nvic->state.pending, exception);
    bit_write(nvic->state.pending, exception, true);
    tell(nvic, !before);
}

void nvic_clear_pending(struct nvic *nvic, uint32_t exception)
{
    if (nvic->config.cleared != NULL) {
        nvic->config.cleared(nvic->config.context, exception);
    }
    /* While active, a line that is still high is looked at when the handler returns. */
    bool held = bit_test(nvic->state.line, exception) && !bit_test(nvic->state.active, exception);
    if (!held) {
        bit_write(nvic->state.pending, exception, false);
        tell(nvic, false);
    }
}

void nvic_set_active(struct nvic *nvic, uint32_t exception, bool active)
{
    bit_write(nvic->state.active, exception, active);
    tell(nvic, false);
}

void nvic_set_line(struct nvic *nvic, uint32_t irqn, bool level)
{
    if (irqn >= nvic->config.irq_count) {
        return;
    }
    uint32_t exception = irqn + NVIC_EXCEPTION_IRQ0;
    bool rises = level && !bit_test(nvic->state.line, exception);
    bit_write(nvic->state.line, exception, level);
    if (rises) {
        nvic_set_pending(nvic, exception);
    }
}

void nvic_enter(struct nvic *nvic, uint32_t exception)
{
    bit_write(nvic->state.pending, exception, false);
    bit_write(nvic->state.active, exception, true);
    tell(nvic, false);
}

void nvic_leave(struct nvic *nvic, uint32_t exception)
{
    bit_write(nvic->state.active, exception, false);
    tell(nvic, false);
    if (bit_test(nvic->state.line, exception)) {
        nvic_set_pending(nvic, exception);
    }
}

void nvic_unenter(struct nvic *nvic, uint32_t exception)
{
    bit_write(nvic->state.active, exception, false);
    bit_write(nvic->state.pending, exception, true);
    tell(nvic, false);
}

int32_t nvic_priority(const struct nvic *nvic, uint32_t exception)
{
    return exception <= 3 ? (int32_t)exception - 4 : (int32_t)nvic->state.priority[exception];
}

uint32_t nvic_priority_mask(const struct nvic *nvic)
{
    return (0xFFU << (8 - nvic->config.priority_bits)) & 0xFFU;
}

void nvic_set_priority(struct nvic *nvic, uint32_t exception, uint8_t priority)
{
    bool exists = exception < NVIC_EXCEPTION_IRQ0
                      ? ((HAS_PRIORITY >> exception) & 1U) != 0
                      : exception - NVIC_EXCEPTION_IRQ0 < nvic->config.irq_count;
    if (exists) {
        nvic->state.priority[exception] = (uint8_t)(priority & nvic_priority_mask(nvic));
        tell(nvic, false);
    }
}

int32_t nvic_group_priority(int32_t priority, uint32_t prigroup)
{
    uint32_t subpriority = (2U << prigroup) - 1U;
    return priority < 0 ? priority : (int32_t)((uint32_t)priority & ~subpriority);
}

uint32_t nvic_highest_pending(const struct nvic *nvic)
{
    const uint32_t words = used_words(nvic);
    uint32_t best = 0;
    int32_t best_priority = INT32_MAX;
    for (uint32_t word = 0; word < words; word++) {
        uint32_t ready = nvic->state.pending[word] & nvic->state.enabled[word];
        for (; ready != 0; ready &= ready - 1) {
            uint32_t exception = word * 32 + (uint32_t)__builtin_ctz(ready);
            int32_t priority = nvic_priority(nvic, exception);
            if (priority < best_priority) {
                best = exception;
                best_priority = priority;
            }
        }
    }
    return best;
}

int32_t nvic_active_priority(const struct nvic *nvic, uint32_t prigroup)
{
    const uint32_t words = used_words(nvic);
    int32_t best = NVIC_PRIORITY_THREAD;
    for (uint32_t word = 0; word < words; word++) {
        for (uint32_t map = nvic->state.active[word]; map != 0; map &= map - 1) {
            uint32_t exception = word * 32 + (uint32_t)__builtin_ctz(map);
            int32_t priority = nvic_group_priority(nvic_priority(nvic, exception), prigroup);
            best = priority < best ? priority : best;
        }
    }
    return best;
}

uint32_t nvic_active_count(const struct nvic *nvic)
{
    const uint32_t words = used_words(nvic);
    uint32_t count = 0;
    for (uint32_t word = 0; word < words; word++) {
        count += (uint32_t)__builtin_popcount(nvic->state.active[word]);
    }
    return count;
}

bool nvic_irq_pending(const struct nvic *nvic)
{
    uint32_t any = nvic->state.pending[0] >> NVIC_EXCEPTION_IRQ0;
    for (uint32_t word = 1; word < NVIC_WORDS; word++) {
        any |= nvic->state.pending[word];
    }
    return any != 0;
}

bool nvic_owns(uint32_t offset)
{
    return (offset & ~3U) == NVIC_ICTR || (offset & ~3U) == NVIC_STIR ||
           (offset >= NVIC_ISER && offset < NVIC_IPR_END);
}

static uint32_t priority_word(const struct nvic *nvic, uint32_t first_irqn)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t exception = first_irqn + i + NVIC_EXCEPTION_IRQ0;
        word |= (uint32_t)nvic->state.priority[exception] << (8 * i);
    }
    return word;
}

uint32_t nvic_peek(const struct nvic *nvic, uint32_t offset)
{
    offset &= ~3U;
    uint32_t group = (offset % BITMAP_BYTES) / 4;
    if (offset >= NVIC_IPR && offset < NVIC_IPR_END) {
        return priority_word(nvic, offset - NVIC_IPR);
    }
    switch (offset - offset % BITMAP_BYTES) {
    case NVIC_ISER:
    case NVIC_ICER:
        return group_read(nvic->state.enabled, group);
    case NVIC_ISPR:
    case NVIC_ICPR:
        return group_read(nvic->state.pending, group);
    case NVIC_IABR:
        return group_read(nvic->state.active, group);
    default:
        break;
    }
    if (offset == NVIC_ICTR) {
        return nvic->config.irq_count == 0 ? 0 : (nvic->config.irq_count - 1) / 32;
    }
    return 0;
}

static bool is_known(uint32_t offset)
{
    uint32_t block = offset - offset % BITMAP_BYTES;
    return (offset & ~3U) == NVIC_ICTR || (offset & ~3U) == NVIC_STIR || offset >= NVIC_IPR ||
           block == NVIC_ISER || block == NVIC_ICER || block == NVIC_ISPR || block == NVIC_ICPR ||
           block == NVIC_IABR;
}

enum bus_result nvic_read(struct nvic *nvic, struct bus_access access, uint32_t *value)
{
    if (!is_known(access.offset)) {
        diag_guest_error(nvic->config.diag, device_name, access.offset,
                         "read of a reserved register");
    } else if (access.offset == NVIC_STIR) {
        diag_guest_error(nvic->config.diag, device_name, access.offset,
                         "read of a write-only register");
    }
    *value = lane_read(nvic_peek(nvic, access.offset), access);
    return BUS_OK;
}

/* Applies `change` to every interrupt whose bit is written as 1. */
static void for_each_irq(struct nvic *nvic, uint32_t group, uint32_t bits,
                         void (*change)(struct nvic *nvic, uint32_t exception))
{
    for (; bits != 0; bits &= bits - 1) {
        uint32_t irqn = group * 32 + (uint32_t)__builtin_ctz(bits);
        if (irqn < nvic->config.irq_count) {
            change(nvic, irqn + NVIC_EXCEPTION_IRQ0);
        }
    }
}

static void enable(struct nvic *nvic, uint32_t exception)
{
    nvic_set_enabled(nvic, exception, true);
}

static void disable(struct nvic *nvic, uint32_t exception)
{
    nvic_set_enabled(nvic, exception, false);
}

static void write_priorities(struct nvic *nvic, struct bus_access access, uint32_t value)
{
    for (uint32_t i = 0; i < access.size_bytes; i++) {
        uint32_t irqn = access.offset - NVIC_IPR + i;
        nvic_set_priority(nvic, irqn + NVIC_EXCEPTION_IRQ0, (uint8_t)(value >> (8 * i)));
    }
}

enum bus_result nvic_write(struct nvic *nvic, struct bus_access access, uint32_t value)
{
    uint32_t group = (access.offset % BITMAP_BYTES) / 4;
    uint32_t bits = lane_place(value, access);
    if (access.offset >= NVIC_IPR && access.offset < NVIC_IPR_END) {
        write_priorities(nvic, access, value);
        return BUS_OK;
    }
    if (access.offset == NVIC_STIR) {
        uint32_t irqn = value & 0x1FFU;
        if (irqn < nvic->config.irq_count) {
            nvic_set_pending(nvic, irqn + NVIC_EXCEPTION_IRQ0);
        }
        return BUS_OK;
    }
    switch (access.offset - access.offset % BITMAP_BYTES) {
    case NVIC_ISER:
        for_each_irq(nvic, group, bits, enable);
        break;
    case NVIC_ICER:
        for_each_irq(nvic, group, bits, disable);
        break;
    case NVIC_ISPR:
        for_each_irq(nvic, group, bits, nvic_set_pending);
        break;
    case NVIC_ICPR:
        for_each_irq(nvic, group, bits, nvic_clear_pending);
        break;
    default:
        diag_guest_error(nvic->config.diag, device_name, access.offset,
                         "write to a read-only or reserved register");
        break;
    }
    return BUS_OK;
}

void nvic_reset(struct nvic *nvic)
{
    nvic->state = (struct nvic_state){.enabled = {ALWAYS_ENABLED}};
}

void nvic_init(struct nvic *nvic, const struct nvic_config *config)
{
    *nvic = (struct nvic){.config = *config};
    nvic_reset(nvic);
}
