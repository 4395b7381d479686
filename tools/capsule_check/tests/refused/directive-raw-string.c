// Opens a comment for whoever does not know raw strings, and a marker behind it.
static const char text[] = LR"(" /* ")"; // REFUSED
#line 1 "kernel/hil/slice.h"
/* " */
