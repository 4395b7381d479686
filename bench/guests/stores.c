/* Stores: fills and copies by bytes and words, several registers at once, records, a histogram, a
 * ring buffer. Every round does the same and must come to the same number. */
#include "bench/guests/bench.h"

#define BYTES    2048U
#define RECORDS  64U
#define RING     64U
#define EXPECTED 0x44BB78EBU

const volatile uint32_t bench_rounds = 18000;

struct record {
    uint32_t id;
    uint16_t kind;
    uint8_t flags, length;
    uint32_t payload[4];
};

static uint8_t source[BYTES], target[BYTES];
static uint32_t words[BYTES / 4];
static struct record records[RECORDS];
static uint32_t histogram[64];
static uint8_t ring[RING];

/* The loops stay loops: no library is there to call. */
#define AS_WRITTEN __attribute__((optimize("no-tree-loop-distribute-patterns"), noinline))

AS_WRITTEN static void fill_and_copy(uint32_t round)
{
    for (uint32_t i = 0; i < BYTES / 4; i++) {
        words[i] = round;
    }
    for (uint32_t i = 0; i < BYTES; i++) {
        target[i] = source[i];
    }
}

/* Eight registers a turn, as a library's memcpy does it. */
static void copy_blocks(uint32_t *to, const void *from, uint32_t bytes)
{
    const uint32_t *end = to + bytes / 4;
    __asm volatile("1: ldmia %1!, {r3-r10}\n"
                   "stmia %0!, {r3-r10}\n"
                   "cmp %0, %2\n"
                   "bne 1b"
                   : "+r"(to), "+r"(from)
                   : "r"(end)
                   : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "cc", "memory");
}

AS_WRITTEN static void write_records(void)
{
    for (uint32_t i = 0; i < RECORDS; i++) {
        struct record *record = &records[i];
        record->id = i * 7U;
        record->kind = (uint16_t)(i & 3U);
        record->flags = (uint8_t)i;
        record->length = 16;
        for (uint32_t k = 0; k < 4; k++) {
            record->payload[k] = record->id + k;
        }
    }
}

AS_WRITTEN static void count_bytes(void)
{
    for (uint32_t i = 0; i < 64; i++) {
        histogram[i] = 0;
    }
    for (uint32_t i = 0; i < BYTES / 4; i++) {
        histogram[source[i] & 63U]++;
    }
}

AS_WRITTEN static uint32_t pass_through_ring(void)
{
    uint32_t head = 0, tail = 0, sum = 0;
    for (uint32_t i = 0; i < 256; i++) {
        ring[head++ % RING] = source[i];
        ring[head++ % RING] = (uint8_t)i;
        sum = sum * 3U + ring[tail++ % RING];
        sum += ring[tail++ % RING];
    }
    return sum;
}

static uint32_t digest(void)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < BYTES / 4; i += 16) {
        sum = sum * 31U + words[i] + target[4 * i + 1];
    }
    for (uint32_t i = 0; i < 64; i++) {
        sum = sum * 31U + histogram[i] + records[i].payload[3];
    }
    return sum;
}

void bench_main(void)
{
    uint32_t state = 2463534242U;
    for (uint32_t i = 0; i < BYTES; i++) {
        source[i] = (uint8_t)bench_random(&state);
    }
    bool right = true;
    uint32_t result = 0;
    for (uint32_t round = 0; round < bench_rounds; round++) {
        fill_and_copy(round);
        copy_blocks(words, source, BYTES);
        write_records();
        count_bytes();
        result = pass_through_ring();
        result = result * 31U + digest();
        right = right && result == EXPECTED;
    }
    bench_finish(right, result, bench_rounds);
}
