/*
 * aes_job.h - a process's message on its way through AES, a block at a time: the modes CTR, CBC and
 * ECB (SP 800-38A), and what CCM (aes_ccm.h) has in common with them. A library: the job lies in
 * the process's grant, whose buffers it reads and writes; who has the cipher runs it, step by step.
 */
#ifndef KERNEL_CAPSULES_AES_JOB_H
#define KERNEL_CAPSULES_AES_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/drivers.h"
#include "kernel/capsule/grant.h"
#include "kernel/capsules/aes_block.h"
#include "kernel/capsules/aes_inverse.h"
#include "kernel/hil/marks.h"

/* In this order: what goes on at once, what waits for a block, what is the end. */
enum aes_job_next {
    AES_JOB_MORE,  /* something was done, and there is more */
    AES_JOB_SLOW,  /* the same, and it took long: a block decrypted by program */
    AES_JOB_BLOCK, /* the request's text is to be encrypted with the job's key before the next step
                    */
    AES_JOB_DONE,  /* that was all of the source; with CCM, and the MIC is another */
    AES_JOB_RIGHT, /* that was all, and the MIC is right */
    AES_JOB_GONE,  /* a buffer was taken back or has become too short */
};

/* How the source of CCM is laid out; see aes_ccm.h. */
enum aes_job_layout {
    AES_JOB_DATA_START,
    AES_JOB_MESSAGE_START,
    AES_JOB_MIC_LENGTH,
    AES_JOB_CONFIDENTIAL, /* 0: the message is not encrypted */
    AES_JOB_LAYOUT,
};

struct aes_job_settings {
    uint32_t layout[AES_JOB_LAYOUT];
    enum abi_aes_algorithm algorithm;
    bool encrypts;
};

/* All 0: none. */
struct aes_job {
    struct aes_job_settings settings;
    bool awaits;     /* a block that is being encrypted: the driver's */
    uint8_t section; /* of aes_ccm.c */
    uint32_t length; /* of the source, when the work was asked for */
    uint32_t done;   /* of the source; up to `end` it is worked on in the same way */
    uint32_t end;
    uint32_t at;                        /* where in its block the next byte is */
    uint32_t message_end, nonce_length; /* CCM */
    struct aes_block key;
    struct aes_inverse inverse; /* to decrypt by ECB and CBC */
    struct aes_block counter;   /* CTR, CCM */
    struct aes_block chain;     /* CBC, the cipher text before; CTR, the key stream; CCM, the MAC */
    struct aes_block block;     /* of the source, and what becomes of it */
};

/* A block that is encrypted for a job. */
struct aes_job_request {
    int status;            /* how that went */
    struct aes_block text; /* what is to be encrypted, and then what came of it */
};

/* A job with the key and the initial value (CTR, CBC) that the process has allowed. K_ERESERVE: a
 * buffer for them is missing; K_EINVAL: it is shorter than a block. */
int aes_job_begin(BORROWED struct aes_job *job, BORROWED const struct aes_job_settings *settings,
                  const struct grant *grant, struct process_id id);

/* What the source has now is to be worked on next, after what was before. K_ESIZE: no room for all
 * of the result, or (ECB, CBC) not whole blocks. */
int aes_job_begin_source(BORROWED struct aes_job *job, const struct grant *grant,
                         struct process_id id);

/* `request` is what the job awaits, if it does, and then what it asks for. */
enum aes_job_next aes_job_step(BORROWED struct aes_job *job, const struct grant *grant,
                               struct process_id id, BORROWED struct aes_job_request *request);

/* --- Also for CCM --- */

/* The process's read-only buffer `number`, from `done` on, into the block: from `at` on, and up to
 * `end`; zeros beside it. Returns how many bytes were not there. */
uint32_t aes_job_read_part(BORROWED struct aes_job *job, const struct grant *grant,
                           struct process_id id, uint32_t number);

/* The same bytes of the block to the result. They are done then. Returns `next`, or AES_JOB_GONE.
 */
enum aes_job_next aes_job_write_part(BORROWED struct aes_job *job, const struct grant *grant,
                                     struct process_id id, enum aes_job_next next);

/* Key, initial value or nonce into the block of a job that begins: `end` bytes but for those that
 * are missing, whose number it returns. K_ERESERVE: all are. */
int aes_job_read_start(BORROWED struct aes_job *job, const struct grant *grant,
                       struct process_id id, uint32_t number);

/* Exclusive or of the first bytes, at most all. */
void aes_job_add(BORROWED struct aes_block *to, BORROWED const struct aes_block *from,
                 uint32_t count);

/* Into [start, end) of the block, the lowest byte last. */
void aes_job_put_number(BORROWED struct aes_block *block, uint32_t start, uint32_t end,
                        uint32_t number);
void aes_job_count_up(BORROWED struct aes_block *counter); /* the last byte counts one */

#endif
