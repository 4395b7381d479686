// Jumps out of what called it.
static void evil(void)
{
    if (__builtin_setjmp(evil_buffer) == 0) { // REFUSED
        __builtin_longjmp(evil_buffer, 1);    // REFUSED
    }
}
