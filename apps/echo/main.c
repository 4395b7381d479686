/* What is typed comes back, line by line, in capitals. */
#include <ctype.h>
#include <stdio.h>

#define LINE_BYTES 64

int main(void)
{
    static char line[LINE_BYTES];
    printf("echo: say something\n");
    while (fgets(line, sizeof(line), stdin) != NULL) {
        for (char *c = line; *c != '\0'; c++) {
            *c = (char)toupper((unsigned char)*c);
        }
        printf("\necho: %s", line);
    }
    printf("echo: somebody else reads\n");
    return 1;
}
