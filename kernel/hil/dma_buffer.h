/*
 * dma_buffer.h - an array of a capsule's instance that a device reads or fills by itself. It is
 * handed over by an op of the device's handle and back again just before the client's callback; in
 * between it is lent, its bytes read as 0 to the capsule and take no writes. A device gets at it
 * through this struct only, so it cannot be pointed anywhere else.
 *
 *   struct thing_driver { struct dma_buffer tx; uint8_t tx_bytes[64]; };
 *   *driver = (struct thing_driver){.tx = DMA_BUFFER_OF(driver->tx_bytes)};
 *
 * The array itself is mentioned nowhere else. Who may do what:
 *   the owner    dma_buffer_get, put, copy_in, copy_out, clear while it is not lent
 *   a holder     is a capsule whose handle took it (a uart_mux port): it uses the dma_buffer_held_
 *                functions, may pass it on to a device or to another holder, who has it then
 *                instead, and hands it back before it calls its client. It names itself by
 *                &this_capsule, which nobody else can
 *   a device     (a chip's driver) claims a part and releases it; one device at a time
 */
#ifndef KERNEL_HIL_DMA_BUFFER_H
#define KERNEL_HIL_DMA_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/syscall.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"
#include "kernel/hil/slice.h"

struct dma_buffer {
    PRIVATE uint8_t *bytes;
    READ_ONLY uint32_t length;
    PRIVATE const struct capsule *owner;  /* whose array it is; NULL: trusted code's */
    PRIVATE const struct capsule *holder; /* NULL: the owner has it */
    PRIVATE bool claimed;                 /* by a device */
};

/* The initialiser of a buffer: the whole of an array of uint8_t. */
#define DMA_BUFFER_OF(array)                                                                       \
    {                                                                                              \
        (array), sizeof(array), GUARD_CALLER, NULL, false                                          \
    }

/* [offset, offset + length) of a buffer, as an argument of the core's allow_read_dma() and
 * allow_write_dma(). What lies outside the buffer is cut. */
struct dma_part {
    PRIVATE struct dma_buffer *buffer;
    READ_ONLY uint32_t offset;
    READ_ONLY uint32_t length;
};

static inline struct dma_part dma_part(struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    return (struct dma_part){buffer, offset, length};
}

/* How many bytes the caller may touch now, as holder `who` or (NULL) as the owner: all, or none. A
 * capsule that held the buffer still knows where it lies. */
PRIVATE static inline uint32_t dma_buffer_length_for(BORROWED const struct dma_buffer *buffer,
                                                     BORROWED const struct capsule *who)
{
    bool may =
        !buffer->claimed && buffer->holder == who && (who != NULL || buffer->owner == GUARD_CALLER);
    return may ? buffer->length : 0u;
}

PRIVATE static inline struct slice dma_buffer_seen_by(BORROWED const struct dma_buffer *buffer,
                                                      BORROWED const struct capsule *who)
{
    return (struct slice){buffer->bytes, dma_buffer_length_for(buffer, who)};
}

/* The same for the owner and a part. */
PRIVATE static inline struct slice dma_part_seen(BORROWED struct dma_part part)
{
    return slice_part(dma_buffer_seen_by(part.buffer, NULL), part.offset, part.length);
}

/* --- The owner --- */

static inline bool dma_buffer_is_lent(BORROWED const struct dma_buffer *buffer)
{
    return buffer->claimed || buffer->holder != NULL;
}

/* The byte at index; 0 when it lies outside or the buffer is lent. */
static inline uint8_t dma_buffer_get(BORROWED const struct dma_buffer *buffer, uint32_t index)
{
    return index < dma_buffer_length_for(buffer, NULL) ? buffer->bytes[index] : 0;
}

/* False, and nothing written, when index lies outside or the buffer is lent. */
static inline bool dma_buffer_put(BORROWED struct dma_buffer *buffer, uint32_t index, uint8_t value)
{
    if (index >= dma_buffer_length_for(buffer, NULL)) {
        return false;
    }
    buffer->bytes[index] = value;
    return true;
}

/* As slice_get_u32 and slice_put_u32; 0, and nothing written, while the buffer is lent. */
static inline uint32_t dma_buffer_get_u32(BORROWED const struct dma_buffer *buffer, uint32_t index)
{
    uint32_t length = dma_buffer_length_for(buffer, NULL);
    return slice_get_u32((struct const_slice){buffer->bytes, length}, index);
}

static inline bool dma_buffer_put_u32(BORROWED struct dma_buffer *buffer, uint32_t index,
                                      uint32_t number)
{
    uint32_t length = dma_buffer_length_for(buffer, NULL);
    return slice_put_u32((struct slice){buffer->bytes, length}, index, number);
}

/* Copies into the buffer, from `offset` on, as much as fits; returns how many bytes, 0 when the
 * buffer is lent. */
