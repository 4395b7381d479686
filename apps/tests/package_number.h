/* The number at the end of the package's name, read from the app's own header: one ELF, packed
 * under many names, makes many different apps. */
#ifndef APPS_TESTS_PACKAGE_NUMBER_H
#define APPS_TESTS_PACKAGE_NUMBER_H

#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/tbf.h"

static inline uint32_t package_number(void)
{
    const uint8_t *tbf = (const uint8_t *)(uintptr_t)syscall_memop(ABI_MEMOP_FLASH_START);
    uint32_t header = tbf[2] | (uint32_t)tbf[3] << 8;
    uint32_t number = 0;
    for (uint32_t offset = sizeof(struct tbf_header); offset + 4 <= header;) {
        uint32_t type = tbf[offset] | (uint32_t)tbf[offset + 1] << 8;
        uint32_t length = tbf[offset + 2] | (uint32_t)tbf[offset + 3] << 8;
        offset += 4;
        for (uint32_t i = 0; type == TBF_TYPE_PACKAGE_NAME && i < length; i++) {
            uint8_t c = tbf[offset + i];
            number = c >= '0' && c <= '9' ? number * 10 + (c - '0') : 0;
        }
        offset += (length + 3u) & ~3u;
    }
    return number;
}

#endif
