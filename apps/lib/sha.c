#include "apps/lib/sha.h"

#include <stdbool.h>

#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_SHA

/* The request that nobody waits for, until its upcall has run. */
static struct {
    bool under_way;
    syscall_upcall upcall;
    void *userdata;
} request;

static void stop_lending(void)
{
    (void)syscall_allow_read_only(DRIVER, ABI_SHA_RO_DATA, NULL, 0);
    (void)syscall_allow_read_only(DRIVER, ABI_SHA_RO_COMPARE, NULL, 0);
    (void)syscall_allow_read_write(DRIVER, ABI_SHA_RW_DIGEST, NULL, 0);
}

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
    if (status != K_OK) {
        stop_lending();
    }
    return status;
}

static int start_hash(const void *bytes, size_t count, uint8_t digest[SHA256_BYTES])
{
    int status = syscall_allow_read_write(DRIVER, ABI_SHA_RW_DIGEST, digest, SHA256_BYTES);
    return start(status, bytes, count, ABI_SHA_HASH);
}

int sha256(const void *bytes, size_t count, uint8_t digest[SHA256_BYTES])
{
    int status = request.under_way ? K_EBUSY : start_hash(bytes, count, digest);
    if (status == K_OK) {
        status = -(int)syscall_yield_wait_for(DRIVER, ABI_SHA_UPCALL_HASHED).values[0];
        stop_lending();
    }
    return status;
}

int sha256_verify(const void *bytes, size_t count, const uint8_t digest[SHA256_BYTES])
{
    if (request.under_way) {
        return K_EBUSY;
    }
    int status = syscall_allow_read_only(DRIVER, ABI_SHA_RO_COMPARE, digest, SHA256_BYTES);
    status = start(status, bytes, count, ABI_SHA_VERIFY);
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(DRIVER, ABI_SHA_UPCALL_VERIFIED);
        status = upcall.values[0] == 0 ? (int)upcall.values[1] : -(int)upcall.values[0];
        stop_lending();
    }
    return status;
}

static void done(uint32_t status, uint32_t unused1, uint32_t unused2, void *userdata)
{
    (void)userdata;
    stop_lending();
    request.under_way = false;
    if (request.upcall != NULL) {
        request.upcall(status, unused1, unused2, request.userdata);
    }
}

int sha256_async(const void *bytes, size_t count, uint8_t digest[SHA256_BYTES],
                 syscall_upcall upcall, void *userdata)
{
    if (request.under_way) {
        return K_EBUSY;
    }
    int status = syscall_subscribe(DRIVER, ABI_SHA_UPCALL_HASHED, done, NULL);
    if (status == K_OK) {
        status = start_hash(bytes, count, digest);
    }
    if (status == K_OK) {
        request.upcall = upcall;
        request.userdata = userdata;
        request.under_way = true;
    }
    return status;
}
