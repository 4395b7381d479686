// Its struct is larger for the capsule than for the board, which makes the instance.
#include "directive-two-sizes.h"

static unsigned char get(const struct directive_two_sizes *own)
{
    return own->bytes[9];
}
