#include "kernel/capsules/aes.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsules/aes_ccm.h"
#include "kernel/capsules/aes_job.h"

CAPSULE(aes, .needs = {AES, AES_CCM, AES_JOB, DEFERRED, GRANT});

/* How much is done for a process before others run: a block, as far as it costs the processor, is
 * two steps and 2,000 cycles. */
#define TURN_EFFORT 16u
#define SLOW_EFFORT 8u

struct aes_process {
    struct aes_job job;
    struct aes_ccm_layout layout; /* and the next two: of the next job */
    enum abi_aes_algorithm algorithm;
    bool encrypts;
    bool is_set;
    bool is_open; /* set up and not finished */
    bool working;
};
GRANT(aes_grant, struct aes_process, ABI_AES_UPCALLS, ABI_AES_ROS, ABI_AES_RWS);

/* Nothing of the key is kept. */
static void forget_job(BORROWED struct aes_process *p)
{
    p->job = (struct aes_job){.algorithm = p->job.algorithm};
}

static void answer(BORROWED struct aes_process *p, struct process_id id, int status, bool is_right)
{
    uint32_t length = status == K_OK ? p->job.length : 0;
    p->working = false;
    if (status != K_OK) {
        p->is_open = false;
    }
    if (status != K_OK || p->job.algorithm == ABI_AES_CCM) {
        forget_job(p);
    }
    (void)upcall_schedule(&aes_grant, id, ABI_AES_UPCALL_DONE, (uint32_t)-status, length, is_right);
}

/* False when that was the job's last step, or there is no job. */
static bool take_step(BORROWED struct aes_process *p, struct process_id id, enum aes_job_next step)
{
    bool is_ccm = p->job.algorithm == ABI_AES_CCM;
    switch (step) {
    case AES_JOB_MORE:
    case AES_JOB_SLOW:
    case AES_JOB_BLOCK:
        return true;
    case AES_JOB_DONE:
        answer(p, id, K_OK, is_ccm);
        return false;
    case AES_JOB_WRONG:
        answer(p, id, K_OK, false);
        return false;
    case AES_JOB_GONE:
    default:
        answer(p, id, K_ERESERVE, false);
        return false;
    }
}

static enum aes_job_next next_step(BORROWED struct aes_process *p, struct process_id id,
                                   BORROWED struct slice clear)
{
    return p->job.algorithm == ABI_AES_CCM ? aes_ccm_step(&p->job, &aes_grant, id, clear)
                                           : aes_job_step(&p->job, &aes_grant, id, clear);
}

static int request_block(struct aes_driver *driver, BORROWED const struct aes_process *p,
                         struct process_id id, BORROWED struct const_slice clear)
{
    const struct aes_job_block key = p->job.key;
    for (uint32_t i = 0; i < HIL_AES_BYTES; i++) {
        (void)dma_buffer_put(&driver->request, HIL_AES_KEY + i, key.byte[i]);
    }
    (void)dma_buffer_copy_in(&driver->request, HIL_AES_CLEAR, clear);
    int status = hil_aes_encrypt(driver->aes, &driver->request);
    if (status == K_OK) {
        driver->busy = true;
        driver->waiting = id;
    } else {
        dma_buffer_clear(&driver->request);
    }
    return status;
}

/* One step of whose turn it is. False: there is none to do now, or a block is to be waited for. */
static bool step(struct aes_driver *driver)
{
    uint8_t bytes[HIL_AES_BYTES] = {0};
    struct slice clear = SLICE_OF(bytes);
    bool goes_on = false;
    uint32_t effort = 1;
    grant_enter (aes_grant, driver->turn, p) {
        if (p->working) {
            enum aes_job_next next = next_step(p, driver->turn, clear);
            effort = next == AES_JOB_SLOW ? SLOW_EFFORT : 1;
            goes_on = take_step(p, driver->turn, next);
            if (next == AES_JOB_BLOCK) {
                int status = request_block(driver, p, driver->turn, slice_as_const(clear));
                if (status != K_OK) {
                    answer(p, driver->turn, status, false);
                }
                goes_on = false;
            }
        }
    }
    driver->effort_left -= effort < driver->effort_left ? effort : driver->effort_left;
    return goes_on;
}

/* As long as the turn lasts, or until a block is under way. Then the next turn, after the processes
 * have had theirs; it finds whether anybody waits. */
static void go_on(struct aes_driver *driver)
{
    bool goes_on = true;
    while (goes_on && driver->effort_left > 0) {
        goes_on = step(driver);
    }
    if (!driver->busy) {
        driver->effort_left = 0;
        deferred_call_request_later(&driver->deferred);
    }
}

/* Whose turn it is after the last one: the processes in a circle. None: nobody waits. */
static struct process_id next_turn(struct process_id last)
{
    struct process_id first = PROCESS_ID_NONE, next = PROCESS_ID_NONE;
    bool passed = false;
    grant_each (aes_grant, id, p) {
        if (p->working && process_id_is_none(first)) {
            first = id;
        }
        if (p->working && passed && process_id_is_none(next)) {
            next = id;
        }
        passed = passed || process_id_is_equal(id, last);
    }
    return process_id_is_none(next) ? first : next;
}

static void aes_deferred(void *self)
{
    struct aes_driver *driver = self;
    if (driver->busy) {
        return;
    }
    struct process_id next = next_turn(driver->turn);
    if (!process_id_is_none(next)) {
        driver->turn = next;
        driver->effort_left = TURN_EFFORT;
        go_on(driver);
    }
}

