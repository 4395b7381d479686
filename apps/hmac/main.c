/* HMAC of a question, at once and in parts. */
#include <stdio.h>

#include "apps/lib/hmac.h"

static const char key[] = {'J', 'e', 'f', 'e'};
static const char question[] = "what do ya want for nothing?";

#define QUESTION_BYTES (sizeof(question) - 1)
#define FIRST_BYTES    5

static void print_code(const char *how, int status, const uint8_t code[HMAC_BYTES])
{
    char text[2 * HMAC_BYTES + 1];
    for (int i = 0; i < HMAC_BYTES; i++) {
        (void)snprintf(&text[2 * i], 3, "%02x", code[i]);
    }
    printf("hmac: %s: %d %s\n", how, status, text);
}

int main(void)
{
    uint8_t code[HMAC_BYTES] = {0};
    int status = hmac_sha256(key, sizeof(key), question, QUESTION_BYTES, code);
    print_code("at once", status, code);
    status = hmac_sha256_verify(key, sizeof(key), question, QUESTION_BYTES, code);
    printf("hmac: its own code: %d\n", status);
    status = hmac_sha256_verify(key, sizeof(key) - 1, question, QUESTION_BYTES, code);
    printf("hmac: with another key: %d\n", status);
    code[0] = 0;
    status = hmac_sha256_update(key, sizeof(key), question, FIRST_BYTES);
    if (status == K_OK) {
        status = hmac_sha256_update(key, sizeof(key), question + FIRST_BYTES,
                                    QUESTION_BYTES - FIRST_BYTES);
    }
    if (status == K_OK) {
        status = hmac_sha256_finish(code);
    }
    print_code("in parts", status, code);
    return 0;
}
