// A function in assembly.
__asm__(".global evil\nevil: bx lr"); // REFUSED
