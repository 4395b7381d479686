// Writes to the text of a literal, which lies in flash.
static void write(void)
{
    char *text = "text"; // REFUSED
    *text = 'T';
}
