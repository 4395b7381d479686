// Includes a header by a way around.
#include "kernel/hil/../core/process.h" // REFUSED
