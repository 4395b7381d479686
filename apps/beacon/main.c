/* Advertises a name and the seconds since it began, by Bluetooth LE. The app scanner shows it. */
#include <stdio.h>
#include <string.h>

#include "apps/lib/alarm.h"
#include "apps/lib/ble.h"

#define INTERVAL_MS 100
#define NAME        "sandglass"
#define SECONDS_AT  (sizeof(data) - 1)

/* Flags: no classic Bluetooth. The complete name. Of no company: the seconds. */
static uint8_t data[3 + 2 + sizeof(NAME) - 1 + 5] = {2, 0x01, 0x04, sizeof(NAME), 0x09};

int main(void)
{
    memcpy(data + 5, NAME, sizeof(NAME) - 1);
    memcpy(data + SECONDS_AT - 4, "\x04\xFF\xFF\xFF", 4);
    int status = ble_start_advertising(ABI_BLE_ADV_NONCONN_IND, data, sizeof(data), INTERVAL_MS);
    printf("beacon: %s\n", status == K_OK ? "on the air" : "no radio");
    while (status == K_OK) {
        alarm_sleep_ms(1000);
        data[SECONDS_AT]++;
    }
    return 1;
}
