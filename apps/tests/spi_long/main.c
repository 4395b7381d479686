/* The flash on the header takes a page of 256 bytes, and gives them and more back, each as one
 * transfer: it would end a command when its chip select rose. */
#include <stdio.h>
#include <string.h>

#include "apps/lib/alarm.h"
#include "apps/lib/spi.h"

#define HEAD_BYTES 4u /* command and address */
#define PAGE_BYTES 256u
#define ALL_BYTES  1000u

static unsigned char out[HEAD_BYTES + ALL_BYTES], in[HEAD_BYTES + ALL_BYTES];

int main(void)
{
    const unsigned char enable = 0x06;
    int status = spi_transfer(&enable, NULL, 1);
    out[0] = 0x02; /* page program */
    for (unsigned i = 0; i < PAGE_BYTES; i++) {
        out[HEAD_BYTES + i] = (unsigned char)(i * 7u);
    }
    printf("spi_long: %d, program %d\n", status, spi_transfer(out, NULL, HEAD_BYTES + PAGE_BYTES));
    alarm_sleep_ms(10);
    out[0] = 0x03; /* read */
    status = spi_transfer(out, in, sizeof(in));
    unsigned right = 0;
    for (unsigned i = 0; i < ALL_BYTES; i++) {
        right += in[HEAD_BYTES + i] == (i < PAGE_BYTES ? (unsigned char)(i * 7u) : 0xFFu);
    }
    printf("spi_long: read %d, %u bytes are right\n", status, right);
    return 0;
}
