#include "apps/lib/aes.h"

#include "apps/lib/request.h"

#define DRIVER ABI_DRIVER_AES

static void stop_lending(void)
{
    for (uint32_t number = 0; number < ABI_AES_ROS; number++) {
        (void)syscall_allow_read_only(DRIVER, number, NULL, 0);
    }
    (void)syscall_allow_read_write(DRIVER, ABI_AES_RW_DEST, NULL, 0);
}

static struct request request = {
    .driver = DRIVER, .upcall_number = ABI_AES_UPCALL_DONE, .stop_lending = stop_lending};

static void lend(int *status, uint32_t number, const void *bytes, size_t count)
{
    if (*status == K_OK) {
        *status = syscall_allow_read_only(DRIVER, number, bytes, count);
    }
}

static void command(int *status, uint32_t number, uint32_t argument0, uint32_t argument1)
{
    if (*status == K_OK) {
        *status = syscall_command(DRIVER, number, argument0, argument1);
    }
}

/* Lends source and result and has them worked on. */
static int run(int status, uint32_t number, const void *source, size_t count, void *result,
               size_t result_count)
{
    lend(&status, ABI_AES_RO_SOURCE, source, count);
    if (status == K_OK) {
        status = syscall_allow_read_write(DRIVER, ABI_AES_RW_DEST, result, result_count);
    }
    command(&status, number, 0, 0);
    return request_check(&request, status);
}

static int start(const struct aes128 *aes, const void *source, size_t count, void *result)
{
    int status = K_OK;
    lend(&status, ABI_AES_RO_KEY, aes->key, AES128_BYTES);
    if (aes->algorithm != ABI_AES_ECB) {
        lend(&status, ABI_AES_RO_IV, aes->iv, AES128_BYTES);
    }
    command(&status, ABI_AES_SET_ALGORITHM, aes->algorithm, !aes->decrypts);
    return run(status, ABI_AES_SETUP, source, count, result, count);
}

/* `status` is that of the command. */
static int wait(int status, struct syscall_return *upcall)
{
    if (status == K_OK) {
        *upcall = request_wait(&request);
        status = -(int)upcall->values[0];
    }
    return status;
}

int aes128_begin(const struct aes128 *aes, const void *source, size_t count, void *result)
{
    struct syscall_return upcall;
    return request.under_way ? K_EBUSY : wait(start(aes, source, count, result), &upcall);
}

int aes128_next(const void *source, size_t count, void *result)
{
    struct syscall_return upcall;
    return request.under_way
               ? K_EBUSY
               : wait(run(K_OK, ABI_AES_CRYPT, source, count, result, count), &upcall);
}

int aes128_end(void)
{
    return request.under_way ? K_EBUSY : syscall_command(DRIVER, ABI_AES_FINISH, 0, 0);
}

int aes128(const struct aes128 *aes, const void *source, size_t count, void *result)
{
    int status = aes128_begin(aes, source, count, result);
    return status == K_OK ? aes128_end() : status;
}

int aes128_begin_async(const struct aes128 *aes, const void *source, size_t count, void *result,
                       syscall_upcall upcall, void *userdata)
{
    int status = request_subscribe(&request, upcall, userdata);
    return status == K_OK ? request_leave(&request, start(aes, source, count, result)) : status;
}

int aes128_next_async(const void *source, size_t count, void *result, syscall_upcall upcall,
                      void *userdata)
{
    int status = request_subscribe(&request, upcall, userdata);
    if (status == K_OK) {
        status = run(K_OK, ABI_AES_CRYPT, source, count, result, count);
        status = request_leave(&request, status);
    }
    return status;
}

static int run_ccm(const struct aes128_ccm *ccm, bool encrypts, const void *packet, size_t count,
                   void *result, size_t result_count)
{
    struct syscall_return upcall;
    int status = K_OK;
    if (request.under_way) {
        return K_EBUSY;
    }
    lend(&status, ABI_AES_RO_KEY, ccm->key, AES128_BYTES);
    lend(&status, ABI_AES_RO_IV, ccm->nonce, ccm->nonce_count);
    command(&status, ABI_AES_SET_ALGORITHM, ABI_AES_CCM, encrypts);
    command(&status, ABI_AES_SET_A_OFFSET, 0, 0);
    command(&status, ABI_AES_SET_M_OFFSET, (uint32_t)ccm->data_count, 0);
    command(&status, ABI_AES_SET_MIC_LENGTH, (uint32_t)ccm->mic_count, 0);
    command(&status, ABI_AES_SET_CONFIDENTIAL, 1, 0);
    status = wait(run(status, ABI_AES_SETUP, packet, count, result, result_count), &upcall);
    if (status != K_OK) {
        return status;
    }
    (void)aes128_end();
    return (int)upcall.values[2];
}

int aes128_ccm_encrypt(const struct aes128_ccm *ccm, const void *packet, size_t count, void *result)
{
    int status = run_ccm(ccm, true, packet, count, result, count + ccm->mic_count);
    return status < 0 ? status : K_OK;
}

int aes128_ccm_decrypt(const struct aes128_ccm *ccm, const void *packet, size_t count, void *result)
{
    size_t result_count = count > ccm->mic_count ? count - ccm->mic_count : 0;
    return run_ccm(ccm, false, packet, count, result, result_count);
}
