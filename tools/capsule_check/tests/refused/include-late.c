// Includes a header behind text of its own, which the header's would go on with.
#include <stdint.h>

struct evil {
    uint32_t value;
};

#include "kernel/hil/slice.h" // REFUSED
