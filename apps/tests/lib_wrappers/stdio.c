/* printf in all of its forms, and input: the test types "42 x" and Return, and a line after it. */
#include <inttypes.h>
#include <string.h>

#include "apps/tests/check.h"

int main(void)
{
    char line[64], text[64];
    int number = 0;
    (void)snprintf(text, sizeof(text), "%d %u %lx %c %s %5d|%-5d|%05d %%", -1, 2u, 0xABCDul, 'c',
                   "str", 42, 42, 42);
    check(strcmp(text, "-1 2 abcd c str    42|42   |00042 %") == 0, "printf of integers and text");
    (void)snprintf(text, sizeof(text), "%" PRId32 " %" PRIu32, INT32_MIN, UINT32_MAX);
    check(strcmp(text, "-2147483648 4294967295") == 0, "printf of 32-bit integers");
    (void)snprintf(text, sizeof(text), "%.2f %6.1f %g", 3.14159, -2.25, 1e6);
    check(strcmp(text, "3.14   -2.2 1e+06") == 0, "printf of floating point, when it is asked for");
    int count = fprintf(stderr, "by stderr\n");
    check(count == 10, "fprintf to stderr");
    check(printf("%s", "") == 0 && printf("%0150d\n", 7) == 151, "printf of nothing and of much");
    printf("ready\n");
    int matched = scanf("%d", &number);
    int blank = getchar(), letter = getchar(), newline = getchar();
    printf("\n");
    check(matched == 1 && number == 42, "scanf reads a number");
    check(blank == ' ' && letter == 'x' && newline == '\n', "getchar reads a character");
    char *got = fgets(line, sizeof(line), stdin);
    printf("\n");
    check(got == line && strcmp(line, "a line\n") == 0, "fgets reads a line");
    printf("done\n");
    return 0;
}
