// Includes the kernel itself.
#include "kernel/core/process.h" // REFUSED
