#line 1 "kernel/hil/slice.h" // REFUSED
// Hides a marker behind the mark that a file may begin with.
