// Keeps something in each process and does not say so.
#include "kernel/capsule/grant.h"
#include "kernel/capsule/manifest.h"

CAPSULE(need); // REFUSED

struct need_process {
    uint32_t value;
};
GRANT(need_grant, struct need_process, 0, 0, 0);
