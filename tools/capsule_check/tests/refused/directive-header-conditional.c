// Its header declares one thing here and another where it is checked by itself.
#define EVIL_HERE
#include "directive-header-conditional.h" // REFUSED by include
