#include <stdbool.h>
#include <stdint.h>

typedef // REFUSED
