#include "kernel/capsules/aes_job.h"

#include "kernel/capsule/manifest.h"

CAPSULE(aes_job, .needs = {AES_INVERSE, GRANT});

uint32_t aes_job_read_part(BORROWED struct aes_job *job, const struct grant *grant,
                           struct process_id id, uint32_t number)
{
    job->block = (struct aes_block){{0}};
    struct slice part = slice_part(SLICE_OF(job->block.byte), job->at, job->end - job->done);
    return part.length - allow_read(grant, id, ALLOW_READ_ONLY, number, job->done, part);
}

enum aes_job_next aes_job_write_part(BORROWED struct aes_job *job, const struct grant *grant,
                                     struct process_id id, enum aes_job_next next)
{
    struct slice part = slice_part(SLICE_OF(job->block.byte), job->at, job->end - job->done);
    uint32_t offset = job->done;
    job->done += part.length;
    job->at = (job->at + part.length) % AES_BLOCK_BYTES;
    uint32_t written = allow_write(grant, id, ABI_AES_RW_DEST, offset, slice_as_const(part));
    return written == part.length ? next : AES_JOB_GONE;
}

int aes_job_read_start(BORROWED struct aes_job *job, const struct grant *grant,
                       struct process_id id, uint32_t number)
{
    uint32_t missing = aes_job_read_part(job, grant, id, number);
    return missing == job->end ? K_ERESERVE : (int)missing;
}

void aes_job_add(BORROWED struct aes_block *to, BORROWED const struct aes_block *from,
                 uint32_t count)
{
    for (uint32_t i = 0; i < AES_BLOCK_BYTES && i < count; i++) {
        to->byte[i] = to->byte[i] ^ from->byte[i];
    }
}

void aes_job_put_number(BORROWED struct aes_block *block, uint32_t start, uint32_t end,
                        uint32_t number)
{
    for (uint32_t i = end; i > start; i--) {
        block->byte[i - 1u] = (uint8_t)number;
        number >>= 8;
    }
}

void aes_job_count_up(BORROWED struct aes_block *counter)
{
    uint32_t carry = 1;
    for (uint32_t i = AES_BLOCK_BYTES; i > 0; i--) {
        carry += counter->byte[i - 1u];
        counter->byte[i - 1u] = (uint8_t)carry;
        carry >>= 8;
    }
}

static bool is_of_whole_blocks(BORROWED const struct aes_job *job)
{
    return job->settings.algorithm == ABI_AES_CBC || job->settings.algorithm == ABI_AES_ECB;
}

int aes_job_begin(BORROWED struct aes_job *job, BORROWED const struct aes_job_settings *settings,
                  const struct grant *grant, struct process_id id)
{
    *job = (struct aes_job){.end = AES_BLOCK_BYTES};
    job->settings = *settings;
    int status = aes_job_read_start(job, grant, id, ABI_AES_RO_KEY);
    job->key = job->block;
    if (!settings->encrypts) {
        aes_inverse_make_key(&job->inverse, &job->key);
    }
    if (status == K_OK &&
        (settings->algorithm == ABI_AES_CTR || settings->algorithm == ABI_AES_CBC)) {
        status = aes_job_read_start(job, grant, id, ABI_AES_RO_IV);
        job->counter = job->block;
        job->chain = job->block;
    }
    return status > 0 ? K_EINVAL : status;
}

int aes_job_begin_source(BORROWED struct aes_job *job, const struct grant *grant,
                         struct process_id id)
{
    uint32_t length = allow_length(grant, id, ALLOW_READ_ONLY, ABI_AES_RO_SOURCE);
    if (allow_length(grant, id, ALLOW_READ_WRITE, ABI_AES_RW_DEST) < length ||
        (is_of_whole_blocks(job) && length % AES_BLOCK_BYTES != 0)) {
        return K_ESIZE;
    }
    job->length = length;
    job->end = length;
    job->done = 0;
    return K_OK;
}

/* Counter mode: a block of the key stream may last for several parts. */
static enum aes_job_next step_stream(BORROWED struct aes_job *job, const struct grant *grant,
                                     struct process_id id, BORROWED struct aes_job_request *request)
{
    if (job->awaits) {
        job->chain = request->text;
    } else if (job->at == 0) {
        request->text = job->counter;
        aes_job_count_up(&job->counter);
        return AES_JOB_BLOCK;
    }
    aes_job_add(&job->block, &job->chain, AES_BLOCK_BYTES);
    return aes_job_write_part(job, grant, id, AES_JOB_MORE);
}

/* CBC, and ECB, where the chain stays 0. */
static enum aes_job_next step_block(BORROWED struct aes_job *job, const struct grant *grant,
                                    struct process_id id, BORROWED struct aes_job_request *request)
{
    enum aes_job_next next = AES_JOB_MORE;
    if (job->awaits) {
        job->block = request->text;
    } else {
        if (job->settings.encrypts) {
            aes_job_add(&job->block, &job->chain, AES_BLOCK_BYTES);
            request->text = job->block;
            return AES_JOB_BLOCK;
        }
        request->text = job->block;
        aes_inverse_decrypt(&job->inverse, &job->block);
        aes_job_add(&job->block, &job->chain, AES_BLOCK_BYTES);
        next = AES_JOB_SLOW;
    }
    if (job->settings.algorithm == ABI_AES_CBC) {
        job->chain = request->text;
    }
    return aes_job_write_part(job, grant, id, next);
}

enum aes_job_next aes_job_step(BORROWED struct aes_job *job, const struct grant *grant,
                               struct process_id id, BORROWED struct aes_job_request *request)
{
    if (!job->awaits) {
        if (job->done == job->end) {
            return AES_JOB_DONE;
        }
        if (aes_job_read_part(job, grant, id, ABI_AES_RO_SOURCE) > 0) {
            return AES_JOB_GONE;
        }
    }
    return job->settings.algorithm == ABI_AES_CTR ? step_stream(job, grant, id, request)
                                                  : step_block(job, grant, id, request);
}
