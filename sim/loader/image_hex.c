/* Intel HEX. Records that follow each other without a gap become one segment. */
#include <stdlib.h>
#include <string.h>

#include "sim/loader/image_internal.h"

enum hex_record { HEX_DATA, HEX_END, HEX_SEGMENT, HEX_START_SEGMENT, HEX_LINEAR, HEX_START_LINEAR };

#define HEX_RECORD_MAX (255 + 5) /* length, address, type, data, checksum */

struct hex_parser {
    const char *name;
    const uint8_t *data;
    size_t size, position;
    unsigned line;
    uint32_t base; /* added to record addresses */
    size_t used;   /* bytes of image->bytes */
    size_t capacity;
    bool ended;
};

static int hex_digit(uint8_t character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    if (character >= 'A' && character <= 'F') {
        return character - 'A' + 10;
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    return -1;
}

/* Decodes the digits after ':' up to the line's end; the number of bytes, or -1. */
static int read_record(struct hex_parser *parser, uint8_t record[HEX_RECORD_MAX])
{
    int count = 0;
    while (parser->position + 1 < parser->size) {
        int high = hex_digit(parser->data[parser->position]);
        int low = hex_digit(parser->data[parser->position + 1]);
        if (high < 0) {
            break;
        }
        if (low < 0 || count == HEX_RECORD_MAX) {
            return -1;
        }
        record[count] = (uint8_t)(high << 4 | low);
        count++;
        parser->position += 2;
    }
    return count;
}

static bool add_data(struct hex_parser *parser, const uint8_t *record, struct image *image,
                     struct sim_error *error)
{
    uint32_t length = record[0];
    uint32_t address = parser->base + ((uint32_t)record[1] << 8 | record[2]);
    if (length == 0) {
        return true;
    }
    /* The decoded bytes are fewer than the file's, so image->bytes (as large as the file) holds
     * them. */
    memcpy(image->bytes + parser->used, record + 4, length);
    size_t offset = parser->used;
    parser->used += length;
    if (image->segment_count > 0) {
        struct image_segment *last = &image->segments[image->segment_count - 1];
        if (last->address + last->size_bytes == address) {
            last->size_bytes += length;
            return true;
        }
    }
    return image_add_segment(
        image, &parser->capacity,
        (struct image_segment){.address = address, .size_bytes = length, .offset = offset}, error);
}

static bool take_record(struct hex_parser *parser, const uint8_t *record, int count,
                        struct image *image, struct sim_error *error)
{
    uint8_t sum = 0;
    for (int i = 0; i < count; i++) {
        sum = (uint8_t)(sum + record[i]);
    }
    if (count < 5 || record[0] != count - 5 || sum != 0) {
        return sim_fail(error, SIM_WRONG_USE, "%s:%u: damaged Intel HEX record (%s)", parser->name,
                        parser->line, sum != 0 ? "wrong checksum" : "wrong length");
    }
    uint32_t word = count >= 7 ? (uint32_t)record[4] << 8 | record[5] : 0;
    switch (record[3]) {
    case HEX_DATA:
        return add_data(parser, record, image, error);
    case HEX_END:
        parser->ended = true;
        return true;
    case HEX_SEGMENT:
        parser->base = word << 4;
        return true;
    case HEX_LINEAR:
        parser->base = word << 16;
        return true;
    case HEX_START_SEGMENT:
    case HEX_START_LINEAR:
        return true; /* a Cortex-M starts from its vector table */
    default:
        return sim_fail(error, SIM_WRONG_USE, "%s:%u: unknown Intel HEX record type %u",
                        parser->name, parser->line, record[3]);
    }
}

static bool parse_lines(struct hex_parser *parser, struct image *image, struct sim_error *error)
{
    while (!parser->ended && parser->position < parser->size) {
        uint8_t character = parser->data[parser->position];
        parser->position++;
        if (character == '\n') {
            parser->line++;
        } else if (character == ':') {
            uint8_t record[HEX_RECORD_MAX];
            int count = read_record(parser, record);
            if (!take_record(parser, record, count, image, error)) {
                return false;
            }
        } else if (character != '\r' && character != ' ' && character != '\t') {
            return sim_fail(error, SIM_WRONG_USE, "%s:%u: not an Intel HEX line", parser->name,
                            parser->line);
        }
    }
    return true;
}

bool image_parse_hex(const char *name, const uint8_t *data, size_t size, struct image *image,
                     struct sim_error *error)
{
    struct hex_parser parser = {.name = name, .data = data, .size = size, .line = 1};
    image->bytes = malloc(size);
    if (image->bytes == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory to load %s", name);
    }
    if (!parse_lines(&parser, image, error)) {
        return false;
    }
    if (!parser.ended) {
        return sim_fail(error, SIM_WRONG_USE, "%s is truncated: no end record (:00000001FF)", name);
    }
    if (image->segment_count == 0) {
        return sim_fail(error, SIM_WRONG_USE, "%s has nothing to load", name);
    }
    return true;
}
