/* The three CRCs of the text that their catalogue takes to tell them apart. */
#include <stdio.h>

#include "apps/lib/crc.h"

static const char text[] = "123456789";
static const uint8_t zeros[4096];

static void print_crc(enum abi_crc_algorithm algorithm, const char *name)
{
    uint32_t value = 0;
    int status = crc_compute(algorithm, text, sizeof(text) - 1, &value);
    printf("crc: %s: %d %lx\n", name, status, (unsigned long)value);
}

int main(void)
{
    uint32_t value = 0;
    print_crc(ABI_CRC_32, "CRC-32");
    print_crc(ABI_CRC_32C, "CRC-32C");
    print_crc(ABI_CRC_16_CCITT, "CRC-16-CCITT");
    int status = crc_compute(ABI_CRC_32, zeros, sizeof(zeros), &value);
    printf("crc: 4096 zeros: %d %lx\n", status, (unsigned long)value);
    return 0;
}
