/*
 * aes_job.h - a process's message on its way through AES, a block at a time: the modes CTR, CBC and
 * ECB (SP 800-38A), and what CCM (aes_ccm.h) has in common with them. A library: the job lies in
 * the process's grant, whose buffers it reads and writes; who has the cipher runs it:
 *
 *   aes_job_step(...)   says what is next. AES_JOB_BLOCK: encrypt `clear` with the job's key, and
 *   aes_job_take(...)   with the cipher text
 */
#ifndef KERNEL_CAPSULES_AES_JOB_H
#define KERNEL_CAPSULES_AES_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/drivers.h"
#include "kernel/capsule/grant.h"
#include "kernel/capsules/aes_inverse.h"
#include "kernel/hil/marks.h"
#include "kernel/hil/slice.h"

#define AES_JOB_BYTES 16u /* of a key and of a block */

struct aes_job_block {
    uint8_t byte[AES_JOB_BYTES];
};

enum aes_job_next {
    AES_JOB_MORE,  /* something was done, and there is more */
    AES_JOB_SLOW,  /* the same, and it took long: a block decrypted by program */
    AES_JOB_BLOCK, /* a block is to be encrypted */
    AES_JOB_DONE,  /* that was all of the source */
    AES_JOB_WRONG, /* that was all, and the MIC is another */
    AES_JOB_GONE,  /* a buffer was taken back or has become too short */
};

/* All 0: none. */
struct aes_job {
    struct aes_job_block key;
    struct aes_inverse inverse;   /* to decrypt by ECB and CBC */
    struct aes_job_block chain;   /* CBC, the cipher text before; CTR, the counter; CCM, the MAC */
    struct aes_job_block counter; /* CCM */
    struct aes_job_block block;   /* CTR, key stream; CCM, of the message */
    enum abi_aes_algorithm algorithm;
    bool encrypts;
    uint32_t length; /* of the source, when the work was asked for */
    uint32_t done;
    uint32_t stream_left; /* CTR, bytes at the end of `block` that are not used */
    /* CCM, in bytes of the source: the associated data, the message; then, when decrypting, the
     * MIC. */
    uint32_t data_start, message_start, message_end, mic_length;
    uint32_t nonce_length;
    uint32_t phase; /* of aes_ccm.c */
};

/* A job with the key and the initial value (CTR, CBC) that the process has allowed. K_ERESERVE: a
 * buffer for them is missing; K_EINVAL: it is shorter than AES_JOB_BYTES. */
int aes_job_begin(BORROWED struct aes_job *job, enum abi_aes_algorithm algorithm, bool encrypts,
                  const struct grant *grant, struct process_id id);

/* What the source has now is to be worked on next, after what was before. K_ESIZE: no room for all
 * of the result, or (ECB, CBC) not whole blocks. */
int aes_job_begin_source(BORROWED struct aes_job *job, const struct grant *grant,
                         struct process_id id);

enum aes_job_next aes_job_step(BORROWED struct aes_job *job, const struct grant *grant,
                               struct process_id id, BORROWED struct slice clear);
enum aes_job_next aes_job_take(BORROWED struct aes_job *job, const struct grant *grant,
                               struct process_id id, BORROWED struct const_slice cipher);

/* --- Also for CCM --- */

/* As many bytes as `bytes` has, from `offset` of the source or to `offset` of the result. False:
 * there are not as many. */
bool aes_job_read(const struct grant *grant, struct process_id id, uint32_t offset,
                  BORROWED struct slice bytes);
bool aes_job_write(const struct grant *grant, struct process_id id, uint32_t offset,
                   BORROWED struct const_slice bytes);

/* The process's read-only buffer `number` into the block, at least `least` bytes and as many as
 * both have; returns how many. K_ERESERVE: there is none; K_EINVAL: it is shorter. */
int aes_job_read_block(const struct grant *grant, struct process_id id, uint32_t number,
                       uint32_t least, BORROWED struct slice block);

void aes_job_add(BORROWED struct slice to, BORROWED struct const_slice from); /* exclusive or */
void aes_job_count_up(BORROWED struct aes_job_block *counter); /* the last byte counts one */

#endif
