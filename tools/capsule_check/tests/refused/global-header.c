// An object in its header.
#include "global-header.h"
