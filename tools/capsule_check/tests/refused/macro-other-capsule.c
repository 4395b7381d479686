// Renames what another capsule declares.
#define sha256_begin evil_begin // REFUSED
#include "kernel/capsules/sha256.h"
