#ifndef DECLARATION_HEADER_H
#define DECLARATION_HEADER_H

void declaration_missing(void); // REFUSED

#endif
