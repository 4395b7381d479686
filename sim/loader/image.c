#include "sim/loader/image.h"

#include <stdlib.h>
#include <string.h>

#include "sim/loader/image_internal.h"

bool image_add_segment(struct image *image, size_t *capacity, struct image_segment segment,
                       struct sim_error *error)
{
    if (image->segment_count == *capacity) {
        size_t wanted = *capacity == 0 ? 8 : *capacity * 2;
        struct image_segment *grown = realloc(image->segments, wanted * sizeof *grown);
        if (grown == NULL) {
            return sim_fail(error, SIM_INTERNAL, "no memory for an image's segments");
        }
        image->segments = grown;
        *capacity = wanted;
    }
    image->segments[image->segment_count] = segment;
    image->segment_count++;
    return true;
}

static bool parse_by_content(const char *name, const uint8_t *data, size_t size,
                             struct image *image, struct sim_error *error)
{
    if (size >= 4 && memcmp(data, "\177ELF", 4) == 0) {
        return image_parse_elf(name, data, size, image, error);
    }
    if (size >= 1 && data[0] == ':') {
        return image_parse_hex(name, data, size, image, error);
    }
    return sim_fail(error, SIM_WRONG_USE,
                    "%s is neither an ELF nor an Intel HEX file: give the firmware's .elf or .hex",
                    name);
}

bool image_parse(const char *name, const uint8_t *data, size_t size, struct image *image,
                 struct sim_error *error)
{
    *image = (struct image){0};
    if (!parse_by_content(name, data, size, image, error)) {
        image_free(image);
        return false;
    }
    return true;
}

uint32_t image_used_bytes(const struct image *image, uint32_t base, uint32_t size_bytes)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < image->span_count; i++) {
        const struct image_span *span = &image->spans[i];
        uint32_t offset = span->address - base;
        if (offset < size_bytes) {
            uint32_t room = size_bytes - offset;
            uint32_t bytes = span->size_bytes < room ? span->size_bytes : room;
            sum += bytes < size_bytes - sum ? bytes : size_bytes - sum;
        }
    }
    return sum;
}

void image_free(struct image *image)
{
    free(image->segments);
    free(image->bytes);
    *image = (struct image){0};
}
