#include "kernel/capsules/aes_ccm.h"

#include "kernel/capsule/manifest.h"

CAPSULE(aes_ccm, .needs = {AES_JOB, GRANT});

/* Associated data of less has its length in 2 bytes, else in 6. */
#define SHORT_DATA_BYTES 0xFF00u

/* Of the first byte of the first block: SP 800-38C, A.2.1. */
#define FLAG_DATA 0x40u
#define MIC_SHIFT 3u

#define NONCE_MISSING_MOST ((int)(AES_CCM_NONCE_MOST - AES_CCM_NONCE_LEAST))

enum section {
    CCM_COPY, /* what is in front of the associated data */
    CCM_DATA,
    CCM_MESSAGE,
    CCM_AUTHENTICATE, /* what was encrypted or decrypted of the message */
    CCM_MIC,
    CCM_WIPE, /* what must not be seen */
};

static uint32_t data_length(BORROWED const struct aes_job *job)
{
    return job->settings.layout[AES_JOB_MESSAGE_START] - job->settings.layout[AES_JOB_DATA_START];
}

static uint32_t message_length(BORROWED const struct aes_job *job)
{
    return job->message_end - job->settings.layout[AES_JOB_MESSAGE_START];
}

/* The last bytes of a block, behind flags and nonce: the message's length, or the counter. */
static void put_count(BORROWED const struct aes_job *job, BORROWED struct aes_block *block,
                      uint32_t count)
{
    aes_job_put_number(block, 1u + job->nonce_length, AES_BLOCK_BYTES, count);
}

static bool is_mic_length(uint32_t length)
{
    return length <= AES_CCM_MIC_MOST && length % 2u == 0 && length != 2u;
}

int aes_ccm_begin(BORROWED struct aes_job *job, const struct grant *grant, struct process_id id)
{
    uint32_t mic = job->settings.layout[AES_JOB_MIC_LENGTH];
    uint32_t start = job->settings.layout[AES_JOB_MESSAGE_START];
    uint32_t length = allow_length(grant, id, ALLOW_READ_ONLY, ABI_AES_RO_SOURCE);
    uint32_t room = allow_length(grant, id, ALLOW_READ_WRITE, ABI_AES_RW_DEST);
    uint32_t mic_in_source = job->settings.encrypts ? 0 : mic;
    uint32_t end = length - mic_in_source;
    if (!is_mic_length(mic) || mic_in_source > length || start > end ||
        job->settings.layout[AES_JOB_DATA_START] > start) {
        return K_EINVAL;
    }
    if (room < end || room - end < mic - mic_in_source) {
        return K_ESIZE;
    }
    if (job->settings.layout[AES_JOB_CONFIDENTIAL] == 0) {
        job->settings.layout[AES_JOB_MESSAGE_START] = end;
    }
    job->length = length;
    job->message_end = end;
    /* The first block of the counter, A.3: flags, nonce, 0. */
    job->at = 1;
    job->end = AES_CCM_NONCE_MOST;
    int missing = aes_job_read_start(job, grant, id, ABI_AES_RO_IV);
    if (missing < 0 || missing > NONCE_MISSING_MOST) {
        return missing < 0 ? missing : K_EINVAL;
    }
    job->nonce_length = AES_CCM_NONCE_MOST - (uint32_t)missing;
    job->counter = job->block;
    uint32_t count_bytes = AES_BLOCK_BYTES - 1u - job->nonce_length;
    job->counter.byte[0] = (uint8_t)(count_bytes - 1u);
    job->at = 0;
    job->end = job->settings.layout[AES_JOB_DATA_START];
    return count_bytes < 4u && message_length(job) >> 8u * count_bytes != 0 ? K_ESIZE : K_OK;
}

/* Flags, nonce, length of the message: A.2.1. */
static void put_first_block(BORROWED const struct aes_job *job,
                            BORROWED struct aes_job_request *request)
{
    uint32_t mic = job->settings.layout[AES_JOB_MIC_LENGTH];
    uint32_t flags = mic > 0 ? (mic - 2u) / 2u << MIC_SHIFT : 0;
    if (data_length(job) > 0) {
        flags |= FLAG_DATA;
    }
    request->text = job->counter;
    request->text.byte[0] = request->text.byte[0] | (uint8_t)flags;
    put_count(job, &request->text, message_length(job));
}

