// Pointers without a type, wherever they could be kept.
#include <stdint.h>

struct evil {
    void *any;       // REFUSED
    void **many;     // REFUSED
    void *table[2];  // REFUSED
};
typedef void *any;   // REFUSED

static void *launder(uint32_t *p) // REFUSED
{
    void *q = p; // REFUSED
    return q;    // REFUSED
}

static void take(void *what, const void *other) // REFUSED
{
    (void)what;
    (void)other;
}
