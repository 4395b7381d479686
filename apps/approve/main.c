/* A report that the USB host sends goes back to it once somebody touches the pad of the security
 * key; until then the blue LED is lit. */
#include <stdio.h>

#include "apps/lib/ctap_hid.h"
#include "apps/lib/led.h"
#include "apps/lib/touch.h"

#define BLUE 3

static struct ctap_hid_report report;

static void wait_for_touch(void)
{
    struct touch_event event;
    touch_enable();
    led_on(BLUE);
    do {
        touch_wait(&event);
    } while (event.status != ABI_TOUCH_PRESSED);
    led_off(BLUE);
    touch_disable();
}

int main(void)
{
    for (;;) {
        int status = ctap_hid_receive(&report);
        if (status < 0) {
            printf("approve: no USB, error %d\n", status);
            return 1;
        }
        printf("approve: report %02x %02x %02x %02x\n", report.bytes[0], report.bytes[1],
               report.bytes[2], report.bytes[3]);
        wait_for_touch();
        status = ctap_hid_send(&report);
        printf("approve: %s\n", status == K_OK ? "sent back" : "the host is gone");
    }
}
