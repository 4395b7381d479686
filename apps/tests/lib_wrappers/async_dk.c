/* Requests that nobody waits for, on the nRF52840-DK with a flash at its header: CRC, SHA, HMAC,
 * storage, SPI. */
#include <string.h>

#include "apps/lib/crc.h"
#include "apps/lib/hmac.h"
#include "apps/lib/sha.h"
#include "apps/lib/spi.h"
#include "apps/lib/storage.h"
#include "apps/tests/lib_wrappers/note.h"

static struct note note;

static const char text[] = "123456789";
#define COUNT (sizeof(text) - 1)

static void test_crc(void)
{
    uint32_t value = 0;
    note = (struct note){0};
    int status = crc_compute_async(ABI_CRC_32, text, COUNT, note_upcall, &note);
    int again = crc_compute_async(ABI_CRC_32, text, COUNT, note_upcall, &note);
    int waiting = crc_compute(ABI_CRC_32, text, COUNT, &value);
    syscall_yield();
    check(status == K_OK && is_noted(&note, 1, 0, 0xCBF43926u, ABI_CRC_32),
          "a CRC that nobody waits for ends in an upcall");
    check(again == K_EBUSY && waiting == K_EBUSY,
          "until then there is no other, waited for or not");
    check(crc_compute(ABI_CRC_16_CCITT, text, COUNT, &value) == K_OK && value == 0x89F6u,
          "afterwards there is");
}

static void test_sha(void)
{
    uint8_t digest[SHA256_BYTES], other[SHA256_BYTES];
    note = (struct note){0};
    int status = sha256_async(text, COUNT, digest, note_upcall, &note);
    int again = sha256_verify_async(text, COUNT, other, note_upcall, &note);
    syscall_yield();
    (void)sha256(text, COUNT, other);
    check(status == K_OK && again == K_EBUSY && memcmp(digest, other, SHA256_BYTES) == 0,
          "SHA-256 that nobody waits for is that which somebody does");
    status = sha256_verify_async(text, COUNT, digest, note_upcall, &note);
    syscall_yield();
    check(status == K_OK && is_noted(&note, 2, 0, 1, 0), "and so is its verification");
}

static void test_hmac(void)
{
    uint8_t code[HMAC_BYTES], other[HMAC_BYTES];
    const struct hmac_work work = {"key", text, 3, COUNT};
    note = (struct note){0};
    int status = hmac_sha256_async(&work, code, note_upcall, &note);
    int again = hmac_sha256_finish(other);
    syscall_yield();
    (void)hmac_sha256("key", 3, text, COUNT, other);
    check(status == K_OK && again == K_EBUSY && note.count == 1 &&
              memcmp(code, other, HMAC_BYTES) == 0,
          "HMAC that nobody waits for is that which somebody does");
    status = hmac_sha256_verify_async(&work, code, note_upcall, &note);
    syscall_yield();
    check(status == K_OK && is_noted(&note, 2, 0, 1, 0), "its verification, too");
    memset(code, 0, sizeof(code));
    status = hmac_sha256_update_async(&work, note_upcall, &note);
    syscall_yield();
    int finished = hmac_sha256_finish_async(code, note_upcall, &note);
    syscall_yield();
    check(status == K_OK && finished == K_OK && note.count == 4 &&
              memcmp(code, other, HMAC_BYTES) == 0,
          "and in parts");
}

static void test_storage(void)
{
    uint32_t written = 0x12345678u, read = 0;
    note = (struct note){0};
    int status = storage_write_async(16, &written, sizeof(written), note_upcall, &note);
    int again = storage_write(32, &written, sizeof(written));
    syscall_yield();
    check(status == K_OK && again == K_EBUSY && is_noted(&note, 1, sizeof(written), 0, 0),
          "a write to storage ends in an upcall");
    status = storage_read_async(16, &read, sizeof(read), note_upcall, &note);
    syscall_yield();
    check(status == K_OK && is_noted(&note, 2, sizeof(read), 0, 0) && read == written,
          "and so does a read");
}

static void test_spi(void)
{
    const unsigned char read_id[] = {0x9F, 0, 0, 0};
    unsigned char id[sizeof(read_id)] = {0};
    note = (struct note){0};
    check(spi_set_rate(1000000) == K_OK && spi_rate() == 1000000,
          "the clock of SPI is as it was set");
    check(spi_set_mode(3) == K_OK && spi_mode() == 3 && spi_set_mode(4) == K_EINVAL &&
              spi_set_mode(0) == K_OK && spi_mode() == 0,
          "and so is its mode");
    int status = spi_transfer_async(read_id, id, sizeof(id), note_upcall, &note);
    int again = spi_transfer(read_id, id, sizeof(id));
    syscall_yield();
    check(status == K_OK && again == K_EBUSY && is_noted(&note, 1, sizeof(id), 0, 0) &&
              id[1] == 0xC2,
          "a transfer by SPI ends in an upcall");
}

int main(void)
{
    test_crc();
    test_sha();
    test_hmac();
    test_storage();
    test_spi();
    printf("done\n");
    return 0;
}
