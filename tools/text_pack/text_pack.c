/* Packs what the kernel says (kernel/capsule/texts.h) and writes it to standard output as C source:
 * as long as some pair of bytes is frequent enough, it gets a byte of its own. kernel/core/text.c
 * unpacks.
 *
 * Usage: text_pack
 * Exit status: 0, or 1: a text cannot be packed, which is named.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/capsule/texts.h"
#include "kernel/core/text_codes.h"

#define PACKED_BYTES 255u /* packed: its length is a byte */
#define PAIRS        (256u - TEXT_PAIRS)

struct words {
    const char *name, *words;
};
#define WORDS(name, words) {#name, words},
static const struct words texts[] = {TEXTS(WORDS)};

struct packed {
    uint8_t bytes[1024];
    size_t length;
};

struct pair {
    uint8_t bytes[2];
    unsigned int deep; /* second halves that wait while it is unpacked */
};

static struct packed packed[TEXT_COUNT];
static struct pair pairs[PAIRS];
static unsigned int pair_count;

static void give_up(const struct words *text, const char *why)
{
    (void)fprintf(stderr, "text_pack: %s: %s\n", text->name, why);
    exit(1);
}

static void put(const struct words *text, struct packed *to, unsigned long byte)
{
    if (to->length == sizeof to->bytes || byte >= TEXT_PAIRS) {
        give_up(text, "it is too long, or has a character or a number that is too large");
    }
    to->bytes[to->length++] = (uint8_t)byte;
}

/* What follows a %, up to its letter; returns where that is. */
static const char *put_value(const struct words *text, struct packed *to, const char *at)
{
    static const struct {
        char letter;
        enum text_code code;
        bool has_number;
    } codes[] = {
        {'u', TEXT_DECIMAL, true},     {'d', TEXT_DIFFERENCE, true}, {'|', TEXT_COLUMN, true},
        {'@', TEXT_VALUE, true},       {'x', TEXT_HEX, false},       {'a', TEXT_ADDRESS, false},
        {'i', TEXT_SHORT_ID, false},   {'s', TEXT_STATE, false},     {'n', TEXT_NAME, false},
        {'N', TEXT_BLANK_NAME, false},
    };
    char *letter = NULL;
    unsigned long number = isdigit((unsigned char)*at) != 0 ? strtoul(at, &letter, 10) : 0;
    at = letter != NULL ? letter : at;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (*at == codes[i].letter && (codes[i].has_number || letter == NULL)) {
            put(text, to, codes[i].code);
            if (codes[i].has_number) {
                put(text, to, number);
            }
            return at;
        }
    }
    give_up(text, "what stands behind a % is not known");
    return NULL;
}

static void translate(const struct words *text, struct packed *to)
{
    for (const char *at = text->words; *at != '\0'; at++) {
        if (*at == '%') {
            at = put_value(text, to, at + 1);
        } else {
            put(text, to, (uint8_t)*at);
        }
    }
}

/* How many second halves wait while the byte is unpacked. */
static unsigned int deep_of(uint8_t byte)
{
    return byte < TEXT_PAIRS ? 0 : pairs[byte - TEXT_PAIRS].deep;
}

/* While the first half is unpacked, the second one waits. */
static unsigned int deep_of_pair(const uint8_t pair[2])
{
    unsigned int first = deep_of(pair[0]) + 1;
    unsigned int second = deep_of(pair[1]);
    return first > second ? first : second;
}

/* The most frequent pair; returns how often it is there. */
static unsigned int find_pair(uint8_t best[2])
{
    static unsigned int counts[256][256];
    unsigned int most = 0;
    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        for (size_t k = 0; k + 1 < packed[i].length; k++) {
            const uint8_t *at = &packed[i].bytes[k];
            unsigned int *count = &counts[at[0]][at[1]];
            ++*count;
            if (*count > most && deep_of_pair(at) <= TEXT_PAIRS_DEEP) {
                most = *count;
                memcpy(best, at, 2);
            }
            if (at[0] == at[1] && k + 2 < packed[i].length && at[2] == at[1]) {
                k++; /* three of one kind are one pair */
            }
        }
    }
    return most;
}

static void replace_pair(struct packed *in, const uint8_t pair[2], uint8_t by)
{
    size_t length = 0;
    for (size_t k = 0; k < in->length; k++) {
        bool is_pair = k + 1 < in->length && memcmp(&in->bytes[k], pair, 2) == 0;
        in->bytes[length++] = is_pair ? by : in->bytes[k];
        k += is_pair ? 1 : 0;
    }
    in->length = length;
}

static void pack(void)
{
    uint8_t pair[2];
    /* A pair costs two bytes, and saves one wherever it is. */
    while (pair_count < PAIRS && find_pair(pair) > 2) {
        pairs[pair_count] = (struct pair){{pair[0], pair[1]}, deep_of_pair(pair)};
        for (size_t i = 0; i < TEXT_COUNT; i++) {
            replace_pair(&packed[i], pair, (uint8_t)(TEXT_PAIRS + pair_count));
        }
        pair_count++;
    }
}

static void write_source(void)
{
    (void)printf("/* Made by tools/text_pack of kernel/capsule/texts.h. */\n"
                 "#include \"kernel/core/text_codes.h\"\n\n"
                 "const uint8_t text_packed[] = {\n");
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        if (packed[i].length > PACKED_BYTES) {
            give_up(&texts[i], "it is too long");
        }
        (void)printf("    %zu,", packed[i].length);
        for (size_t k = 0; k < packed[i].length; k++) {
            (void)printf(" %u,", packed[i].bytes[k]);
        }
        (void)printf(" /* %s */\n", texts[i].name);
    }
    (void)printf("};\nconst uint8_t text_pairs[][2] = {\n");
    for (size_t i = 0; i < pair_count; i++) {
        (void)printf("    {%u, %u},\n", pairs[i].bytes[0], pairs[i].bytes[1]);
    }
    (void)printf("};\n");
}

int main(void)
{
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        translate(&texts[i], &packed[i]);
    }
    pack();
    write_source();
    return fflush(stdout) == 0 ? 0 : 1;
}
