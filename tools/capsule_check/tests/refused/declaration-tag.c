// Defines a type that a header only names: its pointers would be taken for pointers to the kernel's.
#include "kernel/capsule/driver.h"

struct grant { // REFUSED
    uint32_t fields[2];
};
