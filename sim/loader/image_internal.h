/* sim/loader/image_internal.h - the two parsers behind image.h. Not for others. */
#ifndef SIM_LOADER_IMAGE_INTERNAL_H
#define SIM_LOADER_IMAGE_INTERNAL_H

#include "sim/loader/image.h"

/* Both fill an image that is all zero; on failure the caller frees what it got so far. */
bool image_parse_elf(const char *name, const uint8_t *data, size_t size, struct image *image,
                     struct sim_error *error);
bool image_parse_hex(const char *name, const uint8_t *data, size_t size, struct image *image,
                     struct sim_error *error);

/* Appends one segment; `capacity` is the caller's own count of allocated segments. */
bool image_add_segment(struct image *image, size_t *capacity, struct image_segment segment,
                       struct sim_error *error);

#endif
