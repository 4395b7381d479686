// Attributes as C2x writes them.
[[gnu::naked]] static void bare(void) // REFUSED
{
}
