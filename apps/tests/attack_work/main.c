/* Asks for as much work as it can get of one thing, and says for how long it did not run at most
 * while that was done, in microseconds: what the kernel does in one go, and all who wait as it did.
 * The number of the package says of what. */
#include <stdint.h>
#include <stdio.h>

#include "apps/tests/check.h"
#include "apps/tests/package_number.h"

#define LOOKS 3000u

static uint8_t buffer[16384], result[16384];

static uint32_t now(void)
{
    return raw_command(ABI_DRIVER_ALARM, ABI_ALARM_NOW, 0, 0).values[0];
}

static void aes(uint32_t algorithm, uint32_t encrypts)
{
    (void)raw_allow_read_only(ABI_DRIVER_AES, ABI_AES_RO_KEY, (uint32_t)buffer, 16);
    (void)raw_allow_read_only(ABI_DRIVER_AES, ABI_AES_RO_IV, (uint32_t)buffer,
                              algorithm == ABI_AES_CCM ? 13 : 16);
    (void)raw_allow_read_only(ABI_DRIVER_AES, ABI_AES_RO_SOURCE, (uint32_t)buffer, 8192);
    (void)raw_allow_read_write(ABI_DRIVER_AES, ABI_AES_RW_DEST, (uint32_t)result, sizeof(result));
    (void)raw_command(ABI_DRIVER_AES, ABI_AES_SET_ALGORITHM, algorithm, encrypts);
    (void)raw_command(ABI_DRIVER_AES, ABI_AES_SETUP, 0, 0);
}

static void storage(uint32_t driver, uint32_t command, uint32_t bytes)
{
    (void)raw_allow_read_write(driver, 0, (uint32_t)result, bytes);
    (void)raw_allow_read_only(driver, 0, (uint32_t)buffer, bytes);
    (void)raw_command(driver, command, 0, driver == ABI_DRIVER_NVM_STORAGE ? bytes : 0);
}

static void work(uint32_t number)
{
    switch (number) {
    case 0: /* memory that is to be cleared */
        (void)raw_memop(ABI_MEMOP_BRK, syscall_memop(ABI_MEMOP_GRANT_START) - 8192, 0, 0);
        break;
    case 1: /* what was never written is read */
        storage(ABI_DRIVER_NVM_STORAGE, ABI_NVM_STORAGE_READ, sizeof(result));
        break;
    case 2:
        storage(ABI_DRIVER_ISOLATED_STORAGE, ABI_ISOLATED_STORAGE_READ, 3840);
        break;
    case 3: /* room is looked for */
        (void)raw_command(ABI_DRIVER_APP_LOADER, ABI_APP_LOADER_SETUP, 0x11000, 0);
        break;
    case 4:
        (void)raw_allow_read_only(ABI_DRIVER_SHA, ABI_SHA_RO_DATA, (uint32_t)buffer,
                                  sizeof(buffer));
        (void)raw_allow_read_write(ABI_DRIVER_SHA, ABI_SHA_RW_DIGEST, (uint32_t)result, 32);
        (void)raw_command(ABI_DRIVER_SHA, ABI_SHA_HASH, 0, 0);
        break;
    case 5:
        (void)raw_allow_read_only(ABI_DRIVER_HMAC, ABI_HMAC_RO_KEY, (uint32_t)buffer, 64);
        (void)raw_command(ABI_DRIVER_HMAC, ABI_HMAC_SET_ALGORITHM, ABI_DIGEST_SHA256, 0);
        (void)raw_allow_read_only(ABI_DRIVER_HMAC, ABI_HMAC_RO_DATA, (uint32_t)buffer,
                                  sizeof(buffer));
        (void)raw_allow_read_write(ABI_DRIVER_HMAC, ABI_HMAC_RW_CODE, (uint32_t)result, 32);
        (void)raw_command(ABI_DRIVER_HMAC, ABI_HMAC_RUN, 0, 0);
        break;
    case 6:
        (void)raw_allow_read_only(ABI_DRIVER_CRC, ABI_CRC_RO_DATA, (uint32_t)buffer,
                                  sizeof(buffer));
        (void)raw_command(ABI_DRIVER_CRC, ABI_CRC_COMPUTE, ABI_CRC_32, sizeof(buffer));
        break;
    case 7:
        aes(ABI_AES_CCM, 1);
        break;
    case 8:
        aes(ABI_AES_CBC, 0);
        break;
    case 9:
        aes(ABI_AES_CTR, 1);
        break;
    case 10:
        storage(ABI_DRIVER_NVM_STORAGE, ABI_NVM_STORAGE_WRITE, 3840);
        break;
    case 11:
        (void)raw_allow_read_write(ABI_DRIVER_RNG, ABI_RNG_RW_BUFFER, (uint32_t)result,
                                   sizeof(result));
        (void)raw_command(ABI_DRIVER_RNG, ABI_RNG_GET, sizeof(result), 0);
        break;
    default:
        break;
    }
}

int main(void)
{
    uint32_t number = package_number();
    uint32_t longest = 0;
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t before = now();
        work(number);
        for (uint32_t look = 0; look < LOOKS; look++) {
            uint32_t after = now();
            longest = after - before > longest ? after - before : longest;
            before = after;
        }
    }
    uint32_t hertz = raw_command(ABI_DRIVER_ALARM, ABI_ALARM_FREQUENCY, 0, 0).values[0];
    printf("work %u: at most %u us\n", (unsigned)number,
           (unsigned)((uint64_t)longest * 1000000u / hertz));
    return 0;
}
