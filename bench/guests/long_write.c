/* An app that writes a line of 2,000 characters to the console in one go, four times. The kernel
 * sends them in pieces, the next one when the UART's interrupt says that the last is out: the
 * pauses between them are how long an interrupt waits for its service, with all that this does. */
#include "apps/lib/console.h"

#define DIGITS_50  "01234567890123456789012345678901234567890123456789"
#define DIGITS_250 DIGITS_50 DIGITS_50 DIGITS_50 DIGITS_50 DIGITS_50

static const char text[] =
    DIGITS_250 DIGITS_250 DIGITS_250 DIGITS_250 DIGITS_250 DIGITS_250 DIGITS_250 DIGITS_250 "\n";

int main(void)
{
    for (int i = 0; i < 4; i++) {
        (void)console_write(text, sizeof text - 1);
    }
    return 0;
}
