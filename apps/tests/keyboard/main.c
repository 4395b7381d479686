/* Types every sign of ASCII, then says what the host switched on. */
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/keyboard_hid.h"

#define FIRST ' '
#define LAST  '~'

int main(void)
{
    char text[LAST - FIRST + 4];
    int length = 0;
    for (char sign = FIRST; sign <= LAST; sign++) {
        text[length++] = sign;
    }
    text[length++] = '\t';
    text[length++] = '\n';
    text[length] = '\0';
    alarm_sleep_ms(500);
    if (keyboard_hid_type(text) != K_OK || keyboard_hid_type("\x01") != K_EINVAL ||
        keyboard_hid_cancel_send() != K_EALREADY) {
        printf("FAIL\n");
    }
    printf("lamps %d\n", keyboard_hid_receive_lamps());
    return 0;
}
