// Makes a marker of what a macro leaves.
#define HASH #
// REFUSED BELOW
HASH 1 "kernel/hil/slice.h" 1
