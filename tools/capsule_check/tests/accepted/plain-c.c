// What plain C a capsule may be written in.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/slice.h"

#define PLAIN_COUNT 4u

enum plain_kind {
    PLAIN_FIRST = 1,
    PLAIN_SECOND,
};

struct plain {
    struct {
        uint16_t x, y;
    } at;
    enum plain_kind kind;
    uint32_t flags : 3;
    const struct plain *next;
    uint8_t bytes[PLAIN_COUNT];
};

static const struct plain origin = {.at = {0, 0}, .kind = PLAIN_FIRST, .next = NULL};
static const uint16_t squares[] = {0, 1, 4, [3] = 9};
static const char *const names[2] = {"first", "second"};

static const char *name(enum plain_kind kind)
{
    switch (kind) {
    case PLAIN_FIRST:
        return names[0];
    case PLAIN_SECOND: {
        const char *second = names[1];
        return second;
    }
    default:
        return NULL;
    }
}

static uint32_t sum(const struct plain *plain, uint32_t limit)
{
    struct plain copy = {0};
    uint32_t total = 0;
    bool more = plain != NULL && name(plain->kind) != NULL;
    copy = more ? *plain : origin;
    for (uint32_t i = 0; i < PLAIN_COUNT && total < limit; i++) {
        total += (uint32_t)copy.bytes[i] * squares[i % 4u];
        if (total == 7) {
            continue;
        }
    }
    do {
        total--;
    } while (total > limit);
    while (more) {
        plain = plain->next;
        more = plain != NULL && !more;
    }
    total ^= ~(uint32_t)sizeof copy << 3 | (total & 1u);
    if (total > 5) {
        return total;
    } else {
        return -total;
    }
}

struct const_slice plain_text(struct plain *plain);
struct const_slice plain_text(struct plain *plain)
{
    plain->at.x = (uint16_t)sum(plain, 3);
    plain->flags = plain->at.x & 7u;
    return plain->flags > 3 ? slice_as_const(SLICE_OF(plain->bytes)) : SLICE_OF_TEXT("plain");
}
