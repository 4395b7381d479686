/* Asks the flash on the SPI bus who it is: JEDEC's command 0x9F. */
#include <stdio.h>

#include "apps/lib/spi.h"

int main(void)
{
    const unsigned char question[] = {0x9F, 0, 0, 0};
    unsigned char answer[sizeof(question)];
    int status = spi_transfer(question, answer, sizeof(question));
    if (status < 0) {
        printf("flash_id: no answer, error %d\n", status);
        return 1;
    }
    if (answer[1] == 0 || answer[1] == 0xFF ||
        answer[3] > 31) { /* what a line without a part says */
        puts("flash_id: no flash answers");
        return 1;
    }
    printf("flash_id: manufacturer 0x%02x, type 0x%02x, capacity %lu bytes\n", answer[1], answer[2],
           1ul << answer[3]);
    return 0;
}
