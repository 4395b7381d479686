// Gives a word of the compiler another meaning.
#define __attribute__(list) // REFUSED
#include "kernel/hil/slice.h"
