/* tests/fuzz/fuzz_bytes.h - a fuzzer's input as a stream of numbers, and what a target does with a
 * finding. Reading past the end gives zeros, so that no target has to check lengths. */
#ifndef TESTS_FUZZ_FUZZ_BYTES_H
#define TESTS_FUZZ_FUZZ_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The entry point of every target, as libFuzzer calls it. Returns 0; a finding aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_bytes {
    const uint8_t *data;
    size_t size, at;
};

static inline bool fuzz_more(const struct fuzz_bytes *bytes)
{
    return bytes->at < bytes->size;
}

static inline uint8_t fuzz_u8(struct fuzz_bytes *bytes)
{
    return fuzz_more(bytes) ? bytes->data[bytes->at++] : 0;
}

static inline uint32_t fuzz_u16(struct fuzz_bytes *bytes)
{
    uint32_t low = fuzz_u8(bytes);
    return low | (uint32_t)fuzz_u8(bytes) << 8;
}

static inline uint32_t fuzz_u32(struct fuzz_bytes *bytes)
{
    uint32_t low = fuzz_u16(bytes);
    return low | fuzz_u16(bytes) << 16;
}

/* From here on an input has so many seconds of processor time (not of the clock: the host may be
 * busy with something else); more is a finding. 0 ends the limit. */
void fuzz_limit_seconds(unsigned seconds);

/* Says what is wrong on stderr and aborts: the fuzzer keeps the input. */
_Noreturn void fuzz_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Aborts unless the condition holds. */
static inline void fuzz_check(bool holds, const char *what)
{
    if (!holds) {
        fuzz_fail("%s", what);
    }
}

#endif
