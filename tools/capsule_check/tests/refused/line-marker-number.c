// The same in the preprocessor's own words.
// REFUSED BELOW
# 1 "kernel/hil/slice.h" 1 3
