#ifndef GLOBAL_HEADER_H
#define GLOBAL_HEADER_H

static int shared; // REFUSED

#endif
