// Keeps a handle of the hardware in a grant.
#include "kernel/capsule/grant.h"
#include "kernel/hil/led.h"

struct evil_process {
    struct hil_led led;
};
GRANT(evil_grant, struct evil_process, 0, 0, 0); // REFUSED
