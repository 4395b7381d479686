// Makes the headers believe that this is a test on the host.
#undef CAPSULE_C // REFUSED
#include "kernel/hil/slice.h"
