// Calls an address by a builtin.
static void evil(void)
{
    __builtin_apply(0, 0, 0); // REFUSED
}
