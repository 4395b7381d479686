// Gives a function of a header another body.
#define slice_get(bytes, index) 0 // REFUSED
#include <stdint.h>
#include "kernel/hil/slice.h"
