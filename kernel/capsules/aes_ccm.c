#include "kernel/capsules/aes_ccm.h"

#include "kernel/capsule/manifest.h"

CAPSULE(aes_ccm, .needs = {AES_JOB, GRANT});

#define PIECE_BYTES 64u /* copied or wiped at a time */
#define SHORT_DATA_BYTES                                                                           \
    0xFF00u /* associated data of less has its length in 2 bytes, else in 6                        \
             */

/* Of the first byte of the first block: SP 800-38C, A.2.1. */
#define FLAG_DATA 0x40u
#define MIC_SHIFT 3u

enum phase {
    CCM_COPY, /* what is not encrypted */
    CCM_FIRST_BLOCK,
    CCM_ASSOCIATED_DATA,
    CCM_AUTHENTICATE, /* and */
    CCM_ENCRYPT,      /* take turns; the latter comes first when decrypting */
    CCM_MIC,
    CCM_WIPE, /* what must not be seen */
    CCM_RIGHT,
    CCM_WRONG,
};

static uint32_t data_length(BORROWED const struct aes_job *job)
{
    return job->message_start - job->data_start;
}

static uint32_t message_length(BORROWED const struct aes_job *job)
{
    return job->message_end - job->message_start;
}

/* Bytes that hold the message's length and, later, the counter. */
static uint32_t length_bytes(BORROWED const struct aes_job *job)
{
    return AES_JOB_BYTES - 1u - job->nonce_length;
}

/* The first block of the counter: A.3. The last bytes are 0. */
static int take_nonce(BORROWED struct aes_job *job, const struct grant *grant, struct process_id id)
{
    uint8_t bytes[AES_CCM_NONCE_MOST] = {0};
    int count = aes_job_read_block(grant, id, ABI_AES_RO_IV, AES_CCM_NONCE_LEAST, SLICE_OF(bytes));
    if (count < 0) {
        return count;
    }
    job->nonce_length = (uint32_t)count;
    job->counter = (struct aes_job_block){{(uint8_t)(length_bytes(job) - 1u)}};
    (void)slice_copy(slice_part(SLICE_OF(job->counter.byte), 1, job->nonce_length),
                     slice_as_const(SLICE_OF(bytes)));
    return K_OK;
}

static bool is_mic_length(uint32_t length)
{
    return length == 0 || (length >= 4u && length <= AES_CCM_MIC_MOST && length % 2u == 0);
}

int aes_ccm_begin(BORROWED struct aes_job *job, BORROWED const struct aes_ccm_layout *layout,
                  const struct grant *grant, struct process_id id)
{
    uint32_t length = allow_length(grant, id, ALLOW_READ_ONLY, ABI_AES_RO_SOURCE);
    uint32_t room = allow_length(grant, id, ALLOW_READ_WRITE, ABI_AES_RW_DEST);
    uint32_t mic_in_source = job->encrypts ? 0 : layout->mic_length;
    uint32_t mic_in_result = job->encrypts ? layout->mic_length : 0;
    if (!is_mic_length(layout->mic_length) || mic_in_source > length ||
        layout->message_start > length - mic_in_source ||
        layout->data_start > layout->message_start) {
        return K_EINVAL;
    }
    uint32_t message_end = length - mic_in_source;
    if (room < message_end || room - message_end < mic_in_result) {
        return K_ESIZE;
    }
    job->length = length;
    job->data_start = layout->data_start;
    job->message_start = layout->is_confidential ? layout->message_start : message_end;
    job->message_end = message_end;
    job->mic_length = layout->mic_length;
    job->done = 0;
    job->phase = CCM_COPY;
    int status = take_nonce(job, grant, id);
    bool is_too_long = length_bytes(job) < 4u && message_length(job) >> 8u * length_bytes(job) != 0;
    return status == K_OK && is_too_long ? K_ESIZE : status;
}

/* [done, end) of the source goes to the same place of the result. */
static enum aes_job_next copy(BORROWED struct aes_job *job, const struct grant *grant,
                              struct process_id id)
{
    uint8_t bytes[PIECE_BYTES] = {0};
    struct slice piece = slice_part(SLICE_OF(bytes), 0, job->message_start - job->done);
    if (!aes_job_read(grant, id, job->done, piece) ||
        !aes_job_write(grant, id, job->done, slice_as_const(piece))) {
        return AES_JOB_GONE;
    }
    job->done += piece.length;
    if (job->done == job->message_start) {
        job->phase = CCM_FIRST_BLOCK;
    }
    return AES_JOB_MORE;
}

