#include "apps/lib/hmac.h"

#include "apps/lib/request.h"
#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_HMAC

static void stop_lending(void)
{
    for (uint32_t number = 0; number < ABI_HMAC_ROS; number++) {
        (void)syscall_allow_read_only(DRIVER, number, NULL, 0);
    }
    (void)syscall_allow_read_write(DRIVER, ABI_HMAC_RW_CODE, NULL, 0);
}

static struct request making = {
    .driver = DRIVER, .upcall_number = ABI_HMAC_UPCALL_DONE, .stop_lending = stop_lending};
static struct request verifying = {
    .driver = DRIVER, .upcall_number = ABI_HMAC_UPCALL_VERIFIED, .stop_lending = stop_lending};

static int lend(int status, uint32_t number, const void *bytes, size_t count)
{
    return status == K_OK && bytes != NULL ? syscall_allow_read_only(DRIVER, number, bytes, count)
                                           : status;
}

/* Of `work`, `code` and `compare` those that the command has no use for are NULL. */
static int start(uint32_t command, const struct hmac_work *work, uint8_t *code,
                 const uint8_t *compare)
{
    int status = syscall_command(DRIVER, ABI_HMAC_SET_ALGORITHM, ABI_DIGEST_SHA256, 0);
    if (work != NULL) {
        status = lend(status, ABI_HMAC_RO_KEY, work->key, work->key_count);
        status = lend(status, ABI_HMAC_RO_DATA, work->bytes, work->count);
    }
    status = lend(status, ABI_HMAC_RO_COMPARE, compare, HMAC_BYTES);
    if (status == K_OK && code != NULL) {
        status = syscall_allow_read_write(DRIVER, ABI_HMAC_RW_CODE, code, HMAC_BYTES);
    }
    if (status == K_OK) {
        status = syscall_command(DRIVER, command, 0, 0);
    }
    return request_check(&making, status);
}

/* Both share their buffers. */
static bool is_under_way(void)
{
    return making.under_way || verifying.under_way;
}

/* The first byte of the code, which the upcall has, says nothing to anybody. */
static int make(uint32_t command, const struct hmac_work *work, uint8_t *code)
{
    int status = is_under_way() ? K_EBUSY : start(command, work, code, NULL);
    return status == K_OK ? -(int)request_wait(&making).values[0] : status;
}

static int subscribe(struct request *request, syscall_upcall upcall, void *userdata)
{
    return is_under_way() ? K_EBUSY : request_subscribe(request, upcall, userdata);
}

int hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count,
                uint8_t code[HMAC_BYTES])
{
    const struct hmac_work work = {key, bytes, key_count, count};
    return make(ABI_HMAC_RUN, &work, code);
}

int hmac_sha256_verify(const void *key, size_t key_count, const void *bytes, size_t count,
                       const uint8_t code[HMAC_BYTES])
{
    const struct hmac_work work = {key, bytes, key_count, count};
    int status = is_under_way() ? K_EBUSY : start(ABI_HMAC_VERIFY, &work, NULL, code);
    if (status == K_OK) {
        struct syscall_return upcall = request_wait(&verifying);
        status = upcall.values[0] == 0 ? (int)upcall.values[1] : -(int)upcall.values[0];
    }
    return status;
}

int hmac_sha256_update(const void *key, size_t key_count, const void *bytes, size_t count)
{
    const struct hmac_work work = {key, bytes, key_count, count};
    return make(ABI_HMAC_UPDATE, &work, NULL);
}

int hmac_sha256_finish(uint8_t code[HMAC_BYTES])
{
    return make(ABI_HMAC_FINISH, NULL, code);
}

int hmac_sha256_async(const struct hmac_work *work, uint8_t code[HMAC_BYTES], syscall_upcall upcall,
                      void *userdata)
{
    int status = subscribe(&making, upcall, userdata);
    return status == K_OK ? request_leave(&making, start(ABI_HMAC_RUN, work, code, NULL)) : status;
}

int hmac_sha256_verify_async(const struct hmac_work *work, const uint8_t code[HMAC_BYTES],
                             syscall_upcall upcall, void *userdata)
{
    int status = subscribe(&verifying, upcall, userdata);
    return status == K_OK ? request_leave(&verifying, start(ABI_HMAC_VERIFY, work, NULL, code))
                          : status;
}

int hmac_sha256_update_async(const struct hmac_work *work, syscall_upcall upcall, void *userdata)
{
    int status = subscribe(&making, upcall, userdata);
    return status == K_OK ? request_leave(&making, start(ABI_HMAC_UPDATE, work, NULL, NULL))
                          : status;
}

int hmac_sha256_finish_async(uint8_t code[HMAC_BYTES], syscall_upcall upcall, void *userdata)
{
    int status = subscribe(&making, upcall, userdata);
    return status == K_OK ? request_leave(&making, start(ABI_HMAC_FINISH, NULL, code, NULL))
                          : status;
}
