// Includes the compiler's header of instructions.
#include <arm_acle.h> // REFUSED
