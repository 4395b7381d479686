// Makes itself another capsule.
#include "kernel/hil/guard.h"

static const struct capsule mine = {8, {"console"}}; // REFUSED
