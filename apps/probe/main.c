/* Asks the climate sensor on the I2C bus itself, past the kernel's driver for it: once a second a
 * measurement of an SHT3x, two numbers of 16 bits with a check sum behind each. */
#include <stdbool.h>
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/i2c.h"

#define SHT3X      0x44
#define MEASURE_MS 20

/* Polynomial 0x31, begins with ones. */
static bool is_whole(const uint8_t *bytes)
{
    uint32_t crc = 0xFF;
    for (int i = 0; i < 2; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc << 1 ^ ((crc & 0x80) != 0 ? 0x131 : 0);
        }
    }
    return crc == bytes[2];
}

static int measure(uint8_t answer[6])
{
    const uint8_t single_shot[] = {0x24, 0x00}; /* of high repeatability */
    int status = i2c_write(SHT3X, single_shot, sizeof(single_shot));
    if (status == K_OK) {
        alarm_sleep_ms(MEASURE_MS);
        status = i2c_read(SHT3X, answer, 6);
    }
    return status;
}

int main(void)
{
    for (;;) {
        uint8_t answer[6];
        int status = measure(answer);
        if (status < 0) {
            printf("probe: nobody at 0x%02x, error %d\n", SHT3X, status);
            return 1;
        }
        if (is_whole(&answer[0]) && is_whole(&answer[3])) {
            long temperature = -4500 + 17500l * (answer[0] << 8 | answer[1]) / 65535;
            long humidity = 100l * (answer[3] << 8 | answer[4]) / 65535;
            printf("probe: %ld hundredths of a degree, %ld %%\n", temperature, humidity);
        }
        alarm_sleep_ms(1000);
    }
}
