// Another NULL.
#include <stddef.h>
#undef NULL // REFUSED
#define NULL ((void *)0x20000000) // REFUSED
