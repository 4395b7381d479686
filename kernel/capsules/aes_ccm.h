/*
 * aes_ccm.h - CCM (SP 800-38C, RFC 3610) over AES, for a job of aes_job.h: counter mode and a MIC,
 * a message that must be there as a whole. A library. CCM* of IEEE 802.15.4, too: without a MIC, or
 * with a MIC alone.
 *
 * What lies where in the source: [DATA_START, MESSAGE_START) is authenticated, the rest encrypted,
 * too; and behind it is the MIC, of MIC_LENGTH bytes, in the result or, when decrypting, in the
 * source. All of it is authenticated only unless CONFIDENTIAL is not 0.
 *
 * A message whose MIC is another leaves no clear text behind: what was written is 0 again.
 */
#ifndef KERNEL_CAPSULES_AES_CCM_H
#define KERNEL_CAPSULES_AES_CCM_H

#include "kernel/capsules/aes_job.h"

#define AES_CCM_NONCE_LEAST 7u
#define AES_CCM_NONCE_MOST  13u
#define AES_CCM_MIC_MOST    16u

/*
 * After aes_job_begin. K_EINVAL: a MIC length that there is not (0, 4, 6, ... 16), offsets in the
 * wrong order or outside the source, or a nonce of less than 7 bytes; its first 13 count. K_ESIZE:
 * no room for the result, or a message too long for the length of the nonce. K_ERESERVE: no nonce.
 */
int aes_ccm_begin(BORROWED struct aes_job *job, const struct grant *grant, struct process_id id);

/* As aes_job_step. */
enum aes_job_next aes_ccm_step(BORROWED struct aes_job *job, const struct grant *grant,
                               struct process_id id, BORROWED struct aes_job_request *request);

#endif
