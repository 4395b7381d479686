// Renames what another capsule declares.
#define text_add evil_add // REFUSED
#include "kernel/capsules/text.h"
