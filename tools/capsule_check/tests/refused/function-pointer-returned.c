// A function that gives away another.
static void target(void)
{
}

static void (*get(void))(void) // REFUSED
{
    return target; // REFUSED
}

static void run(void)
{
    get()(); // REFUSED
}
