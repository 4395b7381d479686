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

NOT_NULL static inline struct dma_part dma_part(struct dma_buffer *buffer, uint32_t offset,
                                                uint32_t length)
{
    return (struct dma_part){buffer, offset, length};
}

/* What `caller` may touch now, as holder `who` or (NULL) as the owner: all of the bytes, or none.
 * A capsule that held the buffer still knows where it lies. */
PRIVATE static inline struct slice dma_buffer_seen_by(BORROWED const struct dma_buffer *buffer,
                                                      BORROWED const struct capsule *who,
                                                      BORROWED const struct capsule *caller)
{
    bool may =
        !buffer->claimed && buffer->holder == who && (who != NULL || buffer->owner == caller);
    return (struct slice){buffer->bytes, may ? buffer->length : 0u};
}

/* The same for the owner and a part. */
PRIVATE static inline struct slice dma_buffer_part(BORROWED const struct dma_buffer *buffer,
                                                   uint32_t offset, uint32_t length,
                                                   BORROWED const struct capsule *caller)
{
    return slice_part(dma_buffer_seen_by(buffer, NULL, caller), offset, length);
}

/* --- The owner --- */

static inline bool dma_buffer_is_lent(BORROWED const struct dma_buffer *buffer)
{
    return buffer->claimed || buffer->holder != NULL;
}

/* The functions below for whom they are compiled in, who is `caller`. */
PRIVATE NOT_NULL uint8_t dma_buffer_get_by(BORROWED const struct dma_buffer *buffer, uint32_t index,
                                           BORROWED const struct capsule *caller);
PRIVATE NOT_NULL bool dma_buffer_put_by(BORROWED struct dma_buffer *buffer, uint32_t index,
                                        uint8_t value, BORROWED const struct capsule *caller);
PRIVATE uint32_t dma_buffer_copy_in_by(BORROWED struct dma_buffer *buffer, uint32_t offset,
                                       BORROWED const uint8_t *from, uint32_t length,
                                       BORROWED const struct capsule *caller);
PRIVATE uint32_t dma_buffer_copy_out_by(BORROWED const struct dma_buffer *buffer, uint32_t offset,
                                        BORROWED uint8_t *to, uint32_t length,
                                        BORROWED const struct capsule *caller);
PRIVATE NOT_NULL uint32_t dma_buffer_get_u32_by(BORROWED const struct dma_buffer *buffer,
                                                uint32_t index,
                                                BORROWED const struct capsule *caller);
PRIVATE NOT_NULL bool dma_buffer_put_u32_by(BORROWED struct dma_buffer *buffer, uint32_t index,
                                            uint32_t number, BORROWED const struct capsule *caller);
PRIVATE NOT_NULL void dma_buffer_fill_by(BORROWED struct dma_buffer *buffer, uint8_t value,
                                         BORROWED const struct capsule *caller);

/* The byte at index; 0 when it lies outside or the buffer is lent. */
static inline uint8_t dma_buffer_get(BORROWED const struct dma_buffer *buffer, uint32_t index)
{
    return dma_buffer_get_by(buffer, index, GUARD_CALLER);
}

/* False, and nothing written, when index lies outside or the buffer is lent. */
static inline bool dma_buffer_put(BORROWED struct dma_buffer *buffer, uint32_t index, uint8_t value)
{
    return dma_buffer_put_by(buffer, index, value, GUARD_CALLER);
}

/* As slice_get_u32 and slice_put_u32; 0, and nothing written, while the buffer is lent. */
static inline uint32_t dma_buffer_get_u32(BORROWED const struct dma_buffer *buffer, uint32_t index)
{
    return dma_buffer_get_u32_by(buffer, index, GUARD_CALLER);
}

static inline bool dma_buffer_put_u32(BORROWED struct dma_buffer *buffer, uint32_t index,
                                      uint32_t number)
{
    return dma_buffer_put_u32_by(buffer, index, number, GUARD_CALLER);
}

/* Copies into the buffer, from `offset` on, as much as fits; returns how many bytes, 0 when the
 * buffer is lent. */
NOT_NULL static inline uint32_t dma_buffer_copy_in(BORROWED struct dma_buffer *buffer,
                                                   uint32_t offset,
                                                   BORROWED struct const_slice from)
{
    return dma_buffer_copy_in_by(buffer, offset, from.bytes, from.length, GUARD_CALLER);
}

/* Copies out of the buffer, from `offset` on, as much as both have; returns how many bytes, 0 when
 * the buffer is lent. */
NOT_NULL static inline uint32_t dma_buffer_copy_out(BORROWED const struct dma_buffer *buffer,
                                                    uint32_t offset, BORROWED struct slice to)
{
    return dma_buffer_copy_out_by(buffer, offset, to.bytes, to.length, GUARD_CALLER);
}

/* All bytes so; nothing happens while the buffer is lent. */
static inline void dma_buffer_fill(BORROWED struct dma_buffer *buffer, uint8_t value)
{
    dma_buffer_fill_by(buffer, value, GUARD_CALLER);
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
    return slice_get(slice_as_const(dma_buffer_seen_by(buffer, self, GUARD_CALLER)), index);
}

static inline bool dma_buffer_held_put(BORROWED struct dma_buffer *buffer,
                                       BORROWED const struct capsule *self, uint32_t index,
                                       uint8_t value)
{
    return slice_put(dma_buffer_seen_by(buffer, self, GUARD_CALLER), index, value);
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

/* The HIL's function for an op of a handle that hands a buffer over: whether it is `caller`'s to
 * give, as he owns it or holds it, or is trusted. K_OK, also for NULL, which the op refuses; or
 * K_EBUSY. */
PRIVATE int dma_buffer_offer(BORROWED const struct dma_buffer *buffer,
                             BORROWED const struct capsule *caller);

/* The same for the two buffers of a transfer. */
PRIVATE int dma_buffer_offer_both(BORROWED const struct dma_buffer *write,
                                  BORROWED const struct dma_buffer *read,
                                  BORROWED const struct capsule *caller);

/* As dma_buffer_offer, for an op of a handle that a capsule may offer: that one is `holder` and has
 * the buffer from now on. NULL: a chip's driver offers it, who claims the buffer by himself.
 * K_ESIZE: no such part. K_EBUSY: it is lent already, but to the caller, or not his. */
PRIVATE int dma_buffer_lend(struct dma_buffer *buffer, uint32_t offset, uint32_t length,
                            const struct capsule *holder, BORROWED const struct capsule *caller);

/* A chip's driver: the part is its own until it releases the buffer, whoever holds that. K_ESIZE:
 * no such part. K_EBUSY: a device has the buffer. */
PRIVATE int dma_buffer_claim(struct dma_buffer *buffer, uint32_t offset, uint32_t length,
                             BORROWED struct slice *part);

/* Before the client's callback. */
PRIVATE static inline void dma_buffer_release(BORROWED struct dma_buffer *buffer)
{
    buffer->claimed = false;
}

#endif
