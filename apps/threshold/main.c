/* Says when the voltage at A0 rises above that at A1, on the nRF52840-DK's header. */
#include <stdio.h>

#include "apps/lib/comparator.h"

int main(void)
{
    int status = comparator_compare(0);
    if (status >= 0) {
        printf("threshold: at first %s\n", status > 0 ? "above" : "below");
        status = comparator_start(0);
    }
    if (status < 0) {
        printf("threshold: error %d\n", status);
        return 1;
    }
    for (;;) {
        comparator_wait();
        printf("threshold: rose, and is %s\n", comparator_compare(0) > 0 ? "above" : "below");
    }
}
