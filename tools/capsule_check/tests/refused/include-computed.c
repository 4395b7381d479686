// Includes what a macro says.
#define HEADER "kernel/hil/slice.h"
#include HEADER // REFUSED
