// Hides it in a macro.
#define HIDDEN __attribute__((weak))

HIDDEN static void evil(void) // REFUSED
{
}
