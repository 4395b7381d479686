/* Climate, light and battery, once a second, on the sensor node. */
#include <inttypes.h>
#include <stdio.h>

#include "apps/lib/adc.h"
#include "apps/lib/alarm.h"
#include "apps/lib/ambient_light.h"
#include "apps/lib/humidity.h"
#include "apps/lib/temperature.h"

#define BATTERY_CHANNEL 0
#define BATTERY_DIVIDER 2 /* the channel sees half of it */

struct weather {
    int32_t centidegrees, centipercent, lux;
    uint32_t battery_mv;
};

static int measure(struct weather *weather)
{
    int status = temperature_read(&weather->centidegrees);
    if (status == K_OK) {
        status = humidity_read(&weather->centipercent);
    }
    if (status == K_OK) {
        status = ambient_light_read(&weather->lux);
    }
    if (status == K_OK) {
        status = adc_read_millivolts(BATTERY_CHANNEL, &weather->battery_mv);
        weather->battery_mv *= BATTERY_DIVIDER;
    }
    return status;
}

static void print_hundredths(int32_t value, const char *unit)
{
    int32_t size = value < 0 ? -value : value;
    printf("%s%" PRId32 ".%02" PRId32 " %s, ", value < 0 ? "-" : "", size / 100, size % 100, unit);
}

int main(void)
{
    uint32_t second = alarm_ms_to_ticks(1000);
    uint32_t expiry = alarm_now_ticks();
    for (;;) {
        struct weather weather;
        alarm_wait_until(expiry, second);
        expiry += second;
        int status = measure(&weather);
        if (status < 0) {
            printf("weather: no reading, error %d\n", status);
            continue;
        }
        printf("weather: ");
        print_hundredths(weather.centidegrees, "C");
        print_hundredths(weather.centipercent, "%");
        printf("%" PRId32 " lux, battery %" PRIu32 " mV\n", weather.lux, weather.battery_mv);
    }
}
