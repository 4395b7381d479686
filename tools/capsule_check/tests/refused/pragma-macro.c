// The same out of a macro.
#define OPTIONS _Pragma("GCC optimize 0") // REFUSED
OPTIONS // REFUSED
