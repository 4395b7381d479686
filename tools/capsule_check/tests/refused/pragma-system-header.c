// Says that its header is the system's, where nobody is warned.
#include "pragma-system-header.h"
