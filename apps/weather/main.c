/* Climate, light and battery, once a second, on the sensor node: printed, and broadcast in a frame
 * of IEEE 802.15.4. The app listen shows them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "apps/lib/adc.h"
#include "apps/lib/alarm.h"
#include "apps/lib/ambient_light.h"
#include "apps/lib/humidity.h"
#include "apps/lib/radio.h"
#include "apps/lib/rng.h"
#include "apps/lib/temperature.h"

#define CHANNEL         15
#define ATTEMPTS        4
#define LONGEST_WAIT_MS 64
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

/* "-7.25" */
static void write_hundredths(char *text, size_t bytes, int32_t value)
{
    int32_t size = value < 0 ? -value : value;
    snprintf(text, bytes, "%s%" PRId32 ".%02" PRId32, value < 0 ? "-" : "", size / 100, size % 100);
}

/* A data frame to everyone (FFFF) in this network, from node 1; numbers least byte first. */
static int broadcast(uint8_t number, const char *text)
{
    uint8_t frame[ABI_IEEE802154_FRAME_MAX] = {0x41, 0x88, number, 0x5A, 0x5A, 0xFF, 0xFF, 1, 0};
    const size_t header = 9;
    size_t length = strlen(text);
    length = length < sizeof(frame) - header ? length : sizeof(frame) - header;
    memcpy(frame + header, text, length);
    return radio_send(frame, header + length);
}

/* Nodes that were switched on together would otherwise speak together, for ever. */
static void wait_at_random(void)
{
    uint8_t number = 0;
    if (rng_get(&number, sizeof(number)) > 0) {
        alarm_sleep_ms(number % LONGEST_WAIT_MS);
    }
}

static void report(const struct weather *weather, uint8_t number)
{
    char temperature[16], humidity[16], text[ABI_IEEE802154_FRAME_MAX];
    write_hundredths(temperature, sizeof(temperature), weather->centidegrees);
    write_hundredths(humidity, sizeof(humidity), weather->centipercent);
    snprintf(text, sizeof(text), "%s C, %s %%, %" PRId32 " lux, battery %" PRIu32 " mV",
             temperature, humidity, weather->lux, weather->battery_mv);
    printf("weather: %s\n", text);
    int status = K_EBUSY;
    for (int i = 0; i < ATTEMPTS && status == K_EBUSY; i++) {
        wait_at_random();
        status = broadcast(number, text);
    }
    if (status < 0) {
        printf("weather: not sent, error %d\n", status);
    }
}

int main(void)
{
    uint32_t second = alarm_ms_to_ticks(1000);
    uint32_t expiry = alarm_now_ticks();
    if (radio_set_channel(CHANNEL) < 0 || radio_turn_on() < 0) {
        printf("weather: no radio\n");
    }
    for (uint8_t number = 0;; number++) {
        struct weather weather;
        alarm_wait_until(expiry, second);
        expiry += second;
        int status = measure(&weather);
        if (status < 0) {
            printf("weather: no reading, error %d\n", status);
        } else {
            report(&weather, number);
        }
    }
}
