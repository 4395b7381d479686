#ifndef DECLARATION_IN_BOARDS_TEXT_H
#define DECLARATION_IN_BOARDS_TEXT_H

// The board's file has it before the declaration of the kernel's, which becomes this one.
static inline void kernel_start(void) // REFUSED
{
}
enum { NRF52_PORTS = 7 }; // REFUSED
typedef unsigned char pin_number; // REFUSED
struct hil_evil { // REFUSED
    int a;
};
enum declaration_size { DECLARATION_A, DECLARATION_B };
static const int declaration_c = 1;

#endif
