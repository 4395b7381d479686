#include "kernel/capsules/aes_job.h"

#include "kernel/capsule/manifest.h"

CAPSULE(aes_job, .needs = {AES_INVERSE, GRANT});

bool aes_job_read(const struct grant *grant, struct process_id id, uint32_t offset,
                  BORROWED struct slice bytes)
{
    return allow_read(grant, id, ALLOW_READ_ONLY, ABI_AES_RO_SOURCE, offset, bytes) == bytes.length;
}

bool aes_job_write(const struct grant *grant, struct process_id id, uint32_t offset,
                   BORROWED struct const_slice bytes)
{
    return allow_write(grant, id, ABI_AES_RW_DEST, offset, bytes) == bytes.length;
}

int aes_job_read_block(const struct grant *grant, struct process_id id, uint32_t number,
                       uint32_t least, BORROWED struct slice block)
{
    uint32_t count = allow_read(grant, id, ALLOW_READ_ONLY, number, 0, block);
    if (count == 0) {
        return K_ERESERVE;
    }
    return count >= least ? (int)count : K_EINVAL;
}

void aes_job_add(BORROWED struct slice to, BORROWED struct const_slice from)
{
    for (uint32_t i = 0; i < to.length; i++) {
        (void)slice_put(to, i, slice_get(slice_as_const(to), i) ^ slice_get(from, i));
    }
}

void aes_job_count_up(BORROWED struct aes_job_block *counter)
{
    uint32_t carry = 1;
    for (uint32_t i = AES_JOB_BYTES; i > 0; i--) {
        carry += counter->byte[i - 1u];
        counter->byte[i - 1u] = (uint8_t)carry;
        carry >>= 8;
    }
}

static bool is_of_whole_blocks(BORROWED const struct aes_job *job)
{
    return job->algorithm == ABI_AES_CBC || job->algorithm == ABI_AES_ECB;
}

int aes_job_begin(BORROWED struct aes_job *job, enum abi_aes_algorithm algorithm, bool encrypts,
                  const struct grant *grant, struct process_id id)
{
    *job = (struct aes_job){.algorithm = algorithm, .encrypts = encrypts};
    int status =
        aes_job_read_block(grant, id, ABI_AES_RO_KEY, AES_JOB_BYTES, SLICE_OF(job->key.byte));
    if (status >= 0 && (algorithm == ABI_AES_CTR || algorithm == ABI_AES_CBC)) {
        status =
            aes_job_read_block(grant, id, ABI_AES_RO_IV, AES_JOB_BYTES, SLICE_OF(job->chain.byte));
    }
    if (is_of_whole_blocks(job) && !encrypts) {
        aes_inverse_set_key(&job->inverse, slice_as_const(SLICE_OF(job->key.byte)));
    }
    return status < 0 ? status : K_OK;
}

int aes_job_begin_source(BORROWED struct aes_job *job, const struct grant *grant,
                         struct process_id id)
{
    uint32_t length = allow_length(grant, id, ALLOW_READ_ONLY, ABI_AES_RO_SOURCE);
    if (allow_length(grant, id, ALLOW_READ_WRITE, ABI_AES_RW_DEST) < length ||
        (is_of_whole_blocks(job) && length % AES_JOB_BYTES != 0)) {
        return K_ESIZE;
    }
    job->length = length;
    job->done = 0;
    return K_OK;
}

/* What is left of the last block of the key stream, or as much of it as there is source. */
static enum aes_job_next use_key_stream(BORROWED struct aes_job *job, const struct grant *grant,
                                        struct process_id id)
{
    uint8_t bytes[AES_JOB_BYTES] = {0};
    uint32_t left = job->length - job->done;
    struct slice part =
        slice_part(SLICE_OF(bytes), 0, left < job->stream_left ? left : job->stream_left);
    if (!aes_job_read(grant, id, job->done, part)) {
        return AES_JOB_GONE;
    }
    aes_job_add(part, const_slice_part(slice_as_const(SLICE_OF(job->block.byte)),
                                       AES_JOB_BYTES - job->stream_left, part.length));
    if (!aes_job_write(grant, id, job->done, slice_as_const(part))) {
        return AES_JOB_GONE;
    }
    job->stream_left -= part.length;
    job->done += part.length;
    return AES_JOB_MORE;
}

static enum aes_job_next decrypt_block(BORROWED struct aes_job *job, const struct grant *grant,
                                       struct process_id id)
{
    uint8_t bytes[AES_JOB_BYTES] = {0};
    struct slice block = SLICE_OF(bytes);
    struct aes_job_block cipher = {{0}};
    if (!aes_job_read(grant, id, job->done, block)) {
        return AES_JOB_GONE;
    }
    (void)slice_copy(SLICE_OF(cipher.byte), slice_as_const(block));
    aes_inverse_decrypt(&job->inverse, block);
    if (job->algorithm == ABI_AES_CBC) {
        aes_job_add(block, slice_as_const(SLICE_OF(job->chain.byte)));
        job->chain = cipher;
    }
    if (!aes_job_write(grant, id, job->done, slice_as_const(block))) {
        return AES_JOB_GONE;
    }
    job->done += AES_JOB_BYTES;
    return AES_JOB_SLOW;
}

enum aes_job_next aes_job_step(BORROWED struct aes_job *job, const struct grant *grant,
                               struct process_id id, BORROWED struct slice clear)
{
    if (job->done == job->length) {
        return AES_JOB_DONE;
    }
    if (job->algorithm == ABI_AES_CTR) {
        if (job->stream_left > 0) {
            return use_key_stream(job, grant, id);
        }
        (void)slice_copy(clear, slice_as_const(SLICE_OF(job->chain.byte)));
        return AES_JOB_BLOCK;
    }
    if (!job->encrypts) {
        return decrypt_block(job, grant, id);
    }
    if (!aes_job_read(grant, id, job->done, clear)) {
        return AES_JOB_GONE;
    }
    if (job->algorithm == ABI_AES_CBC) {
        aes_job_add(clear, slice_as_const(SLICE_OF(job->chain.byte)));
    }
    return AES_JOB_BLOCK;
}

enum aes_job_next aes_job_take(BORROWED struct aes_job *job, const struct grant *grant,
                               struct process_id id, BORROWED struct const_slice cipher)
{
    if (job->algorithm == ABI_AES_CTR) {
        (void)slice_copy(SLICE_OF(job->block.byte), cipher);
        job->stream_left = AES_JOB_BYTES;
        aes_job_count_up(&job->chain);
        return AES_JOB_MORE;
    }
    (void)slice_copy(SLICE_OF(job->chain.byte), cipher);
    if (!aes_job_write(grant, id, job->done, cipher)) {
        return AES_JOB_GONE;
    }
    job->done += AES_JOB_BYTES;
    return AES_JOB_MORE;
}