static enum aes_job_next wipe(BORROWED struct aes_job *job, const struct grant *grant,
                              struct process_id id)
{
    uint8_t zeros[PIECE_BYTES] = {0};
    uint32_t left = message_length(job) - job->done;
    struct slice piece = slice_part(SLICE_OF(zeros), 0, left);
    if (!aes_job_write(grant, id, job->message_start + job->done, slice_as_const(piece))) {
        return AES_JOB_GONE;
    }
    job->done += piece.length;
    if (job->done == message_length(job)) {
        job->phase = CCM_WRONG;
    }
    return AES_JOB_MORE;
}

static void put_number(BORROWED struct slice bytes, uint32_t number)
{
    for (uint32_t i = 0; i < bytes.length && i < 4u; i++) {
        (void)slice_put(bytes, bytes.length - 1u - i, (uint8_t)(number >> 8u * i));
    }
}

/* Flags, nonce, length of the message: A.2.1. */
static void put_first_block(BORROWED const struct aes_job *job, BORROWED struct slice clear)
{
    uint32_t mic_code = job->mic_length > 0 ? (job->mic_length - 2u) / 2u : 0;
    uint32_t flags =
        (data_length(job) > 0 ? FLAG_DATA : 0) | mic_code << MIC_SHIFT | (length_bytes(job) - 1u);
    struct aes_job_block first = job->counter;
    first.byte[0] = (uint8_t)flags;
    put_number(slice_part(SLICE_OF(first.byte), 1u + job->nonce_length, length_bytes(job)),
               message_length(job));
    (void)slice_copy(clear, slice_as_const(SLICE_OF(first.byte)));
}

static uint32_t data_prefix_bytes(BORROWED const struct aes_job *job)
{
    return data_length(job) < SHORT_DATA_BYTES ? 2u : 6u;
}

/* Bytes from `done` on of the length of the associated data, that data, and zeros: A.2.2. */
static enum aes_job_next put_data_block(BORROWED struct aes_job *job, const struct grant *grant,
                                        struct process_id id, BORROWED struct slice clear)
{
    uint32_t prefix = data_prefix_bytes(job);
    uint32_t in_block = job->done == 0 ? prefix : 0;
    uint32_t from = job->done + in_block - prefix;
    if (job->done == 0) {
        put_number(slice_part(clear, 0, prefix), data_length(job));
        if (prefix > 2u) {
            (void)slice_put(clear, 0, 0xFF);
            (void)slice_put(clear, 1, 0xFE);
        }
    }
    if (!aes_job_read(grant, id, job->data_start + from,
                      slice_part(clear, in_block, data_length(job) - from))) {
        return AES_JOB_GONE;
    }
    aes_job_add(clear, slice_as_const(SLICE_OF(job->chain.byte)));
    return AES_JOB_BLOCK;
}

/* The part of the message that the block under way has. */
static uint32_t part_length(BORROWED const struct aes_job *job)
{
    uint32_t left = message_length(job) - job->done;
    return left < AES_JOB_BYTES ? left : AES_JOB_BYTES;
}

/* The next block of the message, padded with zeros. */
static bool read_part(BORROWED struct aes_job *job, const struct grant *grant, struct process_id id)
{
    job->block = (struct aes_job_block){{0}};
    return aes_job_read(grant, id, job->message_start + job->done,
                        slice_part(SLICE_OF(job->block.byte), 0, part_length(job)));
}

static enum aes_job_next put_message_block(BORROWED struct aes_job *job, const struct grant *grant,
                                           struct process_id id, BORROWED struct slice clear)
{
    if (job->encrypts && !read_part(job, grant, id)) {
        return AES_JOB_GONE;
    }
    (void)slice_copy(clear, slice_as_const(SLICE_OF(job->chain.byte)));
    aes_job_add(clear, slice_as_const(SLICE_OF(job->block.byte)));
    return AES_JOB_BLOCK;
}

