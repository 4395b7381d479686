#ifndef DIRECTIVE_TWO_SIZES_H
#define DIRECTIVE_TWO_SIZES_H

#include "kernel/hil/marks.h"

#define DIRECTIVE_TWO_SIZES_TEXT(mark) #mark // REFUSED
#define DIRECTIVE_TWO_SIZES_OF(mark)   sizeof(DIRECTIVE_TWO_SIZES_TEXT(mark))

struct directive_two_sizes {
    unsigned char bytes[DIRECTIVE_TWO_SIZES_OF(BORROWED)];
    unsigned char more[__STDC_HOSTED__ ? 1 : 100]; // REFUSED
};

#endif
