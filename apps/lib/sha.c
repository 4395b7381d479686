#include "apps/lib/sha.h"

#include "apps/lib/request.h"
#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_SHA

static void stop_lending(void)
{
    (void)syscall_allow_read_only(DRIVER, ABI_SHA_RO_DATA, NULL, 0);
    (void)syscall_allow_read_only(DRIVER, ABI_SHA_RO_COMPARE, NULL, 0);
    (void)syscall_allow_read_write(DRIVER, ABI_SHA_RW_DIGEST, NULL, 0);
}

static struct request hashing = {
    .driver = DRIVER, .upcall_number = ABI_SHA_UPCALL_HASHED, .stop_lending = stop_lending};
static struct request verifying = {
    .driver = DRIVER, .upcall_number = ABI_SHA_UPCALL_VERIFIED, .stop_lending = stop_lending};

/* `status` is that of lending the other buffer. */
static int start(int status, const void *bytes, size_t count, uint32_t command)
{
    if (status == K_OK) {
        status = syscall_allow_read_only(DRIVER, ABI_SHA_RO_DATA, bytes, count);
    }
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_SHA_SET_ALGORITHM, ABI_DIGEST_SHA256, 0);
    }
    if (status == K_OK) {
        status = syscall_command(DRIVER, command, 0, 0);
    }
    return request_check(&hashing, status);
}

static int start_hash(const void *bytes, size_t count, uint8_t digest[SHA256_BYTES])
{
    int status = syscall_allow_read_write(DRIVER, ABI_SHA_RW_DIGEST, digest, SHA256_BYTES);
    return start(status, bytes, count, ABI_SHA_HASH);
}

static int start_verify(const void *bytes, size_t count, const uint8_t digest[SHA256_BYTES])
{
    int status = syscall_allow_read_only(DRIVER, ABI_SHA_RO_COMPARE, digest, SHA256_BYTES);
    return start(status, bytes, count, ABI_SHA_VERIFY);
}

/* Both share the buffer of data. */
static bool is_under_way(void)
{
    return hashing.under_way || verifying.under_way;
}

int sha256(const void *bytes, size_t count, uint8_t digest[SHA256_BYTES])
{
    int status = is_under_way() ? K_EBUSY : start_hash(bytes, count, digest);
    return status == K_OK ? -(int)request_wait(&hashing).values[0] : status;
}

int sha256_verify(const void *bytes, size_t count, const uint8_t digest[SHA256_BYTES])
{
    int status = is_under_way() ? K_EBUSY : start_verify(bytes, count, digest);
    if (status == K_OK) {
        struct syscall_return upcall = request_wait(&verifying);
        status = upcall.values[0] == 0 ? (int)upcall.values[1] : -(int)upcall.values[0];
    }
    return status;
}

int sha256_async(const void *bytes, size_t count, uint8_t digest[SHA256_BYTES],
                 syscall_upcall upcall, void *userdata)
{
    int status = is_under_way() ? K_EBUSY : request_subscribe(&hashing, upcall, userdata);
    return status == K_OK ? request_leave(&hashing, start_hash(bytes, count, digest)) : status;
}

int sha256_verify_async(const void *bytes, size_t count, const uint8_t digest[SHA256_BYTES],
                        syscall_upcall upcall, void *userdata)
{
    int status = is_under_way() ? K_EBUSY : request_subscribe(&verifying, upcall, userdata);
    return status == K_OK ? request_leave(&verifying, start_verify(bytes, count, digest)) : status;
}
