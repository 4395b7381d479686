// Gives a field of a header another name.
#define bytes nibbles // REFUSED
#include "kernel/hil/slice.h"