enum aes_job_next aes_ccm_step(BORROWED struct aes_job *job, const struct grant *grant,
                               struct process_id id, BORROWED struct slice clear)
{
    switch (job->phase) {
    case CCM_COPY:
        return copy(job, grant, id);
    case CCM_FIRST_BLOCK:
        put_first_block(job, clear);
        return AES_JOB_BLOCK;
    case CCM_ASSOCIATED_DATA:
        return put_data_block(job, grant, id, clear);
    case CCM_AUTHENTICATE:
        return put_message_block(job, grant, id, clear);
    case CCM_ENCRYPT:
    case CCM_MIC:
        (void)slice_copy(clear, slice_as_const(SLICE_OF(job->counter.byte)));
        return AES_JOB_BLOCK;
    case CCM_WIPE:
        return wipe(job, grant, id);
    case CCM_RIGHT:
        return AES_JOB_DONE;
    case CCM_WRONG:
    default:
        return AES_JOB_WRONG;
    }
}

/* The counter of the first part of the message is 1, that of the MIC 0. */
static void begin_part(BORROWED struct aes_job *job)
{
    if (job->done < message_length(job)) {
        aes_job_count_up(&job->counter);
        job->phase = job->encrypts ? CCM_AUTHENTICATE : CCM_ENCRYPT;
        return;
    }
    for (uint32_t i = 1u + job->nonce_length; i < AES_JOB_BYTES; i++) {
        job->counter.byte[i] = 0;
    }
    job->phase = CCM_MIC;
}

static void end_part(BORROWED struct aes_job *job)
{
    job->done += part_length(job);
    begin_part(job);
}

/* Counter mode, either way; what was clear is in `block` then. */
static enum aes_job_next crypt_part(BORROWED struct aes_job *job, const struct grant *grant,
                                    struct process_id id, BORROWED struct const_slice cipher)
{
    if (!job->encrypts && !read_part(job, grant, id)) {
        return AES_JOB_GONE;
    }
    struct slice part = slice_part(SLICE_OF(job->block.byte), 0, part_length(job));
    aes_job_add(part, cipher);
    if (!aes_job_write(grant, id, job->message_start + job->done, slice_as_const(part))) {
        return AES_JOB_GONE;
    }
    if (job->encrypts) {
        end_part(job);
    } else {
        job->phase = CCM_AUTHENTICATE;
    }
    return AES_JOB_MORE;
}

static enum aes_job_next finish(BORROWED struct aes_job *job, const struct grant *grant,
                                struct process_id id, BORROWED struct const_slice cipher)
{
    struct slice mic = slice_part(SLICE_OF(job->chain.byte), 0, job->mic_length);
    aes_job_add(mic, cipher);
    job->done = 0;
    job->phase = CCM_RIGHT;
    if (job->encrypts) {
        bool has_room = aes_job_write(grant, id, job->message_end, slice_as_const(mic));
        return has_room ? AES_JOB_MORE : AES_JOB_GONE;
    }
    uint8_t bytes[AES_CCM_MIC_MOST] = {0};
    struct slice wanted = slice_part(SLICE_OF(bytes), 0, job->mic_length);
    if (!aes_job_read(grant, id, job->message_end, wanted)) {
        return AES_JOB_GONE;
    }
    uint32_t differences = 0;
    for (uint32_t i = 0; i < job->mic_length; i++) {
        differences |=
            (uint32_t)(slice_get(slice_as_const(wanted), i) ^ slice_get(slice_as_const(mic), i));
    }
    if (differences != 0) {
        job->phase = CCM_WIPE;
    }
    return AES_JOB_MORE;
}

enum aes_job_next aes_ccm_take(BORROWED struct aes_job *job, const struct grant *grant,
                               struct process_id id, BORROWED struct const_slice cipher)
{
    if (job->phase == CCM_ENCRYPT) {
        return crypt_part(job, grant, id, cipher);
    }
    if (job->phase == CCM_MIC) {
        return finish(job, grant, id, cipher);
    }
    (void)slice_copy(SLICE_OF(job->chain.byte), cipher);
    if (job->phase == CCM_AUTHENTICATE) {
        if (job->encrypts) {
            job->phase = CCM_ENCRYPT;
        } else {
            end_part(job);
        }
        return AES_JOB_MORE;
    }
    bool is_first = job->phase == CCM_FIRST_BLOCK;
    job->done = is_first ? 0 : job->done + AES_JOB_BYTES;
    bool has_data = data_length(job) > 0;
    if (has_data && job->done < data_prefix_bytes(job) + data_length(job)) {
        job->phase = CCM_ASSOCIATED_DATA;
        return AES_JOB_MORE;
    }
    job->done = 0;
    begin_part(job);
    return AES_JOB_MORE;
}
