// A label alone.
static void run(void)
{
nowhere: // REFUSED
    return;
}
