/* How the watch is held, twice a second: acceleration along its three axes. */
#include <inttypes.h>
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/nine_dof.h"

int main(void)
{
    for (;;) {
        struct nine_dof_acceleration a;
        int status = nine_dof_read_acceleration(&a);
        if (status < 0) {
            printf("tilt: no reading, error %d\n", status);
        } else {
            printf("tilt: %" PRId32 " %" PRId32 " %" PRId32 " mg\n", a.x_mg, a.y_mg, a.z_mg);
        }
        alarm_sleep_ms(500);
    }
}
