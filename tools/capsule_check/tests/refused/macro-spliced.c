// The same in a line of two halves.
#include "kernel/hil/marks.h"
// REFUSED BELOW
#un\
def PRIVATE
#include "kernel/hil/slice.h"
