// Puts the word together.
#define GLUE(a, b) a##b

static void evil(void)
{
    GLUE(__as, m__)("cpsid i"); // REFUSED
}
