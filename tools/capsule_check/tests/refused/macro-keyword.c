// Takes const from the headers that follow.
#define const // REFUSED
#include "kernel/hil/slice.h"
