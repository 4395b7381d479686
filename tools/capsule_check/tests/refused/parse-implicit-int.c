// Types that one has to guess.
static twice(int value) // REFUSED
{
    return value + value;
}
