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
    if (offset >= slice.length) {
        return (struct slice){slice.bytes, 0};
    }
    uint32_t rest = slice.length - offset;
    return (struct slice){slice.bytes + offset, length < rest ? length : rest};
}

static inline struct const_slice const_slice_part(BORROWED struct const_slice slice,
                                                  uint32_t offset, uint32_t length)
{
    if (offset >= slice.length) {
        return (struct const_slice){slice.bytes, 0};
    }
    uint32_t rest = slice.length - offset;
    return (struct const_slice){slice.bytes + offset, length < rest ? length : rest};
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

/* Copies as many bytes as both have; returns how many. The two may overlap. */
static inline uint32_t slice_copy(BORROWED struct slice to, BORROWED struct const_slice from)
{
    uint32_t count = to.length < from.length ? to.length : from.length;
    if (to.bytes < from.bytes) {
        for (uint32_t i = 0; i < count; i++) {
            to.bytes[i] = from.bytes[i];
        }
    } else {
        for (uint32_t i = count; i > 0; i--) {
            to.bytes[i - 1] = from.bytes[i - 1];
        }
    }
    return count;
}

static inline bool slice_is_equal(BORROWED struct const_slice a, BORROWED struct const_slice b)
{
    if (a.length != b.length) {
        return false;
    }
    for (uint32_t i = 0; i < a.length; i++) {
        if (a.bytes[i] != b.bytes[i]) {
            return false;
        }
    }
    return true;
}

#endif
