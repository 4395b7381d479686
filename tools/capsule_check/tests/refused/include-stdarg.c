// Includes the compiler's header of variable arguments.
#include <stdarg.h> // REFUSED