static void aes_done(void *self, int status)
{
    struct aes_driver *driver = self;
    struct process_id id = driver->waiting;
    uint8_t bytes[HIL_AES_BYTES] = {0};
    struct slice cipher = SLICE_OF(bytes);
    (void)dma_buffer_copy_out(&driver->request, HIL_AES_CIPHER, cipher);
    dma_buffer_clear(&driver->request);
    driver->busy = false;
    driver->waiting = PROCESS_ID_NONE;
    grant_enter (aes_grant, id, p) {
        if (p->working && status != K_OK) {
            answer(p, id, status, false);
        } else if (p->working) {
            (void)take_step(p, id,
                            p->job.algorithm == ABI_AES_CCM
                                ? aes_ccm_take(&p->job, &aes_grant, id, slice_as_const(cipher))
                                : aes_job_take(&p->job, &aes_grant, id, slice_as_const(cipher)));
        }
    }
    go_on(driver);
}

static int set_algorithm(BORROWED struct aes_process *p, uint32_t algorithm, bool encrypts)
{
    switch (algorithm) {
    case ABI_AES_CTR:
    case ABI_AES_CBC:
    case ABI_AES_ECB:
    case ABI_AES_CCM:
        p->algorithm = (enum abi_aes_algorithm)algorithm;
        p->encrypts = encrypts;
        p->is_set = true;
        return K_OK;
    default:
        return K_ENOSUPPORT;
    }
}

static int set_up(BORROWED struct aes_process *p, struct process_id id)
{
    if (p->working) {
        return K_ENOMEM;
    }
    if (!p->is_set) {
        return K_EINVAL;
    }
    int status = aes_job_begin(&p->job, p->algorithm, p->encrypts, &aes_grant, id);
    if (status == K_OK) {
        status = p->algorithm == ABI_AES_CCM ? aes_ccm_begin(&p->job, &p->layout, &aes_grant, id)
                                             : aes_job_begin_source(&p->job, &aes_grant, id);
    }
    p->is_open = p->working = status == K_OK;
    if (status != K_OK) {
        forget_job(p);
    }
    return status;
}

/* The next part of a message. CCM has the whole of it at once. */
static int crypt(BORROWED struct aes_process *p, struct process_id id)
{
    if (!p->is_open) {
        return K_EOFF;
    }
    if (p->working) {
        return K_ENOMEM;
    }
    if (p->job.algorithm == ABI_AES_CCM) {
        return K_ENOSUPPORT;
    }
    int status = aes_job_begin_source(&p->job, &aes_grant, id);
    p->working = status == K_OK;
    return status;
}

static int finish(struct aes_driver *driver, BORROWED struct aes_process *p, struct process_id id)
{
    if (!p->is_open) {
        return K_EOFF;
    }
    /* A block under way is nobody's any more: the next job of this process is another. */
    if (process_id_is_equal(driver->waiting, id)) {
        driver->waiting = PROCESS_ID_NONE;
    }
    p->is_open = p->working = false;
    forget_job(p);
    return K_OK;
}

static int carry_out(struct aes_driver *driver, BORROWED struct aes_process *p,
                     struct process_id id, uint32_t command, uint32_t argument0, uint32_t argument1)
{
    switch (command) {
    case ABI_AES_SET_ALGORITHM:
        return set_algorithm(p, argument0, argument1 != 0);
    case ABI_AES_SETUP:
        return set_up(p, id);
    case ABI_AES_CRYPT:
        return crypt(p, id);
    case ABI_AES_FINISH:
        return finish(driver, p, id);
    case ABI_AES_SET_A_OFFSET:
        p->layout.data_start = argument0;
        return K_OK;
    case ABI_AES_SET_M_OFFSET:
        p->layout.message_start = argument0;
        return K_OK;
    case ABI_AES_SET_MIC_LENGTH:
        p->layout.mic_length = argument0;
        return K_OK;
    case ABI_AES_SET_CONFIDENTIAL:
        p->layout.is_confidential = argument0 != 0;
        return K_OK;
    default:
        return K_ENOSUPPORT;
    }
}

static command_return aes_command(void *self, struct process_id id, uint32_t command,
                                  uint32_t argument0, uint32_t argument1)
{
    struct aes_driver *driver = self;
    int status = K_ENOSUPPORT;
    if (command == ABI_COMMAND_EXISTS) {
        return command_success();
    }
    grant_enter (aes_grant, id, p) {
        status = carry_out(driver, p, id, command, argument0, argument1);
    }
    if (status == K_OK && (command == ABI_AES_SETUP || command == ABI_AES_CRYPT)) {
        deferred_call_request_later(&driver->deferred);
    }
    return grant_answer(command_status(status));
}

const struct driver_ops aes_driver_ops = {
    .number = ABI_DRIVER_AES,
    .command = aes_command,
    .grant = &aes_grant,
    .owner = &this_capsule,
};

void aes_init(struct aes_driver *driver, const struct hil_aes *aes)
{
    *driver = (struct aes_driver){
        .aes = aes,
        .client = {aes_done, driver, &this_capsule},
        .deferred = {.call = aes_deferred, .self = driver, .owner = &this_capsule},
        .request = DMA_BUFFER_OF(driver->request_bytes),
    };
    hil_aes_set_client(aes, &driver->client);
}
