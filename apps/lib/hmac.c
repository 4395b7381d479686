#include "apps/lib/hmac.h"

#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_HMAC

static void lend(int *status, uint32_t number, const void *bytes, size_t count)
{
    if (*status == K_OK) {
        *status = syscall_allow_read_only(DRIVER, number, bytes, count);
    }
}

static int begin(const void *key, size_t key_count, const void *bytes, size_t count)
{
    int status = syscall_command(DRIVER, ABI_HMAC_SET_ALGORITHM, ABI_DIGEST_SHA256, 0);
    lend(&status, ABI_HMAC_RO_KEY, key, key_count);
    lend(&status, ABI_HMAC_RO_DATA, bytes, count);
    return status;
}

/* The upcall's second argument when it reports no error. Nothing is lent afterwards. */
static int end(int status, uint32_t command, uint32_t upcall_number)
{
    if (status == K_OK) {
        status = syscall_command(DRIVER, command, 0, 0);
    }
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(DRIVER, upcall_number);
        status = upcall.values[0] == 0 ? (int)upcall.values[1] : -(int)upcall.values[0];
    }
    for (uint32_t number = 0; number < ABI_HMAC_ROS; number++) {
        (void)syscall_allow_read_only(DRIVER, number, NULL, 0);
    }
    (void)syscall_allow_read_write(DRIVER, ABI_HMAC_RW_CODE, NULL, 0);
    return status;
}

/* The first byte of the code, which the upcall has, says nothing to anybody. */
static int make_code(int status, uint32_t command, uint8_t code[HMAC_BYTES])
{
    if (status == K_OK) {
        status = syscall_allow_read_write(DRIVER, ABI_HMAC_RW_CODE, code, HMAC_BYTES);
    }
    status = end(status, command, ABI_HMAC_UPCALL_DONE);
    return status < 0 ? status : K_OK;
}

int hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count,
                uint8_t code[HMAC_BYTES])
{
    return make_code(begin(key, key_count, bytes, count), ABI_HMAC_RUN, code);
}

int hmac_sha256_verify(const void *key, size_t key_count, const void *bytes, size_t count,
                       const uint8_t code[HMAC_BYTES])
{
    int status = begin(key, key_count, bytes, count);
    lend(&status, ABI_HMAC_RO_COMPARE, code, HMAC_BYTES);
    return end(status, ABI_HMAC_VERIFY, ABI_HMAC_UPCALL_VERIFIED);
}

int hmac_sha256_update(const void *key, size_t key_count, const void *bytes, size_t count)
{
    int status = begin(key, key_count, bytes, count);
    return end(status, ABI_HMAC_UPDATE, ABI_HMAC_UPCALL_DONE);
}

int hmac_sha256_finish(uint8_t code[HMAC_BYTES])
{
    return make_code(K_OK, ABI_HMAC_FINISH, code);
}