/* What follows when all of a section is done. */
static enum aes_job_next begin_section(BORROWED struct aes_job *job,
                                       BORROWED struct aes_job_request *request)
{
    switch (job->section) {
    case CCM_COPY:
        job->section = CCM_DATA;
        job->end = job->settings.layout[AES_JOB_MESSAGE_START];
        job->at = data_length(job) < SHORT_DATA_BYTES ? 2u : 6u;
        put_first_block(job, request);
        return AES_JOB_BLOCK;
    case CCM_DATA:
        job->section = CCM_MESSAGE;
        job->end = job->message_end;
        job->at = 0;
        return AES_JOB_MORE;
    case CCM_MESSAGE:
        job->section = CCM_MIC;
        put_count(job, &job->counter, 0);
        request->text = job->counter;
        return AES_JOB_BLOCK;
    default:
        return AES_JOB_DONE;
    }
}

/* Associated data begins with its length: A.2.2. */
static void put_data_length(BORROWED struct aes_job *job)
{
    aes_job_put_number(&job->block, 0, job->at, data_length(job));
    if (job->at > 2u) {
        job->block.byte[0] = 0xFF;
        job->block.byte[1] = 0xFE;
    }
}

/* The MIC is in the chain: to the result with it, or is it what the source has? */
static enum aes_job_next finish(BORROWED struct aes_job *job, const struct grant *grant,
                                struct process_id id)
{
    job->at = 0;
    job->end += job->settings.layout[AES_JOB_MIC_LENGTH];
    if (job->settings.encrypts) {
        job->block = job->chain;
        return aes_job_write_part(job, grant, id, AES_JOB_RIGHT);
    }
    if (aes_job_read_part(job, grant, id, ABI_AES_RO_SOURCE) > 0) {
        return AES_JOB_GONE;
    }
    aes_job_add(&job->block, &job->chain, job->end - job->done);
    uint32_t differences = 0;
    for (uint32_t i = 0; i < AES_BLOCK_BYTES; i++) {
        differences |= job->block.byte[i];
    }
    if (differences == 0) {
        return AES_JOB_RIGHT;
    }
    job->section = CCM_WIPE;
    job->done = job->settings.layout[AES_JOB_MESSAGE_START];
    job->end = job->message_end;
    job->block = (struct aes_block){{0}};
    return AES_JOB_MORE;
}

enum aes_job_next aes_ccm_step(BORROWED struct aes_job *job, const struct grant *grant,
                               struct process_id id, BORROWED struct aes_job_request *request)
{
    uint32_t left = job->end - job->done;
    if (!job->awaits) {
        if (left == 0) {
            return begin_section(job, request);
        }
        if (job->section == CCM_WIPE) {
            return aes_job_write_part(job, grant, id, AES_JOB_MORE);
        }
        if (aes_job_read_part(job, grant, id, ABI_AES_RO_SOURCE) > 0) {
            return AES_JOB_GONE;
        }
        if (job->section == CCM_COPY) {
            return aes_job_write_part(job, grant, id, AES_JOB_MORE);
        }
        if (job->section == CCM_MESSAGE) {
            aes_job_count_up(&job->counter);
            request->text = job->counter;
            return AES_JOB_BLOCK;
        }
        put_data_length(job);
    } else if (job->section == CCM_MESSAGE) {
        /* Counter mode; the MIC is of what is clear: what is written, or that and the key stream.
         */
        aes_job_add(&job->block, &request->text, left);
        if (job->settings.encrypts) {
            aes_job_add(&job->chain, &request->text, left);
        }
        job->section = CCM_AUTHENTICATE;
    } else if (job->section == CCM_MIC) {
        aes_job_add(&job->chain, &request->text, AES_BLOCK_BYTES);
        return finish(job, grant, id);
    } else {
        job->chain = request->text;
        if (job->section == CCM_AUTHENTICATE) {
            job->section = CCM_MESSAGE;
        }
        return AES_JOB_MORE;
    }
    aes_job_add(&job->chain, &job->block, AES_BLOCK_BYTES);
    request->text = job->chain;
    return aes_job_write_part(job, grant, id, AES_JOB_BLOCK);
}
