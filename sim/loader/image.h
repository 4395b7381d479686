/* sim/loader/image.h - what an ELF or Intel HEX file puts where.
 *
 * References: ELF-32 for the ARM architecture (EM_ARM, little endian), through libelf; Intel HEX
 * record types 00 to 05. Only file contents are judged here; whether an address exists on the
 * board is the machine's affair.
 */
#ifndef SIM_LOADER_IMAGE_H
#define SIM_LOADER_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"

struct image_segment {
    uint32_t address;    /* where it is loaded (ELF: physical address) */
    uint32_t size_bytes; /* > 0 */
    size_t offset;       /* of its first byte in image.bytes */
};

/* Memory that the image uses without loading it (ELF: .bss, stacks) or runs it from (.data). */
struct image_span {
    uint32_t address, size_bytes;
};

#define IMAGE_SPANS_MAX 32

struct image {
    struct image_segment *segments; /* owned */
    size_t segment_count;
    uint8_t *bytes; /* owned; what the segments' offsets count in */
    uint32_t entry; /* ELF only, else 0 */
    struct image_span spans[IMAGE_SPANS_MAX];
    size_t span_count;
};

/* Reads the bytes of an image file; ELF or HEX is told by content. `name` is for messages. On
 * failure *image holds nothing. */
bool image_parse(const char *name, const uint8_t *data, size_t size, struct image *image,
                 struct sim_error *error);

/* How much of the memory [base, base + size_bytes) the image's spans take; at most size_bytes. */
uint32_t image_used_bytes(const struct image *image, uint32_t base, uint32_t size_bytes);
void image_free(struct image *image);

#endif
