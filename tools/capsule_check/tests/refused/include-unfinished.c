// Ends a header of its own in the middle of a declaration, which the next header finishes.
#include "include-unfinished.h"
#include "kernel/capsule/process_id.h"
