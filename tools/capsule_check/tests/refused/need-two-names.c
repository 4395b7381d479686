// A line that gives itself another name than the one it begins with.
#include "kernel/capsule/manifest.h"

CAPSULE(need, .name = "console"); // REFUSED by parse
