// Says that what follows is a trusted header.
#line 1 "kernel/hil/slice.h" // REFUSED
