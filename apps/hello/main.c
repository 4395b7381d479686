/* Prints a line every other second. */
#include <stdio.h>

#include "apps/lib/alarm.h"

int main(void)
{
    for (unsigned count = 1;; count++) {
        printf("hello: greeting number %u\n", count);
        alarm_sleep_ms(2000);
    }
}
