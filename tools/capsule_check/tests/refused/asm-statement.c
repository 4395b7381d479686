// Writes CONTROL.
static void evil(void)
{
    __asm__("msr control, r0"); // REFUSED
}
