// Brackets in another spelling.
#include <stdint.h>

static uint32_t get(uint32_t index)
<% // REFUSED
    uint32_t values<:2:> = {1, 2}; // REFUSED
    return values[index & 1u];
%> // REFUSED
