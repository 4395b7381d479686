/*
 * A one-time password with each touch: HOTP (RFC 4226) with HMAC-SHA-256, six digits.
 *
 * Key and counter lie in this app's isolated storage. The first start asks for the key, in hex; no
 * later one does. The next counter is stored before the digits are shown: a loss of power may skip
 * a password, and never shows one twice.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "apps/lib/alarm.h"
#include "apps/lib/console.h"
#include "apps/lib/hmac.h"
#include "apps/lib/isolated_storage.h"
#include "apps/lib/touch.h"

#define MAGIC      0x504F5448u
#define KEY_BYTES  20u /* RFC 4226 recommends 160 bits */
#define KEY_DIGITS (2u * KEY_BYTES)
#define REST_MS    100u
#define NO_MAGIC   0xFFFFFFFFu
#define CODE_MASK  0x7FFFFFFFu
#define DIGITS     1000000u

struct record {
    uint32_t magic, counter;
    uint8_t key[KEY_BYTES];
};

static struct record record;

/* What it says is the first line that one sees when something is wrong. */
static bool store(void)
{
    int status = isolated_storage_write(0, &record, sizeof(record));
    if (status != (int)sizeof(record)) {
        printf("hotp: nothing can be stored, %d\n", status);
    }
    return status == (int)sizeof(record);
}

static int digit_value(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == 0 ? NULL : strchr(digits, tolower((unsigned char)c));
    return at == NULL ? -1 : (int)(at - digits);
}

/* False: it is no key. */
static bool parse_key(const char digits[KEY_DIGITS])
{
    record = (struct record){.magic = MAGIC};
    for (size_t i = 0; i < KEY_DIGITS; i++) {
        int value = digit_value(digits[i]);
        if (value < 0) {
            return false;
        }
        record.key[i / 2u] = (uint8_t)(record.key[i / 2u] << 4 | value);
    }
    return true;
}

/* All of it is read at once: between two reads bytes are lost. */
static bool ask_for_key(void)
{
    char digits[KEY_DIGITS];
    printf("hotp: no key yet; type its %u hex digits\n", KEY_DIGITS);
    while (console_read(digits, KEY_DIGITS) != (int)KEY_DIGITS || !parse_key(digits)) {
        printf("hotp: this is no key; type %u hex digits\n", KEY_DIGITS);
        (void)alarm_sleep_ms(REST_MS); /* of the line */
    }
    memset(digits, 0, sizeof(digits));
    return store();
}

/* False: there is a record that cannot be read, or none can be had. */
static bool load(void)
{
    int status = isolated_storage_read(0, &record, sizeof(record));
    if (status != (int)sizeof(record)) {
        printf("hotp: the key cannot be read, %d\n", status);
        return false;
    }
    if (record.magic == NO_MAGIC) {
        return ask_for_key();
    }
    if (record.magic != MAGIC) {
        printf("hotp: this is no key\n");
        return false;
    }
    return true;
}

/* RFC 4226, 5.3, with the last of 32 bytes where it has the last of 20. */
static uint32_t truncate_code(const uint8_t code[HMAC_BYTES])
{
    const uint8_t *part = &code[code[HMAC_BYTES - 1] & 0xFu];
    uint32_t number =
        (uint32_t)part[0] << 24 | (uint32_t)part[1] << 16 | (uint32_t)part[2] << 8 | part[3];
    return (number & CODE_MASK) % DIGITS;
}

static bool show_password(void)
{
    uint8_t code[HMAC_BYTES];
    uint32_t counter = record.counter;
    uint8_t message[8] = {0}; /* the counter, highest byte first */
    for (uint32_t i = 0; i < sizeof(counter); i++) {
        message[7u - i] = (uint8_t)(counter >> 8u * i);
    }
    record.counter++;
    if (!store()) {
        return false;
    }
    int status = hmac_sha256(record.key, KEY_BYTES, message, sizeof(message), code);
    if (status != K_OK) {
        printf("hotp: no code can be made, %d\n", status);
        return false;
    }
    printf("hotp: %lu: %06lu\n", (unsigned long)counter, (unsigned long)truncate_code(code));
    return true;
}

int main(void)
{
    struct touch_event event;
    if (!load()) {
        return 1;
    }
    printf("hotp: touch for password %lu\n", (unsigned long)record.counter);
    touch_enable();
    for (;;) {
        touch_wait(&event);
        if (event.status == ABI_TOUCH_PRESSED && !show_password()) {
            return 1;
        }
    }
}