static inline uint32_t dma_buffer_copy_in(BORROWED struct dma_buffer *buffer, uint32_t offset,
                                          BORROWED struct const_slice from)
{
    struct slice room = dma_buffer_seen_by(buffer, NULL);
    return slice_copy(slice_part(room, offset, room.length), from);
}

/* Copies out of the buffer, from `offset` on, as much as both have; returns how many bytes, 0 when
 * the buffer is lent. */
static inline uint32_t dma_buffer_copy_out(BORROWED const struct dma_buffer *buffer,
                                           uint32_t offset, BORROWED struct slice to)
{
    struct const_slice all = slice_as_const(dma_buffer_seen_by(buffer, NULL));
    return slice_copy(to, const_slice_part(all, offset, all.length));
}

/* All bytes so; nothing happens while the buffer is lent. */
static inline void dma_buffer_fill(BORROWED struct dma_buffer *buffer, uint8_t value)
{
    __builtin_memset(buffer->bytes, value, dma_buffer_length_for(buffer, NULL));
}

static inline void dma_buffer_clear(BORROWED struct dma_buffer *buffer)
{
    dma_buffer_fill(buffer, 0);
}

/* --- A holder. `self` is &this_capsule --- */

/* As dma_buffer_get, put: while the buffer is held by `self` and no device has it. */
static inline uint8_t dma_buffer_held_get(BORROWED const struct dma_buffer *buffer,
                                          BORROWED const struct capsule *self, uint32_t index)
{
    return slice_get(slice_as_const(dma_buffer_seen_by(buffer, self)), index);
}

static inline bool dma_buffer_held_put(BORROWED struct dma_buffer *buffer,
                                       BORROWED const struct capsule *self, uint32_t index,
                                       uint8_t value)
{
    return slice_put(dma_buffer_seen_by(buffer, self), index, value);
}

/* Ends `self`'s hold, if it has one. Before the callback of the buffer's owner. */
static inline void dma_buffer_hand_back(BORROWED struct dma_buffer *buffer,
                                        BORROWED const struct capsule *self)
{
    if (buffer->holder == self) {
        buffer->holder = NULL;
    }
}

/* --- The trusted side --- */

/* Whether [offset, offset + length) is something in the buffer: K_OK or K_ESIZE. */
PRIVATE static inline int dma_buffer_check(BORROWED const struct dma_buffer *buffer,
                                           uint32_t offset, uint32_t length)
{
    bool fits = buffer != NULL && length > 0 && offset <= buffer->length &&
                length <= buffer->length - offset;
    return fits ? K_OK : K_ESIZE;
}

/* The HIL's function for an op that hands a buffer over: whether it is the caller's to give, as he
 * owns it or holds it, or is trusted. K_OK, also for NULL, which the op refuses; or K_EBUSY. */
PRIVATE static inline int dma_buffer_offer(BORROWED const struct dma_buffer *buffer)
{
    if (buffer == NULL) {
        return K_OK;
    }
    const struct capsule *has = buffer->holder != NULL ? buffer->holder : buffer->owner;
    const struct capsule *giver = GUARD_CALLER;
    return giver == NULL || giver == has ? K_OK : K_EBUSY;
}

/* The same for the two buffers of a transfer. */
PRIVATE static inline int dma_buffer_offer_both(BORROWED const struct dma_buffer *write,
                                                BORROWED const struct dma_buffer *read)
{
    int status = dma_buffer_offer(write);
    return status == K_OK ? dma_buffer_offer(read) : status;
}

/* As dma_buffer_offer, for an op of a handle that a capsule offers: `holder` has the buffer from
 * now on. K_ESIZE: no such part. K_EBUSY: it is lent already, but to the caller, or not his. */
PRIVATE static inline int dma_buffer_lend(struct dma_buffer *buffer, uint32_t offset,
                                          uint32_t length, const struct capsule *holder)
{
    int status = dma_buffer_check(buffer, offset, length);
    if (status == K_OK && dma_buffer_is_lent(buffer)) {
        bool passes_on = !buffer->claimed && buffer->holder == GUARD_CALLER;
        status = passes_on ? K_OK : K_EBUSY;
    }
    if (status == K_OK) {
        status = dma_buffer_offer(buffer);
    }
    if (status == K_OK) {
        buffer->holder = holder;
    }
    return status;
}

/* A chip's driver: the part is its own until it releases the buffer, whoever holds that. K_ESIZE:
 * no such part. K_EBUSY: a device has the buffer. */
PRIVATE static inline int dma_buffer_claim(struct dma_buffer *buffer, uint32_t offset,
                                           uint32_t length, BORROWED struct slice *part)
{
    int status = dma_buffer_check(buffer, offset, length);
    if (status == K_OK && buffer->claimed) {
        status = K_EBUSY;
    }
    if (status == K_OK) {
        buffer->claimed = true;
        *part = (struct slice){buffer->bytes + offset, length};
    }
    return status;
}

/* Before the client's callback. */
PRIVATE static inline void dma_buffer_release(BORROWED struct dma_buffer *buffer)
{
    buffer->claimed = false;
}

#endif
