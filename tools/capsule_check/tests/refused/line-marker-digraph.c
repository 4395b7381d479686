// The same with another #.
%:line 1 "kernel/hil/slice.h" // REFUSED
