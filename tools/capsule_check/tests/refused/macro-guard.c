// Keeps a header out by its guard.
#define KERNEL_HIL_MARKS_H // REFUSED
#define BORROWED // REFUSED
#define PRIVATE // REFUSED
#define READ_ONLY // REFUSED
#include "kernel/hil/slice.h"
