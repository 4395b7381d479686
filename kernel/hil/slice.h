/*
 * slice.h - kernel memory with its length. Capsules hold and pass slices, never bare pointers, and
 * reach bytes only through the functions here: an index outside is an error value, not an access.
 *
 * A slice does not own its bytes. Who gives one away says until when they stay in place.
 */
#ifndef KERNEL_HIL_SLICE_H
#define KERNEL_HIL_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/marks.h"

struct slice {
    PRIVATE uint8_t *bytes;
    READ_ONLY uint32_t length;
};

struct const_slice {
    PRIVATE const uint8_t *bytes;
    READ_ONLY uint32_t length;
};

/* The whole of an array of uint8_t (an array, not a pointer: anything else does not compile, or is
 * refused by capsule_check, whose messages are to be readable). */
#ifdef CAPSULE_C
#define SLICE_OF(array) ((struct slice){(array), sizeof(array)})
#else
#define SLICE_OF(array)                                                                            \
    ((struct slice){(array), sizeof(array) + 0u * sizeof(struct {                                  \
                                                 _Static_assert(!__builtin_types_compatible_p(     \
                                                                    __typeof__(array), uint8_t *), \
                                                                "SLICE_OF wants an array");        \
                                                 int unused;                                       \
                                             })})
#endif

/* The text of a string literal, without its terminating zero. */
#define SLICE_OF_TEXT(literal)                                                                     \
    ((struct const_slice){(const uint8_t *)("" literal), sizeof(literal) - 1u})

static inline struct const_slice slice_as_const(BORROWED struct slice slice)
{
    return (struct const_slice){slice.bytes, slice.length};
}

/* [offset, offset + length) of the slice, cut where the slice ends; empty when offset lies outside.
 */
static inline struct slice slice_part(BORROWED struct slice slice, uint32_t offset, uint32_t length)
{
    uint32_t from = offset < slice.length ? offset : slice.length;
    uint32_t rest = slice.length - from;
    return (struct slice){slice.bytes + from, length < rest ? length : rest};
}

static inline struct const_slice const_slice_part(BORROWED struct const_slice slice,
                                                  uint32_t offset, uint32_t length)
{
    uint32_t from = offset < slice.length ? offset : slice.length;
    uint32_t rest = slice.length - from;
    return (struct const_slice){slice.bytes + from, length < rest ? length : rest};
}

/* The byte at index, 0 when it lies outside. */
static inline uint8_t slice_get(BORROWED struct const_slice slice, uint32_t index)
{
    return index < slice.length ? slice.bytes[index] : 0;
}

/* False, and nothing written, when index lies outside. */
static inline bool slice_put(BORROWED struct slice slice, uint32_t index, uint8_t value)
{
    if (index >= slice.length) {
        return false;
    }
    slice.bytes[index] = value;
    return true;
}

/* The four bytes from index on as a number, the lowest first; 0 when one of them lies outside. */
static inline uint32_t slice_get_u32(BORROWED struct const_slice slice, uint32_t index)
{
    uint32_t number = 0;
    if (index < slice.length && slice.length - index >= sizeof number) {
        __builtin_memcpy(&number, slice.bytes + index, sizeof number);
    }
    return number;
}

/* False, and nothing written, when one of the four lies outside. */
static inline bool slice_put_u32(BORROWED struct slice slice, uint32_t index, uint32_t number)
{
    if (index >= slice.length || slice.length - index < sizeof number) {
        return false;
    }
    __builtin_memcpy(slice.bytes + index, &number, sizeof number);
    return true;
}

/* The two below: a slice that a function is called with goes through memory, its fields do not. */
PRIVATE uint32_t slice_copy_bytes(BORROWED uint8_t *to, uint32_t to_length,
                                  BORROWED const uint8_t *from, uint32_t from_length);
PRIVATE bool slice_are_bytes_equal(BORROWED const uint8_t *a, uint32_t a_length,
                                   BORROWED const uint8_t *b, uint32_t b_length);

/* Copies as many bytes as both have; returns how many. The two may overlap. */
static inline uint32_t slice_copy(BORROWED struct slice to, BORROWED struct const_slice from)
{
    return slice_copy_bytes(to.bytes, to.length, from.bytes, from.length);
}

static inline bool slice_is_equal(BORROWED struct const_slice a, BORROWED struct const_slice b)
{
    return slice_are_bytes_equal(a.bytes, a.length, b.bytes, b.length);
}

#endif
