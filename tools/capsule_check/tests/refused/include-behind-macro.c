// Tells its header how large it is; the board's file does not.
#include "kernel/hil/marks.h"
#define EVIL_BYTES 100
#include "include-behind-macro.h" // REFUSED

static unsigned char get(const struct include_behind_macro *own)
{
    return own->bytes[9];
}
