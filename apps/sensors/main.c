/* A random number and the chip's temperature, once a second. */
#include <inttypes.h>
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/rng.h"
#include "apps/lib/temperature.h"

int main(void)
{
    uint32_t second = alarm_ms_to_ticks(1000);
    uint32_t expiry = alarm_now_ticks();
    for (;;) {
        alarm_wait_until(expiry, second);
        expiry += second;

        uint32_t number = 0;
        int32_t centidegrees = 0;
        if (rng_get(&number, sizeof(number)) < 0 || temperature_read(&centidegrees) < 0) {
            printf("sensors: no reading\n");
            continue;
        }
        int32_t whole = centidegrees / 100;
        int32_t rest = centidegrees < 0 ? -(centidegrees % 100) : centidegrees % 100;
        printf("sensors: %" PRId32 ".%02" PRId32 " C, random 0x%08" PRIx32 "\n", whole, rest,
               number);
    }
}
