// Takes the marks from the headers that follow.
#include "kernel/hil/marks.h"
#undef PRIVATE // REFUSED
#define PRIVATE // REFUSED
#include "kernel/hil/slice.h"
