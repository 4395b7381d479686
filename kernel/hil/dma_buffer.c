#include "kernel/hil/dma_buffer.h"

static struct slice owned(const struct dma_buffer *buffer, const struct capsule *caller)
{
    return dma_buffer_seen_by(buffer, NULL, caller);
}

uint8_t dma_buffer_get_by(const struct dma_buffer *buffer, uint32_t index,
                          const struct capsule *caller)
{
    return slice_get(slice_as_const(owned(buffer, caller)), index);
}

bool dma_buffer_put_by(struct dma_buffer *buffer, uint32_t index, uint8_t value,
                       const struct capsule *caller)
{
    return slice_put(owned(buffer, caller), index, value);
}

uint32_t dma_buffer_get_u32_by(const struct dma_buffer *buffer, uint32_t index,
                               const struct capsule *caller)
{
    return slice_get_u32(slice_as_const(owned(buffer, caller)), index);
}

bool dma_buffer_put_u32_by(struct dma_buffer *buffer, uint32_t index, uint32_t number,
                           const struct capsule *caller)
{
    return slice_put_u32(owned(buffer, caller), index, number);
}

uint32_t dma_buffer_copy_in_by(struct dma_buffer *buffer, uint32_t offset, const uint8_t *from,
                               uint32_t length, const struct capsule *caller)
{
    struct slice to = dma_buffer_part(buffer, offset, length, caller);
    return slice_copy_bytes(to.bytes, to.length, from, length);
}

uint32_t dma_buffer_copy_out_by(const struct dma_buffer *buffer, uint32_t offset, uint8_t *to,
                                uint32_t length, const struct capsule *caller)
{
    struct slice from = dma_buffer_part(buffer, offset, length, caller);
    return slice_copy_bytes(to, length, from.bytes, from.length);
}

void dma_buffer_fill_by(struct dma_buffer *buffer, uint8_t value, const struct capsule *caller)
{
    struct slice all = owned(buffer, caller);
    __builtin_memset(all.bytes, value, all.length);
}

int dma_buffer_offer(const struct dma_buffer *buffer, const struct capsule *caller)
{
    if (buffer == NULL || caller == NULL) {
        return K_OK;
    }
    const struct capsule *has = buffer->holder != NULL ? buffer->holder : buffer->owner;
    return has == caller ? K_OK : K_EBUSY;
}

int dma_buffer_offer_both(const struct dma_buffer *write, const struct dma_buffer *read,
                          const struct capsule *caller)
{
    int status = dma_buffer_offer(write, caller);
    return status == K_OK ? dma_buffer_offer(read, caller) : status;
}

/* Whether [offset, offset + length) is something in the buffer: K_OK or K_ESIZE. */
static int check(const struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    bool fits = buffer != NULL && length > 0 && offset <= buffer->length &&
                length <= buffer->length - offset;
    return fits ? K_OK : K_ESIZE;
}

int dma_buffer_lend(struct dma_buffer *buffer, uint32_t offset, uint32_t length,
                    const struct capsule *holder, const struct capsule *caller)
{
    if (holder == NULL) {
        return dma_buffer_offer(buffer, caller);
    }
    int status = check(buffer, offset, length);
    if (status == K_OK && dma_buffer_is_lent(buffer) &&
        (buffer->claimed || buffer->holder != caller)) {
        status = K_EBUSY;
    }
    if (status == K_OK) {
        status = dma_buffer_offer(buffer, caller);
    }
    if (status == K_OK) {
        buffer->holder = holder;
    }
    return status;
}

int dma_buffer_claim(struct dma_buffer *buffer, uint32_t offset, uint32_t length,
                     struct slice *part)
{
    int status = check(buffer, offset, length);
    if (status == K_OK && buffer->claimed) {
        status = K_EBUSY;
    }
    if (status == K_OK) {
        buffer->claimed = true;
        *part = (struct slice){buffer->bytes + offset, length};
    }
    return status;
}
