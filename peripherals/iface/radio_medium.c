#include "peripherals/iface/radio_medium.h"

#include <stddef.h>

#define LOSS_AT_1_M_CDB 4000   /* 20 * log10(4 * pi * 1 m * 2.44 GHz / c) is 40.2 dB */
#define NEAREST_MM2     10000U /* 10 cm: nearer, antennas are no point sources */
#define EXPONENT_RESET  20U
#define LOG_BITS        16U
/* 1000 * log10(2), and log2 of the square of a metre in mm^2, both times 2^16 */
#define LOG10_OF_2    19728302
#define LOG2_OF_1_M_2 1306235

void radio_medium_init(struct radio_medium *medium)
{
    *medium = (struct radio_medium){.exponent_tenths = EXPONENT_RESET};
    medium->next = medium;
}

/* Numbers all ports of the air anew. */
static void number_ports(struct radio_medium *first)
{
    uint32_t source = 0;
    struct radio_medium *medium = first;
    do {
        for (struct radio_port *port = medium->ports; port != NULL; port = port->next) {
            port->source = source++;
        }
        medium = medium->next;
    } while (medium != first);
}

void radio_medium_attach(struct radio_medium *medium, struct radio_port *port)
{
    struct radio_port **link = &medium->ports;
    while (*link != NULL && *link != port) {
        link = &(*link)->next;
    }
    *link = port;
    port->next = NULL;
    port->medium = medium;
    number_ports(medium);
}

void radio_medium_join(struct radio_medium *medium, struct radio_medium *other)
{
    /* Two rings become one when their members exchange what follows them. */
    struct radio_medium *next = medium->next;
    medium->next = other->next;
    other->next = next;
    number_ports(medium);
}

/* floor(2^16 * log2(value)), value > 0: the integer part is the place of the highest bit; each
 * further bit comes from squaring the rest, which lies in [1, 2). */
static uint32_t log2_fixed(uint64_t value)
{
    uint32_t result = 0;
    while (value >> result > 1) {
        result++;
    }
    uint64_t rest = result > 31 ? value >> (result - 31) : value << (31 - result); /* 1.31 */
    for (uint32_t i = 0; i < LOG_BITS; i++) {
        rest = rest * rest >> 31;
        bool carry = rest >> 32 != 0;
        result = result << 1 | (carry ? 1U : 0U);
        rest >>= carry ? 1 : 0;
    }
    return result;
}

int32_t radio_medium_loss_cdb(uint64_t square_mm2, uint32_t exponent_tenths)
{
    uint64_t square = square_mm2 < NEAREST_MM2 ? NEAREST_MM2 : square_mm2;
    int64_t log2 = (int64_t)log2_fixed(square) - LOG2_OF_1_M_2;
    /* 10 * n * log10(d) dB, and log10(d) is half of log10(d^2). */
    int64_t cdb = log2 * LOG10_OF_2 / (1 << LOG_BITS) * (int64_t)exponent_tenths / 20;
    return LOSS_AT_1_M_CDB + (int32_t)(cdb / (1 << LOG_BITS));
}

static uint64_t square_distance(const struct radio_port *a, const struct radio_port *b)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < 3; i++) {
        int64_t difference = (int64_t)a->position_mm[i] + a->medium->position_mm[i] -
                             b->position_mm[i] - b->medium->position_mm[i];
        /* At most 2^30 counts: squares and their sum stay far from the limit. */
        uint64_t size = (uint64_t)(difference < 0 ? -difference : difference);
        size = size > 1U << 30 ? 1U << 30 : size;
        sum += size * size;
    }
    return sum;
}

static int32_t loss_cdb(const struct radio_port *from, const struct radio_port *to)
{
    return radio_medium_loss_cdb(square_distance(from, to), from->medium->exponent_tenths);
}

void radio_medium_send(const struct radio_port *port, enum radio_phase phase,
                       const struct radio_frame *frame)
{
    const struct radio_medium *medium = port->medium;
    do {
        for (struct radio_port *other = medium->ports; other != NULL; other = other->next) {
            int32_t loss = other->everywhere ? 0 : loss_cdb(port, other);
            int32_t power = frame->power_cdbm - loss;
            if (other != port && power >= RADIO_MEDIUM_WEAKEST_CDBM) {
                other->heard(other->owner, port->source, phase, frame, power);
            }
        }
        medium = medium->next;
    } while (medium != port->medium);
}

uint64_t radio_medium_latency(const struct clock *clock)
{
    return clock_us_to_cycles(clock, RADIO_MEDIUM_LATENCY_US);
}
