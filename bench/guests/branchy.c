/* Short blocks: an interpreter, binary searches, a recursive function, a scanner of text. Every
 * round does the same and must come to the same number. */
#include "bench/guests/bench.h"

#define SORTED   256U
#define EXPECTED 0x2EBC44C8U

const volatile uint32_t bench_rounds = 12000;

/* For the interpreter: two registers and a loop counter. */
enum operation { SET_A, SET_N, TIMES, ADD_N, SWAP, DECREMENT, LOOP, HALT };
static const uint8_t program[] = {
    SET_A, 1, SET_N, 200, TIMES, 3, ADD_N, 0, SWAP, 0, ADD_N, 0, DECREMENT, 0, LOOP, 4, HALT, 0,
};

static const char text[] =
    "{\"name\": \"sandglass\", \"cycles\": [1, 22, 333, 4444], \"exact\": true, \"nested\": "
    "{\"a\": -17, \"b\": [], \"c\": \"x y z\"}, \"more\": [[1], [2, [3]], {\"deep\": [4]}]}";
static uint32_t sorted[SORTED];

static uint32_t interpret(void)
{
    uint32_t a = 0, b = 0, n = 0;
    for (const uint8_t *at = program;; at += 2) {
        switch ((enum operation)at[0]) {
        case SET_A:
            a = at[1];
            break;
        case SET_N:
            n = at[1];
            break;
        case TIMES:
            a *= at[1];
            break;
        case ADD_N:
            a += n;
            break;
        case SWAP: {
            uint32_t was = a;
            a = b;
            b = was;
            break;
        }
        case DECREMENT:
            n--;
            break;
        case LOOP:
            at = n != 0 ? program + at[1] - 2 : at;
            break;
        case HALT:
            return a ^ b;
        }
    }
}

static uint32_t search(uint32_t wanted)
{
    uint32_t low = 0, high = SORTED;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (sorted[middle] < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static uint32_t searches(void)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 64; i++) {
        sum = sum * 5 + search(i * 61U);
    }
    return sum;
}

__attribute__((noinline)) static uint32_t fibonacci(uint32_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/* Counts what kinds of things follow each other. */
static uint32_t scan(void)
{
    uint32_t depth = 0, strings = 0, numbers = 0, deepest = 0;
    bool in_string = false, in_number = false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"') {
            in_string = !in_string;
            strings += in_string ? 1 : 0;
        } else if (in_string) {
            continue;
        } else if (*at == '[' || *at == '{') {
            depth++;
            deepest = depth > deepest ? depth : deepest;
        } else if (*at == ']' || *at == '}') {
            depth--;
        }
        bool digit = !in_string && *at >= '0' && *at <= '9';
        numbers += digit && !in_number ? 1 : 0;
        in_number = digit;
    }
    return strings << 16 | numbers << 8 | deepest << 4 | depth;
}

void bench_main(void)
{
    for (uint32_t i = 0; i < SORTED; i++) {
        sorted[i] = i * 15U + (i & 3U);
    }
    bool right = true;
    uint32_t result = 0;
    for (uint32_t round = 0; round < bench_rounds; round++) {
        result = interpret();
        result = result * 31U + searches();
        result = result * 31U + fibonacci(11);
        result = result * 31U + scan();
        right = right && result == EXPECTED;
    }
    bench_finish(right, result, bench_rounds);
}
