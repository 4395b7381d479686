/* On the sensor node, while the kernel's own drivers use the bus: the SHT3x's status register, and
 * an address where nobody is. */
#include <stdio.h>

#include "apps/lib/i2c.h"
#include "apps/lib/temperature.h"

#define SHT3X  0x44
#define NOBODY 0x45

int main(void)
{
    const uint8_t read_status[] = {0xF3, 0x2D};
    uint8_t word[3] = {0};
    int32_t centidegrees = 0;
    int status = i2c_write_read(SHT3X, read_status, sizeof(read_status), word, sizeof(word));
    printf("i2c: %d %02x\n", status, word[1]); /* bit 4: it was reset */
    printf("i2c: nobody: %d\n", i2c_read(NOBODY, word, 1));
    status = temperature_read(&centidegrees);
    printf("i2c: temperature: %d %ld\n", status, (long)centidegrees);
    return 0;
}
