// The same from inside a line.
_Pragma("GCC optimize 0") // REFUSED
