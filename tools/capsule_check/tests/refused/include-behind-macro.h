#ifndef INCLUDE_BEHIND_MACRO_H
#define INCLUDE_BEHIND_MACRO_H

struct include_behind_macro {
    unsigned char bytes[EVIL_BYTES];
};

#endif
