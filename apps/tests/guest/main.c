/*
 * An app that is installed and replaced: it says which version it is, and again now and then.
 */
#include <stdio.h>

#include "apps/lib/alarm.h"

int main(void)
{
    printf("guest: version %d\n", VERSION);
    for (;;) {
        alarm_sleep_ms(100);
        printf("guest: %d goes on\n", VERSION);
    }
}
