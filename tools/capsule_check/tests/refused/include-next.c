// Includes the next header of a name.
#include_next <stdint.h> // REFUSED
